//! The error of this crate.

use std::fmt;

use crate::diagnostic::{Diagnostic, Severity, sort};
use crate::report::{self, Style};

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

    /// The report with the colours of a terminal, as escape sequences; `Display` is the same without.
    pub fn coloured(&self) -> String {
        self.report(Style::Coloured)
    }

    fn report(&self, style: Style) -> String {
        let report = report::render(&self.diagnostics, style);
        match report::more(&self.diagnostics) {
            Some(more) => format!("{report}\n\n{more}"),
            None => report,
        }
    }
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::new(vec![diagnostic])
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.report(Style::Plain))
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
