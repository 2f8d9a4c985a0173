//! What is behind the data classes that are generated for each table: `v2::todos::Row`, `Insert`
//! and `Update`. Generated code says which columns there are; what is done with them is here.

mod misfit;
mod query;
mod reader;
mod relation;
mod write;

pub use misfit::ValueMisfit;
pub use query::{all, count, from_row, get};
pub use reader::{ReadResult, Reader, Unread};
pub use relation::{ReadRow, Relation, changed_fields};
pub use write::{Values, given, insert, insert_returning, insert_without_rowid, optional, update};
