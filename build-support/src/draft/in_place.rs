//! Constraints that `ALTER TABLE` can add and drop since SQLite 3.53, in place of a rebuild:
//! <https://www.sqlite.org/lang_altertable.html>
//!
//! What it makes of the table is tried on a scratch table, and compared.

use stepladder::compare::{CompareOptions, compare_tables};
use stepladder::schema::{Check, Column, ConflictResolution, Entity, ForeignKey, Schema, Table};
use stepladder::sql::{Lexeme, canonical, names_equal};

use super::rebuild::{for_new_column, place};
use super::value::{Value, obvious};
use super::{Drafted, Place};
use crate::plan::{PlannedRebuild, RequiredColumn, Scratch};
use crate::settings::SqliteVersion;
use crate::sql_name::sql_name;

/// The oldest SQLite that has them.
pub(super) const SINCE: SqliteVersion = SqliteVersion::new(3, 53, 0);

/// The statements that alter the table; `None` where it has to be made anew.
pub(super) fn in_place(
    scratch: &Scratch,
    rebuild: &PlannedRebuild,
    named: &Schema,
    new: &Schema,
) -> Option<Vec<Drafted>> {
    let tables = (named.table(&rebuild.old)?, new.table(&rebuild.new)?);
    let alteration = Alteration {
        scratch,
        rebuild,
        old: tables.0,
        new: tables.1,
        schema: new,
    };
    // A column that is new may be one that is gone: the copy of a rebuild asks which.
    let is_new = |required: &RequiredColumn| tables.0.column(&required.column).is_none();
    if !rebuild.dropped.is_empty() && rebuild.required.iter().any(is_new) {
        return None;
    }
    let mut statements = alteration.dropped_constraints()?;
    statements.extend(alteration.dropped_columns());
    statements.extend(alteration.added_columns()?);
    let fills = alteration.fills();
    // A copy fires no trigger, and an UPDATE does.
    if !fills.is_empty() && has_trigger(named, tables.0) {
        return None;
    }
    let added = alteration.added_constraints();
    let alters = statements.iter().chain(&added);
    let sql: Vec<&str> = alters.map(|drafted| drafted.sql.as_str()).collect();
    let altered = scratch.altered_by(tables.0, &sql)?;
    if !compare_tables(tables.1, &altered, &CompareOptions::default()).is_empty() {
        return None;
    }
    statements.extend(fills);
    statements.extend(added);
    Some(statements)
}

fn has_trigger(schema: &Schema, table: &Table) -> bool {
    schema.entities.iter().any(|entity| match entity {
        Entity::Trigger(trigger) => names_equal(&trigger.table, &table.name),
        Entity::Table(_) | Entity::VirtualTable(_) | Entity::Index(_) | Entity::View(_) => false,
    })
}

struct Alteration<'a> {
    scratch: &'a Scratch,
    rebuild: &'a PlannedRebuild,
    /// The table, with the name that it has at the new version.
    old: &'a Table,
    new: &'a Table,
    schema: &'a Schema,
}

impl Alteration<'_> {
    fn alter(&self, what: &str) -> Drafted {
        Drafted::new(format!("ALTER TABLE {} {what}", sql_name(&self.new.name)))
    }

    /// The columns that both have.
    fn common(&self) -> impl Iterator<Item = (&Column, &Column)> {
        let columns = self.new.columns.iter();
        columns.filter_map(|new| Some((self.old.column(&new.name)?, new)))
    }

    /// `None` where one has no name.
    fn dropped_constraints(&self) -> Option<Vec<Drafted>> {
        let (old, new) = (self.old, self.new);
        let checks = old.checks.iter().filter(|check| !has_check(new, check));
        let keys = (old.foreign_keys.iter())
            .filter(|key| !new.foreign_keys.iter().any(|other| is_same_key(key, other)));
        let names = (checks.map(|check| &check.name)).chain(keys.map(|key| &key.name));
        let mut statements = Vec::new();
        for name in names {
            let name = sql_name(name.as_ref()?);
            statements.push(self.alter(&format!("DROP CONSTRAINT {name}")));
        }
        for (before, after) in self.common() {
            let changes = before.not_null.as_ref().is_some_and(|before| {
                (after.not_null.as_ref())
                    .is_none_or(|after| after.on_conflict != before.on_conflict)
            });
            if changes {
                let column = sql_name(&after.name);
                statements.push(self.alter(&format!("ALTER COLUMN {column} DROP NOT NULL")));
            }
        }
        Some(statements)
    }

    fn dropped_columns(&self) -> Vec<Drafted> {
        let gone = self.rebuild.dropped.iter();
        gone.map(|column| self.alter(&format!("DROP COLUMN {}", sql_name(column))))
            .collect()
    }

    /// `None` where SQLite does not add one to a table with rows.
    fn added_columns(&self) -> Option<Vec<Drafted>> {
        let columns = self.new.columns.iter();
        let added = columns.filter(|column| self.old.column(&column.name).is_none());
        added
            .map(|column| {
                let as_it_is = self.scratch.can_add(self.old, column);
                let definition = if as_it_is {
                    column.definition.clone()
                } else {
                    let nullable = self.nullable(column)?;
                    (self.scratch.can_add(self.old, &nullable)).then_some(nullable.definition)?
                };
                Some(self.alter(&format!("ADD COLUMN {definition}")))
            })
            .collect()
    }

    /// The column without its NOT NULL: SQLite takes it out, with all that belongs to it.
    fn nullable(&self, column: &Column) -> Option<Column> {
        let without = self.alter(&format!(
            "ALTER COLUMN {} DROP NOT NULL",
            sql_name(&column.name)
        ));
        let altered = self.scratch.altered_by(self.new, &[&without.sql])?;
        altered.column(&column.name).cloned()
    }

    /// What the rows get that are there, before a constraint refuses them.
    fn fills(&self) -> Vec<Drafted> {
        let table = sql_name(&self.new.name);
        let fill = |required: &RequiredColumn| {
            let column = self.new.column(&required.column)?;
            let name = sql_name(&column.name);
            let is_new = self.old.column(&column.name).is_none();
            let tables = (Some(self.old), Some(self.new));
            let (value, rows): (Value, _) = if is_new {
                (for_new_column(column, tables, self.schema), String::new())
            } else {
                (obvious(self.new, column), format!("\nWHERE {name} IS NULL"))
            };
            let sql = format!("UPDATE {table} SET {name} = {}{rows}", value.sql);
            let places: Vec<Place> = vec![place(self.rebuild, required, value)];
            Some(Drafted {
                places,
                ..Drafted::new(sql)
            })
        };
        self.rebuild.required.iter().filter_map(fill).collect()
    }

    /// NOT NULL first, where a column that was added has none yet or one that was there had none.
    fn added_constraints(&self) -> Vec<Drafted> {
        let is_set = |column: &&Column| {
            let Some(after) = &column.not_null else {
                return false;
            };
            match self.old.column(&column.name) {
                Some(before) => {
                    let before = before.not_null.as_ref();
                    before.is_none_or(|before| before.on_conflict != after.on_conflict)
                }
                None => !self.scratch.can_add(self.old, column),
            }
        };
        let set = self.new.columns.iter().filter(is_set).map(|column| {
            let conflict =
                (column.not_null.as_ref()).map_or("", |not_null| on_conflict(not_null.on_conflict));
            let name = sql_name(&column.name);
            self.alter(&format!("ALTER COLUMN {name} SET NOT NULL{conflict}"))
        });
        let mut added: Vec<Drafted> = set.collect();
        // A column brings its own CHECKs.
        let brought = |check: &Check| {
            let new = self.new.columns.iter();
            let mut new = new.filter(|column| self.old.column(&column.name).is_none());
            new.any(|column| is_written_in(check, column))
        };
        let checks = self.new.checks.iter();
        let checks = checks.filter(|check| !has_check(self.old, check) && !brought(check));
        added.extend(checks.map(|check| {
            let name = (check.name.as_ref()).map_or_else(String::new, |name| {
                format!("CONSTRAINT {} ", sql_name(name))
            });
            self.alter(&format!("ADD {name}CHECK ({})", check.expression.sql))
        }));
        added
    }
}

fn has_check(table: &Table, check: &Check) -> bool {
    (table.checks.iter()).any(|other| other.expression == check.expression)
}

/// Whether the definition of a column has a CHECK. The comparison says whether that was all.
fn is_written_in(check: &Check, column: &Column) -> bool {
    let (definition, check) = (canonical(&column.definition), &check.expression.lexemes);
    definition
        .windows(check.len() + 2)
        .any(|part| part[1..=check.len()] == **check && part[0] == Lexeme::Operator("(".to_owned()))
}

/// Whether two foreign keys are equal, whatever their names.
fn is_same_key(a: &ForeignKey, b: &ForeignKey) -> bool {
    let unnamed = |key: &ForeignKey| ForeignKey {
        name: None,
        ..key.clone()
    };
    unnamed(a) == unnamed(b)
}

fn on_conflict(resolution: ConflictResolution) -> &'static str {
    match resolution {
        ConflictResolution::Abort => "",
        ConflictResolution::Rollback => " ON CONFLICT ROLLBACK",
        ConflictResolution::Fail => " ON CONFLICT FAIL",
        ConflictResolution::Ignore => " ON CONFLICT IGNORE",
        ConflictResolution::Replace => " ON CONFLICT REPLACE",
    }
}
