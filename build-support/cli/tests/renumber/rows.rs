//! Versions that change rows alone, in one branch or in both: their snapshots are equal, and git merges
//! them without a word.

use expect_test::expect;

use crate::project::{BASE, Project, theirs};

/// A version 2 with this step.
fn empty(step: &'static str) -> impl Fn(&Project) {
    move |project| {
        project.write("schema.sql", BASE);
        let (code, out, err) = project.run(&["make-migrations", "--empty"]);
        assert_eq!(code, 0, "{out}{err}");
        project.write("steps/from1_to2.sql", step);
    }
}

/// A BLOB with text behind it is text that may be no UTF-8: it is compared all the same.
const SHOUT: &str = "-- stepladder: allow data_loss todos.title because none is a BLOB\n\
                     UPDATE todos SET title = title || '!';\n";
const ASK: &str = "-- stepladder: allow data_loss todos.title because none is a BLOB\n\
                   UPDATE todos SET title = title || '?';\n";
const SOON: &str = "-- stepladder: allow data_loss todos.title because both mean the same\nUPDATE todos SET title = 'now' WHERE title = 'soon';\n";
const LATER: &str = "-- stepladder: allow data_loss todos.title because both mean the same\nUPDATE todos SET title = 'never' WHERE title = 'later';\n";

fn is_well(project: &Project) {
    let (code, _, err) = project.run(&["check"]);
    assert_eq!(code, 0, "{err}");
}

#[test]
fn one_branch_changes_rows_alone() {
    let project = Project::branches(empty(SHOUT), theirs);
    project.git(&["merge", "theirs"]);
    let (code, out, err) = project.renumber(&[]);
    assert_eq!(code, 0, "{err}");
    expect![[r#"
        both branches went on from version 1
        version 2 of ours stays version 2
        version 2 of theirs becomes version 3
        proven: both orders lead to the same schema and the same rows
        wrote schemas/schema_v2.json
        wrote schemas/schema_v3.json
        wrote schemas/steps/from1_to2.sql
        wrote schemas/steps/from2_to3.sql
        wrote schemas/steps/from3_to2.sql
        removed schemas/steps/from2_to1.sql
        next: `cargo stepladder check`, then `git add schemas`
    "#]]
    .assert_eq(&out);
    assert_eq!(project.read("steps/from1_to2.sql"), SHOUT);
    is_well(&project);
}

#[test]
fn both_branches_change_rows_alone() {
    let project = Project::branches(empty(SOON), empty(LATER));
    project.git(&["merge", "theirs"]);
    let (code, _, err) = project.run(&["check"]);
    assert_eq!(code, 1);
    expect![[r#"
        error: `schemas/steps/from1_to2.sql` has a merge conflict
         --> schemas/steps/from1_to2.sql:2:1
          |
        2 | <<<<<<< HEAD
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
        wrote schemas/schema_v3.json
        wrote schemas/steps/from1_to2.sql
        wrote schemas/steps/from2_to3.sql
        next: `cargo stepladder check`, then `git add schemas`
    "#]]
    .assert_eq(&out);
    assert_eq!(project.read("steps/from1_to2.sql"), SOON);
    assert_eq!(project.read("steps/from2_to3.sql"), LATER);
    is_well(&project);
}

#[test]
fn both_branches_change_the_same_rows() {
    let project = Project::branches(empty(SHOUT), empty(ASK));
    project.git(&["merge", "theirs"]);
    let before = project.files();
    let (code, out, err) = project.renumber(&[]);
    assert_eq!((code, &*out), (1, ""));
    expect![[r#"
        error: the steps of ours and theirs do not commute: it matters which of them runs first
        --> theirs:schemas/steps/from1_to2.sql
         = note: table `todos`: with ours first a row holds `title = 'todos.title 1!?'`, with theirs first `title = 'todos.title 1?!'`
         = help: if ours first is right, `cargo stepladder renumber --accept-order`
         = help: if theirs first is right, `cargo stepladder renumber --keep theirs --accept-order`
    "#]].assert_eq(&err);
    assert_eq!(project.files(), before);
}

#[test]
fn theirs_before_the_merge_and_from_saved_files() {
    for (project, arguments) in [
        (
            Project::branches(empty(SOON), empty(LATER)),
            &["--theirs", "theirs"][..],
        ),
        (Project::saved(empty(SOON), empty(LATER)), &[]),
    ] {
        let (code, _, err) = project.renumber(arguments);
        assert_eq!(code, 0, "{err}");
        assert_eq!(project.read("steps/from1_to2.sql"), SOON);
        assert_eq!(project.read("steps/from2_to3.sql"), LATER);
        is_well(&project);
    }
}

/// What a branch has behind such a version is its own, although the parents are equal.
#[test]
fn versions_behind_them_stay_with_their_branch() {
    let further = |project: &Project| {
        empty(LATER)(project);
        let with_due = BASE.replace("NOT NULL\n", "NOT NULL,\n    due TEXT\n");
        project.version(&with_due, &[]);
    };
    for (project, keep, firsts) in [
        (
            Project::branches(empty(SOON), further),
            "ours",
            [SOON, LATER],
        ),
        (
            Project::branches(further, empty(SOON)),
            "ours",
            [LATER, "ALTER TABLE"],
        ),
    ] {
        project.git(&["merge", "theirs"]);
        let (code, out, err) = project.renumber(&["--keep", keep]);
        assert_eq!(code, 0, "{out}{err}");
        assert_eq!(project.read("steps/from1_to2.sql"), firsts[0]);
        assert!(project.read("steps/from2_to3.sql").starts_with(firsts[1]));
        assert!(project.names().contains(&"schema_v4.json".to_owned()));
        is_well(&project);
    }
}

/// The same step in both is one version.
#[test]
fn the_same_step_twice_is_no_fork() {
    let project = Project::branches(empty(SOON), empty(SOON));
    assert!(project.git(&["merge", "theirs"]));
    let (code, _, err) = project.renumber(&[]);
    assert_eq!(code, 1);
    assert!(err.contains("has one history"), "{err}");
    is_well(&project);
}

#[test]
fn a_rollback_that_may_be_of_either_is_not_guessed() {
    let with_rollback = |project: &Project| {
        empty(LATER)(project);
        project.write(
            "steps/from2_to1.sql",
            "-- stepladder: allow data_loss todos.title because it was the same before\nUPDATE todos SET title = 'later' WHERE title = 'never';\n",
        );
    };
    let project = Project::branches(empty(SOON), with_rollback);
    let (code, out, err) = project.renumber(&["--theirs", "theirs"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(project.names().contains(&"steps/from3_to2.sql".to_owned()));
    is_well(&project);

    let project = Project::branches(empty(SOON), with_rollback);
    project.git(&["merge", "theirs"]);
    let before = project.files();
    let (code, _, err) = project.renumber(&[]);
    assert_eq!(code, 1);
    expect![[r#"
        error: both branches made a version 2 that changes rows alone, and nothing tells of which of them this rollback is
        --> schemas/steps/from2_to1.sql
         = help: before the merge each branch has its own: `git merge --abort`, then `cargo stepladder renumber --theirs <branch>`
         = help: or move it aside, `mv schemas/steps/from2_to1.sql schemas/steps/from2_to1.sql.before`, and put it back under the number of its version
    "#]].assert_eq(&err);
    assert_eq!(project.files(), before);
}
