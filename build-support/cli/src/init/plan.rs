//! What `init` writes, and what it leaves alone: all of it decided before anything is written.

use std::fs;
use std::path::Path;

use stepladder_build::Error;
use stepladder_build::diagnostic::Diagnostic;

use super::added::added;
use super::manifest::with_dependencies;
use super::module::{Declared, declare};
use super::package::{CrateRoot, Package};
use super::schemas::{self, Schemas};
use super::texts;

/// All of it, in the order in which it is shown.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) files: Vec<Planned>,
    /// What to do afterwards.
    pub(crate) next: Vec<String>,
}

/// A file of the package, by its path in it.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) name: String,
    pub(crate) state: State,
}

#[derive(Debug)]
pub(crate) enum State {
    New(String),
    Changed {
        text: String,
        added: Vec<String>,
    },
    /// It has what it needs.
    There,
    /// It is somebody's work, and this has to go into it.
    Left {
        why: Why,
        add: String,
    },
}

/// Why a file is left alone.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Why {
    /// It has another content.
    Other,
    /// Its place for a line is not clear.
    Unclear,
    /// It needs a module that is left alone.
    Needs,
}

impl Plan {
    pub(crate) fn is_nothing(&self) -> bool {
        self.files.iter().all(|file| file.state.text().is_none())
    }

    fn push(&mut self, name: impl Into<String>, state: State) {
        let name = name.into();
        if let State::Left { .. } = state {
            self.next
                .push(format!("add what is shown above to `{name}`"));
        }
        self.files.push(Planned { name, state });
    }
}

impl State {
    /// What is to be written.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::New(text) | Self::Changed { text, .. } => Some(text),
            Self::There | Self::Left { .. } => None,
        }
    }

    /// Why the file is left alone.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Left { why, .. } => match why {
                Why::Other => "it is yours, so add to it".to_owned(),
                Why::Unclear => "the place is yours to choose, so add to it".to_owned(),
                Why::Needs => "once the module `db` has the above, write to it".to_owned(),
            },
            Self::New(_) | Self::Changed { .. } | Self::There => String::new(),
        }
    }

    fn changed(old: &str, text: String) -> Self {
        if old == text {
            return Self::There;
        }
        let added = added(old, &text).into_iter().map(str::to_owned).collect();
        Self::Changed { text, added }
    }
}

/// Decides what becomes of each file.
///
/// # Errors
/// What keeps any of it from being done.
pub(crate) fn plan(package: &Package, schemas: Option<&Path>) -> Result<Plan, Error> {
    let mut plan = Plan::default();
    let manifest = with_dependencies(package)?;
    plan.push("Cargo.toml", State::changed(&package.text, manifest));
    let schemas = schemas::plan(package, schemas)?;
    plan.push(package.build_script(), build_script(package, &schemas)?);
    for (name, text) in &schemas.new {
        plan.push(name.as_str(), State::New(text.clone()));
    }
    if schemas.new.is_empty() {
        plan.push(format!("{}/", schemas.in_package), State::There);
    }
    module(package, &mut plan)?;
    if !plan.is_nothing() {
        plan.next.extend(next(package, &schemas));
    }
    Ok(plan)
}

fn next(package: &Package, schemas: &Schemas) -> Vec<String> {
    let mut next = Vec::new();
    if schemas.has_example {
        let schema = format!("{}/schema.sql", schemas.in_package);
        next.push(format!(
            "put your tables in the place of the example in `{schema}`, and run `{} --amend`",
            schemas.make_migrations()
        ));
    }
    next.push("`cargo test`, then commit all of it".to_owned());
    next.push(match package.crate_root {
        CrateRoot::Library { .. } | CrateRoot::Binary { .. } => {
            "open the database of the app with `db::open(path)`".to_owned()
        }
        CrateRoot::None => "in the program, `#[path = \"../db.rs\"] mod db;`, and open the \
                            database with `db::open(path)`"
            .to_owned(),
    });
    next
}

fn build_script(package: &Package, schemas: &Schemas) -> Result<State, Diagnostic> {
    let name = package.build_script();
    let Some(text) = read(package, name)? else {
        return Ok(State::New(texts::build_script(&schemas.in_package)));
    };
    if text.contains("stepladder_build::") {
        return Ok(State::There);
    }
    let add = texts::build_script(&schemas.in_package);
    Ok(State::Left {
        why: Why::Other,
        add,
    })
}

/// The module with the database, its declaration, and its test.
fn module(package: &Package, plan: &mut Plan) -> Result<(), Diagnostic> {
    let root = match &package.crate_root {
        CrateRoot::Library { file, .. } | CrateRoot::Binary { file } => Some(file.as_str()),
        CrateRoot::None => None,
    };
    let folder = root
        .and_then(|root| root.rsplit_once('/'))
        .map_or("src", |(folder, _)| folder);
    let name = format!("{folder}/db.rs");
    let test = "tests/migrations.rs";
    let test_text = texts::test(&package.crate_root, &name);
    if let Some(module) = find_included(&package.root.join(folder)) {
        plan.push(format!("{folder}/{module}"), State::There);
        if read(package, test)?.is_some() {
            plan.push(test, State::There);
        }
        return Ok(());
    }
    let add = texts::module();
    let taken = [name.clone(), format!("{folder}/db/mod.rs")];
    for taken in taken {
        if read(package, &taken)?.is_some() {
            plan.push(
                taken,
                State::Left {
                    why: Why::Other,
                    add,
                },
            );
            if read(package, test)?.is_none() {
                let why = Why::Needs;
                plan.push(
                    test,
                    State::Left {
                        why,
                        add: test_text,
                    },
                );
            }
            return Ok(());
        }
    }
    plan.push(name, State::New(add));
    if let Some(root) = root {
        plan.push(root, declaration(package, root)?);
    }
    let test_state = match read(package, test)? {
        None => State::New(test_text),
        Some(_) => State::Left {
            why: Why::Other,
            add: test_text,
        },
    };
    plan.push(test, test_state);
    Ok(())
}

fn declaration(package: &Package, root: &str) -> Result<State, Diagnostic> {
    let line = match package.crate_root {
        CrateRoot::Library { .. } => "pub mod db;",
        CrateRoot::Binary { .. } | CrateRoot::None => "mod db;",
    };
    let text = read(package, root)?.unwrap_or_default();
    Ok(match declare(&text, line) {
        Declared::Added(new) => State::changed(&text, new),
        Declared::Already => State::There,
        Declared::Unclear => State::Left {
            why: Why::Unclear,
            add: line.to_owned(),
        },
    })
}

/// The file below a folder that includes a generated module already.
fn find_included(folder: &Path) -> Option<String> {
    let mut names: Vec<_> = fs::read_dir(folder).ok()?.filter_map(Result::ok).collect();
    names.sort_by_key(fs::DirEntry::file_name);
    names.into_iter().find_map(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            return Some(format!("{name}/{}", find_included(&entry.path())?));
        }
        let is_rust = Path::new(&name)
            .extension()
            .is_some_and(|ending| ending == "rs");
        let text = is_rust
            .then(|| fs::read_to_string(entry.path()).ok())
            .flatten()?;
        text.contains("include_schema!").then_some(name)
    })
}

/// The text of a file of the package, where there is one.
pub(crate) fn read(package: &Package, name: &str) -> Result<Option<String>, Diagnostic> {
    match fs::read_to_string(package.root.join(name)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(
            Diagnostic::in_file(name, format!("`{name}` cannot be read: {error}"))
                .help("look whether it is a file with text that may be read"),
        ),
    }
}
