use stepladder::introspect::introspect;
use stepladder::rusqlite::Connection;
use stepladder::schema::Schema;

use super::follow::follow;
use crate::script::Script;

fn schema(sql: &str) -> (Connection, Schema) {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(sql).unwrap();
    let schema = introspect(&connection).unwrap();
    (connection, schema)
}

/// What a step renames, which SQLite runs for the schema that it leads to.
fn renamed(old: &str, step: &str) -> String {
    let (connection, old) = schema(old);
    connection.execute_batch(step).unwrap();
    let new = introspect(&connection).unwrap();
    let found = follow(&Script::new("step.sql", step), &old, &new);
    let tables = found
        .tables
        .iter()
        .map(|it| format!("{}={}", it.new, it.old));
    let columns = found.columns.iter().flat_map(|(table, columns)| {
        let columns = columns.iter();
        columns.map(move |it| format!("{table}.{}={}", it.new, it.old))
    });
    tables.chain(columns).collect::<Vec<_>>().join(" ")
}

const OLD: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, mail TEXT);
    CREATE TABLE todos (id INTEGER PRIMARY KEY, a TEXT, b TEXT);";

#[test]
fn alter_table_says_what_it_renames() {
    for (step, expected) in [
        ("ALTER TABLE todos RENAME COLUMN a TO c", "todos.c=a"),
        ("alter table main.\"todos\" rename [a] to 'c d'", "todos.c d=a"),
        ("ALTER TABLE users RENAME TO people", "people=users"),
        (
            "ALTER TABLE users RENAME TO p; ALTER TABLE p RENAME name TO n; ALTER TABLE p RENAME TO people;
             ALTER TABLE people RENAME n TO full_name",
            "people=users people.full_name=name",
        ),
        (
            "ALTER TABLE todos RENAME a TO x; ALTER TABLE todos RENAME b TO a; ALTER TABLE todos RENAME x TO b",
            "todos.b=a todos.a=b",
        ),
        ("ALTER TABLE todos RENAME a TO x; ALTER TABLE todos RENAME x TO A", ""),
        // Not the same column, although it has the name.
        (
            "ALTER TABLE todos RENAME a TO x; ALTER TABLE todos DROP x; ALTER TABLE todos ADD COLUMN x",
            "",
        ),
        ("-- ALTER TABLE todos RENAME a TO c\nSELECT 'ALTER TABLE todos RENAME a TO c'", ""),
    ] {
        assert_eq!(renamed(OLD, step), expected, "{step}");
    }
}

#[test]
fn the_copy_of_a_rebuild_says_what_it_renames() {
    let rebuild = |copies: &str| {
        let step = format!(
            "CREATE TABLE new (id INTEGER PRIMARY KEY, c TEXT NOT NULL, d TEXT); {copies};
             DROP TABLE todos; ALTER TABLE new RENAME TO todos"
        );
        renamed(OLD, &step)
    };
    for (copies, expected) in [
        (
            "INSERT INTO new (id, c, d) SELECT id, a, b FROM todos",
            "todos.c=a todos.d=b",
        ),
        (
            "INSERT INTO new (d, id, c) SELECT todos.b, id, coalesce(a, '') FROM todos",
            "todos.d=b",
        ),
        // Two columns from one are no rename.
        ("INSERT INTO new (id, c, d) SELECT id, a, a FROM todos", ""),
        // A word that is no column.
        (
            "INSERT INTO new (id, c, d) SELECT id, 'a', NULL FROM todos",
            "",
        ),
        // By their place alone they are not told.
        ("INSERT INTO new SELECT * FROM todos", ""),
        // Half of the rows in one way, half in another one.
        (
            "INSERT INTO new (id, c, d) SELECT id, a, b FROM todos WHERE id < 5;
             INSERT INTO new (id, c, d) SELECT id, b, b FROM todos WHERE id >= 5",
            "todos.d=b",
        ),
        // From two tables.
        (
            "INSERT INTO new (id, c, d) SELECT id, a, b FROM todos;
             INSERT INTO new (c) SELECT name FROM users",
            "",
        ),
        (
            "INSERT INTO new (id, c) SELECT t.id, u.name FROM todos t JOIN users u",
            "",
        ),
    ] {
        assert_eq!(rebuild(copies), expected, "{copies}");
    }
}

#[test]
fn rows_that_move_to_another_table_are_a_rename_where_nothing_stays() {
    let moved = |then: &str| {
        let step = format!(
            "CREATE TABLE people (id INTEGER PRIMARY KEY, full_name TEXT);
             INSERT INTO people (id, full_name) SELECT id, name FROM users; {then}"
        );
        renamed(OLD, &step)
    };
    assert_eq!(
        moved("DROP TABLE users"),
        "people=users people.full_name=name"
    );
    assert_eq!(moved(""), "");
    let also =
        "CREATE TABLE accounts (mail TEXT); INSERT INTO accounts (mail) SELECT mail FROM users;
        DROP TABLE users";
    assert_eq!(moved(also), "");
    // By way of a table that is there for the step only.
    let by_way =
        "CREATE TABLE more (id, f); INSERT INTO more (id, f) SELECT id, full_name FROM people;
        DROP TABLE users; DROP TABLE people; ALTER TABLE more RENAME TO users";
    assert_eq!(moved(by_way), "users.f=name");
}
