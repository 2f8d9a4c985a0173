//! Histories of other tools, from small files in each format, as schemas folders.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes the texts"
)]

mod bad_input;
mod drift;
mod room;
mod sql;
mod sql_steps;

use std::fs;
use std::path::{Path, PathBuf};

use stepladder::compare::{CompareOptions, compare};
use stepladder::introspect::introspect;
use stepladder::rusqlite::Connection;
use stepladder::schema::Schema;
use stepladder_build::diagnostic::Diagnostic;
use stepladder_build::history::History;
use stepladder_build::{Error, ImportKind, Imported, load};
use tempfile::TempDir;

/// A place for the files of another tool and for what becomes of them.
struct Home {
    home: TempDir,
}

impl Home {
    fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
        }
    }

    /// A home with these files.
    fn with(files: &[(&str, &str)]) -> Self {
        let home = Self::new();
        for (name, text) in files {
            home.write(name, text);
        }
        home
    }

    /// The folder of the other tool.
    fn from(&self) -> PathBuf {
        self.home.path().join("migrations")
    }

    fn schemas(&self) -> PathBuf {
        self.home.path().join("schemas")
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.from().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.schemas().join(name)).unwrap()
    }

    fn import(&self, kind: ImportKind) -> Imported {
        self.try_import(kind)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    fn try_import(&self, kind: ImportKind) -> Result<Imported, Error> {
        stepladder_build::import(kind, &self.from(), &self.schemas())
    }

    fn history(&self) -> History {
        load(&self.schemas()).unwrap_or_else(|error| panic!("{error}"))
    }

    /// What an import that fails says. Nothing may be left of it.
    fn error(&self, kind: ImportKind) -> String {
        let error = self.try_import(kind).unwrap_err();
        let left: Vec<_> = fs::read_dir(self.home.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .filter(|name| name != "migrations")
            .collect();
        assert!(left.is_empty(), "{left:?}");
        for diagnostic in error.diagnostics() {
            assert!(!diagnostic.helps.is_empty(), "{diagnostic}");
        }
        error.to_string()
    }
}

/// What SQLite makes of a text.
fn schema_of(sql: &str) -> Schema {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(sql).unwrap();
    introspect(&connection).unwrap()
}

/// Checks that a version is what SQLite makes of a text.
fn assert_version(history: &History, number: i32, sql: &str) {
    let found = history.versions.iter().find(|v| v.number == number);
    let found = &found.unwrap().schema;
    let differences = compare(&schema_of(sql), found, &CompareOptions::default());
    assert!(differences.is_empty(), "{differences:#?}");
}

/// What is told, each in one line.
fn left_out(imported: &Imported) -> String {
    let lines: Vec<_> = imported.left_out.iter().map(Diagnostic::headline).collect();
    lines.join("\n")
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/import")
        .join(name)
}
