//! Names: whatever SQLite accepts as one survives all that a step does.

use rusqlite::Connection;
use stepladder::sql::quote_identifier as quoted;
use stepladder::{MigrationStrategy, Migrator};

use crate::random::Random;
use crate::support::rebuilt::stored;
use crate::support::{Steps, fill, leak, leak_str, one, plan, rows, target};
use crate::{effort, tell};

/// Names that have gone wrong somewhere, or could.
const ODD: [&str; 64] = [
    "", " ", "  a ", "a b", "a\tb", "a\nb", "a\r\nb", "\u{1}", "\u{7f}", "\u{85}", "\u{a0}",
    "\u{feff}", "\u{200b}", "a\"b", "\"", "\"\"", "a'b", "'", "''", "a`b", "`", "a[b", "a]b",
    "[a]", "]", "a.b", "main.a", ".", ";", "a;b", "--", "a--b", "/*", "*/", "/* a */", "(", ")",
    ",", "a,b", "$a", "?1", ":a", "@a", "#", "%", "_", "\\", "\\n", "1", "1e5", "0x1f", "x'00'",
    "select", "table", "NULL", "true", "rowid", "_rowid_", "oid", "new", "old", "größe", "数据",
    "😀",
];

/// More of them, whose making takes a word.
fn name(random: &mut Random) -> String {
    let odd = random.of(&ODD);
    match random.below(8) {
        0 => odd.repeat(random.below(2000) + 1),
        1 => format!("stepladder_new_{odd}"),
        2 => format!("{odd}{}", random.of(&ODD)),
        3 => {
            let length = random.below(12);
            let characters = (0..length).map(|_| {
                let number = u32::try_from(random.below(0x3_0000)).unwrap();
                char::from_u32(number.max(1)).unwrap_or('x')
            });
            characters.collect()
        }
        4 => odd.to_uppercase(),
        _ => odd.to_owned(),
    }
}

/// The names of one history.
struct Names {
    table: String,
    renamed: String,
    index: String,
    view: String,
    trigger: String,
    columns: [String; 4],
}

impl Names {
    fn new(random: &mut Random) -> Self {
        let mut name = || name(random);
        Self {
            table: name(),
            renamed: name(),
            index: name(),
            view: name(),
            trigger: name(),
            columns: [name(), name(), name(), name()],
        }
    }

    /// The schema of each version: columns are rebuilt, renamed, added and dropped, and the table
    /// gets another name.
    fn schemas(&self) -> [String; 5] {
        let [a, b, c, d] = self.columns.each_ref().map(|column| quoted(column));
        let (table, renamed) = (quoted(&self.table), quoted(&self.renamed));
        let schema = |table: &str, columns: &str, indexed: &str| {
            let index = quoted(&self.index);
            format!(
                "CREATE TABLE {table} ({columns});\n\
                 CREATE INDEX {index} ON {table} ({indexed});\n\
                 CREATE VIEW {} AS SELECT {indexed} FROM {table};\n\
                 CREATE TRIGGER {} AFTER DELETE ON {table} BEGIN \
                 DELETE FROM {table} WHERE {table}.{indexed} = old.{indexed}; END;",
                quoted(&self.view),
                quoted(&self.trigger)
            )
        };
        [
            schema(&table, &format!("{a} TEXT, {b} TEXT"), &b),
            schema(&table, &format!("{b} TEXT NOT NULL, {a} TEXT"), &b),
            schema(&renamed, &format!("{c} TEXT NOT NULL, {a} TEXT"), &c),
            schema(
                &renamed,
                &format!("{c} TEXT NOT NULL, {a} TEXT, {d} TEXT"),
                &c,
            ),
            schema(&renamed, &format!("{c} TEXT NOT NULL, {d} TEXT"), &c),
        ]
    }

    fn steps(&self, schemas: &[String]) -> Steps {
        let versions: Vec<_> = (1..).zip(schemas.iter().map(String::as_str)).collect();
        let steps = Steps::new(&versions);
        let history = steps.history;
        let [a, b, c, d] = self.columns.each_ref().map(|column| leak_str(column));
        let (table, renamed) = (leak_str(&self.table), leak_str(&self.renamed));
        let (old, new) = (target(history, 1, table), target(history, 2, table));
        let rebuilt = leak(Box::new(plan(&old, &new)));
        steps
            .step(1, move |step| step.rebuild(&new, rebuilt, &[]))
            .step(2, move |step| {
                step.rename_column(table, b, c)?;
                step.rename_table(table, renamed)
            })
            .step(3, move |step| {
                step.add_column(renamed, &format!("{} TEXT", quoted(d)))
            })
            .step(4, move |step| step.drop_column(renamed, a))
    }
}

#[test]
fn every_name_that_sqlite_accepts_survives_every_change() {
    let mut taken = 0;
    let count = effort(600, 20_000);
    for seed in 0..count {
        let names = Names::new(&mut Random::new(seed as u64));
        let schemas = names.schemas();
        // Two names may be the same, or reserved.
        if names.are_accepted(&schemas) {
            survives(&names, &schemas, &format!("seed {seed}"));
            taken += 1;
        }
    }
    tell(&format!("{taken} of {count} histories"));
    assert!(taken * 4 > count, "{taken}");
}

impl Names {
    /// Whether SQLite takes the schemas, and makes these changes of them: a column cannot get the
    /// name of the rowid, for instance.
    fn are_accepted(&self, schemas: &[String; 5]) -> bool {
        let [a, b, c, d] = self.columns.each_ref().map(|column| quoted(column));
        let (table, renamed) = (quoted(&self.table), quoted(&self.renamed));
        let changes = [
            String::new(),
            format!(
                "ALTER TABLE {table} RENAME COLUMN {b} TO {c}; \
                 ALTER TABLE {table} RENAME TO {renamed}"
            ),
            format!("ALTER TABLE {renamed} ADD COLUMN {d} TEXT"),
            format!("ALTER TABLE {renamed} DROP COLUMN {a}"),
            String::new(),
        ];
        schemas.iter().zip(changes).all(|(schema, change)| {
            let connection = Connection::open_in_memory().unwrap();
            let made = connection.execute_batch(&format!("{schema}\n{change}"));
            made.is_ok()
        })
    }
}

fn survives(names: &Names, schemas: &[String], what: &str) {
    let mut steps = names.steps(schemas);
    let history = steps.history();
    let table = quoted(&names.table);
    let data = format!("INSERT INTO {table} VALUES ('a', 'b'), (NULL, '2'), ('1', '1')");
    let mut connection = Connection::open_in_memory().unwrap();
    fill(&connection, history, 1, &data);
    let migrated = MigrationStrategy::new(&mut steps).migrate(&mut connection);
    migrated.unwrap_or_else(|error| panic!("{what}: {error:.500}\n{schemas:.500?}"));
    let table = quoted(&names.renamed);
    let found = rows(&connection, &format!("SELECT * FROM {table} NOT INDEXED"));
    assert_eq!(found, ["b|NULL", "2|NULL", "1|NULL"], "{what}");
    let view = format!("SELECT count(*) FROM {}", quoted(&names.view));
    assert_eq!(one::<i32>(&connection, &view), 3, "{what}");
    assert_eq!(
        rows(&connection, "PRAGMA integrity_check"),
        ["ok"],
        "{what}"
    );
    let new = crate::support::at(history, 5, "");
    assert_eq!(stored(&connection), stored(&new), "{what}");
    connection
        .execute_batch(&format!("DELETE FROM {table}"))
        .unwrap();
}
