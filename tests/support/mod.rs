//! Histories without the generator: SQL for each version, a closure for each step.
#![allow(dead_code, reason = "each test takes what it needs")]
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "helpers of tests"
)]

pub(crate) mod rebuilt;

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::Value;
use stepladder::__private::{
    RebuildKind, RebuildPlan, RowidCopy, SqlScript, SqliteFacts, StepContext, VersionDelta,
};
use stepladder::{Entity, EntityKind, History, MigrationStrategy, Migrator, Result};

/// A value that lives as long as the process, as generated code does.
pub(crate) fn leak<T: ?Sized>(value: Box<T>) -> &'static T {
    Box::leak(value)
}

pub(crate) fn leak_str(text: &str) -> &'static str {
    leak(text.into())
}

type Step = Box<dyn FnMut(StepContext<'_>) -> Result<()> + Send>;

/// What generated code makes of a step in Rust.
fn in_rust(mut step: impl FnMut(&StepContext<'_>) -> Result<()> + Send + 'static) -> Step {
    Box::new(move |context| {
        context.begin()?;
        step(&context)?;
        context.finish()
    })
}

/// A history with the steps through it, written by hand.
pub(crate) struct Steps {
    pub(crate) history: &'static History,
    up: BTreeMap<i32, Step>,
    down: BTreeMap<i32, Step>,
}

impl Steps {
    /// Versions with the SQL of the whole schema.
    pub(crate) fn new(versions: &[(i32, &str)]) -> Self {
        Self::with_seed(versions, None)
    }

    pub(crate) fn with_seed(versions: &[(i32, &str)], seed: Option<&str>) -> Self {
        let seed = seed.map(|sql| script("schemas/seed.sql", sql));
        let versions = versions.iter().map(version).collect::<Vec<_>>();
        let history = leak(Box::new(History {
            versions: leak(versions.into_boxed_slice()),
            seed,
            sqlite: SqliteFacts::default(),
            allowances: &[],
            rust_names: &[],
            evolution: &[],
        }));
        Self {
            history,
            up: BTreeMap::new(),
            down: BTreeMap::new(),
        }
    }

    /// The same history with what is known of SQLite.
    pub(crate) fn with_sqlite(mut self, sqlite: SqliteFacts) -> Self {
        self.history = leak(Box::new(History {
            sqlite,
            ..*self.history
        }));
        self
    }

    /// The step from a version, in Rust.
    pub(crate) fn step(
        mut self,
        from: i32,
        step: impl FnMut(&StepContext<'_>) -> Result<()> + Send + 'static,
    ) -> Self {
        self.up.insert(from, in_rust(step));
        self
    }

    /// The step from a version, in SQL.
    pub(crate) fn sql(mut self, from: i32, sql: &str) -> Self {
        let script = script("schemas/steps/step.sql", sql);
        let step = move |context: StepContext<'_>| context.run_sql(&script);
        self.up.insert(from, Box::new(step));
        self
    }

    /// The step from a version, in SQL in several parts, as between calls.
    pub(crate) fn parts(mut self, from: i32, parts: &[&str]) -> Self {
        let scripts: Vec<_> = (parts.iter())
            .map(|sql| script("schemas/steps/step.sql", sql))
            .collect();
        let step = move |context: StepContext<'_>| {
            scripts
                .iter()
                .try_for_each(|part| context.run_sql_part(part))
        };
        self.up.insert(from, Box::new(step));
        self
    }

    /// The rollback from a version, in Rust.
    pub(crate) fn step_back(
        mut self,
        from: i32,
        step: impl FnMut(&StepContext<'_>) -> Result<()> + Send + 'static,
    ) -> Self {
        self.down.insert(from, in_rust(step));
        self
    }

    /// The rollback from a version, in SQL.
    pub(crate) fn rollback(mut self, from: i32, sql: &str) -> Self {
        let script = script("schemas/steps/rollback.sql", sql);
        let step = move |context: StepContext<'_>| context.run_sql(&script);
        self.down.insert(from, Box::new(step));
        self
    }

    /// A step that rebuilds the tables, with no expressions.
    pub(crate) fn rebuild(self, from: i32, tables: &'static [&'static str]) -> Self {
        let history = self.history;
        self.step(from, move |step| {
            tables
                .iter()
                .try_for_each(|table| rebuild(step, history, table, &[]))
        })
    }

    pub(crate) fn strategy(self) -> MigrationStrategy<'static, Self> {
        MigrationStrategy::new(self)
    }
}

impl Migrator for Steps {
    fn history(&self) -> &'static History {
        self.history
    }

    fn run_step(&mut self, step: StepContext<'_>) -> Result<()> {
        let Some(run) = self.up.get_mut(&step.from()) else {
            return Err(step.unknown());
        };
        run(step)
    }

    fn rollbacks(&self) -> &'static [i32] {
        leak(self.down.keys().copied().collect())
    }

    fn run_rollback(&mut self, rollback: StepContext<'_>) -> Result<()> {
        let Some(run) = self.down.get_mut(&rollback.from()) else {
            return Err(rollback.unknown());
        };
        run(rollback)
    }
}

fn script(file: &'static str, sql: &str) -> SqlScript {
    let statements = stepladder::sql::split_statements(sql).into_iter();
    let statements = statements.map(|statement| {
        let line = 1 + sql[..statement.start].matches('\n').count();
        (u32::try_from(line).unwrap(), leak_str(statement.sql))
    });
    SqlScript {
        file,
        statements: leak(statements.collect::<Vec<_>>().into_boxed_slice()),
    }
}

/// Every version replaces the one before: that is one of the forms that a history may have.
fn version((number, sql): &(i32, &str)) -> VersionDelta {
    let added = entities(sql).into_iter().enumerate();
    VersionDelta {
        number: *number,
        removed: leak(every_name().into_boxed_slice()),
        added: leak(added.collect::<Vec<_>>().into_boxed_slice()),
    }
}

thread_local! {
    static NAMES: std::cell::RefCell<Vec<(EntityKind, &'static str)>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// The names of all entities that a test has had so far.
fn every_name() -> Vec<(EntityKind, &'static str)> {
    NAMES.with_borrow(Clone::clone)
}

/// The entities that SQL creates, as SQLite stores them.
pub(crate) fn entities(sql: &str) -> Vec<Entity> {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(sql).unwrap();
    let mut statement = connection
        .prepare(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL \
             AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT IN \
             (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY rowid",
        )
        .unwrap();
    let rows = statement
        .query_map([], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, String>(3)?,
            ))
        })
        .unwrap();
    let entities = rows.map(|row| {
        let (kind, name, table, sql) = row.unwrap();
        let kind = match kind.as_str() {
            "table" if sql.starts_with("CREATE VIRTUAL") => EntityKind::VirtualTable,
            "table" => EntityKind::Table,
            "index" => EntityKind::Index,
            "trigger" => EntityKind::Trigger,
            _ => EntityKind::View,
        };
        Entity {
            kind,
            name: leak_str(&name),
            table: leak_str(&table),
            sql: leak_str(&sql),
        }
    });
    let entities: Vec<_> = entities.collect();
    NAMES.with_borrow_mut(|names| {
        names.extend(entities.iter().map(|entity| (entity.kind, entity.name)));
    });
    entities
}

/// The entity of the version to which a step leads.
pub(crate) fn target(history: &History, version: i32, name: &str) -> Entity {
    let version = history.at(version).unwrap();
    let mut entities = version.entities().iter();
    *entities
        .find(|entity| entity.name.eq_ignore_ascii_case(name))
        .unwrap()
}

/// Rebuilds a table that keeps its name, with the plan that the generator would make.
pub(crate) fn rebuild(
    step: &StepContext<'_>,
    history: &'static History,
    name: &str,
    expressions: &[(&str, &str)],
) -> Result<()> {
    let new = target(history, step.to(), name);
    let old = target(history, step.from(), name);
    step.rebuild(&new, &plan(&old, &new), expressions)
}

struct Columns {
    /// Those that can be written.
    plain: Vec<String>,
    all: Vec<String>,
    alias: bool,
    without_rowid: bool,
}

fn columns(table: &Entity) -> Columns {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(table.sql).unwrap();
    let mut statement = connection
        .prepare("SELECT name, hidden, type = 'INTEGER' COLLATE NOCASE AND pk = 1 AND (SELECT count(*) FROM pragma_table_xinfo(?1) WHERE pk > 0) = 1 FROM pragma_table_xinfo(?1)")
        .unwrap();
    let rows: Vec<(String, i32, bool)> = statement
        .query_map([table.name], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap()
        .map(std::result::Result::unwrap)
        .collect();
    let without_rowid: bool = connection
        .query_row(
            "SELECT wr FROM pragma_table_list(?1) WHERE schema = 'main'",
            [table.name],
            |row| row.get(0),
        )
        .unwrap();
    Columns {
        plain: (rows.iter().filter(|row| row.1 == 0))
            .map(|row| row.0.clone())
            .collect(),
        alias: !without_rowid && rows.iter().any(|row| row.2),
        all: rows.into_iter().map(|row| row.0).collect(),
        without_rowid,
    }
}

/// The plan that the generator would make for a table.
pub(crate) fn plan(old: &Entity, new: &Entity) -> RebuildPlan {
    let (from, to) = (columns(old), columns(new));
    let rowid = |columns: &Columns| {
        let taken =
            |name: &&str| (columns.all.iter()).any(|other| other.eq_ignore_ascii_case(name));
        (!columns.without_rowid)
            .then(|| {
                ["rowid", "_rowid_", "oid"]
                    .into_iter()
                    .find(|name| !taken(name))
            })
            .flatten()
    };
    let rowid = match (rowid(&to), rowid(&from)) {
        (Some(new), Some(old)) if !to.alias => RowidCopy::Named(new, old),
        _ => RowidCopy::None,
    };
    let copied = to.plain.iter().filter_map(|new| {
        let old = from.all.iter().find(|old| old.eq_ignore_ascii_case(new))?;
        Some((leak_str(new), leak_str(old)))
    });
    RebuildPlan {
        old_name: old.name,
        copied: leak(copied.collect::<Vec<_>>().into_boxed_slice()),
        rowid,
        kind: if new.sql.to_ascii_uppercase().contains("AUTOINCREMENT") {
            RebuildKind::Autoincrement
        } else {
            RebuildKind::Plain
        },
    }
}

/// A database in memory at a version of the history, with rows.
pub(crate) fn at(history: &History, version: i32, rows: &str) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    fill(&connection, history, version, rows);
    connection
}

pub(crate) fn fill(connection: &Connection, history: &History, version: i32, rows: &str) {
    history.at(version).unwrap().create_all(connection).unwrap();
    connection.execute_batch(rows).unwrap();
    connection
        .execute_batch(&format!("PRAGMA user_version = {version}"))
        .unwrap();
}

/// A file at a version of the history, with rows.
pub(crate) fn file_at(path: &Path, history: &History, version: i32, journal: &str, rows: &str) {
    let connection = Connection::open(path).unwrap();
    let _: String = connection
        .query_row(&format!("PRAGMA journal_mode = {journal}"), [], |row| {
            row.get(0)
        })
        .unwrap();
    fill(&connection, history, version, rows);
    connection.close().unwrap();
}

/// The rows of a query as text.
pub(crate) fn rows(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query([]).unwrap();
    let mut lines = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let values = (0..columns).map(|column| match row.get(column).unwrap() {
            Value::Null => "NULL".to_owned(),
            Value::Integer(value) => value.to_string(),
            Value::Real(value) => format!("{value:?}"),
            Value::Text(text) => text,
            Value::Blob(bytes) => format!("x{bytes:02x?}"),
        });
        lines.push(values.collect::<Vec<_>>().join("|"));
    }
    lines
}

pub(crate) fn one<T: rusqlite::types::FromSql>(connection: &Connection, sql: &str) -> T {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// The settings of a connection that an upgrade must not change.
pub(crate) fn settings(connection: &Connection) -> Vec<i64> {
    let mut all: Vec<i64> = [
        "foreign_keys",
        "legacy_alter_table",
        "recursive_triggers",
        "defer_foreign_keys",
        "busy_timeout",
        "writable_schema",
        "ignore_check_constraints",
    ]
    .iter()
    .map(|name| one(connection, &format!("PRAGMA {name}")))
    .collect();
    all.push(i64::from(connection.is_autocommit()));
    all.push(one(connection, "SELECT count(*) FROM sqlite_temp_schema"));
    all
}
