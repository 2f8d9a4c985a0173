//! `schema.sql`: the schema as it is wanted now.

use std::ops::Range;

use stepladder::compare::{CompareOptions, Strictness, compare};
use stepladder::introspect::introspect;
use stepladder::rusqlite::Connection;
use stepladder::schema::{EntityKind, Schema};
use stepladder::sql::{Statement, fold, split_statements, tokens};

use crate::compile_check;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::folder::{command, make_migrations_command};
use crate::history::Version;
use crate::introspect::{open, unread};
use crate::quoted_text::refuse_quoted_texts;
use crate::similar;
use crate::source::SourceFile;
use crate::sql_advice::advice;
use crate::sql_error::SqlError;
use crate::statement::{Create, Refused, read_create};

/// A statement of the file that created an entity.
#[derive(Debug)]
pub(crate) struct Created {
    pub(crate) create: Create,
    /// The place of its name in the file.
    pub(crate) name: Range<usize>,
    pub(crate) sql: String,
    /// The offset of the statement in the file.
    pub(crate) start: usize,
}

/// The schema that the file describes; `None` where something is wrong with it.
pub(crate) fn read_schema(file: &SourceFile, errors: &mut Diagnostics) -> Option<Schema> {
    let connection = errors.ok(open(file))?;
    errors.ok(refuse_quoted_texts(&connection).map_err(|error| unread(file, &error)))?;
    let mut run = Run {
        file,
        connection: &connection,
        created: Vec::new(),
        failed: Vec::new(),
        errors: Vec::new(),
    };
    for statement in split_statements(&file.text) {
        run.statement(statement);
    }
    let (created, mut found) = (run.created, run.errors);
    if found.is_empty() {
        let unusable = compile_check::check(&connection, &created);
        let unusable = errors.ok(unusable.map_err(|error| unread(file, &error)))?;
        found = (unusable.into_iter())
            .map(|unusable| unusable.diagnostic(file))
            .collect();
    }
    if found.is_empty() {
        return errors.ok(introspect(&connection).map_err(|error| unread(file, &error)));
    }
    for error in found {
        errors.push(error);
    }
    None
}

struct Run<'a> {
    file: &'a SourceFile,
    connection: &'a Connection,
    created: Vec<Created>,
    /// The names, folded, of what could not be created.
    failed: Vec<String>,
    errors: Vec<Diagnostic>,
}

impl Run<'_> {
    fn statement(&mut self, statement: Statement<'_>) {
        let Some(create) = read_create(statement.sql) else {
            self.errors.push(self.not_a_create(statement));
            return;
        };
        if let Some((span, refused)) = &create.refused {
            let span = moved(span, statement.start);
            self.errors.push(refusal(self.file, span, *refused));
            self.failed.push(fold(&create.name));
            return;
        }
        let name = moved(&create.name_span, statement.start);
        if let Some(first) = self.same_name(&create) {
            let again = Diagnostic::at(
                self.file,
                name,
                format!("`{}` is created twice", create.name),
                format!("a {} of a name that is taken", create.kind),
            );
            let first = again.also_at(self.file, first.name.clone(), "created here first");
            self.errors.push(first.help("keep one of the two"));
            return;
        }
        if let Err(error) = self.connection.execute(statement.sql, []) {
            self.rejected(statement, &create, &SqlError::new(&error, statement.sql));
            self.failed.push(fold(&create.name));
            return;
        }
        self.created.push(Created {
            create,
            name,
            sql: statement.sql.to_owned(),
            start: statement.start,
        });
    }

    fn not_a_create(&self, statement: Statement<'_>) -> Diagnostic {
        if first_word(statement).1 == "CREATE"
            && let Err(error) = self.connection.prepare(statement.sql)
        {
            let error = SqlError::new(&error, statement.sql);
            let span = moved(&error.span, statement.start);
            let message = format!("this statement is not valid: {}", error.message);
            return Diagnostic::at(self.file, span, message, error.label)
                .help("expected `CREATE TABLE`, `INDEX`, `TRIGGER`, `VIEW` or `VIRTUAL TABLE`");
        }
        out_of_place(self.file, statement)
    }

    /// What has the name already. Tables, views and indexes share their names; triggers have
    /// their own. With `IF NOT EXISTS` SQLite would ignore the second without a word.
    fn same_name(&self, create: &Create) -> Option<&Created> {
        let is_trigger = |kind| kind == EntityKind::Trigger;
        self.created.iter().find(|other| {
            is_trigger(other.create.kind) == is_trigger(create.kind)
                && fold(&other.create.name) == fold(&create.name)
        })
    }

    fn rejected(&mut self, statement: Statement<'_>, create: &Create, error: &SqlError) {
        let missing = error.missing_table().map(fold);
        if missing
            .as_ref()
            .is_some_and(|table| self.failed.contains(table))
        {
            // An index of a table that was not created is no second mistake.
            return;
        }
        let span = moved(&error.span, statement.start);
        let message = format!(
            "{} `{}` is not valid: {}",
            create.kind, create.name, error.message
        );
        let mut diagnostic = Diagnostic::at(self.file, span, message, error.label);
        let similar = similar::help(self.connection, &error.message);
        diagnostic.helps.extend(similar);
        diagnostic.helps.extend(error.help(statement.sql));
        if let Some(later) = missing.and_then(|table| self.created_later(statement, &table)) {
            diagnostic = diagnostic
                .also_at(self.file, later, "it is created here")
                .help("statements run in order: move this one below the other");
        }
        if diagnostic.helps.is_empty() {
            diagnostic = diagnostic.help(advice(create.kind, &error.message));
        }
        self.errors.push(diagnostic);
    }

    /// The place where a later statement creates this table.
    fn created_later(&self, statement: Statement<'_>, table: &str) -> Option<Range<usize>> {
        split_statements(&self.file.text)
            .into_iter()
            .filter(|later| later.start > statement.start)
            .find_map(|later| {
                let create = read_create(later.sql)?;
                (fold(&create.name) == table).then(|| moved(&create.name_span, later.start))
            })
    }
}

/// The span in the file of a span in a statement.
pub(crate) fn moved(span: &Range<usize>, start: usize) -> Range<usize> {
    span.start + start..span.end + start
}

fn refusal(file: &SourceFile, span: Range<usize>, refused: Refused) -> Diagnostic {
    match refused {
        Refused::Temporary => Diagnostic::at(
            file,
            span,
            "a temporary entity is not part of a schema",
            "it is gone when the connection is closed",
        )
        .help("create it in the app, on the open connection"),
        Refused::AsSelect => Diagnostic::at(
            file,
            span,
            "`CREATE TABLE .. AS SELECT` is not part of a schema",
            "its columns have no constraints and its rows come from a query",
        )
        .help("write the columns: `CREATE TABLE t (id INTEGER PRIMARY KEY, ..)`"),
    }
}

/// The place and the text, in capital letters, of the first word of a statement.
fn first_word(statement: Statement<'_>) -> (Range<usize>, String) {
    let tokens = tokens(statement.sql);
    let word = tokens
        .first()
        .map_or(0..0, |token| token.start..token.end());
    (
        moved(&word, statement.start),
        statement.sql[word].to_ascii_uppercase(),
    )
}

/// The message about a statement that is not a `CREATE`.
fn out_of_place(file: &SourceFile, statement: Statement<'_>) -> Diagnostic {
    let (span, word) = first_word(statement);
    let help = match word.as_str() {
        "INSERT" | "REPLACE" | "WITH" => {
            "rows of a new database go to `seed.sql`, rows of an old one to a step"
        }
        "UPDATE" | "DELETE" => "changes of rows go to a step, `steps/from<A>_to<B>.sql`",
        "PRAGMA" => "pragmas belong to the app, on the open connection",
        "ALTER" => "write the `CREATE TABLE` as it should be now; the tool finds the change",
        "DROP" => "delete the `CREATE` statement; the tool finds the change",
        "BEGIN" | "COMMIT" | "END" | "ROLLBACK" | "SAVEPOINT" | "RELEASE" => {
            "delete it: transactions are made when the schema is"
        }
        _ => "delete it, or move it to the app",
    };
    Diagnostic::at(
        file,
        span,
        format!("`{word}` does not belong in `{}`", file.path),
        "expected `CREATE`",
    )
    .help(help)
}

/// The differences between a version and the schema that is wanted, as one line each.
///
/// Declared types count as they are written: the Rust type of a column depends on them.
pub(crate) fn differences(version: &Schema, wanted: &Schema) -> Vec<String> {
    let mut options = CompareOptions::default();
    options.type_names = Strictness::Strict;
    compare(version, wanted, &options)
        .iter()
        .map(|difference| difference.as_change().to_string())
        .collect()
}

/// How many differences are shown.
const SHOWN: usize = 20;

/// The message about a schema that is not that of the newest version.
pub(crate) fn moved_on(
    file: &SourceFile,
    newest: &Version,
    folder: &str,
    differences: &[String],
) -> Diagnostic {
    let (version, snapshot) = (newest.number, &newest.file.path);
    let mut diagnostic = Diagnostic::in_file(
        &*file.path,
        format!("`{}` has moved on since version {version}", file.path),
    );
    for difference in differences.iter().take(SHOWN) {
        diagnostic = diagnostic.note(difference);
    }
    if differences.len() > SHOWN {
        diagnostic = diagnostic.note(format!("and {} more", differences.len() - SHOWN));
    }
    diagnostic = diagnostic.help(format!(
        "run `{}` to make the next version",
        make_migrations_command(folder)
    ));
    // The first version is the one that is most often made too early.
    if newest.snapshot.parent.is_none() {
        diagnostic = diagnostic.help(format!(
            "if version {version} was not released yet, make it anew: `{}`",
            command(folder, "make-migrations --amend")
        ));
    }
    diagnostic.help(format!(
        "if `{snapshot}` was edited, restore it: `git checkout -- {snapshot}`"
    ))
}
