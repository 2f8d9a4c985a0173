//! The Cargo package that something is added to.

use std::fs;
use std::path::{Path, PathBuf};

use stepladder_build::diagnostic::Diagnostic;
use toml_edit::{DocumentMut, Item};

/// A package, as far as its Cargo.toml says.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) root: PathBuf,
    pub(crate) name: String,
    /// The text of Cargo.toml.
    pub(crate) text: String,
    pub(crate) manifest: DocumentMut,
    pub(crate) crate_root: CrateRoot,
}

/// The file that gets the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CrateRoot {
    /// A library, with the name by which its tests call it.
    Library {
        file: String,
        name: String,
    },
    Binary {
        file: String,
    },
    /// Programs in `src/bin` alone.
    None,
}

impl Package {
    /// The package whose Cargo.toml is named, or that of the current folder.
    pub(crate) fn find(manifest: Option<&Path>) -> Result<Self, Diagnostic> {
        let path = match manifest {
            Some(path) if path.is_dir() => path.join("Cargo.toml"),
            Some(path) => path.to_owned(),
            None => nearest_manifest()?,
        };
        let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
        let manifest: DocumentMut = text.parse().map_err(|error| no_toml(&error))?;
        let root = match path.parent() {
            Some(root) if !root.as_os_str().is_empty() => root.to_owned(),
            _ => PathBuf::from("."),
        };
        let Some(package) = manifest.get("package").or_else(|| manifest.get("project")) else {
            return Err(no_package(&root, &manifest));
        };
        let Some(name) = package.get("name").and_then(Item::as_str) else {
            let message = "the package has no name";
            return Err(
                Diagnostic::in_file("Cargo.toml", message).help("name it: `name = \"app\"`")
            );
        };
        let name = name.to_owned();
        check(package)?;
        let crate_root = crate_root(&root, &name, &manifest);
        Ok(Self {
            root,
            name,
            text,
            manifest,
            crate_root,
        })
    }

    /// The build script, as Cargo.toml names it.
    pub(crate) fn build_script(&self) -> &str {
        let build = self.manifest.get("package").and_then(|it| it.get("build"));
        build.and_then(Item::as_str).unwrap_or("build.rs")
    }
}

fn nearest_manifest() -> Result<PathBuf, Diagnostic> {
    let here = std::env::current_dir().unwrap_or_default();
    for (depth, folder) in here.ancestors().enumerate() {
        if folder.join("Cargo.toml").is_file() {
            // Relative, so that nothing that is shown depends on the machine.
            let up: PathBuf = std::iter::repeat_n("..", depth).collect();
            return Ok(up.join("Cargo.toml"));
        }
    }
    let message = "there is no Cargo.toml here, nor in a folder above";
    Err(Diagnostic::in_file("Cargo.toml", message)
        .note(format!("looked from `{}`", here.display()))
        .help("make a package first, `cargo init`, or name one: `--manifest-path app/Cargo.toml`")
        .help(
            "a schemas folder alone needs none: write `schemas/schema.sql` and run \
             `cargo stepladder make-migrations`",
        ))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    let shown = path.display().to_string();
    let reason = match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => error.to_string(),
    };
    Diagnostic::in_file(
        shown.as_str(),
        format!("`{shown}` cannot be read: {reason}"),
    )
    .help("name the Cargo.toml of a package: `--manifest-path app/Cargo.toml`")
}

fn no_toml(error: &toml_edit::TomlError) -> Diagnostic {
    let message = format!("`Cargo.toml` is no TOML: {}", error.message());
    Diagnostic::in_file("Cargo.toml", message).help("`cargo check` shows the place")
}

fn no_package(root: &Path, manifest: &DocumentMut) -> Diagnostic {
    let message = "`Cargo.toml` has no `[package]`";
    let diagnostic = Diagnostic::in_file("Cargo.toml", message);
    if manifest.get("workspace").is_none() {
        return diagnostic
            .help("name the Cargo.toml of a package: `--manifest-path app/Cargo.toml`");
    }
    let diagnostic = diagnostic.note("it is the root of a workspace");
    let members = crate::find::packages_below(root);
    if members.is_empty() {
        return diagnostic.help("make a member first: `cargo new app`");
    }
    members.iter().fold(diagnostic, |diagnostic, member| {
        diagnostic.help(format!(
            "name the package: `--manifest-path {member}/Cargo.toml`"
        ))
    })
}

/// What would keep the package from building afterwards.
fn check(package: &Item) -> Result<(), Diagnostic> {
    let wrong = |message: &str| Err(Diagnostic::in_file("Cargo.toml", message));
    if package.get("build").and_then(Item::as_bool) == Some(false) {
        let message = "`build = false` switches the build script off";
        return wrong(message).map_err(|wrong| wrong.help("remove the line"));
    }
    let edition = package.get("edition");
    // One that is not a text is inherited from the workspace.
    if edition.is_none() || edition.and_then(Item::as_str) == Some("2015") {
        let message =
            "the package is of the edition 2015, in which the generated module does not build";
        return wrong(message).map_err(|wrong| {
            wrong.help(
                "set `edition = \"2024\"` in `[package]`; `cargo fix --edition` adapts the code",
            )
        });
    }
    Ok(())
}

fn crate_root(root: &Path, name: &str, manifest: &DocumentMut) -> CrateRoot {
    let library = manifest.get("lib");
    let of_library = |key: &str| library?.get(key)?.as_str();
    let file = of_library("path").unwrap_or("src/lib.rs");
    if library.is_some() || root.join(file).is_file() {
        let name = of_library("name").map_or_else(|| name.replace('-', "_"), str::to_owned);
        let file = file.to_owned();
        return CrateRoot::Library { file, name };
    }
    let programs = manifest.get("bin").and_then(Item::as_array_of_tables);
    let named = programs.and_then(|programs| programs.iter().next()?.get("path")?.as_str());
    let file = named.unwrap_or("src/main.rs");
    if root.join(file).is_file() {
        let file = file.to_owned();
        return CrateRoot::Binary { file };
    }
    CrateRoot::None
}
