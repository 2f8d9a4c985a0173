//! What a build script calls.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::cargo;
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::folder::Location;
use crate::fs::write_if_changed;
use crate::generate::generate_at;
use crate::progress::nobody;
use crate::prove::Proven;

/// The configuration of the generator, for `build.rs`.
///
/// ```no_run
/// fn main() -> Result<(), stepladder_build::Error> {
///     stepladder_build::Config::new("schemas").compile()
/// }
/// ```
#[derive(Debug, Clone)]
#[must_use = "call `.compile()`"]
pub struct Config {
    folder: PathBuf,
    name: String,
}

impl Config {
    /// The folder with the snapshots, relative to the package.
    pub fn new(folder: impl AsRef<Path>) -> Self {
        Self {
            folder: folder.as_ref().to_owned(),
            name: "schema".to_owned(),
        }
    }

    /// The name by which the package includes the module, for packages with several databases:
    /// `Config::new("schemas/cache").name("cache")` and `stepladder::include_schema!("cache")`.
    pub fn name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Reads the folder and writes the module to `OUT_DIR`.
    ///
    /// Cargo runs the build script again when a file in the folder changes, is added or removed,
    /// and for no other reason.
    ///
    /// # Errors
    /// All that is wrong in the folder; nothing is written then. Return the error from `main`: its
    /// `Debug` is the report.
    pub fn compile(&self) -> Result<(), Error> {
        let result = self.write();
        if let Err(error) = &result {
            cargo::report(error.diagnostics());
        }
        result
    }

    fn write(&self) -> Result<(), Error> {
        claim(&self.name)?;
        let package = cargo::variable("CARGO_MANIFEST_DIR")?;
        cargo::rerun_if_changed(&self.folder);
        let location = Location {
            dir: package.join(&self.folder),
            ..Location::new(&self.folder)
        };
        // A folder of our own in OUT_DIR: other build helpers write there too.
        let out = cargo::variable("OUT_DIR")?.join("stepladder");
        let proofs = out.join(format!("{}.proven", self.name));
        let known = std::fs::read_to_string(&proofs).unwrap_or_default();
        let generated = generate_at(&location, Proven::read(&known), &nobody)?;
        cargo::report(&generated.warnings);
        write_to(&out, &format!("{}.rs", self.name), &generated.code)?;
        write_to(
            &out,
            &format!("{}.proven", self.name),
            &generated.proven.to_text(),
        )?;
        Ok(())
    }
}

fn write_to(folder: &Path, name: &str, text: &str) -> Result<(), Error> {
    let file = folder.join(name);
    let written = std::fs::create_dir_all(folder).and_then(|()| write_if_changed(&file, text));
    written.map(drop).map_err(|error| {
        let reason = format!("cannot be written: {error}");
        Diagnostic::in_file(file.display().to_string(), reason).into()
    })
}

/// The names that this build script has written already.
static WRITTEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Two modules of one name would be one file, and the first schema would be lost.
fn claim(name: &str) -> Result<(), Error> {
    let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    if written.insert(name.to_owned()) {
        return Ok(());
    }
    Err(
        Diagnostic::in_file("build.rs", format!("two `Config`s have the name `{name}`"))
            .help(
                "give each database a name, `Config::new(..).name(\"cache\")`, and include it by \
                 that name, `stepladder::include_schema!(\"cache\")`",
            )
            .into(),
    )
}
