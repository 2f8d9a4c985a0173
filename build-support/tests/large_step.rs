//! A step with 200 changes: the types of generated code must not be nested so deep that rustc gives
//! up (its limit is 128), nor take so long that nobody wants them.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use stepladder_build::{generate, make_migrations};

const COLUMNS: usize = 100;
const TABLES: usize = 100;

/// The schema with a part of its columns and tables.
fn schema(columns: usize, tables: usize) -> String {
    let mut schema = "CREATE TABLE wide (id INTEGER PRIMARY KEY".to_owned();
    for column in 0..columns {
        write!(schema, ", column_{column} TEXT").unwrap();
    }
    schema.push_str(");\n");
    for table in 0..tables {
        writeln!(
            schema,
            "CREATE TABLE table_{table} (id INTEGER PRIMARY KEY);"
        )
        .unwrap();
    }
    schema
}

fn version(folder: &Path, columns: usize, tables: usize) {
    fs::write(folder.join("schema.sql"), schema(columns, tables)).unwrap();
    make_migrations(folder).unwrap();
}

/// A program that goes from version 1 to 2.
fn program(changes: &str) -> String {
    format!(
        r#"//! A step with 200 changes.

mod schema {{
    include!("large_step_schema.rs");
}}

use schema::{{From1To2, MigrationSteps, history, migration_steps, v2}};
use stepladder::rusqlite::Connection;

struct Steps;

impl MigrationSteps for Steps {{
    fn from1_to2(&mut self, m: From1To2<'_>) -> stepladder::Result<v2::Reached> {{
        m{changes}
            .done()
    }}
}}

fn main() {{
    let mut connection = Connection::open_in_memory().unwrap();
    history().at(1).unwrap().create_all(&connection).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    stepladder::run_migration_steps(&mut connection, 1, 2, &mut migration_steps(Steps)).unwrap();
    assert!(history().validate_database_schema(&connection).unwrap().is_empty());
}}
"#
    )
}

#[test]
fn a_step_with_200_changes_compiles_and_runs() {
    let folder = tempfile::tempdir().unwrap();
    let schemas = folder.path().join("schemas");
    fs::create_dir(&schemas).unwrap();
    version(&schemas, 0, 0);
    version(&schemas, COLUMNS, TABLES);

    let mut changes = String::new();
    for column in 0..COLUMNS {
        write!(
            changes,
            "\n            .add_column(v2::wide::column_{column})?"
        )
        .unwrap();
    }
    for table in 0..TABLES {
        write!(
            changes,
            "\n            .create_table(v2::table_{table}::table)?"
        )
        .unwrap();
    }
    let place = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let code = generate(&schemas).unwrap();
    fs::write(place.join("large_step_schema.rs"), code).unwrap();
    let main = place.join("large_step.rs");
    fs::write(&main, program(&changes)).unwrap();

    trybuild::TestCases::new().pass(main);
}
