//! What a strategy compares by itself.

use expect_test::expect;
use rusqlite::Connection;
use stepladder::compare::{DifferenceKind, Strictness};
use stepladder::verify::{SchemaVerifier, Validation, ValidationOptions};
use stepladder::{Error, MigrationStrategy, Result};

use crate::support::Steps;
use crate::{V1, V2, steps};

/// A debug build looks at the schema after each upgrade, before it is committed.
#[test]
fn a_strategy_validates_what_it_has_made() -> Result<()> {
    let wrong = || {
        Steps::new(&[(1, V1), (2, V2)])
            .step(1, |m| m.add_column("todos", "slug INTEGER"))
            .strategy()
    };
    let file = tempfile::NamedTempFile::new().unwrap();
    let v1 = SchemaVerifier::new(steps("").history);
    {
        let connection = Connection::open(file.path())?;
        steps("").history.at(1)?.create_all(&connection)?;
        connection.execute_batch("PRAGMA user_version = 1")?;
    }
    let error = wrong().open(file.path()).unwrap_err();
    if cfg!(debug_assertions) {
        expect![[r#"
            the database does not have the schema of version 2
              column `todos.slug`: expected type `TEXT`, found `INTEGER`
            help: expected is what a new database of version 2 has; found is what the step from version 1 to 2, or a hook, made"#]].assert_eq(&error.to_string());
        v1.validate(&Connection::open(file.path())?, 1)?;
    }
    // Another library may have tables in the same file.
    Connection::open(file.path())?.execute_batch("CREATE TABLE of_a_library (a)")?;
    let connection = wrong().validate(Validation::Never).open(file.path())?;
    wrong().open(file.path())?;
    // What an older version had is none of them.
    let left = || {
        Steps::new(&[
            (1, V1),
            (
                2,
                "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
            ),
        ])
        .step(1, |_| Ok(()))
        .strategy()
    };
    let mut old = v1.start_at(1)?;
    let error = left()
        .validate(Validation::AfterUpgrade)
        .migrate(&mut old)
        .unwrap_err();
    assert!(
        error.to_string().contains("table `todos` is not expected"),
        "{error}"
    );
    let mut every: MigrationStrategy<'_, _> = wrong().validate(Validation::EveryOpen);
    assert!(matches!(
        every.open(file.path()),
        Err(Error::SchemaMismatch(_))
    ));
    let options = ValidationOptions::default()
        .extra_entities(Strictness::Ignore)
        .allow(DifferenceKind::ColumnType, "todos.slug");
    every.validation_options(options).open(file.path())?;
    drop(connection);
    Ok(())
}
