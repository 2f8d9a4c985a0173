//! What a subcommand has to say, for a person or for a program.

use std::io::Write;
use std::process::ExitCode;

use clap::ColorChoice;
use serde_json::{Map, Value, json};
use stepladder_build::Error;
use stepladder_build::diagnostic::{Diagnostic, Severity};

use crate::Format;

/// What a subcommand has to say.
#[derive(Debug, Default)]
pub(crate) struct Output {
    /// For a person, on standard output.
    text: String,
    /// For a person, on standard error, in colour.
    report: String,
    /// For a program.
    facts: Map<String, Value>,
    /// Warnings and errors.
    diagnostics: Vec<Value>,
    failed: bool,
    exit_code: Option<ExitCode>,
}

impl Output {
    /// A text, and the facts in it.
    pub(crate) fn new(text: impl Into<String>, facts: Value) -> Self {
        Self {
            text: text.into(),
            facts: match facts {
                Value::Object(facts) => facts,
                other => Map::from_iter([("value".to_owned(), other)]),
            },
            ..Self::default()
        }
    }

    /// What is wrong in the folder.
    pub(crate) fn failed(error: &Error) -> Self {
        Self {
            report: error.coloured(),
            diagnostics: error.diagnostics().iter().map(diagnostic).collect(),
            failed: true,
            ..Self::default()
        }
    }

    /// Adds what was noticed.
    pub(crate) fn with_diagnostics(mut self, found: &[Diagnostic]) -> Self {
        let texts: Vec<_> = found.iter().map(Diagnostic::coloured).collect();
        self.report = texts.join("\n\n");
        self.failed |= (found.iter()).any(|found| found.severity == Severity::Error);
        self.diagnostics.extend(found.iter().map(diagnostic));
        self
    }

    /// Adds, before all else, what was noticed when the command started.
    pub(crate) fn behind(mut self, left: &[Diagnostic]) -> Self {
        let mut texts: Vec<_> = left.iter().map(Diagnostic::coloured).collect();
        if !self.report.is_empty() {
            texts.push(self.report);
        }
        self.report = texts.join("\n\n");
        self.diagnostics.splice(0..0, left.iter().map(diagnostic));
        self
    }

    /// The same with an exit code of its own.
    pub(crate) fn with_exit_code(mut self, code: ExitCode) -> Self {
        self.exit_code = Some(code);
        self
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        if let Some(code) = self.exit_code {
            code
        } else if self.failed {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }
}

fn diagnostic(diagnostic: &Diagnostic) -> Value {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let place = diagnostic
        .primary
        .as_ref()
        .map(|label| label.file.line_column(label.span.start));
    json!({
        "severity": severity,
        "rule": diagnostic.rule.map(stepladder_build::rule::Rule::name),
        "object": diagnostic.object,
        "message": diagnostic.message,
        "file": &*diagnostic.path,
        "line": place.map(|(line, _)| line),
        "column": place.map(|(_, column)| column),
        "notes": diagnostic.notes,
        "helps": diagnostic.helps,
    })
}

/// Says whether what goes to a terminal has colours; with `Auto` the terminal and the environment
/// decide: `NO_COLOR`, `CLICOLOR_FORCE`, `TERM`.
pub(crate) fn choose_colour(choice: ColorChoice) {
    let choice = match choice {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
}

/// Writes it. Nobody reads on is no failure: `cargo stepladder diff v1 v2 | head`.
pub(crate) fn print(output: &Output, format: Format) {
    match format {
        Format::Text => {
            // It takes the colours out where nobody would see them.
            write(&mut anstream::stderr(), &output.report);
            write(&mut std::io::stdout(), &output.text);
        }
        Format::Json => {
            let mut facts = output.facts.clone();
            facts.insert("ok".to_owned(), json!(!output.failed));
            facts.insert("diagnostics".to_owned(), json!(output.diagnostics));
            write_json(&Value::Object(facts));
        }
    }
}

/// One object, on standard output.
pub(crate) fn write_json(value: &Value) {
    write(&mut std::io::stdout(), &format!("{value:#}"));
}

/// The rows of a table as lines, with columns as wide as they have to be.
pub(crate) fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<_> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths);
        let cells: Vec<_> = cells
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

fn write(stream: &mut impl Write, text: &str) {
    if !text.is_empty() {
        let _ = writeln!(stream, "{text}");
    }
}
