//! `[lints]`: how bad it is to break a rule.

use std::collections::BTreeMap;

use toml::Spanned;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::folder::distance;
use crate::rule::{Level, Levels, Rule, Scope};
use crate::source::SourceFile;

/// The section as it is written.
pub(super) type Section = BTreeMap<Spanned<String>, Spanned<String>>;

pub(super) fn read(file: &SourceFile, section: Section, errors: &mut Diagnostics) -> Levels {
    let mut levels = Levels::default();
    for (name, level) in section {
        let Some(found) = errors.ok(read_level(file, &level)) else {
            continue;
        };
        if name.get_ref() == "all" {
            levels.all = Some(found);
        } else if let Some(rule) = errors.ok(read_rule(file, &name, &level, found)) {
            levels.rules.insert(rule, found);
        }
    }
    levels
}

fn read_level(file: &SourceFile, level: &Spanned<String>) -> Result<Level, Diagnostic> {
    Level::named(level.get_ref()).ok_or_else(|| {
        let message = format!("there is no level `{}`", level.get_ref());
        Diagnostic::at(file, level.span(), message, "not a level")
            .help("write \"allow\", \"warn\" or \"deny\"")
    })
}

fn read_rule(
    file: &SourceFile,
    name: &Spanned<String>,
    level: &Spanned<String>,
    found: Level,
) -> Result<Rule, Diagnostic> {
    let Some(rule) = Rule::named(name.get_ref()) else {
        return Err(unknown_rule(
            Diagnostic::at(
                file,
                name.span(),
                format!("there is no rule `{}`", name.get_ref()),
                "not found",
            ),
            name.get_ref(),
        ));
    };
    if rule.scope() == Scope::Always && found != Level::Deny {
        let message = format!("`{}` is always an error", rule.name());
        return Err(Diagnostic::at(file, level.span(), message, "it cannot be less")
            .note("an upgrade that breaks this rule could not be undone as a whole, or not be done at all")
            .help("remove the line"));
    }
    Ok(rule)
}

/// Says which rules there are.
pub(crate) fn unknown_rule(diagnostic: Diagnostic, name: &str) -> Diagnostic {
    let names: Vec<_> = Rule::ALL
        .iter()
        .map(|known| format!("`{}`", known.name()))
        .collect();
    let near = (Rule::ALL.iter())
        .map(|known| (distance(known.name(), name), known))
        .filter(|(distance, _)| *distance <= 3)
        .min();
    match near {
        Some((_, near)) => diagnostic.help(format!(
            "a rule with a similar name exists: `{}`",
            near.name()
        )),
        None => diagnostic.help(format!("name one of these: {}", names.join(", "))),
    }
}
