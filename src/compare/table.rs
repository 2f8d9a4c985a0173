//! Tables: their columns by name, then what belongs to the table as a whole.

use super::column;
use super::constraint;
use super::render;
use super::{CompareOptions, Difference, DifferenceKind, Object};
use crate::schema::{Column, EntityKind, ForeignKey, Schema, Table};
use crate::sql::{fold, names_equal};

/// Where to look for the parent of a foreign key.
#[derive(Debug)]
pub(super) enum ForeignKeyParents<'s> {
    /// In this schema.
    Of(&'s Schema),
    /// Nowhere: the table is compared alone.
    Unknown,
}

impl ForeignKeyParents<'_> {
    /// The parent columns of a foreign key, in SQLite's form of names: `REFERENCES p` means the
    /// primary key of `p`.
    pub(super) fn columns(&self, key: &ForeignKey) -> Option<Vec<String>> {
        let fold_all = |columns: &[String]| columns.iter().map(|name| fold(name)).collect();
        if let Some(columns) = &key.parent_columns {
            return Some(fold_all(columns));
        }
        let Self::Of(schema) = self else {
            return None;
        };
        let parent = schema.table(&key.parent)?.primary_key.as_ref()?;
        let columns: Vec<_> = parent
            .columns
            .iter()
            .map(|column| fold(&column.name))
            .collect();
        (columns.len() == key.columns.len()).then_some(columns)
    }
}

/// The tables of two indexes or keys: the collation of a key that has none of its own is that of
/// the column, so that a changed column is one difference and not one for each of its keys.
#[derive(Debug)]
pub(super) struct KeyParents<'s> {
    pub(super) expected: Option<&'s Table>,
    pub(super) found: Option<&'s Table>,
}

impl KeyParents<'_> {
    /// Whether the collations of a column in two keys are the same.
    pub(super) fn same_collation(&self, column: &str, expected: &str, found: &str) -> bool {
        let inherits = |table: Option<&Table>, collation: &str| {
            let column = table.and_then(|table| table.column(column));
            column.is_some_and(|column| {
                names_equal(column.collation.as_deref().unwrap_or("BINARY"), collation)
            })
        };
        names_equal(expected, found)
            || (inherits(self.expected, expected) && inherits(self.found, found))
    }
}

/// Every difference between two tables.
pub(super) fn compare(
    expected: &Table,
    found: &Table,
    parents: (&ForeignKeyParents<'_>, &ForeignKeyParents<'_>),
    options: CompareOptions,
    differences: &mut Vec<Difference>,
) {
    columns(expected, found, options, differences);
    if options.column_order.counts() {
        differences.extend(column_order(expected, found));
    }
    constraint::primary_key(expected, found, options, differences);
    constraint::unique(expected, found, options, differences);
    constraint::checks(expected, found, options, differences);
    constraint::foreign_keys(expected, found, parents, options, differences);
    for (kind, option, expected_has, found_has) in [
        (
            DifferenceKind::WithoutRowid,
            "WITHOUT ROWID",
            expected.without_rowid,
            found.without_rowid,
        ),
        (
            DifferenceKind::Strict,
            "STRICT",
            expected.strict,
            found.strict,
        ),
    ] {
        if expected_has != found_has {
            differences.push(Difference::new(
                kind,
                Object::entity(EntityKind::Table, &expected.name),
                expected_has.then(|| option.to_owned()),
                found_has.then(|| option.to_owned()),
            ));
        }
    }
}

fn columns(
    expected: &Table,
    found: &Table,
    options: CompareOptions,
    differences: &mut Vec<Difference>,
) {
    for column in &expected.columns {
        match found.column(&column.name) {
            Some(other) => {
                column::compare((expected, column), (found, other), options, differences);
            }
            None => differences.push(Difference {
                hint: renamed_from(expected, column, found, options),
                ..Difference::new(
                    DifferenceKind::MissingColumn,
                    Object::column(&expected.name, &column.name),
                    Some(column.definition.clone()),
                    None,
                )
            }),
        }
    }
    for column in &found.columns {
        if expected.column(&column.name).is_none() {
            differences.push(Difference::new(
                DifferenceKind::UnexpectedColumn,
                Object::column(&expected.name, &column.name),
                None,
                Some(column.definition.clone()),
            ));
        }
    }
}

/// An unexpected column that is like the missing one but for its name, where there is just one.
fn renamed_from(
    expected: &Table,
    missing: &Column,
    found: &Table,
    options: CompareOptions,
) -> Option<String> {
    let mut alike = found.columns.iter().filter(|column| {
        let mut differences = Vec::new();
        column::compare(
            (expected, missing),
            (found, column),
            options,
            &mut differences,
        );
        differences.is_empty() && expected.column(&column.name).is_none()
    });
    match (alike.next(), alike.next()) {
        (Some(column), None) => Some(format!("it may be `{}` under its old name", column.name)),
        (None, _) | (Some(_), Some(_)) => None,
    }
}

/// The order of the columns that both have.
fn column_order(expected: &Table, found: &Table) -> Option<Difference> {
    let common = |of: &Table, other: &Table| -> Vec<String> {
        let all = of.columns.iter();
        all.filter(|column| other.column(&column.name).is_some())
            .map(|column| column.name.clone())
            .collect()
    };
    let (expected_order, found_order) = (common(expected, found), common(found, expected));
    let same = expected_order
        .iter()
        .zip(&found_order)
        .all(|(a, b)| names_equal(a, b));
    (!same).then(|| {
        Difference::new(
            DifferenceKind::ColumnOrder,
            Object::entity(EntityKind::Table, &expected.name),
            Some(render::column_names(
                expected_order.iter().map(String::as_str),
            )),
            Some(render::column_names(found_order.iter().map(String::as_str))),
        )
    })
}
