//! What breaks a rule, and what becomes of it: an error, a warning, or nothing.

use super::allow::{Allowance, is_allowed, line};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::rule::{Levels, Rule, Scope};

/// Something that breaks a rule.
pub(super) struct Finding {
    pub(super) rule: Rule,
    /// A table or other entity, or a column as `table.column`.
    pub(super) object: String,
    pub(super) diagnostic: Diagnostic,
}

/// Who decides: the settings, and the step.
#[derive(Clone, Copy)]
pub(super) struct Judge<'s> {
    pub(super) levels: &'s Levels,
    pub(super) allowances: &'s [Allowance],
}

impl Judge<'_> {
    /// Whether a rule may be broken for an object. An allowance that says so is needed then.
    pub(super) fn allows(&self, rule: Rule, object: &str) -> bool {
        // Who says that a table is to go says it of its rows.
        let implied: &[Rule] = match rule {
            Rule::DataLoss => &[Rule::DropTable, Rule::DropColumn],
            _ => &[],
        };
        is_allowed(self.allowances, rule, object)
            || (implied.iter()).any(|implied| is_allowed(self.allowances, *implied, object))
            || self.levels.of(rule).severity().is_none()
    }

    /// Says what is found, unless it is allowed.
    pub(super) fn tell(&self, finding: Finding, errors: &mut Diagnostics) {
        let Finding {
            rule,
            object,
            diagnostic,
        } = finding;
        if self.allows(rule, &object) {
            return;
        }
        let diagnostic = match rule.scope() {
            Scope::Object => {
                let line = line(rule, &object);
                diagnostic.help(format!("if {}, declare it: `{line}`", excuse(rule)))
            }
            Scope::Anywhere | Scope::Always => diagnostic,
        };
        let told = by_rule(rule, self.levels, diagnostic);
        errors.push_some(told.map(|told| Diagnostic {
            object: Some(object),
            ..told
        }));
    }
}

/// The diagnostic with the name of the rule, as bad as its level says.
pub(super) fn by_rule(rule: Rule, levels: &Levels, diagnostic: Diagnostic) -> Option<Diagnostic> {
    let severity = levels.of(rule).severity()?;
    Some(diagnostic.severity(severity).rule(rule))
}

/// Why somebody may break the rule.
fn excuse(rule: Rule) -> &'static str {
    match rule {
        Rule::UniqueOnExisting
        | Rule::NotNullOnExisting
        | Rule::NotNullWithoutDefault
        | Rule::CheckOnExisting
        | Rule::ForeignKeyOnExisting
        | Rule::OddValues
        | Rule::TypeChange => "there can be no such rows",
        _ => "it is meant",
    }
}
