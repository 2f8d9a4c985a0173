//! Random schemas, as models that can be changed.

use rusqlite::Connection;
use stepladder::sql::quote_identifier;

use super::names::{COLUMNS, TABLES};
use super::random_column::ColumnModel;

/// A small generator of numbers that are always the same (xorshift).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    /// True once in so many times.
    pub(crate) fn chance(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const TYPES: [&str; 6] = ["INTEGER", "TEXT", "REAL", "BLOB", "INT", "ANY"];
const ORDINARY_TYPES: [&str; 4] = ["VARCHAR(20)", "NUMERIC", "DATETIME", ""];

#[derive(Clone)]
pub(crate) struct Model {
    tables: Vec<TableModel>,
}

#[derive(Clone)]
struct TableModel {
    name: String,
    columns: Vec<ColumnModel>,
    key: Key,
    strict: bool,
    checks: Vec<String>,
    /// The name of another table.
    parent: Option<String>,
    indexes: Vec<(String, usize, bool)>,
    view: bool,
    trigger: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Key {
    Alias,
    Autoincrement,
    Text,
    WithoutRowid,
    None,
}

impl Model {
    pub(crate) fn random(random: &mut Random) -> Self {
        let mut model = Self { tables: Vec::new() };
        for _ in 0..=random.below(3) {
            model.add_table(random);
        }
        model
    }

    /// The model after some changes.
    pub(crate) fn changed(&self, random: &mut Random) -> Self {
        let mut model = self.clone();
        for _ in 0..=random.below(4) {
            model.change(random);
        }
        model
    }

    fn add_table(&mut self, random: &mut Random) {
        let name = random.pick(&TABLES).to_owned();
        if (self.tables.iter()).any(|table| table.name.eq_ignore_ascii_case(&name)) {
            return;
        }
        let parent = match self.tables.first() {
            Some(parent) if random.chance(2) && parent.key != Key::None => {
                Some(parent.name.clone())
            }
            _ => None,
        };
        let mut table = TableModel {
            name,
            columns: Vec::new(),
            key: [
                Key::Alias,
                Key::Autoincrement,
                Key::Text,
                Key::WithoutRowid,
                Key::None,
            ][random.below(5)],
            strict: random.chance(4),
            checks: Vec::new(),
            parent,
            indexes: Vec::new(),
            view: random.chance(3),
            trigger: random.chance(3),
        };
        for _ in 0..=random.below(4) {
            table.add_column(random);
        }
        self.tables.push(table);
    }

    fn change(&mut self, random: &mut Random) {
        if random.chance(8) {
            return self.add_table(random);
        }
        if random.chance(8) && self.tables.len() > 1 {
            let last = self.tables.pop().unwrap();
            for table in &mut self.tables {
                table.parent = table.parent.take().filter(|parent| *parent != last.name);
            }
            return;
        }
        let index = random.below(self.tables.len());
        if random.chance(8) {
            let old = &self.tables[index].name;
            let name = if random.chance(4) {
                in_other_letters(old)
            } else {
                format!("{old} 2")
            };
            if self.tables.iter().any(|table| table.name == name) {
                return;
            }
            let old = std::mem::replace(&mut self.tables[index].name, name.clone());
            for table in &mut self.tables {
                if table.parent.as_ref() == Some(&old) {
                    table.parent = Some(name.clone());
                }
            }
            return;
        }
        self.tables[index].change(random);
    }

    pub(crate) fn statements(&self) -> Vec<String> {
        let mut statements: Vec<_> = self.tables.iter().map(TableModel::create).collect();
        for table in &self.tables {
            statements.extend(table.derived());
        }
        statements
    }

    /// Rows, as far as the constraints let them in.
    pub(crate) fn fill(&self, connection: &Connection, random: &mut Random) {
        for table in &self.tables {
            let count = [0, 1, 5][random.below(3)];
            for row in 0..count {
                let sql = table.insert(row, random);
                let _ = connection.execute_batch(&sql);
            }
        }
    }
}

impl TableModel {
    fn add_column(&mut self, random: &mut Random) {
        let name = random.pick(&COLUMNS).to_owned();
        if self
            .columns
            .iter()
            .any(|column| column.name.eq_ignore_ascii_case(&name))
        {
            return;
        }
        let mut column = ColumnModel {
            name,
            kind: self.kind(random),
            not_null: random.chance(3),
            default: random
                .chance(3)
                .then(|| random.pick(&["1", "'d'", "NULL", "(1 + 1)"]).to_owned()),
            unique: random.chance(8),
            nocase: random.chance(8),
            generated: random.chance(10),
        };
        column.fit(self.strict);
        self.columns.push(column);
    }

    fn kind(&self, random: &mut Random) -> String {
        if !self.strict && random.chance(3) {
            return random.pick(&ORDINARY_TYPES).to_owned();
        }
        random.pick(&TYPES).to_owned()
    }

    fn change(&mut self, random: &mut Random) {
        if self.columns.is_empty() || random.chance(4) {
            return self.add_column(random);
        }
        let index = random.below(self.columns.len());
        match random.below(12) {
            0 | 1 => self.drop_column(index),
            2 | 3 => self.rename_column(index, random),
            4 => self.columns[index].kind = self.kind(random),
            5 => self.columns[index].not_null ^= true,
            6 => self.columns[index].unique ^= true,
            7 => self.columns[index].default = Some("7".to_owned()),
            8 => self.view ^= true,
            9 => self.trigger ^= true,
            10 if self.checks.is_empty() => {
                self.checks.push(format!(
                    "{} IS NOT 'bad'",
                    quote_identifier(&self.columns[index].name)
                ));
            }
            10 => self.checks.clear(),
            _ => {
                let name = format!("i{} {}", random.below(3), self.name);
                match self.indexes.iter().position(|(known, ..)| *known == name) {
                    Some(known) => drop(self.indexes.remove(known)),
                    None => self.indexes.push((name, index, random.chance(4))),
                }
            }
        }
        for column in &mut self.columns {
            column.fit(self.strict);
        }
        self.checks.retain(|check| {
            self.columns
                .iter()
                .any(|column| check.starts_with(&quote_identifier(&column.name)))
        });
    }

    fn rename_column(&mut self, index: usize, random: &mut Random) {
        let old = &self.columns[index].name;
        let name = if random.chance(4) {
            in_other_letters(old)
        } else {
            format!("{old}2")
        };
        if self.columns.iter().all(|column| column.name != name) {
            self.columns[index].name = name;
        }
    }

    fn drop_column(&mut self, index: usize) {
        self.columns.remove(index);
        self.indexes.retain(|(_, column, _)| *column != index);
        for (_, column, _) in &mut self.indexes {
            *column -= usize::from(*column > index);
        }
    }

    fn create(&self) -> String {
        let mut parts = Vec::new();
        match self.key {
            Key::Alias => parts.push("id INTEGER PRIMARY KEY".to_owned()),
            Key::Autoincrement => parts.push("id INTEGER PRIMARY KEY AUTOINCREMENT".to_owned()),
            Key::Text | Key::WithoutRowid => parts.push("id TEXT PRIMARY KEY".to_owned()),
            Key::None => parts.push("id INTEGER".to_owned()),
        }
        parts.extend(self.columns.iter().map(ColumnModel::definition));
        if let Some(parent) = &self.parent {
            let parent = quote_identifier(parent);
            parts.push(format!("up ANY REFERENCES {parent} ON DELETE CASCADE"));
        }
        parts.extend(self.checks.iter().map(|check| format!("CHECK ({check})")));
        let mut options = Vec::new();
        if self.strict {
            options.push("STRICT");
        }
        if self.key == Key::WithoutRowid {
            options.push("WITHOUT ROWID");
        }
        format!(
            "CREATE TABLE {} ({}) {}",
            quote_identifier(&self.name),
            parts.join(", "),
            options.join(", ")
        )
    }

    fn derived(&self) -> Vec<String> {
        let table = quote_identifier(&self.name);
        let mut statements = Vec::new();
        for (name, column, partial) in &self.indexes {
            let column = quote_identifier(&self.columns[*column].name);
            let filter = if *partial {
                format!(" WHERE {column} IS NOT NULL")
            } else {
                String::new()
            };
            let name = quote_identifier(name);
            statements.push(format!("CREATE INDEX {name} ON {table} ({column}){filter}"));
        }
        if self.view {
            let view = quote_identifier(&format!("v {}", self.name));
            let column = self.columns.first().map_or("id", |column| &column.name);
            let column = quote_identifier(column);
            statements.push(format!(
                "CREATE VIEW {view} AS SELECT id, {table}.{column} FROM {table}"
            ));
        }
        if self.trigger {
            let trigger = quote_identifier(&format!("g {}", self.name));
            statements.push(format!(
                "CREATE TRIGGER {trigger} AFTER DELETE ON {table} BEGIN DELETE FROM {table} WHERE id = old.id; END"
            ));
        }
        statements
    }

    fn insert(&self, row: usize, random: &mut Random) -> String {
        let mut names = vec!["id".to_owned()];
        let mut values = vec![match self.key {
            Key::Text | Key::WithoutRowid => format!("'k{row}'"),
            Key::Alias | Key::Autoincrement | Key::None => (row * 10 + 3).to_string(),
        }];
        for column in self.columns.iter().filter(|column| !column.generated) {
            names.push(quote_identifier(&column.name));
            values.push(column.value(row, random));
        }
        if self.parent.is_some() {
            names.push("up".to_owned());
            values.push(["NULL", "3", "'k0'"][random.below(3)].to_owned());
        }
        format!(
            "INSERT INTO {} ({}) VALUES ({})",
            quote_identifier(&self.name),
            names.join(", "),
            values.join(", ")
        )
    }
}

/// The same name to SQLite, and another one to Rust.
fn in_other_letters(name: &str) -> String {
    let other = |c: char| {
        if c.is_ascii_uppercase() {
            c.to_ascii_lowercase()
        } else {
            c.to_ascii_uppercase()
        }
    };
    name.chars().map(other).collect()
}
