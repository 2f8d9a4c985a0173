//! One script from a version to a later one, for those who run SQL by other means.

use std::fmt::Write as _;
use std::path::Path;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::Error;
use crate::folder::{Location, command, step_name};
use crate::history::{History, Version};
use crate::load::load_at;
use crate::prove::{Proven, prove};
use crate::script::{Script, ScriptCall, ScriptPart};
use crate::source::SourceFile;

/// The script from one version to another; from 0 it creates a new database.
///
/// # Errors
/// All that is wrong in the folder, a version that is not there, and a step that is not in SQL.
pub fn sql_between(dir: &Path, from: i32, to: i32) -> Result<String, Error> {
    let location = Location::new(dir);
    let history = load_at(&location)?;
    let mut errors = Diagnostics::default();
    // A script that does not hold is for nobody.
    prove(&history, &mut Proven::default(), &mut errors);
    errors.barrier()?;
    errors.take();
    for version in [from, to] {
        if version != 0 && place(&history, version).is_none() {
            errors.push(unknown(&location, &history, version));
        }
    }
    errors.barrier()?;
    // Not every shell stops at an error, so the script says how, and asks first where it is.
    let mut script = format!(
        "-- From version {from} to {to}. Stop at the first error: sqlite3 -bail app.db < this.sql\n\
         PRAGMA foreign_keys = OFF;\n\
         BEGIN IMMEDIATE;\n\
         CREATE TEMP TABLE starts_at (user_version CHECK (user_version = {from}));\n\
         INSERT INTO starts_at SELECT user_version FROM pragma_user_version;\n\
         DROP TABLE starts_at;\n"
    );
    for (title, text) in parts(&location, &history, from, to)? {
        write!(script, "\n-- {title}\n{}\n", text.trim_end())
            .expect("writing to a String does not fail");
    }
    write!(
        script,
        "\nPRAGMA user_version = {to};\nPRAGMA foreign_key_check;\nCOMMIT;\n"
    )
    .expect("writing to a String does not fail");
    Ok(script)
}

fn place(history: &History, version: i32) -> Option<usize> {
    history
        .versions
        .iter()
        .position(|known| known.number == version)
}

fn unknown(location: &Location, history: &History, version: i32) -> Diagnostic {
    let known: Vec<_> = history
        .versions
        .iter()
        .map(|known| known.number.to_string())
        .collect();
    Diagnostic::in_file(
        location.shown.as_str(),
        format!("there is no version {version}"),
    )
    .help(format!(
        "the versions are {}, and 0 for a new database",
        known.join(", ")
    ))
}

/// What is run, each with a title.
fn parts(
    location: &Location,
    history: &History,
    from: i32,
    to: i32,
) -> Result<Vec<(String, String)>, Error> {
    if from == 0 {
        let created = history.versions.iter().find(|version| version.number == to);
        return Ok(created.map(create).into_iter().collect());
    }
    let mut parts = Vec::new();
    let mut errors = Diagnostics::default();
    let pairs: Vec<[i32; 2]> = if from <= to {
        history
            .versions
            .windows(2)
            .map(|pair| [pair[0].number, pair[1].number])
            .collect()
    } else {
        let back = history.versions.windows(2).rev();
        back.map(|pair| [pair[1].number, pair[0].number]).collect()
    };
    let is_on_the_way = |version: i32| (from.min(to)..=from.max(to)).contains(&version);
    for [old, new] in pairs
        .into_iter()
        .filter(|pair| pair.iter().all(|version| is_on_the_way(*version)))
    {
        let files = if from <= to {
            &history.steps
        } else {
            &history.rollbacks
        };
        if let Some(file) = files.get(&old) {
            let script = Script::new(&file.path, &file.text);
            let call = script.parts.iter().find_map(|part| match part {
                ScriptPart::Call(call) => Some(called(file, call)),
                ScriptPart::Statement(_) => None,
            });
            errors.push_some(call);
            parts.push((file.path.to_string(), file.text.to_string()));
            continue;
        }
        let name = format!("{}/{}", location.shown, step_name(old, new));
        let (noun, draft) = if from <= to {
            ("step", format!("--from {old}"))
        } else {
            ("rollback", format!("--rollback {old}"))
        };
        let message = format!("the {noun} from version {old} to {new} is not in SQL");
        errors.push(Diagnostic::in_file(name.as_str(), message).help(format!(
            "only SQL makes a script: write `{name}`, or run `{}`",
            command(&location.shown, &format!("draft {draft}"))
        )));
    }
    errors.barrier()?;
    Ok(parts)
}

/// A part in Rust, which no script has.
fn called(file: &SourceFile, call: &ScriptCall) -> Diagnostic {
    let message = format!("the step calls `{}`, which is in Rust", call.method);
    let start = file.offset_of(usize::try_from(call.line).unwrap_or(usize::MAX), 1);
    Diagnostic::at(file, start..start + 1, message, "called here")
        .help("only steps that are all in SQL make a script: let the app upgrade the database")
}

fn create(version: &Version) -> (String, String) {
    let texts: Vec<_> = (version.schema.entities.iter())
        .map(|entity| format!("{};", entity.sql()))
        .collect();
    (format!("version {}", version.number), texts.join("\n"))
}
