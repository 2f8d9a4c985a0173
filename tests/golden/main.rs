//! The generated code of each folder in `schemas/` compiles under strict lints, and its steps lead
//! from every version to the newest.
//!
//! The texts are written by `tests/golden.rs` of the generator.

#![deny(
    warnings,
    unused,
    nonstandard_style,
    missing_docs,
    unreachable_pub,
    clippy::pedantic
)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]

use stepladder::rusqlite::Connection;
use stepladder::{History, Migrator, run_migration_steps};

mod migration_tests;
mod rust_names;
mod steps;

mod calls {
    include!("../../build-support/tests/golden/calls.rs");
}

mod first {
    include!("../../build-support/tests/golden/first.rs");
}

mod plain {
    include!("../../build-support/tests/golden/plain.rs");
}

mod renames {
    include!("../../build-support/tests/golden/renames.rs");
}

mod rollbacks {
    include!("../../build-support/tests/golden/rollbacks.rs");
}

mod rows {
    include!("../../build-support/tests/golden/rows.rs");
}

mod shop {
    include!("../../build-support/tests/golden/shop.rs");
}

use steps::{BothWays, Steps};

/// An empty database at a version of the history.
fn database(history: &History, version: i32) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    history
        .at(version)
        .unwrap()
        .create_all(&connection)
        .unwrap();
    connection
        .pragma_update(None, "user_version", version)
        .unwrap();
    connection
}

/// Goes from every version to the newest.
fn check(mut steps: impl Migrator) {
    let history = steps.history();
    let latest = history.latest_version();
    for version in history.versions() {
        let mut connection = database(history, version);
        run_migration_steps(&mut connection, version, latest, &mut steps).unwrap();
        let found: i32 = connection
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap();
        assert_eq!(found, latest);
        let differences = history.validate_database_schema(&connection).unwrap();
        assert!(differences.is_empty(), "from {version}: {differences:#?}");
    }
}

#[test]
fn the_first_version_needs_no_steps() {
    check(first::migration_steps(()));
}

#[test]
fn steps_in_sql_need_no_rust() {
    check(plain::migration_steps(()));
}

#[test]
fn steps_in_sql_can_call_rust() {
    check(calls::migration_steps(Steps));
}

#[test]
fn the_shop_reaches_the_newest_version_from_every_other() {
    check(shop::migration_steps(Steps));
}

#[test]
fn what_is_renamed_keeps_its_rows() {
    check(renames::migration_steps(Steps));
    let mut connection = database(renames::history(), 1);
    connection
        .execute_batch(
            "INSERT INTO users VALUES (1, 'ada');
             INSERT INTO todos VALUES (7, 'climb', 1, 'open', x'00', 2, NULL)",
        )
        .unwrap();
    let steps = renames::migration_steps(Steps);
    let details = stepladder::MigrationStrategy::new(steps).migrate(&mut connection);
    assert_eq!(details.unwrap().version_now, 3);
    let row = renames::v3::todos::Row::get(&connection, 7)
        .unwrap()
        .unwrap();
    assert_eq!((&*row.label, row.assignee_id), ("climb", Some(1)));
}

#[test]
fn rollbacks_lead_from_every_version_to_every_older_one() {
    check(rollbacks::migration_steps(BothWays));
    let history = rollbacks::history();
    for from in history.versions() {
        for to in history.versions().filter(|to| *to < from) {
            let mut connection = database(history, from);
            let mut strategy =
                stepladder::MigrationStrategy::new(rollbacks::migration_steps(BothWays)).target(to);
            assert!(strategy.migrate(&mut connection).unwrap().had_rollback());
            let differences = history.at(to).unwrap().validate(&connection).unwrap();
            assert!(differences.is_empty(), "{from} to {to}: {differences}");
        }
    }
}

#[test]
fn rows_go_up_down_and_up_again() {
    let mut connection = database(rollbacks::history(), 1);
    connection
        .execute_batch(
            "INSERT INTO items VALUES (1, 'ladder', '49.50'), (9, 'rope', '7.25');
             INSERT INTO papers VALUES (3, NULL, 'ada')",
        )
        .unwrap();
    let mut go = |target, query: &str| -> String {
        stepladder::MigrationStrategy::new(rollbacks::migration_steps(BothWays))
            .target(target)
            .migrate(&mut connection)
            .unwrap();
        connection.query_row(query, [], |row| row.get(0)).unwrap()
    };
    let prices = "SELECT group_concat(id || ' ' || price, ', ') FROM items";
    assert_eq!(go(1, prices), "1 49.50, 9 7.25");
    assert_eq!(go(5, prices), "1 4950, 9 725");
    assert_eq!(go(3, "SELECT group_concat(stock) FROM items"), "7,7");
    assert_eq!(go(1, prices), "1 49.50, 9 7.25");
    // What the rollback in SQL has called.
    assert_eq!(go(2, "SELECT id || ' ' || text FROM papers"), "3 14");
    assert_eq!(go(5, prices), "1 4950, 9 725");
    assert_eq!(go(5, "SELECT text FROM documents"), "14");
}

/// Its versions have one schema, and differ in what the rows mean.
#[test]
fn a_version_can_change_rows_alone() {
    check(rows::migration_steps(Steps));
    let mut connection = database(rows::history(), 1);
    connection
        .execute("INSERT INTO entries VALUES (1, 5, NULL)", [])
        .unwrap();
    let mut go = |target| -> (i32, i64, Option<String>) {
        let mut strategy =
            stepladder::MigrationStrategy::new(rows::migration_steps(Steps)).target(target);
        let details = strategy.migrate(&mut connection).unwrap();
        let row = rows::v3::entries::Row::get(&connection, 1)
            .unwrap()
            .unwrap();
        (details.version_now, row.amount, row.note)
    };
    assert_eq!(go(2), (2, 500, None));
    assert_eq!(go(1), (1, 5, None));
    assert_eq!(go(3), (3, 500, Some(String::new())));
    // Once, although the schema does not say that it has run.
    assert_eq!(go(3), (3, 500, Some(String::new())));
}

#[test]
#[should_panic(expected = "what becomes of the rows")]
fn a_step_about_rows_that_is_not_written_does_not_run_quietly() {
    check(rows::migration_steps(steps::NotWritten));
}

#[test]
fn a_new_database_has_the_rows_of_the_seed() {
    let mut connection = Connection::open_in_memory().unwrap();
    let mut strategy = stepladder::MigrationStrategy::new(shop::migration_steps(Steps));
    strategy.migrate(&mut connection).unwrap();
    let code: String = connection
        .query_row("SELECT code FROM coupons", [], |row| row.get(0))
        .unwrap();
    assert_eq!(code, "WELCOME");
}

#[test]
fn the_rows_of_the_shop_are_kept() {
    let mut steps = shop::migration_steps(Steps);
    let mut connection = database(shop::history(), 1);
    connection
        .execute_batch(
            "INSERT INTO customers VALUES (1, 'ada@example.org', 'ada');
             INSERT INTO products VALUES (1, 'Ladder', '49.5', 'tool');
             INSERT INTO purchases VALUES (7, 1, '2026-01-01', 'in a hurry');
             INSERT INTO [order lines] VALUES (7, 1, 2);
             INSERT INTO coupons VALUES ('SPRING', 5, 'spring', 'papers');
             INSERT INTO settings VALUES ('theme', 'dark');",
        )
        .unwrap();
    run_migration_steps(&mut connection, 1, 7, &mut steps).unwrap();
    let row: (String, i64, String, String, i64) = connection
        .query_row(
            "SELECT customers.name, products.price, products.slug, orders.remark, sales.sold
             FROM [order lines] AS lines
             JOIN orders ON orders.id = lines.order_id
             JOIN customers ON customers.id = orders.customer_id
             JOIN products ON products.id = lines.product_id
             JOIN sales ON sales.id = products.id",
            [],
            |row| {
                Ok((
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                ))
            },
        )
        .unwrap();
    let expected = ("ada", 4950, "product-1", "in a hurry", 2);
    assert_eq!((&*row.0, row.1, &*row.2, &*row.3, row.4), expected);
    let found: i64 = connection
        .query_row(
            "SELECT rowid FROM products_text WHERE products_text MATCH 'type: tool'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(found, 1);
}
