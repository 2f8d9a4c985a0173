//! Ctrl-C, at any moment: nothing is half written, and the next run removes what is left.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::project::{command, history_in_rust, run, texts};

/// What a run that was stopped has left.
fn left(home: &Path) -> Vec<String> {
    let names = texts(home).into_keys();
    let names = names.map(|path| path.to_string_lossy().into_owned());
    names
        .filter(|name| name.strip_suffix(".tmp").is_some())
        .collect()
}

/// Stops a command after a time. Whether it was stopped.
fn stop(home: &Path, arguments: &[&str], after: Duration) -> bool {
    let mut child = command(home, arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(after);
    let id = child.id().to_string();
    let _ = Command::new("kill")
        .args(["-INT", &id])
        .stderr(Stdio::null())
        .status();
    child.wait().unwrap().signal() == Some(2)
}

/// How long a command takes.
fn time(home: &Path, arguments: &[&str]) -> Duration {
    let start = Instant::now();
    let (code, _, err) = run(home, arguments);
    assert_eq!(code, 0, "{err}");
    start.elapsed()
}

#[test]
fn an_import_that_is_stopped() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("from")).unwrap();
    for number in 1..=20 {
        let text = match number {
            1 => "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);".to_owned(),
            number => format!(
                "ALTER TABLE t ADD COLUMN c{number} TEXT; DELETE FROM t WHERE a = '{number}';"
            ),
        };
        fs::write(home.path().join(format!("from/{number}.sql")), text).unwrap();
    }
    let import = ["import", "sql", "from", "--accept-all"];
    let schemas = home.path().join("schemas");
    let whole = time(home.path(), &import);
    let complete = texts(home.path());
    let (mut stopped, mut with_leftovers) = (0, 0);
    for part in 1..=5 {
        fs::remove_dir_all(&schemas).unwrap();
        let was_stopped = stop(home.path(), &import, whole * part / 6);
        stopped += i32::from(was_stopped);
        let leftovers = left(home.path());
        if was_stopped && !schemas.exists() {
            with_leftovers += i32::from(!leftovers.is_empty());
            let (code, _, err) = run(home.path(), &import);
            assert_eq!(code, 0, "{err}");
            let told = err.contains("a run that was stopped had left `.schemas.");
            assert_eq!(told, !leftovers.is_empty(), "{leftovers:?}: {err}");
        }
        assert_eq!(texts(home.path()), complete);
    }
    if stopped == 0 {
        eprintln!("skipped: SIGINT is ignored here");
        return;
    }
    assert!(
        with_leftovers > 0,
        "it was never stopped while it wrote: {stopped} times before"
    );
}

#[test]
fn a_draft_that_is_stopped() {
    let home = tempfile::tempdir().unwrap();
    let schemas: Vec<String> = (1..=20)
        .map(|count| {
            let columns: Vec<_> = (1..=count).map(|n| format!("c{n} TEXT")).collect();
            format!(
                "CREATE TABLE t (id INTEGER PRIMARY KEY, {});",
                columns.join(", ")
            )
        })
        .collect();
    let versions: Vec<&str> = schemas.iter().map(String::as_str).collect();
    history_in_rust(home.path(), &versions);
    let steps = home.path().join("schemas/steps");
    let before = texts(home.path());
    let whole = time(home.path(), &["draft"]);
    let complete = texts(home.path());
    for part in 1..=6 {
        let _ = fs::remove_dir_all(&steps);
        stop(home.path(), &["draft"], whole * part / 6);
        for (name, text) in texts(home.path()) {
            // A file that is there is whole.
            let is_right = complete.get(&name) == Some(&text)
                || left(home.path()).contains(&name.to_string_lossy().into_owned());
            assert!(is_right, "{name:?}");
        }
        assert!(
            before
                .keys()
                .all(|name| texts(home.path()).contains_key(name))
        );
        let (code, _, err) = run(home.path(), &["draft"]);
        assert_eq!(code, 0, "{err}");
        assert_eq!(texts(home.path()), complete);
    }
}
