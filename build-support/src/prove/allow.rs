//! What a step declares: `-- stepladder: allow data_loss todos.notes because <reason>`.

use std::cell::Cell;

use stepladder::sql::names_equal;

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::directive::{Directive, directives};
use crate::folder::distance;
use crate::history::Version;
use crate::source::SourceFile;

/// What a step can declare to be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    /// Rows or values are gone.
    DataLoss,
    /// Keys that AUTOINCREMENT has given away will be given away again.
    AutoincrementReset,
    /// Rows that are there may be equal where the new version wants them unique.
    UniqueOnExisting,
    /// Rows that are there may have NULL where the new version wants none.
    NotNullOnExisting,
    /// Rows that are there may break a CHECK of the new version.
    CheckOnExisting,
    /// Rows that are there may have values that do not fit the type of the new version.
    TypeChange,
    /// Values for which an expression of the step is not made, such as text that is no JSON.
    OddValues,
}

impl Rule {
    const ALL: [Self; 7] = [
        Self::DataLoss,
        Self::AutoincrementReset,
        Self::UniqueOnExisting,
        Self::NotNullOnExisting,
        Self::CheckOnExisting,
        Self::TypeChange,
        Self::OddValues,
    ];

    /// Its name in a directive.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::DataLoss => "data_loss",
            Self::AutoincrementReset => "autoincrement_reset",
            Self::UniqueOnExisting => "unique_on_existing",
            Self::NotNullOnExisting => "not_null_on_existing",
            Self::CheckOnExisting => "check_on_existing",
            Self::TypeChange => "type_change",
            Self::OddValues => "odd_values",
        }
    }

    /// The rule by which rows can be said not to be there that SQLite refuses with this message;
    /// `None` where any row will do.
    pub(super) fn of_message(message: &str) -> Option<Self> {
        if message.starts_with("Cannot add") || message.starts_with("cannot add") {
            return None;
        }
        let rule = [
            ("UNIQUE constraint failed", Self::UniqueOnExisting),
            ("NOT NULL constraint failed", Self::NotNullOnExisting),
            ("CHECK constraint failed", Self::CheckOnExisting),
            ("cannot store", Self::TypeChange),
            ("datatype mismatch", Self::TypeChange),
        ]
        .into_iter()
        .find_map(|(text, rule)| message.contains(text).then_some(rule));
        Some(rule.unwrap_or(Self::OddValues))
    }
}

/// A declaration.
#[derive(Debug)]
pub(super) struct Allowance {
    rule: Rule,
    /// A table, or a column as `table.column`.
    object: String,
    directive: Directive,
    needed: Cell<bool>,
}

/// The declarations of a step; what is no declaration that we know goes to `errors`.
pub(super) fn read_allowances(
    file: &SourceFile,
    versions: [&Version; 2],
    errors: &mut Diagnostics,
) -> Vec<Allowance> {
    let mut allowances = Vec::new();
    for directive in directives(&file.text) {
        match read(file, &directive, versions) {
            Ok(allowance) => allowances.push(allowance),
            Err(diagnostic) => errors.push(diagnostic),
        }
    }
    allowances
}

/// Whether something is declared; the declaration is needed then.
pub(super) fn is_allowed(allowances: &[Allowance], rule: Rule, object: &str) -> bool {
    let found = (allowances.iter())
        .find(|allowance| allowance.rule == rule && names_equal(&allowance.object, object));
    if let Some(allowance) = found {
        allowance.needed.set(true);
    }
    found.is_some()
}

/// A declaration of which the proof found no need is a warning: it would hide the next loss.
pub(super) fn warn_unneeded(file: &SourceFile, allowances: &[Allowance], errors: &mut Diagnostics) {
    for allowance in allowances
        .iter()
        .filter(|allowance| !allowance.needed.get())
    {
        let (rule, object) = (allowance.rule.name(), &allowance.object);
        errors.push(
            at(
                file,
                &allowance.directive,
                format!("`allow {rule} {object}` is not needed"),
            )
            .severity(Severity::Warning)
            .help("remove the line: it would hide a loss that a later edit brings"),
        );
    }
}

/// The line that declares something, for messages.
pub(super) fn line(rule: Rule, object: &str) -> String {
    format!("-- stepladder: allow {} {object} because ..", rule.name())
}

fn read(
    file: &SourceFile,
    directive: &Directive,
    versions: [&Version; 2],
) -> Result<Allowance, Diagnostic> {
    let words = directive.words.as_str();
    let Some(rest) = words.strip_prefix("allow ") else {
        return Err(at(
            file,
            directive,
            format!("this version of stepladder does not know the directive `{words}`"),
        )
        .help(
            "write `-- stepladder: allow <rule> <object> because <reason>`, or remove the line",
        ));
    };
    let (rule, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let Some(rule) = Rule::ALL.into_iter().find(|known| known.name() == rule) else {
        return Err(unknown_rule(file, directive, rule));
    };
    let Some((object, reason)) = rest.split_once(" because ") else {
        return Err(
            at(file, directive, "an allowance needs a reason".to_owned())
                .help(format!("write `{}`", line(rule, rest))),
        );
    };
    if reason.trim_matches('.').trim().is_empty() {
        return Err(
            at(file, directive, "an allowance needs a reason".to_owned())
                .help("say behind `because` why it is meant"),
        );
    }
    if !versions.iter().any(|version| has(version, object)) {
        return Err(unknown_object(file, directive, object, versions));
    }
    Ok(Allowance {
        rule,
        object: object.to_owned(),
        directive: directive.clone(),
        needed: Cell::new(false),
    })
}

fn at(file: &SourceFile, directive: &Directive, message: String) -> Diagnostic {
    let span = directive.start..directive.start + directive.length;
    Diagnostic::at(file, span, message, "declared here")
}

fn unknown_rule(file: &SourceFile, directive: &Directive, rule: &str) -> Diagnostic {
    let names: Vec<_> = Rule::ALL
        .iter()
        .map(|known| format!("`{}`", known.name()))
        .collect();
    let near = (Rule::ALL.iter()).find(|known| distance(known.name(), rule) <= 3);
    let diagnostic = at(file, directive, format!("there is no rule `{rule}`"))
        .note(format!("the rules are {}", names.join(", ")));
    match near {
        Some(near) => diagnostic.help(format!(
            "a rule with a similar name exists: `{}`",
            near.name()
        )),
        None => diagnostic.help("name one of them"),
    }
}

fn unknown_object(
    file: &SourceFile,
    directive: &Directive,
    object: &str,
    versions: [&Version; 2],
) -> Diagnostic {
    let message = format!(
        "neither version {} nor version {} has `{object}`",
        versions[0].number, versions[1].number
    );
    let objects = versions.iter().flat_map(|version| objects(version));
    let near = objects
        .map(|name| (distance(&name, object), name))
        .filter(|(distance, _)| *distance <= 2)
        .min();
    let diagnostic = at(file, directive, message);
    match near {
        Some((_, near)) => diagnostic.help(format!("a similar name exists: `{near}`")),
        None => diagnostic.help("name a table, or a column as `table.column`"),
    }
}

fn has(version: &Version, object: &str) -> bool {
    objects(version)
        .iter()
        .any(|known| names_equal(known, object))
}

/// The tables of a version, and their columns as `table.column`.
fn objects(version: &Version) -> Vec<String> {
    let mut objects = Vec::new();
    for table in version.schema.tables() {
        objects.push(table.name.clone());
        objects.extend(
            table
                .columns
                .iter()
                .map(|column| format!("{}.{}", table.name, column.name)),
        );
    }
    objects
}
