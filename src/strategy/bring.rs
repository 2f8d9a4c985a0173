//! The way of a database to the version at which it has to be.

use std::path::PathBuf;

use rusqlite::{Connection, ErrorCode, Transaction};

use super::situation::{Situation, look, look_unlocked};
use super::{FileCheck, MigrationStrategy, OpeningDetails, TransactionMode, application};
use crate::backup::Made;
use crate::error::{Error, Files, Result};
use crate::foreign_keys::{Violations, require_no_new, violations};
use crate::guard;
use crate::hidden;
use crate::progress::Watch;
use crate::script::run_script;
use crate::soundness;
use crate::upgrade::{Migrator, in_transaction, run_steps, set_user_version};

/// What has been done to a database.
#[derive(Debug, Clone, Default)]
struct Way {
    /// From which version, `None` for a new database, to which; nothing before the first part.
    gone: Option<(Option<i32>, i32)>,
    steps: Vec<(i32, i32)>,
    /// The `user_version` of another tool.
    adopted_from: Option<i32>,
}

impl Way {
    /// A part of the way has been gone.
    fn went(&mut self, before: Option<i32>, now: i32) {
        let before = self.gone.map_or(before, |(first, _)| first);
        self.gone = Some((before, now));
    }

    fn now(&self) -> Option<i32> {
        self.gone.map(|(_, now)| now)
    }

    fn details(self, target: i32, backup: Option<PathBuf>) -> OpeningDetails {
        OpeningDetails {
            version_before: self.gone.map_or(Some(target), |(before, _)| before),
            version_now: target,
            steps: self.steps,
            backup,
            adopted_from: self.adopted_from,
            read_only: false,
        }
    }

    /// The error with what has been committed before it came up.
    fn stopped_by(self, error: Error) -> Error {
        match self.now() {
            Some(version_now) => Error::PartlyUpgraded {
                version_now,
                steps: self.steps,
                source: Box::new(error),
            },
            None => error,
        }
    }
}

/// Where a transaction has led.
enum Reached {
    Target,
    /// To a version on the way.
    Stop,
    /// Nowhere: a newer app was faster.
    Newer(i32),
}

impl<M: Migrator> MigrationStrategy<'_, M> {
    /// Brings a database to the target, in as many transactions as the strategy says.
    pub(super) fn bring(
        &mut self,
        connection: &mut Connection,
        target: i32,
    ) -> Result<OpeningDetails> {
        let from = match look_unlocked(connection, &self.migrator, &self.options, target)? {
            Situation::UpToDate => return Ok(OpeningDetails::up_to_date(target)),
            Situation::Newer(version) => return Ok(OpeningDetails::newer(version)),
            Situation::New => target,
            Situation::At(version) => version,
            #[cfg(feature = "verify")]
            Situation::Adoptable { version, .. } => version,
            Situation::Older(_) => self.history().oldest_version(),
        };
        let steps = self.history().steps_between(from, target);
        let begun = self.watch.begin(connection, steps);
        let mut committed = Way::default();
        let mut backup: Option<Made> = None;
        loop {
            let mut way = committed.clone();
            let reached = in_transaction(begun.connection, |transaction| {
                self.go(transaction, target, &mut way, &mut backup)
            });
            if reached.is_ok() {
                committed = way;
                backup.as_mut().map(Made::keep);
            }
            match reached {
                Ok(Reached::Target) => break,
                Ok(Reached::Newer(version)) => return Ok(OpeningDetails::newer(version)),
                Ok(Reached::Stop) => {}
                Err(error) => {
                    if error.is_damage() {
                        backup.as_mut().map(Made::leave);
                    }
                    let error = self.watch.settle().err().unwrap_or(error);
                    return Err(committed.stopped_by(error));
                }
            }
        }
        let backup = backup.as_mut().map(|backup| backup.keep().to_owned());
        if let (Some(backups), Some(backup)) = (&self.options.backup, &backup) {
            backups.remove_older(begun.connection, backup);
        }
        // None is left where none is to be kept.
        let backup = backup.filter(|backup| backup.exists());
        Ok(committed.details(target, backup))
    }

    /// What belongs into one transaction.
    fn go(
        &mut self,
        transaction: &Transaction<'_>,
        target: i32,
        way: &mut Way,
        backup: &mut Option<Made>,
    ) -> Result<Reached> {
        loop {
            // The first look is the second read of the version, now that nobody else can write:
            // another process may have been faster.
            let situation = look(transaction, &self.migrator, &self.options, target)?;
            if way.gone.is_none()
                && let Some(version) = situation.version_before()
            {
                *backup = self.prepare(transaction, (version, target))?;
            }
            match situation {
                Situation::UpToDate => return Ok(Reached::Target),
                Situation::Newer(version) => return Ok(Reached::Newer(version)),
                Situation::New => {
                    self.create(transaction, target)?;
                    way.went(None, target);
                }
                #[cfg(feature = "verify")]
                Situation::Adoptable { found, version } => {
                    set_user_version(transaction, version)?;
                    way.adopted_from = Some(found);
                    way.went(Some(version), version);
                }
                Situation::Older(version) => {
                    self.run_before_steps(transaction, version)?;
                    way.went(Some(version), self.history().oldest_version());
                }
                Situation::At(version) => {
                    let next = match self.options.transaction {
                        TransactionMode::All => target,
                        TransactionMode::EachStep => {
                            self.history().next_towards(version, target)?
                        }
                    };
                    let ran = run_steps(
                        transaction,
                        (version, next),
                        &mut self.migrator,
                        &self.watch,
                    )?;
                    way.steps.extend(ran);
                    way.went(Some(version), next);
                }
            }
            let now = way.now().unwrap_or(target);
            if now == target || self.options.transaction == TransactionMode::EachStep {
                application::stamp(transaction, self.options.application_id)?;
                #[cfg(feature = "verify")]
                self.require_valid(transaction, now, &way.steps)?;
                self.watch.settle()?;
                return Ok(if now == target {
                    Reached::Target
                } else {
                    Reached::Stop
                });
            }
        }
    }

    /// What comes before the first change: the file is sound and can be written, and there is a
    /// backup of it.
    fn prepare(
        &self,
        transaction: &Connection,
        (version, target): (i32, i32),
    ) -> Result<Option<Made>> {
        self.watch.prepare(version, target);
        if self.options.file_check == FileCheck::BeforeUpgrade {
            self.watch.check()?;
            soundness::require(transaction)?;
        }
        require_writable(transaction, version)?;
        match &self.options.backup {
            Some(backup) => backup.make(transaction, version, &self.watch),
            None => Ok(None),
        }
    }

    /// Creates the schema of a version in an empty database. What is put into it is for the newest.
    fn create(&mut self, transaction: &Transaction<'_>, version: i32) -> Result<()> {
        let history = self.history();
        history.at(version)?.create_all(transaction)?;
        if version == history.latest_version() {
            if history.seed.is_some() || self.hooks.on_create.is_some() {
                hidden::require_none(transaction)?;
            }
            if let Some(seed) = history.seed {
                run_script(transaction, &seed, (0, version), &Watch::default())?;
            }
            if let Some(hook) = &mut self.hooks.on_create {
                let done = self.watch.in_app(|| hook(transaction))?;
                let done = guard::checked(transaction, (0, version), done);
                done.map_err(|error| error.in_step(0, version, None))?;
            }
            require_no_new(&Violations::default(), violations(transaction)?)?;
        }
        set_user_version(transaction, version)
    }

    /// Brings a database to the oldest version of the history, with the code of the app.
    fn run_before_steps(&mut self, transaction: &Transaction<'_>, version: i32) -> Result<()> {
        let oldest = self.history().oldest_version();
        guard::hold_journal(transaction)?;
        hidden::require_none(transaction)?;
        let before = violations(transaction)?;
        if let Some(hook) = &mut self.hooks.before_steps {
            let done = self.watch.in_app(|| hook(transaction, version))?;
            let done = guard::checked(transaction, (version, oldest), done);
            done.map_err(|error| error.in_step(version, oldest, None))?;
        }
        require_no_new(&before, violations(transaction)?)?;
        set_user_version(transaction, oldest)?;
        // Here and not only at the end: the steps build on it.
        #[cfg(feature = "verify")]
        self.require_valid(transaction, oldest, &[])?;
        Ok(())
    }

    /// Compares the schema with that of the version, in the transaction of the upgrade.
    #[cfg(feature = "verify")]
    fn require_valid(
        &self,
        connection: &Connection,
        version: i32,
        steps: &[(i32, i32)],
    ) -> Result<()> {
        (self.options.validating).after_upgrade(connection, self.history(), (version, steps))
    }
}

/// Fails where the file cannot be written, before anything else begins: for a connection that only
/// reads, even an immediate transaction is one that reads.
fn require_writable(transaction: &Connection, version: i32) -> Result<()> {
    match set_user_version(transaction, version) {
        // The journal: the folder cannot be written.
        Err(Error::Sqlite(source)) if source.sqlite_error_code() == Some(ErrorCode::CannotOpen) => {
            let file = Files::main_of(transaction).failed(None, source);
            Err(Error::ReadOnly(Box::new(file)))
        }
        done => done,
    }
}
