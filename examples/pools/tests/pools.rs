//! Each of the three upgrades an old file and gives out connections to the new version.

use std::path::{Path, PathBuf};

use pools::{schema, strategy, with_deadpool, with_r2d2, with_tokio_rusqlite};
use rusqlite::Connection;

const NEWEST: i32 = 2;

fn old_file(folder: &Path) -> PathBuf {
    let path = folder.join("app.db");
    let connection = strategy().target(1).open(&path).unwrap();
    connection
        .execute(
            "INSERT INTO invoice (customer, cents) VALUES ('Ada', 5)",
            [],
        )
        .unwrap();
    path
}

fn read(connection: &Connection) -> rusqlite::Result<(i32, String)> {
    connection.query_row(
        "SELECT user_version, (SELECT customer || currency FROM invoice) FROM pragma_user_version",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

fn expected() -> (i32, String) {
    assert_eq!(schema::history().latest_version(), NEWEST);
    (NEWEST, "AdaEUR".to_owned())
}

#[test]
fn r2d2() {
    let folder = tempfile::tempdir().unwrap();
    let pool = with_r2d2::open(&old_file(folder.path())).unwrap();
    let (one, other) = (pool.get().unwrap(), pool.get().unwrap());
    assert_eq!(read(&one), Ok(expected()));
    assert_eq!(read(&other), Ok(expected()));
}

#[tokio::test]
async fn deadpool() {
    let folder = tempfile::tempdir().unwrap();
    let pool = with_deadpool::open(&old_file(folder.path())).await.unwrap();
    let connection = pool.get().await.unwrap();
    let found = connection.interact(|connection| read(connection)).await;
    assert_eq!(found.unwrap(), Ok(expected()));
}

#[tokio::test]
async fn tokio_rusqlite() {
    let folder = tempfile::tempdir().unwrap();
    let opened = with_tokio_rusqlite::open(&old_file(folder.path())).await;
    let found = opened.unwrap().call(|connection| read(connection)).await;
    assert_eq!(found.unwrap(), expected());
}

/// What is wrong comes out as stepladder's error, with what it says.
#[tokio::test]
async fn errors() {
    let folder = tempfile::tempdir().unwrap();
    let path = old_file(folder.path());
    let newer = Connection::open(&path).unwrap();
    newer.execute_batch("PRAGMA user_version = 9").unwrap();
    let says = "the database is at version 9";
    assert!(
        with_r2d2::open(&path)
            .unwrap_err()
            .to_string()
            .contains(says)
    );
    let error = with_deadpool::open(&path).await.unwrap_err();
    assert!(error.to_string().contains(says));
    let error = with_tokio_rusqlite::open(&path).await.unwrap_err();
    assert!(error.to_string().contains(says), "{error}");
}
