//! The copy of the rows.

use rusqlite::{Connection, ErrorCode};

use super::{Failed, FailedRow, RebuildPlan, RowidCopy, at};
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
    let sql = match copy_sql(temporary, plan, expressions) {
        Some(sql) => sql,
        None => count_sql(connection, temporary, plan).map_err(at("read the new table"))?,
    };
    let rowid = rowid_name(connection, plan.old_name).map_err(at("read the columns"))?;
    let chunks = (rowid.filter(|_| can_be_cut(expressions))).map(|rowid| Chunks {
        connection,
        table: quote_identifier(plan.old_name),
        rowid: format!("main.{}.{rowid}", quote_identifier(plan.old_name)),
        sql: &sql,
    });
    if watch.is_set() {
        let started = start(connection, plan.old_name, watch);
        started.map_err(at("count the rows of the table"))?;
    }
    let mut after = None;
    let copied = match &chunks {
        Some(chunks) if watch.is_set() => chunks.copy_all(watch, &mut after),
        Some(_) | None => connection.execute_batch(&sql),
    };
    watch.end_table();
    let Err(source) = copied else {
        return Ok(());
    };
    let row = (chunks.filter(|_| is_of_row(&source)))
        .and_then(|chunks| chunks.failing_row(after).ok().flatten())
        .map(|rowid| FailedRow {
            table: plan.old_name.to_owned(),
            rowid,
        });
    Err(Failed {
        statement: sql,
        source,
        row,
    })
}

/// Whether an error is about what a row holds.
fn is_of_row(error: &rusqlite::Error) -> bool {
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch) => true,
        Some(_) | None => false,
    }
}

fn start(connection: &Connection, table: &str, watch: &Watch) -> rusqlite::Result<()> {
    let count = format!("SELECT count(*) FROM main.{}", quote_identifier(table));
    let rows: i64 = connection.query_row(&count, [], |row| row.get(0))?;
    watch.table(table, u64::try_from(rows).unwrap_or(0))
}

/// The copy of a table by rowid, lowest first, as one statement would do it.
struct Chunks<'c> {
    connection: &'c Connection,
    table: String,
    rowid: String,
    /// The statement that copies all.
    sql: &'c str,
}

impl Chunks<'_> {
    /// Copies all rows; `after` is then the last rowid of the last chunk that was copied.
    fn copy_all(&self, watch: &Watch, after: &mut Option<i64>) -> rusqlite::Result<()> {
        while let Some((last, rows)) = self.next(*after)? {
            self.copy(&self.filter(*after, last))?;
            watch.rows_done(rows)?;
            *after = Some(last);
        }
        Ok(())
    }

    /// The first row after one that cannot be copied. A statement that fails has copied nothing.
    fn failing_row(&self, mut after: Option<i64>) -> rusqlite::Result<Option<i64>> {
        while let Some((last, _)) = self.next(after)? {
            if self.copy(&self.filter(after, last)).is_err() {
                let rowids = self.rowids(&self.filter(after, last))?;
                let fails = |rowid: &i64| self.copy(&format!("{} = {rowid}", self.rowid)).is_err();
                return Ok(rowids.into_iter().find(fails));
            }
            after = Some(last);
        }
        Ok(None)
    }

    fn copy(&self, filter: &str) -> rusqlite::Result<()> {
        // The numbers are in the text, because a parameter may be part of an expression.
        (self.connection).execute_batch(&format!("{} WHERE {filter}", self.sql))
    }

    /// The rows after one, up to another.
    fn filter(&self, after: Option<i64>, last: i64) -> String {
        let rowid = &self.rowid;
        match after {
            Some(after) => format!("{rowid} > {after} AND {rowid} <= {last}"),
            None => format!("{rowid} <= {last}"),
        }
    }

    fn rowids(&self, filter: &str) -> rusqlite::Result<Vec<i64>> {
        let Self { table, rowid, .. } = self;
        let sql = format!("SELECT {rowid} FROM main.{table} WHERE {filter} ORDER BY {rowid}");
        let mut statement = self.connection.prepare(&sql)?;
        let rowids = statement.query_map([], |row| row.get(0))?;
        rowids.collect()
    }

    /// The last rowid of the next chunk, and how many rows it has.
    fn next(&self, after: Option<i64>) -> rusqlite::Result<Option<(i64, u64)>> {
        let Self { table, rowid, .. } = self;
        let filter = after.map_or_else(String::new, |after| format!("WHERE {rowid} > {after}"));
        let sql = format!(
            "SELECT max(id), count(*) FROM \
             (SELECT {rowid} AS id FROM main.{table} {filter} ORDER BY {rowid} LIMIT {CHUNK})"
        );
        self.connection.query_row(&sql, [], |row| {
            let rows: u32 = row.get(1)?;
            let last: Option<i64> = row.get(0)?;
            Ok(last.map(|last| (last, u64::from(rows))))
        })
    }
}

/// The name under which the rowid of a table can be read; `None` where it has none.
fn rowid_name(connection: &Connection, table: &str) -> rusqlite::Result<Option<&'static str>> {
    let has_rowid: bool = connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM pragma_table_list(?1) WHERE schema = 'main' AND wr = 0)",
        [table],
        |row| row.get(0),
    )?;
    if !has_rowid {
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

/// `None` where there is nothing to copy but the number of rows.
fn copy_sql(temporary: &str, plan: &RebuildPlan, expressions: &[(&str, &str)]) -> Option<String> {
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
        return None;
    }
    // OR ABORT: without it, ON CONFLICT REPLACE or IGNORE of a constraint would drop rows and say
    // nothing: https://www.sqlite.org/lang_conflict.html
    Some(format!(
        "INSERT OR ABORT INTO main.{} ({}) SELECT {} FROM main.{table}",
        quote_identifier(temporary),
        targets.join(", "),
        sources.join(", ")
    ))
}

/// As many rows as there were: a column gets what it gets without a value. `rowid` would name a
/// column where one is called so.
fn count_sql(
    connection: &Connection,
    temporary: &str,
    plan: &RebuildPlan,
) -> rusqlite::Result<String> {
    let (column, default): (String, Option<String>) = connection.query_row(
        "SELECT name, dflt_value FROM pragma_table_xinfo(?1, 'main') WHERE hidden = 0 LIMIT 1",
        [temporary],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(format!(
        "INSERT OR ABORT INTO main.{} ({}) SELECT (\n{}\n) FROM main.{}",
        quote_identifier(temporary),
        quote_identifier(&column),
        default.as_deref().unwrap_or("NULL"),
        quote_identifier(plan.old_name)
    ))
}
