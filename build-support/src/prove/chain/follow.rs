//! One chain: its steps are taken, one behind the other.

use std::collections::BTreeSet;

use stepladder::accounting::{Exchanged, contents};
use stepladder::rusqlite::{self, Connection};

use super::layout::Layouts;
use super::report::{CHECK, Chain, Checks, deviation};
use super::{Mistake, NEAR};
use crate::prove::effect::effects;
use crate::prove::full_text::{detached, in_step};
use crate::prove::loss::losses;
use crate::prove::orphan::orphan;
use crate::prove::rows::can_tell;
use crate::prove::run::{limited, run, run_unlimited};
use crate::script::statements_of;
use crate::time_limit::is_interrupted;

/// What is wrong with the steps of a chain from a place on.
pub(super) fn mistakes(
    chain: &Chain<'_>,
    from: usize,
    layouts: &mut Layouts,
) -> rusqlite::Result<(BTreeSet<Mistake>, bool)> {
    let connection = chain.filled()?;
    let all = limited(&connection, || {
        follow(&connection, chain, (from, Limit::Chain), layouts)
    });
    let followed = match all {
        Err(error) if is_interrupted(&error) => {
            let step = (from, Limit::Step);
            follow(&chain.filled()?, chain, step, &mut Layouts::default())
        }
        followed => followed,
    };
    match followed {
        Ok(Followed {
            found,
            deviates: None,
            joins,
        }) => Ok((found, joins == Some(chain.start + NEAR))),
        // Which step it was is looked for only now.
        Ok(Followed {
            mut found,
            deviates: Some(checks),
            joins: _,
        }) => {
            found.extend(chain.first_deviation(checks)?);
            Ok((found, false))
        }
        Err(error) => match chain.first_deviation(Checks::All)? {
            Some(first) => Ok((BTreeSet::from([first]), false)),
            None => Err(error),
        },
    }
}

/// What was found on the way.
struct Followed {
    found: BTreeSet<Mistake>,
    /// What the database is not as it should be by, where it is not known since which step.
    deviates: Option<Checks>,
    /// The place of the step at which another chain goes on.
    joins: Option<usize>,
}

/// What has to be done in the time that a file may take. A chain is done in no time, unless one of its
/// steps is not, or the machine is slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limit {
    Chain,
    Step,
}

/// Takes the steps, and looks at the schema and the checks after the last.
fn follow(
    connection: &Connection,
    chain: &Chain<'_>,
    (from, limit): (usize, Limit),
    layouts: &mut Layouts,
) -> rusqlite::Result<Followed> {
    let mut found = BTreeSet::new();
    for (at, link) in chain.steps() {
        if chain.start > 0
            && at >= chain.start + NEAR
            && layouts.is_as_new(connection, &link.old.schema)?
        {
            let (deviates, joins) = (None, Some(at));
            return Ok(Followed {
                found,
                deviates,
                joins,
            });
        }
        let is_new = at >= from
            && (is_near(chain, at)
                || layouts.is_new(at, connection, &link.touched[0], &link.old.schema)?);
        if !take_step(connection, chain, (at, limit), is_new, &mut found)? {
            // They may have been there before, where nobody looked.
            let deviates = (found.iter())
                .any(Mistake::is_deviation)
                .then_some(Checks::Orphans);
            found.retain(|mistake| !mistake.is_deviation());
            let joins = None;
            return Ok(Followed {
                found,
                deviates,
                joins,
            });
        }
    }
    let deviates = match chain.steps().last() {
        Some((at, link)) if at + 1 == chain.row => {
            let all = Checks::All;
            deviation(connection, link, (all, chain.is_whole()))?.map(|_| all)
        }
        Some(_) | None => None,
    };
    let joins = None;
    Ok(Followed {
        found,
        deviates,
        joins,
    })
}

/// Whether the rows of a chain are accounted for at a step in any case. Further away it depends on
/// the layout, or it would be most of the time of the proof.
fn is_near(chain: &Chain<'_>, at: usize) -> bool {
    chain.start == 0 || at - chain.start < NEAR
}

/// Whether the step could be taken. What it loses is looked at where it is not known.
fn take_step(
    connection: &Connection,
    chain: &Chain<'_>,
    (at, limit): (usize, Limit),
    is_new: bool,
    found: &mut BTreeSet<Mistake>,
) -> rusqlite::Result<bool> {
    let link = &chain.links[at];
    let read = |schema| is_new.then(|| contents(connection, schema)).transpose();
    let before = read(&link.touched[0])?;
    let agreed = is_new.then(|| in_step(connection, &link.old.schema));
    let refused = match limit {
        Limit::Chain => run_unlimited(connection, &link.script),
        Limit::Step => run(connection, &link.script),
    };
    if let Some(refused) = refused {
        if limit == Limit::Chain && is_interrupted(&refused.error) {
            return Err(refused.error);
        }
        found.insert(Mistake::refused(at, &refused));
        return Ok(false);
    }
    let (Some(before), Some(after), Some(agreed)) = (before, read(&link.touched[1])?, agreed)
    else {
        return Ok(true);
    };
    if orphan(connection)?.is_some() {
        let what = CHECK.to_owned();
        found.insert(Mistake { at, what });
        return Ok(false);
    }
    let [old, new] = [&link.old.schema, &link.new.schema];
    let exchanged = Exchanged::of(&statements_of(&link.script.parts), old);
    let account = exchanged.account(&before, &after);
    let mut lost = losses(&account, &exchanged, new);
    lost.extend(effects(&account, &exchanged, connection, [old, new])?);
    lost.extend(detached(connection, (old, &agreed), new));
    let judge = link.step().judge;
    let lost = (lost.iter())
        .filter(|loss| can_tell(loss, &chain.scenario))
        .filter(|loss| !judge.allows(loss.rule, &loss.object));
    found.extend(lost.map(|loss| Mistake::loss(at, loss)));
    Ok(true)
}
