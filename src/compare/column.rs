//! Two columns of the same name.

use super::render;
use super::{CompareOptions, Difference, DifferenceKind, Object};
use crate::schema::{Column, ConflictResolution, NotNull, Table};
use crate::sql::{canonical, names_equal};

/// Every difference between two columns.
pub(super) fn compare(
    (expected_table, expected): (&Table, &Column),
    (found_table, found): (&Table, &Column),
    options: CompareOptions,
    differences: &mut Vec<Difference>,
) {
    let mut push = |kind, expected_sql, found_sql| {
        let object = Object::column(&expected_table.name, &expected.name);
        differences.push(Difference::new(kind, object, expected_sql, found_sql));
    };
    let strict = expected_table.strict && found_table.strict;
    if !same_type(expected, found, strict, options) {
        let declared = |column: &Column| {
            (!column.declared_type.is_empty()).then(|| column.declared_type.clone())
        };
        push(
            DifferenceKind::ColumnType,
            declared(expected),
            declared(found),
        );
    }
    let (a, b) = (
        not_null(expected_table, expected),
        not_null(found_table, found),
    );
    if let Some((a_sql, b_sql)) = different_not_null(&a, &b) {
        push(DifferenceKind::NotNull, a_sql, b_sql);
    } else if options.constraint_names.counts()
        && let Some((a_sql, b_sql)) = different_not_null_name(&a, &b)
    {
        push(DifferenceKind::ConstraintName, a_sql, b_sql);
    }
    if let Some((a, b)) = different_default(expected, found) {
        push(DifferenceKind::Default, a, b);
    }
    let collation = |column: &Column| column.collation.clone();
    if !same_name(expected.collation.as_ref(), found.collation.as_ref()) {
        push(
            DifferenceKind::Collation,
            collation(expected),
            collation(found),
        );
    }
    if let Some((a, b)) = different_generated(expected, found) {
        push(DifferenceKind::Generated, a, b);
    }
}

/// Whether two optional names are the same.
pub(super) fn same_name(a: Option<&String>, b: Option<&String>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => names_equal(a, b),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn same_type(expected: &Column, found: &Column, strict: bool, options: CompareOptions) -> bool {
    let same_name = || canonical(&expected.declared_type) == canonical(&found.declared_type);
    if strict || options.type_names.counts() {
        same_name()
    } else {
        // A type means something else in a STRICT table, which is a difference of its own.
        expected.affinity == found.affinity || same_name()
    }
}

type Sides = (Option<String>, Option<String>);

/// What the NOT NULL of a column is worth.
#[derive(Debug)]
enum NotNullFact<'c> {
    /// SQLite keeps NULL out, and what is written does not count.
    Fixed,
    /// SQLite keeps NULL out although nothing is written.
    Implied,
    /// It is as it is written.
    Written(Option<&'c NotNull>),
}

impl NotNullFact<'_> {
    fn action(&self) -> Option<ConflictResolution> {
        match self {
            Self::Fixed | Self::Implied => Some(ConflictResolution::Abort),
            Self::Written(written) => written.map(|written| written.on_conflict),
        }
    }

    fn sql(&self) -> Option<String> {
        match self {
            Self::Fixed | Self::Implied => Some("NOT NULL".to_owned()),
            Self::Written(written) => written.map(render::not_null),
        }
    }
}

/// A rowid is never NULL, and neither is a primary key in a table WITHOUT ROWID or STRICT:
/// <https://www.sqlite.org/lang_createtable.html#the_primary_key>.
fn not_null<'c>(table: &Table, column: &'c Column) -> NotNullFact<'c> {
    let written = NotNullFact::Written(column.not_null.as_ref());
    let Some(key) = &table.primary_key else {
        return written;
    };
    let mut members = key.columns.iter();
    if !members.any(|member| names_equal(&member.name, &column.name)) {
        written
    } else if key.rowid_alias || table.without_rowid {
        NotNullFact::Fixed
    } else if table.strict && column.not_null.is_none() {
        NotNullFact::Implied
    } else {
        written
    }
}

/// Where only one side is a key that SQLite keeps free of NULL, the difference is that of the key.
fn different_not_null(a: &NotNullFact<'_>, b: &NotNullFact<'_>) -> Option<Sides> {
    let same = match (a, b) {
        (NotNullFact::Fixed, _)
        | (_, NotNullFact::Fixed)
        | (NotNullFact::Implied, NotNullFact::Written(None))
        | (NotNullFact::Written(None), NotNullFact::Implied) => true,
        (
            NotNullFact::Implied | NotNullFact::Written(_),
            NotNullFact::Implied | NotNullFact::Written(_),
        ) => a.action() == b.action(),
    };
    (!same).then(|| (a.sql(), b.sql()))
}

fn different_not_null_name(a: &NotNullFact<'_>, b: &NotNullFact<'_>) -> Option<Sides> {
    let (NotNullFact::Written(Some(a)), NotNullFact::Written(Some(b))) = (a, b) else {
        return None;
    };
    let sql = |constraint: &NotNull| {
        Some(render::named(
            constraint.name.as_deref(),
            &render::not_null(constraint),
        ))
    };
    (!same_name(a.name.as_ref(), b.name.as_ref())).then(|| (sql(a), sql(b)))
}

fn different_default(expected: &Column, found: &Column) -> Option<Sides> {
    let value = |column: &Column| {
        let default = column.default.clone();
        default.filter(|default| !render::is_null(&default.lexemes))
    };
    match (value(expected), value(found)) {
        (Some(a), Some(b)) if a == b => None,
        (Some(a), Some(b)) => {
            let (a, b) = render::expressions(&a, &b);
            Some((Some(a), Some(b)))
        }
        (None, None) => None,
        (a, b) => Some((a.map(|a| a.sql), b.map(|b| b.sql))),
    }
}

fn different_generated(expected: &Column, found: &Column) -> Option<Sides> {
    if expected.generated == found.generated {
        return None;
    }
    match (&expected.generated, &found.generated) {
        (Some(a), Some(b)) if a.expression != b.expression => {
            let (a_sql, b_sql) = render::expressions(&a.expression, &b.expression);
            Some((
                Some(render::generated(&a_sql, a)),
                Some(render::generated(&b_sql, b)),
            ))
        }
        (a, b) => {
            let sql = |generated: &crate::schema::Generated| {
                render::generated(&generated.expression.sql, generated)
            };
            Some((a.as_ref().map(sql), b.as_ref().map(sql)))
        }
    }
}
