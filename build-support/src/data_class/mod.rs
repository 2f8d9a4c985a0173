//! The data classes: which fields they have, and of which types.

mod check;
mod column;
mod rust_type;

pub(crate) use check::check_types;
pub(crate) use column::{Field, Given};
pub(crate) use rust_type::{NotAType, RustType, normal_declared_type, without_arguments};

use stepladder::schema::{Entity, Table, VirtualTable};
use stepladder::sql::names_equal;

use crate::history::Version;
use crate::settings::Settings;
use crate::view_columns::ViewColumn;

/// The classes of a table or view.
#[derive(Debug)]
pub(crate) struct DataClass {
    /// The columns of `Row`, in order.
    pub(crate) fields: Vec<Field>,
    /// The primary key in its order: places in `fields`, and the collation of the key where the
    /// column has another one.
    pub(crate) key: Vec<(usize, Option<String>)>,
    /// The name of the rowid, where there is no primary key.
    pub(crate) rowid: Option<&'static str>,
    /// What can be written.
    pub(crate) kind: ClassKind,
}

/// What can be written to a table or view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClassKind {
    /// A table with rowids.
    Table,
    /// A table without rowids.
    WithoutRowid,
    /// A full-text index: SQLite has no `RETURNING` for it.
    FullText,
    /// A view, or a virtual table of another module.
    ReadOnly,
}

impl DataClass {
    /// The fields of the primary key in its order.
    pub(crate) fn key_fields(&self) -> impl Iterator<Item = &Field> {
        self.key.iter().map(|(place, _)| &self.fields[*place])
    }

    /// The fields of `Insert`.
    pub(crate) fn insert_fields(&self) -> impl Iterator<Item = &Field> {
        (self.fields.iter()).filter(|field| field.given != Given::Never)
    }

    /// What `Update` can change: nothing of the key.
    pub(crate) fn update_fields(&self) -> impl Iterator<Item = &Field> {
        (self.fields.iter().enumerate())
            .filter(move |(place, field)| !self.is_key(*place) && field.given != Given::Never)
            .map(|(_, field)| field)
    }

    /// Whether a field is of the primary key.
    pub(crate) fn is_key(&self, place: usize) -> bool {
        self.key.iter().any(|(key, _)| *key == place)
    }

    /// Whether there is an `Update`.
    pub(crate) fn has_update(&self) -> bool {
        let is_written = match self.kind {
            ClassKind::Table | ClassKind::WithoutRowid => true,
            ClassKind::FullText | ClassKind::ReadOnly => false,
        };
        is_written && !self.key.is_empty() && self.update_fields().next().is_some()
    }
}

/// The classes of an entity; `None` where it has none.
pub(crate) fn data_class(
    version: &Version,
    entity: &Entity,
    settings: &Settings,
) -> Option<DataClass> {
    match entity {
        Entity::Table(table) => Some(of_table(table, settings)),
        Entity::VirtualTable(table) => of_virtual_table(table, settings),
        Entity::View(view) => of_view(&view.name, version.view_columns(&view.name), settings),
        Entity::Index(_) | Entity::Trigger(_) => None,
    }
}

fn of_table(table: &Table, settings: &Settings) -> DataClass {
    let fields: Vec<_> = (table.columns.iter())
        .map(|column| column::of_table(table, column, settings))
        .collect();
    let key = table.primary_key.iter().flat_map(|key| &key.columns);
    let key: Vec<_> = key
        .filter_map(|member| {
            let place = (table.columns.iter())
                .position(|column| names_equal(&column.name, &member.name))?;
            let collation = table.columns[place].collation.as_deref();
            let other = !names_equal(collation.unwrap_or("BINARY"), &member.collation);
            Some((place, other.then(|| member.collation.clone())))
        })
        .collect();
    let names: Vec<_> = (table.columns.iter())
        .map(|column| column.name.as_str())
        .collect();
    DataClass {
        rowid: key.is_empty().then(|| rowid_name(&names)).flatten(),
        fields,
        key,
        kind: if table.without_rowid {
            ClassKind::WithoutRowid
        } else {
            ClassKind::Table
        },
    }
}

fn of_virtual_table(table: &VirtualTable, settings: &Settings) -> Option<DataClass> {
    // The module of a table without columns is not known here.
    if table.columns.is_empty() {
        return None;
    }
    let module = table.module.to_ascii_lowercase();
    let is_full_text = ["fts3", "fts4", "fts5"].contains(&module.as_str());
    let columns = table.columns.iter();
    let mut fields: Vec<_> = (columns.clone())
        .map(|column| column::of_virtual_table(&table.name, column, settings))
        .collect();
    let names: Vec<_> = columns.map(String::as_str).collect();
    let rowid = rowid_name(&names);
    let has_rowid = is_full_text && rowid == Some("rowid");
    if has_rowid {
        fields.insert(0, column::rowid());
    }
    Some(DataClass {
        fields,
        key: if has_rowid {
            vec![(0, None)]
        } else {
            Vec::new()
        },
        rowid: rowid.filter(|_| is_full_text && !has_rowid),
        kind: if is_full_text {
            ClassKind::FullText
        } else {
            ClassKind::ReadOnly
        },
    })
}

fn of_view(view: &str, columns: &[ViewColumn], settings: &Settings) -> Option<DataClass> {
    if columns.is_empty() {
        return None;
    }
    let columns = columns.iter();
    Some(DataClass {
        fields: (columns.map(|column| column::of_view(view, column, settings))).collect(),
        key: Vec::new(),
        rowid: None,
        kind: ClassKind::ReadOnly,
    })
}

/// A name of the rowid that is not that of a column.
fn rowid_name(columns: &[&str]) -> Option<&'static str> {
    let is_free = |name: &&str| !columns.iter().any(|column| names_equal(column, name));
    ["rowid", "_rowid_", "oid"].into_iter().find(is_free)
}
