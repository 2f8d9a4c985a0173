//! What a rebuild copies, and what it has to be told.

use stepladder::__private::RebuildKind;
use stepladder::schema::{Column, Table, VirtualTable};
use stepladder::sql::{Lexeme, names_equal};

use super::likely::likely;
use super::{Change, StepPlan};

/// A rebuild of a table: how its rows come from the old one.
#[derive(Debug, Clone)]
pub(crate) struct PlannedRebuild {
    /// The table at the old version.
    pub(crate) old: String,
    /// The table at the new version.
    pub(crate) new: String,
    /// The columns that are copied.
    pub(crate) copied: Vec<CopiedColumn>,
    /// The columns that need an expression.
    pub(crate) required: Vec<RequiredColumn>,
    /// The columns of the old table that the new one has not.
    pub(crate) dropped: Vec<String>,
    /// The names of the rowid, new and old, where the rowids are copied.
    pub(crate) rowid: Option<(&'static str, &'static str)>,
    /// What else there is to do.
    pub(crate) kind: RebuildKind,
    /// The changes that the rebuild makes.
    pub(crate) changes: Vec<Change>,
}

/// A column that a rebuild copies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CopiedColumn {
    /// Its name in the new table.
    pub(crate) new: String,
    /// Its name in the old table.
    pub(crate) old: String,
}

/// A column for which a rebuild needs an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequiredColumn {
    /// Its name in the new table.
    pub(crate) column: String,
    /// Why it cannot be copied or left to its default.
    pub(crate) reason: String,
    /// The column of the old table that it most likely is under another name, where its values fit.
    pub(crate) source: Option<String>,
}

/// The names that SQLite has for the rowid: <https://www.sqlite.org/lang_createtable.html#rowid>
const ROWID_NAMES: [&str; 3] = ["rowid", "_rowid_", "oid"];

/// The rebuild of an ordinary table.
pub(crate) fn plan_rebuild(old: &Table, new: &Table, changes: Vec<Change>) -> PlannedRebuild {
    let mut copied = Vec::new();
    let mut required = Vec::new();
    let renames = Renames::new(old, new);
    for column in new
        .columns
        .iter()
        .filter(|column| column.generated.is_none())
    {
        let reason = required_reason(old, new, column);
        match (old.column(&column.name), renames.added_to(reason, column)) {
            (_, Some(reason)) => required.push(RequiredColumn {
                column: column.name.clone(),
                reason,
                source: renames.source(old, new, column),
            }),
            (Some(source), None) => copied.push(CopiedColumn {
                new: column.name.clone(),
                old: source.name.clone(),
            }),
            (None, None) => copied.extend(copied_from_rowid(old, new, column)),
        }
    }
    PlannedRebuild {
        old: old.name.clone(),
        new: new.name.clone(),
        copied,
        required,
        dropped: (old.columns.iter())
            .filter(|column| new.column(&column.name).is_none())
            .map(|column| column.name.clone())
            .collect(),
        rowid: copied_rowid(old, new),
        kind: match &new.primary_key {
            Some(key) if key.autoincrement => RebuildKind::Autoincrement,
            Some(_) | None => RebuildKind::Plain,
        },
        changes,
    }
}

/// The columns of the new table, each with one that is gone and has the same type: its values must
/// not be left behind without a word.
struct Renames<'t> {
    possible: Vec<(&'t Column, &'t Column)>,
    likely: Vec<(&'t Column, &'t Column)>,
}

impl<'t> Renames<'t> {
    fn new(old: &'t Table, new: &'t Table) -> Self {
        let only_in = |this: &'t Table, other: &'t Table| {
            this.columns.iter().filter(move |column| {
                // The rowids are copied in any case.
                let rowid = this
                    .rowid_alias()
                    .is_some_and(|alias| alias.name == column.name)
                    && other.rowid_alias().is_some();
                !rowid && column.generated.is_none() && other.column(&column.name).is_none()
            })
        };
        let mut possible = Vec::new();
        for added in only_in(new, old) {
            for gone in only_in(old, new) {
                let same_type = gone.affinity == added.affinity
                    && (gone.declared_type).eq_ignore_ascii_case(&added.declared_type);
                if same_type {
                    possible.push((gone, added));
                }
            }
        }
        // What refers to the same table, or to none: a table may have got another name as well, so
        // that is a matter of what is likely only.
        let same_parent: Vec<_> = (possible.iter().copied())
            .filter(|(gone, added)| is_same_parent(parent(old, gone), parent(new, added)))
            .collect();
        let likely = likely(&same_parent, |(old, new)| (&old.name, &new.name));
        let likely = likely.into_iter().copied().collect();
        Self { possible, likely }
    }

    /// The reason why a column needs an expression, with what it may have been.
    fn added_to(&self, reason: Option<String>, column: &Column) -> Option<String> {
        let sources: Vec<_> = (self.possible.iter())
            .filter(|(_, new)| new.name == column.name)
            .map(|(old, _)| format!("`{}`", old.name))
            .collect();
        if sources.is_empty() {
            return reason;
        }
        let may = format!("may be {} under another name", sources.join(" or "));
        Some(match reason {
            Some(reason) => format!("{reason}, and {may}"),
            None => format!("it is new, and {may}"),
        })
    }

    fn source(&self, old: &Table, new: &Table, column: &Column) -> Option<String> {
        let (source, _) = (self.likely.iter()).find(|(_, to)| to.name == column.name)?;
        let fits = refuses_null(old, source) || !refuses_null(new, column);
        fits.then(|| source.name.clone())
    }
}

/// The table to which a column alone refers.
fn parent<'t>(table: &'t Table, column: &Column) -> Option<&'t str> {
    let key = table
        .foreign_keys
        .iter()
        .find(|key| matches!(&*key.columns, [only] if names_equal(only, &column.name)))?;
    Some(&key.parent)
}

/// A column that refers to a table is hardly one that refers to another or to none.
fn is_same_parent(old: Option<&str>, new: Option<&str>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => names_equal(old, new),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Why a column needs an expression; `None` where it can be copied or left out.
fn required_reason(old: &Table, new: &Table, column: &Column) -> Option<String> {
    let is_alias = |table: &Table, name: &str| {
        (table.rowid_alias()).is_some_and(|alias| names_equal(&alias.name, name))
    };
    let Some(source) = old.column(&column.name) else {
        // A new INTEGER PRIMARY KEY takes the rowids.
        let refused = refuses_null(new, column) && !is_alias(new, &column.name);
        return (refused && column.default.is_none())
            .then(|| "it is new, cannot be NULL and has no default".to_owned());
    };
    if source.affinity != column.affinity
        || (new.strict
            && !source
                .declared_type
                .eq_ignore_ascii_case(&column.declared_type))
    {
        let shown = |column: &Column| match column.declared_type.as_str() {
            "" => "no type".to_owned(),
            declared => format!("`{declared}`"),
        };
        return Some(format!(
            "its type changes from {} to {}",
            shown(source),
            shown(column)
        ));
    }
    let was_null = !never_null(old, source);
    // A key that was one before may go on holding NULL, where SQLite lets it.
    let refuses = never_null(new, column) || (refuses_null(new, column) && !is_key(old, source));
    (was_null && refuses).then(|| "it could be NULL before".to_owned())
}

/// Whether SQLite lets no NULL into a column. A primary key is not enough for that:
/// <https://www.sqlite.org/lang_createtable.html#the_primary_key>
fn never_null(table: &Table, column: &Column) -> bool {
    let alias = table.rowid_alias();
    column.not_null.is_some()
        || alias.is_some_and(|alias| names_equal(&alias.name, &column.name))
        || (is_key(table, column) && (table.without_rowid || table.strict))
}

fn is_key(table: &Table, column: &Column) -> bool {
    (table.primary_key.as_ref()).is_some_and(|key| {
        (key.columns.iter()).any(|member| names_equal(&member.name, &column.name))
    })
}

/// Whether a column refuses NULL, or is in a primary key, where NULL makes no sense.
fn refuses_null(table: &Table, column: &Column) -> bool {
    column.not_null.is_some() || is_key(table, column)
}

/// An `INTEGER PRIMARY KEY` that is new takes the rowids that the rows have.
fn copied_from_rowid(old: &Table, new: &Table, column: &Column) -> Option<CopiedColumn> {
    let alias = new.rowid_alias()?;
    (names_equal(&alias.name, &column.name)).then_some(())?;
    Some(CopiedColumn {
        new: column.name.clone(),
        old: rowid_of(old)?,
    })
}

/// What the rowids of a table are called: its INTEGER PRIMARY KEY, or a name that no column has
/// taken. `None` where there is no way to read them.
pub(crate) fn rowid_of(table: &Table) -> Option<String> {
    match table.rowid_alias() {
        Some(alias) => Some(alias.name.clone()),
        None => rowid_name(table).map(str::to_owned),
    }
}

/// The names by which the rowids are copied where no column holds them.
fn copied_rowid(old: &Table, new: &Table) -> Option<(&'static str, &'static str)> {
    if new.rowid_alias().is_some() {
        return None;
    }
    Some((rowid_name(new)?, rowid_name(old)?))
}

/// A name of the rowid that no column has taken.
pub(crate) fn rowid_name(table: &Table) -> Option<&'static str> {
    if table.without_rowid {
        return None;
    }
    (ROWID_NAMES.into_iter()).find(|name| table.column(name).is_none())
}

/// Modules whose tables show what is in another table, and hold nothing:
/// <https://www.sqlite.org/fts5.html#the_fts5vocab_virtual_table_module>
const SHOWS_ANOTHER: [&str; 4] = ["fts5vocab", "fts4aux", "fts3aux", "dbstat"];

/// A virtual table cannot be altered: it is made anew, and filled from the old one or, where it is
/// an index over another table, from that.
pub(super) fn plan_virtual_table(old: &VirtualTable, new: &VirtualTable, plan: &mut StepPlan) {
    let copies = names_equal(&old.module, &new.module)
        && !(SHOWS_ANOTHER.iter()).any(|module| names_equal(module, &new.module))
        && content(old).as_deref() != Some("")
        && content(new).as_deref() != Some("");
    let kind = match content(new) {
        Some(_) if external_content(new).is_some() => RebuildKind::ExternalContent,
        Some(_) | None if copies => RebuildKind::Plain,
        Some(_) | None => RebuildKind::Empty,
    };
    let common = |name: &String| old.columns.iter().find(|other| names_equal(other, name));
    let rtree = new.module.to_ascii_lowercase().starts_with("rtree");
    let changes = vec![Change::Rebuild(new.name.clone())];
    plan.changes.extend(changes.clone());
    let shown = new.columns.iter().filter_map(|name| {
        Some(CopiedColumn {
            new: name.clone(),
            old: common(name)?.clone(),
        })
    });
    plan.rebuilds.push(PlannedRebuild {
        old: old.name.clone(),
        new: new.name.clone(),
        copied: shown.chain(copied_language(old, new)).collect(),
        required: Vec::new(),
        dropped: Vec::new(),
        // The first column of an R*Tree is its rowid: https://www.sqlite.org/rtree.html
        rowid: (!rtree && kind == RebuildKind::Plain).then_some(("rowid", "rowid")),
        kind,
        changes,
    });
}

/// The table over which a full-text index is made, where it holds no text of its own.
pub(crate) fn external_content(table: &VirtualTable) -> Option<String> {
    content(table).filter(|content| is_full_text(table) && !content.is_empty())
}

fn is_full_text(table: &VirtualTable) -> bool {
    table.module.to_ascii_lowercase().starts_with("fts")
}

/// The column of an FTS4 table that holds the language of a row. It is hidden, so that nobody lists
/// it: <https://www.sqlite.org/fts3.html#the_languageid_option>
fn copied_language(old: &VirtualTable, new: &VirtualTable) -> Option<CopiedColumn> {
    let is_fts4 = |table: &VirtualTable| names_equal(&table.module, "fts4");
    if !is_fts4(old) || !is_fts4(new) {
        return None;
    }
    Some(CopiedColumn {
        new: option(new, "languageid")?,
        old: option(old, "languageid")?,
    })
}

/// The `content=` option of a full-text index: the table, empty for an index without content.
fn content(table: &VirtualTable) -> Option<String> {
    option(table, "content")
}

/// An option of a virtual table; empty where its value is no name.
fn option(table: &VirtualTable, name: &str) -> Option<String> {
    table
        .arguments
        .iter()
        .find_map(|argument| match argument.lexemes.as_slice() {
            [Lexeme::Word(option), Lexeme::Operator(equals), value]
                if option == name && equals == "=" =>
            {
                Some(match value {
                    Lexeme::Word(name) | Lexeme::Quoted(name) | Lexeme::String(name) => {
                        name.clone()
                    }
                    Lexeme::Blob(_)
                    | Lexeme::Number(_)
                    | Lexeme::Variable(_)
                    | Lexeme::Operator(_)
                    | Lexeme::Illegal(_) => String::new(),
                })
            }
            _ => None,
        })
}
