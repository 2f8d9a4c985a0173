//! All the forms in which a merge leaves two branches.

use std::fs;

use expect_test::expect;

use crate::project::{OURS, Project, RESULT, THEIRS, ours, theirs};

#[test]
fn a_conflicted_merge() {
    let project = Project::branches(ours, theirs);
    let (step, rollback) = {
        project.git(&["checkout", "--quiet", "theirs"]);
        let texts = (
            project.read("steps/from1_to2.sql"),
            project.read("steps/from2_to1.sql"),
        );
        project.git(&["checkout", "--quiet", "main"]);
        texts
    };
    let own = project.read("schema_v2.json");
    assert!(!project.git(&["merge", "theirs"]), "it is to conflict");
    let (code, _, err) = project.run(&["check"]);
    assert_eq!(code, 1);
    expect![[r#"
        error: `schemas/schema.sql` has a merge conflict
         --> schemas/schema.sql:5:1
          |
        5 | <<<<<<< HEAD
          | ^^^^^^^^^^^^
          |
          = note: two branches made the same version, each its own
          = help: run `cargo stepladder renumber`: it merges this file as well, after the versions

        error: `schemas/schema_v2.json` has a merge conflict
          --> schemas/schema_v2.json:18:1
           |
        18 | <<<<<<< HEAD
           | ^^^^^^^^^^^^
           |
           = note: two branches made version 2, each its own
           = help: run `cargo stepladder renumber`: ours stays version 2, theirs becomes the one after ours, and both orders are proven (`--keep theirs` for the other way round)

        error: `schemas/steps/from1_to2.sql` has a merge conflict
         --> schemas/steps/from1_to2.sql:1:1
          |
        1 | <<<<<<< HEAD
          | ^^^^^^^^^^^^
          |
          = note: two branches made the step from version 1 to 2, each its own
          = help: if both made version 2 as well, run `cargo stepladder renumber`; otherwise edit the file
    "#]].assert_eq(&err);

    let (code, out, err) = project.renumber(&[]);
    assert_eq!(code, 0, "{err}");
    expect![[r#"
        both branches went on from version 1
        version 2 of ours stays version 2
        version 2 of theirs becomes version 3
        proven: both orders lead to the same schema and the same rows
        wrote schemas/schema.sql
        wrote schemas/schema_v2.json
        wrote schemas/schema_v3.json
        wrote schemas/steps/from1_to2.sql
        wrote schemas/steps/from2_to3.sql
        wrote schemas/steps/from3_to2.sql
        removed schemas/steps/from2_to1.sql
        next: `cargo stepladder check`, then `git add schemas`
    "#]]
    .assert_eq(&out);
    expect![[r#"
        warning: a database that theirs has brought to version 2 cannot be told from one of ours by its number
        --> schemas/schema_v3.json
         = note: it would be taken for one of ours, whose step it has never taken
         = help: throw such databases of developers away; `cargo stepladder status app.db` tells which one a file is
         = help: if version 2 of theirs was released, let it keep its number: `--keep theirs`
    "#]].assert_eq(&err);
    let mut names = project.names();
    names.retain(|name| !name.contains(".before"));
    assert_eq!(names, RESULT);
    assert_eq!(project.read("schema_v2.json"), own);
    assert_eq!(project.read("steps/from2_to3.sql"), step);
    assert_eq!(project.read("steps/from3_to2.sql"), rollback);
    expect![[r#"
        -- what there is to do
        CREATE TABLE todos (
            id    INTEGER PRIMARY KEY,
            title TEXT NOT NULL,
            done  INTEGER NOT NULL DEFAULT 0,
            due   TEXT
        );

        -- who does it
        CREATE TABLE users (id INTEGER PRIMARY KEY);
    "#]]
    .assert_eq(&project.read("schema.sql"));
    project.upgrades("3");
    // Once is enough.
    project.commit();
    let (code, _, err) = project.renumber(&[]);
    assert_eq!(code, 1);
    expect![[r#"
        error: `schemas` has one history: no version has two snapshots
        --> schemas
         = note: looked for conflicts of a merge, for files such as `schema_v4_theirs.json`, and for snapshots with one parent
         = help: name the other branch, or a folder with its files: `--theirs main`
    "#]].assert_eq(&err);
}

#[test]
fn files_that_were_saved_under_another_name() {
    let project = Project::saved(ours, theirs);
    let saved = project.read("schema_v2_theirs.json");
    let (code, _, err) = project.run(&["check"]);
    assert_eq!(code, 1);
    expect![[r#"
        error: two branches made version 2: `schemas/schema_v2.json` and `schemas/schema_v2_theirs.json`
        --> schemas/schema_v2_theirs.json
         = note: only `schemas/schema_v2.json` has the name that is read
         = help: run `cargo stepladder renumber`: `schemas/schema_v2.json` stays version 2, the other one becomes a later version, and both orders are proven

        error: two branches made the step from version 1 to 2: `schemas/steps/from1_to2.sql` and `schemas/steps/from1_to2_theirs.sql`
        --> schemas/steps/from1_to2_theirs.sql
         = help: `cargo stepladder renumber` gives it the number that its version gets

        error: `schemas/steps/from2_to1_theirs.sql` is the step of another branch from version 2 to 1
        --> schemas/steps/from2_to1_theirs.sql
         = help: `cargo stepladder renumber` gives it the number that its version gets
    "#]].assert_eq(&err);
    let (code, out, err) = project.renumber(&[]);
    assert_eq!(code, 0, "{err}");
    expect![[r#"
        both branches went on from version 1
        version 2 of ours stays version 2
        version 2 of theirs becomes version 3
        proven: both orders lead to the same schema and the same rows
        wrote schemas/schema.sql
        wrote schemas/schema_v3.json
        wrote schemas/steps/from2_to3.sql
        wrote schemas/steps/from3_to2.sql
        what was there is in schemas/schema.sql.before: delete it when all is well
        what was there is in schemas/schema_v2_theirs.json.before: delete it when all is well
        what was there is in schemas/steps/from1_to2_theirs.sql.before: delete it when all is well
        what was there is in schemas/steps/from2_to1_theirs.sql.before: delete it when all is well
        next: `cargo stepladder check`, then `git add schemas`
    "#]]
    .assert_eq(&out);
    // Nobody else has them: they are kept.
    assert_eq!(project.read("schema_v2_theirs.json.before"), saved);
    let mut names = project.names();
    names.retain(|name| !name.contains(".before"));
    assert_eq!(names, RESULT);
    project.upgrades("3");
}

#[test]
fn theirs_may_keep_its_numbers() {
    let project = Project::branches(ours, theirs);
    project.git(&["merge", "theirs"]);
    let (code, out, err) = project.renumber(&["--keep", "theirs"]);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("version 2 of theirs stays version 2\nversion 2 of ours becomes version 3"),
        "{out}"
    );
    assert!(project.read("steps/from1_to2.sql").contains("due"));
    assert!(project.read("steps/from2_to3.sql").contains("done"));
    assert!(project.path("steps/from2_to1.sql").exists());
    assert!(!project.path("steps/from3_to2.sql").exists());
    project.upgrades("3");
}

#[test]
fn branches_that_went_on() {
    let more = |project: &Project| {
        theirs(project);
        project.version(
            &format!("{THEIRS}CREATE TABLE lists (name TEXT);\n"),
            &["--rollback", "--accept-all"],
        );
    };
    let mine = |project: &Project| {
        ours(project);
        project.version(&format!("{OURS}CREATE TABLE tags (name TEXT);\n"), &[]);
    };
    for (ours, theirs, newest) in [
        (&ours as &dyn Fn(&Project), &more as &dyn Fn(&Project), 4),
        (&mine, &theirs, 4),
        (&mine, &more, 5),
    ] {
        let project = Project::branches(ours, theirs);
        project.git(&["merge", "theirs"]);
        let (code, out, err) = project.renumber(&[]);
        assert_eq!(code, 0, "{out}{err}");
        let newest = newest.to_string();
        project.upgrades(&newest);
        let versions = project.names().into_iter();
        let versions = versions.filter(|name| name.starts_with("schema_v"));
        assert_eq!(versions.count().to_string(), newest);
    }
}

#[test]
fn marks_without_git() {
    let project = Project::branches(ours, theirs);
    project.git(&["merge", "theirs"]);
    fs::remove_dir_all(project.home.path().join(".git")).unwrap();
    let conflicted = project.read("schema.sql");
    let (code, out, err) = project.renumber(&[]);
    assert_eq!(code, 0, "{out}{err}");
    // Only git could have made it again.
    assert_eq!(project.read("schema.sql.before"), conflicted);
    project.upgrades("3");
}

#[test]
fn a_fork_that_was_numbered_by_hand() {
    let project = Project::new();
    theirs(&project);
    let snapshot = project
        .read("schema_v2.json")
        .replace("\"version\": 2", "\"version\": 3");
    let step = project.read("steps/from1_to2.sql");
    for name in [
        "schema_v2.json",
        "steps/from1_to2.sql",
        "steps/from2_to1.sql",
    ] {
        fs::remove_file(project.path(name)).unwrap();
    }
    ours(&project);
    project.write("schema_v3.json", &snapshot);
    project.write("steps/from1_to3.sql", &step);
    assert!(
        project
            .run(&["check"])
            .2
            .contains("run `cargo stepladder renumber`")
    );
    let (code, out, err) = project.renumber(&[]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(!project.path("steps/from1_to3.sql").exists());
    project.upgrades("3");
}

#[test]
fn a_step_in_rust() {
    let in_rust = |project: &Project| project.version(THEIRS, &["--rust"]);
    let project = Project::branches(ours, in_rust);
    project.git(&["merge", "theirs"]);
    let (code, out, err) = project.renumber(&[]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(
        out.contains("rename the method `from1_to2` of that branch to `from2_to3`"),
        "{out}"
    );
    // What a method does to rows, no proof has seen.
    assert!(!out.contains("proven: both orders"), "{out}");
    assert!(
        out.contains(
            "the schema is proven; `from2_to3` is Rust and was not run: whether the order matters to the rows is \
             for you to say"
        ),
        "{out}"
    );
    assert!(project.read("steps/from1_to2.sql").contains("done"));
    assert!(!project.path("steps/from2_to3.sql").exists());
    assert_eq!(project.run(&["check"]).0, 0);

    // The other way round: the only file of SQL is theirs.
    let project = Project::branches(
        |project: &Project| project.version(OURS, &["--rust"]),
        theirs,
    );
    project.git(&["merge", "theirs"]);
    let (code, out, err) = project.renumber(&[]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(!out.contains("rename the method"), "{out}");
    assert!(!out.contains("proven: both orders"), "{out}");
    assert!(out.contains("`from1_to2` is Rust and was not run"), "{out}");
    assert!(!project.path("steps/from1_to2.sql").exists(), "{out}");
    assert!(project.read("steps/from2_to3.sql").contains("due"));
    assert_eq!(project.run(&["check"]).0, 0);
}

#[test]
fn a_step_that_calls_rust() {
    let calls = |project: &Project| {
        theirs(project);
        let step = project.read("steps/from1_to2.sql");
        project.write(
            "steps/from1_to2.sql",
            &format!("{step}\n-- stepladder: call fill_due\n"),
        );
    };
    let project = Project::branches(ours, calls);
    let (code, out, err) = project.renumber(&["--theirs", "theirs", "--format", "json"]);
    assert_eq!(code, 0, "{out}{err}");
    let facts: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(facts["not_run"], serde_json::json!(["fill_due"]));
    assert_eq!(facts["commute"], serde_json::Value::Null);
}

#[test]
fn the_tests_that_name_a_moved_version_are_named() {
    let project = Project::branches(ours, theirs);
    for (name, text) in [
        ("Cargo.toml", "[package]\n"),
        ("tests/from1_to2.rs", "use db::schema::{v1, v2};\n"),
        (
            "tests/other.rs",
            "// from1_to20\nfn a() { history().at(1) }\n",
        ),
        ("tests/start.rs", "fn a() { start_at(2) }\n"),
    ] {
        let path = project.home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let (code, out, err) = project.renumber(&["--theirs", "theirs"]);
    assert_eq!(code, 0, "{err}");
    let named: Vec<_> = out.lines().filter(|line| line.contains("tests/")).collect();
    expect![[r#"
        tests/from1_to2.rs names version 2: if it means that of theirs, it is version 3 now, and the one before it 2; rename it to `tests/from2_to3.rs`
        tests/start.rs names version 2: if it means that of theirs, it is version 3 now, and the one before it 2"#]].assert_eq(&named.join("\n"));
    // They are another's to edit.
    let test = project.home.path().join("tests/from1_to2.rs");
    assert!(fs::read_to_string(test).unwrap().contains("v1, v2"));

    // A version that is not to be has a test as well.
    fs::remove_file(project.path("schema_v3.json")).unwrap();
    fs::remove_file(project.path("schema_v2.json")).unwrap();
    let (_, _, err) = project.run(&["check"]);
    let help =
        "delete the step and its test too: `rm schemas/steps/from1_to2.sql tests/from1_to2.rs`";
    assert!(err.contains(help), "{err}");
}
