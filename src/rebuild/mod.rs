//! The rebuild of a table: what `ALTER TABLE` cannot do.
//!
//! The procedure is SQLite's own, <https://www.sqlite.org/lang_altertable.html#otheralter>; the
//! numbers in the comments are its steps. Steps 1, 2, 10, 11 and 12 (foreign keys, transaction,
//! check) are the upgrade's as a whole, 3, 8 and 9 (indexes, triggers, views) those of `derived`.

mod copy;

use std::fmt;

use rusqlite::Connection;

use self::copy::copy_rows;
use crate::entity::Entity;
use crate::history::drop_if_exists;
use crate::progress::Watch;
use crate::sql::{Token, names_equal, quote_identifier, quote_string, tokens};

/// What a rebuild copies from where. Generated code holds it.
#[derive(Debug, Clone, Copy)]
pub struct RebuildPlan {
    /// The name of the old table.
    pub old_name: &'static str,
    /// The columns that both tables have: the name in the new table, the name in the old one.
    pub copied: &'static [(&'static str, &'static str)],
    /// How the rowids are kept.
    pub rowid: RowidCopy,
    /// What else there is to do.
    pub kind: RebuildKind,
}

/// How a rebuild keeps the rowids of a table that has no `INTEGER PRIMARY KEY`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowidCopy {
    /// There are none, or a column is another name for them.
    None,
    /// By these names: in the new table, in the old one. A column may be called `rowid`, so it is
    /// not always that.
    Named(&'static str, &'static str),
}

/// What a table needs besides the copy of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RebuildKind {
    /// Nothing.
    Plain,
    /// The highest rowid that was ever used: <https://www.sqlite.org/autoinc.html>
    Autoincrement,
    /// A full-text index over the rows of another table: it is filled from there.
    ExternalContent,
    /// Nothing can be copied: a full-text index without content, or a table of another module. It
    /// is empty after the rebuild.
    Empty,
}

/// What the name of the new table begins with until it has its own.
pub(crate) const TEMPORARY_PREFIX: &str = "stepladder_new_";

/// A row of the old table that a rebuild could not copy, because it breaks a constraint of the new
/// one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedRow {
    /// The old table.
    pub table: String,
    /// The rowid of the row; the value of the `INTEGER PRIMARY KEY` where there is one.
    pub rowid: i64,
}

impl fmt::Display for FailedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the row of `{}` with rowid {}", self.table, self.rowid)
    }
}

/// What went wrong.
#[derive(Debug)]
pub(crate) struct Failed {
    /// The statement with which it did.
    pub(crate) statement: String,
    pub(crate) source: rusqlite::Error,
    /// The row that was not copied, where it is known.
    pub(crate) row: Option<FailedRow>,
}

impl From<(String, rusqlite::Error)> for Failed {
    fn from((statement, source): (String, rusqlite::Error)) -> Self {
        Self {
            statement,
            source,
            row: None,
        }
    }
}

/// Rebuilds the table: after it, `new` stands in place of the old table, with its rows.
pub(crate) fn rebuild(
    connection: &Connection,
    new: &Entity,
    plan: &RebuildPlan,
    expressions: &[(&str, &str)],
    watch: &Watch,
) -> Result<(), Failed> {
    match plan.kind {
        RebuildKind::ExternalContent | RebuildKind::Empty => return remake(connection, new, plan),
        RebuildKind::Plain | RebuildKind::Autoincrement => {}
    }
    let temporary = free_name(connection, new.name).map_err(at("read the names in use"))?;
    // Under the temporary name, a CHECK such as `t.a > 0` would name a table that is not there.
    let create = without_qualifiers(new.sql, new.name);
    // Step 4. References of the table to itself keep the final name.
    run(connection, renamed(&create, &temporary))?;
    // Step 5. A list of columns on both sides: the order of the columns may differ.
    copy_rows(connection, &temporary, plan, expressions, watch)?;
    carry_sequence(connection, plan, plan.old_name, &temporary)?;
    // Step 6. Foreign keys are off, so nothing cascades.
    drop_table(connection, plan.old_name)?;
    // Step 7.
    if create == new.sql {
        rename(connection, &temporary, new.name)
    } else {
        move_rows(connection, &temporary, new, plan)
    }
}

fn run(connection: &Connection, sql: String) -> Result<(), Failed> {
    match connection.execute_batch(&sql) {
        Ok(()) => Ok(()),
        Err(error) => Err((sql, error).into()),
    }
}

fn at(what: &str) -> impl FnOnce(rusqlite::Error) -> Failed {
    let what = what.to_owned();
    move |error| (what, error).into()
}

fn drop_table(connection: &Connection, name: &str) -> Result<(), Failed> {
    run(
        connection,
        format!("DROP TABLE main.{}", quote_identifier(name)),
    )
}

/// Gives the new table its name.
///
/// Views and triggers elsewhere mention that name, and there is no such table at this moment; a
/// plain RENAME would stumble over them:
/// <https://www.sqlite.org/pragma.html#pragma_legacy_alter_table>
fn rename(connection: &Connection, temporary: &str, name: &str) -> Result<(), Failed> {
    run(connection, "PRAGMA legacy_alter_table = ON".to_owned())?;
    let renamed = run(
        connection,
        format!(
            "ALTER TABLE main.{} RENAME TO {}",
            quote_identifier(temporary),
            quote_identifier(name)
        ),
    );
    run(connection, "PRAGMA legacy_alter_table = OFF".to_owned())?;
    renamed
}

/// Creates the new table under its name and moves the rows there: a second copy, for the few tables
/// with constraints that name their own table, which `legacy_alter_table` does not rename.
fn move_rows(
    connection: &Connection,
    temporary: &str,
    new: &Entity,
    plan: &RebuildPlan,
) -> Result<(), Failed> {
    run(connection, new.sql.to_owned())?;
    let mut columns =
        stored_columns(connection, temporary).map_err(at("read the columns of the table"))?;
    if let RowidCopy::Named(rowid, _) = plan.rowid {
        columns.insert(0, rowid.to_owned());
    }
    let columns = columns.join(", ");
    let (from, to) = (quote_identifier(temporary), quote_identifier(new.name));
    run(
        connection,
        format!("INSERT OR ABORT INTO main.{to} ({columns}) SELECT {columns} FROM main.{from}"),
    )?;
    carry_sequence(connection, plan, temporary, new.name)?;
    drop_table(connection, temporary)
}

/// The columns of a table that are not generated, in quotes.
fn stored_columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement =
        connection.prepare("SELECT name FROM pragma_table_xinfo(?1, 'main') WHERE hidden = 0")?;
    let names = statement.query_map([table], |row| {
        Ok(quote_identifier(&row.get::<_, String>(0)?))
    })?;
    names.collect()
}

/// Drops and creates a virtual table; an index over the rows of another table is filled from there:
/// <https://www.sqlite.org/fts5.html#the_rebuild_command>
fn remake(connection: &Connection, new: &Entity, plan: &RebuildPlan) -> Result<(), Failed> {
    drop_if_exists(connection, new.kind, plan.old_name)
        .map_err(|error| (format!("DROP TABLE {}", plan.old_name), error))?;
    let name = quote_identifier(new.name);
    let fill = match plan.kind {
        RebuildKind::ExternalContent => {
            format!("INSERT INTO main.{name} ({name}) VALUES ('rebuild')")
        }
        RebuildKind::Plain | RebuildKind::Autoincrement | RebuildKind::Empty => String::new(),
    };
    for sql in [new.sql, &fill] {
        (connection.execute_batch(sql)).map_err(|error| (sql.to_owned(), error))?;
    }
    Ok(())
}

/// The `CREATE TABLE` with another name; all that follows the name stays as it is.
fn renamed(create: &str, name: &str) -> String {
    let tokens = tokens(create);
    // `sqlite_schema` keeps no IF NOT EXISTS and no schema name, so the name follows CREATE TABLE
    // or CREATE VIRTUAL TABLE: https://www.sqlite.org/schematab.html
    let table = tokens.iter().position(|token| token.is_keyword("TABLE"));
    let old = table.and_then(|table| tokens.get(table + 1));
    let (start, end) = old.map_or((create.len(), create.len()), |old| (old.start, old.end()));
    format!(
        "{}{}{}",
        &create[..start],
        quote_identifier(name),
        &create[end..]
    )
}

/// The `CREATE TABLE` with `a` where it says `t.a` or `main.t.a`: no other table can be meant, as
/// constraints have no subqueries. (Generated columns and indexes have no dots.)
pub(crate) fn without_qualifiers(create: &str, table: &str) -> String {
    let tokens = tokens(create);
    let is = |at: usize, name: &str| {
        let token = tokens.get(at);
        let dot = tokens.get(at + 1);
        token
            .and_then(Token::unquoted)
            .is_some_and(|text| names_equal(&text, name))
            && dot.is_some_and(|dot| dot.is_operator("."))
    };
    let mut text = String::new();
    let mut copied = 0;
    let mut at = 0;
    while at < tokens.len() {
        let schema = usize::from(is(at, "main") && is(at + 2, table)) * 2;
        if is(at + schema, table) {
            text.push_str(&create[copied..tokens[at].start]);
            at += schema + 2;
            copied = tokens.get(at).map_or(create.len(), |token| token.start);
        } else {
            at += 1;
        }
    }
    text + &create[copied..]
}

/// SQLite gives a new rowid above the highest that `sqlite_sequence` remembers, and `DROP TABLE`
/// forgets it.
fn carry_sequence(
    connection: &Connection,
    plan: &RebuildPlan,
    old: &str,
    new: &str,
) -> Result<(), Failed> {
    match plan.kind {
        RebuildKind::Autoincrement => {
            copy_sequence(connection, old, new).map_err(at("carry `sqlite_sequence` over"))
        }
        RebuildKind::Plain | RebuildKind::ExternalContent | RebuildKind::Empty => Ok(()),
    }
}

fn copy_sequence(connection: &Connection, old: &str, new: &str) -> rusqlite::Result<()> {
    // The table can be written, and SQLite takes any value there for a number.
    let highest: Option<i64> = connection.query_row(
        "SELECT max(CAST(seq AS INTEGER)) FROM main.sqlite_sequence WHERE name = ?1 COLLATE NOCASE",
        [old],
        |row| row.get(0),
    )?;
    let Some(highest) = highest else {
        return Ok(());
    };
    let updated = connection.execute(
        "UPDATE main.sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1",
        rusqlite::params![new, highest],
    )?;
    if updated == 0 {
        connection.execute(
            "INSERT INTO main.sqlite_sequence (name, seq) VALUES (?1, ?2)",
            rusqlite::params![new, highest],
        )?;
    }
    Ok(())
}

/// A name that no entity of the database has.
fn free_name(connection: &Connection, table: &str) -> rusqlite::Result<String> {
    let mut name = format!("{TEMPORARY_PREFIX}{table}");
    loop {
        let taken: bool = connection.query_row(
            &format!(
                "SELECT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE name = {} COLLATE NOCASE \
                 OR tbl_name = {0} COLLATE NOCASE)",
                quote_string(&name)
            ),
            [],
            |row| row.get(0),
        )?;
        if !taken {
            return Ok(name);
        }
        name.push('_');
    }
}
