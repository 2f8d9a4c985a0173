//! What a step declares: `-- stepladder: allow data_loss todos.notes because <reason>`.

use std::sync::atomic::{AtomicBool, Ordering};

use stepladder::schema::Entity;
use stepladder::sql::{fold, names_equal, tokens};

use super::finding::by_rule;
use super::run::Rejected;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::directive::{Directive, called, directives};
use crate::draft::{rename_options, renamed_together};
use crate::folder::{command, distance};
use crate::history::Version;
use crate::rows_alone::to_fill_in_rows;
use crate::rule::{Levels, Rule, Scope};
use crate::settings::unknown_rule;
use crate::source::SourceFile;

/// The rule by which rows can be said not to be there that SQLite refuses in this way; `None` where
/// any row will do.
pub(super) fn rule_of(refused: &Rejected<'_>) -> Option<Rule> {
    match refused.error.to_string().as_str() {
        "constraint failed" => Some(rule_of_constraint(&refused.statement.sql)),
        message => rule_of_message(message),
    }
}

fn rule_of_message(message: &str) -> Option<Rule> {
    const TEXTS: [(&str, Rule); 6] = [
        ("Cannot add a NOT NULL column", Rule::NotNullWithoutDefault),
        ("UNIQUE constraint failed", Rule::UniqueOnExisting),
        ("NOT NULL constraint failed", Rule::NotNullOnExisting),
        ("CHECK constraint failed", Rule::CheckOnExisting),
        ("cannot store", Rule::TypeChange),
        ("datatype mismatch", Rule::TypeChange),
    ];
    let rule = (TEXTS.into_iter()).find_map(|(text, rule)| message.contains(text).then_some(rule));
    let any_row = message.starts_with("Cannot add") || message.starts_with("cannot add");
    rule.or((!any_row).then_some(Rule::OddValues))
}

/// `ALTER TABLE .. SET NOT NULL` and `.. ADD CHECK` only say that there is such a row.
fn rule_of_constraint(statement: &str) -> Rule {
    let tokens = tokens(statement);
    let mut words = tokens.windows(3);
    let sets = words.any(|words| {
        words[0].is_keyword("SET") && words[1].is_keyword("NOT") && words[2].is_keyword("NULL")
    });
    if sets {
        Rule::NotNullOnExisting
    } else {
        Rule::CheckOnExisting
    }
}

/// A declaration.
#[derive(Debug)]
pub(super) struct Allowance {
    rule: Rule,
    /// A table, or a column as `table.column`.
    object: String,
    /// What it begins with if it is about a column of a table that goes: it goes with the table.
    columns: Option<String>,
    directive: Directive,
    needed: AtomicBool,
}

/// The declarations of a step; what is no declaration that we know goes to `errors`.
pub(super) fn read_allowances(
    file: &SourceFile,
    versions: [&Version; 2],
    errors: &mut Diagnostics,
) -> Vec<Allowance> {
    let mut allowances = Vec::new();
    let directives = directives(&file.text).into_iter();
    for directive in directives.filter(|directive| called(directive).is_none()) {
        match read(file, &directive, versions) {
            Ok(allowance) => allowances.push(allowance),
            Err(diagnostic) => errors.push(diagnostic),
        }
    }
    allowances
}

impl Allowance {
    fn is_about(&self, object: &str) -> bool {
        let is_column = |start: &String| fold(object).starts_with(start);
        names_equal(&self.object, object) || self.columns.as_ref().is_some_and(is_column)
    }
}

/// The object, if it is a table that only the old version has.
fn gone_table<'o>(object: &'o str, [old, new]: [&Version; 2]) -> Option<&'o str> {
    let is_gone = old.schema.table(object).is_some() && new.schema.table(object).is_none();
    is_gone.then_some(object)
}

/// Whether something is declared; the declaration is needed then.
pub(super) fn is_allowed(allowances: &[Allowance], rule: Rule, object: &str) -> bool {
    let found =
        (allowances.iter()).find(|allowance| allowance.rule == rule && allowance.is_about(object));
    if let Some(allowance) = found {
        allowance.needed.store(true, Ordering::Relaxed);
    }
    found.is_some()
}

/// A declaration of which the proof found no need is a warning: it would hide the next loss.
pub(super) fn warn_unneeded(
    file: &SourceFile,
    allowances: &[Allowance],
    levels: &Levels,
    errors: &mut Diagnostics,
) {
    for allowance in allowances
        .iter()
        .filter(|allowance| !allowance.needed.load(Ordering::Relaxed))
    {
        let (rule, object) = (allowance.rule.name(), &allowance.object);
        let message = format!("`allow {rule} {object}` is not needed");
        let diagnostic = at(file, &allowance.directive, message)
            .help("remove the line: it would hide a loss that a later edit brings");
        errors.push_some(by_rule(Rule::UnneededAllowance, levels, diagnostic));
    }
}

/// Where the declarations stand that were needed.
pub(super) fn needed_at(allowances: &[Allowance]) -> impl Iterator<Item = usize> + '_ {
    let needed = allowances
        .iter()
        .filter(|allowance| allowance.needed.load(Ordering::Relaxed));
    needed.map(|allowance| allowance.directive.start)
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
    if let Some(guess) = words.strip_prefix("confirm ") {
        return Err(to_confirm(file, directive, guess, versions));
    }
    if words == "fill_in" || words.starts_with("fill_in because ") {
        return Err(to_fill_in_rows(file, directive, versions));
    }
    if let Some(place) = words.strip_prefix("fill_in ") {
        return Err(to_fill_in(file, directive, place, versions));
    }
    let Some(rest) = words.strip_prefix("allow ") else {
        return Err(at(
            file,
            directive,
            format!("this version of stepladder does not know the directive `{words}`"),
        )
        .help(
            "write `-- stepladder: allow <rule> <object> because <reason>` or `-- stepladder: call \
             <method>`, or remove the line",
        ));
    };
    let (rule, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let Some(rule) = Rule::named(rule) else {
        let diagnostic = at(file, directive, format!("there is no rule `{rule}`"));
        return Err(unknown_rule(diagnostic, rule));
    };
    not_to_allow(file, directive, rule)?;
    let Some((object, reason)) = rest.split_once(" because ") else {
        return Err(
            at(file, directive, "an allowance needs a reason".to_owned()).help(format!(
                "write `{}`",
                line(rule, rest.strip_suffix(" because").unwrap_or(rest))
            )),
        );
    };
    if reason.trim_matches('.').trim().is_empty() {
        let open = at(file, directive, "an allowance needs a reason".to_owned())
            .help("say behind `because` why it is meant")
            .help("or remove the line: the proof tells whether it is needed");
        return Err(or_renamed(open, file, object, versions));
    }
    if !versions.iter().any(|version| has(version, object)) {
        return Err(unknown_object(file, directive, object, versions));
    }
    Ok(Allowance {
        rule,
        object: object.to_owned(),
        columns: gone_table(object, versions).map(|table| fold(&format!("{table}."))),
        directive: directive.clone(),
        needed: AtomicBool::new(false),
    })
}

/// A rename that a draft guessed.
fn to_confirm(
    file: &SourceFile,
    directive: &Directive,
    guess: &str,
    [old, new]: [&Version; 2],
) -> Diagnostic {
    let (object, reason) = guess.split_once(" because ").unwrap_or((guess, ""));
    let diagnostic = at(
        file,
        directive,
        format!("the rename of `{object}` is to be confirmed"),
    );
    let diagnostic = match reason {
        "" => diagnostic,
        _ => diagnostic.note(reason),
    };
    diagnostic
        .help("remove this line if it is the same with another name")
        .help(format!(
            "if it is not, draft it anew: `rm {}`, then `{}`",
            file.path,
            draft_command(&file.path, [old.number, new.number], "--no-guess")
        ))
}

/// The command that drafts a file again, with other options: of any version, not of the newest alone.
fn draft_command(path: &str, [from, to]: [i32; 2], options: &str) -> String {
    let folder = path
        .rsplit_once("/steps/")
        .map_or("schemas", |(folder, _)| folder);
    let which = if from < to { "--from" } else { "--rollback" };
    command(folder, &format!("draft {which} {from} {options}"))
}

/// Adds what the author may have meant, where the table of an object is gone, or new, and one that is
/// new, or gone, has most of its columns.
fn or_renamed(
    mut diagnostic: Diagnostic,
    file: &SourceFile,
    object: &str,
    [old, new]: [&Version; 2],
) -> Diagnostic {
    if old.number > new.number {
        return diagnostic;
    }
    let is_about = |table: &str| {
        let start = object.get(..table.len());
        let rest = object.get(table.len()..).unwrap_or_default();
        start.is_some_and(|start| names_equal(start, table))
            && (rest.is_empty() || rest.starts_with('.'))
    };
    for renames in renamed_together(&old.schema, &new.schema, &[]) {
        let first = &renames[0];
        if is_about(&first.table) || is_about(&first.to) {
            diagnostic = diagnostic.help(format!(
                "or is it a rename? `rm {}`, then `{}`",
                file.path,
                draft_command(
                    &file.path,
                    [old.number, new.number],
                    &rename_options(&renames)
                )
            ));
        }
    }
    diagnostic
}

/// A place that a draft left open.
fn to_fill_in(
    file: &SourceFile,
    directive: &Directive,
    place: &str,
    versions: [&Version; 2],
) -> Diagnostic {
    let (object, reason) = place.split_once(" because ").unwrap_or((place, ""));
    let diagnostic = at(file, directive, format!("`{object}` is to be filled in"));
    let diagnostic = match reason {
        "" => diagnostic,
        _ => diagnostic.note(reason),
    };
    let diagnostic = diagnostic.help(
        "write in the statement below what the rows that are there get, and remove this line",
    );
    or_renamed(diagnostic, file, object, versions)
}

fn at(file: &SourceFile, directive: &Directive, message: String) -> Diagnostic {
    let span = directive.start..directive.start + directive.length;
    Diagnostic::at(file, span, message, "declared here")
}

/// A rule that no step can break with a reason.
fn not_to_allow(file: &SourceFile, directive: &Directive, rule: Rule) -> Result<(), Diagnostic> {
    let name = rule.name();
    let help = match rule.scope() {
        Scope::Object => return Ok(()),
        Scope::Anywhere => format!(
            "set its level in `stepladder.toml`: `[lints]`, and below it `{name} = \"warn\"`"
        ),
        Scope::Always => "remove the line, and what it was to allow".to_owned(),
    };
    Err(at(file, directive, format!("a step cannot allow `{name}`")).help(help))
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
        None => {
            diagnostic.help("name a table, view, index or trigger, or a column as `table.column`")
        }
    }
}

fn has(version: &Version, object: &str) -> bool {
    objects(version)
        .iter()
        .any(|known| names_equal(known, object))
}

/// The entities of a version, and their columns as `table.column`.
fn objects(version: &Version) -> Vec<String> {
    let mut objects = Vec::new();
    for entity in &version.schema.entities {
        let name = entity.name();
        objects.push(name.to_owned());
        let columns: Vec<&String> = match entity {
            Entity::Table(table) => table.columns.iter().map(|column| &column.name).collect(),
            Entity::VirtualTable(table) => table.columns.iter().collect(),
            Entity::Index(_) | Entity::Trigger(_) | Entity::View(_) => Vec::new(),
        };
        objects.extend(columns.iter().map(|column| format!("{name}.{column}")));
    }
    objects
}
