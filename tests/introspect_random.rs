//! Random tables with names of every sort, each written in several ways: SQLite's own facts, the
//! introspected ones and the comparison have to agree.
#![cfg(feature = "verify")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use rusqlite::Connection;
use stepladder::compare::{CompareOptions, Strictness, compare};
use stepladder::introspect::{introspect, introspect_table};
use stepladder::schema::{GeneratedStorage, Table};
use stepladder::sql::{is_reserved, quote_identifier};

/// Marsaglia's xorshift64.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn often(&mut self) -> bool {
        self.below(3) == 0
    }
}

const NAMES: [&str; 28] = [
    "a",
    "Order",
    "a b",
    "q\"q\"",
    "b`t",
    "br[x",
    "s'q",
    "größe",
    "\u{1F980}",
    "new\nline",
    "a,b",
    "(p)",
    "--c",
    "/* c",
    "semi;",
    "true",
    "check",
    "primary key",
    "1x",
    "x.y",
    "tab\t",
    "null",
    "]",
    "generated",
    "as",
    "unique",
    "\\",
    "",
];
const TYPES: [&str; 9] = [
    "",
    "INTEGER",
    "TEXT",
    "VARCHAR(10)",
    "DECIMAL(10, 2)",
    "double precision",
    "BLOB",
    "ANY",
    "INT",
];
const DEFAULTS: [&str; 11] = [
    "1",
    "-1",
    "+2.5",
    "'it''s, (x)'",
    "(1 + (2))",
    "NULL",
    "TRUE",
    "CURRENT_TIMESTAMP",
    "x'0aFF'",
    "(abs(-3))",
    "bare",
];
const CONFLICTS: [&str; 4] = [
    "",
    " ON CONFLICT IGNORE",
    " ON CONFLICT FAIL",
    " ON CONFLICT ABORT",
];

/// A constraint that may stand at its column or at the end of the table.
struct Constraint {
    column: usize,
    /// With `{}` for the columns, in the forms of the column and of the table.
    forms: [String; 2],
}

/// The facts of a table, apart from how it is written.
struct Spec {
    names: Vec<&'static str>,
    columns: Vec<Vec<String>>,
    constraints: Vec<Constraint>,
    options: &'static str,
}

fn spec(random: &mut Random) -> Spec {
    let mut names = Vec::new();
    while names.len() < 2 + random.below(5) {
        let name = NAMES[random.below(NAMES.len())];
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let options = ["", " STRICT", " WITHOUT ROWID", " WITHOUT ROWID, STRICT"][random.below(4)];
    let mut spec = Spec {
        columns: Vec::new(),
        constraints: Vec::new(),
        options,
        names,
    };
    for at in 0..spec.names.len() {
        let strict = options.contains("STRICT");
        let types = if strict {
            &["INTEGER", "TEXT", "ANY", "BLOB"][..]
        } else {
            &TYPES
        };
        let mut parts = vec![random.pick(types).to_owned()];
        if at > 0 && random.below(6) == 0 {
            let storage = random.pick(&["STORED", "VIRTUAL"]);
            // SQLite takes a comment in front of GENERATED for a part of the type.
            parts[0] += &format!(" GENERATED ALWAYS AS (@0 || '{at})') {storage}");
        } else if random.often() {
            parts.push(format!("DEFAULT {}", random.pick(&DEFAULTS)));
        }
        if random.often() {
            parts.push(format!("NOT NULL{}", random.pick(&CONFLICTS)));
        }
        if random.often() {
            parts.push(format!(
                "COLLATE {}",
                random.pick(&["NOCASE", "RTRIM", "BINARY"])
            ));
        }
        spec.columns.push(parts);
        constraints(random, &mut spec, at);
    }
    spec
}

fn constraints(random: &mut Random, spec: &mut Spec, at: usize) {
    let mut add = |column: &str, table: &str| {
        let forms = [column.to_owned(), table.replace("{}", &format!("@{at}"))];
        spec.constraints.push(Constraint { column: at, forms });
    };
    if at == 0 && (spec.options.contains("WITHOUT") || random.often()) {
        let conflict = random.pick(&CONFLICTS);
        add(
            &format!("PRIMARY KEY{conflict}"),
            &format!("PRIMARY KEY ({{}}){conflict}"),
        );
    } else if random.below(5) == 0 {
        let conflict = random.pick(&CONFLICTS);
        add(
            &format!("UNIQUE{conflict}"),
            &format!("UNIQUE ({{}}){conflict}"),
        );
    }
    if random.often() {
        let check = format!("CHECK (@{at} <> 'no, \"such\" (name)' OR (1))");
        add(&check, &check);
    }
    if random.often() {
        let rest = format!(
            "REFERENCES {}{}{}{}",
            quote_identifier(random.pick(&["p", "p q", "ünï"])),
            random.pick(&["", " (x)", " MATCH FULL"]),
            random.pick(&[
                "",
                " ON DELETE CASCADE",
                " ON UPDATE SET NULL ON DELETE NO ACTION"
            ]),
            random.pick(&["", " DEFERRABLE INITIALLY DEFERRED", " NOT DEFERRABLE"]),
        );
        add(&rest, &format!("FOREIGN KEY ({{}}) {rest}"));
    }
}

/// A name in one of the ways in which SQLite takes it.
fn spelled(random: &mut Random, name: &str) -> String {
    let plain = |name: &str| name.chars().all(|c| c.is_ascii_alphabetic()) && !name.is_empty();
    match random.below(4) {
        0 if plain(name) && !is_reserved(name) => name.to_ascii_uppercase(),
        1 if !name.contains(']') => format!("[{name}]"),
        2 => format!("`{}`", name.replace('`', "``")),
        _ => quote_identifier(&name.to_ascii_lowercase()),
    }
}

/// The text with names for the `@n`, and with comments and white space between its words.
fn filled(random: &mut Random, spec: &Spec, text: &str) -> String {
    let mut text = text.to_owned();
    for (at, name) in spec.names.iter().enumerate() {
        let place = format!("@{at}");
        let mut parts = text.split(&place);
        let mut whole = parts.next().unwrap().to_owned();
        for part in parts {
            whole = whole + &spelled(random, name) + part;
        }
        text = whole;
    }
    text
}

fn gap(random: &mut Random) -> &'static str {
    random.pick(&[" ", "\n\t", " /* ' ( , */ ", " -- \" ,)\n "])
}

/// One way to write the table: its columns, and its table constraints.
fn written(random: &mut Random, spec: &Spec, table: &str) -> (String, Vec<String>) {
    let mut definitions: Vec<String> = Vec::new();
    let mut table_constraints = Vec::new();
    let mut column_constraints = vec![Vec::new(); spec.names.len()];
    for constraint in &spec.constraints {
        let form = random.below(2);
        let text = filled(random, spec, &constraint.forms[form]);
        let named = random.pick(&["", "CONSTRAINT \"check (\" "]);
        match form {
            0 => column_constraints[constraint.column].push(format!("{named}{text}")),
            _ => table_constraints.push(format!("{named}{text}")),
        }
    }
    for (at, parts) in spec.columns.iter().enumerate() {
        let mut definition = spelled(random, spec.names[at]);
        for part in parts.iter().chain(&column_constraints[at]) {
            definition += gap(random);
            definition += &filled(random, spec, part);
        }
        definitions.push(definition + gap(random));
    }
    let mut sql = format!("CREATE TABLE {}{}(", quote_identifier(table), gap(random));
    sql += &definitions.join(",");
    for (at, constraint) in table_constraints.iter().enumerate() {
        // Commas between table constraints may be left out.
        sql += if at == 0 || random.often() {
            ","
        } else {
            gap(random)
        };
        sql += constraint;
    }
    sql += ")";
    sql += spec.options;
    (sql, table_constraints)
}

fn open(sql: &str) -> Option<Connection> {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(sql).ok().map(|()| connection)
}

/// What SQLite says of each column: name, type, not null, default, place in the key, hidden.
fn assert_pragmas_agree(connection: &Connection, table: &Table) {
    let sql = "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1)";
    let mut statement = connection.prepare(sql).unwrap();
    let mut rows = statement.query([&table.name]).unwrap();
    let mut at = 0;
    while let Some(row) = rows.next().unwrap() {
        let column = &table.columns[at];
        assert_eq!(row.get::<_, String>(0).unwrap(), column.name);
        assert_eq!(row.get::<_, String>(1).unwrap(), column.declared_type);
        let place: i64 = row.get(4).unwrap();
        let alias = table.rowid_alias().is_some();
        let implied = place > 0 && (table.without_rowid || (table.strict && !alias));
        let not_null: bool = row.get(2).unwrap();
        assert_eq!(
            not_null,
            implied || column.not_null.is_some(),
            "{}",
            table.sql
        );
        let default: Option<String> = row.get(3).unwrap();
        assert_eq!(default.is_some(), column.default.is_some());
        assert_eq!(
            place > 0,
            table
                .primary_key
                .as_ref()
                .is_some_and(|key| { key.columns.iter().any(|member| member.name == column.name) })
        );
        let hidden = column.generated.as_ref().map(|generated| generated.storage);
        assert_eq!(
            row.get::<_, i64>(5).unwrap(),
            match hidden {
                None => 0,
                Some(GeneratedStorage::Virtual) => 2,
                Some(GeneratedStorage::Stored) => 3,
            }
        );
        at += 1;
    }
    assert_eq!(at, table.columns.len());
    let count = |sql: &str| -> usize {
        let mut statement = connection.prepare(sql).unwrap();
        let count: i64 = statement
            .query_row([&table.name], |row| row.get(0))
            .unwrap();
        usize::try_from(count).unwrap()
    };
    let unique = count("SELECT count(*) FROM pragma_index_list(?1) WHERE origin = 'u'");
    assert_eq!(unique, table.unique.len());
    let keys = count("SELECT count(DISTINCT id) FROM pragma_foreign_key_list(?1)");
    assert_eq!(keys, table.foreign_keys.len());
}

fn must_open(sql: &str) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    let result = connection.execute_batch(sql);
    assert!(result.is_ok(), "{result:?}: {sql}");
    connection
}

fn assert_equal(a: &Connection, b: &Connection, what: &str) {
    let mut options = CompareOptions::default();
    options.column_order = Strictness::Strict;
    options.type_names = Strictness::Strict;
    let (a, b) = (introspect(a).unwrap(), introspect(b).unwrap());
    let texts: Vec<_> = [&a, &b]
        .iter()
        .map(|s| s.entities[0].sql().to_owned())
        .collect();
    let differences = compare(&a, &b, &options);
    assert!(
        differences.is_empty(),
        "{what}: {differences:?}\n{}",
        texts.join("\n")
    );
}

#[test]
fn the_same_table_written_in_any_way_is_equal() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut tried = 0;
    while tried < 400 {
        let spec = spec(&mut random);
        let name = NAMES[random.below(NAMES.len())];
        let (sql, table_constraints) = written(&mut random, &spec, name);
        // SQLite refuses some: a STRICT default of another type, a generated primary key.
        let Some(a) = open(&sql) else { continue };
        tried += 1;
        let table = introspect_table(&a, name).unwrap().unwrap();
        assert_pragmas_agree(&a, &table);

        let (again, _) = written(&mut random, &spec, &name.to_ascii_uppercase());
        assert_equal(&a, &must_open(&again), "another way");

        let mut parts: Vec<_> = table.columns.iter().map(|c| c.definition.clone()).collect();
        parts.extend(table_constraints);
        let options = spec.options;
        let name_again = quote_identifier(name);
        let sql = format!("CREATE TABLE {name_again} ({}){options}", parts.join(", "));
        assert_equal(&a, &must_open(&sql), "from its definitions");

        let (sql, _) = written(&mut random, &spec, "to be renamed");
        let b = must_open(&sql);
        let rename = format!("ALTER TABLE \"to be renamed\" RENAME TO {name_again}");
        b.execute_batch(&rename).unwrap();
        assert_equal(&a, &b, "renamed");
    }
}

#[test]
fn a_table_is_added_column_by_column() {
    let mut random = Random(42);
    let mut tried = 0;
    while tried < 150 {
        let mut spec = spec(&mut random);
        spec.options = "";
        spec.constraints
            .retain(|constraint| constraint.forms[0].starts_with("CHECK"));
        let (sql, table_constraints) = written(&mut random, &spec, "t");
        let Some(a) = open(&sql) else { continue };
        let table = introspect_table(&a, "t").unwrap().unwrap();
        let first = &table.columns[0].definition;
        let grow = |definition: &str| format!("ALTER TABLE t ADD COLUMN {definition}");
        let added: Vec<_> = table.columns[1..]
            .iter()
            .map(|c| grow(&c.definition))
            .collect();
        let script = format!("CREATE TABLE t ({first}); {}", added.join(";"));
        // Stored columns, and NOT NULL without a default, cannot be added.
        let Some(b) = open(&script) else { continue };
        if table_constraints.is_empty() {
            assert_equal(&a, &b, "column by column");
            tried += 1;
        }
    }
}

#[test]
fn no_text_makes_it_panic() {
    let mut random = Random(7);
    let words = [
        "CREATE",
        "TABLE",
        "t",
        "(",
        ")",
        ",",
        "PRIMARY",
        "KEY",
        "CHECK",
        "REFERENCES",
        "DEFAULT",
        "ON",
        "CONFLICT",
        "NOT",
        "NULL",
        "AS",
        "CONSTRAINT",
        "'",
        "\"",
        "[",
        "x'",
        "UNIQUE",
        "COLLATE",
        "FOREIGN",
        "DEFERRABLE",
        "INITIALLY",
        "SET",
        "MATCH",
        "+",
        "(a",
        "/*",
        "--\n",
        "é",
        "INDEX",
        "WHERE",
        "USING",
        "VIRTUAL",
        "DESC",
        "AUTOINCREMENT",
    ];
    let connection = open(
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b UNIQUE REFERENCES t, c AS (a)); CREATE INDEX i
         ON t (b, a + 1) WHERE b; CREATE VIEW v AS SELECT 1; CREATE VIRTUAL TABLE f USING fts5(x);
         CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END; PRAGMA writable_schema = ON",
    );
    let connection = connection.unwrap();
    let mut update = connection
        .prepare("UPDATE sqlite_schema SET sql = ?1")
        .unwrap();
    for _ in 0..2000 {
        let length = random.below(20);
        let text: Vec<_> = (0..length).map(|_| random.pick(&words)).collect();
        // SQLite keeps the schema that it has read, so only the text is broken.
        update.execute([text.join(" ")]).unwrap();
        let schema = introspect(&connection).unwrap();
        assert!(schema.entities.len() >= 5);
        assert_eq!(compare(&schema, &schema, &CompareOptions::default()), []);
    }
}
