//! What differs between two versions of a table for those who exchange its rows, and in which
//! direction: a constraint may be tighter or looser.

use stepladder::TableChange;
use stepladder::compare::{CompareOptions, DifferenceKind, compare_tables};
use stepladder::schema::{
    Column, Entity, Expression, ForeignKey, IndexTerm, KeyColumn, Schema, Table,
};
use stepladder::sql::{Token, fold, names_equal, tokens};

type Changes = Vec<TableChange<String>>;

/// The changes from the old table to the new one of the same name.
pub(super) fn compare(schemas: [&Schema; 2], [old, new]: [&Table; 2]) -> Changes {
    let mut changes = columns(old, new);
    if is_other_key(old, new, &changes) {
        let in_key = |column: &String| [old, new].iter().any(|table| is_key(table, column));
        changes.retain(|change| match change {
            TableChange::ColumnType(column) | TableChange::ColumnCollation(column) => {
                !in_key(column)
            }
            _ => true,
        });
        changes.push(TableChange::PrimaryKey);
    }
    nulls(old, new, &mut changes);
    unique(schemas, [old, new], &mut changes);
    checks(old, new, &mut changes);
    foreign_keys(schemas, [old, new], &mut changes);
    match (old.strict, new.strict) {
        (false, true) => changes.push(TableChange::Strict),
        (true, false) => changes.push(TableChange::NotStrict),
        (true, true) | (false, false) => {}
    }
    changes
}

/// The values of each column; constraints are looked at below.
fn columns(old: &Table, new: &Table) -> Changes {
    let mut changes = Changes::new();
    for difference in compare_tables(new, old, &CompareOptions::default()) {
        let Some(name) = difference.object.column else {
            continue;
        };
        let column = |table: &Table| table.column(&name).is_some_and(|it| it.generated.is_some());
        let change = match (difference.kind, column(old), column(new)) {
            (DifferenceKind::MissingColumn, _, true) => TableChange::ComputedColumnAdded(name),
            (DifferenceKind::MissingColumn, _, false) => TableChange::ColumnAdded(name),
            (DifferenceKind::UnexpectedColumn, ..) => TableChange::ColumnDropped(name),
            (DifferenceKind::ColumnType, ..) => TableChange::ColumnType(name),
            (DifferenceKind::Default, ..) => TableChange::ColumnDefault(name),
            (DifferenceKind::Collation, ..) => TableChange::ColumnCollation(name),
            (DifferenceKind::Generated, false, true) => TableChange::ColumnComputed(name),
            (DifferenceKind::Generated, true, false) => TableChange::ColumnStored(name),
            // Where its value is kept is nobody else's business.
            (DifferenceKind::Generated, ..) if is_same_expression(old, new, &name) => continue,
            (DifferenceKind::Generated, ..) => TableChange::ColumnExpression(name),
            _ => continue,
        };
        changes.push(change);
    }
    changes
}

fn is_same_expression(old: &Table, new: &Table, name: &str) -> bool {
    let expression = |table: &Table| -> Option<Expression> {
        let generated = table.column(name)?.generated.as_ref()?;
        Some(generated.expression.clone())
    };
    expression(old) == expression(new)
}

fn is_key(table: &Table, column: &str) -> bool {
    let key = table.primary_key.iter().flat_map(|key| &key.columns);
    key.into_iter().any(|key| names_equal(&key.name, column))
}

/// Whether a row of before is not found any more by the key of now, or by another value of it.
fn is_other_key(old: &Table, new: &Table, changes: &Changes) -> bool {
    let key = |table: &Table| -> Vec<(String, String)> {
        let key = table.primary_key.iter().flat_map(|key| &key.columns);
        let mut key: Vec<_> = key
            .map(|key| (fold(&key.name), fold(&key.collation)))
            .collect();
        key.sort();
        key
    };
    let is_of_key = |change: &TableChange<String>| match change {
        TableChange::ColumnType(column) | TableChange::ColumnCollation(column) => {
            is_key(new, column)
        }
        _ => false,
    };
    key(old) != key(new) || changes.iter().any(is_of_key)
}

/// Whether SQLite keeps NULL out of a column:
/// <https://www.sqlite.org/lang_createtable.html#the_primary_key>.
fn is_never_null(table: &Table, column: &Column) -> bool {
    let by_key = (table.primary_key.as_ref())
        .is_some_and(|key| key.rowid_alias || table.without_rowid || table.strict);
    column.not_null.is_some() || (by_key && is_key(table, &column.name))
}

fn nulls(old: &Table, new: &Table, changes: &mut Changes) {
    for column in &new.columns {
        let Some(before) = old.column(&column.name) else {
            continue;
        };
        let name = column.name.clone();
        match (is_never_null(old, before), is_never_null(new, column)) {
            (false, true) => changes.push(TableChange::NotNull(name)),
            (true, false) => changes.push(TableChange::Nullable(name)),
            (true, true) | (false, false) => {}
        }
    }
}

/// What is unique.
#[derive(Debug, PartialEq)]
enum Key {
    /// These columns, each with its collation.
    Columns(Vec<(String, String)>),
    /// What an index holds that is over an expression or over a part of the rows: its terms and the
    /// condition.
    Other(Vec<Expression>, Option<Expression>),
}

/// The keys of a table, each as it is shown; the primary key is the first.
fn keys(schema: &Schema, table: &Table) -> Vec<(Key, String)> {
    let shown = |columns: &[KeyColumn]| {
        let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
        names.join(", ")
    };
    let of_constraints = table.primary_key.iter().map(|key| &key.columns);
    let of_constraints = of_constraints.chain(table.unique.iter().map(|key| &key.columns));
    let mut keys: Vec<_> = of_constraints
        .map(|columns| {
            let key = columns
                .iter()
                .map(|key| (fold(&key.name), fold(&key.collation)));
            (Key::Columns(key.collect()), shown(columns))
        })
        .collect();
    let indexes = schema.entities.iter().filter_map(|entity| match entity {
        Entity::Index(index) if index.unique && names_equal(&index.table, &table.name) => {
            Some(index)
        }
        _ => None,
    });
    for index in indexes {
        let columns: Option<Vec<_>> = (index.columns.iter())
            .map(|column| match &column.term {
                IndexTerm::Column(name) => Some((name.clone(), column.collation.clone())),
                IndexTerm::Rowid | IndexTerm::Expression(_) => None,
            })
            .collect();
        match (columns, &index.filter) {
            (Some(columns), None) => {
                let names: Vec<_> = columns.iter().map(|(name, _)| name.as_str()).collect();
                let shown = names.join(", ");
                let key = columns
                    .iter()
                    .map(|(name, collation)| (fold(name), fold(collation)));
                keys.push((Key::Columns(key.collect()), shown));
            }
            (_, filter) => {
                let terms = index.columns.iter().map(|column| match &column.term {
                    IndexTerm::Column(name) => Expression::new(fold(name)),
                    IndexTerm::Rowid => Expression::new("rowid"),
                    IndexTerm::Expression(expression) => expression.clone(),
                });
                keys.push((
                    Key::Other(terms.collect(), filter.clone()),
                    index.name.clone(),
                ));
            }
        }
    }
    keys
}

/// Whether what one key allows the other allows as well: it has all of its columns.
fn implies(key: &Key, other: &Key) -> bool {
    match (key, other) {
        (Key::Columns(key), Key::Columns(other)) => key.iter().all(|part| other.contains(part)),
        (key, other) => key == other,
    }
}

fn unique(schemas: [&Schema; 2], [old, new]: [&Table; 2], changes: &mut Changes) {
    let (before, after) = (keys(schemas[0], old), keys(schemas[1], new));
    let is_new =
        |key: &Key, others: &[(Key, String)]| !others.iter().any(|(other, _)| implies(other, key));
    let is_primary = |table: &Table, place: usize| table.primary_key.is_some() && place == 0;
    for (place, (key, shown)) in after.iter().enumerate() {
        if !is_primary(new, place) && is_new(key, &before) {
            changes.push(TableChange::UniqueAdded(shown.clone()));
        }
    }
    for (place, (key, shown)) in before.iter().enumerate() {
        // What is gone with a column is told with it.
        if !is_primary(old, place) && is_new(key, &after) && is_of_columns(key, new) {
            changes.push(TableChange::UniqueDropped(shown.clone()));
        }
    }
}

fn is_of_columns(key: &Key, table: &Table) -> bool {
    match key {
        Key::Columns(columns) => columns.iter().all(|(name, _)| table.column(name).is_some()),
        Key::Other(..) => true,
    }
}

fn checks(old: &Table, new: &Table, changes: &mut Changes) {
    let only_in = |this: &Table, other: &Table| -> Vec<String> {
        let of_this = this.checks.iter().filter(|check| {
            !(other.checks.iter()).any(|other| other.expression == check.expression)
        });
        let of_this = of_this.filter(|check| is_about_known(&check.expression, this, other));
        of_this.map(|check| check.expression.sql.clone()).collect()
    };
    changes.extend(only_in(new, old).into_iter().map(TableChange::CheckAdded));
    changes.extend(only_in(old, new).into_iter().map(TableChange::CheckDropped));
}

/// Whether a CHECK is about more than columns that only this table has: it cannot have taken a row
/// along that a new column would not have, and goes with a column that is gone.
fn is_about_known(check: &Expression, this: &Table, other: &Table) -> bool {
    let tokens = tokens(&check.sql);
    let names = tokens.iter().filter_map(Token::unquoted);
    let columns: Vec<_> = names.filter_map(|name| this.column(&name)).collect();
    let is_known = |column: &&Column| other.column(&column.name).is_some();
    columns.is_empty() || columns.iter().any(is_known)
}

fn foreign_keys(schemas: [&Schema; 2], [old, new]: [&Table; 2], changes: &mut Changes) {
    let only_in = |[this, other]: [(&Schema, &Table); 2]| -> Vec<String> {
        let of_this = this.1.foreign_keys.iter().filter(|key| {
            let shape = shape(this.0, key);
            let is_known =
                (other.1.foreign_keys.iter()).any(|key| shape == self::shape(other.0, key));
            let mut columns = key.columns.iter();
            !is_known && columns.any(|column| other.1.column(column).is_some())
        });
        of_this.map(shown).collect()
    };
    let (before, after) = ((schemas[0], old), (schemas[1], new));
    let added = only_in([after, before]);
    changes.extend(added.into_iter().map(TableChange::ForeignKeyAdded));
    let dropped = only_in([before, after]);
    changes.extend(dropped.into_iter().map(TableChange::ForeignKeyDropped));
}

/// What a foreign key demands. What happens when a parent goes is no part of it.
fn shape(schema: &Schema, key: &ForeignKey) -> (Vec<String>, String, Vec<String>) {
    let fold_all = |names: &[String]| names.iter().map(|name| fold(name)).collect();
    let parent_columns = key.parent_columns.as_deref().map(fold_all);
    let parent_key = || {
        let key = schema.table(&key.parent)?.primary_key.as_ref()?;
        Some(
            key.columns
                .iter()
                .map(|column| fold(&column.name))
                .collect(),
        )
    };
    let parent_columns = parent_columns.or_else(parent_key).unwrap_or_default();
    (fold_all(&key.columns), fold(&key.parent), parent_columns)
}

/// `owner_id REFERENCES users`
fn shown(key: &ForeignKey) -> String {
    format!("{} REFERENCES {}", key.columns.join(", "), key.parent)
}
