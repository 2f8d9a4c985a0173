//! Full-text indexes over the rows of another table stay in step with it.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use rusqlite::Connection;
use stepladder::__private::{RebuildKind, RebuildPlan, RowidCopy, StepContext};
use support::{Steps, at, rebuild, rows, target};

const DATA: &str = "INSERT INTO note (id, title) VALUES (3, 'red apple'), (8, 'green pear')";

/// A table of notes, the index over their titles, and the triggers that keep it in step.
fn schema(fts: &str, table: &str, title: &str) -> String {
    format!(
        "CREATE TABLE note ({table});
         CREATE VIRTUAL TABLE note_text USING {fts};
         CREATE TRIGGER note_insert AFTER INSERT ON note BEGIN
             INSERT INTO note_text (rowid, title) VALUES (NEW.id, {title}); END;
         CREATE TRIGGER note_update AFTER UPDATE ON note BEGIN
             INSERT INTO note_text (note_text, rowid, title) VALUES ('delete', OLD.id, OLD.title);
             INSERT INTO note_text (rowid, title) VALUES (NEW.id, NEW.title); END"
    )
}

const FTS5: &str = "fts5(title, content = 'note', content_rowid = 'id')";
const TABLE: &str = "id INTEGER PRIMARY KEY, title TEXT";

fn found(connection: &Connection, word: &str) -> Vec<String> {
    let check = "INSERT INTO note_text (note_text, rank) VALUES ('integrity-check', 1)";
    connection.execute_batch(check).unwrap();
    rows(
        connection,
        &format!("SELECT rowid FROM note_text WHERE note_text MATCH '{word}'"),
    )
}

fn migrated(
    old: &str,
    new: &str,
    data: &str,
    step: impl Fn(&StepContext<'_>, &'static stepladder::History) -> stepladder::Result<()>
    + Send
    + 'static,
) -> Connection {
    let steps = Steps::new(&[(1, old), (2, new)]);
    let history = steps.history;
    let mut connection = at(history, 1, data);
    let steps = steps.step(1, move |context| step(context, history));
    steps.strategy().migrate(&mut connection).unwrap();
    connection
}

#[test]
fn the_table_is_rebuilt_with_its_values() {
    let new = schema(
        FTS5,
        "title TEXT NOT NULL, id INTEGER PRIMARY KEY",
        "NEW.title",
    );
    let connection = migrated(
        &schema(FTS5, TABLE, "NEW.title"),
        &new,
        DATA,
        |step, history| rebuild(step, history, "note", &[]),
    );
    assert_eq!(found(&connection, "apple"), ["3"]);
    connection
        .execute_batch("UPDATE note SET title = 'plum' WHERE id = 3")
        .unwrap();
    assert_eq!(found(&connection, "plum"), ["3"]);
}

#[test]
fn the_table_is_rebuilt_with_other_values() {
    let new = schema(
        FTS5,
        "title TEXT NOT NULL, id INTEGER PRIMARY KEY",
        "NEW.title",
    );
    let connection = migrated(
        &schema(FTS5, TABLE, "NEW.title"),
        &new,
        DATA,
        |step, history| {
            rebuild(
                step,
                history,
                "note",
                &[("title", "replace(title, 'apple', 'plum')")],
            )
        },
    );
    assert_eq!(found(&connection, "plum"), ["3"]);
    assert_eq!(found(&connection, "apple"), [""; 0]);
}

#[test]
fn rows_change_while_the_triggers_are_absent() {
    let new = schema(FTS5, TABLE, "trim(NEW.title)");
    let connection = migrated(&schema(FTS5, TABLE, "NEW.title"), &new, DATA, |step, _| {
        step.execute("UPDATE note SET title = 'plum' WHERE id = 3", [])?;
        step.with_connection(|connection| {
            Ok(connection.execute_batch("INSERT INTO note VALUES (9, 'fig')")?)
        })
    });
    assert_eq!(found(&connection, "plum"), ["3"]);
    // The trigger on INSERT is another one, so it was absent.
    assert_eq!(found(&connection, "fig"), ["9"]);
}

#[test]
fn the_index_is_rebuilt_before_or_after_its_table() {
    const PLAN: RebuildPlan = RebuildPlan {
        old_name: "note_text",
        copied: &[],
        rowid: RowidCopy::None,
        kind: RebuildKind::ExternalContent,
    };
    let new = schema(
        "fts5(title, content = 'note', content_rowid = 'id', tokenize = 'porter')",
        TABLE,
        "NEW.title",
    );
    for first in ["note", "note_text"] {
        let connection = migrated(
            &schema(FTS5, TABLE, "NEW.title"),
            &new,
            DATA,
            move |step, history| {
                let index = || step.rebuild(&target(history, 2, "note_text"), &PLAN, &[]);
                if first == "note_text" {
                    index()?;
                }
                rebuild(step, history, "note", &[("title", "title || ' trees'")])?;
                if first == "note" {
                    index()?;
                }
                Ok(())
            },
        );
        assert_eq!(found(&connection, "tree"), ["3", "8"]);
    }
}

/// An app may index only some of the rows; then it is not for a step to index all.
#[test]
fn an_index_that_was_out_of_step_stays_as_it_is() {
    let new = schema(
        FTS5,
        "title TEXT NOT NULL, id INTEGER PRIMARY KEY",
        "NEW.title",
    );
    let data = format!("{DATA}; DROP TRIGGER note_insert; INSERT INTO note VALUES (9, 'secret')");
    let connection = migrated(
        &schema(FTS5, TABLE, "NEW.title"),
        &new,
        &data,
        |step, history| rebuild(step, history, "note", &[("title", "title")]),
    );
    let sql = "SELECT count(*) FROM note_text WHERE note_text MATCH 'secret'";
    assert_eq!(rows(&connection, sql), ["0"]);
}

#[test]
fn fts4_too() {
    let fts4 = |table: &str| {
        format!(
            "CREATE TABLE note ({table}); CREATE VIRTUAL TABLE note_text USING fts4(content=\"note\", title)"
        )
    };
    let data = format!("{DATA}; INSERT INTO note_text (note_text) VALUES ('rebuild')");
    let new = fts4("id INTEGER PRIMARY KEY, title TEXT NOT NULL");
    let connection = migrated(&fts4(TABLE), &new, &data, |step, history| {
        rebuild(
            step,
            history,
            "note",
            &[("title", "replace(title, 'apple', 'plum')")],
        )
    });
    let sql = "SELECT docid FROM note_text WHERE note_text MATCH 'plum'";
    assert_eq!(rows(&connection, sql), ["3"]);
    connection
        .execute_batch("INSERT INTO note_text (note_text) VALUES ('integrity-check')")
        .unwrap();
}
