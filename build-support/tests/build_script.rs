//! A package with a build script, built by cargo: what reruns, what does not, and what a user sees.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

struct Package {
    root: PathBuf,
}

struct Built {
    success: bool,
    stderr: String,
}

impl Package {
    /// A package of its own beside the workspace. It shares the target folder, so that SQLite is
    /// not compiled again.
    fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("src")).unwrap();
        let package = Self { root };
        let workspace = workspace();
        fs::copy(
            workspace.join("Cargo.lock"),
            package.root.join("Cargo.lock"),
        )
        .unwrap();
        let path = workspace.display();
        package.write(
            "Cargo.toml",
            &format!(
                r#"[package]
name = "{name}"
version = "0.0.0"
edition = "2024"
[dependencies]
rusqlite = {{ version = ">=0.28, <0.42", default-features = false, features = ["bundled"] }}
stepladder = {{ path = '{path}' }}
[build-dependencies]
stepladder-build = {{ path = '{path}/build-support' }}
[workspace]
"#
            ),
        );
        package.write(
            "build.rs",
            "fn main() -> Result<(), stepladder_build::Error> {\n    \
             stepladder_build::Config::new(\"db/schemas\").compile()\n}\n",
        );
        package.write(
            "src/main.rs",
            "mod schema { stepladder::include_schema!(); }\n\
             use schema::MigrationSteps;\n\
             struct Steps;\n\
             impl MigrationSteps for Steps {}\n\
             fn main() {\n    \
                 let _ = schema::migration_steps(Steps);\n    \
                 print!(\"{}\", schema::history().latest_version());\n}\n",
        );
        package
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn cargo(&self, arguments: &[&str]) -> Built {
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .args(["--offline", "--color=never"])
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", workspace_target())
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap();
        Built {
            success: output.status.success(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn build(&self) -> Built {
        self.cargo(&["build", "-v"])
    }

    fn version(&self) -> String {
        let name = self.root.file_name().unwrap();
        let binary = workspace_target().join("debug").join(name);
        String::from_utf8(Command::new(binary).output().unwrap().stdout).unwrap()
    }

    /// The files of the package.
    fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<_> = walkdir::WalkDir::new(&self.root)
            .into_iter()
            .map(|entry| entry.unwrap().into_path())
            .collect();
        files.sort();
        files
    }
}

impl Built {
    /// Whether cargo ran the build script of the package.
    fn ran_build_script(&self, package: &Package) -> bool {
        let name = package.root.file_name().unwrap().to_str().unwrap();
        self.stderr.lines().any(|line| {
            line.trim_start().starts_with("Running")
                && line.contains(&format!("build/{name}-"))
                && line.contains("build-script-build")
        })
    }
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn workspace_target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .unwrap()
        .to_owned()
}

const V1: &str = "CREATE TABLE todos (id INTEGER PRIMARY KEY, title TEXT NOT NULL);\n";
const V2: &str =
    "CREATE TABLE todos (id INTEGER PRIMARY KEY, title TEXT NOT NULL, due_date TEXT);\n";

#[test]
fn cargo_rebuilds_when_the_folder_changes_and_at_no_other_time() {
    let package = Package::new("rebuilt");
    let schemas = package.root.join("db/schemas");
    package.write("db/schemas/schema.sql", V1);
    stepladder_build::make_migrations(&schemas).unwrap();

    let before = package.files();
    let built = package.build();
    assert!(built.success, "{}", built.stderr);
    assert_eq!(package.version(), "1");
    // Only OUT_DIR is written; cargo itself brings its lock file up to date.
    assert_eq!(before, package.files());

    // Nothing changed, then something that is no schema.
    assert!(!package.build().ran_build_script(&package));
    let main = fs::read_to_string(package.root.join("src/main.rs")).unwrap();
    package.write("src/main.rs", &format!("{main}// touched\n"));
    let built = package.build();
    assert!(
        built.success && !built.ran_build_script(&package),
        "{}",
        built.stderr
    );

    // A new snapshot is noticed, and the missing step is rustc's to tell.
    package.write("db/schemas/schema.sql", V2);
    stepladder_build::make_migrations(&schemas).unwrap();
    let built = package.build();
    assert!(!built.success);
    for expected in [
        "E0046",
        "missing: `from1_to2`",
        "impl MigrationSteps for Steps",
    ] {
        assert!(built.stderr.contains(expected), "{}", built.stderr);
    }

    // So is a new file in a folder that was not there before.
    package.write(
        "db/schemas/steps/from1_to2.sql",
        "ALTER TABLE todos ADD COLUMN due_date TEXT;\n",
    );
    let built = package.build();
    assert!(built.success, "{}", built.stderr);
    assert_eq!(package.version(), "2");

    // An edited step is generated anew, in well under a second.
    package.write(
        "db/schemas/steps/from1_to2.sql",
        "ALTER TABLE todos ADD COLUMN due_date TEXT DEFAULT NULL;\n",
    );
    let start = Instant::now();
    let built = package.build();
    println!("an edited step: built in {:?}", start.elapsed());
    assert!(
        built.success && built.ran_build_script(&package),
        "{}",
        built.stderr
    );
}

#[test]
fn a_broken_folder_fails_the_build_with_the_place() {
    let package = Package::new("broken");
    let schemas = package.root.join("db/schemas");
    package.write("db/schemas/schema.sql", V1);
    stepladder_build::make_migrations(&schemas).unwrap();
    package.write("db/schemas/schema.sql", V2);
    stepladder_build::make_migrations(&schemas).unwrap();
    package.write(
        "db/schemas/steps/from1_to2.sql",
        "ALTER TABLE todos\nADD COLUMN due date TEXT NOT;\n",
    );
    let built = package.build();
    assert!(!built.success);
    // The headline, which cargo shows first, and the report below it.
    for expected in [
        "error: broken@0.0.0: db/schemas/steps/from1_to2.sql:2:",
        "--> db/schemas/steps/from1_to2.sql:2:",
        "ADD COLUMN due date TEXT NOT",
    ] {
        assert!(
            built.stderr.contains(expected),
            "{expected}\n{}",
            built.stderr
        );
    }
    assert!(!built.stderr.contains("panicked"), "{}", built.stderr);
}
