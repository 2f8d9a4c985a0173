//! How far a to-do is: the type of the column `todos.status`, as `schemas/stepladder.toml` says.

use stepladder::rusqlite;
use stepladder::rusqlite::types::{
    FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Open,
    Done,
    Dropped,
}

impl Status {
    const ALL: [Self; 3] = [Self::Open, Self::Done, Self::Dropped];

    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Dropped => "dropped",
        }
    }
}

impl FromSql for Status {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let name = value.as_str()?;
        let known = Self::ALL.into_iter().find(|status| status.name() == name);
        known.ok_or_else(|| FromSqlError::Other("there is no such status".into()))
    }
}

impl ToSql for Status {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.name().into())
    }
}
