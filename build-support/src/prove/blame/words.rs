//! What is said at the statements.

use crate::rule::Rule;

/// How it is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Table,
    Rows,
    Doubled,
    /// All values of a column, with nothing in their place.
    Values,
    Changed,
    Rewritten,
    Unlinked,
    Misplaced,
    Dropped,
    Counter,
    Renumbered,
    /// Texts in a column of numbers.
    Misfit,
    /// A full-text table without the words of its rows.
    Detached,
}

impl What {
    /// How it is lost where only the rule is known.
    pub(super) fn of(rule: Rule) -> Self {
        match rule {
            Rule::AutoincrementReset => Self::Counter,
            Rule::DropTable => Self::Table,
            Rule::DropColumn => Self::Dropped,
            Rule::RowidRenumbered => Self::Renumbered,
            Rule::TypeChange => Self::Misfit,
            Rule::FtsContentDetached => Self::Detached,
            _ => Self::Misplaced,
        }
    }
}

/// What is said at a statement that loses it.
pub(super) fn here(what: What) -> &'static str {
    match what {
        What::Table => "the table is gone here, with its rows",
        What::Rows => "the rows are gone after this statement",
        What::Doubled => "the rows are doubled here",
        What::Values | What::Changed => "the values are gone after this statement",
        What::Rewritten => "the values are rewritten here",
        What::Unlinked => "after this statement nothing says which rows the values belong to",
        What::Misplaced => "the values go into another column here",
        What::Dropped => "the column is gone after this statement",
        What::Counter => "the number is forgotten here",
        What::Renumbered => "the rows have other rowids after this statement",
        What::Misfit => "the column holds texts after this statement",
        What::Detached => "it does not hold the words of the rows after this statement",
    }
}

/// What is said at a copy that loses it.
pub(super) fn copied(what: What, table: &str, object: &str) -> String {
    match what {
        What::Table | What::Rows => format!("not every row of `{table}` is copied here"),
        What::Doubled => format!("rows of `{table}` are copied more than once here"),
        What::Values | What::Dropped => format!("`{object}` is not copied here"),
        What::Changed => format!("not every value of `{object}` is copied as it is"),
        What::Rewritten => format!("the values of `{object}` are rewritten by this copy"),
        What::Unlinked => format!("`{object}` is copied without the rows that it belongs to"),
        What::Misplaced => format!("`{object}` is copied into another column here"),
        What::Renumbered => format!("the rows of `{table}` get other rowids here"),
        What::Misfit => format!("the texts of `{object}` are copied as they are"),
        What::Counter | What::Detached => here(what).to_owned(),
    }
}

/// What is said where the original is dropped.
pub(super) fn gone_here(what: What) -> Option<&'static str> {
    match what {
        What::Table | What::Rows => Some("the rows are gone here"),
        What::Values | What::Changed | What::Rewritten => Some("the values are gone here"),
        What::Dropped => Some("the column is gone here"),
        What::Doubled
        | What::Unlinked
        | What::Misplaced
        | What::Counter
        | What::Renumbered
        | What::Misfit
        | What::Detached => None,
    }
}
