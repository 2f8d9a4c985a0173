//! What git has and the folder does not.

use std::fs;

use expect_test::expect;

use crate::project::{Project, RESULT, ours, theirs};

#[test]
fn a_branch_that_is_only_in_git_and_a_folder() {
    for by_folder in [false, true] {
        let project = Project::branches(ours, theirs);
        let theirs = if by_folder {
            project.git(&["worktree", "add", "--quiet", "../other", "theirs"]);
            let other = project.home.path().join("../other/schemas");
            let copy = project.home.path().join("copy");
            fs::create_dir_all(copy.join("steps")).unwrap();
            for name in [
                "schema_v1.json",
                "schema_v2.json",
                "steps/from1_to2.sql",
                "steps/from2_to1.sql",
            ] {
                fs::copy(other.join(name), copy.join(name)).unwrap();
            }
            fs::remove_dir_all(project.home.path().join("../other")).unwrap();
            "copy"
        } else {
            "theirs"
        };
        let (code, out, err) = project.renumber(&["--theirs", theirs, "--format", "json"]);
        assert_eq!(code, 0, "{out}{err}");
        let facts: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(facts["commute"], true);
        assert_eq!(facts["moved"][0]["to"], 3);
        assert_eq!(
            facts["moved"][0]["rollback"]["file"],
            "schemas/steps/from3_to2.sql"
        );
        assert_eq!(project.names(), RESULT);
        project.upgrades("3");
    }
    let project = Project::branches(ours, theirs);
    let (code, _, err) = project.renumber(&["--theirs", "nobody"]);
    assert_eq!(code, 1);
    expect![[r#"
        error: `nobody` is neither a folder nor a branch or commit of git
        --> nobody
         = help: name the schemas folder of the other branch, or the branch: `--theirs main`
    "#]]
    .assert_eq(&err);
    // A branch that has gone no further.
    project.git(&["branch", "old", "main~1"]);
    let (code, _, err) = project.renumber(&["--theirs", "old"]);
    assert_eq!((code, err.contains("has one history")), (1, true), "{err}");
}

#[test]
fn a_side_that_was_chosen_by_hand() {
    // `git checkout --ours` or `--theirs` of all, and not added yet: the other one is in the index.
    for (side, kept, moved) in [("--ours", "done", "due"), ("--theirs", "due", "done")] {
        let project = Project::branches(ours, theirs);
        project.git(&["merge", "theirs"]);
        for name in ["schema_v2.json", "schema.sql", "steps/from1_to2.sql"] {
            assert!(project.git(&["checkout", side, "--", &format!("schemas/{name}")]));
        }
        let (code, out, err) = project.renumber(&[]);
        assert_eq!(code, 0, "{out}{err}");
        assert!(project.read("steps/from1_to2.sql").contains(kept), "{out}");
        assert!(project.read("steps/from2_to3.sql").contains(moved), "{out}");
        project.upgrades("3");
    }
}

#[test]
fn a_rebase() {
    let project = Project::branches(ours, theirs);
    project.git(&["checkout", "--quiet", "theirs"]);
    assert!(!project.git(&["rebase", "main"]));
    // In a rebase `ours` is what others have already.
    let (code, out, err) = project.renumber(&[]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(project.read("steps/from1_to2.sql").contains("done"));
    project.upgrades("3");
}

#[test]
fn before_the_merge() {
    // Others have theirs already: ours moves behind it, and then the merge is only about `schema.sql`.
    let project = Project::branches(ours, theirs);
    let (code, out, err) = project.renumber(&["--theirs", "theirs", "--keep", "theirs"]);
    assert_eq!(code, 0, "{out}{err}");
    project.upgrades("3");
    project.commit();
    project.git(&["merge", "theirs"]);
    project.git(&["checkout", "--ours", "--", "schemas/schema.sql"]);
    project.upgrades("3");
}

#[test]
fn line_endings_of_another_system() {
    let project = Project::branches(ours, theirs);
    for (name, text) in project.files() {
        project.write(&name, &text.replace('\n', "\r\n"));
    }
    let own = project.read("schema_v2.json");
    let (code, out, err) = project.renumber(&["--theirs", "theirs"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(!out.contains("schema_v2.json"), "{out}");
    assert_eq!(project.read("schema_v2.json"), own);
    project.upgrades("3");
}
