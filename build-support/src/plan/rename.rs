//! The renames of a step that are the only ones for what they rename.

use super::{Change, ColumnName, ColumnRename, StepPlan, TableRename};

impl StepPlan {
    /// The rename to a new column, where it can come from one column and that can become no other.
    pub(crate) fn column_rename_to(&self, new: &ColumnName) -> Option<&ColumnRename> {
        self.only_column_renames().find(|rename| rename.new == *new)
    }

    /// The rename of an old column, where it can become one column and that can come from no other.
    pub(crate) fn column_rename_from(&self, old: &ColumnName) -> Option<&ColumnRename> {
        self.only_column_renames().find(|rename| rename.old == *old)
    }

    /// The rename to a new table, where it can come from one table and that can become no other.
    pub(crate) fn table_rename_to(&self, new: &str) -> Option<&TableRename> {
        self.only_table_renames().find(|rename| rename.new == new)
    }

    /// The rename of an old table, where it can become one table and that can come from no other.
    pub(crate) fn table_rename_from(&self, old: &str) -> Option<&TableRename> {
        self.only_table_renames().find(|rename| rename.old == old)
    }

    /// The rename of a table that makes the rebuild of a table that refers to it.
    pub(crate) fn table_rename_of_parent(&self, rebuild: &Change) -> Option<&TableRename> {
        self.only_table_renames()
            .find(|rename| rename.changes.contains(rebuild))
    }

    fn only_column_renames(&self) -> impl Iterator<Item = &ColumnRename> {
        let all = &self.column_renames;
        all.iter().filter(|rename| {
            let same = |other: &&ColumnRename| other.old == rename.old || other.new == rename.new;
            all.iter().filter(same).count() == 1
        })
    }

    fn only_table_renames(&self) -> impl Iterator<Item = &TableRename> {
        let all = &self.table_renames;
        all.iter().filter(|rename| {
            let same = |other: &&TableRename| other.old == rename.old || other.new == rename.new;
            all.iter().filter(same).count() == 1
        })
    }
}
