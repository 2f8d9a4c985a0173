//! The facts of each snapshot, read back from SQLite.

use std::collections::{BTreeMap, HashSet};

use stepladder::introspect::introspect;
use stepladder::rusqlite::{self, Connection};
use stepladder::schema::{EntityKind, Schema};
use stepladder::sql::{fold, split_statements};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::snapshot::{Places, Snapshot, SnapshotEntity};
use crate::source::SourceFile;
use crate::sql_error::SqlError;
use crate::statement::read_create;
use crate::view_columns::{ViewColumn, view_columns};

/// The schema of a snapshot; `None` where something is wrong with it. `known` keeps the texts that
/// were looked at in an earlier version.
pub(crate) fn introspect_snapshot<'a>(
    file: &SourceFile,
    snapshot: &'a Snapshot,
    known: &mut HashSet<&'a str>,
    errors: &mut Diagnostics,
) -> Option<Introspected> {
    let connection = errors.ok(open(file))?;
    let mut failed = Vec::new();
    for (index, entity) in snapshot.entities.iter().enumerate() {
        if let Err(error) = create(&connection, entity, known) {
            // An index of a table that was not created is no second mistake.
            if !error
                .missing_table()
                .is_some_and(|table| failed.contains(&table.to_owned()))
            {
                errors.push(rejected(file, snapshot, index, &error));
            }
            failed.push(entity.name.clone());
        }
    }
    if !failed.is_empty() {
        return None;
    }
    let schema = errors.ok(introspect(&connection).map_err(|error| unread(file, &error)))?;
    let mismatch = mismatch(file, snapshot, &schema);
    let fits = mismatch.is_none();
    errors.push_some(mismatch);
    fits.then(|| Introspected {
        views: views(&connection, &schema),
        schema,
    })
}

/// What SQLite makes of a snapshot.
pub(crate) struct Introspected {
    pub(crate) schema: Schema,
    /// The columns of the views, by the name of the view in lower case.
    pub(crate) views: BTreeMap<String, Vec<ViewColumn>>,
}

fn views(connection: &Connection, schema: &Schema) -> BTreeMap<String, Vec<ViewColumn>> {
    let views = schema
        .entities
        .iter()
        .filter(|entity| entity.kind() == EntityKind::View);
    let views = views.map(|view| (fold(view.name()), view_columns(connection, view.name())));
    views.collect()
}

/// An empty database in memory, in a transaction so that SQLite does not end one per statement.
pub(crate) fn open(file: &SourceFile) -> Result<Connection, Diagnostic> {
    Connection::open_in_memory()
        .and_then(|connection| {
            // A foreign key that cannot be used would be the mistake of each trigger.
            connection.execute_batch("PRAGMA foreign_keys = OFF; BEGIN")?;
            Ok(connection)
        })
        .map_err(|error| unread(file, &error))
}

/// The message about what can only fail when SQLite itself does.
pub(crate) fn unread(file: &SourceFile, error: &rusqlite::Error) -> Diagnostic {
    Diagnostic::in_file(
        &*file.path,
        format!("SQLite could not read the schema back: {error}"),
    )
    .help("look whether there is memory left, and run the command again")
}

fn create<'a>(
    connection: &Connection,
    entity: &'a SnapshotEntity,
    known: &mut HashSet<&'a str>,
) -> Result<(), SqlError> {
    let sql = entity.sql.as_str();
    if !known.contains(sql) {
        one_create(sql)?;
        known.insert(sql);
    }
    connection
        .execute(sql, [])
        .map(|_| ())
        .map_err(|error| SqlError::new(&error, sql))
}

/// Checks that the text is one `CREATE` statement.
fn one_create(sql: &str) -> Result<(), SqlError> {
    let statements = split_statements(sql);
    if let Some(second) = statements.get(1) {
        return Err(SqlError {
            message: "more than one statement".to_owned(),
            span: second.start..second.start + second.sql.len(),
            label: "expected the end of the text",
        });
    }
    if read_create(sql).is_none() {
        return Err(SqlError {
            message: "not a `CREATE` statement".to_owned(),
            span: 0..sql.len(),
            label: "expected `CREATE`",
        });
    }
    Ok(())
}

fn rejected(file: &SourceFile, snapshot: &Snapshot, index: usize, error: &SqlError) -> Diagnostic {
    let entity = &snapshot.entities[index];
    Diagnostic::at(
        file,
        Places::new(file).sql(index, &entity.sql, error.span.clone()),
        format!(
            "{} `{}` of version {} is not valid: {}",
            entity.kind, entity.name, snapshot.version, error.message
        ),
        error.label,
    )
    .help(restore(file))
}

/// Whether SQLite made what the snapshot says: kind, name and table of each entity.
fn mismatch(file: &SourceFile, snapshot: &Snapshot, schema: &Schema) -> Option<Diagnostic> {
    let places = Places::new(file);
    for (index, entity) in snapshot.entities.iter().enumerate() {
        let Some(found) = schema.entities.get(index) else {
            return Some(differs(
                file,
                "name",
                places.entity_field(index, "name"),
                "nothing",
            ));
        };
        for (field, expected, is) in [
            ("kind", entity.kind.to_string(), found.kind().to_string()),
            ("name", entity.name.clone(), found.name().to_owned()),
            ("table", entity.table.clone(), found.table_name().to_owned()),
        ] {
            if expected != is {
                let span = places.entity_field(index, field);
                return Some(differs(file, field, span, &format!("`{is}`")));
            }
        }
    }
    let more = schema.entities.get(snapshot.entities.len())?;
    let message = format!(
        "SQLite makes a {} `{}` that the snapshot does not list",
        more.kind(),
        more.name()
    );
    Some(Diagnostic::in_file(&*file.path, message).help(restore(file)))
}

fn differs(
    file: &SourceFile,
    field: &str,
    span: std::ops::Range<usize>,
    created: &str,
) -> Diagnostic {
    let written = &file.text[span.clone()];
    Diagnostic::at(
        file,
        span,
        format!(
            "the snapshot says {field} {}, and its SQL creates {created}",
            written.replace('"', "`")
        ),
        format!("expected {created}"),
    )
    .help(restore(file))
}

fn restore(file: &SourceFile) -> String {
    format!(
        "snapshots are not edited: restore the file, `git checkout -- {}`, and make the change in \
         `schema.sql`",
        file.path
    )
}
