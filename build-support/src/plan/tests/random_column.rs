//! A column of a random schema.

use stepladder::sql::quote_identifier;

use super::random::Random;

#[derive(Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a constraint, there or not"
)]
pub(crate) struct ColumnModel {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) not_null: bool,
    pub(crate) default: Option<String>,
    pub(crate) unique: bool,
    pub(crate) nocase: bool,
    pub(crate) generated: bool,
}

impl ColumnModel {
    /// Makes it something that SQLite accepts.
    pub(crate) fn fit(&mut self, strict: bool) {
        if strict {
            self.default = self.default.take().filter(|default| {
                default == "NULL"
                    || (default == "'d'") == (self.kind == "TEXT") && self.kind != "BLOB"
            });
        }
        if self.generated {
            // Some versions of SQLite check the type of a generated column when it is read.
            if strict {
                "ANY".clone_into(&mut self.kind);
            }
            self.default = None;
            self.unique = false;
            self.not_null = false;
        }
    }

    pub(crate) fn definition(&self) -> String {
        let mut text = format!("{} {}", quote_identifier(&self.name), self.kind);
        if self.generated {
            text.push_str(" GENERATED ALWAYS AS (id)");
        }
        if self.not_null {
            text.push_str(" NOT NULL");
        }
        if let Some(default) = &self.default {
            text = format!("{text} DEFAULT {default}");
        }
        if self.unique {
            text.push_str(" UNIQUE");
        }
        if self.nocase {
            text.push_str(" COLLATE NOCASE");
        }
        text
    }

    pub(crate) fn value(&self, row: usize, random: &mut Random) -> String {
        if !self.not_null && random.chance(4) {
            return "NULL".to_owned();
        }
        match (self.kind.as_str(), random.below(4)) {
            ("TEXT" | "VARCHAR(20)" | "" | "ANY", 0) => "'007'".to_owned(),
            ("TEXT" | "VARCHAR(20)" | "" | "ANY", 1) => format!("'t{row}'"),
            ("BLOB", _) => format!("x'0{row}'"),
            ("TEXT" | "VARCHAR(20)", _) => "''".to_owned(),
            ("REAL", _) => format!("{row}.5"),
            (_, 0) => "9007199254740993".to_owned(),
            _ => (row * 7).to_string(),
        }
    }
}
