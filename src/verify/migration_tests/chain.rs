//! A database on its way from one version to the newest.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rusqlite::{Connection, ErrorCode};

use super::MigrationTests;
use super::declaration::{how_to_declare, is_declared, without_some_rows};
use super::failure::Failure;
use super::filling::RowKind;
use crate::accounting::{Account, Contents, Exchanged, LossRule, Lost, contents};
use crate::error::{Error, Result};
use crate::full_text;
use crate::history::History;
use crate::schema::{Entity, EntityKind, Schema};
use crate::sql::{names_equal, quote_identifier};
use crate::strategy::OpeningDetails;
use crate::synthesis::fill;
use crate::verify::declared::Declared;

/// The database of one version, as far as it has come.
#[derive(Debug)]
pub(super) struct Chain {
    start: i32,
    kind: RowKind,
    /// `None` until the first test asks for it.
    place: Option<Place>,
    /// What is wrong with the step to a version.
    failures: BTreeMap<i32, Failure>,
    /// The version to which the database could not be brought: there is no way on.
    end: Option<i32>,
}

#[derive(Debug)]
struct Place {
    connection: Connection,
    version: i32,
    contents: Contents,
    steps: Vec<(i32, i32)>,
}

impl Chain {
    pub(super) fn new(start: i32, kind: RowKind) -> Self {
        Self {
            start,
            kind,
            place: None,
            failures: BTreeMap::new(),
            end: None,
        }
    }

    /// Whether nothing has been done yet.
    pub(super) fn is_new(&self) -> bool {
        self.place.is_none() && self.end.is_none()
    }

    /// Takes the steps up to a version that have not been taken, and tells how the last one went.
    pub(super) fn reach(
        &mut self,
        tests: &MigrationTests,
        to: i32,
    ) -> std::result::Result<(), Failure> {
        while self.end.is_none() && self.place.as_ref().is_none_or(|p| p.version < to) {
            self.go_on(tests, to);
        }
        if let Some(failure) = self.failures.get(&to) {
            return Err(failure.clone());
        }
        match self.end {
            // Odd rows go as far as the steps take them.
            Some(end) if end < to && self.kind != RowKind::Odd => {
                Err(Failure::of_pair(self.start, to, end))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Makes the database, or takes a step.
    fn go_on(&mut self, tests: &MigrationTests, to: i32) {
        let start = self.start;
        let Some(place) = &mut self.place else {
            match started(tests, start, self.kind) {
                Ok(place) => self.place = Some(place),
                Err(failure) => self.stop(to, failure),
            }
            return;
        };
        let at = place.version;
        let next = tests.history().next_towards(at, to).unwrap_or(to);
        let failure = || Failure::of_step(start, (at, next), self.kind);
        self.end = Some(next);
        if self.kind == RowKind::Odd {
            let taken = catch_unwind(AssertUnwindSafe(|| take_step(tests, place, next, &failure)));
            if let Ok(Ok(wrong)) = taken {
                self.failures.extend(wrong.map(|wrong| (next, wrong)));
                self.end = None;
            }
            return;
        }
        let taken = catch_unwind(AssertUnwindSafe(|| take_step(tests, place, next, &failure)));
        let taken = taken.unwrap_or_else(|panic| Err(panicked(failure(), &*panic)));
        match taken {
            Ok(None) => self.end = None,
            Ok(Some(wrong)) => {
                self.failures.insert(next, wrong);
                self.end = None;
            }
            Err(failure) => self.stop(next, failure),
        }
    }

    fn stop(&mut self, version: i32, failure: Failure) {
        self.failures.insert(version, failure);
        self.end = Some(version);
    }
}

/// A step that panics has failed, for the tests that follow too.
fn panicked(failure: Failure, panic: &(dyn Any + Send)) -> Failure {
    let text = (panic.downcast_ref::<&str>().copied())
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("it does not say why");
    with_prepared_rows(failure.note(format!("it panicked: {text}")))
}

/// A database of a version, with rows.
pub(super) fn filled(tests: &MigrationTests, version: i32, kind: RowKind) -> Result<Connection> {
    let connection = tests.verifier.start_at(version)?;
    if kind == RowKind::None {
        return Ok(connection);
    }
    let schema = tests.versions.schema(&tests.verifier, version)?;
    let filled = fill(&connection, &schema, &kind.scenario())?;
    tests.verifier.prepare(&connection, version)?;
    for table in filled.tables {
        if let Some(reason) = table.unfilled.filter(|_| table.rows == 0) {
            say(&format!(
                "note: the table `{}` of version {version} is tested without rows: {reason}; \
                 `SchemaVerifier::prepare_rows` can insert some",
                table.table
            ));
        }
    }
    Ok(connection)
}

#[expect(
    clippy::print_stderr,
    reason = "this is code of a test: `--nocapture` shows it"
)]
fn say(text: &str) {
    eprintln!("{text}");
}

fn started(
    tests: &MigrationTests,
    version: i32,
    kind: RowKind,
) -> std::result::Result<Place, Failure> {
    let start = || -> Result<Place> {
        let connection = filled(tests, version, kind)?;
        let schema = tests.versions.schema(&tests.verifier, version)?;
        Ok(Place {
            contents: contents(&connection, &schema)?,
            connection,
            version,
            steps: Vec::new(),
        })
    };
    start().map_err(|error| {
        Failure {
            headline: format!("a database of version {version} cannot be made"),
            notes: Vec::new(),
            helps: Vec::new(),
        }
        .by(error)
    })
}

/// Takes a step. What is wrong with the database afterwards does not keep it from the next step.
fn take_step(
    tests: &MigrationTests,
    place: &mut Place,
    next: i32,
    failure: &dyn Fn() -> Failure,
) -> std::result::Result<Option<Failure>, Failure> {
    let step = (place.version, next);
    let taken = Taken::take(tests, &mut place.connection, &mut place.contents, step);
    let taken = taken.map_err(|error| with_rows_in_mind(failure(), error))?;
    place.steps.push(step);
    place.version = next;
    let checked = tests
        .versions
        .require(&tests.verifier, &place.connection, next, &place.steps)
        .and_then(|()| require_sound(&place.connection))
        .and_then(|()| tests.require_settled(&mut place.connection, next));
    checked.map_err(|error| failure().by(error))?;
    let after = contents(&place.connection, &taken.schemas[1]);
    let after = after.map_err(|error| failure().by(error.into()))?;
    let wrong = taken.losses(tests, (&place.contents, &after), failure());
    let wrong = taken.detached(&place.connection, wrong);
    place.contents = after;
    Ok((!wrong.notes.is_empty()).then_some(wrong))
}

/// Rows that are made up may be such as no app writes.
fn with_rows_in_mind(failure: Failure, error: Error) -> Failure {
    let is_of_step = matches!(
        error,
        Error::StepFailed { .. }
            | Error::CallFailed { .. }
            | Error::App(_)
            | Error::ForeignKeys { .. }
    );
    let failure = failure.by(error);
    if is_of_step {
        with_prepared_rows(failure)
    } else {
        failure
    }
}

fn with_prepared_rows(failure: Failure) -> Failure {
    if failure.headline.ends_with("empty tables") {
        return failure;
    }
    failure.help(
        "mend the step, or, where the app writes no such rows, make them as they are with \
         `SchemaVerifier::prepare_rows`",
    )
}

/// A step that was taken.
pub(super) struct Taken {
    pub(super) step: (i32, i32),
    pub(super) declared: Declared,
    /// The schemas of the versions before and after it.
    pub(super) schemas: [Arc<Schema>; 2],
    /// The full-text indexes that agreed with their tables before it.
    agreed: Vec<String>,
}

impl Taken {
    /// Takes a step, or a rollback. `before` is what the database holds: rows that a step says are
    /// not there are taken out of it.
    pub(super) fn take(
        tests: &MigrationTests,
        connection: &mut Connection,
        before: &mut Contents,
        step: (i32, i32),
    ) -> Result<Self> {
        let schema = |version| tests.versions.schema(&tests.verifier, version);
        let schemas = [schema(step.0)?, schema(step.1)?];
        let agreed = agreed(connection, &schemas[0]);
        let (mut done, mut declared) = tests.migrate(connection, step.1);
        let tables = without_some_rows(tests.history(), step);
        if done.as_ref().is_err_and(is_constraint) && !tables.is_empty() {
            for table in tables {
                empty(connection, &schemas[0], table)?;
            }
            *before = contents(connection, &schemas[0])?;
            (done, declared) = tests.migrate(connection, step.1);
        }
        let details: OpeningDetails = done?;
        if details.steps != [step] {
            return Err(Error::app(format!(
                "the strategy did not take the step, but {:?}",
                details.steps
            )));
        }
        Ok(Self {
            step,
            declared,
            schemas,
            agreed,
        })
    }

    /// What the step loses and does not declare.
    fn losses(
        &self,
        tests: &MigrationTests,
        (before, after): (&Contents, &Contents),
        mut failure: Failure,
    ) -> Failure {
        for lost in self.lost(tests, before, after) {
            if self.declares(tests.history(), &lost) {
                continue;
            }
            failure = failure.note(&lost.message);
            if let Some(help) = &lost.help {
                failure = failure.help(help);
            }
            failure = failure.help(how_to_declare(
                tests.history(),
                self.step,
                &self.declared,
                &lost,
            ));
        }
        if failure.notes.is_empty() {
            return failure;
        }
        failure.help(
            "the rows are made up: where those of the app are of another kind, make them so with \
             `SchemaVerifier::prepare_rows`",
        )
    }

    /// What the step loses. Of a single value it only shows with more rows whether it was changed.
    fn lost(&self, tests: &MigrationTests, before: &Contents, after: &Contents) -> Vec<Lost> {
        let exchanged = Exchanged::of(&self.declared.statements, &self.schemas[0]);
        let lost = exchanged.lost(&exchanged.account(before, after), &self.schemas[1]);
        let is_doubtful = |lost: &Lost| lost.rule == LossRule::DataLoss && lost.of == 1;
        if !lost.iter().any(is_doubtful) {
            return lost;
        }
        // Where this fails, the test with these rows says so.
        let Ok(shown) = with_more_rows(tests, self.step) else {
            return lost;
        };
        let exchanged = exchanged.as_shown_by(&shown);
        let again = exchanged.lost(&exchanged.account(before, after), &self.schemas[1]);
        let is_lost = |lost: &Lost| {
            let mut again = again.iter();
            again.any(|other| (&other.object, other.rule) == (&lost.object, lost.rule))
        };
        let kept = lost.into_iter();
        kept.filter(|lost| !is_doubtful(lost) || is_lost(lost))
            .collect()
    }

    pub(super) fn declares(&self, history: &History, lost: &Lost) -> bool {
        is_declared(history, self.step, &self.declared, lost)
    }

    /// The full-text indexes that do not agree with their tables any more.
    fn detached(&self, connection: &Connection, mut failure: Failure) -> Failure {
        let now = agreed(connection, &self.schemas[1]);
        let is_in = |names: &[String], name: &str| names.iter().any(|n| names_equal(n, name));
        for name in full_text_indexes(&self.schemas[1]).filter(|name| !is_in(&now, name)) {
            // One that an app fills with some of the rows never agrees.
            if self.schemas[0].relation(name).is_none() || is_in(&self.agreed, name) {
                let table = quote_identifier(name);
                failure = failure
                    .note(format!(
                        "full-text table `{name}`: it does not hold the words of its rows any more"
                    ))
                    .help(format!(
                        "fill it again at the end of the step: `INSERT INTO {table} ({table}) \
                         VALUES ('rebuild')`"
                    ));
            }
        }
        failure
    }
}

/// What a step does to several rows, each with values of its own.
fn with_more_rows(tests: &MigrationTests, step: (i32, i32)) -> Result<Account> {
    let schema = |version| tests.versions.schema(&tests.verifier, version);
    let schemas = [schema(step.0)?, schema(step.1)?];
    let mut connection = filled(tests, step.0, RowKind::Recognisable)?;
    let before = contents(&connection, &schemas[0])?;
    let (done, declared) = tests.migrate(&mut connection, step.1);
    done?;
    let after = contents(&connection, &schemas[1])?;
    let exchanged = Exchanged::of(&declared.statements, &schemas[0]);
    Ok(exchanged.account(&before, &after))
}

/// The full-text indexes over the rows of another table that agree with it.
fn agreed(connection: &Connection, schema: &Schema) -> Vec<String> {
    let indexes = full_text_indexes(schema)
        .filter(|name| full_text::is_in_step(connection, name).unwrap_or(false));
    indexes.map(str::to_owned).collect()
}

fn full_text_indexes(schema: &Schema) -> impl Iterator<Item = &str> {
    (schema.entities.iter())
        .filter(|entity| entity.kind() == EntityKind::VirtualTable)
        .filter(|entity| full_text::content(entity.sql()).is_some())
        .map(Entity::name)
}

fn is_constraint(error: &Error) -> bool {
    let source = match error {
        Error::StepFailed { source, .. } => source,
        Error::ForeignKeys { .. } => return true,
        _ => return false,
    };
    match source {
        rusqlite::Error::SqliteFailure(failure, _)
        | rusqlite::Error::SqlInputError { error: failure, .. } => {
            matches!(
                failure.code,
                ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::Unknown
            )
        }
        _ => false,
    }
}

/// Deletes all rows of a table, and those that refer to them.
fn empty(connection: &Connection, schema: &Schema, table: &str) -> Result<()> {
    let mut gone: Vec<&str> = vec![table];
    let mut at = 0;
    while let Some(parent) = gone.get(at).copied() {
        for child in schema.tables() {
            let refers = (child.foreign_keys.iter()).any(|key| names_equal(&key.parent, parent));
            if refers && !gone.iter().any(|name| names_equal(name, &child.name)) {
                gone.push(&child.name);
            }
        }
        at += 1;
    }
    for table in gone.into_iter().rev() {
        connection.execute_batch(&format!("DELETE FROM main.{}", quote_identifier(table)))?;
    }
    Ok(())
}

/// Fails where the file is damaged, or a row has lost its parent.
pub(super) fn require_sound(connection: &Connection) -> Result<()> {
    let found: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        return Err(Error::app(format!(
            "`PRAGMA integrity_check` says: {found}"
        )));
    }
    let mut statement = connection
        .prepare("SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT 1")?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else {
        return Ok(());
    };
    let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
    let rowid: Option<i64> = row.get(1)?;
    let rowid = rowid.map_or_else(String::new, |rowid| format!(" (rowid {rowid})"));
    Err(Error::app(format!(
        "a row of `{table}`{rowid} refers to a row of `{parent}` that does not exist"
    )))
}

/// All steps in one transaction.
pub(super) fn at_once(tests: &MigrationTests, from: i32) -> std::result::Result<(), Failure> {
    let newest = tests.history().latest_version();
    let failure = || Failure::of_all(from, newest);
    let mut connection =
        filled(tests, from, RowKind::Nulls).map_err(|error| failure().by(error))?;
    let (done, _) = tests.migrate(&mut connection, newest);
    let details = match done {
        Ok(details) => details,
        // Which rows are declared not to be there is for the tests that take one step.
        Err(error) if is_constraint(&error) && says_no_such_rows(tests, &error) => return Ok(()),
        Err(error) => return Err(with_rows_in_mind(failure(), error)),
    };
    (tests.versions)
        .require(&tests.verifier, &connection, newest, &details.steps)
        .and_then(|()| require_sound(&connection))
        .and_then(|()| tests.require_settled(&mut connection, newest))
        .map_err(|error| failure().by(error))
}

/// Whether the step that failed says that there are no rows of some kind.
fn says_no_such_rows(tests: &MigrationTests, error: &Error) -> bool {
    match error {
        Error::StepFailed { from, to, .. } => {
            !without_some_rows(tests.history(), (*from, *to)).is_empty()
        }
        _ => false,
    }
}
