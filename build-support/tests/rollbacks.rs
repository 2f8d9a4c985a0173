//! Rollbacks in SQL behind their steps: what undoes its step passes, and each way to spoil it does
//! not.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;

use stepladder_build::{generate, make_migrations};

/// What is said of two versions, the step and the rollback between them; empty where all is well.
fn said(old: &str, new: &str, up: &str, down: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("steps")).unwrap();
    for version in [old, new] {
        fs::write(folder.path().join("schema.sql"), version).unwrap();
        make_migrations(folder.path()).unwrap();
    }
    fs::write(folder.path().join("steps/from1_to2.sql"), up).unwrap();
    fs::write(folder.path().join("steps/from2_to1.sql"), down).unwrap();
    generate(folder.path()).map_or_else(|error| error.to_string(), |_| String::new())
}

const OLD: &str = "CREATE TABLE lists (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE todos (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    list  INTEGER NOT NULL REFERENCES lists (id),
    title TEXT NOT NULL,
    notes TEXT
) STRICT;
CREATE INDEX todos_of_list ON todos (list);";

/// `title` has another name, and there is a new column.
const NEW: &str = "CREATE TABLE lists (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE todos (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    list  INTEGER NOT NULL REFERENCES lists (id),
    text  TEXT NOT NULL,
    notes TEXT,
    state TEXT NOT NULL DEFAULT 'open'
) STRICT;
CREATE INDEX todos_of_list ON todos (list);";

const UP: &str = "ALTER TABLE todos RENAME COLUMN title TO text;
ALTER TABLE todos ADD COLUMN state TEXT NOT NULL DEFAULT 'open';
";

const DOWN: &str = "-- stepladder: allow data_loss todos.state because version 1 has none
ALTER TABLE todos DROP COLUMN state;
ALTER TABLE todos RENAME COLUMN text TO title;
";

#[test]
fn a_rollback_that_undoes_its_step_passes() {
    assert_eq!(said(OLD, NEW, UP, DOWN), "");
}

/// What a rollback does besides, and what has to be said then.
const SPOILT: [(&str, &str); 8] = [
    ("UPDATE todos SET title = title || '!'", "`todos.text`"),
    (
        "UPDATE todos SET notes = '> ' || notes",
        "column `todos.notes`: its values are other ones",
    ),
    ("UPDATE todos SET notes = title", "`todos.notes`"),
    (
        "UPDATE todos SET notes = NULL WHERE notes = ''",
        "`todos.notes`",
    ),
    (
        "UPDATE todos SET list = (SELECT min(id) FROM lists)",
        "`todos.list`",
    ),
    ("DELETE FROM todos WHERE notes IS NULL", "table `todos`"),
    (
        "DELETE FROM lists WHERE id NOT IN (SELECT list FROM todos)",
        "table `lists`",
    ),
    ("DELETE FROM sqlite_sequence", "AUTOINCREMENT"),
];

#[test]
fn a_rollback_that_is_spoilt_does_not() {
    for (more, text) in SPOILT {
        let said = said(OLD, NEW, UP, &format!("{DOWN}{more};"));
        assert!(
            said.contains("from2_to1.sql") && said.contains(text),
            "{more}\n{said}"
        );
    }
}

/// Either file alone renames two columns and loses nothing.
#[test]
fn names_that_are_given_back_to_the_wrong_columns_are_found() {
    let old = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);";
    let new = "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT, y TEXT);";
    let up = "ALTER TABLE t RENAME a TO x; ALTER TABLE t RENAME b TO y;";
    assert_eq!(
        said(
            old,
            new,
            up,
            "ALTER TABLE t RENAME x TO a; ALTER TABLE t RENAME y TO b;"
        ),
        ""
    );
    let said = said(
        old,
        new,
        up,
        "ALTER TABLE t RENAME x TO b; ALTER TABLE t RENAME y TO a;",
    );
    assert!(
        said.contains("column `t.a`: its values are in `t.b` now"),
        "{said}"
    );
}

const PRICE: &str = "CREATE TABLE items (id INTEGER PRIMARY KEY, price INTEGER) STRICT;";
const CENTS: &str = "CREATE TABLE items (id INTEGER PRIMARY KEY, cents INTEGER) STRICT;";

/// Only together are these two wrong: each is proven with rows of its own version.
#[test]
fn a_rollback_undoes_what_its_step_does_to_the_values() {
    let up = "-- stepladder: allow type_change items because no price is near 2^63\n\
              ALTER TABLE items RENAME COLUMN price TO cents;\nUPDATE items SET cents = cents * 100;";
    let forgets = "ALTER TABLE items RENAME COLUMN cents TO price;";
    let said_of = |down: &str| said(PRICE, CENTS, up, down);
    let error = said_of(forgets);
    let text = "column `items.price`: its values are other ones: the row with `id = 10000001` held \
                `10001001` and holds `1000100100` now";
    assert!(error.contains(text), "{error}");
    assert!(
        error.contains("allow data_loss items.price because"),
        "{error}"
    );
    let right = format!("{forgets}\nUPDATE items SET price = price / 100;");
    let error = said_of(&right);
    // 101 cents are no whole number of the old unit, and the rollback says so.
    assert!(
        error.contains("from2_to1.sql") && error.contains("data_loss items.cents"),
        "{error}"
    );
    let declared = format!(
        "-- stepladder: allow data_loss items.cents because nothing costs a part of a unit\n{right}"
    );
    assert_eq!(said_of(&declared), "");
}

/// What the step loses, it has declared itself.
#[test]
fn the_losses_of_the_step_are_not_those_of_the_rollback() {
    let old = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);";
    let new = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);";
    let up =
        "-- stepladder: allow data_loss t.b because nobody reads it\nALTER TABLE t DROP COLUMN b;";
    let down = "ALTER TABLE t ADD COLUMN b TEXT;";
    assert_eq!(said(old, new, up, down), "");
    assert_eq!(
        said(old, new, up, &format!("{down}\nUPDATE t SET b = id;")),
        ""
    );
    let more = said(old, new, up, &format!("{down}\nUPDATE t SET a = NULL;"));
    assert!(more.contains("column `t.a`"), "{more}");
    // Of the same table, no more than that.
    let rows = "-- stepladder: allow data_loss t because short ones are no longer wanted\n\
                DELETE FROM t WHERE length(a) < 3;";
    let other = format!("{old}\nCREATE TABLE o (x);");
    let rows = format!("{rows}\nCREATE TABLE o (x);");
    let down = "-- stepladder: allow data_loss o because it is new\nDROP TABLE o;";
    assert_eq!(said(old, &other, &rows, down), "");
    let down = format!("{down}\nDELETE FROM t WHERE length(a) > 9;");
    let more = said(old, &other, &rows, &down);
    assert!(more.contains("table `t`"), "{more}");
}

/// The rollback is right, and leaves something that the step does not expect.
#[test]
fn the_step_leads_to_the_same_rows_again() {
    let old = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
        CREATE TABLE log (what TEXT);";
    let new = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, n INTEGER);
        CREATE TABLE log (what TEXT);";
    let up =
        "ALTER TABLE t ADD COLUMN n INTEGER;\nUPDATE t SET n = id + (SELECT count(*) FROM log);";
    let down = "-- stepladder: allow data_loss t.n because it is counted anew\n\
                ALTER TABLE t DROP COLUMN n;\nINSERT INTO log VALUES ('back');";
    // What is declared to be lost may be another one.
    assert_eq!(said(old, new, up, down), "");
    // Here the column was there before.
    let large = "-- stepladder: allow type_change t because no number is near 2^63";
    let table =
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER) STRICT;\nCREATE TABLE log (what TEXT);";
    let other = format!("{table}\nCREATE INDEX i ON t (n);");
    let up = format!(
        "{large}\nUPDATE t SET n = n + (SELECT count(*) FROM log);\nCREATE INDEX i ON t (n);"
    );
    let down = format!("{large}\nUPDATE t SET n = n - (SELECT count(*) FROM log);\nDROP INDEX i;");
    assert_eq!(said(table, &other, &up, &down), "");
    let said = said(
        table,
        &other,
        &up,
        &format!("{down}\nINSERT INTO log VALUES ('back');"),
    );
    assert!(
        said.contains("`t.n`") && said.contains("back, and to 2 again"),
        "{said}"
    );
}

#[test]
fn calls_are_played_on_the_way() {
    let old = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);";
    let new = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, slug TEXT NOT NULL UNIQUE);";
    let up = "ALTER TABLE t ADD COLUMN slug TEXT;\n-- stepladder: call fill_slugs\n\
        CREATE TABLE n (id INTEGER PRIMARY KEY, a TEXT, slug TEXT NOT NULL UNIQUE);\n\
        INSERT INTO n (id, a, slug) SELECT id, a, slug FROM t;\nDROP TABLE t;\n\
        ALTER TABLE n RENAME TO t;";
    let down = "-- stepladder: allow data_loss t.slug because it is made again\n\
        -- stepladder: call forget_slugs\nCREATE TABLE n (id INTEGER PRIMARY KEY, a TEXT);\n\
        INSERT INTO n (id, a) SELECT id, a FROM t;\nDROP TABLE t;\nALTER TABLE n RENAME TO t;";
    assert_eq!(said(old, new, up, down), "");
    let spoilt = down.replace("SELECT id, a FROM", "SELECT id, slug FROM");
    assert!(said(old, new, up, &spoilt).contains("`t.a`"));
}
