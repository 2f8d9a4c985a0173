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

    fn left(why: Why, add: String) -> Self {
        Self::Left { why, add }
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
    // Beside the root of the crate.
    let folder = Path::new(root.unwrap_or("src/main.rs")).parent();
    let folder = folder.unwrap_or(Path::new(""));
    let inside = |name: &str| folder.join(name).to_string_lossy().replace('\\', "/");
    let (name, module) = (inside("db.rs"), texts::module());
    let test = texts::test(&package.crate_root, &name);
    let is_ours = read(package, &name)?.as_ref() == Some(&module);
    if let Some(found) = find_included(&package.root.join(folder)).filter(|_| !is_ours) {
        plan.push(inside(&found), State::There);
        return Ok(());
    }
    for taken in [&name, &inside("db/mod.rs")] {
        if !is_ours && read(package, taken)?.is_some() {
            plan.push(taken, State::left(Why::Other, module));
            plan.push(TEST, test_state(package, test, Why::Needs)?);
            return Ok(());
        }
    }
    plan.push(
        name,
        if is_ours {
            State::There
        } else {
            State::New(module)
        },
    );
    if let Some(root) = root {
        plan.push(root, declaration(package, root)?);
    }
    plan.push(TEST, test_state(package, test, Why::Other)?);
    Ok(())
}

const TEST: &str = "tests/migrations.rs";

/// A test is only written where its module is.
fn test_state(package: &Package, text: String, why: Why) -> Result<State, Diagnostic> {
    Ok(match (read(package, TEST)?, why) {
        (Some(found), _) if found.contains("migration_tests!") || found.contains("stepladder") => {
            State::There
        }
        (None, Why::Other) => State::New(text),
        _ => State::left(why, text),
    })
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
        let kind = entry.file_type().ok()?;
        // What cargo has built is not of the package.
        if kind.is_dir() && name != "target" && !name.starts_with('.') {
            let inside = find_included(&entry.path())?;
            return Some(format!("{name}/{inside}"));
        }
        let path = entry.path();
        let is_rust = path.extension().is_some_and(|ending| ending == "rs");
        let text = is_rust.then(|| fs::read_to_string(&path).ok()).flatten()?;
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
