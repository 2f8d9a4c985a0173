//! A schemas folder, whole or not at all.

use std::fs;
use std::io;
use std::path::Path;

use super::declare::declare;
use super::layout::schema_sql;
use super::quotes::{Requoted, in_schema_sql};
use super::{Imported, Made, Read};
use crate::check_names::check_names;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::draft_steps::Places;
use crate::error::Error;
use crate::folder::{Location, snapshot_name, step_name};
use crate::fs::{
    Undo, hidden, remove_folder, rename, sync_folder, unwritten, write_file, write_if_changed,
};
use crate::load::load_at;
use crate::names::Names;
use crate::progress::Watcher;
use crate::snapshot::{Parent, Snapshot};

/// Refuses a folder that holds something which is read or would be replaced.
pub(super) fn check_target(target: &Location) -> Result<(), Diagnostic> {
    let shown = target.shown.as_str();
    match fs::metadata(&target.dir) {
        Ok(found) if !found.is_dir() => {
            let message = format!("`{shown}` is a file, not a folder");
            return Err(Diagnostic::in_file(shown, message).help(other_folder()));
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unwritable(target, &error)),
    }
    let names = names(&target.dir).map_err(|error| unwritable(target, &error))?;
    let is_ours = |name: &&String| {
        let extension = Path::new(name.as_str()).extension();
        let is_read = extension.is_some_and(|ending| ending == "sql" || ending == "json");
        !name.starts_with('.') && (is_read || name.as_str() == "steps")
    };
    if let Some(name) = names.iter().find(|name| is_snapshot(name)) {
        return Err(Diagnostic::in_file(
            shown,
            format!("`{shown}` has snapshots already, `{name}` for one"),
        )
        .note("a history is imported once, before there is another")
        .help(other_folder()));
    }
    let Some(name) = names.iter().find(is_ours) else {
        return Ok(());
    };
    Err(Diagnostic::in_file(
        shown,
        format!("`{shown}` is not empty: `{name}` is in it"),
    )
    .help(format!(
        "move it away if it is not needed, or name another folder: `--schemas {shown}_imported`"
    )))
}

/// Whether a file of this name is a snapshot of ours.
pub(super) fn is_snapshot(name: &str) -> bool {
    let inner = name.strip_prefix("schema_v");
    inner.is_some_and(|rest| rest.strip_suffix(".json").is_some())
}

fn other_folder() -> &'static str {
    "name another folder: `--schemas <DIR>`"
}

fn names(dir: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn unwritable(target: &Location, error: &io::Error) -> Diagnostic {
    unwritten(&target.shown, error)
}

/// Writes the history to a temporary folder and gives it its name.
pub(super) fn write(
    read: &Read,
    target: &Location,
    places: Places,
    watcher: &Watcher<'_>,
) -> Result<Imported, Error> {
    let dir = std::path::absolute(&target.dir).unwrap_or_else(|_| target.dir.clone());
    let temporary = hidden(&dir, "new");
    let mut undo = Undo::default();
    let written = write_files(read, &temporary, &mut undo).and_then(|mut imported| {
        if places == Places::Accept {
            imported.accepted = accept(&temporary, &target.shown, watcher)?;
        }
        put_in_place(&temporary, &dir, &mut undo)?;
        Ok(imported)
    });
    written.map_err(|error| {
        undo.run();
        unwritable(target, &error).into()
    })
}

fn write_files(read: &Read, dir: &Path, undo: &mut Undo) -> io::Result<Imported> {
    undo.create_folders(dir.parent().unwrap_or(Path::new("")))?;
    undo.tree(dir);
    let has_steps = |made: &Made| made.step.is_some() || made.rollback.is_some();
    let steps = dir.join("steps");
    undo.create_folders(if read.versions.iter().any(has_steps) {
        &steps
    } else {
        dir
    })?;
    let mut imported = Imported::default();
    let mut before: Option<Snapshot> = None;
    for made in &read.versions {
        let parent = before.as_ref().map(|before| Parent {
            version: before.version,
            fingerprint: before.fingerprint(),
            // What was imported may still need a declaration; the next version pins it.
            step: None,
        });
        write_steps(made, parent.as_ref(), dir, &mut imported)?;
        let snapshot = Snapshot::from_schema(made.number, parent, &made.schema);
        write_text(dir, &snapshot_name(made.number), &snapshot.to_json())?;
        imported.versions.push(made.number);
        before = Some(snapshot);
    }
    if let Some(newest) = read.versions.last() {
        let Requoted { text, count } = in_schema_sql(schema_sql(&newest.schema));
        write_text(dir, "schema.sql", &text)?;
        if count > 0 {
            imported.notes.push(format!(
                "the schema has texts in double quotes, which in `schema.sql` have single ones: {count}"
            ));
        }
    }
    if let Some(seed) = &read.seed {
        write_text(dir, "seed.sql", &seed.text)?;
        imported.seed_rows = seed.rows;
    }
    sync_folder(dir)?;
    Ok(imported)
}

/// Adds what the steps have to declare. A folder that cannot be read yet is left as it is.
fn accept(dir: &Path, shown: &str, watcher: &Watcher<'_>) -> io::Result<usize> {
    let location = Location {
        dir: dir.to_owned(),
        shown: shown.to_owned(),
    };
    let Ok(mut history) = load_at(&location) else {
        return Ok(0);
    };
    let accepted = declare(&mut history, watcher);
    for file in history.steps.values().chain(history.rollbacks.values()) {
        let name = file.path.strip_prefix(shown).unwrap_or(&file.path);
        write_if_changed(&dir.join(name.trim_start_matches('/')), &file.text)?;
    }
    Ok(accepted)
}

fn write_steps(
    made: &Made,
    parent: Option<&Parent>,
    dir: &Path,
    imported: &mut Imported,
) -> io::Result<()> {
    let Some(parent) = parent else { return Ok(()) };
    let (old, new) = (parent.version, made.number);
    if let Some(text) = &made.step {
        write_text(dir, &step_name(old, new), text)?;
        imported.steps.push((old, new));
    }
    if let Some(text) = &made.rollback {
        write_text(dir, &step_name(new, old), text)?;
        imported.rollbacks.push((new, old));
    }
    Ok(())
}

fn write_text(dir: &Path, name: &str, text: &str) -> io::Result<()> {
    write_file(&dir.join(name), text.as_bytes())
}

/// Gives the new folder its name. What else was in the folder of that name is kept.
fn put_in_place(temporary: &Path, dir: &Path, undo: &mut Undo) -> io::Result<()> {
    let mut give_name = |from: &Path, to: &Path| {
        rename(from, to)?;
        undo.moved(from, to);
        Ok::<_, io::Error>(())
    };
    match names(dir) {
        Ok(kept) => {
            let old = hidden(dir, "old");
            give_name(dir, &old)?;
            give_name(temporary, dir)?;
            for name in kept {
                give_name(&old.join(&name), &dir.join(&name))?;
            }
            remove_folder(&old)?;
            undo.folder_gone(&old);
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => give_name(temporary, dir)?,
        Err(error) => return Err(error),
    }
    sync_folder(dir.parent().unwrap_or(Path::new("")))
}

/// What still keeps the folder from being read, such as two tables that Rust cannot tell apart: it
/// is settled in the settings or in `schema.sql`, and so the history is there all the same.
pub(super) fn unready(target: &Location) -> Vec<Diagnostic> {
    let read = load_at(target).and_then(|history| {
        let mut errors = Diagnostics::default();
        check_names(&history, &Names::new(&history.settings), &mut errors);
        errors.barrier()
    });
    let Err(error) = read else {
        return Vec::new();
    };
    error
        .diagnostics()
        .iter()
        .map(|diagnostic| diagnostic.clone().severity(Severity::Warning))
        .collect()
}
