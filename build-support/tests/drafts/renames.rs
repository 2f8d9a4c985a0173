//! Renames that wait for each other.

use expect_test::{Expect, expect};

use super::{Project, renaming};

fn check_draft(old: &str, new: &str, renames: &[&str], expected: &Expect) {
    let mut options = renaming(renames);
    options.rollback = options.step;
    let project = Project::new(old, new);
    expected.assert_eq(&project.draft(&options));
}

#[test]
fn columns_of_a_chain() {
    check_draft(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER);",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT, c INTEGER);",
        &["t.a=b", "t.b=c"],
        &expect![[r#"
            ALTER TABLE t RENAME COLUMN b TO c;

            ALTER TABLE t RENAME COLUMN a TO b;
        "#]],
    );
}

#[test]
fn columns_that_swap_their_names() {
    check_draft(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER); CREATE INDEX i ON t (a);",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT, a INTEGER); CREATE INDEX i ON t (b);",
        &["t.a=b", "t.b=a"],
        &expect![[r#"
            ALTER TABLE t RENAME COLUMN a TO new_b;

            ALTER TABLE t RENAME COLUMN b TO a;

            ALTER TABLE t RENAME COLUMN new_b TO b;
        "#]],
    );
}

#[test]
fn columns_that_swap_their_names_in_a_table_that_is_made_anew() {
    check_draft(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c TEXT);",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT, a INTEGER, c TEXT, UNIQUE (a, b));",
        &["t.a=b", "t.b=a"],
        &expect![[r#"
            -- stepladder: allow unique_on_existing t because it was accepted with the draft of this step

            ALTER TABLE t RENAME COLUMN a TO new_b;

            ALTER TABLE t RENAME COLUMN b TO a;

            ALTER TABLE t RENAME COLUMN new_b TO b;

            CREATE TABLE new_t (id INTEGER PRIMARY KEY, b TEXT, a INTEGER, c TEXT, UNIQUE (a, b));

            INSERT INTO new_t (id, b, a, c)
            SELECT id, b, a, c
            FROM t;

            DROP TABLE t;

            ALTER TABLE new_t RENAME TO t;
        "#]],
    );
}

#[test]
fn a_column_that_takes_the_name_of_one_that_is_gone() {
    check_draft(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT);",
        &["t.a=b"],
        &expect![[r#"
            -- stepladder: allow data_loss t.b because it was accepted with the draft of this step

            ALTER TABLE t RENAME COLUMN b TO old_b;

            ALTER TABLE t RENAME COLUMN a TO b;

            ALTER TABLE t DROP COLUMN old_b;
        "#]],
    );
}

#[test]
fn tables_that_swap_their_names() {
    check_draft(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
         CREATE TABLE people (id INTEGER PRIMARY KEY, age INTEGER, boss INTEGER REFERENCES users);
         CREATE VIEW named AS SELECT name FROM users;",
        "CREATE TABLE people (id INTEGER PRIMARY KEY, full_name TEXT);
         CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER, boss INTEGER REFERENCES people);
         CREATE VIEW named AS SELECT full_name FROM people;",
        &["users=people", "people=users", "users.name=full_name"],
        &expect![[r#"
            DROP VIEW named;

            ALTER TABLE users RENAME TO new_people;

            ALTER TABLE people RENAME TO users;

            ALTER TABLE new_people RENAME TO people;

            ALTER TABLE people RENAME COLUMN name TO full_name;

            CREATE VIEW named AS SELECT full_name FROM people;
        "#]],
    );
}

#[test]
fn tables_of_a_chain_and_one_that_makes_room() {
    check_draft(
        "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT);
         CREATE TABLE b (id INTEGER PRIMARY KEY, y TEXT);
         CREATE TABLE c (id INTEGER PRIMARY KEY, z TEXT);",
        "CREATE TABLE b (id INTEGER PRIMARY KEY, x TEXT);
         CREATE TABLE c (id INTEGER PRIMARY KEY, y TEXT);",
        &["a=b", "b=c"],
        &expect![[r#"
            -- stepladder: allow data_loss c because it was accepted with the draft of this step

            ALTER TABLE c RENAME TO old_c;

            ALTER TABLE b RENAME TO c;

            ALTER TABLE a RENAME TO b;

            DROP TABLE old_c;
        "#]],
    );
}

#[test]
fn capital_letters_only() {
    check_draft(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);",
        "CREATE TABLE Users (id INTEGER PRIMARY KEY, Name TEXT, age INTEGER);",
        &["users=Users", "users.name=Name"],
        &expect![[r#"
            ALTER TABLE users RENAME TO new_Users;

            ALTER TABLE new_Users RENAME TO Users;

            ALTER TABLE Users RENAME COLUMN name TO new_Name;

            ALTER TABLE Users RENAME COLUMN new_Name TO Name;

            ALTER TABLE Users ADD COLUMN age INTEGER;
        "#]],
    );
}

#[test]
fn a_guess_beside_a_rename_that_takes_its_name() {
    let mut options = renaming(&["t.a=b"]);
    options.guess = stepladder_build::Guess::Yes;
    let project = Project::new(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER);",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT, c INTEGER);",
    );
    expect![[r#"
        -- guessed: `t.b` is `c` under its old name
        ALTER TABLE t RENAME COLUMN b TO c;

        ALTER TABLE t RENAME COLUMN a TO b;
    "#]]
    .assert_eq(&project.draft(&options));
}

fn refused(renames: &[&str]) -> String {
    let project = Project::new(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, mail TEXT);",
        "CREATE TABLE people (id INTEGER PRIMARY KEY, full_name TEXT, email TEXT);",
    );
    let error = project.make(&renaming(renames)).unwrap_err();
    let lines = (error.diagnostics().iter())
        .map(|wrong| format!("{}\n  {}\n", wrong.message, wrong.helps.join("\n  ")));
    lines.collect()
}

#[test]
fn what_is_no_rename_is_told_with_what_was_meant() {
    let mut told = String::new();
    for renames in [
        &["user=people"][..],
        &["users=peple"],
        &["people=users"],
        &["users=people", "users.nam=full_name"],
        &["users=people", "users.name=fullname"],
        &["users=people", "people.name=full_name"],
        &["users=people", "users.full_name=name"],
        &["users=people", "users.name=email", "users.mail=email"],
        &["users=people", "users.name=full_name", "users.name=email"],
        &["todos.title=name"],
        &["users"],
    ] {
        told += &refused(renames);
    }
    expect![[r#"
        version 1 has no table `user`
          it has `users`: `--rename users=people`
        version 2 has no table `peple`
          it has `people`: `--rename users=people`
        version 1 has no table `people`
          the left side is the name at the older version, the right side the new one: `--rename users=people`
        version 1 has no column `users.nam`
          it has `users.name`: `--rename users.name=full_name`
        version 2 has no column `people.fullname`
          it has `full_name`: `--rename users.name=full_name`
        version 1 has no table `people`
          it has `users`: `--rename users.name=full_name`
        version 1 has no column `users.full_name`
          the left side is the name at the older version, the right side the new one: `--rename users.name=full_name`
        `users.name=email` and `users.mail=email` lead to one name
          keep one of the two
        `users.name=full_name` and `users.name=email` rename one thing
          keep one of the two
        version 1 has no table `todos`
          the left side is the name at the older version, the right side the new one
        `users` is not a rename
          write `users=people` for a table, `todos.owner_id=assignee_id` for a column
    "#]].assert_eq(&told);
}

#[test]
fn the_summary_says_what_has_another_name() {
    let project = Project::new(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
         CREATE TABLE todos (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES users, notes TEXT);",
        "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);
         CREATE TABLE todos (id INTEGER PRIMARY KEY, assignee INTEGER REFERENCES people);",
    );
    let options = renaming(&["users=people", "todos.owner=assignee"]);
    let written = project.make(&options).unwrap();
    expect![[r#"
        table `users` is renamed to `people`
        column `todos.owner` is renamed to `assignee`
        column `todos.notes` is gone"#]]
    .assert_eq(&written.differences.join("\n"));
}
