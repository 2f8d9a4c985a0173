//! Steps in a row, on the rows that the steps before them have made. From every version that a
//! database can have started at: an upgraded table is not laid out as a new one, and its rows are
//! older than the step.

mod follow;
mod layout;
mod report;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use stepladder::rusqlite;
use stepladder::schema::Schema;
use stepladder::synthesis::{Rows, Scenario, Values};

use self::follow::mistakes;
use self::layout::Layouts;
use self::report::{Chain, examine};
use super::allow::{Allowance, needed_at, read_allowances};
use super::finding::Judge;
use super::loss::Lost;
use super::proven::{Fingerprints, Proven, longer_chain};
use super::relevant::{relevant, touched};
use super::rows::Step;
use super::run::{Rejected, unreadable};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::history::{History, Version};
use crate::parallel;
use crate::progress::{Counter, Watcher, Work};
use crate::rule::{Levels, Rule};
use crate::script::Script;
use crate::source::SourceFile;

/// The rows of a chain, and how many steps it is followed: ordinary rows go all the way. A chain that
/// does not start with the first version ends where its database is laid out as a new one is, `NEAR`
/// steps or more behind its start: the chain of that version goes on from there.
const SCENARIOS: [(Scenario, usize); 3] = [
    (with(Values::Recognisable), usize::MAX),
    (with(Values::Nulls), NEAR),
    (with(Values::Odd), NEAR),
];

/// The values that a step derives are looked at by the steps right behind it, if at all.
const NEAR: usize = 6;

const fn with(values: Values) -> Scenario {
    Scenario {
        rows: Rows::Many,
        values,
        // Those of the proof of one step: what goes wrong with them on a new database has been said.
        seed: 0,
    }
}

/// Proves each row of steps in SQL.
pub(super) fn prove_chains(
    history: &History,
    fingerprints: &Fingerprints,
    proven: &mut Proven,
    watcher: &Watcher<'_>,
    errors: &mut Diagnostics,
) {
    let mut links: Vec<Link<'_>> = Vec::new();
    for (index, pair) in history.versions.windows(2).enumerate() {
        let [old, new] = pair else { continue };
        match history.steps.get(&old.number) {
            Some(file) => {
                let proof = fingerprints.step(index, index + 1, &file.text);
                links.push(Link::new(file, [old, new], &history.settings.lints, proof));
            }
            None => prove_row(&std::mem::take(&mut links), proven, watcher, errors),
        }
    }
    prove_row(&links, proven, watcher, errors);
}

/// A step of a row.
pub(super) struct Link<'h> {
    pub(super) file: &'h SourceFile,
    pub(super) script: Script,
    pub(super) old: &'h Version,
    pub(super) new: &'h Version,
    levels: &'h Levels,
    allowances: Vec<Allowance>,
    /// What the step can reach, before and after.
    touched: [Schema; 2],
    /// The fingerprint of the proof of the step alone.
    proof: String,
}

impl<'h> Link<'h> {
    fn new(
        file: &'h SourceFile,
        [old, new]: [&'h Version; 2],
        levels: &'h Levels,
        proof: String,
    ) -> Self {
        let script = Script::new(&file.path, &file.text);
        Self {
            file,
            old,
            new,
            levels,
            allowances: read_allowances(file, [old, new], &mut Diagnostics::default()),
            touched: touched(&script, &old.schema, &new.schema),
            script,
            proof,
        }
    }

    pub(super) fn step(&self) -> Step<'_> {
        Step {
            file: self.file,
            script: &self.script,
            old: self.old,
            new: self.new,
            judge: Judge {
                levels: self.levels,
                allowances: &self.allowances,
            },
        }
    }
}

/// Where in a chain something is wrong, and a text that is the same for the same mistake.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mistake {
    /// The place of the step.
    pub(super) at: usize,
    pub(super) what: String,
}

impl Mistake {
    pub(super) fn refused(at: usize, refused: &Rejected<'_>) -> Self {
        let what = format!("{} {}", refused.statement.start, refused.error);
        Self { at, what }
    }

    pub(super) fn loss(at: usize, loss: &Lost) -> Self {
        let what = format!("{} {}", loss.rule.name(), loss.object);
        Self { at, what }
    }
}

/// What became of a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Told,
    /// The step says that there are no such rows.
    Declared,
}

/// Proves a row of steps from each version in it. The last come first: of chains that come upon the
/// same mistake, the shortest is shown.
fn prove_row(
    links: &[Link<'_>],
    proven: &mut Proven,
    watcher: &Watcher<'_>,
    errors: &mut Diagnostics,
) {
    let mut starts = Vec::new();
    for start in (0..links.len().saturating_sub(1)).rev() {
        let prefixes = prefixes(&links[start..]);
        let joined = prefixes.get(NEAR - 1).map(|near| joined(near));
        if start > 0 && joined.as_ref().is_some_and(|joined| proven.knows(joined)) {
            continue;
        }
        let right = prefixes.iter().rposition(|prefix| proven.knows(prefix));
        // The first step has been proven alone.
        let right = right.map_or(1, |last| last + 1);
        if start + right < links.len() {
            let whole = prefixes.into_iter().next_back();
            starts.push((start, right, Proofs { whole, joined }));
        }
    }
    let counter = Counter::new(watcher, Work::Chain, starts.len());
    let found = parallel::map(starts.len(), |index| {
        let (start, right, _) = &starts[index];
        counter.begin(links[*start].old.number, links[links.len() - 1].new.number);
        mistakes_from(links, *start, start + right)
    });
    let mut known = BTreeMap::new();
    let mut proofs = Vec::new();
    for ((start, _, of_start), found) in starts.into_iter().zip(found) {
        let has_joined = |found: &Vec<Found>| found.iter().any(|found| found.joins_near);
        let proof = if found.as_ref().is_ok_and(has_joined) {
            of_start.joined
        } else {
            of_start.whole
        };
        let told = found.and_then(|found| tell_new(links, found, &mut known, errors));
        match told {
            Ok(true) => proofs.extend(proof),
            Ok(false) => {}
            Err(error) => errors.push(unreadable(links[start].file, &error)),
        }
    }
    // A declaration that only a chain needs is called needless again before the chain is proven.
    if !drop_warnings(links, errors) {
        for proof in proofs {
            proven.add(proof);
        }
    }
}

/// The fingerprints of what is proven of a start.
struct Proofs {
    /// That the chain is right to the end of the row.
    whole: Option<String>,
    /// That it is right up to where it joins another one, right behind the near steps.
    joined: Option<String>,
}

fn joined(near: &str) -> String {
    longer_chain(near, "as a new database")
}

/// The fingerprints of the proofs of the first two steps, of the first three, and so on; that of the
/// first step alone is another proof.
fn prefixes(links: &[Link<'_>]) -> Vec<String> {
    let mut before = String::new();
    let add = |link: &Link<'_>| {
        before = longer_chain(&before, &link.proof);
        before.clone()
    };
    links.iter().map(add).collect()
}

/// What is wrong with some rows from one version on.
struct Found {
    start: usize,
    end: usize,
    scenario: Scenario,
    mistakes: BTreeSet<Mistake>,
    /// Whether it ended right behind the near steps, as another chain goes on from there.
    joins_near: bool,
}

/// What is wrong from a version on, of whose chain the steps before `from` are known to be right.
fn mistakes_from(links: &[Link<'_>], start: usize, from: usize) -> rusqlite::Result<Vec<Found>> {
    let mut all = Vec::new();
    for (scenario, reach) in SCENARIOS {
        let end = links.len().min(start.saturating_add(reach));
        if from >= end {
            continue;
        }
        let schema = within_reach(&links[start..end], end == links.len());
        let chain = chain(links, (start, end), scenario, &schema);
        let (mistakes, joins_near) = mistakes(&chain, from, &mut Layouts::default())?;
        all.push(Found {
            start,
            end,
            scenario,
            mistakes,
            joins_near,
        });
    }
    Ok(all)
}

fn chain<'c>(
    links: &'c [Link<'c>],
    (start, end): (usize, usize),
    scenario: Scenario,
    schema: &'c Schema,
) -> Chain<'c> {
    Chain {
        links: &links[..end],
        row: links.len(),
        start,
        scenario,
        schema,
    }
}

/// Tells what is not known yet. Whether nothing is wrong.
fn tell_new(
    links: &[Link<'_>],
    all: Vec<Found>,
    known: &mut BTreeMap<Mistake, Verdict>,
    errors: &mut Diagnostics,
) -> rusqlite::Result<bool> {
    let mut is_right = true;
    for Found {
        start,
        end,
        scenario,
        mistakes: found,
        joins_near: _,
    } in all
    {
        let new: BTreeSet<_> = (found.iter())
            .filter(|mistake| !known.contains_key(mistake))
            .cloned()
            .collect();
        let places: BTreeSet<_> = new.iter().map(|mistake| mistake.at).collect();
        for at in places {
            let schema = within_reach(&links[start..end], end == links.len());
            let chain = chain(links, (start, end), scenario, &schema);
            let is_told = examine(&chain, at, &new, errors)?;
            let verdict = if is_told {
                Verdict::Told
            } else {
                Verdict::Declared
            };
            let here = new.iter().filter(|mistake| mistake.at == at);
            known.extend(here.map(|mistake| (mistake.clone(), verdict)));
        }
        is_right &= (found.iter()).all(|mistake| known.get(mistake) == Some(&Verdict::Declared));
    }
    Ok(is_right)
}

/// The part of the first schema that the steps can reach. All of it where the last schema of the row
/// is compared as a whole.
fn within_reach<'l>(links: &'l [Link<'_>], is_compared: bool) -> Cow<'l, Schema> {
    let (first, last) = (&links[0].old.schema, &links[links.len() - 1].new.schema);
    if is_compared {
        return Cow::Borrowed(first);
    }
    let parts = links.iter().flat_map(|link| &link.script.parts);
    let script = Script {
        file: links[0].script.file.clone(),
        parts: parts.cloned().collect(),
    };
    let [within, _] = relevant(&script, first, last);
    Cow::Owned(within)
}

/// No warning is left about a declaration that a chain needs; whether there was one.
fn drop_warnings(links: &[Link<'_>], errors: &mut Diagnostics) -> bool {
    let mut needed = BTreeSet::new();
    for link in links {
        needed.extend(needed_at(&link.allowances).map(|start| (&*link.file.path, start)));
    }
    let is_needed = |diagnostic: &Diagnostic| {
        let start = diagnostic.primary.as_ref().map(|label| label.span.start);
        let place = start.map(|start| (&*diagnostic.path, start));
        diagnostic.rule == Some(Rule::UnneededAllowance)
            && place.is_some_and(|place| needed.contains(&place))
    };
    let (dropped, left): (Vec<_>, Vec<_>) = errors.take().into_iter().partition(is_needed);
    for diagnostic in left {
        errors.push(diagnostic);
    }
    !dropped.is_empty()
}
