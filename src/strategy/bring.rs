//! The way of a database to the version at which it has to be.

use rusqlite::{Connection, Transaction};

use super::situation::{Situation, look, look_unlocked};
use super::{MigrationStrategy, OpeningDetails, application};
use crate::error::{Error, Result};
use crate::foreign_keys::{Violations, require_no_new, violations};
use crate::guard;
use crate::script::run_script;
use crate::upgrade::{Migrator, in_transaction, run_steps, set_user_version};

impl<M: Migrator> MigrationStrategy<'_, M> {
    pub(super) fn bring(
        &mut self,
        connection: &mut Connection,
        target: i32,
    ) -> Result<OpeningDetails> {
        match look_unlocked(connection, &self.migrator, &self.options, target)? {
            Situation::UpToDate => return Ok(OpeningDetails::up_to_date(target)),
            Situation::New | Situation::At(_) | Situation::Older(_) => {}
        }
        let mut details = OpeningDetails::up_to_date(target);
        in_transaction(connection, |transaction| {
            self.go(transaction, target, &mut details)
        })?;
        Ok(details)
    }

    /// All the way, in an open transaction.
    fn go(
        &mut self,
        transaction: &Transaction<'_>,
        target: i32,
        details: &mut OpeningDetails,
    ) -> Result<()> {
        let mut first = true;
        // The first look is the second read of the version, now that nobody else can write: another
        // process may have been faster.
        loop {
            let situation = look(transaction, &self.migrator, &self.options, target)?;
            if first {
                details.version_before = match situation {
                    Situation::UpToDate => return Ok(()),
                    Situation::New => None,
                    Situation::At(version) | Situation::Older(version) => Some(version),
                };
            }
            first = false;
            match situation {
                Situation::UpToDate => break,
                Situation::New => self.create(transaction, target)?,
                Situation::Older(version) => self.run_before_steps(transaction, version)?,
                Situation::At(version) => {
                    let ran = run_steps(transaction, version, target, &mut self.migrator)?;
                    details.steps.extend(ran);
                }
            }
        }
        application::stamp(transaction, self.options.application_id)?;
        self.require_valid(transaction, details)
    }

    /// Creates the schema of a version in an empty database. What is put into it is for the newest.
    fn create(&mut self, transaction: &Transaction<'_>, version: i32) -> Result<()> {
        let history = self.history();
        history.at(version)?.create_all(transaction)?;
        if version == history.latest_version() {
            if let Some(seed) = history.seed {
                run_script(transaction, &seed, 0, version)?;
            }
            if let Some(hook) = &mut self.hooks.on_create {
                let done = hook(transaction);
                require_open(transaction, 0, version)?;
                done.map_err(|error| error.in_step(0, version, None))?;
            }
            require_no_new(&Violations::default(), violations(transaction)?)?;
        }
        set_user_version(transaction, version)
    }

    /// Brings a database to the oldest version of the history, with the code of the app.
    fn run_before_steps(&mut self, transaction: &Transaction<'_>, version: i32) -> Result<()> {
        let oldest = self.history().oldest_version();
        let before = violations(transaction)?;
        if let Some(hook) = &mut self.hooks.before_steps {
            let done = hook(transaction, version);
            require_open(transaction, version, oldest)?;
            done.map_err(|error| error.in_step(version, oldest, None))?;
        }
        require_no_new(&before, violations(transaction)?)?;
        set_user_version(transaction, oldest)?;
        self.require_valid(
            transaction,
            &OpeningDetails {
                version_before: Some(version),
                version_now: oldest,
                steps: Vec::new(),
            },
        )
    }

    /// Compares the schema with that of the version, in the transaction of the upgrade.
    fn require_valid(&self, connection: &Connection, details: &OpeningDetails) -> Result<()> {
        #[cfg(feature = "verify")]
        self.options.validating.after_upgrade(
            connection,
            self.history(),
            (details.version_now, &details.steps),
        )?;
        let _ = (connection, details);
        Ok(())
    }
}

/// Fails where the code of the app has ended the transaction.
fn require_open(transaction: &Connection, from: i32, to: i32) -> Result<()> {
    if guard::holds(transaction)? {
        return Ok(());
    }
    Err(Error::TransactionEnded { from, to })
}
