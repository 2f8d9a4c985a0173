//! Where a database is, and which way leads from there to where it has to go.

use rusqlite::Connection;

use super::{Downgrade, NewDatabase, Options, application};
use crate::backup::main_file;
use crate::error::{Error, Result};
#[cfg(feature = "verify")]
use crate::history::History;
use crate::upgrade::{Migrator, require_way, user_version};
#[cfg(feature = "verify")]
use crate::verify::adoption;

/// Where a database is.
#[derive(Debug)]
pub(super) enum Situation {
    /// Where it has to be.
    UpToDate,
    /// Nothing is in it.
    New,
    /// At a version of the history, from which steps or rollbacks lead on.
    At(i32),
    /// Behind the newest version of the history, and to be read all the same.
    Newer(i32),
    /// Made by another tool, with the schema of a version.
    #[cfg(feature = "verify")]
    Adoptable { found: i32, version: i32 },
    /// Before the oldest version of the history: for `before_steps`.
    Older(i32),
}

impl Situation {
    /// The version in a database that is going to be changed; `None` where there is nothing to lose.
    pub(super) fn version_before(&self) -> Option<i32> {
        match self {
            Self::At(version) | Self::Older(version) => Some(*version),
            #[cfg(feature = "verify")]
            Self::Adoptable { found, .. } => Some(*found),
            Self::UpToDate | Self::New | Self::Newer(_) => None,
        }
    }
}

/// Finds out where a database is; fails where no way leads on. Reads only.
pub(super) fn look(
    connection: &Connection,
    migrator: &impl Migrator,
    options: &Options,
    target: i32,
) -> Result<Situation> {
    application::require(connection, options.application_id)?;
    let version = user_version(connection)?;
    if version == target {
        return Ok(Situation::UpToDate);
    }
    let history = migrator.history();
    if version > history.latest_version() {
        return match options.downgrade {
            Downgrade::OpenReadOnly => Ok(Situation::Newer(version)),
            Downgrade::Refuse => Err(Error::NewerThanApp {
                database: version,
                app: history.latest_version(),
            }),
        };
    }
    if history.versions().any(|known| known == version) {
        require_way(migrator, version, target)?;
        return Ok(Situation::At(version));
    }
    let entities = match version {
        0 => some_entities(connection)?,
        _ => Vec::new(),
    };
    if version == 0 && entities.is_empty() {
        return match options.new_database {
            NewDatabase::Create => Ok(Situation::New),
            NewDatabase::Refuse => Err(Error::NoDatabase {
                path: main_file(connection)?,
            }),
        };
    }
    let oldest = history.oldest_version();
    #[cfg(feature = "verify")]
    if let Some(adopted) = adoptable(connection, history, options, version)? {
        require_way(migrator, adopted, target)?;
        return Ok(Situation::Adoptable {
            found: version,
            version: adopted,
        });
    }
    if version > oldest {
        return Err(history.unknown_version(version));
    }
    if options.has_before_steps {
        require_way(migrator, oldest, target)?;
        return Ok(Situation::Older(version));
    }
    Err(match version {
        0 => Error::NotVersioned { entities },
        database => Error::OlderThanOldest { database, oldest },
    })
}

/// The version whose schema the database has, where it is to be adopted.
#[cfg(feature = "verify")]
fn adoptable(
    connection: &Connection,
    history: &'static History,
    options: &Options,
    found: i32,
) -> Result<Option<i32>> {
    let how = (options.adopt, &options.validating.options);
    let is_older = options.has_before_steps && found < history.oldest_version();
    match adoption::version_of(connection, history, how, found) {
        // What no version has made, the code of the app may know.
        Err(Error::NotAdopted(why)) if is_older && why.nearest.is_some() => Ok(None),
        other => other,
    }
}

/// The same before the lock: a database that we refuse is not even locked.
pub(super) fn look_unlocked(
    connection: &Connection,
    migrator: &impl Migrator,
    options: &Options,
    target: i32,
) -> Result<Situation> {
    loop {
        let before = user_version(connection)?;
        match look(connection, migrator, options, target) {
            // Another process has upgraded it between two reads.
            Err(_) if user_version(connection)? != before => {}
            found => return found,
        }
    }
}

/// What a database has, as far as an error shows it.
fn some_entities(connection: &Connection) -> Result<Vec<String>> {
    // Android's own helper makes `android_metadata` in every new database.
    let mut statement = connection.prepare(
        "SELECT type || ' `' || name || '`' FROM main.sqlite_schema \
         WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'android_metadata' LIMIT 5",
    )?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}
