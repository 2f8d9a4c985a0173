//! The way of a schemas folder from version to version.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]

use std::fs;
use std::path::{Path, PathBuf};

use stepladder_build::diagnostic::Diagnostic;
use stepladder_build::{MakeMigrations, Written, load, make_migrations};
use tempfile::TempDir;

const FIRST: &str = "CREATE TABLE todos (\n  id INTEGER PRIMARY KEY,\n  title TEXT NOT NULL\n);\n";

struct Project {
    _home: TempDir,
    schemas: PathBuf,
}

impl Project {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let schemas = home.path().join("schemas");
        fs::create_dir_all(schemas.join("steps")).unwrap();
        let project = Self {
            _home: home,
            schemas,
        };
        project.write("schema.sql", FIRST);
        project
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.schemas.join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.schemas.join(name)).unwrap()
    }

    fn make(&self) -> Written {
        match make_migrations(&self.schemas).unwrap() {
            MakeMigrations::Written(written) => written,
            MakeMigrations::Unchanged { version } => panic!("unchanged since {version}"),
        }
    }

    fn add_column(&self, name: &str) -> Written {
        let schema = self.read("schema.sql");
        let added = format!("NOT NULL,\n  {name} INTEGER\n);");
        self.write(
            "schema.sql",
            &schema.replacen("NOT NULL\n);", &added, 1).replacen(
                "INTEGER\n);",
                "INTEGER NOT NULL\n);",
                1,
            ),
        );
        self.make()
    }

    fn headlines(&self) -> Vec<String> {
        let error = load(&self.schemas).map(|_| ()).unwrap_err();
        error
            .diagnostics()
            .iter()
            .map(Diagnostic::headline)
            .collect()
    }
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn the_first_version() {
    let project = Project::new();
    assert_eq!(
        project.headlines(),
        ["schemas: the folder `schemas` has no snapshot yet"]
    );
    let written = project.make();
    assert_eq!((written.version, written.previous), (1, None));
    assert_eq!(written.shown, "schemas/schema_v1.json");
    assert_eq!(written.file, project.schemas.join("schema_v1.json"));
    assert_eq!(
        names(&project.schemas),
        ["schema.sql", "schema_v1.json", "steps"]
    );
    let history = load(&project.schemas).unwrap();
    assert_eq!(history.versions[0].number, 1);
    assert_eq!(history.versions[0].schema.tables().count(), 1);
    assert_eq!(history.versions[0].snapshot.parent, None);
}

#[test]
fn nothing_has_changed() {
    let project = Project::new();
    project.make();
    // Comments, white space, line endings and capital letters do not count.
    let same =
        "create table TODOS(\r\n id integer primary key, -- the key\r\n title text not null)";
    project.write("schema.sql", same);
    let before = project.read("schema_v1.json");
    let unchanged = MakeMigrations::Unchanged { version: 1 };
    assert_eq!(make_migrations(&project.schemas).unwrap(), unchanged);
    assert_eq!(project.read("schema_v1.json"), before);
    assert!(load(&project.schemas).is_ok());
}

#[test]
fn line_endings_do_not_count_even_in_texts() {
    let project = Project::new();
    let lines = "CREATE TABLE todos (\n  title TEXT DEFAULT 'one\ntwo' -- a\n);\n";
    project.write("schema.sql", &lines.replace('\n', "\r\n"));
    project.make();
    load(&project.schemas).unwrap();
    project.write("schema.sql", lines);
    load(&project.schemas).unwrap();
    let snapshot = project.read("schema_v1.json");
    assert!(!snapshot.contains("\\r"), "{snapshot}");
}

#[test]
fn further_versions_pin_what_was_before() {
    let project = Project::new();
    project.make();
    let second = project.add_column("done");
    assert_eq!((second.version, second.previous), (2, Some(1)));
    assert_eq!(second.differences, ["column `todos.done` is new"]);
    // Until version 3 is made the step is free to change.
    project.write("steps/from1_to2.sql", "SELECT 1;");
    load(&project.schemas).unwrap();
    project.write(
        "steps/from1_to2.sql",
        "ALTER TABLE todos ADD done INTEGER NOT NULL;",
    );
    load(&project.schemas).unwrap();
    project.add_column("due");
    project.write(
        "steps/from2_to3.sql",
        "ALTER TABLE todos ADD due INTEGER NOT NULL;",
    );
    project.write("steps/from3_to2.sql", "ALTER TABLE todos DROP due;");

    let history = load(&project.schemas).unwrap();
    let parents: Vec<_> = history
        .versions
        .iter()
        .map(|version| version.snapshot.parent.as_ref())
        .map(|parent| parent.map(|parent| (parent.version, parent.step.is_some())))
        .collect();
    assert_eq!(parents, [None, Some((1, false)), Some((2, true))]);
    assert_eq!(history.steps.keys().collect::<Vec<_>>(), [&1, &2]);
    assert_eq!(history.rollbacks.keys().collect::<Vec<_>>(), [&3]);

    project.write(
        "steps/from1_to2.sql",
        "-- harmless\nalter table todos add done integer not null",
    );
    load(&project.schemas).unwrap();
    project.write("steps/from1_to2.sql", "ALTER TABLE todos ADD done INTEGER;");
    let headlines = project.headlines();
    assert_eq!(headlines.len(), 1);
    assert!(headlines[0].contains("has changed since `schemas/schema_v3.json` was made"));
}

#[test]
fn a_broken_chain_gets_no_new_version() {
    let project = Project::new();
    project.make();
    project.add_column("done");
    project.write("schema.sql", "CREATE TABLE other (x);");
    let broken = project.read("schema_v1.json").replace("NOT NULL", "");
    project.write("schema_v1.json", &broken);
    let error = make_migrations(&project.schemas).unwrap_err();
    assert_eq!(error.diagnostics().len(), 1);
    assert_eq!(&*error.diagnostics()[0].path, "schemas/schema_v1.json");
    assert_eq!(
        names(&project.schemas),
        ["schema.sql", "schema_v1.json", "schema_v2.json", "steps"]
    );
}

#[test]
fn a_change_of_a_declared_type_is_a_new_version() {
    let project = Project::new();
    project.make();
    project.write("schema.sql", &FIRST.replace("TEXT", "VARCHAR(20)"));
    let written = project.make();
    assert_eq!(written.version, 2);
    assert_eq!(written.differences.len(), 1);
    load(&project.schemas).unwrap();
}

#[test]
fn an_empty_schema_is_no_first_version() {
    let project = Project::new();
    project.write("schema.sql", "-- to do\n");
    let error = make_migrations(&project.schemas).unwrap_err();
    assert_eq!(
        error.diagnostics()[0].headline(),
        "schemas/schema.sql: `schemas/schema.sql` creates nothing"
    );
    // Later it may be: everything was dropped.
    project.write("schema.sql", FIRST);
    project.make();
    project.write("schema.sql", "-- all gone\n");
    assert_eq!(project.make().differences, ["table `todos` is gone"]);
}

#[test]
fn numbers_may_jump_and_end() {
    let project = Project::new();
    project.make();
    let last = project
        .read("schema_v1.json")
        .replace("\"version\": 1", "\"version\": 2147483647");
    fs::remove_file(project.schemas.join("schema_v1.json")).unwrap();
    project.write("schema_v2147483647.json", &last);
    load(&project.schemas).unwrap();
    project.write("schema.sql", "CREATE TABLE other (x);");
    let error = make_migrations(&project.schemas).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("there is no version after 2147483647")
    );
}

#[test]
fn what_is_created_twice_or_with_quotes_is_read_back() {
    let project = Project::new();
    project.write(
        "schema.sql",
        "CREATE TABLE IF NOT EXISTS main.\"Odd \"\"name\" (\"a b\" TEXT DEFAULT 'it''s\n two lines');\r\n\
         CREATE VIRTUAL TABLE notes USING fts5(body);\n\
         CREATE TRIGGER IF NOT EXISTS main.tr AFTER INSERT ON \"Odd \"\"name\" BEGIN\r\n\
           INSERT INTO notes (body) VALUES (new.\"a b\"); SELECT CASE 1 WHEN 1 THEN 2 END;\r\n\
         END;\n\
         CREATE UNIQUE INDEX i ON \"Odd \"\"name\" (\"a b\" COLLATE NOCASE DESC) WHERE \"a b\" <> '';\n\
         CREATE VIEW v (x) AS SELECT \"a b\" FROM \"Odd \"\"name\";\n",
    );
    project.make();
    let history = load(&project.schemas).unwrap();
    let names: Vec<_> = history.versions[0]
        .snapshot
        .entities
        .iter()
        .map(|entity| (entity.kind.to_string(), entity.name.clone()))
        .collect();
    assert_eq!(names.len(), 5, "{names:?}");
    assert!(!project.read("schema_v1.json").contains("\\r"));
}
