//! Drafts of steps: from two schemas to a file that is proven.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes the texts"
)]

mod in_place;
mod places;
mod renames;
mod rows;
mod splits;
mod types;

use std::fs;
use std::path::PathBuf;

use stepladder_build::{
    Error, Guess, MakeMigrations, MakeMigrationsOptions, NewStep, Places, Written, check,
    make_migrations, make_migrations_with,
};
use tempfile::TempDir;

/// A schemas folder with one version, and the schema of the next one.
struct Project {
    _home: TempDir,
    schemas: PathBuf,
}

impl Project {
    fn new(old: &str, new: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let schemas = home.path().join("schemas");
        fs::create_dir(&schemas).unwrap();
        let project = Self {
            _home: home,
            schemas,
        };
        project.write("schema.sql", old);
        make_migrations(&project.schemas).unwrap();
        project.write("schema.sql", new);
        project
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.schemas.join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.schemas.join(name)).unwrap()
    }

    fn make(&self, options: &MakeMigrationsOptions) -> Result<Written, Error> {
        match make_migrations_with(&self.schemas, options)? {
            MakeMigrations::Written(written) => Ok(written),
            MakeMigrations::Unchanged { version } => panic!("unchanged since {version}"),
        }
    }

    /// The draft of the step, which is proven once more.
    fn draft(&self, options: &MakeMigrationsOptions) -> String {
        let written = self.make(options).unwrap();
        let reasons: Vec<_> = (written.not_drafted.iter())
            .map(|reason| format!("{}: {:?}", reason.headline(), reason.notes))
            .collect();
        assert_eq!(reasons, Vec::<String>::new());
        if options.places == Places::Accept {
            check(&self.schemas).unwrap();
        }
        self.read("steps/from1_to2.sql")
    }
}

/// A draft with these renames and no others, with the obvious default in each place.
fn renaming(renames: &[&str]) -> MakeMigrationsOptions {
    MakeMigrationsOptions {
        step: NewStep::Sql,
        renames: renames.iter().map(|&rename| rename.to_owned()).collect(),
        guess: Guess::No,
        places: Places::Accept,
        ..MakeMigrationsOptions::default()
    }
}
