//! The rebuild of a table: what `ALTER TABLE` cannot do.
//!
//! The procedure is SQLite's own, <https://www.sqlite.org/lang_altertable.html#otheralter>; the
//! numbers in the comments are its steps. Steps 1, 2, 10, 11 and 12 (foreign keys, transaction,
//! check) are the upgrade's as a whole, 3, 8 and 9 (indexes, triggers, views) those of `derived`.

use rusqlite::{Connection, OptionalExtension};

use crate::entity::Entity;
use crate::history::drop_if_exists;
use crate::sql::{names_equal, quote_identifier, quote_string, tokens};

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

/// Rebuilds the table: after it, `new` stands in place of the old table, with its rows.
pub(crate) fn rebuild(
    connection: &Connection,
    new: &Entity,
    plan: &RebuildPlan,
    expressions: &[(&str, &str)],
) -> Result<(), (String, rusqlite::Error)> {
    let run = |sql: String| match connection.execute_batch(&sql) {
        Ok(()) => Ok(()),
        Err(error) => Err((sql, error)),
    };
    let at = |what: &str| {
        let what = what.to_owned();
        move |error| (what, error)
    };
    match plan.kind {
        RebuildKind::ExternalContent | RebuildKind::Empty => return remake(connection, new, plan),
        RebuildKind::Plain | RebuildKind::Autoincrement => {}
    }
    let temporary = free_name(connection, new.name).map_err(at("read the names in use"))?;
    // Step 4. References of the table to itself keep the final name.
    run(renamed(new.sql, &temporary))?;
    // Step 5. A list of columns on both sides: the order of the columns may differ.
    run(copy_sql(&temporary, plan, expressions))?;
    if plan.kind == RebuildKind::Autoincrement {
        carry_sequence(connection, plan.old_name, &temporary)
            .map_err(at("carry `sqlite_sequence` over"))?;
    }
    // Step 6. Foreign keys are off, so nothing cascades.
    run(format!(
        "DROP TABLE main.{}",
        quote_identifier(plan.old_name)
    ))?;
    // Step 7. Views and triggers elsewhere still mention the table, which is not there at this
    // moment; a plain RENAME would stumble over them: https://www.sqlite.org/pragma.html#pragma_legacy_alter_table
    let legacy = legacy_alter_table(connection).map_err(at("read `legacy_alter_table`"))?;
    run("PRAGMA legacy_alter_table = ON".to_owned())?;
    let renamed = run(format!(
        "ALTER TABLE main.{} RENAME TO {}",
        quote_identifier(&temporary),
        quote_identifier(new.name)
    ));
    if !legacy {
        run("PRAGMA legacy_alter_table = OFF".to_owned())?;
    }
    renamed
}

/// Drops and creates a virtual table; an index over the rows of another table is filled from there:
/// <https://www.sqlite.org/fts5.html#the_rebuild_command>
fn remake(
    connection: &Connection,
    new: &Entity,
    plan: &RebuildPlan,
) -> Result<(), (String, rusqlite::Error)> {
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
    let mut before = tokens(create).into_iter();
    // `sqlite_schema` keeps no IF NOT EXISTS and no schema name: the first token that is none of
    // the keywords is the name: https://www.sqlite.org/schematab.html
    let old = before.find(|token| {
        !["CREATE", "VIRTUAL", "TABLE"]
            .iter()
            .any(|keyword| token.is_keyword(keyword))
    });
    let (start, end) = old.map_or((create.len(), create.len()), |old| (old.start, old.end()));
    format!(
        "{}{}{}",
        &create[..start],
        quote_identifier(name),
        &create[end..]
    )
}

fn copy_sql(temporary: &str, plan: &RebuildPlan, expressions: &[(&str, &str)]) -> String {
    // With the table's name before it, a column that is not there is an error; without, SQLite
    // takes `"due_dat"` for a text: https://www.sqlite.org/quirks.html#dblquote
    let table = quote_identifier(plan.old_name);
    let mut targets = Vec::new();
    let mut sources = Vec::new();
    if let RowidCopy::Named(new, old) = plan.rowid {
        targets.push(new.to_owned());
        sources.push(format!("{table}.{old}"));
    }
    for (new, old) in plan.copied {
        if !expressions
            .iter()
            .any(|(column, _)| names_equal(column, new))
        {
            targets.push(quote_identifier(new));
            sources.push(format!("{table}.{}", quote_identifier(old)));
        }
    }
    for (column, expression) in expressions {
        targets.push(quote_identifier(column));
        // In parentheses and on lines of its own: it may end in a comment.
        sources.push(format!("(\n{expression}\n)"));
    }
    if targets.is_empty() {
        // Nothing to copy but the number of rows.
        return format!(
            "INSERT INTO main.{} (rowid) SELECT rowid FROM main.{table}",
            quote_identifier(temporary)
        );
    }
    format!(
        "INSERT INTO main.{} ({}) SELECT {} FROM main.{table}",
        quote_identifier(temporary),
        targets.join(", "),
        sources.join(", ")
    )
}

/// SQLite gives a new rowid above the highest that `sqlite_sequence` remembers, and `DROP TABLE`
/// forgets it.
fn carry_sequence(connection: &Connection, old: &str, new: &str) -> rusqlite::Result<()> {
    let highest: Option<i64> = connection
        .query_row(
            "SELECT seq FROM main.sqlite_sequence WHERE name = ?1 COLLATE NOCASE",
            [old],
            |row| row.get(0),
        )
        .optional()?;
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

fn legacy_alter_table(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("PRAGMA legacy_alter_table", [], |row| row.get(0))
}

/// A name that no entity of the database has.
fn free_name(connection: &Connection, table: &str) -> rusqlite::Result<String> {
    let mut name = format!("stepladder_new_{table}");
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
