//! Losses of a single value: that it was changed, and not replaced by another one, only shows where
//! there are more.

use std::collections::BTreeMap;

use stepladder::accounting::{Account, Exchanged, contents};
use stepladder::rusqlite::{self, Connection};
use stepladder::synthesis::Scenario;

use super::loss::{Lost, losses};
use super::rows::{ORDINARY, Step, make_rows, undone};
use super::run::run;
use crate::rule::Rule;
use crate::script::statements_of;

/// Takes back what is no loss when it is known from more rows where the values of a column are that
/// has another name.
pub(super) fn take_back(
    step: &Step<'_>,
    connection: &Connection,
    told: &mut BTreeMap<(String, Rule), (Lost, Scenario)>,
) -> rusqlite::Result<()> {
    let is_doubtful = |rule: Rule, loss: &Lost| rule == Rule::DataLoss && loss.of == 1;
    let doubtful: Vec<_> = (told.iter())
        .filter(|((_, rule), (loss, _))| is_doubtful(*rule, loss))
        .map(|(key, (_, scenario))| (key.clone(), *scenario))
        .collect();
    if doubtful.is_empty() {
        return Ok(());
    }
    let Some((shown, _)) = accounted(step, connection, &ORDINARY, None)? else {
        return Ok(());
    };
    for (key, scenario) in doubtful {
        let again = accounted(step, connection, &scenario, Some(&shown))?;
        let is_lost = again.is_none_or(|(account, exchanged)| {
            let lost = losses(&account, &exchanged, &step.new.schema);
            lost.iter()
                .any(|loss| (&loss.object, loss.rule) == (&key.0, key.1))
        });
        if !is_lost {
            told.remove(&key);
        }
    }
    Ok(())
}

/// What the step does to the rows of a scenario; `None` where it does not stand them.
fn accounted(
    step: &Step<'_>,
    connection: &Connection,
    scenario: &Scenario,
    shown: Option<&Account>,
) -> rusqlite::Result<Option<(Account, Exchanged)>> {
    undone(step, connection, |connection| {
        make_rows(step, connection, scenario)?;
        let before = contents(connection, &step.old.schema)?;
        if run(connection, step.script).is_some() {
            return Ok(None);
        }
        let after = contents(connection, &step.new.schema)?;
        let mut exchanged = Exchanged::of(&statements_of(&step.script.parts), &step.old.schema);
        if let Some(shown) = shown {
            exchanged = exchanged.as_shown_by(shown);
        }
        Ok(Some((exchanged.account(&before, &after), exchanged)))
    })
}
