//! Which schemas folder is meant where none is named.

use std::fs;
use std::path::{Path, PathBuf};

use stepladder_build::diagnostic::Diagnostic;

/// The name that is looked for.
const NAME: &str = "schemas";

/// How deep the packages of a workspace may lie.
const DEPTH: usize = 3;

/// The schemas folder here, or in the nearest folder above that has one, up to the repository.
pub(crate) fn schemas_folder() -> Result<PathBuf, Diagnostic> {
    let here = std::env::current_dir().unwrap_or_default();
    // What is wrong with a folder here is the generator's to tell.
    if here.join(NAME).exists() {
        return Ok(PathBuf::from(NAME));
    }
    let mut looked_in = Vec::new();
    for (depth, folder) in here.ancestors().enumerate() {
        let schemas = folder.join(NAME);
        if is_schemas_folder(&schemas) {
            // Relative, so that nothing that is shown depends on the machine.
            let up: PathBuf = std::iter::repeat_n("..", depth).collect();
            return Ok(up.join(NAME));
        }
        looked_in.push(format!("`{}`", folder.display()));
        if folder.join(".git").exists() {
            break;
        }
    }
    Err(not_found(&here, &looked_in))
}

fn not_found(here: &Path, looked_in: &[String]) -> Diagnostic {
    let message = format!("there is no folder `{NAME}` here, nor in a folder above");
    let diagnostic =
        Diagnostic::in_file(NAME, message).note(format!("looked in {}", looked_in.join(", ")));
    let packages = packages_below(here);
    let with_schemas = packages
        .iter()
        .map(|package| format!("{package}/{NAME}"))
        .filter(|schemas| is_schemas_folder(&here.join(schemas)));
    let mut found = with_schemas.peekable();
    if found.peek().is_some() {
        return found.fold(diagnostic, |diagnostic, schemas| {
            diagnostic.help(format!("name the one that is meant: `--schemas {schemas}`"))
        });
    }
    diagnostic
        .help("name the folder that you have: `--schemas db/schemas`")
        .help("in a Cargo package, `cargo stepladder init` makes one")
        .help(
            "elsewhere, write your `CREATE TABLE` statements to `schemas/schema.sql` and run \
             `cargo stepladder make-migrations`",
        )
}

/// A folder of that name in a folder above may be anything.
fn is_schemas_folder(folder: &Path) -> bool {
    let is_ours = |name: &str| name == "schema.sql" || is_snapshot(name);
    fs::read_dir(folder).is_ok_and(|entries| {
        let mut names = entries
            .filter_map(Result::ok)
            .map(|entry| entry.file_name());
        names.any(|name| is_ours(&name.to_string_lossy()))
    })
}

/// Whether a file of this name is a snapshot.
pub(crate) fn is_snapshot(name: &str) -> bool {
    let rest = name.strip_prefix("schema_v");
    rest.is_some_and(|rest| rest.strip_suffix(".json").is_some())
}

/// The folders below that have a Cargo.toml, in order.
pub(crate) fn packages_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    collect(folder, "", DEPTH, &mut found);
    found
}

fn collect(folder: &Path, name: &str, depth: usize, found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let last = entry.file_name().to_string_lossy().into_owned();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_folder || last.starts_with('.') || last == "target" {
            continue;
        }
        let name = if name.is_empty() {
            last
        } else {
            format!("{name}/{last}")
        };
        if entry.path().join("Cargo.toml").is_file() {
            found.push(name.clone());
        }
        if depth > 1 {
            collect(&entry.path(), &name, depth - 1, found);
        }
    }
}
