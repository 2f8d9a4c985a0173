//! The schemas folder of a package.

use std::fs;
use std::path::{Component, Path, PathBuf};

use stepladder_build::diagnostic::Diagnostic;
use stepladder_build::{Error, SourceFile, first_snapshot};

use super::package::Package;
use super::plan::read;
use super::texts;
use crate::find::is_snapshot;

/// What becomes of the folder.
pub(crate) struct Schemas {
    /// Its path as the build script names it.
    pub(crate) in_package: String,
    /// The files that are new, by their path in the package.
    pub(crate) new: Vec<(String, String)>,
    /// Whether the schema is the example.
    pub(crate) has_example: bool,
}

impl Schemas {
    /// The command that makes a version of it, from the folder of the package.
    pub(crate) fn make_migrations(&self) -> String {
        match self.in_package.as_str() {
            "schemas" => "cargo stepladder make-migrations".to_owned(),
            other => format!("cargo stepladder make-migrations --schemas {other}"),
        }
    }
}

/// Looks what is there. A folder with snapshots has all that it needs.
pub(crate) fn plan(package: &Package, schemas: Option<&Path>) -> Result<Schemas, Error> {
    let in_package = match schemas {
        None => "schemas".to_owned(),
        Some(schemas) => relative(&package.root, schemas)?,
    };
    let folder = package.root.join(&in_package);
    let names = names(&folder, &in_package)?;
    let mut plan = Schemas {
        in_package,
        new: Vec::new(),
        has_example: false,
    };
    if names.iter().any(|name| is_snapshot(name)) {
        return Ok(plan);
    }
    let schema = format!("{}/schema.sql", plan.in_package);
    let text = if let Some(text) = read(package, &schema)? {
        // As the generator reads it.
        text.trim_start_matches('\u{feff}').replace("\r\n", "\n")
    } else {
        refuse_other(&plan.in_package, &names)?;
        plan.has_example = true;
        plan.new.push((schema.clone(), texts::SCHEMA.to_owned()));
        texts::SCHEMA.to_owned()
    };
    let snapshot = first_snapshot(&SourceFile::new(schema, text))?;
    let name = format!("{}/schema_v1.json", plan.in_package);
    plan.new.push((name, snapshot));
    Ok(plan)
}

fn names(folder: &Path, shown: &str) -> Result<Vec<String>, Diagnostic> {
    let wrong = |reason: String| {
        Diagnostic::in_file(shown, format!("`{shown}` {reason}"))
            .help("name another folder: `--schemas db/schemas`")
    };
    if folder.exists() && !folder.is_dir() {
        return Err(wrong("is a file, not a folder".to_owned()));
    }
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(wrong(format!("cannot be read: {error}"))),
    };
    let names = entries
        .filter_map(Result::ok)
        .map(|entry| entry.file_name());
    let mut names: Vec<_> = names
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    Ok(names)
}

/// A folder with files that mean nothing to us is somebody else's.
fn refuse_other(shown: &str, names: &[String]) -> Result<(), Diagnostic> {
    let is_read = |name: &&String| {
        let ending = Path::new(name.as_str()).extension();
        !name.starts_with('.')
            && ending.is_some_and(|it| it == "sql" || it == "json" || it == "toml")
    };
    let is_ours = |name: &&String| !matches!(name.as_str(), "seed.sql" | "stepladder.toml");
    match names.iter().filter(is_ours).find(is_read) {
        None => Ok(()),
        Some(name) => {
            let message =
                format!("`{shown}` has files that are not stepladder's, `{name}` for one");
            Err(Diagnostic::in_file(shown, message)
                .help("name another folder: `--schemas db/schemas`")
                .help(format!(
                    "or take a history over first: `cargo stepladder import sql {shown} --schemas \
                     db/schemas`"
                )))
        }
    }
}

/// A folder as it is seen from the package.
fn relative(root: &Path, folder: &Path) -> Result<String, Diagnostic> {
    let plain = |path: &Path| -> Option<PathBuf> {
        let absolute = std::path::absolute(path).ok()?;
        let mut plain = PathBuf::new();
        for part in absolute.components() {
            match part {
                Component::ParentDir => {
                    plain.pop();
                }
                Component::CurDir => {}
                part => plain.push(part),
            }
        }
        Some(plain)
    };
    let (Some(from), Some(to)) = (plain(root), plain(folder)) else {
        let message = format!("`{}` is no path", folder.display());
        return Err(
            Diagnostic::in_file("Cargo.toml", message).help("name a folder: `--schemas schemas`")
        );
    };
    let same = from.components().zip(to.components());
    let same = same.take_while(|(a, b)| a == b).count();
    let up = from.components().skip(same).map(|_| "..".to_owned());
    let down = to.components().skip(same);
    let down = down.map(|part| part.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<_> = up.chain(down).collect();
    if parts.is_empty() {
        let message = "the folder of the package cannot be its schemas folder";
        return Err(Diagnostic::in_file("Cargo.toml", message)
            .help("name another one: `--schemas schemas`"));
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::relative;

    #[test]
    fn folders_are_seen_from_the_package() {
        let seen = |root: &str, folder: &str| relative(Path::new(root), Path::new(folder)).ok();
        assert_eq!(seen("/a/app", "/a/app/db/schemas").unwrap(), "db/schemas");
        assert_eq!(seen("/a/app", "/a/db").unwrap(), "../db");
        assert_eq!(
            seen("..", "schemas").unwrap().split('/').next_back(),
            Some("schemas")
        );
        assert_eq!(seen("/a/app", "/a/x/../app"), None);
    }
}
