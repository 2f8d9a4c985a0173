//! The package that a schemas folder belongs to: what its Rust code says of the versions.

use std::fs;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

/// How many folders above a schemas folder its package may be: `db/schemas`, `src/db/schemas`.
const HEIGHT: usize = 3;

/// The Rust code of a package, without the lines that are comments.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Beside {
    code: String,
    /// What is in `tests/`.
    tests: String,
}

/// The folder of the package of a schemas folder.
pub(crate) fn root(schemas: &Path) -> Option<PathBuf> {
    let schemas = schemas.canonicalize().ok()?;
    let mut above = schemas.ancestors().skip(1).take(HEIGHT);
    let root = above.find(|folder| folder.join("Cargo.toml").is_file())?;
    Some(root.to_owned())
}

impl Beside {
    /// The package of a folder; `None` where there is none whose build script generates the schema.
    pub(crate) fn of(schemas: &Path) -> Option<Self> {
        let beside = Self::read(&root(schemas)?);
        beside.code.contains("stepladder_build").then_some(beside)
    }

    fn read(root: &Path) -> Self {
        let is_part = |entry: &DirEntry| {
            let name = entry.file_name().to_string_lossy();
            let is_other_package = entry.path().join("Cargo.toml").is_file();
            entry.depth() == 0 || !(name.starts_with('.') || name == "target" || is_other_package)
        };
        let mut beside = Self::default();
        let entries = WalkDir::new(root).sort_by_file_name().into_iter();
        for entry in entries.filter_entry(is_part).filter_map(Result::ok) {
            let path = entry.path();
            if path.extension().is_none_or(|ending| ending != "rs") {
                continue;
            }
            let Ok(text) = fs::read_to_string(path) else {
                continue;
            };
            let inside = path.strip_prefix(root).unwrap_or(path);
            let is_test = inside.starts_with("tests");
            for line in text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
            {
                let tests = is_test.then_some(&mut beside.tests);
                for part in [Some(&mut beside.code), tests].into_iter().flatten() {
                    part.push_str(line);
                    part.push('\n');
                }
            }
        }
        beside
    }

    /// Whether there is a method for a step.
    pub(crate) fn has_method(&self, from: i32, to: i32) -> bool {
        has_word(&self.code, &format!("fn from{from}_to{to}"))
    }

    /// Whether a test starts from the version, or names it.
    pub(crate) fn tests_version(&self, version: i32) -> bool {
        let all = ["migration_tests!", "history().versions()"];
        self.code.contains(all[0])
            || self.tests.contains(all[1])
            || has_word(&self.tests, &format!("v{version}"))
            || ["at", "start_at", "schema_at"].iter().any(|method| {
                let call = format!("{method}({version}");
                has_word(&self.tests, &call)
            })
    }
}

/// Whether a text has these words, and not as a part of longer ones.
pub(crate) fn has_word(text: &str, words: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(words).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + words.len()..].chars().next();
        !before.is_some_and(is_name) && !after.is_some_and(is_name)
    })
}

#[cfg(test)]
mod tests {
    use super::{Beside, has_word};

    #[test]
    fn words_are_whole() {
        assert!(has_word("fn from1_to2(&mut self)", "fn from1_to2"));
        assert!(!has_word("fn from1_to20(&mut self)", "fn from1_to2"));
        assert!(!has_word("rev2", "v2") && !has_word("v21", "v2"));
        assert!(has_word("v21 v2::t", "v2"));
    }

    #[test]
    fn only_the_code_of_the_package_counts() {
        let home = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = home.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        let schemas = home.path().join("db/schemas");
        std::fs::create_dir_all(&schemas).unwrap();
        assert_eq!(Beside::of(&schemas), None);
        write("Cargo.toml", "[package]\n");
        // Its build script is about something else.
        assert_eq!(Beside::of(&schemas), None);
        write("build.rs", "stepladder_build::Config::new(\"db/schemas\")");
        write("src/db.rs", "fn from1_to2() {}\n// fn from2_to3() {}\nv7");
        write("other/Cargo.toml", "[package]\n");
        write("other/src/lib.rs", "fn from3_to4() {}\n");
        write("tests/a.rs", "history.at(2)?; v3::todos");
        let beside = Beside::of(&schemas).unwrap();
        let methods = [1, 2, 3].map(|from| beside.has_method(from, from + 1));
        assert_eq!(methods, [true, false, false]);
        let tested = [1, 2, 3, 7].map(|version| beside.tests_version(version));
        assert_eq!(tested, [false, true, true, false]);
        write("src/main.rs", "mod tests { migration_tests!(strategy()); }");
        assert!(Beside::of(&schemas).unwrap().tests_version(7));
    }
}
