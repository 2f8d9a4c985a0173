//! Drift, in each of its formats.

use expect_test::expect;
use stepladder_build::{ImportKind, Imported, import};

use crate::{Home, assert_version, fixture, left_out};

fn imported() -> (Home, Imported) {
    let home = Home::new();
    let imported = import(ImportKind::Drift, &fixture("drift"), &home.schemas());
    (home, imported.unwrap_or_else(|error| panic!("{error}")))
}

#[test]
fn format_0_1_0_leaves_constraints_to_the_features() {
    let (home, _) = imported();
    assert_version(
        &home.history(),
        2,
        "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
           name TEXT NOT NULL DEFAULT 'it''s',
           active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
           score REAL NULL, photo BLOB NULL, born INTEGER NULL, big INTEGER NULL);
         CREATE TABLE lists (id INTEGER NOT NULL, owner INTEGER NOT NULL REFERENCES users (id),
           note TEXT, PRIMARY KEY (id));
         CREATE INDEX by_owner ON lists (owner);
         CREATE VIEW busy AS SELECT owner, count(*) AS c FROM lists GROUP BY owner;
         CREATE TRIGGER gone AFTER DELETE ON users BEGIN
           DELETE FROM lists WHERE owner = old.id; END;",
    );
}

/// The tables of versions 3 and 4, which differ in how they store dates.
fn users(date: &str, now: &str) -> String {
    format!(
        "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
           name TEXT NOT NULL DEFAULT 'it''s',
           active INTEGER NOT NULL DEFAULT TRUE CHECK (active IN (0, 1)),
           born {date} NULL DEFAULT {now},
           boss INTEGER NULL REFERENCES users (id) ON DELETE SET NULL,
           UNIQUE (name, born), CHECK (length(name) < 50));
         CREATE TABLE settings (key TEXT NOT NULL, scope TEXT NOT NULL, value ANY NULL,
           PRIMARY KEY (key, scope)) WITHOUT ROWID, STRICT;
         CREATE VIRTUAL TABLE pages USING fts5(title, tokenize = \"unicode61 tokenchars '.'\");"
    )
}

#[test]
fn dates_are_texts_or_numbers() {
    let (home, _) = imported();
    let history = home.history();
    assert_version(&history, 3, &users("TEXT", "CURRENT_TIMESTAMP"));
    let seconds = users(
        "INTEGER",
        "(CAST(strftime('%s', CURRENT_TIMESTAMP) AS INTEGER))",
    );
    let index = "CREATE UNIQUE INDEX user_names ON users (name, boss)";
    assert_version(&history, 4, &format!("{seconds}{index}"));
}

#[test]
fn features_of_columns_become_constraints() {
    let (home, imported) = imported();
    assert_version(
        &home.history(),
        6,
        "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
           email TEXT NOT NULL UNIQUE, level REAL NOT NULL DEFAULT -1.5, \"limit\" INTEGER NOT NULL,
           upper TEXT NULL GENERATED ALWAYS AS (upper(email)) STORED, age INTEGER NULL, area ANY NULL);
         CREATE TABLE todos (owner INTEGER NOT NULL REFERENCES users (id) ON UPDATE CASCADE
             ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
           done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)), title TEXT NOT NULL UNIQUE);
         CREATE INDEX newest ON todos (title DESC, owner);",
    );
    expect![[r#"
        drift/drift_schema_v6.json:67:29: column `users.limit` was imported without its default, an expression in Dart
        drift/drift_schema_v6.json:107:26: column `users.age` was imported without its CHECK, an expression in Dart
        drift/drift_schema_v6.json:127:26: column `users.area` was imported without its type `geo`, and with `ANY` in its place"#]]
    .assert_eq(&left_out(&imported));
}

#[test]
fn what_the_file_has_in_sql_is_taken() {
    let (home, imported) = imported();
    assert_version(
        &home.history(),
        7,
        "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, area GEO NULL,
           \"limit\" INTEGER NOT NULL DEFAULT 7);
         CREATE TABLE late (a TEXT NOT NULL);
         CREATE INDEX newest ON users (id DESC);
         CREATE VIEW large AS SELECT area FROM users WHERE \"limit\" > 9;
         CREATE TRIGGER users AFTER DELETE ON users BEGIN SELECT 1; END;",
    );
    assert_eq!(imported.seed_rows, 2);
    expect![[r#"
        INSERT INTO "users" ("id", "area", "limit") VALUES
            (1, 'x', 7),
            (2, 'y', 7);
    "#]]
    .assert_eq(&home.read("seed.sql"));
}

/// The SQL that is put together has to be what Drift itself makes. Where a real history has both,
/// they are compared.
#[test]
fn sql_from_the_data_is_that_of_drift() {
    for name in ["fitbook", "zulip", "mallow"] {
        let folder = fixture("../../../../shared/corpus/drift").join(name);
        if !folder.is_dir() {
            eprintln!("skipped: {} is not there", folder.display());
            continue;
        }
        let (with, without) = (Home::new(), Home::new());
        let mut compared = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
            if json.as_object_mut().unwrap().remove("fixed_sql").is_some() {
                with.write(&name, &text);
                without.write(&name, &json.to_string());
                compared += 1;
            }
        }
        with.import(ImportKind::Drift);
        without.import(ImportKind::Drift);
        let with = with.history();
        for version in without.history().versions {
            let statements = version.snapshot.entities.iter();
            let sql: Vec<_> = statements.map(|entity| entity.sql.as_str()).collect();
            assert_version(&with, version.number, &sql.join(";\n"));
        }
        assert!(compared > 3, "{name}: {compared}");
    }
}
