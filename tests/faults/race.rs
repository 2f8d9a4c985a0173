//! Many processes and threads at the same file.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use rusqlite::{Connection, OpenFlags};
use stepladder::MigrationStrategy;

use crate::child;
use crate::random::Random;
use crate::scene::{self, NEWEST, OLDEST};
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

    fn tell(&mut self, threads: usize, start: Duration, path: &Path) {
        let path = path.display();
        let line = format!("{threads} {} {path}\n", start.as_micros());
        self.input.write_all(line.as_bytes()).unwrap();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may wait for a file that does not come any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a worker does: each line has a number of threads, a moment, and a file.
pub(crate) fn work() {
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let mut words = line.splitn(3, ' ');
        let threads: usize = words.next().unwrap().parse().unwrap();
        let start = Duration::from_micros(words.next().unwrap().parse().unwrap());
        let path = PathBuf::from(words.next().unwrap());
        let barrier = Barrier::new(threads);
        let ends: Vec<String> = std::thread::scope(|scope| {
            let open = || {
                let mut steps = scene::steps();
                barrier.wait();
                while now() < start {
                    std::hint::spin_loop();
                }
                open(&mut steps, &path)
            };
            let handles: Vec<_> = (0..threads).map(|_| scope.spawn(open)).collect();
            (handles.into_iter().map(|handle| handle.join().unwrap())).collect()
        });
        child::say(&ends.join("\t"));
    }
}

fn now() -> Duration {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
}

/// Opens the file and says what happened to it.
fn open(steps: &mut Steps, path: &Path) -> String {
    let mut end = String::new();
    let mut strategy = MigrationStrategy::new(steps).before_open(|_, details| {
        end = if details.was_created() {
            "created".to_owned()
        } else {
            format!("{} steps", details.steps.len())
        };
        Ok(())
    });
    let opened = strategy.open(path);
    drop(strategy);
    match opened {
        Ok(connection) => {
            let version = one::<i32>(&connection, "PRAGMA user_version");
            assert_eq!(version, NEWEST);
            end
        }
        Err(error) => format!("error {error}"),
    }
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
            worker.tell(threads, start, &path);
        }
        let mut ends: Vec<String> = Vec::new();
        for worker in &mut workers[..processes] {
            let line = worker.output.next().expect("a worker does not end");
            ends.extend(line.split('\t').map(str::to_owned));
        }
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
    let work = if kind == "old" { "4 steps" } else { "created" };
    let worked = ends.iter().filter(|end| *end == work).count();
    let waited = ends.iter().filter(|end| *end == "0 steps").count();
    assert_eq!((worked, waited), (1, ends.len() - 1), "{what}: {ends:?}");
}

/// Readers see the old version or the new one, whole, and are never told to wait.
#[test]
fn readers_in_wal_mode_are_not_disturbed() {
    let mut steps = scene::steps();
    let (rounds, mut reads) = (effort(10, 100), 0);
    for round in 0..rounds {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.db");
        scene::create(&path, steps.history, 500, "PRAGMA journal_mode = WAL");
        let (all_ready, done) = (Barrier::new(4), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let readers: Vec<_> = (0..2)
                .map(|_| scope.spawn(|| read_until(&path, &all_ready, &done)))
                .collect();
            let patient = scope.spawn(|| read_in_one_transaction(&path, &all_ready, &done));
            all_ready.wait();
            let opened = MigrationStrategy::new(&mut steps).open(&path);
            done.store(true, Ordering::SeqCst);
            opened.unwrap();
            for reader in readers {
                let (last, count) = reader.join().unwrap();
                assert_eq!(last, NEWEST, "round {round}");
                reads += count;
            }
            patient.join().unwrap();
        });
    }
    tell(&format!("{reads} reads in {rounds} rounds"));
    assert!(reads > rounds * 4, "{reads}");
}

/// A reader that does not wait, once it has read: the first of several to open a file with a WAL
/// makes the index of the WAL, and the others wait for that.
fn reader(path: &Path) -> Connection {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    assert_eq!(read(&connection), OLDEST);
    connection.busy_timeout(Duration::ZERO).unwrap();
    connection
}

/// The version and the sum of the prices, which has to be that of the version.
fn read(connection: &Connection) -> i32 {
    let (version, sum): (i32, i64) = connection
        .query_row(
            "SELECT user_version, (SELECT sum(price) FROM item) FROM pragma_user_version",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    let factor = if version == OLDEST { 1 } else { 100 };
    let expected: i64 = (1..=500).map(|i| i * 37 % 1000 * factor).sum();
    assert_eq!(sum, expected, "at version {version}");
    version
}

fn read_until(path: &Path, ready: &Barrier, done: &AtomicBool) -> (i32, usize) {
    let connection = reader(path);
    ready.wait();
    let (mut last, mut count) = (OLDEST, 0);
    loop {
        let is_done = done.load(Ordering::SeqCst);
        let version = read(&connection);
        assert!(version >= last, "from {last} back to {version}");
        (last, count) = (version, count + 1);
        if is_done {
            return (last, count);
        }
    }
}

/// Who has begun to read before the upgrade goes on with the old version.
fn read_in_one_transaction(path: &Path, ready: &Barrier, done: &AtomicBool) {
    let connection = reader(path);
    connection.execute_batch("BEGIN").unwrap();
    assert_eq!(read(&connection), OLDEST);
    ready.wait();
    while !done.load(Ordering::SeqCst) {
        assert_eq!(read(&connection), OLDEST);
    }
    assert_eq!(read(&connection), OLDEST);
    connection.execute_batch("COMMIT").unwrap();
    assert_eq!(read(&connection), NEWEST);
}
