//! The command, as it is run.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes the texts"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use expect_test::expect;

/// Exit code, standard output and standard error.
fn run(home: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-stepladder"))
        .args(arguments)
        .current_dir(home)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).unwrap();
        text.replace(std::path::MAIN_SEPARATOR, "/")
    };
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn a_schema_becomes_versions() {
    let home = tempfile::tempdir().unwrap();
    let schemas = home.path().join("db");
    fs::create_dir(&schemas).unwrap();
    fs::write(schemas.join("schema.sql"), "CREATE TABLE t (a);").unwrap();
    let as_cargo_does = ["stepladder", "make-migrations", "--schemas", "db"];

    let (code, out, err) = run(home.path(), &as_cargo_does);
    assert_eq!((code, &*err), (0, ""));
    expect![[r#"
        wrote db/schema_v1.json
        next: build the app; this is its first version
    "#]]
    .assert_eq(&out);

    let (code, out, _) = run(home.path(), &as_cargo_does[1..]);
    assert_eq!(code, 0);
    expect![[r#"
        nothing has changed since version 1
        help: for a version that changes rows alone: `cargo stepladder make-migrations --empty --schemas db`
    "#]]
    .assert_eq(&out);

    fs::write(schemas.join("schema.sql"), "CREATE TABLE t (a, b);").unwrap();
    let (code, out, _) = run(home.path(), &as_cargo_does);
    assert_eq!(code, 0);
    expect![[r#"
        wrote db/schema_v2.json
        changed since version 1:
          column `t.b` is new
        wrote db/steps/from1_to2.sql: proven
        next: read db/steps/from1_to2.sql, then build the app
    "#]]
    .assert_eq(&out);
}

#[test]
fn errors_in_the_folder_are_1() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("schemas")).unwrap();
    fs::write(home.path().join("schemas/schema.sql"), "CREATE TABLE t (a;").unwrap();
    let (code, out, err) = run(home.path(), &["make-migrations"]);
    assert_eq!((code, &*out), (1, ""));
    expect![[r#"
        error: table `t` is not valid: incomplete input
         --> schemas/schema.sql:1:17
          |
        1 | CREATE TABLE t (a;
          |                 ^ SQLite stops here
          |
          = help: write the rest: a parenthesis or an `END` is missing
    "#]]
    .assert_eq(&err);
}

#[test]
fn mistakes_of_usage_are_2() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [&["make"][..], &[], &["make-migrations", "--schema", "x"]] {
        let (code, _, err) = run(home.path(), arguments);
        assert_eq!(code, 2, "{arguments:?}");
        assert!(err.contains("Usage: cargo stepladder"), "{err}");
    }
}

#[test]
fn rules_are_explained() {
    let home = tempfile::tempdir().unwrap();
    let (code, out, _) = run(home.path(), &["explain", "data_loss"]);
    assert_eq!(code, 0);
    assert!(out.starts_with("# data_loss\n"), "{out}");
    let (code, out, _) = run(home.path(), &["explain"]);
    assert_eq!(code, 0);
    assert!(
        out.contains("data_loss                 deny   After the step"),
        "{out}"
    );
    let (code, _, err) = run(home.path(), &["explain", "data_los"]);
    assert_eq!(code, 2);
    assert!(err.contains("a similar value exists: 'data_loss'"), "{err}");
}

const V1: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE todos (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES users (id), notes TEXT);
";
const V2: &str = "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE todos (
    id       INTEGER PRIMARY KEY,
    assignee INTEGER REFERENCES people (id),
    rank     INTEGER NOT NULL
);
";

/// A folder with two versions, and what the second said.
fn two_versions(arguments: &[&str]) -> (tempfile::TempDir, (i32, String, String)) {
    let home = tempfile::tempdir().unwrap();
    let schemas = home.path().join("schemas");
    fs::create_dir(&schemas).unwrap();
    fs::write(schemas.join("schema.sql"), V1).unwrap();
    run(home.path(), &["make-migrations"]);
    fs::write(schemas.join("schema.sql"), V2).unwrap();
    let mut all = vec!["make-migrations"];
    all.extend(arguments);
    let said = run(home.path(), &all);
    (home, said)
}

#[test]
fn a_draft_leaves_what_only_the_author_can_decide() {
    let (home, (code, out, err)) = two_versions(&["--rollback"]);
    assert_eq!((code, &*err), (0, ""));
    expect![[r#"
        wrote schemas/schema_v2.json
        changed since version 1:
          table `users` is gone (the same definition exists as `people`)
          column `todos.owner` is gone (it may be `assignee` under its old name)
          column `todos.notes` is gone
          column `todos.assignee` is new
          column `todos.rank` is new
          table `todos`: was `FOREIGN KEY (owner) REFERENCES users (id)`, is `FOREIGN KEY (assignee) REFERENCES people (id)`
          table `people` is new
        wrote schemas/steps/from1_to2.sql: 4 places to fill in
          guessed users=people; if it is not so, `make-migrations --amend --no-guess`
          guessed todos.owner=assignee; if it is not so, `make-migrations --amend --no-guess`
        wrote schemas/steps/from2_to1.sql: 1 place to fill in
        next: fill in what is open in schemas/steps/from1_to2.sql and schemas/steps/from2_to1.sql, then build the app
    "#]].assert_eq(&out);
    let step = fs::read_to_string(home.path().join("schemas/steps/from1_to2.sql")).unwrap();
    expect![[r#"
        -- stepladder: allow data_loss todos.notes because ..

        -- stepladder: confirm users because it looks like `people` under its old name
        ALTER TABLE users RENAME TO people;

        -- stepladder: confirm todos.owner because it looks like `assignee` under its old name
        ALTER TABLE todos RENAME COLUMN owner TO assignee;

        CREATE TABLE new_todos (
            id       INTEGER PRIMARY KEY,
            assignee INTEGER REFERENCES people (id),
            rank     INTEGER NOT NULL
        );

        -- stepladder: fill_in todos.rank because it is new, cannot be NULL and has no default
        INSERT INTO new_todos (id, assignee, rank)
        SELECT id, assignee, 0
        FROM todos;

        DROP TABLE todos;

        ALTER TABLE new_todos RENAME TO todos;
    "#]]
    .assert_eq(&step);
    let (code, _, err) = run(home.path(), &["check"]);
    assert_eq!(code, 1);
    expect![[r#"
        error: an allowance needs a reason
         --> schemas/steps/from1_to2.sql:1:1
          |
        1 | -- stepladder: allow data_loss todos.notes because ..
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ declared here
          |
          = help: say behind `because` why it is meant
          = help: or remove the line: the proof tells whether it is needed

        error: the rename of `users` is to be confirmed
         --> schemas/steps/from1_to2.sql:3:1
          |
        3 | -- stepladder: confirm users because it looks like `people` under its old name
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ declared here
          |
          = note: it looks like `people` under its old name
          = help: remove this line if it is the same with another name
          = help: if it is not, draft it anew: `rm schemas/steps/from1_to2.sql`, then `cargo stepladder draft --from 1 --no-guess`

        error: the rename of `todos.owner` is to be confirmed
         --> schemas/steps/from1_to2.sql:6:1
          |
        6 | -- stepladder: confirm todos.owner because it looks like `assignee` under its old name
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ declared here
          |
          = note: it looks like `assignee` under its old name
          = help: remove this line if it is the same with another name
          = help: if it is not, draft it anew: `rm schemas/steps/from1_to2.sql`, then `cargo stepladder draft --from 1 --no-guess`

        error: `todos.rank` is to be filled in
          --> schemas/steps/from1_to2.sql:15:1
           |
        15 | -- stepladder: fill_in todos.rank because it is new, cannot be NULL and has no default
           | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ declared here
           |
           = note: it is new, cannot be NULL and has no default
           = help: write in the statement below what the rows that are there get, and remove this line

        error: an allowance needs a reason
         --> schemas/steps/from2_to1.sql:1:1
          |
        1 | -- stepladder: allow data_loss todos.rank because ..
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ declared here
          |
          = help: say behind `because` why it is meant
          = help: or remove the line: the proof tells whether it is needed
    "#]].assert_eq(&err);
}

#[test]
fn renames_are_those_that_are_named() {
    let named = [
        "--no-guess",
        "--rename",
        "users=people",
        "--rename",
        "todos.owner=assignee",
    ];
    let (home, (code, out, _)) = two_versions(&[&named[..], &["--accept-all"]].concat());
    assert_eq!(code, 0);
    assert!(!out.contains("guessed"), "{out}");
    let (code, out, err) = run(home.path(), &["check"]);
    assert_eq!((code, &*out, &*err), (0, "all is well\n", ""));

    let (_home, (code, _, err)) = two_versions(&["--rename", "user=people", "--rename", "x"]);
    assert_eq!(code, 1);
    expect![[r#"
        error: `x` is not a rename
        --> schemas/steps/from1_to2.sql
         = help: write `users=people` for a table, `todos.owner_id=assignee_id` for a column

        error: version 1 has no table `user`
        --> schemas/steps/from1_to2.sql
         = help: it has `users`: `--rename users=people`
    "#]]
    .assert_eq(&err);
}

#[test]
fn a_version_that_was_not_released_is_written_anew() {
    let (home, _) = two_versions(&["--accept-all"]);
    let schemas = home.path().join("schemas");
    let amended = V2.replace("rank     INTEGER NOT NULL", "rank     INTEGER");
    fs::write(schemas.join("schema.sql"), amended).unwrap();
    let (code, out, _) = run(home.path(), &["make-migrations", "--amend", "--accept-all"]);
    assert_eq!(code, 0);
    assert!(out.starts_with("wrote schemas/schema_v2.json"), "{out}");
    assert!(!schemas.join("schema_v3.json").exists());
    // Nobody has written in the draft.
    assert!(
        !schemas.join("steps/from1_to2.sql.before").exists(),
        "{out}"
    );
    // What was written by hand is not lost.
    let step = schemas.join("steps/from1_to2.sql");
    let written = format!("{}-- by hand\n", fs::read_to_string(&step).unwrap());
    fs::write(&step, &written).unwrap();
    run(home.path(), &["make-migrations", "--amend", "--accept-all"]);
    let before = fs::read_to_string(schemas.join("steps/from1_to2.sql.before")).unwrap();
    assert_eq!(before, written);
    // Nor the second time, when nothing has changed.
    fs::write(&step, &written).unwrap();
    let (code, out, _) = run(home.path(), &["make-migrations", "--amend"]);
    assert_eq!(code, 0);
    assert!(out.contains("from1_to2.sql.before2: take over"), "{out}");
    let before = fs::read_to_string(schemas.join("steps/from1_to2.sql.before2")).unwrap();
    assert_eq!(before, written);
    let guessed = fs::read_to_string(schemas.join("steps/from1_to2.sql")).unwrap();
    assert!(
        guessed.contains("confirm users because it looks like `people`"),
        "{guessed}"
    );
    assert_eq!(run(home.path(), &["check"]).0, 1);
    let (_, out, _) = run(
        home.path(),
        &["make-migrations", "--amend", "--no-guess", "--accept-all"],
    );
    assert!(!out.contains("guessed"), "{out}");
    assert_eq!(run(home.path(), &["check"]).0, 0);
}

#[test]
fn a_rollback_that_was_drafted_is_written_anew() {
    let (home, _) = two_versions(&["--rollback", "--accept-all"]);
    let steps = home.path().join("schemas/steps");
    let kept = || {
        let files = fs::read_dir(&steps).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut kept: Vec<_> = names.filter(|name| name.contains("before")).collect();
        kept.sort();
        kept
    };
    let again = ["make-migrations", "--amend", "--rollback", "--accept-all"];
    run(home.path(), &again);
    assert_eq!(kept(), [""; 0]);
    // One that no new draft takes the place of is not thrown away.
    run(home.path(), &["make-migrations", "--amend", "--accept-all"]);
    assert_eq!(kept(), ["from2_to1.sql.before"]);
}

#[test]
fn the_status_tells_what_is_next() {
    let (home, _) = two_versions(&["--accept-all"]);
    let (code, out, _) = run(home.path(), &["status"]);
    assert_eq!(code, 0);
    expect![[r#"
        version  snapshot  step  proof  rollback  seed
        1        ✓
        2        ✓         SQL   ✓      -
                 2/2       1/1   1/1    0/1
        next: nothing: change `schema.sql` when the schema is to change
    "#]]
    .assert_eq(&out);
    fs::remove_file(home.path().join("schemas/steps/from1_to2.sql")).unwrap();
    let (_, out, _) = run(home.path(), &["status"]);
    assert!(out.contains("2        ✓         Rust?  -"), "{out}");
    assert!(
        out.contains("rustc asks for the methods of the steps in Rust"),
        "{out}"
    );
    let (code, out, _) = run(home.path(), &["draft", "--accept-all"]);
    assert_eq!((code, out.contains("1 step drafted")), (0, true), "{out}");
}

#[test]
fn a_database_file_is_compared_and_exported() {
    let (home, _) = two_versions(&["--accept-all"]);
    let database = home.path().join("app.db");
    let connection = rusqlite::Connection::open(&database).unwrap();
    connection
        .execute_batch(&format!("{V2}; PRAGMA user_version = 1;"))
        .unwrap();
    let (code, out, _) = run(home.path(), &["status", "app.db"]);
    // It says another version than its schema is.
    assert_eq!(code, 1);
    expect![[r#"
        app.db says that it is at version 1
        its schema is that of version 2
        next: set `PRAGMA user_version = 2;`
    "#]]
    .assert_eq(&out);
    connection
        .execute_batch("ALTER TABLE todos ADD COLUMN extra")
        .unwrap();
    let (_, out, _) = run(home.path(), &["status", "app.db"]);
    assert!(out.contains("nearest to version 2"), "{out}");
    assert!(out.contains("column `todos.extra`"), "{out}");

    let (code, out, _) = run(home.path(), &["export", "app.db", "--schemas", "other"]);
    assert_eq!(code, 0);
    expect![[r#"
        wrote other/schema_v1.json
        wrote other/schema.sql
        next: build the app; version 1 is its first
    "#]]
    .assert_eq(&out);
    assert_eq!(run(home.path(), &["check", "--schemas", "other"]).0, 0);
    let (code, _, err) = run(home.path(), &["export", "app.db", "--schemas", "other"]);
    assert_eq!(code, 1);
    assert!(
        err.contains("`other` has `schema_v1.json` already"),
        "{err}"
    );

    fs::write(
        &database,
        "no database at all, and longer than a header of one",
    )
    .unwrap();
    let (code, _, err) = run(home.path(), &["status", "app.db"]);
    assert_eq!(code, 1);
    assert!(
        err.contains("`app.db` is no SQLite database, or it is encrypted"),
        "{err}"
    );
}

#[test]
fn differences_have_the_exit_codes_of_diff() {
    let (home, _) = two_versions(&["--accept-all"]);
    let diff = |arguments: &[&str]| {
        let all = [&["diff"], arguments].concat();
        run(home.path(), &all)
    };
    assert_eq!(
        diff(&["v2", "schemas/schema.sql"]),
        (0, String::new(), String::new())
    );
    let (code, out, _) = diff(&["v1", "schemas/schema_v2.json"]);
    assert_eq!(code, 1);
    assert!(out.contains("column `todos.rank` is new"), "{out}");
    let (code, out, _) = diff(&["v1", "v2", "--sql"]);
    assert_eq!(code, 1);
    assert!(out.contains("ALTER TABLE users RENAME TO people;"), "{out}");
    let (code, _, err) = diff(&["v1", "v7"]);
    assert_eq!(code, 2);
    assert!(err.contains("the versions are v1, v2"), "{err}");
    assert_eq!(diff(&["v1", "nothing.db"]).0, 2);
}

#[test]
fn a_script_is_only_made_of_what_holds() {
    let (home, _) = two_versions(&["--accept-all", "--rollback"]);
    let sql = |from: &str, to: &str| run(home.path(), &["sql", "--from", from, "--to", to]);
    for (start, from, to) in [(V1, "1", "2"), (V2, "2", "1"), ("", "0", "2")] {
        let (code, script, err) = sql(from, to);
        assert_eq!((code, &*err), (0, ""));
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        connection.execute_batch(start).unwrap();
        // On a database of another version it does nothing.
        let other = connection.execute_batch(&script.replace(&format!("= {from})"), "= 7)"));
        assert!(other.is_err());
        connection
            .execute_batch(&format!("ROLLBACK; PRAGMA user_version = {from}"))
            .unwrap();
        connection.execute_batch(&script).unwrap();
        let version: String = connection
            .query_row("PRAGMA user_version", [], |row| row.get::<_, i32>(0))
            .unwrap()
            .to_string();
        assert_eq!(version, to);
    }
    let (code, _, err) = sql("1", "9");
    assert_eq!(code, 1);
    assert!(
        err.contains("the versions are 1, 2, and 0 for a new database"),
        "{err}"
    );
    fs::write(
        home.path().join("schemas/steps/from1_to2.sql"),
        "DROP TABLE todos;",
    )
    .unwrap();
    let (code, out, _) = sql("1", "2");
    assert_eq!((code, &*out), (1, ""));
}

#[test]
fn a_program_reads_json() {
    let (home, (_, out, _)) = two_versions(&["--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["version"], 2);
    assert_eq!(json["ok"], true);
    assert_eq!(json["steps"][0]["file"], "schemas/steps/from1_to2.sql");
    let (code, out, err) = run(home.path(), &["check", "--format", "json"]);
    assert_eq!((code, &*err), (1, ""));
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["ok"], false);
    let first = &json["diagnostics"][0];
    assert_eq!(first["file"], "schemas/steps/from1_to2.sql");
    assert_eq!(
        (first["line"].as_u64(), first["severity"].as_str()),
        (Some(1), Some("error"))
    );
}
