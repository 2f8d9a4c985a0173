//! A package beside the workspace, built by cargo.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) struct Package {
    pub(crate) root: PathBuf,
}

pub(crate) struct Built {
    pub(crate) success: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Package {
    /// A folder of its own beside the workspace, with the lock file of the workspace.
    pub(crate) fn empty(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("src")).unwrap();
        fs::copy(workspace().join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
        Self { root }
    }

    /// A package with a build script and a trait without a method.
    pub(crate) fn new(name: &str) -> Self {
        let package = Self::empty(name);
        let path = workspace();
        let path = path.display();
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

    pub(crate) fn add_dependencies(&self, lines: &str) {
        self.edit_manifest("[dependencies]\n", &format!("[dependencies]\n{lines}"));
    }

    /// A feature of stepladder.
    pub(crate) fn add_feature(&self, feature: &str) {
        let end = format!("{}' }}\n", workspace().display());
        let with = end.replace(" }", &format!(", features = [\"{feature}\"] }}"));
        self.edit_manifest(&end, &with);
    }

    fn edit_manifest(&self, from: &str, to: &str) {
        let manifest = fs::read_to_string(self.root.join("Cargo.toml")).unwrap();
        assert!(manifest.contains(from), "{manifest}");
        self.write("Cargo.toml", &manifest.replacen(from, to, 1));
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs cargo with the target folder of the workspace, so that SQLite is not compiled again.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Built {
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
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn build(&self) -> Built {
        self.cargo(&["build", "-v"])
    }

    /// What the program says; those of most tests say the version of their database.
    pub(crate) fn version(&self) -> String {
        let name = self.root.file_name().unwrap();
        let binary = workspace_target().join("debug").join(name);
        String::from_utf8(Command::new(binary).output().unwrap().stdout).unwrap()
    }

    /// The files of the package.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
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
    pub(crate) fn ran_build_script(&self, package: &Package) -> bool {
        let name = package.root.file_name().unwrap().to_str().unwrap();
        self.stderr.lines().any(|line| {
            line.trim_start().starts_with("Running")
                && line.contains(&format!("build/{name}-"))
                && line.contains("build-script-build")
        })
    }
}

pub(crate) fn workspace() -> PathBuf {
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
