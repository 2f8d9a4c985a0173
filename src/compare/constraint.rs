//! The constraints of two tables, wherever they are written.

use super::column::same_name;
use super::render;
use super::table::{ForeignKeyParents, KeyParents};
use super::{CompareOptions, Difference, DifferenceKind, Object};
use crate::schema::{Check, EntityKind, ForeignKey, KeyColumn, PrimaryKey, Table, Unique};
use crate::sql::{fold, names_equal};

fn of_table(
    table: &Table,
    kind: DifferenceKind,
    expected: Option<String>,
    found: Option<String>,
) -> Difference {
    let object = Object::entity(EntityKind::Table, &table.name);
    Difference::new(kind, object, expected, found)
}

/// The primary keys of two tables.
pub(super) fn primary_key(
    expected: &Table,
    found: &Table,
    options: CompareOptions,
    differences: &mut Vec<Difference>,
) {
    match (&expected.primary_key, &found.primary_key) {
        (None, None) => {}
        (Some(a), Some(b)) => {
            primary_keys((expected, a), (found, b), options, differences);
        }
        (a, b) => {
            let sql = |table, key: &Option<PrimaryKey>| {
                key.as_ref().map(|key| render::primary_key(table, key))
            };
            let (a, b) = (sql(expected, a), sql(found, b));
            differences.push(of_table(expected, DifferenceKind::PrimaryKey, a, b));
        }
    }
}

fn primary_keys(
    (expected, a): (&Table, &PrimaryKey),
    (found, b): (&Table, &PrimaryKey),
    options: CompareOptions,
    differences: &mut Vec<Difference>,
) {
    let mut push = |kind, a, b| differences.push(of_table(expected, kind, a, b));
    let same_names = same_columns(&a.columns, &b.columns);
    let alias_differs = same_names && a.rowid_alias != b.rowid_alias;
    let same_columns = if alias_differs {
        // Order and collation are those of an index that one of them does not have.
        same_names
    } else {
        same_keys(&a.columns, &b.columns, &key_parents(expected, found))
    };
    let sql = render::primary_key;
    if !same_columns || a.on_conflict != b.on_conflict {
        let (a, b) = (sql(expected, a), sql(found, b));
        push(DifferenceKind::PrimaryKey, Some(a), Some(b));
    } else if options.constraint_names.counts() && !same_name(a.name.as_ref(), b.name.as_ref()) {
        let named =
            |table, key: &PrimaryKey| Some(render::named(key.name.as_deref(), &sql(table, key)));
        push(
            DifferenceKind::ConstraintName,
            named(expected, a),
            named(found, b),
        );
    }
    // Without a rowid there is no alias of it, and that is a difference of the table.
    if alias_differs && expected.without_rowid == found.without_rowid {
        let (a, b) = (render::rowid_key(expected, a), render::rowid_key(found, b));
        push(DifferenceKind::RowidAlias, Some(a), Some(b));
    }
    if a.autoincrement != b.autoincrement {
        let sql = |key: &PrimaryKey| key.autoincrement.then(|| "AUTOINCREMENT".to_owned());
        push(DifferenceKind::Autoincrement, sql(a), sql(b));
    }
}

fn key_parents<'s>(expected: &'s Table, found: &'s Table) -> KeyParents<'s> {
    KeyParents {
        expected: Some(expected),
        found: Some(found),
    }
}

/// Whether two keys hold the same columns in the same order.
fn same_columns(a: &[KeyColumn], b: &[KeyColumn]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| names_equal(&a.name, &b.name))
}

fn same_keys(expected: &[KeyColumn], found: &[KeyColumn], parents: &KeyParents<'_>) -> bool {
    same_columns(expected, found)
        && expected.iter().zip(found).all(|(a, b)| {
            a.order == b.order && parents.same_collation(&a.name, &a.collation, &b.collation)
        })
}

/// The UNIQUE constraints of two tables.
pub(super) fn unique(
    expected: &Table,
    found: &Table,
    options: CompareOptions,
    differences: &mut Vec<Difference>,
) {
    let parents = key_parents(expected, found);
    let pairs = pair(
        expected.unique.iter().collect(),
        found.unique.iter().collect(),
        &[
            &|a, b| {
                same_keys(&a.columns, &b.columns, &parents)
                    && a.on_conflict == b.on_conflict
                    && same_name(a.name.as_ref(), b.name.as_ref())
            },
            &|a, b| same_keys(&a.columns, &b.columns, &parents) && a.on_conflict == b.on_conflict,
            &|a, b| same_columns(&a.columns, &b.columns),
        ],
    );
    let sql = |table, constraint: Option<&Unique>| {
        constraint.map(|constraint| render::unique(table, constraint))
    };
    let name = |constraint: &Unique| constraint.name.clone();
    for (rule, a, b) in pairs {
        let (a_sql, b_sql) = (sql(expected, a), sql(found, b));
        let names = (a.and_then(name), b.and_then(name));
        differences.extend(judge(
            expected,
            (rule, DifferenceKind::Unique),
            (a_sql, b_sql),
            names,
            options,
        ));
    }
}

/// The CHECK constraints of two tables. Repeating one changes nothing.
pub(super) fn checks(
    expected: &Table,
    found: &Table,
    options: CompareOptions,
    differences: &mut Vec<Difference>,
) {
    let pairs = pair(
        distinct(&expected.checks),
        distinct(&found.checks),
        &[
            &|a, b| a.expression == b.expression && same_name(a.name.as_ref(), b.name.as_ref()),
            &|a, b| a.expression == b.expression,
            &|a, b| a.name.is_some() && same_name(a.name.as_ref(), b.name.as_ref()),
        ],
    );
    for (rule, a, b) in pairs {
        let sides = match (a, b) {
            (Some(a), Some(b)) if a.expression != b.expression => {
                let (a, b) = render::expressions(&a.expression, &b.expression);
                (Some(format!("CHECK ({a})")), Some(format!("CHECK ({b})")))
            }
            (a, b) => (a.map(render::check), b.map(render::check)),
        };
        let name = |constraint: &Check| constraint.name.clone();
        let names = (a.and_then(name), b.and_then(name));
        let kind = (rule, DifferenceKind::Check);
        differences.extend(judge(expected, kind, sides, names, options));
    }
}

fn distinct(checks: &[Check]) -> Vec<&Check> {
    let mut found: Vec<&Check> = Vec::new();
    for check in checks {
        let is_known = |known: &&Check| known.expression == check.expression;
        if !found.iter().any(is_known) {
            found.push(check);
        }
    }
    found
}

/// The foreign keys of two tables.
pub(super) fn foreign_keys(
    expected: &Table,
    found: &Table,
    parents: (&ForeignKeyParents<'_>, &ForeignKeyParents<'_>),
    options: CompareOptions,
    differences: &mut Vec<Difference>,
) {
    let same = |a: &ForeignKey, b: &ForeignKey| {
        same_child(a, b)
            && names_equal(&a.parent, &b.parent)
            && parents.0.columns(a) == parents.1.columns(b)
            && a.on_delete.eq_ignore_ascii_case(&b.on_delete)
            && a.on_update.eq_ignore_ascii_case(&b.on_update)
            && a.timing == b.timing
    };
    let pairs = pair(
        expected.foreign_keys.iter().collect(),
        found.foreign_keys.iter().collect(),
        &[
            &|a, b| same(a, b) && same_name(a.name.as_ref(), b.name.as_ref()),
            &same,
            &|a, b| same_child(a, b) && names_equal(&a.parent, &b.parent),
            &same_child,
        ],
    );
    let name = |key: &ForeignKey| key.name.clone();
    for (rule, a, b) in pairs {
        let sides = (a.map(render::foreign_key), b.map(render::foreign_key));
        let names = (a.and_then(name), b.and_then(name));
        let kind = (rule, DifferenceKind::ForeignKey);
        differences.extend(judge(expected, kind, sides, names, options));
    }
}

/// Whether two foreign keys belong to the same columns.
fn same_child(a: &ForeignKey, b: &ForeignKey) -> bool {
    let fold_all = |key: &ForeignKey| -> Vec<_> { key.columns.iter().map(|c| fold(c)).collect() };
    fold_all(a) == fold_all(b)
}

/// A rule that says which constraints belong together.
type Rule<'r, T> = &'r dyn Fn(&T, &T) -> bool;
/// The number of the rule by which two constraints were paired.
type Pair<'c, T> = (usize, Option<&'c T>, Option<&'c T>);

/// Pairs the constraints by the first rule that fits, whatever their order: by rule 0 they are
/// equal, by rule 1 equal but for their names. One that is left on each side makes a pair too.
fn pair<'c, T>(
    expected: Vec<&'c T>,
    mut found: Vec<&'c T>,
    rules: &[Rule<'_, T>],
) -> Vec<Pair<'c, T>> {
    let mut partners: Vec<Option<(usize, &T)>> = vec![None; expected.len()];
    for (rule, fits) in rules.iter().enumerate() {
        for (partner, wanted) in partners.iter_mut().zip(&expected) {
            if partner.is_none()
                && let Some(place) = found.iter().position(|found| fits(wanted, found))
            {
                *partner = Some((rule, found.remove(place)));
            }
        }
    }
    let mut alone = partners.iter_mut().filter(|partner| partner.is_none());
    if let (Some(partner), None, [found_alone]) = (alone.next(), alone.next(), found.as_slice()) {
        *partner = Some((rules.len(), *found_alone));
        found.clear();
    }
    let mut pairs: Vec<_> = expected
        .into_iter()
        .zip(partners)
        .map(|(wanted, partner)| match partner {
            Some((rule, found)) => (rule, Some(wanted), Some(found)),
            None => (rules.len(), Some(wanted), None),
        })
        .collect();
    pairs.extend(
        found
            .into_iter()
            .map(|found| (rules.len(), None, Some(found))),
    );
    pairs
}

/// The difference, if it is one, of two constraints paired by a rule of [`pair`].
fn judge(
    table: &Table,
    (rule, kind): (usize, DifferenceKind),
    (expected, found): (Option<String>, Option<String>),
    names: (Option<String>, Option<String>),
    options: CompareOptions,
) -> Option<Difference> {
    match rule {
        1 if options.constraint_names.counts() => {
            let sql = |name: Option<String>, sql: Option<String>| {
                sql.map(|sql| render::named(name.as_deref(), &sql))
            };
            let (a, b) = (sql(names.0, expected), sql(names.1, found));
            Some(of_table(table, DifferenceKind::ConstraintName, a, b))
        }
        0 | 1 => None,
        _ => Some(of_table(table, kind, expected, found)),
    }
}
