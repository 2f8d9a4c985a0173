//! In which order a server and its clients get a version, where they exchange rows as JSON objects with
//! the names of columns, both ways, and old and new ones talk to each other for a while.
//!
//! What is taken for granted: who reads an object passes over names that it does not know, and who
//! takes a row where a name is absent uses the default of the column, or NULL.

use stepladder::TableChange;
use stepladder::schema::{Column, Table};

/// Who gets a version first: the server or its clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeployOrder {
    /// It does not matter.
    Any,
    /// The server, then the clients.
    ServerFirst,
    /// The clients, then the server.
    ClientsFirst,
    /// Neither: it takes a release in between.
    TwoReleases,
}

impl DeployOrder {
    /// In two words: `server first`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Any => "any order",
            Self::ServerFirst => "server first",
            Self::ClientsFirst => "clients first",
            Self::TwoReleases => "two releases",
        }
    }
}

/// The order for a change, and why, in one line.
pub(crate) fn deployment(
    change: &TableChange<String>,
    old: Option<&Table>,
    new: Option<&Table>,
) -> (DeployOrder, &'static str) {
    use TableChange as Change;
    match change {
        Change::TableCreated => (DeployOrder::ServerFirst, "old clients do not ask for it"),
        Change::TableGone => (
            DeployOrder::ClientsFirst,
            "the server keeps it until no client uses it",
        ),
        Change::TableRenamed { .. } => (
            DeployOrder::TwoReleases,
            "the server answers to both names first, and to the new one when all have it",
        ),
        Change::ColumnAdded(column) => match presence(new, column) {
            Presence::MayBeAbsent => (
                DeployOrder::ServerFirst,
                "old clients leave it out, and that must not reset it",
            ),
            Presence::Required => (
                DeployOrder::TwoReleases,
                "let it be NULL first, server first; NOT NULL when every client writes it",
            ),
        },
        Change::ComputedColumnAdded(_) | Change::ColumnExpression(_) => (
            DeployOrder::Any,
            "each side computes it; it need not be sent",
        ),
        Change::ColumnDropped(column) => match presence(old, column) {
            Presence::MayBeAbsent => (
                DeployOrder::ClientsFirst,
                "the server keeps it until no client uses it",
            ),
            Presence::Required => (
                DeployOrder::TwoReleases,
                "the server lets it be NULL first; it goes when no client uses it",
            ),
        },
        Change::ColumnRenamed { .. } => (
            DeployOrder::TwoReleases,
            "read both names and write both first; only the new one when all have that",
        ),
        Change::ColumnType(_) => (
            DeployOrder::TwoReleases,
            "read both types first; write the new one when all have that",
        ),
        Change::ColumnDefault(_) => (
            DeployOrder::ServerFirst,
            "its default counts for rows that come without the column",
        ),
        Change::ColumnCollation(_) => (DeployOrder::Any, "values are exchanged as they are"),
        Change::ColumnComputed(_) => (
            DeployOrder::ClientsFirst,
            "the server computes it when no client writes it",
        ),
        Change::ColumnStored(_) => (
            DeployOrder::ServerFirst,
            "old clients do not write it, and that must not reset it",
        ),
        Change::PrimaryKey => (
            DeployOrder::TwoReleases,
            "make a new table beside it first; the old one goes when all have that",
        ),
        Change::NotNull(_)
        | Change::UniqueAdded(_)
        | Change::CheckAdded(_)
        | Change::ForeignKeyAdded(_)
        | Change::Strict => (
            DeployOrder::TwoReleases,
            "stop writing other rows and pass over them first; then mend the server's",
        ),
        Change::Nullable(_)
        | Change::UniqueDropped(_)
        | Change::CheckDropped(_)
        | Change::ForeignKeyDropped(_)
        | Change::NotStrict => (
            DeployOrder::ServerFirst,
            "no such rows are written until the last old client is gone",
        ),
        Change::VirtualTable => (DeployOrder::Any, "as long as its rows are not exchanged"),
        // `TableChange` may grow.
        _ => (DeployOrder::TwoReleases, "not known"),
    }
}

/// Whether a row without the column is one.
enum Presence {
    MayBeAbsent,
    Required,
}

fn presence(table: Option<&Table>, column: &str) -> Presence {
    let column = table.and_then(|table| table.column(column));
    let is_required = |column: &Column| {
        column.not_null.is_some() && column.default.is_none() && column.generated.is_none()
    };
    if column.is_some_and(is_required) {
        Presence::Required
    } else {
        Presence::MayBeAbsent
    }
}
