//! What is told of a step, case by case.
#![cfg(feature = "verify")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

use std::fmt::Write;

use expect_test::{Expect, expect};
use rusqlite::Connection;
use stepladder::accounting::{
    Account, ColumnFate, Contents, Place, Rowids, TableFate, account, contents,
};
use stepladder::introspect::introspect;

fn held(connection: &Connection) -> Contents {
    contents(connection, &introspect(connection).unwrap()).unwrap()
}

/// What a step does to a database.
fn account_of(setup: &str, step: &str) -> Account {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("PRAGMA foreign_keys = OFF")
        .unwrap();
    connection.execute_batch(setup).unwrap();
    let before = held(&connection);
    connection.execute_batch(step).unwrap();
    account(&before, &held(&connection))
}

/// Everything that is not as it was, and what is lost.
fn tell(account: &Account) -> String {
    let mut text = String::new();
    for table in &account.tables {
        let rows = &table.rows;
        let name = &table.table;
        match &table.fate {
            TableFate::Kept => {}
            TableFate::Moved { table } => writeln!(text, "{name} -> {table}").unwrap(),
            TableFate::Dropped => writeln!(text, "{name} dropped").unwrap(),
        }
        if rows.elsewhere > 0 {
            writeln!(text, "{name}: {} rows elsewhere", rows.elsewhere).unwrap();
        }
        if let Rowids::Renumbered { before, after } = table.rowids {
            writeln!(text, "{name}: rowid {before} -> {after}").unwrap();
        }
        if let Some(sequence) = table.sequence {
            let (before, after) = (sequence.before, sequence.after);
            writeln!(text, "{name}: sequence {before} -> {after:?}").unwrap();
        }
    }
    let place = |at: &Place| format!("{}.{}", at.table, at.column);
    for column in &account.columns {
        let name = format!("{}.{}", column.table, column.column);
        match &column.fate {
            ColumnFate::Kept | ColumnFate::Vanished { .. } => {}
            ColumnFate::Empty => writeln!(text, "{name}: empty").unwrap(),
            ColumnFate::Moved { at } => writeln!(text, "{name} -> {}", place(at)).unwrap(),
            ColumnFate::Transformed { at, example } => {
                writeln!(text, "{name} ~> {}: {example}", place(at)).unwrap();
            }
            ColumnFate::Rewritten {
                at,
                example,
                lost,
                of,
            } => {
                let at = place(at);
                writeln!(text, "{name} => {at}: {example}, {lost} of {of}").unwrap();
            }
        }
    }
    for loss in account.losses() {
        writeln!(text, "LOST {}: {loss}", loss.object()).unwrap();
    }
    text
}

fn check(setup: &str, step: &str, expected: &Expect) {
    expected.assert_eq(&tell(&account_of(setup, step)));
}

/// Three rows with values that are found nowhere else, in a table with a key.
const TODOS: &str = "CREATE TABLE todos (id INTEGER PRIMARY KEY, title TEXT, notes TEXT);
    INSERT INTO todos VALUES (1001, 'Title one', 'Notes one'), (1003, 'Title two', 'Notes two'),
        (1007, 'Title three', 'Notes three');";
/// The same with users, to whom they belong.
const OWNED: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
    INSERT INTO users VALUES (2001, 'one@example'), (2002, 'two@example'), (2003, 'three@example');
    CREATE TABLE todos (id INTEGER PRIMARY KEY, title TEXT, owner_id INTEGER REFERENCES users
        ON DELETE CASCADE);
    INSERT INTO todos VALUES (1001, 'Title one', 2001), (1002, 'Title two', 2002),
        (1003, 'Title three', 2001), (1004, 'Title four', 2003);";

/// A rebuild of `todos` with a definition and a statement that copies.
fn rebuilt(definition: &str, copy: &str) -> String {
    format!(
        "CREATE TABLE new ({definition}); {copy}; DROP TABLE todos; ALTER TABLE new RENAME TO todos"
    )
}

const COLUMNS: &str = "id INTEGER PRIMARY KEY, title TEXT, notes TEXT";

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
fn renames_are_recognised() {
    check(
        TODOS,
        "ALTER TABLE todos RENAME COLUMN notes TO body",
        &expect![[r#"
            todos.notes -> todos.body
        "#]],
    );
    check(
        TODOS,
        "ALTER TABLE todos RENAME TO tasks",
        &expect![[r#"
        todos -> tasks
        todos.id -> tasks.id
        todos.title -> tasks.title
        todos.notes -> tasks.notes
    "#]],
    );
    check(
        TODOS,
        "ALTER TABLE todos RENAME TO tasks; ALTER TABLE tasks RENAME COLUMN id TO task_id;
        ALTER TABLE tasks DROP COLUMN notes",
        &expect![[r#"
            todos -> tasks
            todos.id -> tasks.task_id
            todos.title -> tasks.title
            LOST todos.notes: column `todos.notes`: 3 of 3 values are gone: the row with `id = 1001`, `title = 'Title one'` held `'Notes one'`
        "#]],
    );
    let two = "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT); INSERT INTO a VALUES (1, 'in a');
        CREATE TABLE b (id INTEGER PRIMARY KEY, x TEXT); INSERT INTO b VALUES (1, 'in b');";
    check(
        two,
        "ALTER TABLE a RENAME TO c; ALTER TABLE b RENAME TO a; ALTER TABLE c RENAME TO b",
        &expect![[r#"
            a -> b
            b -> a
            a.id -> b.id
            a.x -> b.x
            b.id -> a.id
            b.x -> a.x
        "#]],
    );
    check(
        two,
        "ALTER TABLE b RENAME TO c; ALTER TABLE a RENAME TO b",
        &expect![[r#"
            a -> b
            b -> c
            a.id -> b.id
            a.x -> b.x
            b.id -> c.id
            b.x -> c.x
        "#]],
    );
}

#[test]
fn columns_that_are_gone() {
    check(
        TODOS,
        "ALTER TABLE todos DROP COLUMN notes",
        &expect![[r#"
            LOST todos.notes: column `todos.notes`: 3 of 3 values are gone: the row with `id = 1001`, `title = 'Title one'` held `'Notes one'`
        "#]],
    );
    let copy = rebuilt(
        COLUMNS,
        "INSERT INTO new (id, title) SELECT id, title FROM todos",
    );
    check(
        TODOS,
        &copy,
        &expect![[r#"
            LOST todos.notes: column `todos.notes`: 3 of 3 values are gone: the row with `id = 1001`, `title = 'Title one'` held `'Notes one'` and holds `NULL` now
        "#]],
    );
    let keys = rebuilt(
        COLUMNS,
        "INSERT INTO new (title, notes) SELECT title, notes FROM todos",
    );
    check(
        TODOS,
        &keys,
        &expect![[r#"
            LOST todos.id: column `todos.id`: 3 of 3 values are gone: the row with `id = 1001`, `title = 'Title one'`, `notes = 'Notes one'` held `1001` and holds `1` now
        "#]],
    );
    check(
        "CREATE TABLE t (a TEXT, b TEXT); INSERT INTO t VALUES ('value', NULL)",
        "ALTER TABLE t DROP COLUMN b",
        &expect![[r#"
            t.b: empty
        "#]],
    );
    check(
        OWNED,
        "ALTER TABLE todos DROP COLUMN owner_id",
        &expect![[r#"
            LOST todos.owner_id: column `todos.owner_id`: 4 of 4 values are gone: the row with `id = 1001`, `title = 'Title one'` held `2001`
        "#]],
    );
}

#[test]
fn swapped_and_overwritten_columns() {
    let copy = rebuilt(
        COLUMNS,
        "INSERT INTO new SELECT id, notes, title FROM todos",
    );
    check(
        TODOS,
        &copy,
        &expect![[r#"
        todos.title -> todos.notes
        todos.notes -> todos.title
    "#]],
    );
    check(
        TODOS,
        "UPDATE todos SET title = notes",
        &expect![[r#"
            LOST todos.title: column `todos.title`: 3 of 3 values are gone: the row with `id = 1001`, `notes = 'Notes one'` held `'Title one'` and holds `'Notes one'` now
        "#]],
    );
    check(
        TODOS,
        "UPDATE todos SET title = upper(notes)",
        &expect![[r#"
            LOST todos.title: column `todos.title`: 3 of 3 values are gone: the row with `id = 1001`, `notes = 'Notes one'` held `'Title one'` and holds `'NOTES ONE'` now
        "#]],
    );
    check(
        TODOS,
        "UPDATE todos SET title = 'Title one' WHERE id <> 1001",
        &expect![[r#"
            LOST todos.title: column `todos.title`: 2 of 3 values are gone: the row with `id = 1003`, `notes = 'Notes two'` held `'Title two'` and holds `'Title one'` now
        "#]],
    );
    check(
        TODOS,
        "UPDATE todos SET notes = NULL WHERE id = 1003",
        &expect![[r#"
            LOST todos.notes: column `todos.notes`: 1 of 3 values is gone: the row with `id = 1003`, `title = 'Title two'` held `'Notes two'` and holds `NULL` now
        "#]],
    );
}

#[test]
fn values_that_are_changed() {
    check(
        TODOS,
        "UPDATE todos SET title = lower(title)",
        &expect![[r#"
            todos.title ~> todos.title: the row with `id = 1001`, `notes = 'Notes one'` held `'Title one'` and holds `'title one'` now
        "#]],
    );
    check(
        TODOS,
        "UPDATE todos SET id = id + 5000",
        &expect![[r#"
            todos.id ~> todos.id: the row with `id = 1001`, `title = 'Title one'`, `notes = 'Notes one'` held `1001` and holds `6001` now
        "#]],
    );
    check(
        TODOS,
        "UPDATE todos SET title = substr(title, 1, 5)",
        &expect![[r#"
            LOST todos.title: column `todos.title`: 3 of 3 values are gone: the row with `id = 1001`, `notes = 'Notes one'` held `'Title one'` and holds `'Title'` now
        "#]],
    );
    let spaces = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
        INSERT INTO t VALUES (1, ' padded '), (2, 'Padded'), (3, 'plain')";
    check(
        spaces,
        "UPDATE t SET a = trim(a)",
        &expect![[r#"
            t.a ~> t.a: the row with `id = 1` held `' padded '` and holds `'padded'` now
        "#]],
    );
    check(
        spaces,
        "UPDATE t SET a = lower(trim(a))",
        &expect![[r#"
            LOST t.a: column `t.a`: 2 of 3 values are gone: the row with `id = 1` held `' padded '` and holds `'padded'` now
        "#]],
    );
    check(
        spaces,
        "UPDATE t SET a = CAST(a AS INTEGER)",
        &expect![[r#"
            LOST t.a: column `t.a`: 3 of 3 values are gone: the row with `id = 1` held `' padded '` and holds `'0'` now
        "#]],
    );
    check(
        TODOS,
        "ALTER TABLE todos RENAME COLUMN title TO name; UPDATE todos SET name = upper(name)",
        &expect![[r#"
            todos.title ~> todos.name: the row with `id = 1001`, `notes = 'Notes one'` held `'Title one'` and holds `'TITLE ONE'` now
        "#]],
    );
    check(
        "CREATE TABLE p (id INTEGER PRIMARY KEY, first TEXT, last TEXT);
        INSERT INTO p VALUES (1, 'Ann Mary', 'Miller'), (2, 'John', 'Smith')",
        "ALTER TABLE p ADD COLUMN name TEXT; UPDATE p SET name = first || ' ' || last;
        ALTER TABLE p DROP COLUMN first",
        &expect![[r#"
            p.first ~> p.name: the row with `id = 1`, `last = 'Miller'` held `'Ann Mary'` and holds `'Ann Mary Miller'` now
        "#]],
    );
}

#[test]
fn rewritten_by_affinity() {
    let text = "CREATE TABLE todos (id INTEGER PRIMARY KEY, code TEXT);
        INSERT INTO todos VALUES (1, '007'), (2, '42'), (3, '9223372036854775808'), (4, '12abc'),
            (5, '1e3'), (6, ''), (7, NULL)";
    let to = |affinity: &str| {
        let columns = format!("id INTEGER PRIMARY KEY, code {affinity}");
        rebuilt(&columns, "INSERT INTO new SELECT * FROM todos")
    };
    check(
        text,
        &to("INTEGER"),
        &expect![[r#"
            todos.code => todos.code: the row with `id = 1` held `'007'` and holds `7` now, 3 of 6
            LOST todos.code: column `todos.code`: 3 of 6 values cannot be told back, TEXT as they were and INTEGER as they are: the row with `id = 1` held `'007'` and holds `7` now
        "#]],
    );
    let plain = "CREATE TABLE todos (id INTEGER PRIMARY KEY, code TEXT);
        INSERT INTO todos VALUES (1, '7'), (2, '42'), (3, NULL)";
    check(
        plain,
        &to("INTEGER"),
        &expect![[r#"
            todos.code => todos.code: the row with `id = 1` held `'7'` and holds `7` now, 0 of 2
        "#]],
    );
    let integer = "CREATE TABLE todos (id INTEGER PRIMARY KEY, code INTEGER);
        INSERT INTO todos VALUES (1, 7), (2, 9007199254740993), (3, NULL), (4, 'text')";
    check(
        integer,
        &to("REAL"),
        &expect![[r#"
            todos.code => todos.code: the row with `id = 2` held `9007199254740993` and holds `9007199254740992.0` now, 1 of 3
            LOST todos.code: column `todos.code`: 1 of 3 values cannot be told back, INTEGER as they were and REAL as they are: the row with `id = 2` held `9007199254740993` and holds `9007199254740992.0` now
        "#]],
    );
    check(
        integer,
        &to("TEXT"),
        &expect![[r#"
            todos.code => todos.code: the row with `id = 1` held `7` and holds `'7'` now, 0 of 3
        "#]],
    );
    let real = "CREATE TABLE todos (id INTEGER PRIMARY KEY, code REAL);
        INSERT INTO todos VALUES (1, 7.0), (2, 0.1), (3, 1e300)";
    check(
        real,
        &to("INTEGER"),
        &expect![[r#"
            todos.code => todos.code: the row with `id = 1` held `7.0` and holds `7` now, 0 of 3
        "#]],
    );
    check(
        real,
        &to("TEXT"),
        &expect![[r#"
            todos.code => todos.code: the row with `id = 1` held `7.0` and holds `'7.0'` now, 0 of 3
        "#]],
    );
    check(
        real,
        "UPDATE todos SET code = CAST(code AS INTEGER)",
        &expect![[r#"
            LOST todos.code: column `todos.code`: 1 of 3 values is gone: the row with `id = 2` held `0.1` and holds `0.0` now
        "#]],
    );
    let key = "CREATE TABLE todos (id TEXT PRIMARY KEY); INSERT INTO todos VALUES ('1'), ('02')";
    let step = rebuilt(
        "id INTEGER PRIMARY KEY",
        "INSERT INTO new SELECT * FROM todos",
    );
    check(
        key,
        &step,
        &expect![[r#"
            todos.id => todos.id: the row with `id = '02'` held `'02'` and holds `2` now, 1 of 2
            LOST todos.id: column `todos.id`: 1 of 2 values cannot be told back, TEXT as they were and INTEGER as they are: the row with `id = '02'` held `'02'` and holds `2` now
        "#]],
    );
}

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

/// A long value that became a short one, among others that stayed.
#[test]
fn single_values_that_are_overwritten() {
    let setup = "CREATE TABLE books (id INTEGER PRIMARY KEY, isbn TEXT UNIQUE, kind TEXT);
        INSERT INTO books VALUES (1001, '978-1', 'novel'), (1002, '978-2', 'novel'),
            (1003, '978-3', 'guide');";
    let one = "UPDATE OR IGNORE books SET isbn = '1'";
    check(
        setup,
        one,
        &expect![[r#"
        LOST books.isbn: column `books.isbn`: 1 of 3 values is gone: the row with `id = 1001`, `kind = 'novel'` held `'978-1'` and holds `'1'` now
    "#]],
    );
    let key = "UPDATE OR IGNORE books SET id = 1";
    check(
        setup,
        key,
        &expect![[r#"
        LOST books.id: column `books.id`: 1 of 3 values is gone: the row with `id = 1001`, `isbn = '978-1'`, `kind = 'novel'` held `1001` and holds `1` now
    "#]],
    );
    // A code for a value that repeats, and for all values.
    let code = "UPDATE books SET kind = 'n' WHERE kind = 'novel'";
    check(
        setup,
        code,
        &expect![[r#"
        books.kind ~> books.kind: the row with `id = 1001`, `isbn = '978-1'` held `'novel'` and holds `'n'` now
    "#]],
    );
    let codes = "UPDATE books SET isbn = substr(isbn, 5)";
    check(
        setup,
        codes,
        &expect![[r#"
        books.isbn ~> books.isbn: the row with `id = 1001`, `kind = 'novel'` held `'978-1'` and holds `'1'` now
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
