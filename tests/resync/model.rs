//! Random histories, in which tables and columns are known by numbers.

use std::collections::BTreeMap;

use stepladder::__private::{SqliteFacts, TableEvolution, VersionDelta};
use stepladder::{Entity, EntityKind, History, TableChange};

/// A table of a version: things are known by numbers, so that names may be what they like.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: BTreeMap<u32, &'static str>,
}

pub(crate) type Tables = BTreeMap<u32, Table>;

/// A change with the table and column that it is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Made {
    pub(crate) version: i32,
    pub(crate) table: u32,
    pub(crate) column: Option<u32>,
    pub(crate) change: TableChange,
}

#[derive(Debug)]
pub(crate) struct Model {
    versions: Vec<Tables>,
    pub(crate) made: Vec<Made>,
    next: u32,
    seed: u64,
}

pub(crate) const VERSIONS: usize = 7;
const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

impl Model {
    pub(crate) fn new(seed: u64) -> Self {
        let mut model = Self {
            versions: vec![Tables::new()],
            made: Vec::new(),
            next: 0,
            seed: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
        };
        for _ in 0..2 {
            model.add_table(0);
        }
        while model.versions.len() < VERSIONS {
            model
                .versions
                .push(model.versions[model.versions.len() - 1].clone());
            let version = model.versions.len() - 1;
            model.change_tables(version);
        }
        model
    }

    fn below(&mut self, end: usize) -> usize {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        usize::try_from(self.seed % u64::try_from(end).unwrap()).unwrap()
    }

    fn id(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    fn free(&mut self, taken: &[&str]) -> Option<&'static str> {
        let free: Vec<_> = NAMES
            .into_iter()
            .filter(|name| !taken.contains(name))
            .collect();
        if free.is_empty() {
            return None;
        }
        let place = self.below(free.len());
        Some(free[place])
    }

    /// What is gone makes room at once.
    fn table_names(&self, version: usize) -> Vec<&'static str> {
        let tables = self.versions[version].values();
        tables.map(|table| table.name).collect()
    }

    fn make(&mut self, version: usize, table: u32, column: Option<u32>, change: TableChange) {
        self.made.push(Made {
            version: i32::try_from(version).unwrap() + 1,
            table,
            column,
            change,
        });
    }

    fn add_table(&mut self, version: usize) -> Option<u32> {
        let taken = self.table_names(version);
        let name = self.free(&taken)?;
        let (id, column) = (self.id(), self.id());
        let columns = BTreeMap::from([(column, "a")]);
        self.versions[version].insert(id, Table { name, columns });
        (version > 0).then(|| self.make(version, id, None, TableChange::TableCreated));
        Some(id)
    }

    fn change_tables(&mut self, version: usize) {
        let ids: Vec<u32> = self.versions[version].keys().copied().collect();
        if let [first, second, ..] = *ids
            && self.below(8) == 0
        {
            self.exchange(version, first, second);
        }
        for id in ids {
            match self.below(10) {
                0 => {
                    self.versions[version].remove(&id);
                    self.made.retain(|made| {
                        made.table != id || made.version <= i32::try_from(version).unwrap()
                    });
                    self.make(version, id, None, TableChange::TableGone);
                }
                1 => {
                    let renamed = self.made.iter().any(|made| {
                        made.table == id && made.version > i32::try_from(version).unwrap()
                    });
                    let taken = self.table_names(version);
                    if let (false, Some(new)) = (renamed, self.free(&taken)) {
                        let old = self.versions[version][&id].name;
                        self.versions[version].get_mut(&id).unwrap().name = new;
                        self.make(version, id, None, TableChange::TableRenamed { old, new });
                    }
                    self.change_columns(version, id);
                }
                2..7 => self.change_columns(version, id),
                _ => {}
            }
        }
        if self.below(5) == 0 {
            self.add_table(version);
        }
    }

    fn exchange(&mut self, version: usize, first: u32, second: u32) {
        let tables = &mut self.versions[version];
        let (a, b) = (tables[&first].name, tables[&second].name);
        tables.get_mut(&first).unwrap().name = b;
        tables.get_mut(&second).unwrap().name = a;
        self.make(
            version,
            first,
            None,
            TableChange::TableRenamed { old: a, new: b },
        );
        self.make(
            version,
            second,
            None,
            TableChange::TableRenamed { old: b, new: a },
        );
    }

    fn change_columns(&mut self, version: usize, table: u32) {
        let before = self.versions[version][&table].columns.clone();
        let mut columns = before.clone();
        let mut changes = Vec::new();
        for (id, name) in &before {
            let taken: Vec<_> = columns.values().copied().collect();
            match self.below(9) {
                0 => {
                    columns.remove(id);
                    changes.push((Some(*id), TableChange::ColumnDropped(*name)));
                }
                1 => {
                    if let Some(new) = self.free(&taken) {
                        columns.insert(*id, new);
                        changes.push((Some(*id), TableChange::ColumnRenamed { old: name, new }));
                        match self.below(3) {
                            0 => changes.push((Some(*id), TableChange::NotNull(new))),
                            1 => changes.push((Some(*id), TableChange::ColumnType(new))),
                            _ => {}
                        }
                    }
                }
                2 => changes.push((Some(*id), TableChange::NotNull(name))),
                3 => changes.push((Some(*id), TableChange::Nullable(name))),
                4 => changes.push((Some(*id), TableChange::ColumnType(name))),
                _ => {}
            }
        }
        if self.below(3) == 0 {
            let taken: Vec<_> = columns.values().copied().collect();
            if let Some(new) = self.free(&taken) {
                let id = self.id();
                columns.insert(id, new);
                changes.push((Some(id), TableChange::ColumnAdded(new)));
            }
        }
        if self.below(12) == 0 {
            changes.push((None, TableChange::PrimaryKey));
        }
        self.versions[version].get_mut(&table).unwrap().columns = columns;
        for (column, change) in changes {
            self.make(version, table, column, change);
        }
    }

    /// What the generator would write for it.
    pub(crate) fn history(&self) -> History {
        let mut deltas = Vec::new();
        let mut evolution = Vec::new();
        let mut before: Vec<(EntityKind, &'static str)> = Vec::new();
        for (number, tables) in (1..).zip(&self.versions) {
            let entities = tables.values().map(|table| Entity {
                kind: EntityKind::Table,
                name: table.name,
                table: table.name,
                sql: "",
            });
            let added: Vec<_> = entities.enumerate().collect();
            let all = added.iter().map(|(_, entity)| (entity.kind, entity.name));
            let removed = std::mem::replace(&mut before, all.collect());
            deltas.push(VersionDelta {
                number,
                removed: removed.leak(),
                added: added.leak(),
            });
            let mut by_table: BTreeMap<u32, Vec<TableChange>> = BTreeMap::new();
            for made in self.made.iter().filter(|made| made.version == number) {
                by_table.entry(made.table).or_default().push(made.change);
            }
            evolution.extend(by_table.into_iter().map(|(table, changes)| {
                let index = usize::try_from(number).unwrap() - 1;
                let named =
                    (tables.get(&table)).unwrap_or_else(|| &self.versions[index - 1][&table]);
                TableEvolution {
                    version: number,
                    table: named.name,
                    changes: changes.leak(),
                }
            }));
        }
        History {
            versions: deltas.leak(),
            seed: None,
            sqlite: SqliteFacts::default(),
            allowances: &[],
            rust_names: &[],
            evolution: evolution.leak(),
        }
    }

    pub(crate) fn at(&self, version: i32) -> &Tables {
        &self.versions[usize::try_from(version).unwrap() - 1]
    }
}
