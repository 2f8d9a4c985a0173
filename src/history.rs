//! The history of a schema: what generated code knows of each version.

use rusqlite::Connection;

use crate::entity::{Entity, EntityKind};
use crate::error::{Error, Result};
use crate::resync::TableEvolution;
use crate::sql::{names_equal, quote_identifier, tokens};

/// All versions of a schema, oldest first. The generated function `history()` returns it.
///
/// A version holds what changed since the one before it, so that the size of a history is that of
/// its changes.
#[derive(Debug, Clone, Copy)]
pub struct History {
    /// The versions, oldest first; at least one.
    #[doc(hidden)]
    pub versions: &'static [VersionDelta],
    /// `seed.sql`: rows for a new database.
    #[doc(hidden)]
    pub seed: Option<SqlScript>,
    /// What is known of SQLite.
    #[doc(hidden)]
    pub sqlite: SqliteFacts,
    /// What the steps and rollbacks in SQL declare.
    #[doc(hidden)]
    pub allowances: &'static [Allowance],
    /// What the versions changed for those who exchange rows, the oldest first.
    #[doc(hidden)]
    pub evolution: &'static [TableEvolution],
    /// The tables and columns that have another name in Rust, `table` or `table.column`, each with its
    /// path in the module of its version.
    #[doc(hidden)]
    pub rust_names: &'static [(&'static str, &'static str)],
}

/// A declaration of a step in SQL: `-- stepladder: allow data_loss todos.notes because ..`.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    /// The version from which the step starts, and to which it leads.
    pub step: (i32, i32),
    /// The name of the rule.
    pub rule: &'static str,
    /// A table or other entity, or a column as `table.column`.
    pub object: &'static str,
}

/// Versions of SQLite, as SQLite counts: 3.35.0 is 3035000. 0 where nothing is known.
/// <https://www.sqlite.org/c3ref/libversion.html>
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SqliteFacts {
    /// The one with which the steps in SQL were proven.
    pub proven_with: i32,
    /// The oldest to be supported, as `stepladder.toml` says.
    pub oldest: i32,
}

/// What a version has that the version before it had not, and the reverse.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct VersionDelta {
    /// The number in `user_version`.
    pub number: i32,
    /// The entities of the version before that are gone or have changed.
    pub removed: &'static [(EntityKind, &'static str)],
    /// The new ones, each with its place in the list of this version, in ascending order.
    pub added: &'static [(usize, Entity)],
}

/// A file of SQL statements, each with its line.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct SqlScript {
    /// The file, relative to the package.
    pub file: &'static str,
    /// The statements, each with the line on which it begins.
    pub statements: &'static [(u32, &'static str)],
}

/// A place where a step in SQL calls a method of the app.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct ScriptCall {
    /// The file, relative to the package.
    pub file: &'static str,
    /// The line of the call.
    pub line: u32,
    /// The method.
    pub method: &'static str,
}

/// The schema at one version of a history.
#[derive(Debug, Clone)]
pub struct SchemaVersion {
    number: i32,
    entities: Vec<Entity>,
}

impl History {
    /// The numbers of the versions, oldest first.
    pub fn versions(&self) -> impl Iterator<Item = i32> + use<> {
        self.versions.iter().map(|version| version.number)
    }

    /// The number of the oldest version.
    pub fn oldest_version(&self) -> i32 {
        self.versions.first().map_or(0, |version| version.number)
    }

    /// The number of the newest version: what `user_version` is once a database is up to date.
    pub fn latest_version(&self) -> i32 {
        self.versions.last().map_or(0, |version| version.number)
    }

    /// The schema at a version.
    ///
    /// # Errors
    /// [`Error::UnknownVersion`] where the history has no such version.
    pub fn at(&self, version: i32) -> Result<SchemaVersion> {
        self.require(version)?;
        let mut entities: Vec<Entity> = Vec::new();
        for delta in self
            .versions
            .iter()
            .take_while(|delta| delta.number <= version)
        {
            // An entity that was kept may be written with other letters than in this version.
            let is_removed = |entity: &Entity| {
                (delta.removed.iter())
                    .any(|(kind, name)| *kind == entity.kind && names_equal(name, entity.name))
            };
            entities.retain(|entity| !is_removed(entity));
            for (place, entity) in delta.added {
                entities.insert((*place).min(entities.len()), *entity);
            }
        }
        Ok(SchemaVersion {
            number: version,
            entities,
        })
    }

    /// The newest schema.
    pub fn latest(&self) -> SchemaVersion {
        self.at(self.latest_version()).unwrap_or(SchemaVersion {
            number: 0,
            entities: Vec::new(),
        })
    }

    /// The names of what any version has.
    #[cfg(feature = "verify")]
    pub(crate) fn every_name(&self) -> Vec<&'static str> {
        let added = self.versions.iter().flat_map(|version| version.added);
        added.map(|(_, entity)| entity.name).collect()
    }

    /// What a step in SQL declares.
    #[cfg(feature = "verify")]
    pub(crate) fn allowances(
        &self,
        step: (i32, i32),
    ) -> impl Iterator<Item = &'static Allowance> + use<> {
        (self.allowances.iter()).filter(move |allowance| allowance.step == step)
    }

    /// What a table, or a column as `table.column`, is called in Rust.
    #[cfg(feature = "verify")]
    pub(crate) fn rust_path(&self, object: &str) -> String {
        let mut others = self.rust_names.iter();
        if let Some((_, path)) = others.find(|(name, _)| *name == object) {
            return (*path).to_owned();
        }
        match object.split_once('.') {
            Some((table, column)) => format!("{table}::{column}"),
            None => format!("{object}::table"),
        }
    }

    /// The neighbour of a version on the way to another one.
    pub(crate) fn next_towards(&self, version: i32, to: i32) -> Result<i32> {
        let next = if to > version {
            self.versions().find(|number| *number > version)
        } else {
            self.versions().filter(|number| *number < version).last()
        };
        next.ok_or_else(|| self.unknown_version(to))
    }

    /// How many steps, or rollbacks, lead from one version to another.
    pub(crate) fn steps_between(&self, from: i32, to: i32) -> usize {
        let (low, high) = (from.min(to), from.max(to));
        self.versions()
            .filter(|version| (low..high).contains(version))
            .count()
    }

    /// Fails where the history has no such version.
    pub(crate) fn require(&self, version: i32) -> Result<()> {
        if self.versions().any(|number| number == version) {
            return Ok(());
        }
        Err(self.unknown_version(version))
    }

    pub(crate) fn unknown_version(&self, version: i32) -> Error {
        Error::UnknownVersion {
            found: version,
            known: self.versions().collect(),
        }
    }
}

impl SchemaVersion {
    /// The number of the version.
    pub fn number(&self) -> i32 {
        self.number
    }

    /// Its entities, in the order in which they are created.
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// Creates every entity in an empty database. `user_version` is left as it is.
    ///
    /// This is one part of what [`MigrationStrategy`](crate::MigrationStrategy) does for a new
    /// database; call it in a transaction.
    ///
    /// # Errors
    /// What SQLite reports, with the entity.
    pub fn create_all(&self, connection: &Connection) -> Result<()> {
        for entity in &self.entities {
            create(connection, entity)?;
        }
        Ok(())
    }

    /// Drops every view of this version that is there and creates all of them, with their
    /// `INSTEAD OF` triggers.
    ///
    /// # Errors
    /// What SQLite reports, with the entity.
    pub fn recreate_all_views(&self, connection: &Connection) -> Result<()> {
        let is_view = |name: &str| {
            (self.entities.iter())
                .any(|other| other.kind == EntityKind::View && names_equal(other.name, name))
        };
        let of_views: Vec<_> = (self.entities.iter())
            .filter(|entity| match entity.kind {
                EntityKind::View | EntityKind::Trigger => is_view(entity.table),
                EntityKind::Table | EntityKind::VirtualTable | EntityKind::Index => false,
            })
            .collect();
        for entity in &of_views {
            drop_if_exists(connection, entity.kind, entity.name)?;
        }
        for entity in of_views {
            create(connection, entity)?;
        }
        Ok(())
    }

    /// Every difference between this version and the schema of a database; none where they are
    /// equal.
    ///
    /// # Errors
    /// What SQLite reports.
    #[cfg(feature = "verify")]
    pub fn validate(&self, connection: &Connection) -> Result<crate::compare::Differences> {
        let reference = Connection::open_in_memory()?;
        self.create_all(&reference)?;
        Ok(crate::compare::Differences(crate::compare::compare(
            &crate::introspect::introspect(&reference)?,
            &crate::introspect::introspect(connection)?,
            &crate::compare::CompareOptions::default(),
        )))
    }
}

#[cfg(feature = "verify")]
impl History {
    /// Every difference between the newest version and the schema of a database; none where they
    /// are equal.
    ///
    /// The reference is made in memory from the newest snapshot, and both are read back from
    /// SQLite, so that white space, quotes and the order of columns do not count.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn validate_database_schema(
        &self,
        connection: &Connection,
    ) -> Result<crate::compare::Differences> {
        self.latest().validate(connection)
    }
}

pub(crate) fn create(connection: &Connection, entity: &Entity) -> Result<()> {
    connection
        .execute_batch(&in_main(entity.kind, entity.sql))
        .map_err(|source| Error::CreateFailed {
            kind: entity.kind,
            name: entity.name.to_owned(),
            source,
        })
}

/// The statement with `main.` before the name. Without it, an index or trigger goes to a temporary
/// table of the same name where the connection has one: <https://www.sqlite.org/lang_naming.html>
pub(crate) fn in_main(kind: EntityKind, create: &str) -> String {
    let keyword = match kind {
        EntityKind::Table | EntityKind::VirtualTable => return create.to_owned(),
        EntityKind::Index => "INDEX",
        EntityKind::Trigger => "TRIGGER",
        EntityKind::View => "VIEW",
    };
    let tokens = tokens(create);
    let name = (tokens.iter().position(|token| token.is_keyword(keyword)))
        .and_then(|place| tokens.get(place + 1));
    let start = name.map_or(0, |name| name.start);
    match start {
        0 => create.to_owned(),
        _ => format!("{}main.{}", &create[..start], &create[start..]),
    }
}

pub(crate) fn drop_if_exists(
    connection: &Connection,
    kind: EntityKind,
    name: &str,
) -> rusqlite::Result<()> {
    let keyword = match kind {
        EntityKind::Table | EntityKind::VirtualTable => "TABLE",
        EntityKind::Index => "INDEX",
        EntityKind::Trigger => "TRIGGER",
        EntityKind::View => "VIEW",
    };
    connection.execute_batch(&format!(
        "DROP {keyword} IF EXISTS main.{}",
        quote_identifier(name)
    ))
}
