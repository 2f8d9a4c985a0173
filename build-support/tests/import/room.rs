//! Room.

use expect_test::expect;
use stepladder::rusqlite::Connection;
use stepladder_build::{ImportKind, import};

use crate::{Home, assert_version, fixture, left_out};

#[test]
fn tables_full_text_tables_and_views_are_what_room_makes() {
    let home = Home::new();
    let imported = import(ImportKind::Room, &fixture("room"), &home.schemas()).unwrap();
    assert_eq!(imported.versions, [3, 5]);
    assert_eq!(left_out(&imported), "");
    assert_eq!(
        imported.notes,
        ["there is no file for version 4: the step leads from 3 to 5"]
    );
    let history = home.history();
    assert_version(
        &history,
        3,
        "CREATE TABLE note (id INTEGER NOT NULL, title TEXT NOT NULL, body TEXT, PRIMARY KEY (id));
         CREATE UNIQUE INDEX index_note_title ON note (title DESC, id ASC);",
    );
    let sync = "CREATE TRIGGER room_fts_content_sync_note_fts_";
    assert_version(
        &history,
        5,
        &format!(
            "CREATE TABLE note (id INTEGER NOT NULL, title TEXT NOT NULL, body TEXT, pinned INTEGER \
             NOT NULL DEFAULT 0, PRIMARY KEY (id));
             CREATE UNIQUE INDEX index_note_title ON note (title DESC, id ASC);
             CREATE TABLE tag (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, note INTEGER,
               FOREIGN KEY (note) REFERENCES note (id) ON UPDATE NO ACTION ON DELETE CASCADE
               DEFERRABLE INITIALLY DEFERRED);
             CREATE INDEX index_tag_note ON tag (note);
             CREATE VIRTUAL TABLE note_fts USING FTS4(`title` TEXT NOT NULL, content=`note`);
             CREATE VIRTUAL TABLE word USING FTS3(`text` TEXT NOT NULL, tokenize=porter);
             CREATE VIRTUAL TABLE mail USING FTS4(`subject` TEXT, `body` TEXT,
               `raw` TEXT, tokenize=unicode61 `remove_diacritics=0` `tokenchars=@.`,
               languageid=`lid`, matchinfo=fts3, notindexed=`raw`, prefix=`2,4`, order=DESC);
             CREATE VIEW pinned_notes AS SELECT n.id, count(t.id) AS tags
               FROM note AS n LEFT JOIN tag AS t ON t.note = n.id WHERE n.pinned GROUP BY n.id;
             {sync}BEFORE_UPDATE BEFORE UPDATE ON note BEGIN
               DELETE FROM note_fts WHERE docid=OLD.rowid; END;
             {sync}BEFORE_DELETE BEFORE DELETE ON note BEGIN
               DELETE FROM note_fts WHERE docid=OLD.rowid; END;
             {sync}AFTER_UPDATE AFTER UPDATE ON note BEGIN
               INSERT INTO note_fts(docid, title) VALUES (NEW.rowid, NEW.title); END;
             {sync}AFTER_INSERT AFTER INSERT ON note BEGIN
               INSERT INTO note_fts(docid, title) VALUES (NEW.rowid, NEW.title); END;"
        ),
    );
}

#[test]
fn the_imported_schema_works() {
    let home = Home::new();
    import(ImportKind::Room, &fixture("room"), &home.schemas()).unwrap();
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(&home.read("schema.sql")).unwrap();
    connection
        .execute_batch("INSERT INTO note (id, title) VALUES (7, 'running water')")
        .unwrap();
    let found = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let title = "SELECT docid FROM note_fts WHERE note_fts MATCH 'water'";
    assert_eq!(found(title).unwrap(), 7);
    // The tokenizer is the one that was chosen: porter finds the stem.
    connection
        .execute_batch("INSERT INTO word (text) VALUES ('running')")
        .unwrap();
    assert_eq!(
        found("SELECT count(*) FROM word WHERE word MATCH 'runs'").unwrap(),
        1
    );
}

#[test]
fn one_line_becomes_a_line_for_each_column() {
    let home = Home::new();
    import(ImportKind::Room, &fixture("room"), &home.schemas()).unwrap();
    let schema = home.read("schema.sql");
    let tables: Vec<_> = schema.split("\n\n").take(2).collect();
    expect![[r#"
        CREATE TABLE `note` (
            `id` INTEGER NOT NULL,
            `title` TEXT NOT NULL,
            `body` TEXT,
            `pinned` INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY(`id`)
        );

        CREATE TABLE `tag` (
            `id` INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            `note` INTEGER,
            FOREIGN KEY(`note`) REFERENCES `note`(`id`) ON UPDATE NO ACTION ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
        );"#]]
    .assert_eq(&tables.join("\n\n"));
}

const FTS: &str = r#"{"formatVersion": 2, "database": {"version": 1, "entities": [{
  "tableName": "f",
  "createSql": "CREATE VIRTUAL TABLE IF NOT EXISTS `${TABLE_NAME}` USING FTS4(`a` TEXT)",
  "ftsOptions": {"tokenizer": "porter", "matchInfo": "FTS4", "prefixSizes": [2]},
  "contentSyncTriggers": []
}], "setupQueries": ["PRAGMA foreign_keys = ON"]}}"#;

#[test]
fn what_is_read_with_a_doubt_is_told() {
    let home = Home::with(&[("1.json", FTS), ("package.json", "{\"name\": \"x\"}")]);
    let imported = home.import(ImportKind::Room);
    expect![[r#"
        migrations/1.json:1:19: `migrations/1.json` has a format that is not known
        migrations/1.json:4:31: the option `tokenizer` is not in the SQL of its table
        migrations/1.json:4:77: the option `prefixSizes` is not in the SQL of its table
        migrations/1.json:6:22: a query that Room runs when it makes a database
        migrations/package.json: `migrations/package.json` is no schema of Room"#]]
    .assert_eq(&left_out(&imported));
}
