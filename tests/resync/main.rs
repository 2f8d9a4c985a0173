//! `resync_plan`, over random histories: what it composes from the changes of each version is what
//! shows when two versions are looked at side by side.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]

mod model;

use std::collections::BTreeMap;

use model::{Model, VERSIONS};
use stepladder::{Error, RenamedColumn, ResyncAction, TableChange, TableResync};

impl Model {
    /// What two versions say, side by side.
    fn check(&self, from: i32, to: i32, found: &[TableResync]) {
        let (before, after) = (self.at(from), self.at(to));
        let mut names: Vec<_> = after.values().map(|table| table.name).collect();
        let gone = before.iter().filter(|(id, _)| !after.contains_key(id));
        let mut gone: Vec<_> = gone.map(|(_, table)| table.name).collect();
        let (is_gone, is_there): (Vec<_>, Vec<_>) = found
            .iter()
            .partition(|table| table.action == ResyncAction::Gone);
        let name = |tables: Vec<&TableResync>| {
            let mut names: Vec<_> = tables.iter().map(|table| table.table).collect();
            names.sort_unstable();
            names
        };
        names.sort_unstable();
        gone.sort_unstable();
        assert_eq!(name(is_there.clone()), names);
        assert_eq!(name(is_gone), gone);
        for (id, table) in after {
            let resync = is_there
                .iter()
                .find(|resync| resync.table == table.name)
                .unwrap();
            self.check_table((from, to), *id, resync);
        }
    }

    fn check_table(&self, (from, to): (i32, i32), id: u32, found: &TableResync) {
        let new = &self.at(to)[&id];
        let Some(old) = self.at(from).get(&id) else {
            assert_eq!(found.action, ResyncAction::Reload);
            assert_eq!((found.old_table, found.reasons.len()), (None, 1));
            return;
        };
        assert_eq!(found.old_table, (old.name != new.name).then_some(old.name));
        let renamed = new.columns.iter().filter_map(|(column, new)| {
            let old = *old.columns.get(column)?;
            (old != *new).then_some(RenamedColumn { old, new })
        });
        let mut renamed: Vec<_> = renamed.collect();
        renamed.sort_unstable();
        assert_eq!(found.renamed_columns, renamed);
        let is_new = |column: &u32| !old.columns.contains_key(column);
        let mut action = if new.columns.keys().any(is_new) {
            ResyncAction::Reload
        } else {
            ResyncAction::Keep
        };
        let on_the_way = self.made.iter().filter(|made| {
            made.table == id && from.min(to) < made.version && made.version <= from.max(to)
        });
        for made in on_the_way {
            action = action.max(match made.change {
                TableChange::PrimaryKey => ResyncAction::ClearFirst,
                TableChange::NotNull(_) if from < to => ResyncAction::ClearFirst,
                TableChange::Nullable(_) if from > to => ResyncAction::ClearFirst,
                TableChange::ColumnType(_) if new.columns.contains_key(&made.column.unwrap()) => {
                    ResyncAction::Reload
                }
                _ => ResyncAction::Keep,
            });
        }
        assert_eq!(found.action, action, "{found}");
    }
}

#[test]
fn changes_are_composed() {
    let mut seen = BTreeMap::new();
    for seed in 1..1500 {
        let model = Model::new(seed);
        let history = model.history();
        let versions = 1..=i32::try_from(VERSIONS).unwrap();
        for from in versions.clone() {
            for to in versions.clone() {
                let plan = history.resync_plan(from, to).unwrap();
                model.check(from, to, &plan.tables);
                for table in plan.tables {
                    let renamed = (
                        table.old_table.is_some(),
                        table.renamed_columns.len().min(2),
                    );
                    *seen.entry((table.action, renamed)).or_insert(0) += 1;
                }
            }
        }
    }
    // Both with and without renames, but for what is gone.
    assert!(seen.len() > 15, "{seen:?}");
}

/// Over a version in between nothing gets stronger, and what is to be cleared stays so.
#[test]
fn pairs_of_versions_make_a_way() {
    for seed in 1..300 {
        let history = Model::new(seed).history();
        let plan = |from, to| history.resync_plan(from, to).unwrap();
        for (from, middle, to) in [(1, 3, 6), (2, 3, 4), (1, 6, 7), (7, 4, 2)] {
            let (first, second) = (plan(from, middle), plan(middle, to));
            for whole in plan(from, to).tables {
                if whole.action == ResyncAction::Gone || whole.reasons.is_empty() {
                    continue;
                }
                let late = second.table(whole.table).unwrap();
                let early = first.table(late.old_table.unwrap_or(late.table));
                let both = early.map_or(late.action, |early| early.action.max(late.action));
                assert!(whole.action <= both, "{whole}");
                let is_clear = |action| action == ResyncAction::ClearFirst;
                if early.is_some_and(|early| {
                    early
                        .reasons
                        .iter()
                        .all(|reason| reason.change != TableChange::TableCreated)
                }) && late
                    .reasons
                    .iter()
                    .all(|reason| reason.change != TableChange::TableCreated)
                {
                    assert_eq!(is_clear(whole.action), is_clear(both), "{whole}");
                }
            }
        }
    }
}

#[test]
fn versions_have_to_be_known() {
    let history = Model::new(1).history();
    assert!(matches!(
        history.resync_plan(1, 8),
        Err(Error::UnknownVersion { found: 8, .. })
    ));
    assert!(matches!(
        history.resync_plan(0, 1),
        Err(Error::UnknownVersion { found: 0, .. })
    ));
    let same = history.resync_plan(3, 3).unwrap();
    assert!(same.tables.iter().all(|table| table.reasons.is_empty()));
}
