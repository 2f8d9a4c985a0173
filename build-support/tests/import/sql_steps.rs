//! What becomes of the statements in SQL files: steps, rollbacks, rows of a new database.

use expect_test::expect;
use stepladder_build::{ImportKind, Places, check, import_with};

use crate::sql::{DOWN_TWO, ONE, THREE, TWO};
use crate::{Home, assert_version, left_out};

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
    expect!["schemas/schema_v1.json:16:15: the tables `to-dos` and `to_dos` would both be `to_dos` in Rust"].assert_eq(&left_out(&imported));
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

/// Each file that deletes something would keep the folder from being built.
#[test]
fn what_released_steps_lose_can_be_accepted() {
    let files = [
        ("1.up.sql", ONE),
        ("2.up.sql", TWO),
        ("2.down.sql", DOWN_TWO),
        (
            "3.up.sql",
            "UPDATE users SET name = upper(name);\nCREATE UNIQUE INDEX i ON users (email);\n",
        ),
        ("4.up.sql", "CREATE TABLE x (y);\nDROP TABLE users;\n"),
    ];
    let home = Home::with(&files);
    home.import(ImportKind::Sql);
    let error = check(&home.schemas()).unwrap_err().to_string();
    assert!(error.contains("data_loss"), "{error}");

    let home = Home::with(&files);
    let to = home.schemas();
    let imported = import_with(ImportKind::Sql, &home.from(), &to, Places::Accept).unwrap();
    let steps = ["from2_to1", "from2_to3", "from3_to4"];
    let texts = steps.map(|name| home.read(&format!("steps/{name}.sql")));
    expect![[r#"
        -- stepladder: allow data_loss users.email because it was released before it was proven
        ALTER TABLE users DROP COLUMN email;

        -- stepladder: allow data_loss users.name because it was released before it was proven
        -- stepladder: allow unique_on_existing users because it was released before it was proven
        UPDATE users SET name = upper(name);
        CREATE UNIQUE INDEX i ON users (email);

        -- stepladder: allow data_loss users because it was released before it was proven
        CREATE TABLE x (y);
        DROP TABLE users;
    "#]]
    .assert_eq(&texts.join("\n"));
    let lines = texts.join("\n").matches("-- stepladder: allow").count();
    assert_eq!(imported.accepted, lines);
    assert_eq!(home.read("steps/from1_to2.sql"), TWO);
}
