//! Steps that are drafted, proven and written.

use std::path::{Path, PathBuf};

use stepladder::accounting::renamed_by;
use stepladder::schema::Schema;

use crate::beside::Beside;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::draft::{
    Alter, Draft, Fill, Rename, Renames, Settled, Splits, draft, rename_options, renamed,
    renamed_together, settle,
};
use crate::draft_from::no_step;
use crate::error::Error;
use crate::folder::{Location, step_name};
use crate::fs::Changes;
use crate::history::Version;
use crate::load::load_at;
use crate::plan::Scratch;
use crate::progress::{Counter, Watcher, Work, nobody};
use crate::schema_sql::differences;
use crate::script::{Script, statements_of};
use crate::settings::Settings;
use crate::source::SourceFile;

pub use crate::draft::Guess;

/// What a draft does where the author has to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Places {
    /// It has a place that does not build.
    #[default]
    Leave,
    /// It takes the obvious default, with a comment: for steps that were released long ago.
    Accept,
}

/// A step that was drafted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftedStep {
    /// The version from which it starts.
    pub from: i32,
    /// The version to which it leads.
    pub to: i32,
    /// Its file.
    pub file: PathBuf,
    /// Its file as shown to the user.
    pub shown: String,
    /// Its text.
    pub text: String,
    /// How many places are to be filled in, or were accepted.
    pub places: usize,
    /// How many of them could not be accepted: nothing obvious passes the CHECKs of the table.
    pub open: usize,
    /// Why the step could not be proven with the obvious default in each place; empty where it was.
    pub unproven: Vec<Diagnostic>,
    /// The tables and columns that have another name only because it looks like it, as
    /// `users=people`.
    pub guessed: Vec<String>,
    /// What may be one table, renamed together with columns, where the draft has one that goes and one
    /// that comes: options such as `--rename clients=customers --rename clients.name=full_name`.
    pub or_renamed: Vec<String>,
}

/// What came of a history.
#[derive(Debug, Default)]
pub struct DraftedSteps {
    /// The steps that were written.
    pub written: Vec<DraftedStep>,
    /// The steps that could not be drafted, and why.
    pub failed: Vec<Diagnostic>,
    /// The versions from which a step starts that is a method in Rust, and was left alone.
    pub methods: Vec<i32>,
}

/// What is to be drafted, and how.
#[derive(Debug, Clone, Default)]
pub struct DraftOptions {
    /// What a draft does where the author has to decide.
    pub places: Places,
    /// The versions from which a step or rollback is to start; all where none is named. One that is
    /// named is drafted although it is a method in Rust: the file takes its place.
    pub from: Vec<i32>,
    /// Tables and columns that have other names, as `users=people`; for steps alone.
    pub renames: Vec<String>,
    /// Whether others may be guessed.
    pub guess: Guess,
}

impl DraftOptions {
    /// Whether one with these versions is to be drafted, where there is no file.
    pub(crate) fn wants(&self, from: i32) -> bool {
        self.from.is_empty() || self.from.contains(&from)
    }

    /// Whether it is left alone: it is a method of the package, and was not named.
    pub(crate) fn leaves(&self, beside: Option<&Beside>, from: i32, to: i32) -> bool {
        self.from.is_empty() && beside.is_some_and(|beside| beside.has_method(from, to))
    }
}

/// Drafts each step that has neither a file nor a method, proves it, and writes it.
///
/// A step that cannot be drafted is left out and told; the others are written all the same.
///
/// # Errors
/// All that is wrong in the folder, and a file that cannot be written.
pub fn draft_steps(dir: &Path, places: Places) -> Result<DraftedSteps, Error> {
    let options = DraftOptions {
        places,
        ..DraftOptions::default()
    };
    draft_steps_watched(dir, &options, &nobody)
}

/// Does what [`draft_steps`] does, with all its options and for one who waits for it.
///
/// # Errors
/// Those of [`draft_steps`], a version from which no step can be drafted, and a rename that is none.
pub fn draft_steps_watched(
    dir: &Path,
    options: &DraftOptions,
    watcher: &Watcher<'_>,
) -> Result<DraftedSteps, Error> {
    let location = Location::new(dir);
    let history = load_at(&location)?;
    let mut errors = Diagnostics::default();
    for version in &options.from {
        errors.push_some(no_step(&location, &history, *version, options));
    }
    errors.barrier()?;
    let beside = Beside::of(dir);
    let mut drafter = Drafter::new(&location, &history.settings, options.places)?
        .with_renames(&options.renames, options.guess);
    let pairs = history.versions.windows(2);
    let pairs = pairs.filter_map(|pair| <&[_; 2]>::try_from(pair).ok());
    let (methods, missing): (Vec<&[Version; 2]>, Vec<_>) = pairs
        .filter(|[old, _]| options.wants(old.number))
        .filter(|[old, _]| !history.steps.contains_key(&old.number))
        .partition(|[old, new]| options.leaves(beside.as_ref(), old.number, new.number));
    let counter = Counter::new(watcher, Work::Draft, missing.len());
    let mut failed = Vec::new();
    for [old, new] in missing {
        counter.begin(old.number, new.number);
        failed.extend(drafter.draft([old, new])?);
    }
    let mut changes = Changes::new(&location);
    let written = drafter.write(&mut changes);
    changes.make()?;
    Ok(DraftedSteps {
        written,
        failed,
        methods: methods.iter().map(|[old, _]| old.number).collect(),
    })
}

/// Drafts steps, and writes them at the end.
pub(crate) struct Drafter<'a> {
    location: &'a Location,
    settings: &'a Settings,
    scratch: Scratch,
    renames: &'a [String],
    guess: Guess,
    places: Places,
    drafted: Vec<DraftedStep>,
    /// The renames in the last step that was drafted.
    renamed: Vec<Rename>,
    /// That step, as it was proven.
    proven: Option<SourceFile>,
}

impl<'a> Drafter<'a> {
    pub(crate) fn new(
        location: &'a Location,
        settings: &'a Settings,
        places: Places,
    ) -> Result<Self, Diagnostic> {
        let scratch = Scratch::new().map_err(|error| {
            let message = format!("SQLite cannot open a database in memory: {error}");
            Diagnostic::in_file(location.shown.as_str(), message)
                .help("look whether there is memory left, and run the command again")
        })?;
        Ok(Self {
            location,
            settings,
            scratch,
            renames: &[],
            guess: Guess::Yes,
            places,
            drafted: Vec::new(),
            renamed: Vec::new(),
            proven: None,
        })
    }

    pub(crate) fn with_renames(mut self, renames: &'a [String], guess: Guess) -> Self {
        self.renames = renames;
        self.guess = guess;
        self
    }

    pub(crate) fn likely_renames(&self, old: &Schema, new: &Schema) -> Vec<String> {
        let renames = Renames::default().with_guesses(&self.scratch, old, new);
        renames.iter().map(Rename::shown).collect()
    }

    /// What differs between two versions, where what has another name is no other thing.
    ///
    /// # Errors
    /// A rename that is none.
    pub(crate) fn differences(&self, [old, new]: [&Version; 2]) -> Result<Vec<String>, Error> {
        let shown = self.shown([old, new]);
        let given = Renames::read(self.renames, self.guess, &shown, [old, new])?.given;
        let mut told: Vec<String> = given.iter().map(Rename::told).collect();
        match renamed(&given, &old.schema, &new.schema) {
            Ok((named, asides)) => {
                let others = differences(&named, &new.schema);
                told.extend(others.iter().map(|difference| asides.told(difference)));
                Ok(told)
            }
            // SQLite does not rename beside a view that does not compile, say.
            Err(_) => Ok(differences(&old.schema, &new.schema)),
        }
    }

    /// Drafts one step; gives back why it cannot be drafted.
    ///
    /// # Errors
    /// A rename that is none.
    pub(crate) fn draft(&mut self, versions: [&Version; 2]) -> Result<Vec<Diagnostic>, Error> {
        let shown = self.shown(versions);
        let renames = Renames::read(self.renames, self.guess, &shown, versions)?;
        self.proven = None;
        Ok(self.draft_with(versions, &renames, shown))
    }

    /// Drafts the way back of the last step, with its renames turned around.
    pub(crate) fn draft_rollback(&mut self, versions: [&Version; 2]) -> Vec<Diagnostic> {
        let all = &self.renamed;
        let renames = Renames {
            given: all.iter().map(|rename| rename.turned_around(all)).collect(),
            guess: if self.drafted.is_empty() {
                self.guess
            } else {
                Guess::No
            },
        };
        self.draft_with(versions, &renames, self.shown(versions))
    }

    /// Drafts the way back of a step that is there; what it has renamed is not asked again.
    pub(crate) fn draft_rollback_of(
        &mut self,
        step: Option<&SourceFile>,
        [from, to]: [&Version; 2],
    ) -> Vec<Diagnostic> {
        let parts = step.map(|step| Script::new(&step.path, &step.text).parts);
        let by_step =
            renamed_by(&statements_of(&parts.unwrap_or_default()), &to.schema).into_iter();
        let all: Vec<Rename> = by_step
            .map(|by_step| Rename {
                table: by_step.table,
                column: by_step.column,
                to: by_step.to,
                guessed: false,
            })
            .collect();
        let back = all.iter().map(|rename| rename.turned_around(&all));
        // What the step has dropped under another name is not there to be renamed.
        let back = back.filter(|rename| rename.is_known(&from.schema, &to.schema, &all));
        let renames = Renames {
            given: back.collect(),
            // A step in SQL says itself what is the same under another name.
            guess: step.map_or(self.guess, |_| Guess::No),
        };
        self.proven = step.cloned();
        self.draft_with([from, to], &renames, self.shown([from, to]))
    }

    fn shown(&self, [old, new]: [&Version; 2]) -> String {
        format!(
            "{}/{}",
            self.location.shown,
            step_name(old.number, new.number)
        )
    }

    fn draft_with(
        &mut self,
        [old, new]: [&Version; 2],
        renames: &Renames,
        shown: String,
    ) -> Vec<Diagnostic> {
        let (draft, settled) = match self.settled([old, new], renames, &shown) {
            Ok(found) => found,
            Err(reasons) => return reasons,
        };
        let mut or_renamed = Vec::new();
        if old.number < new.number {
            let found = renamed_together(&old.schema, &new.schema, &draft.renames);
            or_renamed.extend(found.iter().map(|renames| rename_options(renames)));
        }
        let guessed = draft.renames.iter().filter(|rename| rename.guessed);
        self.drafted.push(DraftedStep {
            from: old.number,
            to: new.number,
            file: self.location.dir.join(step_name(old.number, new.number)),
            shown,
            text: settled.text,
            places: settled.places,
            open: settled.open,
            unproven: settled.unproven,
            guessed: guessed.map(Rename::shown).collect(),
            or_renamed,
        });
        self.renamed = draft.renames;
        self.proven = Some(settled.proven);
        Vec::new()
    }

    fn settled(
        &self,
        [old, new]: [&Version; 2],
        renames: &Renames,
        shown: &str,
    ) -> Result<(Draft, Settled), Vec<Diagnostic>> {
        let with = |splits| self.settled_with([old, new], renames, shown, splits);
        // What is offered and cannot be proven is left out.
        match with(Splits::Offer) {
            Ok((draft, settled)) if settled.unproven.is_empty() => Ok((draft, settled)),
            offered => match with(Splits::Leave) {
                Ok((draft, settled)) if settled.unproven.is_empty() => Ok((draft, settled)),
                left => offered.or(left),
            },
        }
    }

    fn settled_with(
        &self,
        [old, new]: [&Version; 2],
        renames: &Renames,
        shown: &str,
        splits: Splits,
    ) -> Result<(Draft, Settled), Vec<Diagnostic>> {
        let alter = Alter::of(self.settings.oldest_sqlite);
        let means = (alter, splits);
        let found = draft(&self.scratch, &old.schema, &new.schema, renames, means);
        let found = found.map_err(|reason| {
            let message = format!(
                "no step from version {} to {} could be drafted: {reason}",
                old.number, new.number
            );
            let help = "write the step yourself, in SQL or in Rust";
            vec![Diagnostic::in_file(shown, message).help(help)]
        })?;
        let fill = match self.places {
            Places::Leave => Fill::Leave,
            Places::Accept => Fill::Accept,
        };
        let up = self.proven.as_ref();
        let settled = settle(&found, shown, [old, new], self.settings, (fill, up))?;
        Ok((found, settled))
    }

    /// Whether a file of this name was drafted.
    pub(crate) fn has(&self, name: &str) -> bool {
        let mut drafted = self.drafted.iter();
        drafted.any(|step| step_name(step.from, step.to) == name)
    }

    /// What was drafted, where it is not to be written.
    pub(crate) fn into_drafted(self) -> Vec<DraftedStep> {
        self.drafted
    }

    /// Adds what was drafted to the changes of the folder.
    pub(crate) fn write(self, changes: &mut Changes) -> Vec<DraftedStep> {
        for step in &self.drafted {
            changes.write(step_name(step.from, step.to), &*step.text);
        }
        self.drafted
    }
}
