//! The one place that knows of cargo: the variables that it sets, and the lines that it reads.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Severity};
use crate::error::Error;

/// A path that cargo gives to build scripts.
pub(crate) fn variable(name: &str) -> Result<PathBuf, Error> {
    std::env::var_os(name).map(PathBuf::from).ok_or_else(|| {
        Diagnostic::in_file("build.rs", format!("the variable `{name}` is not set"))
            .note("cargo sets it for build scripts")
            .help("call `compile` in a build.rs, or `stepladder_build::generate` elsewhere")
            .into()
    })
}

/// One line for the whole folder: cargo then sees added and removed files too.
#[expect(
    clippy::print_stdout,
    reason = "cargo reads the standard output of a build script"
)]
pub(crate) fn rerun_if_changed(folder: &Path) {
    println!("cargo::rerun-if-changed={}", folder.display());
}

/// A headline for each error, which cargo shows first; the report follows on standard error. Of a
/// warning this is all that is shown, so what to do about it follows its headline.
#[expect(
    clippy::print_stdout,
    reason = "cargo reads the standard output of a build script"
)]
pub(crate) fn report(diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        let kind = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        println!("cargo::{kind}={}", diagnostic.headline().replace('\n', " "));
        if diagnostic.severity == Severity::Warning {
            for help in &diagnostic.helps {
                println!("cargo::{kind}=help: {}", help.replace('\n', " "));
            }
        }
    }
}
