//! Steps in SQL with rows in the tables: what is right passes, and each way to spoil it does not.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fmt::Write as _;
use std::fs;
use std::time::Instant;

use stepladder_build::diagnostic::Diagnostic;
use stepladder_build::{generate, make_migrations};

const LISTS: &str = "CREATE TABLE lists (id INTEGER PRIMARY KEY, name TEXT NOT NULL);";
const TODOS: &str = "CREATE TABLE todos (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    list_id INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    title   TEXT NOT NULL,
    notes   TEXT
);";
const LOG: &str = "CREATE TABLE log (todo_id INTEGER, what TEXT);
CREATE INDEX log_by_todo ON log (todo_id);
CREATE VIEW titles AS SELECT id, title FROM todos;
CREATE TRIGGER logged AFTER DELETE ON todos BEGIN INSERT INTO log VALUES (old.id, 'gone'); END;";

/// What is said of a history with these versions and steps; empty where all is well.
fn said(versions: &[String], steps: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("steps")).unwrap();
    for version in versions {
        fs::write(folder.path().join("schema.sql"), version).unwrap();
        make_migrations(folder.path()).unwrap();
    }
    for (index, step) in steps.iter().enumerate() {
        let name = format!("steps/from{}_to{}.sql", index + 1, index + 2);
        fs::write(folder.path().join(name), step).unwrap();
    }
    generate(folder.path()).map_or_else(|error| error.to_string(), |_| String::new())
}

fn from_base(todos: &str, step: &str) -> String {
    let versions = [
        format!("{LISTS}\n{TODOS}\n{LOG}"),
        format!("{LISTS}\n{todos}\n{LOG}"),
    ];
    said(&versions, &[step])
}

/// The rebuild of `todos` with `notes` as it is given, and what is copied.
fn rebuild(notes: &str, copy: &str) -> String {
    let table = TODOS
        .replace("    notes   TEXT", &format!("    {notes}"))
        .replace("TABLE todos", "TABLE n");
    format!(
        "DROP VIEW titles;\n{table}\n{copy}\nUPDATE sqlite_sequence SET seq = (SELECT seq FROM \
         sqlite_sequence WHERE name = 'todos') WHERE name = 'n';\nDROP TABLE todos;\n\
         ALTER TABLE n RENAME TO todos;\nCREATE VIEW titles AS SELECT id, title FROM todos;\n\
         CREATE TRIGGER logged AFTER DELETE ON todos BEGIN INSERT INTO log VALUES (old.id, 'gone'); END;\n"
    )
}

const COPY: &str = "INSERT INTO n (id, list_id, title, notes) SELECT id, list_id, title, coalesce(notes, '') FROM todos;";

#[test]
fn right_steps_pass() {
    let added = TODOS.replace(
        "    notes   TEXT",
        "    notes   TEXT,\n    rank    INTEGER NOT NULL DEFAULT 0",
    );
    let add = "ALTER TABLE todos ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;\nUPDATE todos SET rank = id;";
    assert_eq!(from_base(&added, add), "");

    let renamed = TODOS.replace("notes ", "remark");
    let rename = "ALTER TABLE todos RENAME COLUMN notes TO remark;";
    assert_eq!(from_base(&renamed, rename), "");

    let dropped = TODOS.replace(",\n    notes   TEXT", "");
    let drop = "-- stepladder: allow data_loss todos.notes because nobody wrote any\n\
                ALTER TABLE todos DROP COLUMN notes;";
    assert_eq!(from_base(&dropped, drop), "");

    let tagged = TODOS.replace("    notes   TEXT", "    notes   TEXT,\n    tag     TEXT");
    let tag = "-- stepladder: allow odd_values todos because notes are JSON\n\
               ALTER TABLE todos ADD COLUMN tag TEXT;\n\
               UPDATE todos SET tag = json_extract(notes, '$.tag');";
    assert_eq!(from_base(&tagged, tag), "");

    let not_null = TODOS.replace("notes   TEXT", "notes   TEXT NOT NULL");
    assert_eq!(
        from_base(&not_null, &rebuild("notes   TEXT NOT NULL", COPY)),
        ""
    );
}

/// A text in the right step, what takes its place, and what has to be said then.
const MUTANTS: [(&str, &str, &str); 27] = [
    ("coalesce(notes, '')", "notes", "NOT NULL constraint failed"),
    ("coalesce(notes, '')", "''", "`todos.notes`"),
    (
        "coalesce(notes, '')",
        "coalesce(title, '')",
        "`todos.notes`",
    ),
    (
        "title, coalesce(notes, '')",
        "coalesce(notes, ''), title",
        "todos.title",
    ),
    (
        "list_id, title, coalesce",
        "1, title, coalesce",
        "refers to a row of `lists`",
    ),
    ("INSERT INTO n (id", "INSERT OR IGNORE INTO n (id", ""),
    (
        "coalesce(notes, '') FROM todos",
        "notes FROM todos WHERE notes IS NOT NULL",
        "table `todos`",
    ),
    ("FROM todos;\n", "FROM todos LIMIT 1;\n", "table `todos`"),
    (
        "FROM todos;\n",
        "FROM todos, (VALUES (1), (2));\n",
        "UNIQUE constraint failed",
    ),
    ("SELECT id, list_id", "SELECT NULL, list_id", "todos"),
    (COPY, "", "todos"),
    ("ON DELETE CASCADE", "", "does not lead to version 2"),
    ("AUTOINCREMENT", "", "does not lead to version 2"),
    (
        "notes   TEXT NOT NULL",
        "notes   TEXT",
        "does not lead to version 2",
    ),
    (
        "notes   TEXT NOT NULL",
        "notes   BLOB NOT NULL",
        "does not lead to version 2",
    ),
    (
        "title   TEXT NOT NULL",
        "title   TEXT NOT NULL DEFAULT ''",
        "does not lead to version 2",
    ),
    ("DROP TABLE todos;", "", "already another table"),
    (
        "CREATE VIEW titles AS SELECT id, title FROM todos;",
        "",
        "does not lead to version 2",
    ),
    (
        "CREATE TRIGGER logged",
        "CREATE TRIGGER other",
        "trigger `logged` is gone",
    ),
    (
        "old.id, 'gone'",
        "old.id, 'lost'",
        "does not lead to version 2",
    ),
    (
        "ALTER TABLE n RENAME TO todos;",
        "ALTER TABLE n RENAME TO todo;",
        "no such table",
    ),
    (
        "DROP TABLE todos;",
        "DROP TABLE todos;\nDELETE FROM log;",
        "table `log`",
    ),
    (
        "DROP TABLE todos;",
        "DROP TABLE todos;\nDELETE FROM lists WHERE id > 0;",
        "todos",
    ),
    (
        "DROP TABLE todos;",
        "DROP TABLE todos;\nUPDATE lists SET name = 'x';",
        "`lists.name`",
    ),
    (
        "DROP TABLE todos;",
        "DROP TABLE todos;\nDROP INDEX log_by_todo;",
        "index `log_by_todo` is gone",
    ),
    (
        "DROP TABLE todos;",
        "COMMIT;\nDROP TABLE todos;",
        "`COMMIT` cannot be",
    ),
    (
        "WHERE name = 'todos') WHERE name = 'n';",
        "WHERE name = 'todos') WHERE name = 'no';",
        "AUTOINCREMENT remembered",
    ),
];

/// Each mutant of a right step, and what has to be said of it.
#[test]
fn spoilt_steps_do_not_pass() {
    let not_null = TODOS.replace("notes   TEXT", "notes   TEXT NOT NULL");
    let right = rebuild("notes   TEXT NOT NULL", COPY);
    assert_eq!(from_base(&not_null, &right), "");
    let mut passed = Vec::new();
    let mut wrong = Vec::new();
    for (from, to, expected) in MUTANTS {
        assert!(right.contains(from), "{from}");
        let report = from_base(&not_null, &right.replacen(from, to, 1));
        if report.is_empty() {
            passed.push((from, to));
        }
        if !report.contains(expected) {
            wrong.push(format!("{from} -> {to}: {expected}\n{report}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // OR IGNORE drops no row here: the rows that it would ignore are made fit in the copy.
    assert_eq!(
        passed,
        [("INSERT INTO n (id", "INSERT OR IGNORE INTO n (id")]
    );
}

/// Of one row it does not show whether another value in a column with another name was made from the
/// one before; the rows of another run do.
#[test]
fn amounts_in_another_unit() {
    let table = |column: &str| {
        format!("CREATE TABLE entries (id INTEGER PRIMARY KEY, {column} INTEGER NOT NULL);")
    };
    let copied = |value: &str| {
        let new = table("cents").replace("entries", "n");
        format!(
            "{new} INSERT INTO n (id, cents) SELECT id, {value} FROM entries; DROP TABLE entries; \
             ALTER TABLE n RENAME TO entries;"
        )
    };
    let updated = |update: &str| {
        format!(
            "ALTER TABLE entries RENAME COLUMN amount TO cents; UPDATE entries SET cents = {update};"
        )
    };
    let said = |step: &str| said(&[table("amount"), table("cents")], &[step]);
    for step in [
        updated("cents * 100 WHERE typeof(cents) = 'integer'"),
        updated("cents * 7 WHERE typeof(cents) = 'integer'"),
        copied("CASE typeof(amount) WHEN 'integer' THEN amount * 7 ELSE amount END"),
    ] {
        assert_eq!(said(&step), "", "{step}");
    }
    for (step, expected) in [
        (updated("7"), "5 of 5 values are gone"),
        (copied("7"), "5 of 5 values are gone"),
        (copied("id * 7"), "5 of 5 values are gone"),
        (
            copied(
                "CASE WHEN typeof(amount) <> 'integer' THEN amount \
                 WHEN (SELECT count(*) FROM entries) > 1 THEN amount * 7 ELSE id END",
            ),
            "1 of 1 value is gone",
        ),
        (
            updated(
                "CASE WHEN (SELECT count(*) FROM entries) > 1 THEN cents * 7 ELSE id END \
                 WHERE typeof(cents) = 'integer'",
            ),
            "1 of 1 value is gone",
        ),
        (
            updated("cents * 7"),
            "leave those alone, with `WHERE typeof(cents) = 'integer'`",
        ),
        (
            copied("amount * 7"),
            "`CASE typeof(amount) WHEN 'integer' THEN .. ELSE amount END`",
        ),
        // The guard is there already.
        (
            updated("0 WHERE typeof(cents) <> 'integer'"),
            "and both hold `0` now",
        ),
    ] {
        let found = said(&step);
        assert!(
            found.contains("error[data_loss]") && found.contains(expected),
            "{step}: {found}"
        );
        let is_guarded = found.contains("leave those alone");
        assert_eq!(is_guarded, expected.contains("typeof"), "{step}: {found}");
    }
}

#[test]
fn a_long_history_is_proven_in_time() {
    let mut versions = Vec::new();
    let mut steps = Vec::new();
    let mut columns = String::new();
    for version in 0..60 {
        let mut schema = format!("{LISTS}\n{TODOS}\n");
        for table in 0..20 {
            let extra = if table == 0 { columns.as_str() } else { "" };
            writeln!(
                schema,
                "CREATE TABLE t{table} (id INTEGER PRIMARY KEY, a TEXT{extra});"
            )
            .unwrap();
        }
        versions.push(schema);
        steps.push(format!("ALTER TABLE t0 ADD COLUMN c{version} TEXT;\n"));
        write!(columns, ", c{version} TEXT").unwrap();
    }
    let steps: Vec<_> = steps.iter().map(String::as_str).collect();
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("steps")).unwrap();
    for version in &versions {
        fs::write(folder.path().join("schema.sql"), version).unwrap();
        make_migrations(folder.path()).unwrap();
    }
    for (index, step) in steps.iter().take(59).enumerate() {
        let name = format!("steps/from{}_to{}.sql", index + 1, index + 2);
        fs::write(folder.path().join(name), step).unwrap();
    }
    let start = Instant::now();
    generate(folder.path()).unwrap();
    println!(
        "60 versions of 22 tables, each step in SQL: {:?}",
        start.elapsed()
    );
}

/// What a declaration says is not there is taken out, and the rest of the step is proven all the same.
#[test]
fn a_declaration_hides_nothing_else() {
    let t = |columns: &str| format!("CREATE TABLE t (id INTEGER PRIMARY KEY, {columns});");
    let json = "ALTER TABLE t ADD COLUMN k TEXT;\nUPDATE t SET k = json_extract(a, '$.k');\n";
    let versions = [t("a TEXT, b TEXT"), t("a TEXT, b TEXT, k TEXT")];
    let declared = format!("-- stepladder: allow odd_values t because serde\n{json}");
    assert_eq!(said(&versions, &[&declared]), "");
    let loses = format!("{declared}UPDATE t SET b = NULL;");
    assert!(said(&versions, &[&loses]).contains("column `t.b`"));

    let l = "CREATE TABLE l (id INTEGER PRIMARY KEY, n TEXT);";
    let referring = "lid INTEGER REFERENCES l (id), a TEXT";
    let versions = [
        format!("{l}\n{}", t("lid INTEGER, a TEXT")),
        format!("{l}\n{}", t(referring)),
    ];
    let copy = |a: &str| {
        format!(
            "-- stepladder: allow foreign_key_on_existing t because none\n{}\n\
             INSERT INTO n (id, lid, a) SELECT id, lid, {a} FROM t;\nDROP TABLE t;\n\
             ALTER TABLE n RENAME TO t;",
            t(referring).replace("TABLE t", "TABLE n")
        )
    };
    assert_eq!(said(&versions, &[&copy("a")]), "");
    assert!(said(&versions, &[&copy("'gone'")]).contains("column `t.a`"));

    let versions = [
        t("a TEXT, n TEXT"),
        t("a TEXT, n TEXT") + "CREATE UNIQUE INDEX u ON t (a);",
    ];
    let unique = "-- stepladder: allow unique_on_existing t because the server makes them\n\
                  CREATE UNIQUE INDEX u ON t (a);\n";
    assert_eq!(said(&versions, &[unique]), "");
    let trims = format!("{unique}UPDATE t SET n = '';");
    assert!(said(&versions, &[&trims]).contains("column `t.n`"));
}

#[test]
fn a_declaration_for_one_table_is_none_for_another() {
    let tables = "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT);\n\
                  CREATE TABLE b (id INTEGER PRIMARY KEY, y TEXT);";
    let versions = [
        tables.to_owned(),
        format!("{tables}\nCREATE UNIQUE INDEX u ON b (y);"),
    ];
    let step = "-- stepladder: allow unique_on_existing a because x\n\
                CREATE UNIQUE INDEX u ON b (y);\nUPDATE a SET x = x;";
    let report = said(&versions, &[step]);
    assert!(
        report.contains("allow unique_on_existing b because"),
        "{report}"
    );
}

/// A table that can have no row with which the step works was not proven, and that is said.
#[test]
fn a_declaration_for_every_row_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("steps")).unwrap();
    let old = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);";
    let new =
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, z TEXT NOT NULL CHECK (z IN ('p', 'q')));";
    for version in [old, new] {
        fs::write(folder.path().join("schema.sql"), version).unwrap();
        make_migrations(folder.path()).unwrap();
    }
    let step = format!(
        "-- stepladder: allow check_on_existing t because\u{20}it is empty\n{}\n\
         INSERT INTO n (id, a, z) SELECT id, a, '' FROM t;\nDROP TABLE t;\nALTER TABLE n RENAME TO t;",
        new.replace("TABLE t", "TABLE n")
    );
    fs::write(folder.path().join("steps/from1_to2.sql"), step).unwrap();
    let warnings = stepladder_build::check(folder.path()).unwrap();
    let texts: Vec<_> = warnings.iter().map(Diagnostic::headline).collect();
    assert!(
        texts.iter().any(|text| text.ends_with("[unfilled_table]")),
        "{texts:?}"
    );
}

/// Rows that a step puts in may be there already, and conditions are met that no row made for the
/// schema alone would meet.
#[test]
fn what_a_step_mentions_is_in_the_rows() {
    let t = "CREATE TABLE t (id INTEGER PRIMARY KEY, title TEXT NOT NULL, kind TEXT,
        state INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE child (id INTEGER PRIMARY KEY, t INTEGER REFERENCES t (id));
        CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT);";
    let versions = [t.to_owned(), format!("{t}\nCREATE TABLE other (a);")];
    for (sql, expected) in [
        (
            "INSERT INTO settings (key, value) VALUES ('theme', 'dark')",
            "unique_on_existing",
        ),
        (
            "INSERT INTO t (id, title) VALUES (1, 'welcome')",
            "unique_on_existing",
        ),
        (
            "UPDATE settings SET key = 'colour' WHERE key = 'color'",
            "unique_on_existing",
        ),
        (
            "UPDATE OR REPLACE settings SET key = 'colour' WHERE key = 'color'",
            "data_loss",
        ),
        ("DELETE FROM t WHERE done = TRUE", "data_loss"),
        ("DELETE FROM t WHERE state = -7", "data_loss"),
        ("DELETE FROM t WHERE lower(kind) = 'trash'", "data_loss"),
        ("DELETE FROM t WHERE (kind) = 'trash'", "data_loss"),
        (
            "DELETE FROM t WHERE kind COLLATE NOCASE = 'trash'",
            "data_loss",
        ),
        (
            "DELETE FROM t WHERE kind IN (SELECT 'zzz' UNION SELECT 'y')",
            "data_loss",
        ),
        (
            "WITH bad (k) AS (VALUES ('trash')) DELETE FROM t WHERE kind IN bad",
            "data_loss",
        ),
        (
            "DELETE FROM t WHERE coalesce(kind, '') || ':' = 'trash:' OR kind = x'0102'",
            "data_loss",
        ),
    ] {
        let report = said(&versions, &[&format!("CREATE TABLE other (a);\n{sql};")]);
        // Rows that are gone may be missed by others first.
        let is_told = report.contains(&format!("error[{expected}]"))
            || (expected == "data_loss" && report.contains("refers to a row of `t`"));
        assert!(is_told, "{sql}\n{report}");
    }
    // What SET gives to a column that need not be alone is in no row before.
    let right = "CREATE TABLE other (a);\nUPDATE t SET state = 5 WHERE state = -7;\n\
                 INSERT INTO settings (key, value) VALUES ('theme', 'dark') ON CONFLICT DO NOTHING;";
    assert_eq!(said(&versions, &[right]), "");
}

#[test]
fn what_a_new_constraint_forbids_is_in_the_rows() {
    let t = |rest: &str| {
        format!(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, u INTEGER, d INTEGER NOT NULL, a TEXT{rest});"
        )
    };
    let one = "CREATE UNIQUE INDEX q ON t (u) WHERE d = 1;";
    let versions = [t(""), t("") + one];
    assert!(said(&versions, &[one]).contains("unique_on_existing"));
    for check in [
        "a <> 'root'",
        "a NOT IN ('x', 'root')",
        "NOT (a = 'admin' AND d = 0)",
        "d NOT BETWEEN 40 AND 50",
    ] {
        let new = t(&format!(", CHECK ({check})"));
        let step = format!(
            "{}\nINSERT INTO n (id, u, d, a) SELECT id, u, d, a FROM t;\nDROP TABLE t;\nALTER TABLE n RENAME TO t;",
            new.replace("TABLE t", "TABLE n")
        );
        assert!(
            said(&[t(""), new], &[&step]).contains("check_on_existing"),
            "{check}"
        );
    }
}

/// What a full-text table without content knows is nowhere else.
#[test]
fn words_without_content_are_lost() {
    let table =
        |columns: &str| format!("CREATE VIRTUAL TABLE f USING fts5({columns}, content='');");
    let versions = [table("a, b"), table("a, b, c")];
    let remade = format!("DROP TABLE f;\n{}", table("a, b, c"));
    assert!(said(&versions, &[&remade]).contains("full-text table `f`: it knew the words of"));
    let emptied = "INSERT INTO f (f) VALUES ('delete-all');\nCREATE TABLE t (a);";
    let versions = [table("a, b"), table("a, b") + "CREATE TABLE t (a);"];
    assert!(said(&versions, &[emptied]).contains("data_loss"));
    assert_eq!(said(&versions, &["CREATE TABLE t (a);"]), "");
}
