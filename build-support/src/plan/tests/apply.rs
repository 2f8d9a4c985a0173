//! A plan is made with the same calls that the typed steps make.

use rusqlite::Connection;
use stepladder::__private::{RebuildPlan, RowidCopy, StepContext, VersionDelta};
use stepladder::schema::{Affinity, Entity, Schema};
use stepladder::sql::quote_identifier;
use stepladder::{History, Migrator};

use super::{Place, Random};
use crate::plan::{Change, PlannedRebuild, StepPlan};

/// What was done where there was a choice.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// Old table and column, new table and column.
    pub(super) renamed: Vec<(Place, Place)>,
}

/// Makes the changes of a plan, renaming where the die says so.
pub(super) fn apply(
    connection: &mut Connection,
    old: &Schema,
    new: &Schema,
    plan: &StepPlan,
    random: &mut Random,
) -> stepladder::Result<Applied> {
    connection.execute_batch("PRAGMA user_version = 1").unwrap();
    let mut planned = Planned {
        history: history(old, new),
        old,
        new,
        plan,
        random,
        applied: Applied::default(),
    };
    stepladder::run_migration_steps(connection, 1, 2, &mut planned)?;
    Ok(planned.applied)
}

struct Planned<'p> {
    history: &'static History,
    old: &'p Schema,
    new: &'p Schema,
    plan: &'p StepPlan,
    random: &'p mut Random,
    applied: Applied,
}

impl Migrator for Planned<'_> {
    fn history(&self) -> &'static History {
        self.history
    }

    fn run_step(&mut self, step: StepContext<'_>) -> stepladder::Result<()> {
        step.begin()?;
        let mut pending = self.plan.changes.clone();
        for rename in &self.plan.table_renames {
            if take(&mut pending, &rename.changes, self.random) {
                step.rename_table(&rename.old, &rename.new)?;
                for column in &self.old.table(&rename.old).unwrap().columns {
                    self.renamed((&rename.old, &column.name), (&rename.new, &column.name));
                }
            }
        }
        for rename in &self.plan.column_renames {
            if take(&mut pending, &rename.changes, self.random) {
                step.rename_column(&rename.old.table, &rename.old.column, &rename.new.column)?;
                self.renamed(
                    (&rename.old.table, &rename.old.column),
                    (&rename.new.table, &rename.new.column),
                );
            }
        }
        for rebuild in &self.plan.rebuilds {
            // Sometimes there is no other way.
            if rebuild
                .changes
                .iter()
                .all(|change| pending.contains(change))
            {
                pending.retain(|change| !rebuild.changes.contains(change));
                self.rebuild(&step, rebuild)?;
            }
        }
        for change in pending {
            self.make(&step, &change)?;
        }
        step.finish()
    }
}

/// Takes the changes that belong together out of the pending ones, if they are all there.
fn take(pending: &mut Vec<Change>, changes: &[Change], random: &mut Random) -> bool {
    let forced = (changes.iter()).any(|change| {
        matches!(
            change,
            Change::RenameColumnTo(_) | Change::RenameColumnFrom(_)
        )
    });
    let all = changes.iter().all(|change| pending.contains(change));
    if !all || !(forced || random.chance(2)) {
        return false;
    }
    pending.retain(|change| !changes.contains(change));
    true
}

impl Planned<'_> {
    fn renamed(&mut self, old: (&str, &str), new: (&str, &str)) {
        let own = |(table, column): (&str, &str)| (table.to_owned(), column.to_owned());
        // A column may be renamed in a table that is.
        if let Some(known) = self
            .applied
            .renamed
            .iter_mut()
            .find(|(_, to)| *to == own(old))
        {
            known.1 = own(new);
            return;
        }
        self.applied.renamed.push((own(old), own(new)));
    }

    fn make(&self, step: &StepContext<'_>, change: &Change) -> stepladder::Result<()> {
        match change {
            Change::CreateTable(name) => step.create_table(&entity(self.new, name)),
            Change::DropTable(name) => step.drop_table(name),
            Change::AddColumn(name) => {
                let table = self.new.table(&name.table).unwrap();
                step.add_column(&name.table, &table.column(&name.column).unwrap().definition)
            }
            Change::DropColumn(name) => step.drop_column(&name.table, &name.column),
            Change::RenameColumnTo(_) | Change::RenameColumnFrom(_) | Change::Rebuild(_) => {
                panic!("no means for {change:?} in {:#?}", self.plan)
            }
        }
    }

    fn rebuild(&self, step: &StepContext<'_>, rebuild: &PlannedRebuild) -> stepladder::Result<()> {
        let table = self.new.table(&rebuild.new).unwrap();
        let old = self.old.table(&rebuild.old).unwrap();
        let expressions: Vec<(&str, String)> = (rebuild.required.iter())
            .map(|required| {
                let column = table.column(&required.column).unwrap();
                let expression = match (old.column(&required.column), column.affinity) {
                    (Some(source), Affinity::Text) => {
                        format!(
                            "CAST(coalesce({}, 'x') AS TEXT)",
                            quote_identifier(&source.name)
                        )
                    }
                    (None, _) if required.source.is_some() => {
                        quote_identifier(required.source.as_ref().unwrap())
                    }
                    (None, _) if column.not_null.is_none() => "NULL".to_owned(),
                    (_, Affinity::Text) => "hex(randomblob(4))".to_owned(),
                    _ => "abs(random() % 1000000)".to_owned(),
                };
                (required.column.as_str(), expression)
            })
            .collect();
        let expressions: Vec<(&str, &str)> = expressions
            .iter()
            .map(|(column, sql)| (*column, sql.as_str()))
            .collect();
        step.rebuild(
            &entity(self.new, &rebuild.new),
            &leaked_plan(rebuild),
            &expressions,
        )
    }
}

fn leaked_plan(rebuild: &PlannedRebuild) -> RebuildPlan {
    let copied: Vec<_> = (rebuild.copied.iter())
        .map(|column| (leak(&column.new), leak(&column.old)))
        .collect();
    RebuildPlan {
        old_name: leak(&rebuild.old),
        copied: Vec::leak(copied),
        rowid: (rebuild.rowid).map_or(RowidCopy::None, |(new, old)| RowidCopy::Named(new, old)),
        kind: rebuild.kind,
    }
}

fn history(old: &Schema, new: &Schema) -> &'static History {
    let all = |schema: &Schema| -> &'static [(usize, stepladder::Entity)] {
        let entities = schema.entities.iter().map(leaked).enumerate();
        Vec::leak(entities.collect())
    };
    let removed = old
        .entities
        .iter()
        .map(|entity| (entity.kind(), leak(entity.name())));
    Box::leak(Box::new(History {
        versions: Vec::leak(vec![
            VersionDelta {
                number: 1,
                removed: &[],
                added: all(old),
            },
            VersionDelta {
                number: 2,
                removed: Vec::leak(removed.collect()),
                added: all(new),
            },
        ]),
        seed: None,
        sqlite: stepladder::__private::SqliteFacts::default(),
        allowances: &[],
        rust_names: &[],
        evolution: &[],
    }))
}

fn entity(schema: &Schema, name: &str) -> stepladder::Entity {
    leaked(schema.relation(name).unwrap())
}

fn leaked(entity: &Entity) -> stepladder::Entity {
    stepladder::Entity {
        kind: entity.kind(),
        name: leak(entity.name()),
        table: leak(entity.table_name()),
        sql: leak(entity.sql()),
    }
}

fn leak(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}
