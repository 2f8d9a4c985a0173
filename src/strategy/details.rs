//! What happened to a database while it was opened.

use std::path::PathBuf;

/// What happened to a database while it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpeningDetails {
    /// The version at which it was; `None` for a new database. For one that was adopted, the version
    /// whose schema it had.
    pub version_before: Option<i32>,
    /// The version at which it is.
    pub version_now: i32,
    /// The steps that ran, each with the version from which it starts and to which it leads: an
    /// older one for a rollback. What `before_steps` does is none of them.
    pub steps: Vec<(i32, i32)>,
    /// The backup that was made before, where it has been kept.
    pub backup: Option<PathBuf>,
    /// The `user_version` that another tool had left in a database that was adopted.
    pub adopted_from: Option<i32>,
    pub(super) read_only: bool,
}

impl OpeningDetails {
    /// Of a database that is where it has to be.
    pub(super) fn up_to_date(version: i32) -> Self {
        Self {
            version_before: Some(version),
            version_now: version,
            steps: Vec::new(),
            backup: None,
            adopted_from: None,
            read_only: false,
        }
    }

    /// Of a database that a newer version of the app has written.
    pub(super) fn newer(version: i32) -> Self {
        Self {
            read_only: true,
            ..Self::up_to_date(version)
        }
    }

    /// Whether a newer version of the app has written the database, and it is opened only to be
    /// read: [`Downgrade::OpenReadOnly`](crate::Downgrade::OpenReadOnly).
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Whether the database was empty and its schema has been created.
    pub fn was_created(&self) -> bool {
        self.version_before.is_none()
    }

    /// Whether another tool had made the database, and it has become ours: `adopt`.
    pub fn was_adopted(&self) -> bool {
        self.adopted_from.is_some()
    }

    /// Whether steps to a newer version have run.
    pub fn had_upgrade(&self) -> bool {
        self.version_before
            .is_some_and(|before| before < self.version_now)
    }

    /// Whether rollbacks have run.
    pub fn had_rollback(&self) -> bool {
        self.version_before
            .is_some_and(|before| before > self.version_now)
    }
}
