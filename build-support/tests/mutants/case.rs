//! The right histories: those that this project ships, and those that were written for this test.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use stepladder::introspect::introspect;
use stepladder::rusqlite::Connection;
use stepladder::schema::{Entity, Schema};
use stepladder_build::{
    MakeMigrationsOptions, NewContent, generate, make_migrations, make_migrations_with,
};
use tempfile::TempDir;

/// Two versions and the step between them that is to be spoilt.
pub(crate) struct Case {
    pub(crate) name: String,
    /// The schemas that the step leads from and to.
    pub(crate) schemas: [Schema; 2],
    /// The step, as it is right.
    pub(crate) step: String,
    /// Rows by hand for the schema that the step leads from.
    pub(crate) rows: Option<String>,
    folder: TempDir,
    file: PathBuf,
}

impl Case {
    /// `versions` are the two versions; `steps` are the files between them by name, and `mutated`
    /// is the name of the one to be spoilt.
    pub(crate) fn new(
        name: String,
        versions: &[String; 2],
        steps: &BTreeMap<String, String>,
        mutated: &str,
        rows: Option<String>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // A warning would not be seen here.
        let strict = "[lints]\nrowid_renumbered = \"deny\"\n";
        fs::write(folder.path().join("stepladder.toml"), strict).unwrap();
        let rows_alone = MakeMigrationsOptions {
            content: NewContent::Rows,
            ..MakeMigrationsOptions::default()
        };
        let [old, new] = versions;
        fs::write(folder.path().join("schema.sql"), old).unwrap();
        make_migrations(folder.path()).unwrap();
        fs::write(folder.path().join("schema.sql"), new).unwrap();
        if old == new {
            make_migrations_with(folder.path(), &rows_alone).unwrap();
        } else {
            make_migrations(folder.path()).unwrap();
        }
        fs::create_dir(folder.path().join("steps")).unwrap();
        for (step, text) in steps {
            fs::write(folder.path().join("steps").join(step), text).unwrap();
        }
        let mut schemas = [schema(&versions[0]), schema(&versions[1])];
        if mutated == ROLLBACK {
            schemas.reverse();
        }
        Self {
            name,
            schemas,
            step: steps[mutated].clone(),
            rows,
            file: folder.path().join("steps").join(mutated),
            folder,
        }
    }

    /// What the build says about a text in the place of the step; `None` where nothing is wrong.
    pub(crate) fn build(&self, text: &str) -> Option<String> {
        fs::write(&self.file, text).unwrap();
        let built = generate(self.folder.path());
        built.err().map(|error| error.to_string())
    }
}

pub(crate) const STEP: &str = "from1_to2.sql";
const ROLLBACK: &str = "from2_to1.sql";

pub(crate) fn schema(sql: &str) -> Schema {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(sql).unwrap();
    introspect(&connection).unwrap()
}

/// The histories in `histories/`: `v1.sql`, `v2.sql`, the step, a rollback, and rows by hand.
pub(crate) fn written() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mutants/histories");
    let mut cases = Vec::new();
    for folder in sorted(&folder) {
        let read = |name: &str| fs::read_to_string(folder.join(name)).ok();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let versions = [read("v1.sql").unwrap(), read("v2.sql").unwrap()];
        let steps: BTreeMap<_, _> = [STEP, ROLLBACK]
            .into_iter()
            .filter_map(|step| Some((step.to_owned(), read(step)?)))
            .collect();
        for (mutated, rows) in [(STEP, "rows1.sql"), (ROLLBACK, "rows2.sql")] {
            if steps.contains_key(mutated) {
                let name = match mutated {
                    ROLLBACK => format!("{name}, back"),
                    _ => name.clone(),
                };
                cases.push(Case::new(name, &versions, &steps, mutated, read(rows)));
            }
        }
    }
    cases
}

/// The steps in SQL of the sample histories, two versions a time: a later snapshot holds the
/// fingerprint of a shipped step, which would reject each mutant for that alone.
pub(crate) fn samples() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    let mut cases = Vec::new();
    for folder in sorted(&folder) {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let history = stepladder_build::load(&folder).unwrap();
        for pair in history.versions.windows(2) {
            let Some(step) = history.steps.get(&pair[0].number) else {
                continue;
            };
            // The oracle cannot call into Rust.
            if step.text.contains("-- stepladder: call ") {
                continue;
            }
            let versions = [&pair[0], &pair[1]].map(|version| {
                let entities = version.schema.entities.iter();
                let statements: Vec<_> = entities.map(Entity::sql).collect();
                statements.join(";\n") + ";\n"
            });
            let name = format!("{name} {}", pair[0].number);
            let steps = BTreeMap::from([(STEP.to_owned(), step.text.to_string())]);
            cases.push(Case::new(name, &versions, &steps, STEP, None));
        }
    }
    cases
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
