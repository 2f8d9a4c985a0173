//! What a step still has to make, as a type.
//!
//! A generated step type names its changes in a tree, such as
//! `PendingBoth<PendingChange<DropTable<..>>, PendingChange<AddColumn<..>>>`. Each method of
//! [`Step`](crate::Step) takes its change out of the tree, and `done` needs one with nothing
//! pending. It is a tree and not a list because a step may have hundreds of changes, and rustc does
//! not follow types that are nested hundreds deep.
//!
//! The traits here exist for that, and for what rustc says when something does not fit: each
//! mistake breaks the bound of one trait, and its message is that trait's. Generated code
//! implements them.

mod column;
mod data;
mod made;
mod rebuild;
mod table;
mod tree;

pub use column::{
    AddedWithoutRebuild, AddedWithoutRename, AlterTable, DroppedColumn, DroppedWithoutRebuild,
    DroppedWithoutRename, NewColumn, RenameColumn,
};
pub use data::{HoldsData, IsColumn, IsTable};
pub use made::{
    AddColumn, AddOrRenameColumn, Added, AddedOrRenamed, CreateOrRenameTable, CreateTable, Created,
    CreatedOrRenamed, DropColumn, DropOrRenameColumn, DropOrRenameTable, DropTable, Dropped,
    DroppedOrRenamed, DroppedOrRenamedTable, Made, Rebuild, RebuildOrRename, Rebuilt,
    RebuiltOrRenamed, RenameColumnFrom, RenameColumnTo, RenamedFrom, RenamedTo, TableDropped,
};
pub use rebuild::{OfTable, RebuildIn, RebuildWith, TableRebuild};
pub use table::{DroppedTable, NewTable, RenameTable};
pub use tree::{
    At, FirstPending, Found, Here, InFirst, InSecond, NoChange, NothingPending, One, PendingBoth,
    PendingChange, SecondPending, StillPending, Summary, Take, ThirdPending, Tree, UpToThree,
};

use crate::entity::Entity;

/// A table as it is at one version: `v2::todos::table`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a table",
    label = "not a table of a version",
    note = "a table is named by its version: `v2::todos::table`"
)]
pub trait Table {
    /// The table and the statement that creates it.
    const ENTITY: Entity;
}

/// A column of a table as it is at one version: `v2::todos::due_date`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column",
    label = "not a column of a table",
    note = "a column is named by its version and table: `v2::todos::due_date`"
)]
pub trait Column {
    /// The table.
    type Table: Table;
    /// The name of the column in SQL.
    const NAME: &'static str;
}

/// What no table or column is called.
///
/// With one implementation, rustc takes it for the one that is meant and complains of another
/// argument. Each table and column has two more, for this type, and the message is ours.
#[derive(Debug)]
pub struct Undecided(());
