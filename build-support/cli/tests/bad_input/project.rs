//! A folder to run the command in.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// All files and folders below a folder: their bytes, and when they were written.
pub(crate) type Tree = BTreeMap<PathBuf, Option<(Vec<u8>, SystemTime)>>;

pub(crate) fn tree(home: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut open = vec![home.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let found = fs::symlink_metadata(&path).unwrap();
            let file =
                (!found.is_dir()).then(|| (fs::read(&path).unwrap(), found.modified().unwrap()));
            tree.insert(path.strip_prefix(home).unwrap().to_owned(), file);
            if found.is_dir() {
                open.push(path);
            }
        }
    }
    tree
}

/// The same without the times.
pub(crate) fn texts(home: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let tree = tree(home).into_iter();
    tree.map(|(path, file)| (path, file.map(|(bytes, _)| bytes)))
        .collect()
}

pub(crate) fn command(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-stepladder"));
    command.args(arguments).current_dir(home);
    command
}

/// Exit code, standard output and standard error.
pub(crate) fn run(home: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = command(home, arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap();
    (code, text(output.stdout), text(output.stderr))
}

pub(crate) const V1: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);\n";
pub(crate) const V2: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);\n";
pub(crate) const V3: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT);\n";

/// Makes `schemas` with a version for each text, and steps in SQL.
pub(crate) fn history(home: &Path, versions: &[&str]) {
    make(home, versions, &["make-migrations"]);
}

/// The same without steps in SQL.
pub(crate) fn history_in_rust(home: &Path, versions: &[&str]) {
    make(home, versions, &["make-migrations", "--rust"]);
}

fn make(home: &Path, versions: &[&str], arguments: &[&str]) {
    fs::create_dir(home.join("schemas")).unwrap();
    for text in versions {
        fs::write(home.join("schemas/schema.sql"), text).unwrap();
        let (code, out, err) = run(home, arguments);
        assert_eq!(code, 0, "{out}{err}");
    }
}
