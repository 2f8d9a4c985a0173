//! What introspection reads back of every kind of entity.
#![cfg(feature = "verify")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use rusqlite::Connection;
use stepladder::introspect::{introspect, introspect_table};
use stepladder::schema::{
    Affinity, ConflictResolution, Entity, EntityKind, Expression, ForeignKeyTiming,
    GeneratedStorage, Index, IndexTerm, Schema, SortOrder, Table,
};

fn connection(sql: &str) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(sql).unwrap();
    connection
}

fn schema(sql: &str) -> Schema {
    introspect(&connection(sql)).unwrap()
}

fn table(sql: &str) -> Table {
    schema(sql).table("t").unwrap().clone()
}

fn index(sql: &str) -> Index {
    match schema(sql).relation("i").unwrap() {
        Entity::Index(index) => index.clone(),
        other => panic!("{other:?}"),
    }
}

fn names(schema: &Schema) -> Vec<(EntityKind, &str)> {
    let entities = schema.entities.iter();
    entities
        .map(|entity| (entity.kind(), entity.name()))
        .collect()
}

#[test]
fn entities_come_in_creation_order_without_those_of_sqlite() {
    let schema = schema(
        "CREATE TABLE b (id INTEGER PRIMARY KEY AUTOINCREMENT, x UNIQUE); ANALYZE;
         CREATE VIEW a AS SELECT x FROM b; CREATE INDEX z ON b (x);
         CREATE TRIGGER g INSTEAD OF DELETE ON a BEGIN SELECT 1; END;
         CREATE VIRTUAL TABLE f USING fts5(x, y UNINDEXED);
         CREATE VIRTUAL TABLE f4 USING fts4(x, y, tokenize=porter);
         CREATE VIRTUAL TABLE r USING rtree(id, x0, x1, +note);
         CREATE TABLE f_datax (x)",
    );
    assert_eq!(
        names(&schema),
        [
            (EntityKind::Table, "b"),
            (EntityKind::View, "a"),
            (EntityKind::Index, "z"),
            (EntityKind::Trigger, "g"),
            (EntityKind::VirtualTable, "f"),
            (EntityKind::VirtualTable, "f4"),
            (EntityKind::VirtualTable, "r"),
            (EntityKind::Table, "f_datax"),
        ]
    );
    assert_eq!(schema.trigger("g").unwrap().table_name(), "a");
    let Some(Entity::VirtualTable(fts)) = schema.relation("f4") else {
        panic!("{schema:?}")
    };
    assert_eq!(fts.module, "fts4");
    assert_eq!(fts.columns, ["x", "y"]);
    let arguments: Vec<_> = fts.arguments.iter().map(|argument| &argument.sql).collect();
    assert_eq!(arguments, ["x", "y", "tokenize=porter"]);
    let Some(Entity::VirtualTable(rtree)) = schema.relation("r") else {
        panic!("{schema:?}")
    };
    assert_eq!(rtree.columns, ["id", "x0", "x1", "note"]);
}

#[test]
fn what_the_pragmas_cannot_see_is_read_from_the_text() {
    let table = table(
        "CREATE TABLE /* , ( */ t ( -- )
           id INTEGER CONSTRAINT pk PRIMARY KEY ASC ON CONFLICT REPLACE AUTOINCREMENT,
           a VARYING /* wide */ CHARACTER ( 10 , 2 ) CONSTRAINT ignored NULL
             CONSTRAINT nn NOT NULL ON CONFLICT FAIL UNIQUE ON CONFLICT IGNORE
             DEFAULT -1.5 COLLATE \"NoCase\" CHECK (a IN ('(', ',')) ,
           b DEFAULT (CASE WHEN 1 THEN ',' END) CONSTRAINT fk REFERENCES p MATCH FULL
             ON UPDATE SET NULL ON DELETE NO ACTION NOT NULL DEFERRABLE INITIALLY DEFERRED,
           c GENERATED ALWAYS AS (a || ')') STORED,
           d AS (b),
           CONSTRAINT u UNIQUE (b DESC, a COLLATE rtrim) ON CONFLICT ROLLBACK
           CONSTRAINT ck CHECK (b > 0)
           CONSTRAINT two FOREIGN KEY (a, b) REFERENCES q (x, y) ON DELETE CASCADE
         )",
    );
    let key = table.primary_key.as_ref().unwrap();
    assert!(key.rowid_alias && key.autoincrement);
    assert_eq!(key.on_conflict, ConflictResolution::Replace);
    assert_eq!(key.name.as_deref(), Some("pk"));
    assert_eq!(table.rowid_alias().unwrap().name, "id");

    let [_, a, b, c, d] = table.columns.as_slice() else {
        panic!("{:?}", table.columns)
    };
    assert_eq!(a.affinity, Affinity::Text);
    assert_eq!(a.collation.as_deref(), Some("NoCase"));
    let not_null = a.not_null.as_ref().unwrap();
    assert_eq!(not_null.on_conflict, ConflictResolution::Fail);
    assert_eq!(not_null.name.as_deref(), Some("nn"));
    assert_eq!(a.default, Some(Expression::new("-1.5")));
    assert!(
        a.definition
            .starts_with("a VARYING CHARACTER ( 10 , 2 ) CONSTRAINT")
    );
    assert!(a.definition.ends_with("CHECK (a IN ('(', ','))"));
    assert_eq!(b.default, Some(Expression::new("CASE WHEN 1 THEN ',' END")));
    assert!(b.not_null.is_some());
    let generated = c.generated.as_ref().unwrap();
    assert_eq!(generated.storage, GeneratedStorage::Stored);
    assert_eq!(generated.expression.sql, "a || ')'");
    assert_eq!(c.declared_type, "");
    assert_eq!(
        d.generated.as_ref().unwrap().storage,
        GeneratedStorage::Virtual
    );

    let [first, second] = table.unique.as_slice() else {
        panic!("{:?}", table.unique)
    };
    assert_eq!(first.columns[0].collation, "NoCase");
    assert_eq!(first.on_conflict, ConflictResolution::Ignore);
    assert_eq!(second.columns[0].order, SortOrder::Descending);
    assert_eq!(second.columns[1].collation, "rtrim");
    assert_eq!(second.on_conflict, ConflictResolution::Rollback);
    assert_eq!(second.name.as_deref(), Some("u"));
    let checks: Vec<_> = table
        .checks
        .iter()
        .map(|check| check.name.as_deref())
        .collect();
    assert_eq!(checks, [None, Some("ck")]);
    let [fk, two] = table.foreign_keys.as_slice() else {
        panic!("{:?}", table.foreign_keys)
    };
    assert_eq!(
        (fk.name.as_deref(), fk.timing),
        (Some("fk"), ForeignKeyTiming::Deferred)
    );
    assert_eq!((fk.parent.as_str(), &fk.parent_columns), ("p", &None));
    assert_eq!(
        (fk.on_update.as_str(), fk.on_delete.as_str()),
        ("SET NULL", "NO ACTION")
    );
    assert_eq!(
        (two.name.as_deref(), two.timing),
        (Some("two"), ForeignKeyTiming::Immediate)
    );
    assert_eq!(two.columns, ["a", "b"]);
    assert_eq!(two.parent_columns.as_deref().unwrap(), ["x", "y"]);
}

#[test]
fn only_an_integer_primary_key_is_the_rowid() {
    let is_alias = |sql: &str| table(sql).primary_key.unwrap().rowid_alias;
    assert!(is_alias("CREATE TABLE t (a INTEGER PRIMARY KEY)"));
    assert!(is_alias("CREATE TABLE t (a integer, PRIMARY KEY (a DESC))"));
    assert!(is_alias(
        "CREATE TABLE t (a INTEGER, PRIMARY KEY (a AUTOINCREMENT))"
    ));
    assert!(is_alias(
        "CREATE TABLE t (a INTEGER UNIQUE, b, PRIMARY KEY (a), UNIQUE (a))"
    ));
    assert!(!is_alias("CREATE TABLE t (a INT PRIMARY KEY)"));
    assert!(!is_alias("CREATE TABLE t (a INTEGER PRIMARY KEY DESC)"));
    assert!(!is_alias(
        "CREATE TABLE t (a INTEGER PRIMARY KEY) WITHOUT ROWID"
    ));
    assert!(!is_alias(
        "CREATE TABLE t (a INTEGER, b, PRIMARY KEY (a, b))"
    ));
    let table = table("CREATE TABLE t (a INTEGER, PRIMARY KEY (a AUTOINCREMENT))");
    assert!(table.primary_key.unwrap().autoincrement);
}

#[test]
fn a_unique_over_the_primary_key_is_part_of_it() {
    let table = table(
        "CREATE TABLE t (a, b, UNIQUE (a, b) ON CONFLICT IGNORE, PRIMARY KEY (a, b),
         UNIQUE (b), CONSTRAINT n UNIQUE (b DESC) ON CONFLICT FAIL)",
    );
    let key = table.primary_key.unwrap();
    assert_eq!(key.on_conflict, ConflictResolution::Ignore);
    assert_eq!(table.unique.len(), 1);
    assert_eq!(table.unique[0].on_conflict, ConflictResolution::Fail);
    assert_eq!(table.unique[0].name.as_deref(), Some("n"));
}

#[test]
fn options_of_a_table() {
    let table = table("CREATE TABLE t (k TEXT PRIMARY KEY, x ANY) WITHOUT ROWID, STRICT");
    assert!(table.strict && table.without_rowid);
    assert_eq!(table.columns[1].affinity, Affinity::Blob);
    assert_eq!(table.columns[0].not_null, None);
    assert_eq!(table.primary_key.unwrap().columns[0].name, "k");
}

#[test]
fn indexes_with_every_kind_of_term() {
    let index = index(
        "CREATE TABLE t (a, b COLLATE NOCASE);
         CREATE UNIQUE INDEX i ON t ((a) DESC, b, b COLLATE rtrim, lower(a) COLLATE nocase DESC,
            a || \"no column\") WHERE a <> \"b\" AND b <> \"c\"",
    );
    assert!(index.unique);
    let terms: Vec<_> = index
        .columns
        .iter()
        .map(|column| {
            let term = match &column.term {
                IndexTerm::Column(name) => name.clone(),
                IndexTerm::Rowid => "the rowid".to_owned(),
                IndexTerm::Expression(expression) => format!("({expression})"),
            };
            (term, column.order, column.collation.to_ascii_uppercase())
        })
        .collect();
    let term = |term: &str, order, collation: &str| (term.to_owned(), order, collation.to_owned());
    assert_eq!(
        terms,
        [
            term("a", SortOrder::Descending, "BINARY"),
            term("b", SortOrder::Ascending, "NOCASE"),
            term("b", SortOrder::Ascending, "RTRIM"),
            term("(lower(a) COLLATE nocase)", SortOrder::Descending, "NOCASE"),
            term("(a || \"no column\")", SortOrder::Ascending, "BINARY"),
        ]
    );
    let filter = index.filter.unwrap();
    assert_eq!(filter, Expression::new("a <> b AND b <> 'c'"));
}

#[test]
fn a_temporary_table_hides_nothing() {
    let connection = connection(
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT UNIQUE REFERENCES t);
         CREATE TEMP TABLE t (x); CREATE INDEX temp.i ON t (x); CREATE INDEX main.i ON t (b);
         CREATE TEMP VIEW v AS SELECT 1; CREATE TEMP TRIGGER g AFTER INSERT ON main.t
         BEGIN SELECT 1; END",
    );
    let schema = introspect(&connection).unwrap();
    assert_eq!(
        names(&schema),
        [(EntityKind::Table, "t"), (EntityKind::Index, "i")]
    );
    let table = schema.table("t").unwrap();
    assert_eq!(table.columns.len(), 2);
    assert_eq!((table.unique.len(), table.foreign_keys.len()), (1, 1));
    assert_eq!(
        introspect_table(&connection, "T").unwrap().as_ref(),
        Some(table)
    );
    assert_eq!(introspect_table(&connection, "nope").unwrap(), None);
    assert_eq!(introspect_table(&connection, "i").unwrap(), None);
}

#[test]
fn tables_named_like_the_pragma_functions_do_no_harm() {
    let schema = schema(
        "CREATE TABLE pragma_table_list (a); CREATE TABLE pragma_table_xinfo (a);
         CREATE TABLE pragma_index_list (a UNIQUE); CREATE TABLE pragma_index_xinfo (a);
         CREATE TABLE pragma_foreign_key_list (a REFERENCES pragma_table_list)",
    );
    assert_eq!(schema.tables().count(), 5);
    assert!(schema.tables().all(|table| table.columns.len() == 1));
}

#[test]
fn a_broken_view_and_an_unknown_module_do_no_harm() {
    let connection = connection(
        "CREATE TABLE t (a); CREATE VIEW v AS SELECT no FROM nowhere;
         PRAGMA writable_schema = ON;
         INSERT INTO sqlite_schema VALUES ('table', 'm', 'm', 0,
            'CREATE VIRTUAL TABLE m USING no_such_module(a, b (c, d))');
         PRAGMA writable_schema = RESET;",
    );
    let schema = introspect(&connection).unwrap();
    let Some(Entity::VirtualTable(table)) = schema.relation("m") else {
        panic!("{schema:?}")
    };
    assert_eq!(table.columns, [""; 0]);
    assert_eq!(table.arguments.len(), 2);
    assert!(schema.relation("v").is_some() && schema.table("t").is_some());
}

#[test]
fn stored_texts_after_alter_table_are_read() {
    let table = table(
        "CREATE TABLE u (a, b TEXT, CHECK (b <> ''), UNIQUE (b)); ALTER TABLE u RENAME TO t;
         ALTER TABLE t ADD COLUMN c INT NOT NULL DEFAULT 1 REFERENCES u CHECK (c > 0);
         ALTER TABLE t DROP COLUMN a; ALTER TABLE t RENAME COLUMN b TO \"new name\"",
    );
    assert_eq!(table.columns[0].definition, "\"new name\" TEXT");
    assert_eq!(
        table.columns[1].definition,
        "c INT NOT NULL DEFAULT 1 REFERENCES u CHECK (c > 0)"
    );
    assert_eq!(table.checks.len(), 2);
    assert_eq!(table.unique[0].columns[0].name, "new name");
}

#[test]
fn a_comment_in_front_of_generated_is_no_type() {
    let table = table("CREATE TABLE t (a, b TEXT /* INT */ GENERATED ALWAYS AS (a))");
    assert_eq!(table.columns[1].declared_type, "TEXT");
    // SQLite finds "INT" in the comment and means it.
    assert_eq!(table.columns[1].affinity, Affinity::Integer);
    let sql = "CREATE TABLE t (a, b TEXT /* INT */ GENERATED ALWAYS AS (a));
        INSERT INTO t (a) VALUES ('1')";
    let connection = connection(sql);
    let kind: String = connection
        .query_row("SELECT typeof(b) FROM t", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kind, "integer");
}
