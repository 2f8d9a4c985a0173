//! A project whose two branches have both made version 2.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

pub(crate) const BASE: &str = "-- what there is to do\nCREATE TABLE todos (\n    id    INTEGER PRIMARY KEY,\n    title TEXT NOT NULL\n);\n";
pub(crate) const OURS: &str = "-- what there is to do\nCREATE TABLE todos (\n    id    INTEGER PRIMARY KEY,\n    title TEXT NOT NULL,\n    done  INTEGER NOT NULL DEFAULT 0\n);\n";
pub(crate) const THEIRS: &str = "-- what there is to do\nCREATE TABLE todos (\n    id    INTEGER PRIMARY KEY,\n    title TEXT NOT NULL,\n    due   TEXT\n);\n\n-- who does it\nCREATE TABLE users (id INTEGER PRIMARY KEY);\n";

/// A project with a schemas folder.
pub(crate) struct Project {
    pub(crate) home: TempDir,
}

impl Project {
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("schemas")).unwrap();
        let project = Self { home };
        project.version(BASE, &[]);
        project
    }

    /// The same with one commit on `main`.
    pub(crate) fn in_git() -> Self {
        let project = Self::new();
        for arguments in [
            &["init", "--quiet", "--initial-branch", "main"][..],
            &["config", "user.name", "Someone"],
            &["config", "user.email", "someone@example.com"],
            &["config", "commit.gpgsign", "false"],
            &["config", "core.hooksPath", "/dev/null"],
        ] {
            project.git(arguments);
        }
        project.commit();
        project
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.home.path().join("schemas").join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        run(self.home.path(), arguments)
    }

    pub(crate) fn renumber(&self, arguments: &[&str]) -> (i32, String, String) {
        self.run(&[&["renumber"], arguments].concat())
    }

    /// Makes the next version from this text.
    pub(crate) fn version(&self, schema: &str, arguments: &[&str]) {
        self.write("schema.sql", schema);
        let (code, out, err) = self.run(&[&["make-migrations", "--no-guess"], arguments].concat());
        assert_eq!(code, 0, "{out}{err}");
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> bool {
        let mut command = Command::new("git");
        command
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null");
        let output = of_itself(&mut command, self.home.path()).output().unwrap();
        output.status.success()
    }

    pub(crate) fn commit(&self) {
        assert!(self.git(&["add", "--all"]));
        assert!(self.git(&["commit", "--quiet", "--message", "a version"]));
    }

    /// Ours on `main`, theirs on `theirs`, `main` checked out.
    pub(crate) fn branches(ours: impl Fn(&Self), theirs: impl Fn(&Self)) -> Self {
        let project = Self::in_git();
        project.git(&["checkout", "--quiet", "-b", "theirs"]);
        theirs(&project);
        project.commit();
        project.git(&["checkout", "--quiet", "main"]);
        ours(&project);
        project.commit();
        project
    }

    /// Theirs beside ours, without git.
    pub(crate) fn saved(ours: impl Fn(&Self), theirs: impl Fn(&Self)) -> Self {
        let project = Self::new();
        theirs(&project);
        let mut kept = Vec::new();
        for (name, text) in project.files() {
            if name.starts_with("schema_v2") || name.starts_with("steps/") {
                let (stem, extension) = name.rsplit_once('.').unwrap();
                kept.push((format!("{stem}_theirs.{extension}"), text));
                fs::remove_file(project.path(&name)).unwrap();
            }
        }
        project.write("schema.sql", BASE);
        ours(&project);
        for (name, text) in kept {
            fs::create_dir_all(project.path("steps")).unwrap();
            project.write(&name, &text);
        }
        project
    }

    pub(crate) fn files(&self) -> Vec<(String, String)> {
        let mut files = Vec::new();
        for folder in ["", "steps/"] {
            let Ok(entries) = fs::read_dir(self.path(folder)) else {
                continue;
            };
            for entry in entries
                .map(Result::unwrap)
                .filter(|entry| entry.path().is_file())
            {
                let name = format!("{folder}{}", entry.file_name().to_string_lossy());
                files.push((name.clone(), self.read(&name)));
            }
        }
        files.sort();
        files
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.files().into_iter().map(|(name, _)| name).collect()
    }

    /// A database at version 1 with rows goes through all steps, and is the newest version.
    pub(crate) fn upgrades(&self, newest: &str) {
        let (code, out, err) = self.run(&["check"]);
        assert_eq!((code, &*out), (0, "all is well\n"), "{err}");
        let (code, script, err) = self.run(&["sql", "--from", "1", "--to", newest]);
        assert_eq!(code, 0, "{err}");
        let database = self.home.path().join("app.db");
        let connection = rusqlite::Connection::open(&database).unwrap();
        connection
            .execute_batch(&format!(
                "{BASE} PRAGMA user_version = 1; INSERT INTO todos VALUES (7, 'a');"
            ))
            .unwrap();
        connection.execute_batch(&script).unwrap();
        let (code, out, _) = self.run(&["status", "app.db"]);
        assert_eq!(code, 0, "{out}");
        fs::remove_file(database).unwrap();
    }
}

/// In this folder, and not in the repository whose hook may have started the tests.
fn of_itself<'c>(command: &'c mut Command, home: &Path) -> &'c mut Command {
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(variable);
    }
    command.current_dir(home)
}

fn run(home: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-stepladder"));
    let output = of_itself(command.args(arguments), home).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

pub(crate) fn ours(project: &Project) {
    project.version(OURS, &[]);
}

pub(crate) fn theirs(project: &Project) {
    project.version(THEIRS, &["--rollback", "--accept-all"]);
}

/// The files when all is done.
pub(crate) const RESULT: [&str; 7] = [
    "schema.sql",
    "schema_v1.json",
    "schema_v2.json",
    "schema_v3.json",
    "steps/from1_to2.sql",
    "steps/from2_to3.sql",
    "steps/from3_to2.sql",
];
