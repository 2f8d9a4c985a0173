//! The command as somebody would use it.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::path::Path;
use std::process::{Command, Output};

use expect_test::expect;

fn todo(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_todo"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn says(folder: &Path, arguments: &[&str]) -> String {
    let output = todo(folder, arguments);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{stderr}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_demo_upgrades_a_file_of_the_first_release() {
    let folder = tempfile::tempdir().unwrap();
    expect![[r#"
        a file of the first release:
          version 1
          index    todos_of_list
          table    lists
          table    todos
          table    users
          todos (id, list_id, title, done, owner_id)
            1 | 1 | Water the plants | 1 | NULL
            2 | 1 | Lend the ladder back | 0 | 7
            40 | 2 | Write the report | 0 | 7

        step 1 -> 2
        step 2 -> 3
        step 3 -> 4
        step 4 -> 5

        after the upgrade:
          version 5
          index    todos_due
          index    todos_of_list
          index    todos_slug
          table    lists
          table    todos
          table    todos_text
          trigger  todos_text_delete
          trigger  todos_text_insert
          trigger  todos_text_update
          view     open_todos
          todos (id, list_id, title, assignee_id, due_date, slug, status)
            1 | 1 | Water the plants | NULL | NULL | water-the-plants-1 | done
            2 | 1 | Lend the ladder back | 7 | NULL | lend-the-ladder-back-2 | open
            40 | 2 | Write the report | 7 | NULL | write-the-report-40 | open

        what is open (`todo list`):
           2  Lend the ladder back (home)
          40  Write the report (work)

        what has "ladder" in its title (`todo find ladder`):
           2  Lend the ladder back (home)

        opened again: version 5, nothing to do
    "#]]
    .assert_eq(&says(folder.path(), &["demo"]));
}

#[test]
fn a_list_from_the_first_to_do_to_the_last() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert_eq!(says(folder, &["list"]), "nothing\n");
    assert_eq!(says(folder, &["add", "Water the plants"]), "added 1\n");
    let report = [
        "add",
        "Write the report",
        "--list",
        "work",
        "--due",
        "2026-12-24",
    ];
    assert_eq!(says(folder, &report), "added 2\n");
    assert_eq!(says(folder, &["done", "1"]), "done 1\n");
    assert_eq!(
        says(folder, &["list"]),
        "   2  Write the report (work, until 2026-12-24)\n"
    );
    assert_eq!(
        says(folder, &["find", "plants"]),
        "   1  Water the plants (inbox)\n"
    );

    let wrong = todo(folder, &["done", "7"]);
    assert!(!wrong.status.success());
    assert_eq!(
        String::from_utf8(wrong.stderr).unwrap(),
        "error: there is no to-do 7\n"
    );
}

#[test]
fn a_value_that_the_app_does_not_know_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    says(folder, &["add", "Water the plants"]);
    let connection = rusqlite::Connection::open(folder.join("todo.db")).unwrap();
    connection
        .execute("UPDATE todos SET title = x'00' WHERE id = 1", [])
        .unwrap();
    let wrong = todo(folder, &["list"]);
    assert!(!wrong.status.success());
    assert_eq!(
        String::from_utf8(wrong.stderr).unwrap(),
        "error: column `open_todos.title`: expected `String`, found BLOB `x'00'`\n"
    );
}
