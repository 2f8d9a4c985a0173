//! Many processes and threads at the same file.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use stepladder::MigrationStrategy;

use crate::child::{self, End};
use crate::place::Place;
use crate::random::Random;
use crate::scenario::{
    ADOPT, BACKUP, BEFORE_STEPS, EACH_ROLLBACK, EACH_STEP, EACH_STEP_BACKUP, ON_CREATE, PLAIN,
    READ_ONLY, ROLLBACK, Scenario,
};
use crate::scene::{self, NEWEST};
use crate::support::{Steps, one};
use crate::{effort, tell};

const PROCESSES: usize = 8;
const THREADS: usize = 8;
const ITEMS: i64 = 20;

/// A process that opens the files it is told, each with some threads.
struct Worker {
    child: Child,
    input: ChildStdin,
    output: Box<dyn Iterator<Item = String>>,
}

impl Worker {
    fn start() -> Self {
        let mut child = child::command("race", Path::new(""), "")
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let output = lines.filter_map(|line| {
            let line = line.unwrap();
            child::said(&line).first().map(|said| (*said).to_owned())
        });
        Self {
            input: child.stdin.take().unwrap(),
            output: Box::new(output),
            child,
        }
    }

    fn tell(&mut self, scenario: &Scenario, threads: usize, start: Duration, path: &Path) {
        let (name, start) = (scenario.name, start.as_micros());
        let line = format!("{threads}\t{start}\t{name}\t{}\n", path.display());
        self.input.write_all(line.as_bytes()).unwrap();
    }

    /// What its threads did.
    fn ends(&mut self) -> Vec<String> {
        let line = self.output.next().expect("a worker does not end");
        line.split('\t').map(str::to_owned).collect()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may wait for a file that does not come any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a worker does: each line has a number of threads, a moment, a scenario and a file.
pub(crate) fn work() {
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let words: Vec<&str> = line.split('\t').collect();
        let [threads, start, scenario, path] = words[..] else {
            panic!("{line}");
        };
        let threads: usize = threads.parse().unwrap();
        let start = Duration::from_micros(start.parse().unwrap());
        let scenario = Scenario::named(scenario);
        let missing = AtomicUsize::new(threads);
        let ends: Vec<String> = std::thread::scope(|scope| {
            let open = || {
                let arrival = Arrival(&missing);
                let mut steps = scene::steps();
                drop(arrival);
                while missing.load(Ordering::SeqCst) > 0 || now() < start {
                    std::thread::yield_now();
                }
                open(scenario, &mut steps, Path::new(path))
            };
            let handles: Vec<_> = (0..threads).map(|_| scope.spawn(open)).collect();
            (handles.into_iter().map(|handle| handle.join().unwrap())).collect()
        });
        child::say(&ends.join("\t"));
    }
}

/// A thread that the others wait for. One that panics before it is ready does not let them wait for
/// ever, as a barrier would.
struct Arrival<'a>(&'a AtomicUsize);

impl Drop for Arrival<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn now() -> Duration {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
}

/// Opens the file and says what happened to it.
fn open(scenario: &Scenario, steps: &mut Steps, path: &Path) -> String {
    let end = Mutex::new(String::new());
    let mut strategy = scenario.strategy(steps).before_open(|_, details| {
        *end.lock().unwrap() = if details.was_created() {
            "created".to_owned()
        } else {
            told(&details.steps)
        };
        Ok(())
    });
    let opened = strategy.open(path);
    drop(strategy);
    match opened {
        Ok(connection) => {
            let version = one::<i32>(&connection, "PRAGMA user_version");
            assert_eq!(version, scenario.target());
            end.into_inner().unwrap()
        }
        Err(error) => format!("error {error}"),
    }
}

fn told(steps: &[(i32, i32)]) -> String {
    if steps.is_empty() {
        return "nothing".to_owned();
    }
    let steps = steps.iter().map(|(from, to)| format!("{from} to {to}"));
    steps.collect::<Vec<_>>().join(", ")
}

#[test]
fn one_of_many_processes_and_threads_upgrades() {
    let mut workers: Vec<Worker> = (0..PROCESSES).map(|_| Worker::start()).collect();
    let mut random = Random::new(5);
    let folder = tempfile::tempdir().unwrap();
    let mut steps = scene::steps();
    let rounds = effort(200, 2000);
    let (mut opened, begin) = (0, Instant::now());
    for round in 0..rounds {
        let journal = random.of(&["DELETE", "WAL"]);
        // A file that is not there, an empty one, or one of the oldest version.
        let kind = random.of(&["none", "empty", "old", "old", "old"]);
        let processes = random.of(&[2, 4, PROCESSES, PROCESSES]);
        let threads = random.of(&[1, 2, 4, THREADS, THREADS]);
        let what = format!("round {round}: {processes} x {threads}, {journal}, {kind} file");
        let path = folder.path().join(format!("{round}.db"));
        match kind {
            "none" => {}
            "empty" => std::fs::write(&path, []).unwrap(),
            _ => {
                let pragmas = format!("PRAGMA journal_mode = {journal}");
                scene::create(&path, steps.history, ITEMS, &pragmas);
            }
        }
        // Soon, and at the same moment in all.
        let start = now() + Duration::from_millis(4);
        for worker in &mut workers[..processes] {
            worker.tell(&PLAIN, threads, start, &path);
        }
        let ends: Vec<_> = workers[..processes]
            .iter_mut()
            .flat_map(Worker::ends)
            .collect();
        require_one(&ends, kind, &what);
        opened += ends.len();
        let connection = MigrationStrategy::new(&mut steps).open(&path).unwrap();
        let items = if kind == "old" { ITEMS } else { 0 };
        if items > 0 {
            scene::require(&connection, steps.history, items, &[NEWEST], &what);
        }
        connection.close().unwrap();
        std::fs::remove_file(&path).unwrap();
    }
    let time = begin.elapsed();
    tell(&format!("{opened} opened in {rounds} rounds, {time:?}"));
}

/// Exactly one did the work, and nobody failed.
fn require_one(ends: &[String], kind: &str, what: &str) {
    let work = if kind == "old" {
        told(&PLAIN.steps())
    } else {
        "created".to_owned()
    };
    let worked = ends.iter().filter(|end| **end == work).count();
    let waited = ends.iter().filter(|end| *end == "nothing").count();
    assert_eq!((worked, waited), (1, ends.len() - 1), "{what}: {ends:?}");
}

/// The file of a scenario, and what the processes do that open it.
const RACES: [(&Scenario, &[&Scenario]); 7] = [
    // Some upgrade in one transaction, some in one a step, with backups and without.
    (
        &EACH_STEP_BACKUP,
        &[&PLAIN, &EACH_STEP, &BACKUP, &EACH_STEP_BACKUP],
    ),
    (&BACKUP, &[&BACKUP]),
    (&EACH_ROLLBACK, &[&ROLLBACK, &EACH_ROLLBACK]),
    (&ON_CREATE, &[&ON_CREATE]),
    (&BEFORE_STEPS, &[&BEFORE_STEPS]),
    (&ADOPT, &[&ADOPT]),
    (&READ_ONLY, &[&READ_ONLY]),
];

/// Each step, hook and adoption takes place once, whoever does it.
#[test]
fn any_ways_of_upgrading_at_once_do_the_work_once() {
    let mut workers: Vec<Worker> = (0..PROCESSES).map(|_| Worker::start()).collect();
    let mut random = Random::new(9);
    for (scenario, ways) in RACES {
        for journal in ["DELETE", "WAL"] {
            let pragmas = format!("PRAGMA journal_mode = {journal}");
            let mut place = Place::new(scenario, tempfile::tempdir().unwrap(), ITEMS, &pragmas);
            for round in 0..effort(8, 80) {
                place.reset();
                let start = now() + Duration::from_millis(4);
                for worker in &mut workers {
                    let threads = random.of(&[1, 2, 3]);
                    worker.tell(random.of(ways), threads, start, &place.path);
                }
                let ends: Vec<_> = workers.iter_mut().flat_map(Worker::ends).collect();
                let what = format!("{}, {journal}, round {round}: {ends:?}", scenario.name);
                require_each_once(scenario, &ends, &what);
                place.require_exactly(End::Done, &what);
                if ways.len() == 1 {
                    place.finish(&what);
                }
                if !scenario.is_each_step() && scenario.backs_up() {
                    assert_eq!(
                        place.backups(&what).into_values().sum::<usize>(),
                        1,
                        "{what}"
                    );
                }
            }
        }
    }
}

fn require_each_once(scenario: &Scenario, ends: &[String], what: &str) {
    let worked = ends.iter().filter(|end| *end != "nothing");
    let mut work: Vec<&str> = worked.flat_map(|end| end.split(", ")).collect();
    work.sort_unstable();
    let steps = scenario.steps();
    let mut expected: Vec<String> = steps.iter().map(|step| told(&[*step])).collect();
    if scenario.name == ON_CREATE.name {
        expected.push("created".to_owned());
    }
    expected.sort_unstable();
    assert_eq!(work, expected, "{what}");
}
