//! The rules that a step is held to: their names, and how bad it is to break one.

use std::collections::BTreeMap;
use std::fmt;

use crate::diagnostic::Severity;

/// Something that a step should not do, or not without saying so.
///
/// Each has a page, which `cargo stepladder explain <rule>` shows: `rules/<name>.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Rows or values are gone.
    DataLoss,
    /// A table is gone, or has another name.
    DropTable,
    /// A column is gone, or has another name.
    DropColumn,
    /// A column has another affinity.
    TypeChange,
    /// Rows that are there may be equal where the new version wants them unique.
    UniqueOnExisting,
    /// Rows that are there may have NULL where the new version wants none.
    NotNullOnExisting,
    /// A new column is NOT NULL, and nothing says what it is in the rows that are there.
    NotNullWithoutDefault,
    /// Rows that are there may break a CHECK of the new version.
    CheckOnExisting,
    /// Rows that are there may refer to rows that are not.
    ForeignKeyOnExisting,
    /// Values for which an expression of the step is not made, such as text that is no JSON.
    OddValues,
    /// Keys that AUTOINCREMENT has given away will be given away again.
    AutoincrementReset,
    /// Rows have another rowid than before.
    RowidRenumbered,
    /// An index, or a trigger, is gone with the table that was dropped to make it anew.
    IndexLost,
    /// A trigger fails when it fires.
    TriggerLeftBroken,
    /// A view fails when it is read.
    ViewLeftBroken,
    /// A full-text table does not say any more what its content table says.
    FtsContentDetached,
    /// Rows that break a constraint are left out, or deleted, without a word.
    InsertOrIgnoreCopy,
    /// A copy relies on the order of the columns.
    SelectStarCopy,
    /// Every row of a table is written again.
    SlowRewrite,
    /// SQL that the oldest SQLite to be supported does not have.
    SqliteTooOld,
    /// A text in double quotes.
    DoubleQuotedString,
    /// BEGIN, COMMIT and what else does not go with the transaction of the upgrade.
    TransactionControl,
    /// PRAGMA
    PragmaInStep,
    /// ATTACH, DETACH
    Attach,
    /// A change of SQLite's own tables.
    WritableSchema,
    /// An allowance that nothing needs.
    UnneededAllowance,
    /// A table for which the proof can make no rows.
    UnfilledTable,
    /// A condition that no row of the proof meets.
    UntriedStatement,
}

/// How bad it is to break a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing is said.
    Allow,
    /// It is said, and the build goes on.
    Warn,
    /// The build fails.
    Deny,
}

impl Rule {
    /// All rules, in the order of the documentation.
    pub const ALL: [Self; 28] = [
        Self::DataLoss,
        Self::DropTable,
        Self::DropColumn,
        Self::TypeChange,
        Self::UniqueOnExisting,
        Self::NotNullOnExisting,
        Self::NotNullWithoutDefault,
        Self::CheckOnExisting,
        Self::ForeignKeyOnExisting,
        Self::OddValues,
        Self::AutoincrementReset,
        Self::RowidRenumbered,
        Self::IndexLost,
        Self::TriggerLeftBroken,
        Self::ViewLeftBroken,
        Self::FtsContentDetached,
        Self::InsertOrIgnoreCopy,
        Self::SelectStarCopy,
        Self::SlowRewrite,
        Self::SqliteTooOld,
        Self::DoubleQuotedString,
        Self::TransactionControl,
        Self::PragmaInStep,
        Self::Attach,
        Self::WritableSchema,
        Self::UnneededAllowance,
        Self::UnfilledTable,
        Self::UntriedStatement,
    ];

    /// Its name, in directives, in `stepladder.toml` and in messages.
    pub fn name(self) -> &'static str {
        self.facts().0
    }

    /// The rule of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
    }

    /// Its level where `stepladder.toml` says nothing.
    pub fn default_level(self) -> Level {
        self.facts().1
    }

    /// What else there is to it.
    pub(crate) fn scope(self) -> Scope {
        self.facts().2
    }

    /// Its page: what it finds, why that matters, and what to do.
    pub fn page(self) -> &'static str {
        self.facts().3
    }

    /// What it finds, in one line: the first statement of its page.
    pub fn summary(self) -> String {
        summary(self.page())
    }

    #[rustfmt::skip]
    fn facts(self) -> (&'static str, Level, Scope, &'static str) {
        use Level::{Allow, Deny, Warn};
        use Scope::{Always, Anywhere, Object};
        macro_rules! facts {
            ($($rule:ident $name:literal $level:ident $scope:ident,)*) => {
                match self {
                    $(Self::$rule => {
                        ($name, $level, $scope, include_str!(concat!("../rules/", $name, ".md")))
                    })*
                }
            };
        }
        facts! {
            DataLoss              "data_loss"                Deny  Object,
            DropTable             "drop_table"               Allow Object,
            DropColumn            "drop_column"              Allow Object,
            TypeChange            "type_change"              Deny  Object,
            UniqueOnExisting      "unique_on_existing"       Deny  Object,
            NotNullOnExisting     "not_null_on_existing"     Deny  Object,
            NotNullWithoutDefault "not_null_without_default" Deny  Object,
            CheckOnExisting       "check_on_existing"        Deny  Object,
            ForeignKeyOnExisting  "foreign_key_on_existing"  Deny  Object,
            OddValues             "odd_values"               Deny  Object,
            AutoincrementReset    "autoincrement_reset"      Deny  Object,
            RowidRenumbered       "rowid_renumbered"         Warn  Object,
            IndexLost             "index_lost"               Deny  Always,
            TriggerLeftBroken     "trigger_left_broken"      Deny  Object,
            ViewLeftBroken        "view_left_broken"         Deny  Object,
            FtsContentDetached    "fts_content_detached"     Deny  Object,
            InsertOrIgnoreCopy    "insert_or_ignore_copy"    Warn  Object,
            SelectStarCopy        "select_star_copy"         Deny  Object,
            SlowRewrite           "slow_rewrite"             Allow Object,
            SqliteTooOld          "sqlite_too_old"           Deny  Anywhere,
            DoubleQuotedString    "double_quoted_string"     Deny  Always,
            TransactionControl    "transaction_control"      Deny  Always,
            PragmaInStep          "pragma_in_step"           Deny  Always,
            Attach                "attach"                   Deny  Always,
            WritableSchema        "writable_schema"          Deny  Always,
            UnneededAllowance     "unneeded_allowance"       Warn  Anywhere,
            UnfilledTable         "unfilled_table"           Warn  Object,
            UntriedStatement      "untried_statement"        Warn  Object,
        }
    }
}

/// The first statement of a page.
pub(crate) fn summary(page: &str) -> String {
    let paragraph = page.split("\n\n").nth(1).unwrap_or_default();
    let mut in_code = false;
    let mut words = Vec::new();
    for word in paragraph.split_whitespace() {
        in_code ^= word.matches('`').count() % 2 == 1;
        let ends = !in_code && (word.ends_with([':', '.']) && word != "..");
        words.push(if ends { &word[..word.len() - 1] } else { word });
        if ends {
            break;
        }
    }
    words.join(" ")
}

/// What can be said about a rule, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// A step can allow it for an object.
    Object,
    /// It has a level, and no allowance in a step.
    Anywhere,
    /// It is an error whatever anybody says: the upgrade could not be done.
    Always,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        })
    }
}

impl Level {
    /// Its name in `stepladder.toml`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Allow, Self::Warn, Self::Deny]
            .into_iter()
            .find(|level| level.to_string() == name)
    }

    /// How bad that is; `None` where nothing is said.
    pub(crate) fn severity(self) -> Option<Severity> {
        match self {
            Self::Allow => None,
            Self::Warn => Some(Severity::Warning),
            Self::Deny => Some(Severity::Error),
        }
    }
}

/// The levels that `[lints]` of `stepladder.toml` sets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Levels {
    /// Those of single rules.
    pub rules: BTreeMap<Rule, Level>,
    /// `all`: that of every other rule.
    pub all: Option<Level>,
}

impl Levels {
    /// The level of a rule.
    pub fn of(&self, rule: Rule) -> Level {
        if rule.scope() == Scope::Always {
            return rule.default_level();
        }
        let set = self.rules.get(&rule).copied().or(self.all);
        set.unwrap_or(rule.default_level())
    }
}

#[cfg(test)]
mod tests {
    use super::{Level, Levels, Rule};

    #[test]
    fn what_is_named_comes_before_all() {
        let levels = Levels {
            rules: [(Rule::DropTable, Level::Warn)].into(),
            all: Some(Level::Allow),
        };
        assert_eq!(levels.of(Rule::DropTable), Level::Warn);
        assert_eq!(levels.of(Rule::DataLoss), Level::Allow);
        // Without its transaction an upgrade is none.
        assert_eq!(levels.of(Rule::TransactionControl), Level::Deny);
        assert_eq!(Levels::default().of(Rule::DataLoss), Level::Deny);
    }

    #[test]
    fn each_rule_has_a_name_and_a_page_of_that_name() {
        for rule in Rule::ALL {
            assert_eq!(Rule::named(rule.name()), Some(rule));
            let title = format!("# {}\n", rule.name());
            assert!(rule.page().starts_with(&title), "{rule:?}");
            // It is shown behind the name and the level.
            let summary = rule.summary();
            assert!((8..=120).contains(&summary.len()), "{rule:?}: {summary}");
        }
    }
}
