//! `adopt`: databases that another tool has made.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use expect_test::expect;
use rusqlite::Connection;
use stepladder::compare::DifferenceKind;
use stepladder::verify::{Adopt, ValidationOptions};
use stepladder::{Backup, Error, MigrationStrategy, OpeningDetails, Result, TransactionMode};
use support::{Steps, one, rows, settings};

const V1: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER)";
const V2: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER); CREATE TABLE tag (a)";
const V4: &str =
    "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER, name TEXT); CREATE TABLE tag (a)";

/// The step from 3 to 4 changes only rows.
fn steps() -> Steps {
    Steps::new(&[(1, V1), (3, V2), (4, V2), (5, V4)])
        .sql(1, "CREATE TABLE tag (a)")
        .sql(3, "UPDATE item SET price = price * 100")
        .sql(4, "ALTER TABLE item ADD COLUMN name TEXT")
}

fn adopting(adopt: Adopt) -> MigrationStrategy<'static, Steps> {
    steps().strategy().adopt(adopt)
}

fn made_by(tool: &str, schema: &str) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch(&format!(
            "{schema}; INSERT INTO item (id, price) VALUES (1, 5); {tool}"
        ))
        .unwrap();
    connection
}

fn adopted(adopt: Adopt, tool: &str, schema: &str) -> (Connection, Result<OpeningDetails>) {
    let mut connection = made_by(tool, schema);
    let before = settings(&connection);
    let details = adopting(adopt).migrate(&mut connection);
    assert_eq!(settings(&connection), before);
    (connection, details)
}

const REFINERY: &str = "CREATE TABLE refinery_schema_history (version INT4 PRIMARY KEY, name VARCHAR(255)); \
                        INSERT INTO refinery_schema_history VALUES (1, 'a'), (2, 'b')";
const SQLX: &str = "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, success BOOLEAN); \
                    INSERT INTO _sqlx_migrations VALUES (20240101000000, 1)";
const SEA_ORM: &str = "CREATE TABLE seaql_migrations (version VARCHAR NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL); \
     INSERT INTO seaql_migrations VALUES ('m20240101_000001_create', 17)";
const DIESEL: &str = "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP); \
                      INSERT INTO __diesel_schema_migrations VALUES ('00000000000001', '')";

#[test]
fn a_database_with_the_schema_of_one_version_is_adopted() {
    let gap = "PRAGMA user_version = 2";
    let before_the_first = "PRAGMA user_version = -3";
    for tool in ["", REFINERY, SQLX, DIESEL, SEA_ORM, gap, before_the_first] {
        for (schema, version, steps, price) in [
            (V1, 1, vec![(1, 3), (3, 4), (4, 5)], 500),
            (V4, 5, vec![], 5),
        ] {
            let (connection, details) = adopted(Adopt::WhereSchemaIsEqual, tool, schema);
            let details = details.unwrap();
            assert!(details.was_adopted() && !details.was_created());
            assert_eq!(details.version_before, Some(version), "{tool}");
            assert_eq!(details.steps, steps);
            assert_eq!(details.had_upgrade(), version < 5);
            assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 5);
            assert_eq!(one::<i32>(&connection, "SELECT price FROM item"), price);
            // What the other tool has is its own.
            let tables = rows(
                &connection,
                "SELECT count(*) FROM sqlite_schema WHERE type = 'table'",
            );
            assert_eq!(tables, [if tool.contains("CREATE") { "3" } else { "2" }]);
        }
    }
}

#[test]
fn it_is_off_by_default() {
    let mut connection = made_by(REFINERY, V1);
    let error = steps().strategy().migrate(&mut connection).unwrap_err();
    assert!(matches!(error, Error::NotVersioned { .. }));
    let (_, result) = adopted(Adopt::Never, REFINERY, V1);
    assert!(matches!(result, Err(Error::NotVersioned { .. })));
    let (_, result) = adopted(Adopt::Never, "PRAGMA user_version = 2", V1);
    assert!(matches!(
        result,
        Err(Error::UnknownVersion { found: 2, .. })
    ));
}

/// A newer app may have changed only rows since: its steps would run a second time.
#[test]
fn a_number_above_the_newest_version_is_that_of_a_newer_app() {
    for version in [6, i32::MAX] {
        let tool = format!("PRAGMA user_version = {version}");
        let (_, result) = adopted(Adopt::NewestWhereSeveral, &tool, V4);
        assert!(matches!(result, Err(Error::NewerThanApp { .. })));
    }
    // One that the history has is taken for what it says.
    let (_, details) = adopted(Adopt::NewestWhereSeveral, "PRAGMA user_version = 4", V2);
    assert!(!details.unwrap().was_adopted());
}

#[test]
fn a_step_that_changes_only_rows_is_neither_left_out_nor_run_twice_by_guess() {
    let (connection, result) = adopted(Adopt::WhereSchemaIsEqual, "", V2);
    expect!["the database is at version 0, which this app does not know, and has the schema of versions 3 and 4: nothing tells which of them it is"]
        .assert_eq(&result.unwrap_err().to_string());
    assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 0);
    assert_eq!(one::<i32>(&connection, "SELECT price FROM item"), 5);
    // The app may know.
    for (adopt, price) in [
        (Adopt::NewestWhereSeveral, 5),
        (Adopt::OldestWhereSeveral, 500),
    ] {
        let (connection, details) = adopted(adopt, "", V2);
        assert!(details.unwrap().was_adopted());
        assert_eq!(one::<i32>(&connection, "SELECT price FROM item"), price);
    }
    // So may the other tool.
    for (recorded, price) in [(3, 500), (4, 5)] {
        for tool in [
            format!(
                "CREATE TABLE refinery_schema_history (version); INSERT INTO refinery_schema_history VALUES (1), ({recorded})"
            ),
            format!(
                "CREATE TABLE __diesel_schema_migrations (version); INSERT INTO __diesel_schema_migrations VALUES ('0001'), ('000{recorded}')"
            ),
        ] {
            let (connection, details) = adopted(Adopt::WhereSchemaIsEqual, &tool, V2);
            assert!(details.unwrap().was_adopted());
            assert_eq!(one::<i32>(&connection, "SELECT price FROM item"), price);
        }
    }
    // A number of its own way of counting says nothing.
    for tool in [SQLX, REFINERY, "PRAGMA user_version = 2"] {
        let (_, result) = adopted(Adopt::WhereSchemaIsEqual, tool, V2);
        assert!(matches!(result, Err(Error::NotAdopted(_))), "{tool}");
    }
}

#[test]
fn another_schema_is_an_error_with_the_nearest_version() {
    let other =
        "CREATE TABLE item (id INTEGER PRIMARY KEY, price TEXT, name TEXT); CREATE TABLE tag (a)";
    let (connection, result) = adopted(Adopt::WhereSchemaIsEqual, REFINERY, other);
    let error = result.unwrap_err();
    expect![[r"
        the database is at version 0, which this app does not know, and has the schema of no version; the nearest is version 5:
          column `item.price`: expected type `INTEGER`, found `TEXT`"]]
    .assert_eq(&error.to_string());
    assert!(
        matches!(&error, Error::NotAdopted(why) if why.found == 0 && why.equal.is_empty()
        && why.nearest.as_ref().is_some_and(|nearest| nearest.version == 5))
    );
    assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 0);
    // A table more is a difference: the next version may add it.
    let (_, result) = adopted(Adopt::WhereSchemaIsEqual, "CREATE TABLE more (a)", V4);
    expect![[r"
        the database is at version 0, which this app does not know, and has the schema of no version; the nearest is version 5:
          table `more` is not expected"]]
    .assert_eq(&result.unwrap_err().to_string());
    // Unless it is allowed.
    let mut connection = made_by("CREATE TABLE more (a)", V4);
    let mut strategy = adopting(Adopt::WhereSchemaIsEqual)
        .validation_options(ValidationOptions::default().allow(DifferenceKind::Unexpected, "more"));
    assert!(strategy.migrate(&mut connection).unwrap().was_adopted());
}

#[test]
fn adoption_comes_before_the_code_of_the_app() {
    let old =
        |connection: &Connection, _| Ok(connection.execute_batch("ALTER TABLE it RENAME TO item")?);
    let both = || adopting(Adopt::WhereSchemaIsEqual).before_steps(old);
    let mut connection = made_by("", V1);
    assert!(both().migrate(&mut connection).unwrap().was_adopted());
    let mut connection = made_by("ALTER TABLE item RENAME TO it", V1);
    let details = both().migrate(&mut connection).unwrap();
    assert!(!details.was_adopted());
    assert_eq!(details.version_before, Some(0));
    // An empty database is a new one.
    let mut connection = Connection::open_in_memory().unwrap();
    assert!(both().migrate(&mut connection).unwrap().was_created());
}

#[test]
fn adoption_and_steps_are_one_transaction() {
    let failing = || steps().sql(4, "SELECT absent").strategy();
    let mut connection = made_by(REFINERY, V1);
    let mut strategy = failing().adopt(Adopt::WhereSchemaIsEqual);
    strategy.migrate(&mut connection).unwrap_err();
    assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 0);
    assert_eq!(one::<i32>(&connection, "SELECT price FROM item"), 5);
    let mut strategy = failing()
        .adopt(Adopt::WhereSchemaIsEqual)
        .transaction(TransactionMode::EachStep);
    let error = strategy.migrate(&mut connection).unwrap_err();
    assert!(matches!(
        error,
        Error::PartlyUpgraded { version_now: 4, .. }
    ));
}

#[test]
fn it_is_backed_up_under_the_number_that_it_had() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(&format!("{V1}; {REFINERY}"))
        .unwrap();
    connection.close().unwrap();
    let strategy = || adopting(Adopt::WhereSchemaIsEqual).backup(Backup::new());
    strategy().open(&path).unwrap();
    assert!(folder.path().join("app.db.v0.backup").exists());
    // The next time it is up to date.
    let mut strategy = strategy().before_open(|_, details| {
        assert!(!details.was_adopted() && details.steps.is_empty());
        Ok(())
    });
    strategy.open(&path).unwrap();
}

/// What another tool began and did not finish, nobody else can finish. Its number would say that the
/// step has run.
#[test]
fn a_migration_of_another_tool_that_failed_is_not_adopted() {
    let sqlx = "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, success BOOLEAN); \
                INSERT INTO _sqlx_migrations VALUES (3, 1), (4, ok)";
    let migrate = "CREATE TABLE schema_migrations (version uint64, dirty bool); \
                   CREATE UNIQUE INDEX version_unique ON schema_migrations (version); \
                   INSERT INTO schema_migrations VALUES (4, NOT ok)";
    // One that failed and was taken back since is no obstacle.
    let prisma = "CREATE TABLE _prisma_migrations (id TEXT PRIMARY KEY NOT NULL, finished_at DATETIME, \
                  migration_name TEXT NOT NULL, rolled_back_at DATETIME); \
                  INSERT INTO _prisma_migrations VALUES ('a', 17, '3_three', NULL), \
                  ('b', NULL, '4_four', 18), ('c', nullif(ok, 0), '4_four', NULL)";
    for (tool, table) in [
        (sqlx, "_sqlx_migrations"),
        (migrate, "schema_migrations"),
        (prisma, "_prisma_migrations"),
    ] {
        for adopt in [Adopt::WhereSchemaIsEqual, Adopt::NewestWhereSeveral] {
            let (connection, done) = adopted(adopt, &tool.replace("ok", "0"), V2);
            let said = format!(
                "the database is at version 0, which this app does not know, and the table `{table}` \
                 says that a migration of another tool failed half way: mend it with that tool first"
            );
            assert_eq!(done.unwrap_err().to_string(), said);
            assert_eq!(one::<i32>(&connection, "SELECT price FROM item"), 5);
            // The code of the app does not get it either.
            let mut connection = made_by(&tool.replace("ok", "0"), V2);
            let mut strategy = adopting(adopt).before_steps(|_, _| panic!("it would go on"));
            assert_eq!(
                strategy.migrate(&mut connection).unwrap_err().to_string(),
                said
            );
        }
        let (connection, done) = adopted(Adopt::WhereSchemaIsEqual, &tool.replace("ok", "1"), V2);
        assert_eq!(done.unwrap().version_before, Some(4));
        assert_eq!(one::<i32>(&connection, "SELECT price FROM item"), 5);
    }
    // Taken back, or not: the number alone does not tell.
    let goose = "CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY, version_id INTEGER, is_applied INTEGER); \
                 INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (3, 1), (4, 1)";
    let (_, done) = adopted(Adopt::WhereSchemaIsEqual, goose, V2);
    assert_eq!(done.unwrap().version_before, Some(4));
    let (_, done) = adopted(Adopt::WhereSchemaIsEqual, &format!("{goose}, (4, 0)"), V2);
    let error = done.unwrap_err().to_string();
    assert!(
        error.contains("nothing tells which of them it is"),
        "{error}"
    );
}
