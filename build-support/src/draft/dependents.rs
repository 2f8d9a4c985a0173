//! The triggers and views that are in the way of what a step does to tables.

use stepladder::schema::{Entity, Schema};
use stepladder::sql::{fold, names_equal, tokens};

use super::rename::Rename;
use crate::diff::{counterpart, is_same};

/// Which triggers and views make room for what a step does to tables, besides those that differ.
/// SQLite refuses to rename a table or to drop a column while a view or trigger does not compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dependents {
    /// None.
    Differing,
    /// Those that name a table that is made anew or altered, or a view that does.
    Naming,
    /// All.
    All,
}

impl Dependents {
    /// The fewest first.
    pub(super) const ALL: [Self; 3] = [Self::Differing, Self::Naming, Self::All];
}

/// The tables that are gone, renamed or altered, folded.
pub(super) fn touched(old: &Schema, new: &Schema, renames: &[Rename]) -> Vec<String> {
    let tables = old
        .entities
        .iter()
        .filter(|entity| !entity.kind().is_derived());
    let differs =
        |entity: &&Entity| counterpart(entity, new).is_none_or(|other| !is_same(other, entity));
    let has_new_name = |entity: &&Entity| {
        renames
            .iter()
            .any(|rename| names_equal(&rename.table, entity.name()))
    };
    tables
        .filter(|entity| differs(entity) || has_new_name(entity))
        .map(|entity| fold(entity.name()))
        .collect()
}

pub(super) fn names_any(entity: &Entity, names: &[String]) -> bool {
    tokens(entity.sql())
        .iter()
        .filter_map(stepladder::sql::Token::unquoted)
        .any(|text| names.contains(&fold(&text)))
}
