//! What is said when two branches cannot simply be put in a row.

use expect_test::expect;

use crate::project::{OURS, Project, THEIRS, ours, theirs};

#[test]
fn what_was_merged_by_hand_is_compared() {
    let project = Project::branches(ours, theirs);
    project.git(&["merge", "theirs"]);
    let merged = THEIRS.replace(
        "    due   TEXT\n",
        "    done  INTEGER NOT NULL DEFAULT 0,\n    due   TEXT,\n    extra TEXT\n",
    );
    project.write("schema.sql", &merged);
    let (code, _, err) = project.renumber(&[]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(project.read("schema.sql"), merged);
    let first = err.split("\n\n").next().unwrap();
    expect![[r#"
        warning: `schemas/schema.sql` was merged by hand, and is not what the steps of both lead to
        --> schemas/schema.sql
         = note: compared with version 3: column `todos.extra` is new
         = help: if `schema.sql` is right, run `cargo stepladder make-migrations` to make the next version; otherwise change it to what version 3 has"#]].assert_eq(first);
    // It is what comes next.
    let (code, out, _) = project.run(&["make-migrations"]);
    assert_eq!(
        (code, out.contains("column `todos.extra` is new")),
        (0, true),
        "{out}"
    );
    project.upgrades("4");

    let project = Project::branches(ours, theirs);
    project.git(&["merge", "theirs"]);
    let merged = merged.replace(",\n    extra TEXT", "");
    project.write("schema.sql", &merged);
    let (code, out, err) = project.renumber(&[]);
    assert_eq!((code, err.contains("merged by hand")), (0, false), "{err}");
    assert!(!out.contains("schema.sql"), "{out}");
    assert_eq!(project.read("schema.sql"), merged);
}

/// Changes the step and says what `renumber` says then.
fn with_steps(ours: &str, theirs: &str) -> (Project, (i32, String, String)) {
    let project = Project::saved(crate::project::ours, |project| {
        project.version(THEIRS, &["--accept-all"]);
    });
    if !ours.is_empty() {
        project.write("steps/from1_to2.sql", ours);
    }
    if !theirs.is_empty() {
        project.write("steps/from1_to2_theirs.sql", theirs);
    }
    let before = project.files();
    let said = project.renumber(&[]);
    assert_eq!(project.files(), before, "it was refused");
    (project, said)
}

#[test]
fn steps_that_do_not_commute_are_refused() {
    let (project, (code, out, err)) = with_steps(
        "-- stepladder: allow data_loss todos.title because a blob becomes a text\nALTER TABLE todos ADD COLUMN done INTEGER NOT NULL DEFAULT 0;\nUPDATE todos SET title = title || ' (ours)';\n",
        "ALTER TABLE todos ADD COLUMN due TEXT;\nCREATE TABLE users (id INTEGER PRIMARY KEY);\nUPDATE todos SET due = title;\n",
    );
    assert_eq!((code, &*out), (1, ""));
    expect![[r#"
        error: the steps of ours and theirs do not commute: it matters which of them runs first
        --> schemas/steps/from1_to2_theirs.sql
         = note: table `todos`: with ours first a row holds `due = 'todos.title 1 (ours)'`, with theirs first `due = 'todos.title 1'`
         = help: if ours first is right, `cargo stepladder renumber --accept-order`
         = help: if theirs first is right, `cargo stepladder renumber --keep theirs --accept-order`
    "#]].assert_eq(&err);
    let (code, out, err) = project.renumber(&["--accept-order"]);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("the order matters, and ours first was accepted"),
        "{out}"
    );
    assert!(
        err.contains("warning: the steps of ours and theirs do not commute"),
        "{err}"
    );
    project.upgrades("3");
}

#[test]
fn a_rebuild_that_drops_what_the_other_has_added_is_refused() {
    let (_project, (code, out, err)) = with_steps(
        "",
        "CREATE TABLE new (id INTEGER PRIMARY KEY, title TEXT NOT NULL, due TEXT);\nINSERT INTO new (id, title) SELECT id, title FROM todos;\nDROP TABLE todos;\nALTER TABLE new RENAME TO todos;\nCREATE TABLE users (id INTEGER PRIMARY KEY);\n",
    );
    assert_eq!((code, &*out), (1, ""));
    expect![[r#"
        error: the steps of ours and theirs do not commute: it matters which of them runs first
        --> schemas/steps/from1_to2_theirs.sql
         = note: with theirs first instead of ours: column `todos.done` is new
         = help: if ours first is right, `cargo stepladder renumber --accept-order`
         = help: if theirs first is right, `cargo stepladder renumber --keep theirs --accept-order`

        error[data_loss]: column `todos.done`: 5 of 5 values are gone: the row with `id = 10000001`, `title = 'todos.title 1'` held `10002001`
         --> schemas/steps/from2_to3.sql:2:1
          |
        2 | INSERT INTO new (id, title) SELECT id, title FROM todos;
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `todos.done` is not copied here
        3 | DROP TABLE todos;
          | ---------------- the values are gone here
          |
          = note: found by running the step from version 2 to 3 on rows made for the proof
          = help: if it is meant, declare it: `-- stepladder: allow data_loss todos.done because ..`

        for more about a rule, run `cargo stepladder explain data_loss`
    "#]].assert_eq(&err);
}

#[test]
fn a_step_that_does_not_run_behind_the_other() {
    let (project, (code, out, err)) = with_steps(
        "ALTER TABLE todos ADD COLUMN done INTEGER NOT NULL DEFAULT 0;\n",
        "CREATE TABLE users (id INTEGER PRIMARY KEY);\nALTER TABLE todos ADD COLUMN due TEXT;\nALTER TABLE todos ADD COLUMN done INTEGER;\nALTER TABLE todos DROP COLUMN done;\n",
    );
    assert_eq!((code, &*out), (1, ""));
    expect![[r#"
        error: duplicate column name: done
         --> schemas/steps/from1_to2_theirs.sql:3:30
          |
        3 | ALTER TABLE todos ADD COLUMN done INTEGER;
          |                              ^^^^ SQLite stops here
          |
          = note: here it runs behind the steps of ours, on what they have made
          = help: the file is run on a database at version 2: see `schemas/schema_v2.json`
          = help: the other order runs: `cargo stepladder renumber --keep theirs`
          = help: if both make the same, take the statement out of the step of theirs (save the files of theirs as `schema_v<N>_theirs.json` and `steps/from<A>_to<B>_theirs.sql` to edit them)
          = help: or keep the snapshot and the step of ours, merge `schema.sql` by hand, and let `cargo stepladder make-migrations` draft what theirs adds
    "#]].assert_eq(&err);
    // No flag helps: there is no such version.
    assert_eq!(project.renumber(&["--accept-order"]).0, 1);
}

#[test]
fn the_same_change_twice_is_one_version() {
    let project = Project::branches(ours, |project| {
        project.version(
            &OURS
                .replace("-- what there is to do", "-- todos")
                .replace("done  INTEGER", "done INTEGER"),
            &["--rust"],
        );
    });
    let (code, _, err) = project.renumber(&["--theirs", "theirs"]);
    assert_eq!(code, 1);
    expect![[r#"
        error: `schemas` has one history: no version has two snapshots
        --> schemas
         = note: looked for conflicts of a merge, for files such as `schema_v4_theirs.json`, and for snapshots with one parent
         = help: name the other branch, or a folder with its files: `--theirs main`
    "#]].assert_eq(&err);
}

#[test]
fn what_is_made_by_chance_says_nothing() {
    let ours = "ALTER TABLE todos ADD COLUMN done INTEGER NOT NULL DEFAULT 0;\nUPDATE todos SET done = random();\n";
    let (project, (code, _, err)) = {
        let project = Project::saved(crate::project::ours, crate::project::theirs);
        project.write("steps/from1_to2.sql", ours);
        let said = project.renumber(&[]);
        (project, said)
    };
    assert_eq!(code, 0, "{err}");
    project.upgrades("3");
}

#[test]
fn triggers_views_and_full_text() {
    let search =
        "CREATE VIRTUAL TABLE search USING fts5(title, content='todos', content_rowid='id');
CREATE TRIGGER todo_found AFTER INSERT ON todos BEGIN
    INSERT INTO search (rowid, title) VALUES (new.id, new.title);
END;
CREATE VIEW short AS SELECT id, title FROM todos WHERE length(title) < 9;
CREATE UNIQUE INDEX users_by_id ON users (id);
";
    let project = Project::branches(ours, |project: &Project| {
        project.version(
            &format!("{THEIRS}{search}"),
            &["--rollback", "--accept-all"],
        );
    });
    project.git(&["merge", "theirs"]);
    let (code, out, err) = project.renumber(&[]);
    assert_eq!(code, 0, "{out}{err}");
    project.upgrades("3");
}
