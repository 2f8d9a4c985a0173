//! What SQLite can add and drop, on a table with rows: the plan says what SQLite does.
//!
//! The forms are those of <https://www.sqlite.org/lang_altertable.html>. Some fail only where there
//! is a row, so that a test on an empty file passes and the release fails.

use rusqlite::Connection;
use stepladder::introspect::introspect;
use stepladder::schema::Schema;

use crate::plan::{Change, Scratch, StepPlan, plan};

fn schema(sql: &str) -> Schema {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(sql).unwrap();
    introspect(&connection).unwrap()
}

fn planned(old: &str, new: &str) -> StepPlan {
    plan(&Scratch::new().unwrap(), &schema(old), &schema(new))
}

/// Whether a table with a row takes the column.
fn sqlite_adds(options: &str, definition: &str) -> bool {
    let connection = Connection::open_in_memory().unwrap();
    let table = format!("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT){options}");
    connection
        .execute_batch(&format!("{table}; INSERT INTO t (a) VALUES (NULL)"))
        .unwrap();
    connection
        .execute_batch(&format!("ALTER TABLE t ADD COLUMN {definition}"))
        .is_ok()
}

#[test]
fn a_column_is_added_where_sqlite_adds_it() {
    let cases = [
        "b",
        "b TEXT",
        "b TEXT NULL",
        "b TEXT DEFAULT NULL",
        "b TEXT COLLATE NOCASE",
        "b INT NOT NULL",
        "b INT NOT NULL DEFAULT NULL",
        "b INT NOT NULL DEFAULT (NULL)",
        "b INT NOT NULL DEFAULT 0",
        "b INT NOT NULL DEFAULT -1",
        "b INT NOT NULL DEFAULT (-1)",
        "b INT DEFAULT (1 + 1)",
        "b TEXT DEFAULT ('a' || 'b')",
        "b TEXT DEFAULT CURRENT_TIMESTAMP",
        "b TEXT DEFAULT (datetime('now'))",
        "b INT DEFAULT (random())",
        "b INT DEFAULT TRUE",
        "b BLOB DEFAULT x'00'",
        "b INT UNIQUE",
        "b INT CHECK (b > 0)",
        "b INT DEFAULT 1 CHECK (b > 0)",
        "b INT DEFAULT 0 CHECK (b > 0)",
        "b INT NOT NULL DEFAULT 0 CHECK (b > 0)",
        "b INT REFERENCES t (id)",
        "b INT DEFAULT NULL REFERENCES t (id)",
        "b INT DEFAULT 1 REFERENCES t (id)",
        "b INT NOT NULL DEFAULT 1 REFERENCES t (id)",
        "b INT GENERATED ALWAYS AS (a + 1) VIRTUAL",
        "b INT AS (a)",
        "b INT GENERATED ALWAYS AS (a + 1) STORED",
        "b INT NOT NULL GENERATED ALWAYS AS (a + 1)",
        "b INT NOT NULL AS (coalesce(a, 0))",
        "\"b c\" INT NOT NULL DEFAULT 'x'",
    ];
    let mut added = 0;
    for options in ["", " STRICT"] {
        for definition in cases {
            let old = format!("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT){options}");
            let new =
                format!("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, {definition}){options}");
            let connection = Connection::open_in_memory().unwrap();
            if connection.execute_batch(&new).is_err() {
                continue;
            }
            let changes = planned(&old, &new).changes;
            let adds = matches!(changes.as_slice(), [Change::AddColumn(_)]);
            let rebuilds = matches!(changes.as_slice(), [Change::Rebuild(_)]);
            assert!(adds != rebuilds, "{definition}: {changes:?}");
            assert_eq!(
                adds,
                sqlite_adds(options, definition),
                "{definition}{options}"
            );
            added += usize::from(adds);
        }
    }
    assert!(added > 20, "{added}");
}

#[test]
fn a_column_is_dropped_where_sqlite_drops_it() {
    // The table, and whether SQLite drops `b`.
    let cases = [
        ("id INTEGER PRIMARY KEY, b", "", true),
        ("id INTEGER PRIMARY KEY, b INT NOT NULL", "", true),
        ("id INTEGER PRIMARY KEY, b INT CHECK (b > 0)", "", true),
        ("id INTEGER PRIMARY KEY, b INT REFERENCES t (id)", "", true),
        ("id INTEGER PRIMARY KEY, b INT UNIQUE", "", false),
        ("id INTEGER, b INTEGER PRIMARY KEY", "", false),
        (
            "id INTEGER PRIMARY KEY, b INT, UNIQUE (id, b)",
            ", UNIQUE (id, a)",
            false,
        ),
        ("id INTEGER PRIMARY KEY, b INT, CHECK (b > 0)", "", false),
        (
            "id INTEGER PRIMARY KEY, b INT, FOREIGN KEY (b) REFERENCES t",
            "",
            false,
        ),
    ];
    for (columns, constraints, drops) in cases {
        let old = format!(
            "CREATE TABLE t ({})",
            columns.replacen(", b", ", a INT, b", 1)
        );
        let id = if columns.starts_with("id INTEGER PRIMARY") {
            "id INTEGER PRIMARY KEY"
        } else {
            "id INTEGER"
        };
        let new = format!("CREATE TABLE t ({id}, a INT{constraints})");
        let changes = planned(&old, &new).changes;
        let found = matches!(changes.as_slice(), [Change::DropColumn(_)]);
        assert_eq!(found, drops, "{old}: {changes:?}");
    }
}

#[test]
fn an_index_does_not_keep_a_column_from_being_dropped() {
    // The index goes with the step, so SQLite never sees both.
    let changes = planned(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b INT); CREATE INDEX i ON t (b)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY)",
    )
    .changes;
    assert!(
        matches!(changes.as_slice(), [Change::DropColumn(_)]),
        "{changes:?}"
    );
}

#[test]
fn everything_else_of_a_table_is_a_rebuild() {
    let old = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT)";
    for new in [
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT NOT NULL, b TEXT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT DEFAULT 1, b TEXT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT UNIQUE, b TEXT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT CHECK (a > 0), b TEXT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT COLLATE NOCASE)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INT, b TEXT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT REFERENCES t, b TEXT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT) STRICT",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT) WITHOUT ROWID",
        "CREATE TABLE t (id INTEGER, a INT PRIMARY KEY, b TEXT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT AS (id), b TEXT)",
    ] {
        let changes = planned(old, new).changes;
        assert!(
            matches!(changes.as_slice(), [Change::Rebuild(_)]),
            "{new}: {changes:?}"
        );
    }
    for same in [
        "create table T (ID integer primary key, a INT, b TEXT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a BIGINT NULL, b VARCHAR(9))",
        "CREATE TABLE t (b TEXT, a INT, id INTEGER, PRIMARY KEY (id))",
    ] {
        assert!(planned(old, same).changes.is_empty(), "{same}");
    }
}

#[test]
fn a_rebuild_asks_for_what_it_cannot_know() {
    let plan = planned(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT, c TEXT NOT NULL, d INT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT NOT NULL, b TEXT, c TEXT NOT NULL, d INT, \
         e INT NOT NULL, f INT NOT NULL DEFAULT 1, g INT, h INT NOT NULL AS (coalesce(a, 0)))",
    );
    let [rebuild] = plan.rebuilds.as_slice() else {
        panic!("{plan:?}")
    };
    let required: Vec<_> = (rebuild.required.iter())
        .map(|required| format!("{}: {}", required.column, required.reason))
        .collect();
    assert_eq!(
        required,
        [
            "a: it could be NULL before",
            "b: its type changes from `INT` to `TEXT`",
            "e: it is new, cannot be NULL and has no default",
        ]
    );
    let copied: Vec<_> = rebuild
        .copied
        .iter()
        .map(|column| column.new.as_str())
        .collect();
    assert_eq!(copied, ["id", "c", "d"]);
}

#[test]
fn a_key_that_could_be_null_has_to_be_told() {
    // Ordinary tables take NULL for a key that is no INTEGER PRIMARY KEY.
    let old = "CREATE TABLE t (k TEXT PRIMARY KEY, a INT)";
    for (new, asked) in [
        (
            "CREATE TABLE t (k TEXT PRIMARY KEY, a INT) WITHOUT ROWID",
            true,
        ),
        ("CREATE TABLE t (k TEXT PRIMARY KEY, a INT) STRICT", true),
        ("CREATE TABLE t (k TEXT NOT NULL PRIMARY KEY, a INT)", true),
        (
            "CREATE TABLE t (k TEXT PRIMARY KEY, a INT CHECK (a > 0))",
            false,
        ),
    ] {
        let plan = planned(old, new);
        let required = &plan.rebuilds[0].required;
        assert_eq!(!required.is_empty(), asked, "{new}: {required:?}");
    }
}

#[test]
fn a_rename_takes_the_foreign_keys_along() {
    let plan = planned(
        "CREATE TABLE p (id INTEGER PRIMARY KEY, k TEXT UNIQUE); \
         CREATE TABLE c (id INTEGER PRIMARY KEY, k TEXT REFERENCES p (k))",
        "CREATE TABLE p (id INTEGER PRIMARY KEY, key TEXT UNIQUE); \
         CREATE TABLE c (id INTEGER PRIMARY KEY, k TEXT REFERENCES p (key))",
    );
    let [rename] = plan.column_renames.as_slice() else {
        panic!("{plan:?}")
    };
    assert!(
        rename.changes.contains(&Change::Rebuild("c".to_owned())),
        "{plan:?}"
    );

    let plan = planned(
        "CREATE TABLE p (id INTEGER PRIMARY KEY); \
         CREATE TABLE c (id INTEGER PRIMARY KEY, p INT REFERENCES p (id))",
        "CREATE TABLE parents (id INTEGER PRIMARY KEY); \
         CREATE TABLE c (id INTEGER PRIMARY KEY, p INT REFERENCES parents (id))",
    );
    let [rename] = plan.table_renames.as_slice() else {
        panic!("{plan:?}")
    };
    assert!(
        rename.changes.contains(&Change::Rebuild("c".to_owned())),
        "{plan:?}"
    );
}
