//! Two branches that both made a version: one keeps its number, the other gets the one after it.

mod branches;
mod git;
mod moved;
mod pool;
mod schema_text;
mod write;

use std::path::Path;

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::error::Error;
use crate::folder::Location;
use crate::history::Version;
use crate::prove::{Branch, prove_orders};
use crate::schema_sql::differences;
use crate::script::Script;
use crate::settings::read_settings;
use crate::source::SourceFile;
use branches::{Branches, Leg, branches};
use git::Git;
use moved::{Moved, files_of, moved};
use pool::read_pool;
use write::write;

/// What [`renumber`] is to do.
#[derive(Debug, Clone, Default)]
pub struct RenumberOptions {
    /// A folder or a branch of git with the other history; otherwise it is looked for in the
    /// conflicts of a merge and in files such as `schema_v4_theirs.json`.
    pub theirs: Option<String>,
    /// Whose versions keep their numbers.
    pub keep: Keep,
    /// What to do where the two do not commute.
    pub order: OrderMatters,
}

/// Whose versions keep their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keep {
    /// Those of the branch that is checked out.
    #[default]
    Ours,
    /// Those of the other one.
    Theirs,
}

/// What to do where it matters which of two steps runs first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OrderMatters {
    /// Write nothing.
    #[default]
    Refuse,
    /// Write it all the same, and tell.
    Accept,
}

/// What [`renumber`] did.
#[derive(Debug, Default)]
pub struct Renumbered {
    /// The newest version that both branches had.
    pub base: i32,
    /// The versions that keep their numbers.
    pub kept: Vec<i32>,
    /// The versions that have other ones now.
    pub moved: Vec<MovedVersion>,
    /// What differs between the two orders; empty where they commute.
    pub order_matters: Vec<String>,
    /// The methods in Rust among the steps of both, which were not run: what they do to rows, and
    /// whether their order matters to that, is not known.
    pub not_run: Vec<String>,
    /// The files that were written.
    pub written: Vec<String>,
    /// The files whose text is in another one now, or in git.
    pub removed: Vec<String>,
    /// Where files are kept as they were.
    pub kept_before: Vec<String>,
    /// What to know beside it.
    pub warnings: Vec<Diagnostic>,
}

/// A version that has another number now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedVersion {
    /// Its number in its branch.
    pub from: i32,
    /// Its number now.
    pub to: i32,
    /// The step to it.
    pub step: Way,
    /// Its rollback, where there is one.
    pub rollback: Option<Way>,
    /// The files in `tests/` of the package that name it, or the version of the same number of the
    /// other branch.
    pub tests: Vec<TestFile>,
}

/// A test that names a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestFile {
    /// Its file.
    pub file: String,
    /// What the file is to be called where it is about the version that has another number now;
    /// `None` where its name says nothing of versions.
    pub is: Option<String>,
}

/// Where a step is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// In this file of SQL.
    Sql(String),
    /// A method of the trait, which is to be called otherwise.
    Rust {
        /// Its name until now.
        was: String,
        /// Its name from now on.
        is: String,
    },
}

/// Gives the versions of one of two branches the numbers behind those of the other.
///
/// Its steps are run behind those of the other one, which makes its new snapshots. Both orders are
/// tried with rows, from the newest version that both have.
///
/// # Errors
/// All that is wrong with the files of both, a step that does not run behind the other, and steps
/// whose order matters where that is not accepted. Nothing is written then.
pub fn renumber(dir: &Path, options: &RenumberOptions) -> Result<Renumbered, Error> {
    let location = Location::new(dir);
    let git = Git::at(dir);
    let pool = read_pool(&location, options.theirs.as_deref(), git.as_ref())?;
    let mut errors = Diagnostics::default();
    let settings = read_settings(pool.settings.as_ref(), &mut errors);
    errors.barrier()?;
    let branches = branches(&pool, &location.shown)?;
    refuse_equal(&branches)?;
    let sides = match options.keep {
        Keep::Ours => [("ours", &branches.ours), ("theirs", &branches.theirs)],
        Keep::Theirs => [("theirs", &branches.theirs), ("ours", &branches.ours)],
    };
    let [first, second] = sides.map(|(name, legs)| Side { name, legs });
    let files = [first.files(&branches.base)?, second.files(&branches.base)?];
    let both = [first.branch(&files[0]), second.branch(&files[1])];
    let order_matters = prove_orders(&branches.base, [&both[0], &both[1]])
        .map_err(|refused| does_not_apply(refused, &branches.base, &both))?;
    let moved = moved(
        (&location, &branches.base),
        [first.legs, second.legs],
        &files[1],
        &pool,
        &settings,
    )?;
    let mut warnings = order_found(&order_matters, &both, &moved);
    if options.order == OrderMatters::Refuse && !warnings.is_empty() {
        return Err(Error::new(warnings));
    }
    for warning in &mut warnings {
        warning.severity = Severity::Warning;
    }
    let mut done = write(
        &location,
        git.as_ref(),
        &pool,
        [first.legs, second.legs],
        &moved,
    )?;
    done.base = branches.base.number;
    done.order_matters = order_matters;
    done.not_run = not_run(&branches.base, first.legs, &moved);
    done.warnings.append(&mut warnings);
    done.warnings.push(same_number(&moved, second.name));
    Ok(done)
}

/// A branch under the name that it has in messages.
#[derive(Clone, Copy)]
struct Side<'s> {
    name: &'static str,
    legs: &'s [Leg],
}

impl Side<'_> {
    fn files(&self, base: &Version) -> Result<Vec<SourceFile>, Diagnostic> {
        files_of(base, self.legs)
    }

    fn branch<'s>(&'s self, files: &'s [SourceFile]) -> Branch<'s> {
        Branch {
            name: self.name,
            steps: files.iter().collect(),
            newest: &self
                .legs
                .last()
                .expect("a branch has a version")
                .node
                .version,
        }
    }
}

/// The methods that no proof can run, under the names that they have from now on.
fn not_run(base: &Version, kept: &[Leg], moved: &[Moved]) -> Vec<String> {
    let before = kept.iter().map(|leg| leg.node.version.number);
    let before = [base.number].into_iter().chain(before);
    let kept = before.zip(kept).map(|(before, leg)| {
        let number = leg.node.version.number;
        (step_method(before, number), &leg.step)
    });
    let moved = moved.iter().map(|moved| {
        let number = moved.version.number;
        (step_method(moved.before, number), &moved.leg.step)
    });
    let methods = kept.chain(moved).flat_map(|(method, step)| match step {
        None => vec![method],
        Some(step) => {
            let script = Script::new(&step.file.path, &step.file.text);
            script.calls().map(|call| call.method.clone()).collect()
        }
    });
    methods.collect()
}

fn step_method(from: i32, to: i32) -> String {
    format!("from{from}_to{to}")
}

/// Both have made the same change: there is nothing to put in a row.
fn refuse_equal(branches: &Branches) -> Result<(), Diagnostic> {
    let newest = |legs: &[Leg]| legs.last().map(|leg| leg.node.version.clone());
    let (Some(ours), Some(theirs)) = (newest(&branches.ours), newest(&branches.theirs)) else {
        return Ok(());
    };
    // What changes rows alone is not the same because the schema is.
    let is_about_rows = differences(&branches.base.schema, &ours.schema).is_empty();
    if is_about_rows || !differences(&ours.schema, &theirs.schema).is_empty() {
        return Ok(());
    }
    let message = format!(
        "version {} of ours and version {} of theirs have the same schema",
        ours.number, theirs.number
    );
    Err(Diagnostic::in_file(&*theirs.file.path, message)
        .note("the two branches made the same change, each by itself")
        .help("keep the files of one of them, whole: `git checkout --ours` or `--theirs`, and delete the others"))
}

/// The message about a step that does not run behind the other branch.
fn does_not_apply(refused: Diagnostic, base: &Version, both: &[Branch<'_>; 2]) -> Diagnostic {
    let [first, second] = [both[0].name, both[1].name];
    let mut refused = refused;
    if prove_orders(base, [&both[1], &both[0]]).is_ok() {
        refused = refused.help(format!(
            "the other order runs: `cargo stepladder renumber --keep {second}`"
        ));
    }
    refused
        .note(format!("here it runs behind the steps of {first}, on what they have made"))
        .help(format!(
            "if both make the same, take the statement out of the step of {second} (save the files of {second} as \
             `schema_v<N>_theirs.json` and `steps/from<A>_to<B>_theirs.sql` to edit them)"
        ))
        .help(format!(
            "or keep the snapshot and the step of {first}, merge `schema.sql` by hand, and let `cargo stepladder \
             make-migrations` draft what {second} adds"
        ))
}

/// What is wrong with the order that is to be taken.
fn order_found(
    order_matters: &[String],
    [first, second]: &[Branch<'_>; 2],
    moved: &[Moved],
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if let (false, Some(step)) = (order_matters.is_empty(), second.steps.first()) {
        let message = format!(
            "the steps of {} and {} do not commute: it matters which of them runs first",
            first.name, second.name
        );
        let mut diagnostic = Diagnostic::in_file(&*step.path, message);
        for difference in order_matters.iter().take(SHOWN) {
            diagnostic = diagnostic.note(difference);
        }
        let (keep, other) = match first.name {
            "theirs" => (" --keep theirs", ""),
            _ => ("", " --keep theirs"),
        };
        found.push(
            diagnostic
                .help(format!(
                    "if {} first is right, `cargo stepladder renumber{keep} --accept-order`",
                    first.name
                ))
                .help(format!(
                    "if {} first is right, `cargo stepladder renumber{other} --accept-order`",
                    second.name
                )),
        );
    }
    found.extend(moved.iter().flat_map(|moved| moved.found.clone()));
    found
}

/// How many differences are told.
const SHOWN: usize = 10;

/// What no tool can see: a database of the branch whose version has another number now.
fn same_number(moved: &[Moved], second: &str) -> Diagnostic {
    let numbers: Vec<_> = moved
        .iter()
        .map(|moved| moved.leg.node.version.number.to_string())
        .collect();
    let path = moved.first().map_or("", |moved| &*moved.version.file.path);
    let first = if second == "theirs" { "ours" } else { "theirs" };
    let numbers = numbers.join(", ");
    Diagnostic::in_file(
        path,
        format!("a database that {second} has brought to version {numbers} cannot be told from one of {first} by its number"),
    )
    .severity(Severity::Warning)
    .note(format!("it would be taken for one of {first}, whose step it has never taken"))
    .help("throw such databases of developers away; `cargo stepladder status app.db` tells which one a file is")
    .help(format!(
        "if version {numbers} of {second} was released, let it keep its number: `--keep {second}`"
    ))
}
