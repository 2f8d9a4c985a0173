//! Interruptions and errors at every moment at which SQLite lets somebody in.

use std::ops::ControlFlow::{Break, Continue};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite::hooks::{AuthContext, Authorization};
use stepladder::{Error, MigrationStrategy};

use crate::child::End;
use crate::place::Place;
use crate::random::Random;
use crate::scenario::{
    ADOPT, BACKUP, BEFORE_STEPS, EACH_ROLLBACK, EACH_STEP, EACH_STEP_BACKUP, PLAIN, ROLLBACK,
    Scenario,
};
use crate::scene::{self, NEWEST};
use crate::support::{leak, settings};
use crate::{effort, memory_folder, tell};

/// Counts the calls of a hook, and strikes at one, or at all from one on.
struct Trigger {
    calls: AtomicUsize,
    from: usize,
    to: usize,
}

impl Trigger {
    fn new(from: usize, to: usize) -> &'static Self {
        leak(Box::new(Self {
            calls: AtomicUsize::new(0),
            from,
            to,
        }))
    }

    fn strikes(&self) -> bool {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        (self.from..self.to).contains(&call)
    }
}

/// Hangs a trigger into a connection, or takes it off.
type Hook = fn(&mut Connection, Option<&'static Trigger>);

// What the setters give back differs between the versions of rusqlite.

fn progress(connection: &mut Connection, trigger: Option<&'static Trigger>) {
    let _ = connection.progress_handler(1, trigger.map(|trigger| move || trigger.strikes()));
}

fn authorizer(connection: &mut Connection, trigger: Option<&'static Trigger>) {
    let hook = trigger.map(|trigger| {
        move |_: AuthContext<'_>| {
            if trigger.strikes() {
                Authorization::Deny
            } else {
                Authorization::Allow
            }
        }
    });
    let _ = connection.authorizer(hook);
}

fn commit(connection: &mut Connection, trigger: Option<&'static Trigger>) {
    let _ = connection.commit_hook(trigger.map(|trigger| move || trigger.strikes()));
}

/// Upgrades with the trigger. Gives back whether it went through.
fn attempt(place: &mut Place, hook: Hook, trigger: &'static Trigger, what: &str) -> bool {
    place.reset();
    let mut connection = Connection::open(&place.path).unwrap();
    let before = settings(&connection);
    hook(&mut connection, Some(trigger));
    let mut strategy = place.scenario.strategy(&mut place.steps);
    let migrated = strategy.migrate(&mut connection);
    hook(&mut connection, None);
    end(&connection);
    assert_eq!(settings(&connection), before, "{what}: {migrated:?}");
    connection.close().unwrap();
    place.require_exactly(End::of(&migrated), what);
    migrated.is_ok()
}

fn place(scenario: &'static Scenario, journal: &str) -> Place {
    let pragmas = format!("PRAGMA page_size = 1024; PRAGMA journal_mode = {journal}");
    Place::new(scenario, memory_folder(), 3, &pragmas)
}

/// A hook that still strikes during the `ROLLBACK` leaves the transaction open. While steps have
/// run in it, a `COMMIT` is refused.
fn end(connection: &Connection) {
    if connection.is_autocommit() {
        return;
    }
    let guard = "SELECT count(*) FROM temp.stepladder_transaction";
    if connection.query_row(guard, [], |row| row.get(0)) == Ok(1) {
        connection.execute_batch("COMMIT").unwrap_err();
    }
    connection.execute_batch("ROLLBACK").unwrap();
}

/// Tries every call of a hook, or some of them evenly.
fn at_every_call(scenario: &'static Scenario, name: &str, hook: Hook, points: usize) {
    for journal in ["DELETE", "WAL"] {
        let mut place = place(scenario, journal);
        let never = Trigger::new(usize::MAX, usize::MAX);
        assert!(attempt(&mut place, hook, never, "without a fault"));
        let calls = never.calls.load(Ordering::SeqCst);
        let stride = calls.div_ceil(points).max(1);
        let mut failed = 0;
        // All of those around the commit, which is the moment that decides.
        let last = calls.saturating_sub(points.min(60))..calls;
        for call in (0..calls).step_by(stride).chain(last) {
            // Once, and from there on for ever: then the rollback meets it too.
            for to in [call + 1, usize::MAX] {
                let what = format!("{journal}, {name} {call} of {calls}, up to {to}");
                let trigger = Trigger::new(call, to);
                failed += usize::from(!attempt(&mut place, hook, trigger, &what));
            }
        }
        tell(&format!(
            "{}, {journal}: {calls} calls of the {name}, {failed} attempts failed",
            scenario.name
        ));
        assert!(failed > 0);
    }
}

#[test]
fn an_interruption_at_every_tick_leaves_the_file_as_it_was() {
    let points = effort(1000, usize::MAX);
    at_every_call(&PLAIN, "progress handler", progress, points);
}

#[test]
fn an_error_at_every_statement_leaves_the_file_as_it_was() {
    at_every_call(&PLAIN, "authorizer", authorizer, usize::MAX);
}

#[test]
fn a_refused_commit_leaves_the_file_as_it_was() {
    at_every_call(&PLAIN, "commit hook", commit, usize::MAX);
}

/// The error names the version that the file has, and the backup of what was not upgraded goes.
#[test]
fn an_interruption_in_any_way_of_upgrading_leaves_a_version() {
    for scenario in [&EACH_STEP_BACKUP, &EACH_ROLLBACK, &BEFORE_STEPS, &ADOPT] {
        let points = effort(10, usize::MAX);
        at_every_call(scenario, "progress handler", progress, points);
        at_every_call(scenario, "authorizer", authorizer, points);
        at_every_call(scenario, "commit hook", commit, usize::MAX);
    }
}

#[test]
fn a_cancel_at_every_call_of_on_progress_leaves_a_version() {
    for scenario in [
        &PLAIN,
        &EACH_STEP,
        &BACKUP,
        &EACH_STEP_BACKUP,
        &ROLLBACK,
        &EACH_ROLLBACK,
        &BEFORE_STEPS,
        &ADOPT,
    ] {
        for journal in ["DELETE", "WAL"] {
            let mut place = place(scenario, journal);
            let mut calls = 0;
            while cancel_at(&mut place, calls, journal) {
                calls += 1;
            }
            tell(&format!("{}, {journal}: {calls} cancelled", scenario.name));
            assert!(calls > 8, "{}: {calls}", scenario.name);
        }
    }
}

/// Cancels at a call of the hook; not where there are fewer calls.
fn cancel_at(place: &mut Place, call: usize, journal: &str) -> bool {
    let what = format!("{journal}, cancelled at call {call}");
    place.reset();
    let mut connection = Connection::open(&place.path).unwrap();
    let before = settings(&connection);
    let trigger = Trigger::new(call, call + 1);
    let strategy = place.scenario.strategy(&mut place.steps);
    let mut strategy = strategy.on_progress(|_| {
        if trigger.strikes() {
            Break(())
        } else {
            Continue(())
        }
    });
    let migrated = strategy.migrate(&mut connection);
    drop(strategy);
    assert_eq!(settings(&connection), before, "{what}");
    let source = match &migrated {
        Ok(_) => {
            assert!(trigger.calls.load(Ordering::SeqCst) <= call, "{what}");
            return false;
        }
        Err(Error::PartlyUpgraded { source, .. }) => source,
        Err(error) => error,
    };
    assert!(
        matches!(source, Error::Cancelled { .. }),
        "{what}: {source}"
    );
    // It can be written.
    (connection.execute_batch("BEGIN IMMEDIATE; PRAGMA user_version = 3; ROLLBACK")).unwrap();
    connection.close().unwrap();
    place.require_exactly(End::of(&migrated), &what);
    place.finish(&what);
    true
}

#[test]
fn an_interrupt_from_another_thread_leaves_the_file_as_it_was() {
    let mut steps = scene::steps();
    let mut random = Random::new(3);
    let folder = memory_folder();
    let path = folder.path().join("app.db");
    scene::create(&path, steps.history, 300, "PRAGMA journal_mode = WAL");
    let old = std::fs::read(&path).unwrap();
    let mut whole = Duration::ZERO;
    let mut interrupted = 0;
    for round in 0..effort(60, 600) {
        std::fs::write(&path, &old).unwrap();
        let mut connection = Connection::open(&path).unwrap();
        let handle = connection.get_interrupt_handle();
        let delay = whole * u32::try_from(random.below(100)).unwrap() / 100;
        let start = Instant::now();
        let migrated = std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(delay);
                if round > 0 {
                    handle.interrupt();
                }
            });
            MigrationStrategy::new(&mut steps).migrate(&mut connection)
        });
        if round == 0 {
            whole = start.elapsed();
        }
        let what = format!("round {round}, after {delay:?} of {whole:?}");
        match migrated {
            Ok(_) => drop(scene::require(
                &connection,
                steps.history,
                300,
                &[NEWEST],
                &what,
            )),
            Err(error) => {
                // The second is what RENAME COLUMN makes of it.
                let known = ["was cancelled", "interrupted", "SQL logic error"];
                let says_why = known.iter().any(|known| error.to_string().contains(known));
                assert!(says_why, "{what}: {error}");
                connection.close().unwrap();
                assert!(std::fs::read(&path).unwrap() == old, "{what}");
                interrupted += 1;
            }
        }
    }
    tell(&format!("{interrupted} interrupted"));
    assert!(interrupted > 10, "{interrupted}");
}

/// The error of an interruption says in which step it was.
#[test]
fn an_interruption_tells_its_step() {
    let mut steps = scene::steps();
    let mut connection = Connection::open_in_memory().unwrap();
    crate::support::fill(&connection, steps.history, 1, "");
    progress(&mut connection, Some(Trigger::new(500, usize::MAX)));
    let error = MigrationStrategy::new(&mut steps).migrate(&mut connection);
    let Err(Error::Cancelled { step: Some(step) }) = error else {
        panic!("{error:?}");
    };
    assert!((1..NEWEST).contains(&step.0), "{step:?}");
}
