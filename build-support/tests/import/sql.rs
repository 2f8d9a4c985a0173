//! Folders of SQL files, in the layouts of the tools that keep them.

use expect_test::expect;
use stepladder_build::{ImportKind, check};

use crate::{Home, assert_version, left_out};

const ONE: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n";
const TWO: &str = "ALTER TABLE users ADD COLUMN email TEXT;\n";
const THREE: &str = "CREATE INDEX by_email ON users (email);\n";
const DOWN_TWO: &str = "ALTER TABLE users DROP COLUMN email;\n";
const DOWN_THREE: &str = "DROP INDEX by_email;\n";

/// The same history in each layout: the names of its files and the versions that they become.
const LAYOUTS: [(&str, [&str; 3], [i32; 3]); 9] = [
    (
        "rusqlite_migration",
        ["01-users/up.sql", "02-email/up.sql", "03-index/up.sql"],
        [1, 2, 3],
    ),
    (
        "refinery",
        ["V1__users.sql", "V2__email.sql", "V10__index.sql"],
        [1, 2, 10],
    ),
    (
        "refinery, merged",
        ["V1__users.sql", "U2__email.sql", "V3__index.sql"],
        [1, 2, 3],
    ),
    (
        "sqlx",
        [
            "20240101000000_users.sql",
            "20240102000000_email.sql",
            "20240201000000_index.sql",
        ],
        [1, 2, 3],
    ),
    (
        "sqlx, both ways",
        [
            "20240101000000_users.up.sql",
            "20240102000000_email.up.sql",
            "20240201000000_index.up.sql",
        ],
        [1, 2, 3],
    ),
    (
        "diesel",
        [
            "2024-01-01-000000_users/up.sql",
            "2024-01-02-000000_email/up.sql",
            "2024-02-01-000000_index/up.sql",
        ],
        [1, 2, 3],
    ),
    ("numbers", ["7.sql", "8.sql", "10.sql"], [7, 8, 10]),
    (
        "from zero",
        ["0000_users.sql", "0001_email.sql", "0002_index.sql"],
        [1, 2, 3],
    ),
    (
        "Prisma",
        [
            "20240101000000_a/migration.sql",
            "20240102000000_b/migration.sql",
            "20240201000000_c/migration.sql",
        ],
        [1, 2, 3],
    ),
];

#[test]
fn each_layout_is_the_same_history() {
    for (tool, names, versions) in LAYOUTS {
        let texts = [ONE, TWO, THREE];
        let files: Vec<_> = names.into_iter().zip(texts).collect();
        let home = Home::with(&files);
        let imported = home.import(ImportKind::Sql);
        assert_eq!(imported.versions, versions, "{tool}");
        assert_eq!(left_out(&imported), "", "{tool}");
        let history = home.history();
        for (index, version) in versions.into_iter().enumerate() {
            assert_version(&history, version, &texts[..=index].concat());
        }
        let [one, two, three] = versions;
        assert_eq!(imported.steps, [(one, two), (two, three)], "{tool}");
        assert_eq!(
            home.read(&format!("steps/from{one}_to{two}.sql")),
            TWO,
            "{tool}"
        );
        let warnings = check(&home.schemas()).unwrap_or_else(|error| panic!("{tool}: {error}"));
        assert!(warnings.is_empty(), "{tool}");
    }
}

#[test]
fn the_way_back_becomes_the_rollback() {
    for names in [
        [
            "1_a.up.sql",
            "2_b.up.sql",
            "2_b.down.sql",
            "3_c.up.sql",
            "3_c.down.sql",
        ],
        [
            "1_a/up.sql",
            "2_b/up.sql",
            "2_b/down.sql",
            "3_c/up.sql",
            "3_c/down.sql",
        ],
        [
            "V1__a.sql",
            "V2__b.sql",
            "U2__b.sql",
            "V3__c.sql",
            "U3__c.sql",
        ],
    ] {
        let texts = [ONE, TWO, DOWN_TWO, THREE, DOWN_THREE];
        let files: Vec<_> = names.into_iter().zip(texts).collect();
        let home = Home::with(&files);
        let imported = home.import(ImportKind::Sql);
        assert_eq!(imported.rollbacks, [(2, 1), (3, 2)], "{names:?}");
        assert_eq!(home.read("steps/from2_to1.sql"), DOWN_TWO);
        assert_eq!(home.read("steps/from3_to2.sql"), DOWN_THREE);
        assert_eq!(left_out(&imported), "");
    }
}

#[test]
fn both_ways_may_be_in_one_file() {
    let both = |up: &str, down: &str| {
        format!(
            "-- +goose Up\n-- +goose StatementBegin\n{up}-- +goose StatementEnd\n\n-- +goose Down\n{down}"
        )
    };
    let (first, second) = (both(ONE, "DROP TABLE users;\n"), both(TWO, DOWN_TWO));
    let home = Home::with(&[("001_users.sql", &first), ("002_email.sql", &second)]);
    let imported = home.import(ImportKind::Sql);
    assert_eq!(
        (&*imported.steps, &*imported.rollbacks),
        (&[(1, 2)][..], &[(2, 1)][..])
    );
    assert_version(&home.history(), 2, &format!("{ONE}{TWO}"));
    assert_eq!(
        home.read("steps/from2_to1.sql"),
        format!("-- +goose Down\n{DOWN_TWO}")
    );
}

#[test]
fn a_count_is_told() {
    let home = Home::with(&[("20240101000000_a.sql", ONE), ("20240102000000_b.sql", TWO)]);
    let notes = home.import(ImportKind::Sql).notes.join("\n");
    expect![[r#"
        the versions are counted from 1: a `user_version` is a number from 1 to 2147483647, and not 20240101000000
        version 1 is migrations/20240101000000_a.sql
        version 2 is migrations/20240102000000_b.sql"#]]
    .assert_eq(&notes);
}

/// What drizzle, Prisma and hand-written rebuilds do.
#[test]
fn transactions_and_settings_are_commented_out() {
    let rebuild = "PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '');
INSERT INTO new_users (id, name) SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users; COMMIT;
PRAGMA foreign_keys=ON;
";
    let home = Home::with(&[("1.sql", ONE), ("2.sql", rebuild)]);
    let imported = home.import(ImportKind::Sql);
    expect![[r#"
        -- not in a step: PRAGMA foreign_keys=OFF;
        -- not in a step: BEGIN TRANSACTION;
        CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '');
        INSERT INTO new_users (id, name) SELECT id, name FROM users;
        DROP TABLE users;
        ALTER TABLE new_users RENAME TO users;
        -- not in a step: COMMIT;
        -- not in a step: PRAGMA foreign_keys=ON;
    "#]]
    .assert_eq(&home.read("steps/from1_to2.sql"));
    let [told] = &*imported.left_out else {
        panic!("{:?}", imported.left_out)
    };
    expect![[r#"
        warning: `BEGIN`, `COMMIT`, `PRAGMA` cannot be in a step
         --> migrations/2.sql:1:1
          |
        1 | PRAGMA foreign_keys=OFF;
          | ^^^^^^ commented out
        2 | BEGIN TRANSACTION;
          | ----- commented out
        ...
        6 | ALTER TABLE new_users RENAME TO users; COMMIT;
          |                                        ------ commented out
        7 | PRAGMA foreign_keys=ON;
          | ------ commented out
          |
          = note: the whole upgrade is one transaction, in which foreign keys are off and checked at the end
          = help: nothing is to be done for a transaction and for foreign keys; settings belong to the app, on the open connection"#]].assert_eq(&told.to_string());
    check(&home.schemas()).unwrap();
}

/// `legacy_alter_table` decides what a rename does to the views: without it the step is another.
#[test]
fn a_setting_that_matters_is_told() {
    let first = format!("{ONE}CREATE VIEW names AS SELECT name FROM users;");
    let rename = "PRAGMA legacy_alter_table = ON;\nALTER TABLE users RENAME TO people;\n\
                  CREATE TABLE users (name TEXT);\nPRAGMA legacy_alter_table = OFF;";
    let home = Home::with(&[("1.sql", &first), ("2.sql", rename)]);
    let imported = home.import(ImportKind::Sql);
    let history = home.history();
    let view = &history.versions[1]
        .snapshot
        .entities
        .iter()
        .find(|e| e.name == "names");
    assert!(view.unwrap().sql.ends_with("FROM users"));
    expect![[r#"
        migrations/2.sql:1:1: `PRAGMA` cannot be in a step
        migrations/2.sql: the step from `migrations/2.sql` does not work without what was commented out"#]].assert_eq(&left_out(&imported));
}

#[test]
fn a_file_about_rows_is_a_version_too() {
    let home = Home::with(&[
        ("1.sql", ONE),
        ("2.sql", "UPDATE users SET name = trim(name);\n"),
        ("3.sql", "-- nothing yet\n"),
        ("4.sql", ""),
    ]);
    let imported = home.import(ImportKind::Sql);
    assert_eq!(imported.versions, [1, 2, 3, 4]);
    assert_version(&home.history(), 4, ONE);
    assert_eq!(
        home.read("steps/from3_to4.sql"),
        "-- migrations/4.sql has no statements\n"
    );
    assert_eq!(home.read("schema.sql").matches("CREATE").count(), 1);
}

/// A new database had the rows of all files: those of the first, and what later ones made of them.
#[test]
fn the_rows_of_a_new_database_go_to_the_seed() {
    let home = Home::with(&[
        (
            "1.sql",
            "CREATE TABLE kinds (id INTEGER PRIMARY KEY, name TEXT, data BLOB, weight REAL);
                   INSERT INTO kinds VALUES (1, 'it''s', x'00ff', 0.1), (2, NULL, NULL, 1e300);",
        ),
        (
            "2.sql",
            "ALTER TABLE kinds DROP COLUMN weight; UPDATE kinds SET name = 'two' WHERE id = 2;
                   CREATE VIRTUAL TABLE words USING fts5(name, content=kinds);
                   CREATE TRIGGER w AFTER INSERT ON kinds BEGIN
                     INSERT INTO words (rowid, name) VALUES (new.id, new.name); END;
                   INSERT INTO words (words) VALUES ('rebuild');",
        ),
    ]);
    let imported = home.import(ImportKind::Sql);
    assert_eq!(imported.seed_rows, 2);
    expect![[r#"
        INSERT INTO "kinds" ("id", "name", "data") VALUES
            (1, 'it''s', X'00FF'),
            (2, 'two', NULL);
    "#]]
    .assert_eq(&home.read("seed.sql"));
}

/// A trigger that writes a log would write it again for the rows of the seed.
#[test]
fn rows_that_cannot_be_made_again_are_told() {
    let home = Home::with(&[(
        "1.sql",
        "CREATE TABLE a (x); CREATE TABLE log (x); INSERT INTO a VALUES (1);
                   CREATE TRIGGER g AFTER INSERT ON a BEGIN INSERT INTO log VALUES (new.x); END;",
    )]);
    let imported = home.import(ImportKind::Sql);
    assert_eq!(imported.seed_rows, 0);
    expect!["migrations/1.sql: the rows of a new database could not be written to `seed.sql`"]
        .assert_eq(&left_out(&imported));
}

#[test]
fn what_cannot_be_imported_is_told() {
    let home = Home::with(&[
        ("V1__users.sql", ONE),
        ("V1__users.down.sql", "DROP TABLE users;"),
        ("V2__fill.rs", "pub fn migration() {}"),
        ("V3__email.sql", TWO),
        ("V3__email.down.sql", "DROP TABLE mail;"),
        ("V4__index.sql", THREE),
        ("V4__index.down.sql", "-- nothing"),
        ("V9__gone.down.sql", "DROP TABLE gone;"),
        ("R__views.sql", "CREATE VIEW v AS SELECT 1;"),
        ("notes.sql", "SELECT 1;"),
    ]);
    let imported = home.import(ImportKind::Sql);
    assert_eq!(imported.versions, [1, 3, 4]);
    assert!(imported.rollbacks.is_empty());
    for told in &imported.left_out {
        assert!(!told.helps.is_empty(), "{told}");
    }
    expect![[r#"
        migrations/R__views.sql: `migrations/R__views.sql` has no number
        migrations/V1__users.down.sql: `migrations/V1__users.down.sql` leads back from the first version
        migrations/V2__fill.rs: `migrations/V2__fill.rs` is a migration in Rust
        migrations/V3__email.down.sql: `migrations/V3__email.down.sql` fails on a database of its version
        migrations/V4__index.down.sql: `migrations/V4__index.down.sql` does not lead back to version 3
        migrations/V9__gone.down.sql: `migrations/V9__gone.down.sql` leads back from a version that has no file
        migrations/notes.sql: `migrations/notes.sql` has no number"#]].assert_eq(&left_out(&imported));
}

/// A step and `schema.sql` may not have them. To SQLite nothing changes, nor to a comparison.
#[test]
fn texts_in_double_quotes_get_single_ones() {
    let home = Home::with(&[
        (
            "1.sql",
            "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT DEFAULT \"x\" CHECK (b <> \"y\"));",
        ),
        ("2.sql", "UPDATE t SET b = \"it's\" WHERE \"b\" = \"z\";\n"),
    ]);
    let imported = home.import(ImportKind::Sql);
    assert_eq!(left_out(&imported), "");
    assert_eq!(
        home.read("steps/from1_to2.sql"),
        "UPDATE t SET b = 'it''s' WHERE \"b\" = 'z';\n"
    );
    expect![[r#"
        CREATE TABLE t (
            a INTEGER PRIMARY KEY,
            b TEXT DEFAULT "x" CHECK (b <> 'y')
        );
    "#]]
    .assert_eq(&home.read("schema.sql"));
    expect![[r#"
        `migrations/2.sql` has texts in double quotes, which in the step have single ones: 2
        the schema has texts in double quotes, which in `schema.sql` have single ones: 1"#]]
    .assert_eq(&imported.notes.join("\n"));
    assert_version(
        &home.history(),
        2,
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT DEFAULT \"x\" CHECK (b <> \"y\"))",
    );
}

/// Two tables that Rust cannot tell apart are settled in the settings, not in the import.
#[test]
fn what_keeps_the_folder_from_being_built_is_told() {
    let home = Home::with(&[(
        "1.sql",
        "CREATE TABLE \"to-dos\" (x); CREATE TABLE to_dos (x);",
    )]);
    let imported = home.import(ImportKind::Sql);
    assert_eq!(imported.versions, [1]);
    expect![[r#""#]].assert_eq(&left_out(&imported));
}

/// A file may leave its own transaction open, or end that of its tool.
#[test]
fn transactions_of_the_tool_are_taken_as_they_are() {
    let home = Home::with(&[
        (
            "1.sql",
            "COMMIT; PRAGMA journal_mode = WAL; BEGIN; CREATE TABLE a (x);",
        ),
        (
            "2.sql",
            "VACUUM; ATTACH 'other.db' AS other; ALTER TABLE a ADD COLUMN y;",
        ),
        ("3.sql", "BEGIN; CREATE TABLE b (x); ROLLBACK;"),
    ]);
    let imported = home.import(ImportKind::Sql);
    assert_version(&home.history(), 2, "CREATE TABLE a (x, y)");
    // What was rolled back is not part of the version; the step would make it.
    assert_version(&home.history(), 3, "CREATE TABLE a (x, y)");
    expect![[r#"
        migrations/2.sql:1:1: `ATTACH`, `VACUUM` cannot be in a step
        migrations/3.sql:1:1: `BEGIN`, `ROLLBACK` cannot be in a step
        migrations/3.sql: the step from `migrations/3.sql` does not work without what was commented out"#]].assert_eq(&left_out(&imported));
    assert!(!home.from().join("other.db").exists());
}

/// A rollback is optional: one that SQLite rejects does not keep the history from being imported.
#[test]
fn a_broken_way_back_is_left_out() {
    let home = Home::with(&[
        ("1.sql", "CREATE TABLE a (x);"),
        ("2.down.sql", "DROP TABLE"),
        ("2.up.sql", "CREATE TABLE b (x);"),
    ]);
    let imported = home.import(ImportKind::Sql);
    assert!(imported.rollbacks.is_empty());
    expect!["migrations/2.down.sql: `migrations/2.down.sql` fails on a database of its version"]
        .assert_eq(&left_out(&imported));
}
