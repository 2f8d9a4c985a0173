//! New tables with columns that are gone elsewhere: their rows may come from there.

use stepladder::schema::{Column, ForeignKey, Schema, Table};
use stepladder::sql::names_equal;

use super::rebuild::for_new_column;
use super::value::{Value, obvious};
use super::{Drafted, Place};
use crate::plan::{Change, StepPlan};
use crate::sql_name::sql_name;

/// Whether a draft copies rows to new tables that have columns of gone ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Splits {
    /// It does, as a place for the author.
    Offer,
    /// It does not.
    Leave,
}

/// The copies into new tables, at a time when they and their sources are there.
pub(super) fn copies(plan: &StepPlan, named: &Schema, new: &Schema) -> Vec<Drafted> {
    let created: Vec<&Table> = (plan.changes.iter())
        .filter_map(|change| match change {
            Change::CreateTable(name) => new.table(name),
            _ => None,
        })
        .collect();
    let copy = |target: &&Table| {
        let mut splits: Vec<Split<'_>> = (named.tables())
            .filter(|source| !is_rename(plan, source, target))
            .filter_map(|source| Split::new(source, target, (&created, new)))
            .collect();
        splits.sort_by_key(|split| std::cmp::Reverse(split.gone.len()));
        Some(splits.into_iter().next()?.copy())
    };
    created.iter().filter_map(copy).collect()
}

/// What could be a rename and is none by what the author says is another table.
fn is_rename(plan: &StepPlan, old: &Table, new: &Table) -> bool {
    (plan.table_renames.iter())
        .any(|rename| names_equal(&rename.old, &old.name) && names_equal(&rename.new, &new.name))
}

/// A new table, and one of which columns are there.
struct Split<'s> {
    source: &'s Table,
    target: &'s Table,
    schema: &'s Schema,
    /// The columns of the source that only the new table has.
    gone: Vec<&'s Column>,
    /// The columns of the new table, and what they are.
    copied: Vec<(&'s Column, String)>,
}

impl<'s> Split<'s> {
    /// `None` where too little of the new table is in the old one.
    fn new(
        source: &'s Table,
        target: &'s Table,
        (created, schema): (&[&Table], &'s Schema),
    ) -> Option<Self> {
        let stays = schema.table(&source.name);
        let is_gone =
            |column: &Column| stays.is_none_or(|table| table.column(&column.name).is_none());
        let mut split = Self {
            source,
            target,
            schema,
            gone: Vec::new(),
            copied: Vec::new(),
        };
        let mut refers = false;
        for column in target
            .columns
            .iter()
            .filter(|column| column.generated.is_none())
        {
            let same = source
                .column(&column.name)
                .filter(|old| is_same(old, column));
            if let Some(old) = same {
                split.copied.push((column, sql_name(&old.name)));
                if is_gone(old) {
                    split.gone.push(old);
                }
            } else if let Some(parent) = split.parent_column(column, created) {
                refers = true;
                split.copied.push((column, sql_name(&parent.name)));
            }
        }
        // Many tables have an `id` or a `name`: one alone says nothing.
        let is_enough = match stays {
            Some(_) => split.gone.len() >= 2 || (refers && !split.gone.is_empty()),
            None => split.gone.len() >= 2 && split.copied.len() * 2 >= target.columns.len(),
        };
        is_enough.then_some(split)
    }

    /// The column of the source to which a column of the new table refers: in the source itself, or
    /// in another table that gets its rows from there.
    fn parent_column(&self, column: &Column, created: &[&Table]) -> Option<&'s Column> {
        let is_of =
            |key: &&ForeignKey| matches!(&*key.columns, [only] if names_equal(only, &column.name));
        let key = self.target.foreign_keys.iter().find(is_of)?;
        let is_here = names_equal(&key.parent, &self.source.name)
            || created
                .iter()
                .any(|table| names_equal(&table.name, &key.parent));
        let parent = self.schema.table(&key.parent).filter(|_| is_here)?;
        let name = match (&key.parent_columns, &parent.primary_key) {
            (Some(columns), _) => columns.first()?,
            (None, Some(primary)) => &primary.columns.first()?.name,
            (None, None) => return None,
        };
        self.source.column(name)
    }

    fn copy(&self) -> Drafted {
        let mut targets = Vec::new();
        let mut sources = Vec::new();
        for column in &self.target.columns {
            let copied = self
                .copied
                .iter()
                .find(|(copied, _)| copied.name == column.name);
            let Some(value) = self.value(column, copied.map(|(_, source)| source)) else {
                continue;
            };
            targets.push(sql_name(&column.name));
            sources.push(value);
        }
        let (into, from) = (sql_name(&self.target.name), sql_name(&self.source.name));
        let values: Vec<&str> = sources.iter().map(|value| value.sql.as_str()).collect();
        let sql = format!(
            "INSERT INTO {into} ({})\nSELECT {}\nFROM {from}",
            targets.join(", "),
            values.join(", ")
        );
        let gone = self.gone.iter().map(|column| format!("`{}`", column.name));
        let gone = gone.collect::<Vec<_>>().join(", ");
        let reason = match self.gone.len() {
            1 => format!("it has {gone}, which is gone from `{}`", self.source.name),
            _ => format!("it has {gone}, which are gone from `{}`", self.source.name),
        };
        Drafted {
            places: vec![Place {
                object: self.target.name.clone(),
                reason,
                expression: format!("copied from {from}"),
                is_obvious: sources.iter().all(|value| value.fits),
            }],
            ..Drafted::new(sql)
        }
    }

    /// `None` where the column may be left out.
    fn value(&self, column: &Column, copied: Option<&String>) -> Option<Value> {
        let refuses = column.not_null.is_some();
        let is_alias = (self.target.rowid_alias()).is_some_and(|alias| alias.name == column.name);
        let Some(source) = copied else {
            let is_needed = refuses && column.default.is_none() && !is_alias;
            let tables = (Some(self.source), Some(self.target));
            return (is_needed && column.generated.is_none())
                .then(|| for_new_column(column, tables, self.schema));
        };
        let before = self.source.column(&column.name);
        let was_null = before.is_some_and(|before| {
            let alias = self.source.rowid_alias();
            before.not_null.is_none() && alias.is_none_or(|alias| alias.name != before.name)
        });
        if refuses && was_null {
            let instead = obvious(self.target, column);
            return Some(Value {
                sql: format!("coalesce({source}, {})", instead.sql),
                ..instead
            });
        }
        Some(Value::fitting(source.clone()))
    }
}

/// Whether two columns hold the same, by name and type.
fn is_same(old: &Column, new: &Column) -> bool {
    old.affinity == new.affinity
        && old.generated.is_none()
        && (old.declared_type).eq_ignore_ascii_case(&new.declared_type)
}
