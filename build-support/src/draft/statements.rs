//! The statements of a draft, in an order that works.

use stepladder::compare::{CompareOptions, compare};
use stepladder::introspect::introspect;
use stepladder::rusqlite::Connection;
use stepladder::schema::{Entity, EntityKind, Schema};
use stepladder::sql::{fold, names_equal};

use super::dependents::{Dependents, names_any, touched};
use super::in_place::in_place;
use super::rebuild::rebuild;
use super::rename::Rename;
use super::rename_order::rename_statements;
use super::split::{Splits, copies};
use super::{Alter, Drafted};
use crate::diff::{counterpart, is_same};
use crate::plan::{Change, ColumnName, Scratch, StepPlan, external_content, plan};
use crate::sql_name::sql_name;

/// How statements are made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way {
    pub(super) alter: Alter,
    pub(super) splits: Splits,
    pub(super) dependents: Dependents,
}

/// Creates a schema.
pub(super) fn create(connection: &Connection, schema: &Schema) -> stepladder::rusqlite::Result<()> {
    for entity in &schema.entities {
        connection.execute_batch(entity.sql())?;
    }
    Ok(())
}

/// A database that is led from the old schema to the new one, and the statements that did it.
struct Work<'s> {
    scratch: &'s Scratch,
    way: Way,
    connection: Connection,
    old: &'s Schema,
    new: &'s Schema,
    statements: Vec<Drafted>,
}

/// The statements, run on a database at the old version; why they do not lead to the new one.
pub(super) fn try_statements(
    scratch: &Scratch,
    (old, new): (&Schema, &Schema),
    renames: &[Rename],
    way: Way,
) -> Result<(Vec<Drafted>, Vec<String>), String> {
    let connection = Connection::open_in_memory().map_err(|error| error.to_string())?;
    let made = connection.execute_batch("PRAGMA foreign_keys = OFF");
    made.and_then(|()| create(&connection, old))
        .map_err(|error| error.to_string())?;
    let mut work = Work {
        scratch,
        way,
        connection,
        old,
        new,
        statements: Vec::new(),
    };
    work.drop_in_the_way(renames)?;
    for rename in rename_statements(renames, old, new).0 {
        work.run(rename)?;
    }
    let named = work.introspect()?;
    let plan = plan(scratch, &named, new);
    work.tables(&plan, &named)?;
    work.derived()?;
    work.fill_indexes(&plan)?;
    let found = work.introspect()?;
    let differences = compare(new, &found, &CompareOptions::default());
    match differences.first() {
        None => Ok((work.statements, other_types(new, &found))),
        Some(first) => Err(first.to_string()),
    }
}

/// The types that are written in another way and mean the same to SQLite.
fn other_types(new: &Schema, found: &Schema) -> Vec<String> {
    let mut types = Vec::new();
    for table in new.tables() {
        let Some(other) = found.table(&table.name) else {
            continue;
        };
        for column in &table.columns {
            let before = other
                .column(&column.name)
                .map(|column| &column.declared_type);
            let Some(before) = before else { continue };
            if !before.eq_ignore_ascii_case(&column.declared_type) {
                types.push(format!(
                    "{}.{}: {} is {} now",
                    table.name,
                    column.name,
                    shown_type(before),
                    shown_type(&column.declared_type)
                ));
            }
        }
    }
    types
}

fn shown_type(declared: &str) -> String {
    match declared {
        "" => "no type".to_owned(),
        _ => format!("`{declared}`"),
    }
}

impl Work<'_> {
    fn run(&mut self, drafted: Drafted) -> Result<(), String> {
        let done = self.connection.execute_batch(&drafted.sql);
        done.map_err(|error| format!("{error}, in `{}`", drafted.sql))?;
        self.statements.push(drafted);
        Ok(())
    }

    fn introspect(&self) -> Result<Schema, String> {
        introspect(&self.connection).map_err(|error| error.to_string())
    }

    fn drop(&mut self, kind: EntityKind, name: &str) -> Result<(), String> {
        let keyword = match kind {
            EntityKind::Table | EntityKind::VirtualTable => "TABLE",
            EntityKind::Index => "INDEX",
            EntityKind::Trigger => "TRIGGER",
            EntityKind::View => "VIEW",
        };
        self.run(Drafted::new(format!("DROP {keyword} {}", sql_name(name))))
    }

    /// Drops the triggers and views that are in the way, and the indexes that are gone.
    fn drop_in_the_way(&mut self, renames: &[Rename]) -> Result<(), String> {
        let dependents = self.way.dependents;
        let (old, new) = (self.old, self.new);
        let mut naming = touched(old, new, renames);
        // A view that names a view that names a table, and so on.
        if dependents == Dependents::Naming {
            for view in old
                .entities
                .iter()
                .filter(|entity| entity.kind() == EntityKind::View)
            {
                if names_any(view, &naming) {
                    naming.push(fold(view.name()));
                }
            }
        }
        let is_in_the_way = |entity: &Entity| match dependents {
            Dependents::Differing => false,
            Dependents::Naming => names_any(entity, &naming),
            Dependents::All => true,
        };
        let goes = |entity: &&Entity| {
            let differs = counterpart(entity, new).is_none_or(|other| !is_same(other, entity));
            differs || is_in_the_way(entity)
        };
        let triggers: Vec<&Entity> = of_kind(old, EntityKind::Trigger).filter(goes).collect();
        // Triggers of one event fire in the order of their creation, so those of a table go together.
        let tables: Vec<String> = triggers
            .iter()
            .map(|entity| fold(entity.table_name()))
            .collect();
        let together = |entity: &&Entity| tables.contains(&fold(entity.table_name()));
        for trigger in of_kind(old, EntityKind::Trigger).filter(together) {
            self.drop(EntityKind::Trigger, trigger.name())?;
        }
        let views: Vec<&Entity> = of_kind(old, EntityKind::View).filter(goes).collect();
        for view in views.iter().rev() {
            self.drop(EntityKind::View, view.name())?;
        }
        let gone = |entity: &&Entity| {
            counterpart(entity, new).is_none_or(|other| other.kind() != entity.kind())
        };
        let is_dropped = |table: &str| {
            new.relation(table).is_none()
                && !renames
                    .iter()
                    .any(|rename| rename.column.is_none() && names_equal(&rename.table, table))
        };
        for index in of_kind(old, EntityKind::Index).filter(gone) {
            // With its table it goes by itself.
            if !is_dropped(index.table_name()) {
                self.drop(EntityKind::Index, index.name())?;
            }
        }
        Ok(())
    }

    /// What the plan says about tables, what is new before what goes.
    fn tables(&mut self, plan: &StepPlan, named: &Schema) -> Result<(), String> {
        let new = self.new;
        let rebuilt: Vec<&str> = plan
            .rebuilds
            .iter()
            .map(|rebuild| rebuild.new.as_str())
            .collect();
        let is_rebuilt =
            |name: &ColumnName| rebuilt.iter().any(|table| names_equal(table, &name.table));
        let mut offers = match self.way.splits {
            Splits::Offer => copies(plan, named, new),
            Splits::Leave => Vec::new(),
        };
        let is_create = |change: &Change| matches!(change, Change::CreateTable(_));
        let last = plan.changes.iter().rposition(is_create);
        for (at, change) in plan.changes.iter().enumerate() {
            match change {
                Change::CreateTable(name) => {
                    let entity = new.relation(name).ok_or("a new table is not there")?;
                    self.run(Drafted::new(entity.sql()))?;
                }
                Change::DropTable(name) => self.drop(EntityKind::Table, name)?,
                Change::AddColumn(name) if !is_rebuilt(name) => {
                    let column = new
                        .table(&name.table)
                        .and_then(|table| table.column(&name.column));
                    let column = column.ok_or("a new column is not there")?;
                    let table = sql_name(&name.table);
                    self.run(Drafted::new(format!(
                        "ALTER TABLE {table} ADD COLUMN {}",
                        column.definition
                    )))?;
                }
                Change::DropColumn(name) if !is_rebuilt(name) => {
                    self.drop_differing_indexes(&name.table)?;
                    let (table, column) = (sql_name(&name.table), sql_name(&name.column));
                    self.run(Drafted::new(format!(
                        "ALTER TABLE {table} DROP COLUMN {column}"
                    )))?;
                }
                Change::Rebuild(name) => self.rebuild(plan, name, named)?,
                // A rebuild makes them.
                Change::AddColumn(_)
                | Change::DropColumn(_)
                | Change::RenameColumnTo(_)
                | Change::RenameColumnFrom(_) => {}
            }
            if Some(at) == last {
                for copy in offers.drain(..) {
                    self.run(copy)?;
                }
            }
        }
        // Those of which only some columns differ, and that ALTER TABLE cannot alter all the same.
        for rebuild in &plan.rebuilds {
            if !rebuild
                .changes
                .iter()
                .any(|change| matches!(change, Change::Rebuild(_)))
            {
                self.rebuild(plan, &rebuild.new, named)?;
            }
        }
        Ok(())
    }

    fn rebuild(&mut self, plan: &StepPlan, table: &str, named: &Schema) -> Result<(), String> {
        let Some(planned) = plan
            .rebuilds
            .iter()
            .find(|rebuild| names_equal(&rebuild.new, table))
        else {
            return Err(format!("`{table}` cannot be made anew"));
        };
        let altered = match self.way.alter {
            Alter::Columns => None,
            Alter::Constraints => in_place(self.scratch, planned, named, self.new),
        };
        if altered.is_some() && !planned.dropped.is_empty() {
            self.drop_differing_indexes(table)?;
        }
        for drafted in altered.unwrap_or_else(|| rebuild(planned, named, self.new)) {
            self.run(drafted)?;
        }
        Ok(())
    }

    fn drop_differing_indexes(&mut self, table: &str) -> Result<(), String> {
        let found = self.introspect()?;
        for index in of_kind(&found, EntityKind::Index) {
            let differs = counterpart(index, self.new).is_none_or(|other| !is_same(other, index));
            if differs && names_equal(index.table_name(), table) {
                self.drop(EntityKind::Index, index.name())?;
            }
        }
        Ok(())
    }

    /// Brings indexes, triggers and views to the new version.
    fn derived(&mut self) -> Result<(), String> {
        let found = self.introspect()?;
        let differences = compare(self.new, &found, &CompareOptions::default());
        let differs = |entity: &Entity| {
            (differences.iter()).any(|difference| {
                difference.object.kind == entity.kind()
                    && names_equal(&difference.object.name, entity.name())
            })
        };
        for kind in [EntityKind::Trigger, EntityKind::View, EntityKind::Index] {
            for entity in of_kind(&found, kind).filter(|entity| differs(entity)) {
                self.drop(kind, entity.name())?;
            }
        }
        let new = self.new;
        for entity in new
            .entities
            .iter()
            .filter(|entity| entity.kind().is_derived())
        {
            if differs(entity) {
                self.run(Drafted::new(entity.sql()))?;
            }
        }
        Ok(())
    }

    /// New full-text indexes over tables that may have rows.
    fn fill_indexes(&mut self, plan: &StepPlan) -> Result<(), String> {
        for change in &plan.changes {
            let Change::CreateTable(name) = change else {
                continue;
            };
            let Some(Entity::VirtualTable(index)) = self.new.relation(name) else {
                continue;
            };
            if external_content(index).is_some() {
                let name = sql_name(name);
                self.run(Drafted::new(format!(
                    "INSERT INTO {name} ({name}) VALUES ('rebuild')"
                )))?;
            }
        }
        Ok(())
    }
}

fn of_kind(schema: &Schema, kind: EntityKind) -> impl Iterator<Item = &Entity> {
    schema
        .entities
        .iter()
        .filter(move |entity| entity.kind() == kind)
}
