//! Columns that are gone, moved or changed.

use expect_test::expect;

use super::{COLUMNS, OWNED, TODOS, check, rebuilt};

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
            LOST todos.title: column `todos.title`: 2 of 3 values are gone: the row with `id = 1003`, `notes = 'Notes two'` held `'Title two'`, the row with `id = 1001` held `'Title one'`, and both hold `'Title one'` now
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
            LOST todos.title: column `todos.title`: 3 of 3 values are gone: the row with `id = 1001`, `notes = 'Notes one'` held `'Title one'`, the row with `id = 1003` held `'Title two'`, and both hold `'Title'` now
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
            LOST t.a: column `t.a`: 2 of 3 values are gone: the row with `id = 1` held `' padded '`, the row with `id = 2` held `'Padded'`, and both hold `'padded'` now
        "#]],
    );
    check(
        spaces,
        "UPDATE t SET a = CAST(a AS INTEGER)",
        &expect![[r#"
            LOST t.a: column `t.a`: 3 of 3 values are gone: the row with `id = 1` held `' padded '`, the row with `id = 2` held `'Padded'`, and both hold `'0'` now
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

/// Most values are integers; the others become 0 when they are multiplied.
const CENTS: &str = "CREATE TABLE entries (id INTEGER PRIMARY KEY, amount INTEGER);
    INSERT INTO entries VALUES (1, 1000), (2, 25), (3, -3), (4, 'ten'), (5, 'three'), (6, 41), (7, 0);";
const RENAMED: &str = "ALTER TABLE entries RENAME COLUMN amount TO cents;";

#[test]
fn units_of_a_column_that_holds_more_than_numbers() {
    check(
        CENTS,
        "UPDATE entries SET amount = amount * 7",
        &expect![[r#"
            LOST entries.amount: column `entries.amount`: 2 of 7 values are gone: the row with `id = 4` held `'ten'`, the row with `id = 5` held `'three'`, and both hold `0` now
        "#]],
    );
    // A new name says nothing: the values do, as far as they are numbers.
    check(
        CENTS,
        &format!("{RENAMED} UPDATE entries SET cents = cents * 7"),
        &expect![[r#"
            LOST entries.amount: column `entries.amount`: 2 of 7 values are gone: the row with `id = 4` held `'ten'`, the row with `id = 5` held `'three'`, and both hold `0` now
        "#]],
    );
    check(
        CENTS,
        &format!("{RENAMED} UPDATE entries SET cents = cents * 7 WHERE typeof(cents) = 'integer'"),
        &expect![[r#"
            entries.amount ~> entries.cents: the row with `id = 1` held `1000` and holds `7000` now
        "#]],
    );
    // Few numbers say little.
    let texts = "CREATE TABLE entries (id INTEGER PRIMARY KEY, amount INTEGER);
        INSERT INTO entries VALUES (1, 1000), (2, 25), (3, 'a'), (4, 'b'), (5, 'c')";
    check(
        texts,
        &format!("{RENAMED} UPDATE entries SET cents = cents * 7"),
        &expect![[r#"
            LOST entries.amount: column `entries.amount`: 5 of 5 values are gone: the row with `id = 1` held `1000`
        "#]],
    );
    check(
        CENTS,
        &format!("{RENAMED} UPDATE entries SET cents = id * 7"),
        &expect![[r#"
            LOST entries.amount: column `entries.amount`: 7 of 7 values are gone: the row with `id = 1` held `1000`
        "#]],
    );
    check(
        CENTS,
        &format!("{RENAMED} UPDATE entries SET cents = 7"),
        &expect![[r#"
            LOST entries.amount: column `entries.amount`: 7 of 7 values are gone: the row with `id = 1` held `1000`
        "#]],
    );
    // One that became equal to a text is not lost where the text is left alone.
    check(
        CENTS,
        "UPDATE entries SET amount = CASE WHEN id = 4 THEN 1000 * 7 ELSE amount * 7 END",
        &expect![[r#"
            LOST entries.amount: column `entries.amount`: 3 of 7 values are gone: the row with `id = 4` held `'ten'`, the row with `id = 1` held `1000`, and both hold `7000` now
        "#]],
    );
    check(
        CENTS,
        "UPDATE entries SET amount = amount * 0.01 WHERE typeof(amount) = 'integer'",
        &expect![[r#"
            entries.amount ~> entries.amount: the row with `id = 1` held `1000` and holds `10` now
        "#]],
    );
    check(
        CENTS,
        "UPDATE entries SET amount = amount / 10",
        &expect![[r#"
            LOST entries.amount: column `entries.amount`: 4 of 7 values are gone: the row with `id = 3` held `-3`, the row with `id = 4` held `'ten'`, and both hold `0` now
        "#]],
    );
}

#[test]
fn units_of_long_numbers() {
    // Long numbers that follow each other have nearly the same quotients.
    let long = "CREATE TABLE entries (id INTEGER PRIMARY KEY, amount INTEGER);
        INSERT INTO entries VALUES (90000001, 90002001), (90000002, 90002002), (90000003, 90002003)";
    for (step, expected) in [
        (
            "cents = id * 7",
            expect![[r#"
            LOST entries.amount: column `entries.amount`: 3 of 3 values are gone: the row with `id = 90000001` held `90002001`
        "#]],
        ),
        (
            "cents = cents * 7",
            expect![[r#"
            entries.amount ~> entries.cents: the row with `id = 90000001` held `90002001` and holds `630014007` now
        "#]],
        ),
        (
            "cents = cents * 0.01",
            expect![[r#"
            entries.amount ~> entries.cents: the row with `id = 90000001` held `90002001` and holds `900020.01` now
        "#]],
        ),
        (
            "cents = cents * 1.95583",
            expect![[r#"
            entries.amount ~> entries.cents: the row with `id = 90000001` held `90002001` and holds `176028613.61583` now
        "#]],
        ),
        (
            "cents = cents / 1.95583",
            expect![[r#"
            entries.amount ~> entries.cents: the row with `id = 90000001` held `90002001` and holds `46017292.40271394` now
        "#]],
        ),
    ] {
        check(
            long,
            &format!("{RENAMED} UPDATE entries SET {step}"),
            &expected,
        );
    }
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
