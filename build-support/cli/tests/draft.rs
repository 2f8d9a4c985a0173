//! `draft`, and what `make-migrations` says of a step in Rust, as they are run.

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
use tempfile::TempDir;

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

const V1: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE todos (id INTEGER PRIMARY KEY, owner INTEGER, notes TEXT);
";
const V2: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE todos (id INTEGER PRIMARY KEY, assignee INTEGER, rank INTEGER NOT NULL);
CREATE INDEX ranked ON todos (rank);
";
const V3: &str = "CREATE TABLE people (id INTEGER PRIMARY KEY, full_name TEXT NOT NULL);
CREATE TABLE todos (id INTEGER PRIMARY KEY, assignee INTEGER, rank INTEGER NOT NULL);
CREATE INDEX ranked ON todos (rank);
";

/// A folder with these versions, of which each is made with these arguments.
fn versions(versions: &[(&str, &[&str])]) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("schemas")).unwrap();
    for (schema, arguments) in versions {
        fs::write(home.path().join("schemas/schema.sql"), schema).unwrap();
        let all = [&["make-migrations"], *arguments].concat();
        let (code, _, err) = run(home.path(), &all);
        assert_eq!((code, &*err), (0, ""));
    }
    home
}

const ACCEPTED: &[&str] = &["--accept-all"];

fn three_versions() -> TempDir {
    let renamed = [
        "--rename",
        "users=people",
        "--rename",
        "users.name=full_name",
    ];
    versions(&[(V1, &[]), (V2, ACCEPTED), (V3, &renamed)])
}

#[test]
fn missing_rollbacks_are_drafted() {
    let home = three_versions();
    let (code, _, err) = run(home.path(), &["sql", "--from", "3", "--to", "1"]);
    assert_eq!(code, 1);
    expect![[r#"
        error: the rollback from version 2 to 1 is not in SQL
        --> schemas/steps/from2_to1.sql
         = help: only SQL makes a script: write `schemas/steps/from2_to1.sql`, or run `cargo stepladder draft --rollback 2`

        error: the rollback from version 3 to 2 is not in SQL
        --> schemas/steps/from3_to2.sql
         = help: only SQL makes a script: write `schemas/steps/from3_to2.sql`, or run `cargo stepladder draft --rollback 3`
    "#]].assert_eq(&err);

    let (code, out, err) = run(home.path(), &["draft", "--rollback", "3"]);
    assert_eq!((code, &*err), (0, ""));
    expect![[r#"
        wrote schemas/steps/from3_to2.sql: proven
        1 rollback drafted, 0 places to fill in
    "#]]
    .assert_eq(&out);
    let rollback = fs::read_to_string(home.path().join("schemas/steps/from3_to2.sql")).unwrap();
    expect![[r#"
        ALTER TABLE people RENAME TO users;

        ALTER TABLE users RENAME COLUMN full_name TO name;
    "#]]
    .assert_eq(&rollback);

    let (code, out, err) = run(home.path(), &["draft", "--rollbacks", "--accept-all"]);
    assert_eq!((code, &*err), (0, ""));
    expect![[r#"
        wrote schemas/steps/from2_to1.sql: 2 places accepted
        1 rollback drafted, 2 places accepted
    "#]]
    .assert_eq(&out);
    let rollback = fs::read_to_string(home.path().join("schemas/steps/from2_to1.sql")).unwrap();
    expect![[r#"
        -- stepladder: allow data_loss todos.assignee because it was accepted with the draft of this step
        -- stepladder: allow data_loss todos.rank because it was accepted with the draft of this step

        DROP INDEX ranked;

        ALTER TABLE todos ADD COLUMN owner INTEGER;

        ALTER TABLE todos ADD COLUMN notes TEXT;

        ALTER TABLE todos DROP COLUMN assignee;

        ALTER TABLE todos DROP COLUMN rank;
    "#]].assert_eq(&rollback);

    assert_eq!(run(home.path(), &["sql", "--from", "3", "--to", "1"]).0, 0);
    let (code, out, _) = run(home.path(), &["draft", "--rollbacks"]);
    assert_eq!((code, &*out), (0, "no rollback is missing\n"));
}

#[test]
fn a_rollback_that_cannot_be_drafted_is_told() {
    let home = three_versions();
    run(home.path(), &["draft", "--rollback", "3"]);
    let (code, _, err) = run(
        home.path(),
        &[
            "draft",
            "--rollback",
            "3",
            "--rollback",
            "1",
            "--rollback",
            "9",
        ],
    );
    assert_eq!(code, 1);
    expect![[r#"
        error: there is no version 9
        --> schemas
         = help: the versions are 1, 2, 3

        error: version 1 is the first: nothing is before it
        --> schemas
         = help: a rollback can start from 2, 3

        error: the rollback from version 3 is there
        --> schemas/steps/from3_to2.sql
         = help: to draft it anew, move it aside: `mv schemas/steps/from3_to2.sql schemas/steps/from3_to2.sql.before`
    "#]].assert_eq(&err);
}

#[test]
fn a_step_in_rust_is_printed_as_its_documentation_has_it() {
    let home = versions(&[(V1, &[])]);
    fs::write(home.path().join("schemas/schema.sql"), V2).unwrap();
    let (code, out, err) = run(home.path(), &["make-migrations", "--rust"]);
    assert_eq!((code, &*err), (0, ""));
    expect![[r#"
        wrote schemas/schema_v2.json
        changed since version 1:
          column `todos.owner` is gone (it may be `assignee` under its old name)
          column `todos.notes` is gone
          column `todos.assignee` is new
          column `todos.rank` is new
          index `ranked` is new
        next: write into your `impl MigrationSteps`, then build the app:

        // Each of these is an SQL expression over the columns of the old table, and each `...` is
        // for you to write:
        //
        // - `todos.assignee`: it is new, and may be `owner` under another name
        // - `todos.rank`: it is new, cannot be NULL and has no default, and may be `owner` under another name
        //
        // This deletes:
        //
        // - the values of `todos.owner`
        // - the values of `todos.notes`
        //
        // `.done()` does the rest by itself:
        //
        // - create the index `ranked`
        fn from1_to2(&mut self, m: From1To2<'_>) -> stepladder::Result<v2::Reached> {
            m
                .rebuild(v2::todos::Rebuild { assignee: "...", rank: "..." })?
                .done()
        }
    "#]].assert_eq(&out);
    let (code, printed, err) = run(home.path(), &["draft", "--rust"]);
    assert_eq!((code, &*err), (0, ""));
    assert!(out.ends_with(&printed), "{printed}");

    // The documentation has the same calls.
    let generated = stepladder_build::generate(&home.path().join("schemas")).unwrap();
    let calls = printed.lines().filter(|line| line.trim().starts_with('.'));
    let calls: Vec<&str> = calls.map(str::trim).collect();
    assert!(calls.len() > 1, "{printed}");
    for call in calls {
        assert!(generated.contains(&format!("///     {call}")), "{call}");
    }

    fs::write(home.path().join("schemas/schema.sql"), V3).unwrap();
    let renamed = [
        "--rename",
        "users=people",
        "--rename",
        "users.name=full_name",
    ];
    let all = [&["make-migrations", "--rust", "--no-guess"], &renamed[..]].concat();
    let (_, out, _) = run(home.path(), &all);
    expect![[r#"
        wrote schemas/schema_v3.json
        changed since version 2:
          table `users` is renamed to `people`
          column `users.name` is renamed to `full_name`
        next: write into your `impl MigrationSteps`, then build the app:

        // This deletes:
        //
        // - the rows of `users`
        //
        // `--rename users=people` is not in it: a method does not rename and change a table at once.
        // Give the new name in one version and make the other changes in the next.
        //
        // `--rename users.name=full_name` is not in it: a method does not rename and change a table at once.
        // Give the new name in one version and make the other changes in the next.
        fn from2_to3(&mut self, m: From2To3<'_>) -> stepladder::Result<v3::Reached> {
            m
                .create_table(v3::people::table)?
                .drop_table(v2::users::table)?
                .done()
        }
    "#]]
    .assert_eq(&out);
    let (_, json, _) = run(home.path(), &["draft", "--rust", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["methods"][1]["from"], 2);
}

#[test]
fn what_the_author_names_is_renamed_in_rust_too() {
    let old = "CREATE TABLE t (id INTEGER PRIMARY KEY, first TEXT, second TEXT);";
    let new = "CREATE TABLE t (id INTEGER PRIMARY KEY, one TEXT, two TEXT);";
    let home = versions(&[(old, &[])]);
    fs::write(home.path().join("schemas/schema.sql"), new).unwrap();
    let renamed = ["--rename", "t.first=two", "--rename", "t.second=one"];
    let all = [&["make-migrations", "--rust"], &renamed[..]].concat();
    let (code, out, err) = run(home.path(), &all);
    assert_eq!((code, &*err), (0, ""));
    expect![[r#"
        wrote schemas/schema_v2.json
        changed since version 1:
          column `t.first` is renamed to `two`
          column `t.second` is renamed to `one`
        next: write into your `impl MigrationSteps`, then build the app:

        // This takes `t.one` for `t.second` under another name, and keeps its values.
        // If it is another column, write this instead; the values of `t.second` are then gone:
        //
        // ```text
        //     .add_column(v2::t::one)?
        //     .drop_column(v1::t::second)?
        // ```
        //
        // This takes `t.two` for `t.first` under another name, and keeps its values.
        // If it is another column, write this instead; the values of `t.first` are then gone:
        //
        // ```text
        //     .add_column(v2::t::two)?
        //     .drop_column(v1::t::first)?
        // ```
        //
        // These renames are possible too, in place of the calls for what they name:
        //
        // - `.rename_column(v1::t::first, v2::t::one)?`
        // - `.rename_column(v1::t::second, v2::t::two)?`
        fn from1_to2(&mut self, m: From1To2<'_>) -> stepladder::Result<v2::Reached> {
            m
                .rename_column(v1::t::second, v2::t::one)?
                .rename_column(v1::t::first, v2::t::two)?
                .done()
        }
    "#]]
    .assert_eq(&out);
}

/// A package whose step from version 2 and rollback from version 3 are methods, and those between
/// versions 1 and 2 are missing.
fn package() -> TempDir {
    let home = versions(&[(V1, &["--rust"]), (V2, &["--rust"]), (V3, &["--rust"])]);
    for (name, text) in [
        ("Cargo.toml", "[package]\n"),
        ("build.rs", "fn main() { stepladder_build::x() }"),
        ("src/lib.rs", "fn from2_to3() {}\nfn from3_to2() {}\n"),
    ] {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    home
}

#[test]
fn a_method_is_not_replaced_unasked() {
    let home = package();
    let step = |name: &str| home.path().join("schemas/steps").join(name);
    let (_, out, _) = run(home.path(), &["status"]);
    assert_eq!(
        out.lines().last().unwrap(),
        "next: run `cargo stepladder draft --from 1`, or implement `from1_to2` of `MigrationSteps`: \
         the step is missing"
    );
    let (code, out, err) = run(home.path(), &["draft", "--accept-all"]);
    assert_eq!((code, &*err), (0, ""));
    expect![[r#"
        wrote schemas/steps/from1_to2.sql: 4 places accepted
        1 step drafted, 4 places accepted
        1 step is a method: `draft --from 2` replaces it
    "#]]
    .assert_eq(&out);
    assert!(step("from1_to2.sql").is_file() && !step("from2_to3.sql").exists());
    let (code, out, err) = run(home.path(), &["draft", "--rollbacks", "--accept-all"]);
    assert_eq!((code, &*err), (0, ""));
    expect![[r#"
        wrote schemas/steps/from2_to1.sql: 2 places accepted
        1 rollback drafted, 2 places accepted
        1 rollback is a method: `draft --rollback 3` replaces it
    "#]]
    .assert_eq(&out);
    assert!(step("from2_to1.sql").is_file() && !step("from3_to2.sql").exists());

    let renamed = [
        "--rename",
        "users=people",
        "--rename",
        "users.name=full_name",
    ];
    let (code, out, err) = run(
        home.path(),
        &[&["draft", "--from", "2"], &renamed[..]].concat(),
    );
    assert_eq!((code, &*err), (0, ""));
    expect![[r#"
        wrote schemas/steps/from2_to3.sql: proven
        1 step drafted, 0 places to fill in
    "#]]
    .assert_eq(&out);
}

#[test]
fn a_guess_is_taken_back_by_what_the_hint_says() {
    let renamed = V2.replace("rank", "place");
    let home = versions(&[(V2, &[]), (&renamed, &["--rust"]), (V3, &["--rust"])]);
    let (_, out, _) = run(home.path(), &["draft", "--from", "1"]);
    expect![[r#"
        wrote schemas/steps/from1_to2.sql: 1 place to fill in
          guessed todos.rank=place; if it is not so, `rm schemas/steps/from1_to2.sql && cargo stepladder draft --from 1 --no-guess`
        1 step drafted, 1 place to fill in
    "#]].assert_eq(&out);
    let (code, _, err) = run(home.path(), &["check"]);
    assert_eq!(code, 1);
    let hint =
        "`rm schemas/steps/from1_to2.sql`, then `cargo stepladder draft --from 1 --no-guess`";
    assert!(err.contains(hint), "{err}");
    let file = home.path().join("schemas/steps/from1_to2.sql");
    fs::remove_file(&file).unwrap();
    let (code, out, _) = run(home.path(), &["draft", "--from", "1", "--no-guess"]);
    assert_eq!((code, out.contains("guessed")), (0, false), "{out}");
    let text = fs::read_to_string(file).unwrap();
    assert!(!text.contains("RENAME COLUMN"), "{text}");
}

#[test]
fn sql_between_two_versions_says_what_nobody_has_decided() {
    let home = versions(&[(V1, &[]), (V2, ACCEPTED)]);
    let diff = |arguments: &[&str]| {
        let all = [&["diff"], arguments].concat();
        let (code, out, err) = run(home.path(), &all);
        assert_eq!(code, 1, "{err}");
        out
    };
    let out = diff(&["v1", "v2", "--sql"]);
    expect!["-- 2 places are filled with defaults: read them, or use the proven step schemas/steps/from1_to2.sql"].assert_eq(out.lines().next().unwrap());
    // A step that does not hold is nothing to use.
    let step = home.path().join("schemas/steps/from1_to2.sql");
    fs::write(step, "DROP TABLE todos;").unwrap();
    let out = diff(&["v1", "v2", "--sql"]);
    expect!["-- 2 places are filled with defaults: read them"]
        .assert_eq(out.lines().next().unwrap());
    let renamed = ["--rename", "todos.notes=assignee"];
    let out = diff(&[&["v1", "v2"], &renamed[..]].concat());
    assert!(
        out.contains("column `todos.notes` is renamed to `assignee`"),
        "{out}"
    );
    let out = diff(&[&["v1", "v2", "--sql"], &renamed[..]].concat());
    assert!(out.contains("RENAME COLUMN notes TO assignee"), "{out}");
    let (code, _, err) = run(
        home.path(),
        &["diff", "v1", "v2", "--rename", "nobody=users"],
    );
    assert_eq!(code, 2);
    assert!(err.contains("`v1` has no table `nobody`"), "{err}");
}

#[test]
fn a_table_and_its_column_may_be_renamed_at_once() {
    let columns = "id INTEGER PRIMARY KEY, NAME TEXT NOT NULL, mail TEXT, city TEXT, zip TEXT, note TEXT, born TEXT";
    let old = format!(
        "CREATE TABLE clients ({});",
        columns.replace("NAME", "name")
    );
    let new = format!(
        "CREATE TABLE customers ({});",
        columns.replace("NAME", "full_name")
    );
    let home = versions(&[(&old, &[])]);
    fs::write(home.path().join("schemas/schema.sql"), new).unwrap();
    let (code, out, _) = run(home.path(), &["make-migrations"]);
    assert_eq!(code, 0);
    expect![[r#"
        wrote schemas/schema_v2.json
        changed since version 1:
          table `clients` is gone
          table `customers` is new
        wrote schemas/steps/from1_to2.sql: 2 places to fill in
          or is it a rename? `make-migrations --amend --rename clients=customers --rename clients.name=full_name`
        next: fill in what is open in schemas/steps/from1_to2.sql, then build the app
    "#]].assert_eq(&out);
    let (_, _, err) = run(home.path(), &["check"]);
    expect![[r#"
        error: an allowance needs a reason
         --> schemas/steps/from1_to2.sql:1:1
          |
        1 | -- stepladder: allow data_loss clients.name because ..
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ declared here
          |
          = help: say behind `because` why it is meant
          = help: or remove the line: the proof tells whether it is needed
          = help: or is it a rename? `rm schemas/steps/from1_to2.sql`, then `cargo stepladder draft --from 1 --rename clients=customers --rename clients.name=full_name`

        error: `customers` is to be filled in
         --> schemas/steps/from1_to2.sql:5:1
          |
        5 | -- stepladder: fill_in customers because it has `id`, `mail`, `city`, `zip`, `note`, `born`, which are gone from `clients`
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ declared here
          |
          = note: it has `id`, `mail`, `city`, `zip`, `note`, `born`, which are gone from `clients`
          = help: write in the statement below what the rows that are there get, and remove this line
          = help: or is it a rename? `rm schemas/steps/from1_to2.sql`, then `cargo stepladder draft --from 1 --rename clients=customers --rename clients.name=full_name`
    "#]].assert_eq(&err);
    fs::remove_file(home.path().join("schemas/steps/from1_to2.sql")).unwrap();
    let renames = [
        "--rename",
        "clients=customers",
        "--rename",
        "clients.name=full_name",
    ];
    let (code, out, _) = run(
        home.path(),
        &[&["draft", "--from", "1"], &renames[..]].concat(),
    );
    assert_eq!(code, 0);
    expect![[r#"
        wrote schemas/steps/from1_to2.sql: proven
        1 step drafted, 0 places to fill in
    "#]]
    .assert_eq(&out);
}

/// An option of which nothing comes is told, and nothing is written.
fn refused(home: &Path, arguments: &[&str]) -> String {
    let steps = || {
        let entries = fs::read_dir(home.join("schemas/steps"))
            .into_iter()
            .flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = steps();
    let (code, out, err) = run(home, arguments);
    assert_eq!((code, &*out), (1, ""), "{err}");
    assert_eq!(steps(), before);
    err
}

#[test]
fn a_step_that_is_there_is_not_drafted_again() {
    let home = versions(&[(V1, &[]), (V2, ACCEPTED)]);
    let again = ["draft", "--from", "1", "--rename", "todos.owner=assignee"];
    let err = refused(home.path(), &again);
    expect![[r#"
        error: the step from version 1 is there
        --> schemas/steps/from1_to2.sql
         = help: to draft it anew, move it aside: `mv schemas/steps/from1_to2.sql schemas/steps/from1_to2.sql.before && cargo stepladder draft --from 1 --rename todos.owner=assignee`
    "#]].assert_eq(&err);
    // What it says does it.
    let command = err.split('`').nth(1).unwrap().strip_prefix("mv ").unwrap();
    let (files, command) = command.split_once(" && cargo stepladder ").unwrap();
    let (from, to) = files.split_once(' ').unwrap();
    fs::rename(home.path().join(from), home.path().join(to)).unwrap();
    let words: Vec<_> = command.split(' ').collect();
    assert_eq!(words, again);
    let (code, out, _) = run(home.path(), &words);
    assert_eq!(code, 0, "{out}");

    let err = refused(
        home.path(),
        &[
            "draft",
            "--from=1",
            "--accept-all",
            "--no-guess",
            "--rename=users.my name=it's",
        ],
    );
    let all = "draft --from 1 --rename 'users.my name=it'\\''s' --no-guess --accept-all`";
    assert!(err.contains(all), "{err}");
}

#[test]
fn a_step_that_a_later_version_is_behind_is_not_drafted_again() {
    let home = three_versions();
    expect![[r#"
        error: the step from version 1 is there
        --> schemas/steps/from1_to2.sql
         = note: version 3 was made behind it, and databases that have taken it do not take it again
         = help: make the change in a step to a new version: `cargo stepladder make-migrations --empty` for one about rows alone
    "#]].assert_eq(&refused(home.path(), &["draft", "--from", "1"]));
    expect![[r#"
        error: version 3 is the newest: no step starts from it
        --> schemas
         = help: a step can start from 1, 2
    "#]]
    .assert_eq(&refused(home.path(), &["draft", "--from", "3"]));
    expect![[r#"
        error: there is no version 9
        --> schemas
         = help: a step can start from 1, 2
    "#]]
    .assert_eq(&refused(home.path(), &["draft", "--from", "9"]));
    expect![[r#"
        error: the step from version 1 is in SQL, and so it has no method
        --> schemas/steps/from1_to2.sql
         = help: version 3 was made behind it, so it stays as it is: leave out `--from 1`
    "#]]
    .assert_eq(&refused(home.path(), &["draft", "--rust", "--from", "1"]));
    refused(home.path(), &["draft", "--rust", "--from", "3"]);
    // All that are missing is none: that is no mistake.
    for arguments in [
        &["draft"][..],
        &["draft", "--accept-all"],
        &["draft", "--rust"],
    ] {
        assert_eq!(run(home.path(), arguments).0, 0);
    }
}

#[test]
fn make_migrations_reads_over_no_option() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("schemas")).unwrap();
    fs::write(home.path().join("schemas/schema.sql"), V1).unwrap();
    let rename = ["make-migrations", "--rename", "todos.owner=assignee"];
    expect![[r#"
        error: `todos.owner=assignee` is no rename: the first version has none before it
        --> schemas
         = help: leave out `--rename`
    "#]]
    .assert_eq(&refused(home.path(), &rename));
    expect![[r#"
        error: there is no version yet that could be written anew
        --> schemas
         = help: make the first one: `cargo stepladder make-migrations`
    "#]]
    .assert_eq(&refused(home.path(), &["make-migrations", "--amend"]));
    assert_eq!(run(home.path(), &["make-migrations"]).0, 0);
    expect![[r#"
        error: nothing is renamed: nothing has changed since version 1
        --> schemas/schema.sql
         = help: if it is new, give it its new name in `schemas/schema.sql` first: `todos.owner=assignee` is the name in version 1 and the one there
    "#]].assert_eq(&refused(home.path(), &rename));
    fs::write(home.path().join("schemas/schema.sql"), V2).unwrap();
    assert_eq!(run(home.path(), &["make-migrations"]).0, 0);
    expect![[r#"
        error: nothing is renamed: nothing has changed since version 2
        --> schemas/schema.sql
         = help: if it is about version 2, and that was not released yet, make it anew: `cargo stepladder make-migrations --amend --rename todos.owner=assignee`
         = help: if it is new, give it its new name in `schemas/schema.sql` first: `todos.owner=assignee` is the name in version 2 and the one there
    "#]].assert_eq(&refused(home.path(), &rename));
    let (code, out, _) = run(home.path(), &["make-migrations", "--rollback"]);
    assert_eq!(code, 0);
    expect![[r#"
        nothing has changed since version 2
        help: for a version that changes rows alone: `cargo stepladder make-migrations --empty`
        help: for the rollback of version 2: `cargo stepladder draft --rollback 2`
    "#]]
    .assert_eq(&out);
}
