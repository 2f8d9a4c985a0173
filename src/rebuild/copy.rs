//! The copy of the rows.

use rusqlite::Connection;

use super::{Failed, RebuildPlan, RowidCopy, at, run};
use crate::progress::Watch;
use crate::sql::{names_equal, quote_identifier, tokens};

/// How many rows are copied between two calls of the hook.
const CHUNK: u32 = 1000;

/// Copies the rows into the new table. Where somebody wants to know how far it is, in chunks.
pub(super) fn copy_rows(
    connection: &Connection,
    temporary: &str,
    plan: &RebuildPlan,
    expressions: &[(&str, &str)],
    watch: &Watch,
) -> Result<(), Failed> {
    let sql = copy_sql(temporary, plan, expressions);
    if !watch.is_set() {
        return run(connection, sql);
    }
    let started = start(connection, plan.old_name, watch);
    started.map_err(at("count the rows of the table"))?;
    let rowid = rowid_name(connection, plan.old_name).map_err(at("read the columns"))?;
    let copied = match rowid.filter(|_| can_be_cut(expressions)) {
        Some(rowid) => {
            in_chunks(connection, plan.old_name, rowid, &sql, watch).map_err(|error| (sql, error))
        }
        None => run(connection, sql),
    };
    watch.end_table();
    copied
}

fn start(connection: &Connection, table: &str, watch: &Watch) -> rusqlite::Result<()> {
    let count = format!("SELECT count(*) FROM main.{}", quote_identifier(table));
    let rows: i64 = connection.query_row(&count, [], |row| row.get(0))?;
    watch.table(table, u64::try_from(rows).unwrap_or(0))
}

/// Copies the rows by rowid, oldest first, as one statement would.
fn in_chunks(
    connection: &Connection,
    table: &str,
    rowid: &str,
    sql: &str,
    watch: &Watch,
) -> rusqlite::Result<()> {
    let rowid = format!("main.{}.{rowid}", quote_identifier(table));
    let mut after = None;
    while let Some((last, rows)) = next_chunk(connection, table, &rowid, after)? {
        let filter = filter(&rowid, after, last);
        // The numbers are in the text, because a parameter may be part of an expression.
        connection.execute_batch(&format!("{sql} WHERE {filter}"))?;
        watch.rows_done(rows)?;
        after = Some(last);
    }
    Ok(())
}

/// The rows after one, up to another.
fn filter(rowid: &str, after: Option<i64>, last: i64) -> String {
    match after {
        Some(after) => format!("{rowid} > {after} AND {rowid} <= {last}"),
        None => format!("{rowid} <= {last}"),
    }
}

/// The last rowid of the next chunk, and how many rows it has.
fn next_chunk(
    connection: &Connection,
    table: &str,
    rowid: &str,
    after: Option<i64>,
) -> rusqlite::Result<Option<(i64, u64)>> {
    let table = quote_identifier(table);
    let filter = after.map_or_else(String::new, |after| format!("WHERE {rowid} > {after}"));
    let sql = format!(
        "SELECT max(id), count(*) FROM \
         (SELECT {rowid} AS id FROM main.{table} {filter} ORDER BY {rowid} LIMIT {CHUNK})"
    );
    connection.query_row(&sql, [], |row| {
        let rows: u32 = row.get(1)?;
        let last: Option<i64> = row.get(0)?;
        Ok(last.map(|last| (last, u64::from(rows))))
    })
}

/// The name under which the rowid of a table can be read; `None` where it has none.
fn rowid_name(connection: &Connection, table: &str) -> rusqlite::Result<Option<&'static str>> {
    let without_rowid: bool = connection.query_row(
        "SELECT wr FROM pragma_table_list(?1) WHERE schema = 'main'",
        [table],
        |row| row.get(0),
    )?;
    if without_rowid {
        return Ok(None);
    }
    let mut statement = connection.prepare("SELECT name FROM pragma_table_xinfo(?1, 'main')")?;
    let names = statement.query_map([table], |row| row.get(0))?;
    let names: Vec<String> = names.collect::<rusqlite::Result<_>>()?;
    let is_free = |name: &&str| !names.iter().any(|column| names_equal(column, name));
    Ok(["rowid", "_rowid_", "oid"].into_iter().find(is_free))
}

/// Whether the expressions mean the same when they see the rows chunk by chunk. A window function
/// does not, and neither do those that count statements.
fn can_be_cut(expressions: &[(&str, &str)]) -> bool {
    const WHOLE: [&str; 4] = ["OVER", "changes", "total_changes", "last_insert_rowid"];
    !expressions.iter().any(|(_, expression)| {
        tokens(expression).iter().any(|token| {
            let name = token.unquoted();
            name.is_some_and(|name| WHOLE.iter().any(|whole| names_equal(&name, whole)))
                || token.is_keyword("OVER")
        })
    })
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
            "INSERT OR ABORT INTO main.{} (rowid) SELECT rowid FROM main.{table}",
            quote_identifier(temporary)
        );
    }
    // OR ABORT: without it, ON CONFLICT REPLACE or IGNORE of a constraint would drop rows and say
    // nothing: https://www.sqlite.org/lang_conflict.html
    format!(
        "INSERT OR ABORT INTO main.{} ({}) SELECT {} FROM main.{table}",
        quote_identifier(temporary),
        targets.join(", "),
        sources.join(", ")
    )
}
