//! The steps that are methods in Rust, as a start to write them.

use std::fmt::Write as _;
use std::path::Path;

use stepladder::sql::names_equal;

use crate::check_names::check_names;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::draft::{Rename, Renames};
use crate::draft_from::{no_way, pinned_by};
use crate::draft_steps::Guess;
use crate::emit::{Input, Step, StepBody, skeleton};
use crate::error::Error;
use crate::folder::{Location, step_name};
use crate::generate::{incomparable, plan_rollbacks, steps_and_renames};
use crate::history::{History, Version};
use crate::load::load_at;
use crate::names::Names;
use crate::plan::{ColumnRename, RequiredColumn, StepPlan};
use crate::source::SourceFile;

/// A method of `MigrationSteps`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RustMethod {
    /// The version from which it starts.
    pub from: i32,
    /// The version to which it leads.
    pub to: i32,
    /// The method, with a call for each change.
    pub text: String,
    /// What these calls take for granted, and what they delete; empty where there is nothing to say.
    pub about: String,
}

/// The methods of the steps that have no file of SQL, and of the rollbacks that have to be there; of
/// those that start from some versions only, or of all where none is named. `renames` are those that
/// the author knows of.
///
/// # Errors
/// All that is wrong in the folder, a version from which no method starts, and a rename that is none.
pub fn rust_methods(
    dir: &Path,
    from: &[i32],
    renames: &[String],
    guess: Guess,
) -> Result<Vec<RustMethod>, Error> {
    let location = Location::new(dir);
    let history = load_at(&location)?;
    let methods = methods_of((&location, &history), from, renames, guess)?;
    let mut errors = Diagnostics::default();
    for version in from {
        if !methods.iter().any(|method| method.from == *version) {
            errors.push_some(match history.steps.get(version) {
                Some(file) => Some(in_sql(&history, *version, file)),
                None => no_way(&location, &history, *version),
            });
        }
    }
    errors.barrier()?;
    Ok(methods)
}

/// The methods of the step between two versions, and of its rollback where that has to be there.
///
/// # Errors
/// Those of [`rust_methods`].
pub fn new_rust_methods(
    dir: &Path,
    versions: [i32; 2],
    renames: &[String],
    guess: Guess,
) -> Result<Vec<RustMethod>, Error> {
    let location = Location::new(dir);
    let history = load_at(&location)?;
    methods_of((&location, &history), &versions, renames, guess)
}

fn in_sql(history: &History, version: i32, file: &SourceFile) -> Diagnostic {
    let path = &*file.path;
    let message = format!("the step from version {version} is in SQL, and so it has no method");
    let diagnostic = Diagnostic::in_file(path, message);
    match pinned_by(history, version) {
        Some(later) => diagnostic.help(format!(
            "version {} was made behind it, so it stays as it is: leave out `--from {version}`",
            later.number
        )),
        None => diagnostic.help(format!(
            "if it is to be a method, move it aside first: `mv {path} {path}.before`"
        )),
    }
}

fn methods_of(
    (location, history): (&Location, &History),
    from: &[i32],
    renames: &[String],
    guess: Guess,
) -> Result<Vec<RustMethod>, Error> {
    let names = Names::new(&history.settings);
    let mut errors = Diagnostics::default();
    check_names(history, &names, &mut errors);
    errors.barrier()?;
    let (steps, recorded) = steps_and_renames(location, history)?;
    let input = Input {
        folder: &location.shown,
        history,
        names: &names,
        steps,
        renames: recorded,
        rollbacks: plan_rollbacks(history).map_err(|error| incomparable(location, &error))?,
        seed: None,
    };
    let version = |number: i32| history.versions.iter().find(|known| known.number == number);
    let mut methods = Vec::new();
    for step in input.steps.iter().chain(&input.rollbacks) {
        let StepBody::Rust(plan) = &step.body else {
            continue;
        };
        if !from.is_empty() && !from.contains(&step.from) {
            continue;
        }
        let mut plan = plan.clone();
        let mut given = Vec::new();
        if let (Some(old), Some(new)) = (version(step.from), version(step.to))
            && step.from < step.to
        {
            given = read_given(location, renames, [old, new])?;
            prefer(&mut plan, &given, guess);
        }
        methods.push(method(&input, step, &plan, &given));
    }
    Ok(methods)
}

fn method(input: &Input<'_>, step: &Step, plan: &StepPlan, given: &[Rename]) -> RustMethod {
    let [text, mut about] = skeleton(input, step, plan);
    for rename in given.iter().filter(|rename| !is_made(plan, rename)) {
        let before = if about.is_empty() { "" } else { "\n\n" };
        let name = rename.shown();
        write!(
            about,
            "{before}`--rename {name}` is not in it: a method does not rename and change a table at once.\n\
             Give the new name in one version and make the other changes in the next."
        )
        .expect("writing to a String does not fail");
    }
    RustMethod {
        from: step.from,
        to: step.to,
        text,
        about,
    }
}

fn read_given(
    location: &Location,
    renames: &[String],
    versions: [&Version; 2],
) -> Result<Vec<Rename>, Error> {
    let name = step_name(versions[0].number, versions[1].number);
    let shown = format!("{}/{name}", location.shown);
    Ok(Renames::read(renames, Guess::No, &shown, versions)?.given)
}

/// Whether the calls make a rename.
fn is_made(plan: &StepPlan, rename: &Rename) -> bool {
    let Some(column) = &rename.column else {
        let mut renames = plan.table_renames.iter();
        return renames.any(|made| made.likely && names_equal(&made.old, &rename.table));
    };
    let is_column = |made: &ColumnRename| {
        names_equal(&made.old.table, &rename.table) && names_equal(&made.old.column, column)
    };
    let by_rename = (plan.column_renames.iter()).any(|made| made.likely && is_column(made));
    let by_copy = plan.rebuilds.iter().any(|rebuild| {
        let source = |required: &RequiredColumn| required.source.as_ref() == Some(column);
        names_equal(&rebuild.old, &rename.table) && rebuild.required.iter().any(source)
    });
    by_rename || by_copy
}

/// What the author says comes before what looks like it.
fn prefer(plan: &mut StepPlan, given: &[Rename], guess: Guess) {
    let column = |rename: &Rename, table: &str, column: &str| {
        let named = rename.column.as_deref();
        names_equal(&rename.table, table) && named.is_some_and(|name| names_equal(name, column))
    };
    for rename in &mut plan.column_renames {
        let (old, new) = (&rename.old, &rename.new);
        let from = given
            .iter()
            .find(|given| column(given, &old.table, &old.column));
        let to = given.iter().find(|given| {
            given.column.is_some()
                && names_equal(&given.table, &old.table)
                && names_equal(&given.to, &new.column)
        });
        rename.likely = match (from, to) {
            (Some(from), Some(to)) => from == to,
            (None, None) => rename.likely && guess == Guess::Yes,
            (Some(_), None) | (None, Some(_)) => false,
        };
    }
    let tables = || given.iter().filter(|given| given.column.is_none());
    for rename in &mut plan.table_renames {
        let from = tables().find(|given| names_equal(&given.table, &rename.old));
        let to = tables().find(|given| names_equal(&given.to, &rename.new));
        rename.likely = match (from, to) {
            (Some(from), Some(to)) => from == to,
            (None, None) => rename.likely && guess == Guess::Yes,
            (Some(_), None) | (None, Some(_)) => false,
        };
    }
    for rebuild in &mut plan.rebuilds {
        for required in &mut rebuild.required {
            let named = given.iter().find(|given| {
                given.column.is_some()
                    && names_equal(&given.table, &rebuild.old)
                    && names_equal(&given.to, &required.column)
            });
            if let Some(column) = named.and_then(|named| named.column.clone()) {
                required.source = Some(column);
            } else if guess == Guess::No {
                required.source = None;
            }
        }
    }
}
