//! Names that SQLite accepts, through drafts and their proofs.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]

use std::fs;
use std::path::Path;

use stepladder::rusqlite::Connection;
use stepladder::sql::quote_identifier as quoted;
use stepladder_build::{
    Error, MakeMigrations, MakeMigrationsOptions, NewStep, Places, check, make_migrations_with,
};

const NAMES: [&str; 40] = [
    "", " ", " a ", "a b", "a\tb", "a\nb", "\u{1}", "\u{a0}", "\u{feff}", "a\"b", "\"", "a'b", "'",
    "a`b", "a[b", "a]b", "a.b", "main.a", ";", "--", "a--b", "/*", "*/", "(", ",", "$a", "?1",
    ":a", "%", "_", "\\", "1", "x'00'", "select", "NULL", "true", "rowid", "new_a", "größe", "😀",
];

/// A version with a rebuild, an added column, an index; then one that drops a column.
fn schemas(name: &str) -> [String; 3] {
    let (table, a) = (quoted(&format!("{name}t")), quoted(name));
    let (b, index) = (quoted(&format!("{name}2")), quoted(&format!("{name}i")));
    [
        format!("CREATE TABLE {table} (key INTEGER PRIMARY KEY, {a} TEXT, dropped TEXT);\n"),
        format!(
            "CREATE TABLE {table} (key INTEGER PRIMARY KEY, {a} TEXT NOT NULL DEFAULT 'x', \
             dropped TEXT, {b} INTEGER);\nCREATE INDEX {index} ON {table} ({a}, {b});\n"
        ),
        format!(
            "CREATE TABLE {table} (key INTEGER PRIMARY KEY, {a} TEXT NOT NULL DEFAULT 'x', \
             {b} INTEGER);\nCREATE INDEX {index} ON {table} ({a}, {b});\n"
        ),
    ]
}

fn first_line(error: &Error) -> String {
    error.to_string().lines().next().unwrap().to_owned()
}

/// Gives back whether Rust has a word for the names; what SQL makes of them is proven.
fn drafted(folder: &Path, name: &str) -> Result<(), String> {
    let options = MakeMigrationsOptions {
        step: NewStep::Sql,
        places: Places::Accept,
        ..MakeMigrationsOptions::default()
    };
    for schema in schemas(name) {
        fs::write(folder.join("schema.sql"), schema).unwrap();
        let made = make_migrations_with(folder, &options).map_err(|error| first_line(&error))?;
        let MakeMigrations::Written(written) = made else {
            panic!("{name:?}: nothing has changed");
        };
        if let Some(why) = written.not_drafted.first() {
            return Err(format!("not drafted: {}", why.message));
        }
        for step in written.steps {
            assert!(step.unproven.is_empty(), "{name:?}: {step:#?}");
        }
    }
    check(folder).map(drop).map_err(|error| first_line(&error))
}

#[test]
fn drafts_are_proven_whatever_the_names() {
    let mut refused = Vec::new();
    for name in NAMES {
        let accepted = schemas(name).iter().all(|schema| {
            let connection = Connection::open_in_memory().unwrap();
            connection.execute_batch(schema).is_ok()
        });
        assert!(accepted, "{name:?}");
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("schemas");
        fs::create_dir_all(folder.join("steps")).unwrap();
        if let Err(error) = drafted(&folder, name) {
            refused.push(format!("{name:?}: {error}\n"));
        }
    }
    // A declaration stands in a comment, which keeps no white space but single blanks. That is told.
    expect_test::expect![[r#"
        " ": not drafted: neither version 2 nor version 3 has `t.dropped`
        " a ": not drafted: neither version 2 nor version 3 has `a t.dropped`
        "a\tb": not drafted: neither version 2 nor version 3 has `a bt.dropped`
        "a\nb": not drafted: neither version 2 nor version 3 has `a bt.dropped`
        "\u{a0}": not drafted: neither version 2 nor version 3 has `t.dropped`
    "#]]
    .assert_eq(&refused.concat());
}
