//! Databases at a version, and how they differ from it.

use expect_test::expect;
use rusqlite::Connection;
use stepladder::compare::{DifferenceKind, Strictness};
use stepladder::verify::ValidationOptions;
use stepladder::{Error, Result};

use crate::{steps, verifier};

#[test]
fn a_database_at_any_version() -> Result<()> {
    let verifier = verifier();
    for version in [1, 2, 3] {
        let connection = verifier.start_at(version)?;
        let found: i32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        assert_eq!(found, version);
        verifier.validate(&connection, version)?;
    }
    let error = verifier.start_at(4).unwrap_err().to_string();
    assert_eq!(error, "the history has no version 4, only 1, 2, 3");
    Ok(())
}

#[test]
fn several_connections_to_one_database() -> Result<()> {
    let verifier = verifier();
    let (shared, other) = (verifier.schema_at(1)?, verifier.schema_at(1)?);
    let (mut one, two) = (shared.connect()?, shared.connect()?);
    one.execute("INSERT INTO users VALUES (1, 'ada')", [])?;
    let users = |connection: &Connection| -> Result<i64> {
        Ok(connection.query_row("SELECT count(*) FROM users", [], |row| row.get(0))?)
    };
    assert_eq!((users(&two)?, users(&other.connect()?)?), (1, 0));
    let mut strategy = steps("").strategy();
    verifier.migrate_and_validate(&mut one, &mut strategy, 2)?;
    verifier.validate(&two, 2)?;
    verifier.validate(&other.connect()?, 1)?;
    Ok(())
}

#[test]
fn a_version_below_the_newest_is_reached_and_looked_at() -> Result<()> {
    let verifier = verifier();
    let mut connection = verifier.start_at(1)?;
    let mut strategy = steps("").strategy();
    let details = verifier.migrate_and_validate(&mut connection, &mut strategy, 2)?;
    assert_eq!(details.steps, [(1, 2)]);
    // The strategy is not another one afterwards.
    assert_eq!(strategy.migrate(&mut connection)?.version_now, 3);
    Ok(())
}

#[test]
fn a_mismatch_says_what_was_expected_and_found() -> Result<()> {
    let connection = verifier().start_at(2)?;
    connection.execute_batch(
        "DROP INDEX todos_by_title; ALTER TABLE todos ADD COLUMN due INTEGER; CREATE TABLE extra (a)",
    )?;
    let error = verifier().validate(&connection, 3).unwrap_err();
    expect![[r#"
        the database does not have the schema of version 3
          column `todos.due`: expected type `TEXT`, found `INTEGER`
          index `todos_by_title` is missing
          table `extra` is not expected
        help: expected is what a new database of version 3 has; found is what a hook, or somebody else, made: no step has run"#]].assert_eq(&error.to_string());
    let Error::SchemaMismatch(mismatch) = error else {
        panic!("{error}");
    };
    assert_eq!((mismatch.version, mismatch.differences.len()), (3, 3));
    Ok(())
}

#[test]
fn differences_can_be_allowed() -> Result<()> {
    let connection = verifier().start_at(1)?;
    connection.execute_batch(
        "ALTER TABLE todos ADD COLUMN slug INTEGER; DROP INDEX todos_by_title; CREATE TABLE extra (a)",
    )?;
    let with = |options: ValidationOptions| verifier().options(options).validate(&connection, 2);
    let count = |options: ValidationOptions| match with(options) {
        Err(Error::SchemaMismatch(mismatch)) => mismatch.differences.len(),
        other => panic!("{other:?}"),
    };
    let all = ValidationOptions::default();
    assert_eq!(count(all.clone()), 3);
    let without = all
        .clone()
        .allow(DifferenceKind::ColumnType, "TODOS.slug")
        .allow(DifferenceKind::ColumnType, "todos.title");
    assert_eq!(count(without.clone()), 2);
    let without = without.allow(DifferenceKind::Missing, "todos_by_title");
    assert_eq!(count(without.clone()), 1);
    with(without.clone().extra_entities(Strictness::Ignore))?;
    with(without.allow(DifferenceKind::Unexpected, "extra"))?;
    Ok(())
}

#[test]
fn data_from_one_version_to_another() -> Result<()> {
    let insert = |connection: &Connection| {
        Ok(connection.execute_batch(
            "INSERT INTO users VALUES (1, 'ada'); INSERT INTO todos VALUES (7, 'milk', NULL, 1)",
        )?)
    };
    let slug = |connection: &Connection| -> Result<String> {
        Ok(connection.query_row("SELECT slug FROM todos", [], |row| row.get(0))?)
    };
    let mut strategy = steps("UPDATE todos SET slug = title || '-' || id").strategy();
    verifier().data_test(&mut strategy, (1, 3), insert, |new| {
        assert_eq!(slug(new)?, "milk-7");
        Ok(())
    })
}
