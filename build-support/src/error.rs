//! The error of this crate.

use std::fmt;

use crate::diagnostic::{Diagnostic, Severity, sort};
use crate::report;

/// What is wrong in a schemas folder.
///
/// `Display` is the report with the lines that it is about. `Debug` is the same report below a
/// headline, so that a build script that returns the error from `main` shows it.
pub struct Error {
    diagnostics: Vec<Diagnostic>,
}

impl Error {
    pub(crate) fn new(mut diagnostics: Vec<Diagnostic>) -> Self {
        sort(&mut diagnostics);
        Self { diagnostics }
    }

    /// All that is wrong, in order of file and position.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::new(vec![diagnostic])
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&report::render(&self.diagnostics))?;
        match report::more(&self.diagnostics) {
            Some(more) => write!(f, "\n\n{more}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors = self
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
            .count();
        let plural = if errors == 1 { "" } else { "s" };
        write!(f, "{errors} error{plural} in the schemas folder\n\n{self}")
    }
}

impl std::error::Error for Error {}
