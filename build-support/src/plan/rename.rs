//! The renames of a step that its documentation and the messages of rustc suggest.

use super::{Change, ColumnName, ColumnRename, StepPlan, TableRename};

impl StepPlan {
    /// The likely rename to a new column.
    pub(crate) fn column_rename_to(&self, new: &ColumnName) -> Option<&ColumnRename> {
        let mut renames = self.column_renames.iter();
        renames.find(|rename| rename.likely && rename.new == *new)
    }

    /// The likely rename of an old column.
    pub(crate) fn column_rename_from(&self, old: &ColumnName) -> Option<&ColumnRename> {
        let mut renames = self.column_renames.iter();
        renames.find(|rename| rename.likely && rename.old == *old)
    }

    /// The likely rename to a new table.
    pub(crate) fn table_rename_to(&self, new: &str) -> Option<&TableRename> {
        let mut renames = self.table_renames.iter();
        renames.find(|rename| rename.likely && rename.new == new)
    }

    /// The likely rename of an old table.
    pub(crate) fn table_rename_from(&self, old: &str) -> Option<&TableRename> {
        let mut renames = self.table_renames.iter();
        renames.find(|rename| rename.likely && rename.old == old)
    }

    /// The likely rename of a table that makes the rebuild of a table that refers to it.
    pub(crate) fn table_rename_of_parent(&self, rebuild: &Change) -> Option<&TableRename> {
        let mut renames = self.table_renames.iter();
        renames.find(|rename| rename.likely && rename.changes.contains(rebuild))
    }
}
