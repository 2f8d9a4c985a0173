//! What to do about an error of SQLite in a schema: it says what is wrong, and seldom what is right.

use stepladder::schema::EntityKind;

/// Words in SQLite's message, and what to do then. The first that fits counts.
const ADVICE: [(&str, &str); 35] = [
    (
        "generated column loop",
        "take the column out of its own expression, and out of those that it is computed from",
    ),
    (
        "at least one non-generated column",
        "add a column that is not generated, such as `id INTEGER PRIMARY KEY`",
    ),
    (
        "generated columns cannot be part of the PRIMARY KEY",
        "leave `PRIMARY KEY` out; a generated column can be `UNIQUE`",
    ),
    (
        "error in generated column",
        "leave its default out: the value of a generated column is its expression",
    ),
    ("but got", "name as many columns as the `SELECT` gives"),
    (
        "is circularly defined",
        "let one of the views read from tables only",
    ),
    (
        "no such function",
        "use a function of SQLite, https://www.sqlite.org/lang_corefunc.html; those of the app are not known \
         here",
    ),
    (
        "no such collation sequence",
        "use `BINARY`, `NOCASE` or `RTRIM`; collations of the app are not known here",
    ),
    (
        "no such module",
        "use a module of SQLite, such as `fts5` or `rtree`; those of the app are not known here",
    ),
    (
        "datatype for",
        "a column of a STRICT table is `INT`, `INTEGER`, `REAL`, `TEXT`, `BLOB` or `ANY`",
    ),
    (
        "reserved for internal use",
        "take another name: those with `sqlite_` are SQLite's own",
    ),
    (
        "PRIMARY KEY missing",
        "declare a primary key, or leave `WITHOUT ROWID` out",
    ),
    ("duplicate column name", "give one of the two another name"),
    (
        "AUTOINCREMENT is only allowed",
        "write `INTEGER PRIMARY KEY AUTOINCREMENT`, or leave `AUTOINCREMENT` out",
    ),
    (
        "AUTOINCREMENT not allowed",
        "leave out `AUTOINCREMENT` or `WITHOUT ROWID`",
    ),
    (
        "more than one primary key",
        "for a key of several columns write `PRIMARY KEY (a, b)` behind the columns, once",
    ),
    (
        "unknown table option",
        "the options of a table are `STRICT` and `WITHOUT ROWID`",
    ),
    ("trigger on view", "a trigger on a view is `INSTEAD OF`"),
    (
        "INSTEAD OF trigger on table",
        "a trigger on a table is `BEFORE` or `AFTER`",
    ),
    (
        "views may not be indexed",
        "index the columns of the tables that the view reads",
    ),
    (
        "subqueries prohibited",
        "use the columns of the row alone; what other rows have to do with it can be held by a trigger",
    ),
    (
        "non-deterministic functions prohibited",
        "use functions that always give the same for the same values",
    ),
    (
        "is not constant",
        "a default is a constant or an expression without columns, such as `DEFAULT (unixepoch())`",
    ),
    (
        "parameters prohibited",
        "write the value: nobody binds a parameter in a schema",
    ),
    (
        "parameters are not allowed",
        "write the value: nobody binds a parameter in a schema",
    ),
    (
        "number of columns in foreign key",
        "name as many columns on both sides: `FOREIGN KEY (a, b) REFERENCES t (a, b)`",
    ),
    ("unknown database", "leave out the name before the dot"),
    (
        "qualified table names are not allowed",
        "leave out the `main.` before the table",
    ),
    (
        "cannot reference objects in database",
        "let it read tables of the schema only",
    ),
    (
        "already exists",
        "take another name: a full-text table keeps its words in tables with its name in front",
    ),
    ("RAISE() may only be used", "use `RAISE` in a trigger only"),
    (
        "no such table",
        "create the table above this statement, or correct the name",
    ),
    ("no such column", "correct the name, or add the column"),
    ("a quote is never closed", "close it with the same quote"),
    (
        "incomplete input",
        "write the rest: a parenthesis or an `END` is missing",
    ),
];

/// What to do about a message of SQLite about an entity.
pub(crate) fn advice(kind: EntityKind, message: &str) -> String {
    let known = ADVICE.iter().find(|(words, _)| message.contains(words));
    if let Some((_, advice)) = known {
        return (*advice).to_owned();
    }
    let page = match kind {
        EntityKind::Table => "lang_createtable",
        EntityKind::VirtualTable => "lang_createvtab",
        EntityKind::Index => "lang_createindex",
        EntityKind::Trigger => "lang_createtrigger",
        EntityKind::View => "lang_createview",
    };
    format!("see what SQLite takes: https://www.sqlite.org/{page}.html")
}

#[cfg(test)]
mod tests {
    use stepladder::rusqlite::Connection;
    use stepladder::schema::EntityKind;

    use super::advice;

    /// SQLite 3.39 sees it when the table is used, newer ones when it is created.
    #[test]
    fn a_column_that_is_made_of_itself() {
        let connection = Connection::open_in_memory().unwrap();
        let sql = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT AS (b + 1), b INT AS (a + 1));
                   SELECT * FROM t";
        let error = connection.execute_batch(sql).unwrap_err().to_string();
        let advice = advice(EntityKind::Table, &error);
        assert!(
            advice.starts_with("take the column out"),
            "{error}: {advice}"
        );
    }
}
