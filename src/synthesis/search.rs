//! Finds values for a row that pass the rules of its table: one column at a time where that is
//! enough, then pairs, then at random.

use rusqlite::types::Value;

use super::candidates;
use super::evaluator::Evaluator;
use super::parents::Tuple;
use super::plan::Plan;

/// Values that are tried for each of two columns.
const PAIRS: usize = 24;
/// Rows that are tried at random.
const THROWS: usize = 200;

/// A row in the making.
#[derive(Debug)]
pub(super) struct Candidate<'p, 's> {
    plan: &'p Plan<'s>,
    row: usize,
    /// The values of all columns.
    pub(super) values: Vec<Value>,
    choices: Vec<Choices>,
}

/// The values for a unit that pass the rules which are about it alone.
#[derive(Debug, Default)]
struct Choices {
    admitted: Vec<Tuple>,
    /// What has not been tried, best last.
    untried: Vec<Tuple>,
    all_known: bool,
}

impl<'p, 's> Candidate<'p, 's> {
    /// A row whose units begin with these options; `None` for a column of its own.
    pub(super) fn new(plan: &'p Plan<'s>, row: usize, options: Vec<Option<Vec<Tuple>>>) -> Self {
        let mut candidate = Self {
            plan,
            row,
            values: vec![Value::Null; plan.columns.len()],
            choices: Vec::new(),
        };
        for (unit, options) in options.into_iter().enumerate() {
            let all_known = options.is_some();
            let mut untried = options.unwrap_or_else(|| {
                let slot = plan.units[unit].columns[0];
                vec![vec![candidates::first(plan, slot, row)]]
            });
            candidate.put(unit, &untried[0].clone());
            untried.reverse();
            candidate.choices.push(Choices {
                admitted: Vec::new(),
                untried,
                all_known,
            });
        }
        candidate
    }

    /// Puts the values of a choice in the row; `false` where there are not so many.
    pub(super) fn choose(
        &mut self,
        unit: usize,
        choice: usize,
        evaluator: &mut Option<Evaluator<'_>>,
    ) -> bool {
        while self.choices[unit].admitted.len() <= choice {
            let Some(tuple) = self.untried(unit) else {
                return false;
            };
            if self.choices[unit].admitted.contains(&tuple) {
                continue;
            }
            let before = self.get(unit);
            self.put(unit, &tuple);
            if self.passes_alone(unit, evaluator) {
                self.choices[unit].admitted.push(tuple);
            } else {
                self.put(unit, &before);
            }
        }
        let tuple = self.choices[unit].admitted[choice].clone();
        self.put(unit, &tuple);
        true
    }

    fn untried(&mut self, unit: usize) -> Option<Tuple> {
        let choices = &mut self.choices[unit];
        if choices.untried.is_empty() && !choices.all_known {
            choices.all_known = true;
            let slot = self.plan.units[unit].columns[0];
            let others = candidates::others(self.plan, slot, self.row);
            choices.untried = others.into_iter().rev().map(|value| vec![value]).collect();
        }
        choices.untried.pop()
    }

    fn put(&mut self, unit: usize, tuple: &[Value]) {
        for (slot, value) in self.plan.units[unit].columns.iter().zip(tuple) {
            self.values[*slot] = value.clone();
        }
    }

    fn get(&self, unit: usize) -> Tuple {
        let columns = self.plan.units[unit].columns.iter();
        columns.map(|slot| self.values[*slot].clone()).collect()
    }

    fn passes_alone(&self, unit: usize, evaluator: &mut Option<Evaluator<'_>>) -> bool {
        let Some(evaluator) = evaluator else {
            return true;
        };
        let columns = &self.plan.units[unit].columns;
        (self.plan.rules.iter().enumerate())
            .filter(|(_, rule)| rule.columns.iter().all(|column| columns.contains(column)))
            .all(|(place, _)| evaluator.passes(place, &self.values))
    }

    /// Chooses the best value for each unit by itself. A unit for which there is none keeps its
    /// first, so that the INSERT says what is wrong with it.
    pub(super) fn choose_first(&mut self, evaluator: &mut Option<Evaluator<'_>>) {
        for unit in 0..self.choices.len() {
            self.choose(unit, 0, evaluator);
        }
    }

    /// Changes the row until it passes the rules that are about several units, except for the
    /// units that are pinned. What fails in the end is for the INSERT to tell.
    pub(super) fn settle(&mut self, pinned: &[usize], evaluator: &mut Option<Evaluator<'_>>) {
        if evaluator.is_none() {
            return;
        }
        let mut failing = self.failing(evaluator);
        while !failing.is_empty() && !evaluator.as_ref().is_some_and(Evaluator::is_exhausted) {
            let columns = failing
                .iter()
                .flat_map(|rule| &self.plan.rules[*rule].columns);
            let mut units = self.plan.units_of(&columns.copied().collect());
            units.retain(|unit| !pinned.contains(unit));
            let before = failing.len();
            let better = self.aim(&failing, &units, evaluator)
                || self.one(before, &units, evaluator)
                || self.nulls(before, &units, evaluator)
                || self.two(before, &units, evaluator)
                || self.at_random(before, &units, evaluator);
            if !better {
                return;
            }
            failing = self.failing(evaluator);
        }
    }

    /// The rule that refuses the row.
    pub(super) fn refused_by(&self, evaluator: &mut Option<Evaluator<'_>>) -> Option<usize> {
        let evaluator = evaluator.as_mut()?;
        (0..self.plan.rules.len()).find(|rule| !evaluator.passes(*rule, &self.values))
    }

    /// The rules that fail, those for single units left out.
    fn failing(&self, evaluator: &mut Option<Evaluator<'_>>) -> Vec<usize> {
        let Some(evaluator) = evaluator else {
            return Vec::new();
        };
        (0..self.plan.rules.len())
            .filter(|rule| self.plan.units_of(&self.plan.rules[*rule].columns).len() > 1)
            .filter(|rule| !evaluator.passes(*rule, &self.values))
            .collect()
    }

    fn is_better(&self, before: usize, evaluator: &mut Option<Evaluator<'_>>) -> bool {
        self.failing(evaluator).len() < before
    }

    /// Stores in a column what a rule compares it with.
    fn aim(
        &mut self,
        failing: &[usize],
        units: &[usize],
        evaluator: &mut Option<Evaluator<'_>>,
    ) -> bool {
        for rule in failing {
            let Some(asked) = evaluator else { return false };
            for (slot, value) in asked.targets(*rule, &self.values) {
                let unit = self.plan.units_of(&[slot].into());
                let alone = self.plan.units[unit[0]].foreign_keys.is_empty();
                if !alone || !units.contains(&unit[0]) {
                    continue;
                }
                let old = std::mem::replace(&mut self.values[slot], value);
                if self.passes_alone(unit[0], evaluator) && self.is_better(failing.len(), evaluator)
                {
                    return true;
                }
                self.values[slot] = old;
            }
        }
        false
    }

    fn one(
        &mut self,
        before: usize,
        units: &[usize],
        evaluator: &mut Option<Evaluator<'_>>,
    ) -> bool {
        for &unit in units {
            let old = self.get(unit);
            let mut choice = 0;
            while self.choose(unit, choice, evaluator) {
                if self.is_better(before, evaluator) {
                    return true;
                }
                choice += 1;
            }
            self.put(unit, &old);
        }
        false
    }

    /// All NULL but one, and all NULL: "exactly one of" is a frequent rule.
    fn nulls(
        &mut self,
        before: usize,
        units: &[usize],
        evaluator: &mut Option<Evaluator<'_>>,
    ) -> bool {
        let old = self.values.clone();
        for turn in 0..=units.len() {
            let kept = (turn < units.len()).then(|| units[(turn + self.row) % units.len()]);
            for &unit in units {
                let is_null = |tuple: &Tuple| tuple.iter().all(|value| *value == Value::Null);
                // To know them all.
                self.choose(unit, usize::MAX, evaluator);
                let choices = &self.choices[unit].admitted;
                let wanted = |tuple: &&Tuple| is_null(tuple) != (kept == Some(unit));
                if let Some(tuple) = choices.iter().find(wanted).cloned() {
                    self.put(unit, &tuple);
                }
            }
            if self.is_better(before, evaluator) {
                return true;
            }
            self.values.clone_from(&old);
        }
        false
    }

    fn two(
        &mut self,
        before: usize,
        units: &[usize],
        evaluator: &mut Option<Evaluator<'_>>,
    ) -> bool {
        let old = self.values.clone();
        for (at, &a) in units.iter().enumerate() {
            for &b in &units[at + 1..] {
                for sum in 0..PAIRS * 2 {
                    for choice in sum.saturating_sub(PAIRS)..=sum.min(PAIRS) {
                        let chosen = self.choose(a, choice, evaluator)
                            && self.choose(b, sum - choice, evaluator);
                        if chosen && self.is_better(before, evaluator) {
                            return true;
                        }
                    }
                    if evaluator.as_ref().is_some_and(Evaluator::is_exhausted) {
                        self.values = old;
                        return false;
                    }
                }
                self.values.clone_from(&old);
            }
        }
        false
    }

    fn at_random(
        &mut self,
        before: usize,
        units: &[usize],
        evaluator: &mut Option<Evaluator<'_>>,
    ) -> bool {
        let old = self.values.clone();
        let mut state = self.plan.place * 7919 + self.row * 31 + self.plan.scenario.turn() + 1;
        for _ in 0..THROWS {
            for &unit in units {
                state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345) % (1 << 31);
                let known = self.choices[unit].admitted.len();
                if known > 0 {
                    self.choose(unit, (state >> 8) % known, evaluator);
                }
            }
            if self.is_better(before, evaluator) {
                return true;
            }
        }
        self.values = old;
        false
    }
}
