//! Steps in SQL: their statements, and the methods that they call.

use std::collections::BTreeSet;

use rusqlite::Connection;

use crate::context::StepContext;
use crate::error::{Error, Result};
use crate::guard;
use crate::history::{ScriptCall, SqlScript};
use crate::kept;
use crate::progress::Watch;
use crate::sql::{Token, fold, tokens};

impl StepContext<'_> {
    /// Runs a step in SQL.
    ///
    /// # Errors
    /// What SQLite reports, with file and line.
    pub fn run_sql(self, script: &SqlScript) -> Result<()> {
        self.run_part(script, Some(&tables_that_go(script)))
    }

    /// Runs the statements between two calls of a step in SQL.
    ///
    /// # Errors
    /// What SQLite reports, with file and line.
    pub fn run_sql_part(&self, script: &SqlScript) -> Result<()> {
        // Which tables go in the parts that follow is not known here.
        self.run_part(script, None)
    }

    /// Runs statements, which are not to lose what somebody has made by hand of these tables.
    fn run_part(&self, script: &SqlScript, tables: Option<&BTreeSet<String>>) -> Result<()> {
        self.require_in_sight()?;
        let by_hand = self.by_hand(tables)?;
        let step = (self.from(), self.to());
        run_script(self.connection(), script, step, self.watch())?;
        for unknown in &by_hand.columns {
            if kept::is_lost(self.connection(), unknown)? {
                return Err(self.loses(unknown.table, unknown.column.clone()));
            }
        }
        by_hand.forget(dropped(script));
        kept::restore_missing(self.connection(), by_hand)
            .map_err(|(statement, source)| self.failed(statement, source))
    }

    /// Runs a method that a step in SQL calls.
    ///
    /// # Errors
    /// What the method returns, with file and line; [`Error::TransactionEnded`] and
    /// [`Error::SchemaChanged`] where it did that.
    pub fn call(
        &self,
        call: &ScriptCall,
        method: impl FnOnce(&Connection) -> Result<()>,
    ) -> Result<()> {
        self.require_in_sight()?;
        let schema = self.schema_version()?;
        let done = self.watch().in_app(|| method(self.connection()))?;
        let done = guard::checked(self.connection(), (self.from(), self.to()), done);
        done.map_err(|error| match error {
            Error::Sqlite(source) if guard::is_refused_commit(&source) => self.transaction_ended(),
            error @ Error::TransactionEnded { .. } => error,
            source => Error::CallFailed {
                from: self.from(),
                to: self.to(),
                location: (call.file, call.line),
                method: call.method,
                source: Box::new(source),
            },
        })?;
        self.require_same_schema(schema, Some((call.file, call.line)), "")
    }
}

/// The tables that a script drops, or renames away.
fn tables_that_go(script: &SqlScript) -> BTreeSet<String> {
    let names = script.statements.iter().filter_map(|(_, statement)| {
        let tokens = tokens(statement);
        let is_renamed = tokens.first()?.is_keyword("ALTER")
            && tokens.iter().any(|token| token.is_keyword("TO"));
        (tokens.first()?.is_keyword("DROP") || is_renamed)
            .then(|| name_after(&tokens, "TABLE"))
            .flatten()
    });
    names.collect()
}

/// The indexes and triggers that a script drops itself.
fn dropped(script: &SqlScript) -> BTreeSet<String> {
    let names = script.statements.iter().filter_map(|(_, statement)| {
        let tokens = tokens(statement);
        let is_drop = tokens.first()?.is_keyword("DROP");
        let name = || name_after(&tokens, "INDEX").or_else(|| name_after(&tokens, "TRIGGER"));
        is_drop.then(name).flatten()
    });
    names.collect()
}

/// The name in `DROP TABLE IF EXISTS main.name` and the like, folded.
fn name_after(tokens: &[Token<'_>], kind: &str) -> Option<String> {
    if !tokens.get(1)?.is_keyword(kind) {
        return None;
    }
    let mut place = if tokens.get(2)?.is_keyword("IF") {
        4
    } else {
        2
    };
    if (tokens.get(place + 1)).is_some_and(|token| token.is_operator(".")) {
        place += 2;
    }
    tokens.get(place)?.unquoted().map(|name| fold(&name))
}

/// Runs the statements of a file: a step, or the rows of `seed.sql` in a new database.
pub(crate) fn run_script(
    connection: &Connection,
    script: &SqlScript,
    (from, to): (i32, i32),
    watch: &Watch,
) -> Result<()> {
    for (line, statement) in script.statements {
        watch.tick()?;
        if guard::ends_transaction(statement) {
            return Err(Error::TransactionEnded { from, to });
        }
        #[cfg(feature = "verify")]
        crate::verify::declared::ran(statement);
        connection
            .execute_batch(statement)
            .map_err(|source| Error::StepFailed {
                from,
                to,
                location: Some((script.file, *line)),
                statement: (*statement).to_owned(),
                source,
                row: None,
                proven_with: 0,
            })?;
    }
    Ok(())
}
