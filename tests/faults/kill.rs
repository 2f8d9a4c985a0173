//! `kill -9` at random moments of an upgrade.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use stepladder::MigrationStrategy;

use crate::child;
use crate::random::Random;
use crate::scene::{self, NEWEST, OLDEST};
use crate::{effort, tell};

const ITEMS: i64 = 1500;
/// With it, pages of the unfinished transaction go to the file before the commit.
const SMALL_CACHE: &str = "PRAGMA cache_size = 20";

/// How a child ended.
#[derive(PartialEq)]
enum End {
    Done,
    Killed,
}

#[test]
fn kills_in_rollback_journal_mode_lose_nothing() {
    kills("DELETE", 1);
}

#[test]
fn kills_in_wal_mode_lose_nothing() {
    kills("WAL", 2);
}

fn kills(journal: &str, seed: u64) {
    let folder = tempfile::tempdir().unwrap();
    let (original, path) = (folder.path().join("old.db"), folder.path().join("app.db"));
    let mut steps = scene::steps();
    let pragmas = format!("PRAGMA journal_mode = {journal}");
    scene::create(&original, steps.history, ITEMS, &pragmas);
    let whole = time_of_an_upgrade(&original, &path);
    let mut random = Random::new(seed);
    let (mut kills, mut during, mut rounds) = (0, 0, 0);
    while kills < effort(100, 1000) {
        rounds += 1;
        remove(&path);
        std::fs::copy(&original, &path).unwrap();
        // Also the recovery is killed now and then.
        for _ in 0..random.of(&[1, 1, 1, 2, 3]) {
            let micros = random.below(usize::try_from(whole.as_micros()).unwrap() * 11 / 10);
            let delay = Duration::from_micros(micros as u64);
            let what = format!("{journal}, round {rounds}, killed after {delay:?} of {whole:?}");
            let pragmas = random.of(&["", SMALL_CACHE]);
            if kill_after(&path, delay, pragmas) == End::Killed {
                kills += 1;
                during += usize::from(leftovers(&path));
            }
            if random.below(4) > 0 {
                let connection = Connection::open(&path).unwrap();
                scene::require(&connection, steps.history, ITEMS, &[OLDEST, NEWEST], &what);
            }
        }
        let what = format!("{journal}, round {rounds}, opened again");
        let connection = MigrationStrategy::new(&mut steps).open(&path).unwrap();
        scene::require(&connection, steps.history, ITEMS, &[NEWEST], &what);
    }
    tell(&format!(
        "{journal}: {kills} kills in {rounds} rounds, {during} of them in a transaction; an \
         upgrade takes {whole:?}"
    ));
    // Otherwise this was a test of something else.
    assert!(
        during * 4 > kills,
        "{journal}: only {during} of {kills} kills met a transaction"
    );
}

fn time_of_an_upgrade(original: &Path, path: &Path) -> Duration {
    let times = (0..3).map(|_| {
        remove(path);
        std::fs::copy(original, path).unwrap();
        let start = Instant::now();
        assert!(kill_after(path, Duration::from_secs(60), "") == End::Done);
        start.elapsed()
    });
    times.min().unwrap()
}

/// Whether the process left a journal or a WAL file behind: it was in a transaction.
fn leftovers(path: &Path) -> bool {
    beside(path).iter().any(|file| {
        file.metadata()
            .is_ok_and(|file| file.is_file() && file.len() > 0)
    })
}

fn remove(path: &Path) {
    for file in beside(path)
        .iter()
        .map(std::path::PathBuf::as_path)
        .chain([path])
    {
        let _ = std::fs::remove_file(file);
    }
}

fn beside(path: &Path) -> [std::path::PathBuf; 3] {
    ["-journal", "-wal", "-shm"].map(|end| format!("{}{end}", path.display()).into())
}

/// Starts an upgrade in another process and kills it after this time, counted from where it opens
/// the file.
fn kill_after(path: &Path, delay: Duration, pragmas: &str) -> End {
    let mut child = child::command("upgrade", path, pragmas).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = || {
        let line = lines.find_map(|line| {
            let line = line.unwrap();
            child::said(&line).first().map(|said| (*said).to_owned())
        });
        line.unwrap_or_default()
    };
    assert_eq!(said(), "started");
    let (sender, receiver) = std::sync::mpsc::channel();
    let end = std::thread::scope(|scope| {
        scope.spawn(|| sender.send(said()).unwrap());
        let finished = receiver.recv_timeout(delay).ok();
        if finished.is_none() {
            child.kill().unwrap();
        }
        // What it said just before.
        finished.unwrap_or_else(|| receiver.recv().unwrap())
    });
    child.wait().unwrap();
    match end.as_str() {
        "done" => End::Done,
        "" => End::Killed,
        other => panic!("the upgrade failed: {other}"),
    }
}
