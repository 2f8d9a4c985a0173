//! `[renames]` in `stepladder.toml`.

use std::ops::Range;

use stepladder::sql::names_equal;

use super::lineage::{Thing, named_thing};
use super::{Renamed, Renames};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::folder::distance;
use crate::history::{History, Version};
use crate::source::SourceFile;

/// A line of `[renames]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// The new name: `todos.assignee_id` or `people`.
    pub(crate) new: String,
    /// Its place in the file.
    pub(crate) new_span: Range<usize>,
    /// The old names.
    pub(crate) old: Vec<String>,
    /// Their place in the file.
    pub(crate) old_span: Range<usize>,
}

/// Adds what the settings say. Tables come first: a column is looked for in its table.
pub(super) fn add_said(history: &History, renames: &mut [Renames], errors: &mut Diagnostics) {
    let Some(file) = &history.settings.file else {
        return;
    };
    let versions = &history.versions;
    let mut found = Vec::new();
    for said in &history.settings.renames {
        match named_thing(&said.new, versions) {
            None => errors.push(unknown(file, said, versions)),
            Some((place, thing)) => found.push((said, place, thing)),
        }
    }
    found.sort_by_key(|(_, _, thing)| thing.column.is_some());
    for (said, place, thing) in found {
        let place = Place {
            history,
            file,
            said,
            newest: place,
        };
        place.add(thing, renames, errors);
    }
}

struct Place<'h> {
    history: &'h History,
    file: &'h SourceFile,
    said: &'h Said,
    /// The place of the newest version that has the thing.
    newest: usize,
}

impl Place<'_> {
    fn add(&self, mut thing: Thing, renames: &mut [Renames], errors: &mut Diagnostics) {
        let mut left = self.said.old.clone();
        // The version that first has the new name.
        let mut first = self.newest;
        for step in (0..self.newest).rev() {
            let (old, new) = (
                &self.history.versions[step],
                &self.history.versions[step + 1],
            );
            let (before, recorded) = thing.before(&renames[step]);
            let is_sql = self.history.steps.contains_key(&old.number);
            if let Some(recorded) = &recorded {
                let said = left.iter().position(|said| names_equal(said, recorded));
                if let Some(said) = said {
                    left.remove(said);
                    if is_sql {
                        errors.push(self.said_twice(old.number, recorded, &thing));
                    }
                }
                thing = before;
                continue;
            }
            if before.is_in(&old.schema) {
                first = step;
                thing = before;
                continue;
            }
            let became = left.iter().position(|said| {
                before.named(said).is_in(&old.schema) && !thing.named(said).is_in(&new.schema)
            });
            let Some(became) = became else { break };
            let name = left.remove(became);
            record(&mut renames[step], &thing, &name);
            thing = before.named(&name);
            first = step;
        }
        for name in &left {
            errors.push(self.not_renamed(&thing, name, first));
        }
    }

    fn at_old(&self, message: String, label: &str) -> Diagnostic {
        Diagnostic::at(self.file, self.said.old_span.clone(), message, label)
    }

    fn said_twice(&self, from: i32, old: &str, new: &Thing) -> Diagnostic {
        let path = self.history.steps.get(&from).map_or("", |file| &*file.path);
        let message = format!("`{path}` says already that `{}` was `{old}`", new.shown());
        let help = "remove it here: `[renames]` is for what a step in Rust renames";
        self.at_old(message, "said twice").help(help)
    }

    /// A name that does not become the new one in any step.
    fn not_renamed(&self, thing: &Thing, old: &str, first: usize) -> Diagnostic {
        let versions = &self.history.versions;
        let old = thing.named(old);
        let has = |version: &&Version| old.is_in(&version.schema);
        let (first, number) = (&versions[first], versions[first].number);
        let older = versions
            .iter()
            .rfind(|version| version.number < number && has(version));
        let still_there = old.is_in(&first.schema);
        let (old, new, noun) = (old.shown(), thing.shown(), noun(thing));
        match older {
            None => self
                .at_old(
                    format!("no version before {number} has a {noun} `{old}`"),
                    "not found",
                )
                .note(format!("version {number} is the first with `{new}`"))
                .help(
                    "write the name that it had in the version before, a column without its table; \
                     a table that has another name too has a line of its own",
                ),
            Some(_) if still_there => self
                .at_old(
                    format!("`{old}` is still there in version {number}"),
                    "not renamed",
                )
                .note(format!("version {number} is the first with `{new}`"))
                .help(format!("remove it here: a {noun} that is copied is a new one")),
            Some(older) => self
                .at_old(
                    format!("`{old}` does not become `{new}` in any step"),
                    "not renamed",
                )
                .note(format!(
                    "version {} is the last with `{old}`, and version {number} the first with `{new}`",
                    older.number
                ))
                .help("remove it here: one step makes a rename, from a version to the next"),
        }
    }
}

fn record(renames: &mut Renames, thing: &Thing, old: &str) {
    let pair = Renamed {
        old: old.to_owned(),
        new: thing.own_name().to_owned(),
    };
    match &thing.column {
        None => renames.tables.push(pair),
        Some(_) => renames.add_column(&thing.table, pair),
    }
}

fn noun(thing: &Thing) -> &'static str {
    match thing.column {
        None => "table",
        Some(_) => "column",
    }
}

fn unknown(file: &SourceFile, said: &Said, versions: &[Version]) -> Diagnostic {
    let message = format!("no version has a table or column `{}`", said.new);
    let wrong = Diagnostic::at(file, said.new_span.clone(), message, "not found");
    let newest = versions.last().into_iter();
    let names = newest.flat_map(|version| {
        version.schema.tables().flat_map(|table| {
            let columns = table.columns.iter();
            let columns = columns.map(|column| format!("{}.{}", table.name, column.name));
            columns.chain([table.name.clone()])
        })
    });
    let near = names.map(|name| (distance(&name, &said.new), name));
    match near.filter(|(distance, _)| *distance <= 2).min() {
        Some((_, near)) => wrong.help(format!("a similar name exists: `\"{near}\"`")),
        None => wrong.help(
            "the new name comes first: `\"todos.assignee_id\" = \"owner_id\"` for a column, \
             `\"people\" = \"users\"` for a table",
        ),
    }
}
