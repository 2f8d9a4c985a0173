//! What is wrong, where, and what to do about it.

use std::fmt::{self, Write as _};
use std::ops::Range;
use std::sync::Arc;

use crate::error::Error;
use crate::report::{self, Style};
use crate::rule::Rule;
use crate::source::SourceFile;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// It is shown, and the work goes on.
    Warning,
}

/// A place in a file and what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The file.
    pub file: SourceFile,
    /// The bytes of its text.
    pub span: Range<usize>,
    /// What is said there.
    pub text: String,
}

/// One mistake (or doubt) in the schemas folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The rule that is broken, where it is one that has a name.
    pub rule: Option<Rule>,
    /// What the rule is broken for: a table or other entity, or a column as `table.column`.
    pub object: Option<String>,
    /// The fact, in one line.
    pub message: String,
    /// The path of the file it is about, as shown to the user.
    pub path: Arc<str>,
    /// The place in that file, where it has one.
    pub primary: Option<Label>,
    /// Further places, in that file or in others.
    pub secondary: Vec<Label>,
    /// Reasons and facts.
    pub notes: Vec<String>,
    /// What to do.
    pub helps: Vec<String>,
}

impl Diagnostic {
    /// An error about a file as a whole.
    pub fn in_file(path: impl Into<Arc<str>>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            rule: None,
            object: None,
            message: message.into(),
            path: path.into(),
            primary: None,
            secondary: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
        }
    }

    /// An error at a place in a file.
    pub fn at(
        file: &SourceFile,
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        let mut diagnostic = Self::in_file(Arc::clone(&file.path), message);
        diagnostic.primary = Some(Label {
            file: file.clone(),
            span,
            text: label.into(),
        });
        diagnostic
    }

    /// The same with another severity.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The same as the breach of a rule.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rule = Some(rule);
        self
    }

    /// Adds a further place.
    #[must_use]
    pub fn also_at(
        mut self,
        file: &SourceFile,
        span: Range<usize>,
        label: impl Into<String>,
    ) -> Self {
        self.secondary.push(Label {
            file: file.clone(),
            span,
            text: label.into(),
        });
        self
    }

    /// Adds a reason or a fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.helps.push(help.into());
        self
    }

    /// The diagnostic in one line, as `file:line:column: message [rule]`.
    pub fn headline(&self) -> String {
        let rule = self.rule.map(|rule| format!(" [{}]", rule.name()));
        let message = format!("{}{}", self.message, rule.unwrap_or_default());
        match &self.primary {
            Some(label) => {
                let (line, column) = label.file.line_column(label.span.start);
                format!("{}:{line}:{column}: {message}", self.path)
            }
            None => format!("{}: {message}", self.path),
        }
    }

    /// The report with the colours of a terminal, as escape sequences; `Display` is the same without.
    pub fn coloured(&self) -> String {
        report::render(std::slice::from_ref(self), Style::Coloured)
    }

    fn offset(&self) -> usize {
        self.primary.as_ref().map_or(0, |label| label.span.start)
    }
}

/// The report of this diagnostic, with the lines it is about.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&report::render(std::slice::from_ref(self), Style::Plain))
    }
}

/// The sink that the passes push into. A pass goes on after a mistake; the driver stops at the
/// barrier behind it, so that all mistakes of a pass are shown at once.
#[derive(Debug, Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Adds one, if there is one.
    pub fn push_some(&mut self, diagnostic: Option<Diagnostic>) {
        self.found.extend(diagnostic);
    }

    /// Takes the value, or adds the diagnostic that stands for it.
    pub fn ok<T>(&mut self, result: Result<T, Diagnostic>) -> Option<T> {
        result.map_err(|diagnostic| self.push(diagnostic)).ok()
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.found
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether one of them is an error that is not the breach of this rule.
    pub(crate) fn has_errors_besides(&self, rule: Rule) -> bool {
        self.found.iter().any(|diagnostic| {
            diagnostic.severity == Severity::Error && diagnostic.rule != Some(rule)
        })
    }

    /// The end of a pass.
    ///
    /// # Errors
    /// All that was found so far, if there is an error in it.
    pub fn barrier(&mut self) -> Result<(), Error> {
        if self.has_errors() {
            Err(Error::new(self.take()))
        } else {
            Ok(())
        }
    }

    /// All that was found so far, in order of file and position.
    pub fn take(&mut self) -> Vec<Diagnostic> {
        let mut found = std::mem::take(&mut self.found);
        sort(&mut found);
        found
    }
}

pub(crate) fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by_cached_key(|diagnostic| {
        (
            natural_key(&diagnostic.path),
            diagnostic.offset(),
            diagnostic.message.clone(),
        )
    });
    diagnostics.dedup();
}

/// A key by which `schema_v9.json` comes before `schema_v10.json`.
fn natural_key(path: &str) -> String {
    let mut key = String::new();
    let mut rest = path;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let digits = rest[start..]
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len() - start);
        key.push_str(&rest[..start]);
        let digits = start + digits;
        write!(key, "{:0>20}", &rest[start..digits]).expect("writing to a String does not fail");
        rest = &rest[digits..];
    }
    key + rest
}

#[cfg(test)]
mod tests {
    use super::{Diagnostic, Diagnostics, Severity};
    use crate::source::SourceFile;

    #[test]
    fn the_order_is_that_of_files_and_positions() {
        let file = SourceFile::new("schema_v9.json", "abc");
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(Diagnostic::in_file("schema_v10.json", "d"));
        diagnostics.push(Diagnostic::at(&file, 2..3, "c", ""));
        diagnostics.push(Diagnostic::at(&file, 1..2, "b", ""));
        diagnostics.push(Diagnostic::in_file("schema_v9.json", "a"));
        let messages: Vec<_> = diagnostics.take().into_iter().map(|d| d.message).collect();
        assert_eq!(messages, ["a", "b", "c", "d"]);
    }

    #[test]
    fn a_warning_stops_nothing() {
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(Diagnostic::in_file("f", "w").severity(Severity::Warning));
        assert!(diagnostics.barrier().is_ok());
        diagnostics.push(Diagnostic::in_file("f", "e"));
        assert_eq!(diagnostics.barrier().unwrap_err().diagnostics().len(), 2);
    }

    #[test]
    fn the_headline_has_the_place() {
        let file = SourceFile::new("f.sql", "a\nb");
        let diagnostic = Diagnostic::at(&file, 2..3, "wrong", "");
        assert_eq!(diagnostic.headline(), "f.sql:2:1: wrong");
    }
}
