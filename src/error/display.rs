//! What an error says.

use std::fmt;
use std::path::Path;

use super::{Error, FileError};
use crate::foreign_keys::ForeignKeyViolation;
use crate::rebuild::TEMPORARY_PREFIX;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(source) => source.fmt(f),
            Self::Open { path, source } => {
                write!(f, "cannot open the database `{}`: {source}", path.display())
            }
            Self::NoDatabase { path } => fmt_no_database(f, path.as_deref()),
            Self::NotADatabase(error)
            | Self::Corrupt(error)
            | Self::Locked(error)
            | Self::ReadOnly(error)
            | Self::DiskFull(error)
            | Self::Io(error) => fmt_file(f, error, self.fact_and_advice()),
            Self::NewerThanApp { database, app } => write!(
                f,
                "the database is at version {database}, but this version of the app knows only \
                 versions up to {app}: update the app"
            ),
            Self::OlderThanOldest { database, oldest } => write!(
                f,
                "the database is at version {database}, but this version of the app knows only \
                 versions from {oldest} on: open it with an older version of the app first"
            ),
            Self::OtherApplication { expected, found } => write!(
                f,
                "the file belongs to another application: its `application_id` is {found}, and \
                 that of this app is {expected}"
            ),
            Self::UnknownVersion { found, known } => fmt_unknown_version(f, *found, known),
            Self::NotVersioned { entities } => fmt_not_versioned(f, entities),
            Self::UnexpectedVersion { expected, found } => write!(
                f,
                "the database is at version {found}, but the steps were to start from version \
                 {expected}"
            ),
            Self::NotReversible { from, to } => write!(
                f,
                "the app has no rollback from version {from} to {to}: write \
                 `steps/from{from}_to{to}.sql` in its schemas folder"
            ),
            Self::InTransaction => f.write_str(
                "the connection is in a transaction: an upgrade switches foreign keys off, which \
                 SQLite does only outside of one",
            ),
            Self::SqliteTooOld { linked, oldest } => fmt_too_old(f, *linked, *oldest),
            Self::StepFailed { .. } => self.fmt_step_failed(f),
            Self::CallFailed { .. } => self.fmt_call_failed(f),
            Self::BackupFailed { path, source } => write!(
                f,
                "cannot back up the database to `{}`: {source}; it was not upgraded",
                path.display()
            ),
            Self::Cancelled { step } => {
                f.write_str("the upgrade was cancelled")?;
                fmt_in_step(f, *step)?;
                fmt_rolled_back(f)
            }
            Self::PartlyUpgraded {
                version_now,
                source,
                ..
            } => write!(
                f,
                "{source:#}; that was rolled back, but what came before it was committed: the \
                 database is at version {version_now}"
            ),
            Self::TransactionEnded { from, to } => write!(
                f,
                "the {} from version {from} to {to} ended the transaction in which it runs: \
                 remove `COMMIT` and `ROLLBACK` from it",
                step_or_rollback(*from, *to)
            ),
            Self::SchemaChanged { .. } => self.fmt_schema_changed(f),
            Self::UnknownColumn {
                from,
                to,
                table,
                column,
            } => write!(
                f,
                "the table `{table}` has a column `{column}` that version {from} does not have, and \
                 the {} to version {to}, which rebuilds the table, would lose it",
                step_or_rollback(*from, *to)
            ),
            Self::HiddenByTemporary { name } => fmt_hidden(f, name),
            Self::CreateFailed { kind, name, source } => {
                write!(f, "cannot create the {kind} `{name}`: {source}")
            }
            Self::ForeignKeys { violations, count } => fmt_foreign_keys(f, violations, *count),
            #[cfg(feature = "verify")]
            Self::SchemaMismatch(mismatch) => mismatch.fmt(f),
            #[cfg(feature = "verify")]
            Self::NotAdopted(why) => why.fmt(f),
            Self::ValueMisfit(misfit) => misfit.fmt(f),
            Self::Panicked { message } => fmt_panicked(f, message.as_deref()),
            Self::App(error) => error.fmt(f),
        }
    }
}

/// `3.35.4` for 3035004.
fn shown(sqlite: i32) -> String {
    let (major, minor, patch) = (sqlite / 1_000_000, sqlite / 1_000 % 1_000, sqlite % 1_000);
    format!("{major}.{minor}.{patch}")
}

impl Error {
    fn fmt_step_failed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::StepFailed {
            from,
            to,
            location,
            statement,
            source,
            row,
            proven_with,
        } = self
        else {
            return Ok(());
        };
        let what = step_or_rollback(*from, *to);
        write!(f, "the {what} from version {from} to {to} failed")?;
        if let Some((file, line)) = location {
            write!(f, " at {file}:{line}")?;
        }
        // A rebuild makes the table under another name first.
        let source = source.to_string().replace(TEMPORARY_PREFIX, "");
        write!(f, ": {source}")?;
        if let Some(row) = row {
            write!(f, ", with {row}")?;
        }
        fmt_rolled_back(f)?;
        if !statement.is_empty() {
            write!(f, "; the statement is `{statement}`")?;
        }
        let linked = rusqlite::version_number();
        if *proven_with != 0 && *proven_with != linked {
            let (proven, linked) = (shown(*proven_with), shown(linked));
            write!(
                f,
                "; it was proven with SQLite {proven}, and this is SQLite {linked}"
            )?;
        }
        Ok(())
    }
}

impl Error {
    fn fmt_call_failed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::CallFailed {
            from,
            to,
            location: (file, line),
            method,
            source,
        } = self
        else {
            return Ok(());
        };
        let what = step_or_rollback(*from, *to);
        write!(
            f,
            "the {what} from version {from} to {to} failed at {file}:{line}, in `{method}`: \
             {source:#}"
        )?;
        fmt_rolled_back(f)
    }

    fn fmt_schema_changed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::SchemaChanged {
            from,
            to,
            location,
            statement,
        } = self
        else {
            return Ok(());
        };
        let what = step_or_rollback(*from, *to);
        write!(
            f,
            "the {what} from version {from} to {to} changes the schema"
        )?;
        if let Some((file, line)) = location {
            write!(f, " at {file}:{line}")?;
        }
        f.write_str(", where it can only change the data: ")?;
        if !statement.is_empty() {
            write!(f, "in place of `{statement}` ")?;
        }
        f.write_str(if is_in_sql(*location) {
            "the statements before and after the call can do that"
        } else {
            "call the method of the change, such as `.add_column(..)` or `.rebuild(..)`"
        })
    }
}

fn fmt_not_versioned(f: &mut fmt::Formatter<'_>, entities: &[String]) -> fmt::Result {
    write!(
        f,
        "the database is at version 0, but is not empty: it has {}; it was not made by this app, \
         or before the app kept a version in `user_version`",
        entities.join(", ")
    )
}

fn fmt_panicked(f: &mut fmt::Formatter<'_>, message: Option<&str>) -> fmt::Result {
    let message = message.unwrap_or("it does not say why");
    write!(
        f,
        "a step or a hook panicked: {message}; the upgrade was rolled back, unless it was done already"
    )
}

fn fmt_no_database(f: &mut fmt::Formatter<'_>, path: Option<&Path>) -> fmt::Result {
    f.write_str("there is no database")?;
    if let Some(path) = path {
        write!(f, " at `{}`", path.display())?;
    }
    f.write_str(": the file is missing or empty, and is not to be created")
}

fn fmt_hidden(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    write!(
        f,
        "the connection has a temporary table or view `{name}`, which hides that of the database \
         from the code of the app: upgrade the database before it is made"
    )
}

fn fmt_unknown_version(f: &mut fmt::Formatter<'_>, found: i32, known: &[i32]) -> fmt::Result {
    write!(f, "the history has no version {found}")?;
    match known.first() {
        Some(first) if found < *first => write!(f, ": it starts at version {first}"),
        Some(_) | None => write!(f, ", only {}", list(known)),
    }
}

fn fmt_too_old(f: &mut fmt::Formatter<'_>, linked: i32, oldest: i32) -> fmt::Result {
    let (linked, oldest) = (shown(linked), shown(oldest));
    write!(
        f,
        "this is SQLite {linked}, and the steps need {oldest} or newer: link a newer one, for \
         instance with the feature `bundled` of rusqlite"
    )
}

fn fmt_file(
    f: &mut fmt::Formatter<'_>,
    error: &FileError,
    (fact, advice): (&str, &str),
) -> fmt::Result {
    f.write_str("the database")?;
    if let Some(path) = &error.path {
        write!(f, " `{}`", path.display())?;
    }
    if error.or_attached {
        f.write_str(", or one that is attached to it,")?;
    }
    write!(f, " {fact}")?;
    if error.step.is_some() {
        f.write_str(",")?;
        fmt_in_step(f, error.step)?;
    }
    write!(f, ": {}", error.source)?;
    if error.step.is_some() {
        fmt_rolled_back(f)?;
    }
    write!(f, "; {advice}")
}

/// In which step it was.
fn fmt_in_step(f: &mut fmt::Formatter<'_>, step: Option<(i32, i32)>) -> fmt::Result {
    match step {
        Some((from, to)) => {
            let what = step_or_rollback(from, to);
            write!(f, " in the {what} from version {from} to {to}")
        }
        None => Ok(()),
    }
}

/// What became of the file, unless somebody else says it.
fn fmt_rolled_back(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if f.alternate() {
        return Ok(());
    }
    f.write_str("; everything was rolled back")
}

fn fmt_foreign_keys(
    f: &mut fmt::Formatter<'_>,
    violations: &[ForeignKeyViolation],
    count: usize,
) -> fmt::Result {
    let shown: Vec<_> = violations.iter().map(ToString::to_string).collect();
    write!(
        f,
        "the steps leave rows whose parent does not exist: {}",
        shown.join("; ")
    )?;
    match count - violations.len() {
        0 => Ok(()),
        more => write!(f, "; and {more} more"),
    }
}

fn step_or_rollback(from: i32, to: i32) -> &'static str {
    if to < from { "rollback" } else { "step" }
}

/// Whether the place is in a step in SQL, and not in Rust.
fn is_in_sql(location: Option<(&str, u32)>) -> bool {
    location.is_some_and(|(file, _)| {
        Path::new(file)
            .extension()
            .is_some_and(|extension| extension == "sql")
    })
}

fn list(numbers: &[i32]) -> String {
    let texts: Vec<_> = numbers.iter().map(ToString::to_string).collect();
    texts.join(", ")
}
