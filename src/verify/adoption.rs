//! Databases that another tool has made: which version of the history they are.

use std::fmt;

use rusqlite::{Connection, OptionalExtension};

use super::{SchemaMismatch, SchemaVerifier, ValidationOptions};
use crate::compare::{Difference, DifferenceKind, Differences, Strictness, compare};
use crate::error::{Error, Result};
use crate::history::History;
use crate::introspect::introspect;
use crate::sql::{names_equal, quote_identifier};

/// Which databases without a version of ours become ours.
///
/// Such a database is not empty, and its `user_version` is 0, as refinery, sqlx and diesel leave it,
/// or a number that the history does not have. It is compared with every version of the history,
/// but for the tables in which those tools keep their own version. If it has the schema of one, that
/// number is written, and the steps follow in the same transaction. If it has the schema of none,
/// the error is [`Error::NotAdopted`](crate::Error::NotAdopted) with the nearest version and what
/// differs, unless there is a [`before_steps`](crate::MigrationStrategy::before_steps).
///
/// A number above the newest version is still
/// [`Error::NewerThanApp`](crate::Error::NewerThanApp): it may be that of a newer app, whose steps
/// would run a second time. One that the history has is taken as it is.
///
/// Several versions have one schema where the steps between them change only rows. What tells them
/// apart then is the number that the other tool has recorded, if it is the number of one of them.
/// Otherwise nobody knows whether those steps have run, and the choice is yours.
///
/// The table of the other tool stays. An app that still migrates with that tool must not open the
/// database afterwards: it does not look at `user_version`.
///
/// Where sqlx, golang-migrate or Prisma have noted that a migration failed half way, the database is
/// not adopted: that has to be mended with the other tool first.
///
/// ```
/// # mod schema {
/// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/build-support/tests/golden/plain.rs"));
/// # }
/// # fn main() -> stepladder::Result<()> {
/// use stepladder::MigrationStrategy;
/// use stepladder::verify::Adopt;
///
/// let mut connection = rusqlite::Connection::open_in_memory()?;
/// // As refinery has left it.
/// schema::history().at(2)?.create_all(&connection)?;
/// connection.execute_batch("CREATE TABLE refinery_schema_history (version INT4 PRIMARY KEY)")?;
/// let details = MigrationStrategy::new(schema::migration_steps(()))
///     .adopt(Adopt::WhereSchemaIsEqual)
///     .migrate(&mut connection)?;
/// assert!(details.was_adopted());
/// assert_eq!((details.version_before, details.version_now), (Some(2), 3));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Adopt {
    /// None.
    #[default]
    Never,
    /// Those of which it is clear which version they are.
    WhereSchemaIsEqual,
    /// The same, and where several versions have the schema it is the newest of them: the steps
    /// between them do not run. For an app whose last release with the other tool ran them.
    NewestWhereSeveral,
    /// The same, and where several versions have the schema it is the oldest of them: the steps
    /// between them run. For steps that do no harm when they run twice.
    OldestWhereSeveral,
}

/// Why a database is not adopted.
#[derive(Debug)]
#[non_exhaustive]
pub struct NotAdopted {
    /// Its `user_version`.
    pub found: i32,
    /// The versions whose schema it has: none, or several.
    pub equal: Vec<i32>,
    /// The nearest version, with what differs; `None` where several are equal.
    pub nearest: Option<SchemaMismatch>,
    /// The table in which another tool has noted that a migration failed half way; it was not
    /// compared then.
    pub unfinished: Option<String>,
}

/// How many differences a message shows.
const SHOWN: usize = 10;

impl fmt::Display for NotAdopted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = self.found;
        if let Some(table) = &self.unfinished {
            return write!(
                f,
                "the database is at version {found}, which this app does not know, and the table \
                 `{table}` says that a migration of another tool failed half way: mend it with \
                 that tool first"
            );
        }
        let Some(nearest) = &self.nearest else {
            let equal: Vec<_> = self.equal.iter().map(ToString::to_string).collect();
            return write!(
                f,
                "the database is at version {found}, which this app does not know, and has the \
                 schema of versions {}: nothing tells which of them it is",
                equal.join(" and ")
            );
        };
        write!(
            f,
            "the database is at version {found}, which this app does not know, and has the schema \
             of no version; the nearest is version {}:",
            nearest.version
        )?;
        for difference in nearest.differences.iter().take(SHOWN) {
            write!(f, "\n  {difference}")?;
        }
        match nearest.differences.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "\n  and {more} more"),
        }
    }
}

impl std::error::Error for NotAdopted {}

/// Tables in which other tools keep their version, with the column that holds it, and whose they are.
const BOOKKEEPING: [(&str, &str, &str); 7] = [
    ("refinery_schema_history", "version", "refinery"),
    ("_sqlx_migrations", "version", "sqlx"),
    ("__diesel_schema_migrations", "version", "diesel"),
    (
        "schema_migrations",
        "version",
        "golang-migrate, dbmate or Rails",
    ),
    ("goose_db_version", "version_id", "goose"),
    ("_prisma_migrations", "migration_name", "prisma"),
    ("seaql_migrations", "version", "SeaORM"),
];

/// The tool that keeps its version in a table of this name.
pub fn tool_of_table(name: &str) -> Option<&'static str> {
    let mut tables = BOOKKEEPING.iter();
    let found = tables.find(|(table, ..)| names_equal(table, name));
    found.map(|(.., tool)| *tool)
}

/// Whether what has this name is another tool's, so that no version has to have it.
pub fn is_of_another_tool(name: &str) -> bool {
    // The index is golang-migrate's.
    let others = ["android_metadata", "version_unique"];
    tool_of_table(name).is_some() || others.iter().any(|other| names_equal(other, name))
}

/// Rows of those tables, by their columns and a condition.
type Mark = (&'static str, &'static [&'static str], &'static str);

/// Those that say that a migration failed half way.
const UNFINISHED: [Mark; 3] = [
    ("_sqlx_migrations", &["success"], "NOT success"),
    ("schema_migrations", &["dirty"], "dirty"),
    (
        "_prisma_migrations",
        &["finished_at", "rolled_back_at"],
        "finished_at IS NULL AND rolled_back_at IS NULL",
    ),
];

/// Those that say that one was taken back.
const TAKEN_BACK: Mark = ("goose_db_version", &["is_applied"], "NOT is_applied");

/// The version whose schema a database has; `None` where it is not to be adopted.
pub(crate) fn version_of(
    connection: &Connection,
    history: &'static History,
    (adopt, options): (Adopt, &ValidationOptions),
    found: i32,
) -> Result<Option<i32>> {
    if adopt == Adopt::Never {
        return Ok(None);
    }
    for mark in UNFINISHED {
        if has_mark(connection, mark)? {
            return Err(Error::NotAdopted(Box::new(NotAdopted {
                found,
                equal: Vec::new(),
                nearest: None,
                unfinished: Some(mark.0.to_owned()),
            })));
        }
    }
    let (equal, nearest) = compare_all(connection, history, options)?;
    let chosen = match equal.as_slice() {
        [] => None,
        [only] => Some(*only),
        [oldest, .., newest] => {
            let recorded = recorded(connection, found)?;
            match recorded.filter(|version| equal.contains(version)) {
                Some(version) => Some(version),
                None => match adopt {
                    Adopt::Never | Adopt::WhereSchemaIsEqual => None,
                    Adopt::NewestWhereSeveral => Some(*newest),
                    Adopt::OldestWhereSeveral => Some(*oldest),
                },
            }
        }
    };
    match chosen {
        Some(version) => Ok(Some(version)),
        None => Err(Error::NotAdopted(Box::new(NotAdopted {
            found,
            nearest: nearest.filter(|_| equal.is_empty()),
            equal,
            unfinished: None,
        }))),
    }
}

/// The versions whose schema a database has, oldest first, and the one that is nearest.
fn compare_all(
    connection: &Connection,
    history: &'static History,
    options: &ValidationOptions,
) -> Result<(Vec<i32>, Option<SchemaMismatch>)> {
    // A table more is a difference: it may be what the next version adds.
    let options = options.clone().extra_entities(Strictness::Strict);
    let verifier = SchemaVerifier::new(history);
    let found = introspect(connection)?;
    let mut equal = Vec::new();
    let mut nearest: Option<SchemaMismatch> = None;
    for version in history.versions() {
        let expected = verifier.schema_of(version)?;
        let differences = compare(&expected, &found, options.compare_options());
        let differences = options.counting(differences).0.into_iter();
        let differences: Vec<_> = differences.filter(|one| !is_bookkeeping(one)).collect();
        if differences.is_empty() {
            equal.push(version);
        }
        if nearest
            .as_ref()
            .is_none_or(|nearest| differences.len() <= nearest.differences.len())
        {
            nearest = Some(SchemaMismatch {
                version,
                steps: Vec::new(),
                differences: Differences(differences),
            });
        }
    }
    Ok((equal, nearest))
}

fn is_bookkeeping(difference: &Difference) -> bool {
    difference.kind == DifferenceKind::Unexpected && is_of_another_tool(&difference.object.name)
}

/// The number that another tool has recorded, in its table or in `user_version`.
fn recorded(connection: &Connection, found: i32) -> Result<Option<i32>> {
    if found != 0 {
        return Ok(Some(found));
    }
    for (table, column, _) in BOOKKEEPING {
        if has_column(connection, table, column)? {
            // The rows of goose are a log, which we do not follow.
            if table == TAKEN_BACK.0 && has_mark(connection, TAKEN_BACK)? {
                return Ok(None);
            }
            // Text that is no number is 0, which is no version of anybody.
            let sql = format!(
                "SELECT max(CAST({} AS INTEGER)) FROM main.{}",
                quote_identifier(column),
                quote_identifier(table)
            );
            let newest: Option<i64> = connection.query_row(&sql, [], |row| row.get(0))?;
            return Ok(newest.and_then(|newest| i32::try_from(newest).ok()));
        }
    }
    Ok(None)
}

fn has_column(connection: &Connection, table: &str, column: &str) -> Result<bool> {
    let exists = connection
        .query_row(
            "SELECT 1 FROM pragma_table_xinfo(?1, 'main') WHERE name = ?2 COLLATE NOCASE",
            [table, column],
            |_| Ok(()),
        )
        .optional()?;
    Ok(exists.is_some())
}

/// Whether there is such a row. Other tools have tables of the same name without the columns.
fn has_mark(connection: &Connection, (table, columns, condition): Mark) -> Result<bool> {
    for column in columns {
        if !has_column(connection, table, column)? {
            return Ok(false);
        }
    }
    let table = quote_identifier(table);
    let sql = format!("SELECT EXISTS (SELECT 1 FROM main.{table} WHERE {condition})");
    Ok(connection.query_row(&sql, [], |row| row.get(0))?)
}
