//! `kill -9` at random moments of an upgrade.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::child::{self, End, Report};
use crate::place::Place;
use crate::random::Random;
use crate::scenario::{self, Scenario};
use crate::{effort, tell};

/// With it, pages of the unfinished transaction go to the file before the commit.
const SMALL_CACHE: &str = "PRAGMA cache_size = 20";

#[test]
fn kills_in_rollback_journal_mode_lose_nothing() {
    let kills = Kills::new(&scenario::PLAIN, effort(100, 1000));
    let during = kills.run("DELETE", 1);
    // Otherwise this was a test of something else.
    assert!(during * 4 > kills.count, "only {during} met a transaction");
}

#[test]
fn kills_in_wal_mode_lose_nothing() {
    let kills = Kills::new(&scenario::PLAIN, effort(100, 1000));
    let during = kills.run("WAL", 2);
    assert!(during * 4 > kills.count, "only {during} met a transaction");
}

#[test]
fn kills_between_steps_and_in_backups_lose_nothing() {
    for (scenario, usual, long) in [
        (&scenario::EACH_STEP, 25, 400),
        (&scenario::BACKUP, 25, 400),
        (&scenario::EACH_STEP_BACKUP, 15, 200),
    ] {
        let kills = Kills {
            items: 600,
            ..Kills::new(scenario, effort(usual, long))
        };
        kills.run("DELETE", 3);
        kills.run("WAL", 4);
    }
}

#[test]
fn kills_of_rollbacks_hooks_and_adoptions_lose_nothing() {
    for (scenario, usual, long) in [
        (&scenario::ROLLBACK, 15, 200),
        (&scenario::EACH_ROLLBACK, 15, 200),
        (&scenario::ON_CREATE, 8, 100),
        (&scenario::BEFORE_STEPS, 8, 100),
        (&scenario::ADOPT, 8, 100),
    ] {
        let kills = Kills {
            items: 600,
            ..Kills::new(scenario, effort(usual, long))
        };
        kills.run("DELETE", 5);
        kills.run("WAL", 6);
    }
}

struct Kills {
    scenario: &'static Scenario,
    items: i64,
    count: usize,
}

impl Kills {
    fn new(scenario: &'static Scenario, count: usize) -> Self {
        Self {
            scenario,
            items: 1500,
            count,
        }
    }

    /// Gives back how many of the kills met a transaction.
    fn run(&self, journal: &str, seed: u64) -> usize {
        let pragmas = format!("PRAGMA journal_mode = {journal}");
        let outside = tempfile::tempdir().unwrap();
        let mut place = Place::new(self.scenario, outside, self.items, &pragmas);
        let whole = time_of_an_upgrade(&mut place);
        let mut random = Random::new(seed);
        let (mut kills, mut during, mut rounds) = (0, 0, 0);
        while kills < self.count {
            rounds += 1;
            place.reset();
            // Also the recovery is killed now and then.
            for _ in 0..random.of(&[1, 1, 1, 2, 3]) {
                let micros = random.below(usize::try_from(whole.as_micros()).unwrap() * 11 / 10);
                let delay = Duration::from_micros(micros as u64);
                let what =
                    format!("{journal}, round {rounds}, killed after {delay:?} of {whole:?}");
                let report = kill_after(&place, delay, random.of(&["", SMALL_CACHE]));
                match &report.end {
                    End::Done => {}
                    End::Killed => {
                        kills += 1;
                        during += usize::from(leftovers(&place));
                    }
                    End::Failed { message, .. } => panic!("{what}: {message}"),
                }
                // Sometimes the next process is the first to see what is left.
                if random.below(4) > 0 {
                    place.require(&report, &what);
                } else {
                    place.pass();
                }
            }
            place.finish(&format!("{journal}, round {rounds}"));
        }
        tell(&format!(
            "{}, {journal}: {kills} kills in {rounds} rounds, {during} of them in a transaction; \
             it takes {whole:?}",
            self.scenario.name
        ));
        during
    }
}

fn time_of_an_upgrade(place: &mut Place) -> Duration {
    let times = (0..3).map(|_| {
        place.reset();
        let start = Instant::now();
        let report = kill_after(place, Duration::from_secs(60), "");
        assert!(matches!(report.end, End::Done), "{report:?}");
        start.elapsed()
    });
    times.min().unwrap()
}

/// Whether the process left a journal or a WAL file behind: it was in a transaction.
fn leftovers(place: &Place) -> bool {
    let is_left = |path: &Path| {
        let metadata = path.metadata();
        metadata.is_ok_and(|file| file.is_file() && file.len() > 0)
    };
    place
        .files()
        .iter()
        .any(|file| *file != place.path && is_left(file))
}

/// Starts an upgrade in another process and kills it after this time, counted from where it opens
/// the file.
fn kill_after(place: &Place, delay: Duration, pragmas: &str) -> Report {
    let command = child::command(place.scenario.name, &place.path, pragmas);
    let said = child::said_until_killed(command, delay);
    Report::of(said.iter().map(String::as_str))
}
