//! Rows that are gone, doubled or renumbered.

use expect_test::expect;

use super::{COLUMNS, OWNED, TODOS, check, rebuilt};

#[test]
fn rows_that_are_gone() {
    check(
        TODOS,
        "DELETE FROM todos WHERE id = 1003",
        &expect![[r#"
            LOST todos: table `todos`: 1 of 3 rows is gone, such as the row with `id = 1003`, `title = 'Title two'`, `notes = 'Notes two'`
        "#]],
    );
    check(
        TODOS,
        "DELETE FROM todos",
        &expect![[r#"
            LOST todos: table `todos`: 3 of 3 rows are gone, such as the row with `id = 1001`, `title = 'Title one'`, `notes = 'Notes one'`
        "#]],
    );
    check(
        TODOS,
        "DROP TABLE todos",
        &expect![[r#"
            todos dropped
            LOST todos: table `todos`: it is gone with 3 rows, such as the row with `id = 1001`, `title = 'Title one'`, `notes = 'Notes one'`
        "#]],
    );
    let columns = "id INTEGER PRIMARY KEY, title TEXT, notes TEXT UNIQUE";
    let same = format!("{TODOS} INSERT INTO todos VALUES (1009, 'Title four', 'Notes one')");
    let ignore = rebuilt(columns, "INSERT OR IGNORE INTO new SELECT * FROM todos");
    check(
        &same,
        &ignore,
        &expect![[r#"
            LOST todos: table `todos`: 1 of 4 rows is gone, such as the row with `id = 1009`, `title = 'Title four'`, `notes = 'Notes one'`
        "#]],
    );
    let replace = rebuilt(columns, "INSERT OR REPLACE INTO new SELECT * FROM todos");
    check(
        &same,
        &replace,
        &expect![[r#"
            LOST todos: table `todos`: 1 of 4 rows is gone, such as the row with `id = 1001`, `title = 'Title one'`, `notes = 'Notes one'`
        "#]],
    );
    let cascade = "CREATE TABLE new (id INTEGER PRIMARY KEY, email TEXT NOT NULL);
        INSERT INTO new SELECT * FROM users; DROP TABLE users; ALTER TABLE new RENAME TO users";
    let on = format!("{OWNED} PRAGMA foreign_keys = ON;");
    check(
        &on,
        cascade,
        &expect![[r#"
            LOST todos: table `todos`: 4 of 4 rows are gone, such as the row with `id = 1001`, `title = 'Title one'`, `owner_id = 2001`
        "#]],
    );
    let case =
        "CREATE TABLE todos (name TEXT PRIMARY KEY); INSERT INTO todos VALUES ('Name'), ('NAME')";
    let nocase = rebuilt(
        "name TEXT PRIMARY KEY COLLATE NOCASE",
        "INSERT OR IGNORE INTO new SELECT * FROM todos",
    );
    check(
        case,
        &nocase,
        &expect![[r#"
            LOST todos: table `todos`: 1 of 2 rows is gone, such as the row with `name = 'NAME'`
        "#]],
    );
}

#[test]
fn rows_that_are_doubled() {
    let log =
        "; CREATE TABLE log (todo INTEGER); INSERT INTO log VALUES (1001), (1001), (1003), (1007)";
    let step =
        "INSERT INTO new (title, notes) SELECT title, notes FROM todos JOIN log ON todo = todos.id";
    check(
        &format!("{TODOS}{log}"),
        &rebuilt(COLUMNS, step),
        &expect![[r#"
            todos.id ~> todos.id: the row with `id = 1001`, `title = 'Title one'`, `notes = 'Notes one'` held `1001` and holds `1` now
            LOST todos: table `todos`: 1 row is there on top of 3 rows, repeating the row with `id = 1001`, `title = 'Title one'`, `notes = 'Notes one'`
        "#]],
    );
    let plain = "CREATE TABLE todos (v INTEGER); INSERT INTO todos VALUES (1), (2), (3)";
    check(
        plain,
        "INSERT INTO todos SELECT * FROM todos",
        &expect![[r#"
            LOST todos: table `todos`: 3 rows are there on top of 3 rows, repeating the row with `rowid = 1`, `v = 1`
        "#]],
    );
}

#[test]
fn rowids_and_sequences() {
    let plain = "CREATE TABLE todos (title TEXT); INSERT INTO todos (rowid, title)
        VALUES (1, 'one'), (5, 'five'), (7, 'seven')";
    check(
        plain,
        &rebuilt("title TEXT", "INSERT INTO new SELECT * FROM todos"),
        &expect![[r#"
            todos: rowid 5 -> 2
        "#]],
    );
    let auto = "CREATE TABLE todos (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT);
        INSERT INTO todos VALUES (1, 'one'), (100, 'hundred'); DELETE FROM todos WHERE id = 100";
    let columns = "id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT";
    check(
        auto,
        &rebuilt(columns, "INSERT INTO new SELECT * FROM todos"),
        &expect![[r#"
            todos: sequence 100 -> Some(1)
        "#]],
    );
}
