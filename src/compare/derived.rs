//! Indexes, triggers, views and virtual tables of the same name.

use super::render;
use super::table::KeyParents;
use super::{Difference, DifferenceKind, Object};
use crate::schema::{
    EntityKind, Expression, Index, IndexColumn, IndexTerm, Trigger, View, VirtualTable,
};
use crate::sql::names_equal;

/// Every difference between two indexes.
pub(super) fn index(
    expected: &Index,
    found: &Index,
    parents: &KeyParents<'_>,
    differences: &mut Vec<Difference>,
) {
    let mut push = |kind, a, b| {
        let object = Object::entity(EntityKind::Index, &expected.name);
        differences.push(Difference::new(kind, object, a, b));
    };
    if !names_equal(&expected.table, &found.table) {
        let name = |index: &Index| Some(render::name(&index.table));
        push(DifferenceKind::IndexTable, name(expected), name(found));
    }
    if expected.unique != found.unique {
        let sql = |index: &Index| index.unique.then(|| "UNIQUE".to_owned());
        push(DifferenceKind::IndexUnique, sql(expected), sql(found));
    }
    if !same_columns(&expected.columns, &found.columns, parents) {
        let sql = |canonical| {
            (
                render::index_columns(parents.expected, expected, canonical),
                render::index_columns(parents.found, found, canonical),
            )
        };
        let (mut a, mut b) = sql(false);
        if a == b {
            (a, b) = sql(true);
        }
        push(DifferenceKind::IndexColumns, Some(a), Some(b));
    }
    if expected.filter != found.filter {
        let (a, b) = match (&expected.filter, &found.filter) {
            (Some(a), Some(b)) => {
                let (a, b) = render::expressions(a, b);
                (Some(a), Some(b))
            }
            (a, b) => {
                let sql = |filter: &Expression| filter.sql.clone();
                (a.as_ref().map(sql), b.as_ref().map(sql))
            }
        };
        let sql = |filter: Option<String>| filter.map(|filter| format!("WHERE {filter}"));
        push(DifferenceKind::IndexFilter, sql(a), sql(b));
    }
}

fn same_columns(expected: &[IndexColumn], found: &[IndexColumn], parents: &KeyParents<'_>) -> bool {
    expected.len() == found.len()
        && expected.iter().zip(found).all(|(a, b)| {
            a.order == b.order
                && match (&a.term, &b.term) {
                    (IndexTerm::Column(name), IndexTerm::Column(other)) => {
                        names_equal(name, other)
                            && parents.same_collation(name, &a.collation, &b.collation)
                    }
                    (IndexTerm::Rowid, IndexTerm::Rowid) => true,
                    // Its collation follows from its tokens and from the columns.
                    (IndexTerm::Expression(term), IndexTerm::Expression(other)) => term == other,
                    (IndexTerm::Column(_) | IndexTerm::Rowid | IndexTerm::Expression(_), _) => {
                        false
                    }
                }
        })
}

/// The difference between two triggers.
pub(super) fn trigger(expected: &Trigger, found: &Trigger) -> Option<Difference> {
    let object = Object::entity(EntityKind::Trigger, &expected.name);
    let definitions = (&expected.definition, &found.definition);
    definition(DifferenceKind::Trigger, object, definitions)
}

/// The difference between two views.
pub(super) fn view(expected: &View, found: &View) -> Option<Difference> {
    let object = Object::entity(EntityKind::View, &expected.name);
    let definitions = (&expected.definition, &found.definition);
    definition(DifferenceKind::View, object, definitions)
}

fn definition(
    kind: DifferenceKind,
    object: Object,
    (expected, found): (&Expression, &Expression),
) -> Option<Difference> {
    (expected != found).then(|| {
        let (a, b) = render::expressions(expected, found);
        Difference::new(kind, object, Some(a), Some(b))
    })
}

/// The difference between two virtual tables.
pub(super) fn virtual_table(expected: &VirtualTable, found: &VirtualTable) -> Option<Difference> {
    let same =
        names_equal(&expected.module, &found.module) && expected.arguments == found.arguments;
    (!same).then(|| {
        Difference::new(
            DifferenceKind::VirtualTable,
            Object::entity(EntityKind::VirtualTable, &expected.name),
            Some(render::virtual_table(expected)),
            Some(render::virtual_table(found)),
        )
    })
}
