//! What a version changes for those who exchange rows with others of other versions: a server and its
//! clients.

mod aligned;
mod compare;
mod deploy;
#[cfg(test)]
mod tests;

use stepladder::TableChange;
use stepladder::schema::{Entity, Schema, Table};
use stepladder::sql::{means_the_same, names_equal};

pub use deploy::DeployOrder;
pub(crate) use deploy::deployment;

use self::aligned::Aligned;
use crate::history::Version;
use crate::plan::external_content;
use crate::renames::Renames;

/// What one version changes of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableChanges {
    /// Its name in the version; in the one before where it is gone.
    pub(crate) table: String,
    /// What changes.
    pub(crate) changes: Vec<TableChange<String>>,
}

/// The changes from a version to the next, in the order of its tables; what is gone follows.
pub(crate) fn evolution(old: &Version, new: &Version, renames: &Renames) -> Vec<TableChanges> {
    let aligned = Aligned::new(&old.schema, renames);
    let mut found: Vec<_> = exchanged(&new.schema)
        .map(|entity| TableChanges {
            table: entity.name().to_owned(),
            changes: changes_of(entity, &new.schema, &aligned, renames),
        })
        .collect();
    found.retain(|table| !table.changes.is_empty());
    let gone = exchanged(&old.schema).filter(|entity| {
        let now = aligned.now(entity.name());
        now.is_none_or(|now| counterpart(entity, now, &new.schema).is_none())
    });
    found.extend(gone.map(|entity| TableChanges {
        table: entity.name().to_owned(),
        changes: vec![TableChange::TableGone],
    }));
    found
}

/// The tables whose rows are exchanged. A full-text index over another table has none of its own.
fn exchanged(schema: &Schema) -> impl Iterator<Item = &Entity> {
    schema.entities.iter().filter(|entity| match entity {
        Entity::Table(_) => true,
        Entity::VirtualTable(table) => external_content(table).is_none(),
        Entity::Index(_) | Entity::Trigger(_) | Entity::View(_) => false,
    })
}

/// What an entity is in another schema, where it has that name there.
fn counterpart<'s>(entity: &Entity, name: &str, schema: &'s Schema) -> Option<&'s Entity> {
    let mut others = exchanged(schema);
    others.find(|other| names_equal(other.name(), name) && other.kind() == entity.kind())
}

fn changes_of(
    entity: &Entity,
    new_schema: &Schema,
    aligned: &Aligned,
    renames: &Renames,
) -> Vec<TableChange<String>> {
    let Some(old) = counterpart(entity, entity.name(), &aligned.schema) else {
        return vec![TableChange::TableCreated];
    };
    let mut changes = Vec::new();
    let old_name = renames.old_table(entity.name());
    if aligned.is_renamed && !names_equal(old_name, entity.name()) {
        changes.push(TableChange::TableRenamed {
            old: old_name.to_owned(),
            new: entity.name().to_owned(),
        });
    }
    match (old, entity) {
        (Entity::Table(old), Entity::Table(new)) => {
            if aligned.is_renamed {
                let columns = renames.columns_of(&new.name).iter();
                changes.extend(columns.map(|renamed| TableChange::ColumnRenamed {
                    old: renamed.old.clone(),
                    new: renamed.new.clone(),
                }));
            }
            let compared = compare::compare([&aligned.schema, new_schema], [old, new]);
            changes.extend(compared.into_iter().map(|change| match change {
                TableChange::ColumnDropped(name) => {
                    TableChange::ColumnDropped(aligned.column_before(&name).to_owned())
                }
                change => change,
            }));
        }
        (old, new) => {
            if !is_same_virtual_table(old, new) {
                changes.push(TableChange::VirtualTable);
            }
        }
    }
    changes
}

fn is_same_virtual_table(old: &Entity, new: &Entity) -> bool {
    match (old, new) {
        (Entity::VirtualTable(old), Entity::VirtualTable(new)) => {
            names_equal(&old.module, &new.module) && old.arguments == new.arguments
        }
        (old, new) => means_the_same(old.sql(), new.sql()),
    }
}

/// The table before a change of it.
pub(crate) fn table_before<'s>(
    schema: &'s Schema,
    renames: &Renames,
    new: &str,
) -> Option<&'s Table> {
    schema.table(renames.old_table(new))
}
