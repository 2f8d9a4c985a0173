//! Tables that are the same, split, merged or virtual.

use expect_test::expect;

use super::{COLUMNS, OWNED, TODOS, check, rebuilt};

#[test]
fn nothing_is_told_where_nothing_is_different() {
    check(TODOS, "", &expect![[""]]);
    let copy = rebuilt(COLUMNS, "INSERT INTO new SELECT * FROM todos");
    check(TODOS, &copy, &expect![[""]]);
    check(
        TODOS,
        "ALTER TABLE todos ADD COLUMN done INTEGER NOT NULL DEFAULT 0",
        &expect![[""]],
    );
    let step = "UPDATE todos SET notes = 'none' WHERE notes IS NULL";
    let setup = format!("{TODOS} INSERT INTO todos VALUES (1, 'x', NULL), (2, NULL, NULL)");
    check(&setup, step, &expect![[""]]);
    check(
        &setup,
        "INSERT INTO todos VALUES (5, 'new', 'row')",
        &expect![[""]],
    );
}

#[test]
fn split_merged_and_joined_tables() {
    check(
        TODOS,
        "CREATE TABLE details (todo_id INTEGER PRIMARY KEY, notes TEXT);
        INSERT INTO details SELECT id, notes FROM todos; ALTER TABLE todos DROP COLUMN notes",
        &expect![[r#"
            todos.notes -> details.notes
        "#]],
    );
    check(
        TODOS,
        "CREATE TABLE details (id INTEGER PRIMARY KEY, notes TEXT);
        INSERT INTO details (notes) SELECT notes FROM todos; ALTER TABLE todos DROP COLUMN notes",
        &expect![[r#"
            LOST todos.notes: column `todos.notes`: 3 of 3 values are in `details.notes`, where nothing says which rows they belong to: the row with `id = 1001`, `title = 'Title one'` held `'Notes one'`
        "#]],
    );
    check(
        "CREATE TABLE todos (id INTEGER PRIMARY KEY, title TEXT, tag TEXT);
        INSERT INTO todos VALUES (1001, 'one', 'home'), (1002, 'two', 'work'), (1003, 'three', 'home')",
        "CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
        INSERT INTO tags (name) SELECT DISTINCT tag FROM todos;
        ALTER TABLE todos ADD COLUMN tag_id INTEGER;
        UPDATE todos SET tag_id = (SELECT id FROM tags WHERE name = tag);
        ALTER TABLE todos DROP COLUMN tag",
        &expect![[r#"
            todos.tag -> tags.name
        "#]],
    );
    check(
        TODOS,
        "CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE todo_tags (todo INTEGER, tag INTEGER);
        INSERT INTO tags SELECT id * 7, notes FROM todos;
        INSERT INTO todo_tags SELECT id, id * 7 FROM todos;
        ALTER TABLE todos DROP COLUMN notes",
        &expect![[r#"
            todos.notes -> tags.name
        "#]],
    );
    check(
        OWNED,
        "ALTER TABLE todos ADD COLUMN email TEXT;
        UPDATE todos SET email = (SELECT email FROM users WHERE users.id = owner_id);
        DROP TABLE users",
        &expect![[r#"
            users -> todos
            users.id -> todos.owner_id
            users.email -> todos.email
        "#]],
    );
    check(
        "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT); INSERT INTO a VALUES (1, 'x one'), (2, 'x two');
        CREATE TABLE b (id INTEGER PRIMARY KEY, y TEXT); INSERT INTO b VALUES (1, 'y one'), (2, 'y two');",
        "INSERT INTO a SELECT id + 1000, y FROM b; DROP TABLE b",
        &expect![[r#"
            b -> a
            b.id ~> a.id: the row with `id = 1`, `y = 'y one'` held `1` and holds `1001` now
            b.y -> a.x
        "#]],
    );
    check(
        TODOS,
        "CREATE TABLE archive (id INTEGER PRIMARY KEY, title TEXT);
        INSERT INTO archive SELECT id, title FROM todos WHERE id > 1001;
        DELETE FROM todos WHERE id > 1001",
        &expect![[r#"
            todos: 2 rows elsewhere
            LOST todos.notes: column `todos.notes`: 2 of 3 values are gone: the row with `id = 1003`, `title = 'Title two'` held `'Notes two'`
        "#]],
    );
}

/// The name of a column decides where the values alone do not, or say otherwise.
#[test]
fn columns_that_moved_with_some_rows() {
    let setup =
        "CREATE TABLE mails (id INTEGER PRIMARY KEY, sender TEXT, subject TEXT, bin INTEGER);
        INSERT INTO mails VALUES (1, 'ann@home', 'hello bob', 0), (2, 'bob@work', 'hello ann', 1),
            (3, 'eve@sea', 'no subject', 0);
        CREATE TABLE users (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER);
        INSERT INTO users VALUES (1001, 1, 0), (1002, 0, 1), (1003, 1, 1);";
    let moved = |copy: &str| {
        format!(
            "CREATE TABLE bin (id INTEGER PRIMARY KEY, sender TEXT, subject TEXT, bin INTEGER);
             INSERT INTO bin {copy} FROM mails WHERE bin = 1;
             DELETE FROM mails WHERE bin = 1"
        )
    };
    check(
        setup,
        &moved("SELECT *"),
        &expect![[r#"
        mails: 1 rows elsewhere
    "#]],
    );
    check(
        setup,
        &moved("SELECT id, subject, sender, bin"),
        &expect![[r#"
            mails: 1 rows elsewhere
            LOST mails.sender: column `mails.sender`: 1 of 3 values is gone: the row with `id = 2`, `subject = 'hello ann'`, `bin = 1` held `'bob@work'` and holds `'hello ann'` now
            LOST mails.subject: column `mails.subject`: 1 of 3 values is gone: the row with `id = 2`, `sender = 'bob@work'`, `bin = 1` held `'hello ann'` and holds `'bob@work'` now
        "#]],
    );
    let split = "CREATE TABLE flags (user INTEGER PRIMARY KEY, b INTEGER, a INTEGER);
        INSERT INTO flags SELECT id, b, a FROM users;
        ALTER TABLE users DROP COLUMN a;
        ALTER TABLE users DROP COLUMN b;";
    check(
        setup,
        split,
        &expect![[r#"
        users.a -> flags.a
        users.b -> flags.b
    "#]],
    );
}

#[test]
fn full_text_tables_have_content_of_their_own() {
    let setup = "CREATE TABLE todos (id INTEGER PRIMARY KEY, title TEXT);
        INSERT INTO todos VALUES (1, 'Title one');
        CREATE VIRTUAL TABLE own USING fts5(body, title); INSERT INTO own VALUES ('The body', 'The title');
        CREATE VIRTUAL TABLE other USING fts5(title, content='todos', content_rowid='id');
        INSERT INTO other(other) VALUES ('rebuild')";
    check(setup, "DROP TABLE other", &expect![[""]]);
    check(
        setup,
        "DROP TABLE own",
        &expect![[r#"
            own dropped
            LOST own: table `own`: it is gone with 1 row, such as the row with `rowid = 1`, `body = 'The body'`, `title = 'The title'`
        "#]],
    );
    check(
        setup,
        "ALTER TABLE own RENAME TO search",
        &expect![[r#"
        own -> search
        own.body -> search.body
        own.title -> search.title
    "#]],
    );
}
