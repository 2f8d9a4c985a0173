//! `explain`: the pages of the rules and of the directives.

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::{Value, json};
use stepladder_build::DirectivePage;
use stepladder_build::rule::Rule;

use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The name of the rule, such as `data_loss`, or of a directive in a step, such as `fill_in`.
    #[arg(value_parser = PossibleValuesParser::new(names()))]
    rule: Option<String>,
}

fn names() -> Vec<&'static str> {
    let directives = DirectivePage::ALL.map(|page| page.name);
    Rule::ALL
        .map(Rule::name)
        .into_iter()
        .chain(directives)
        .collect()
}

pub(crate) fn run(arguments: &Arguments) -> Output {
    if let Some(rule) = arguments.rule.as_deref().and_then(Rule::named) {
        let mut facts = facts(rule);
        facts["text"] = json!(rule.page());
        return Output::new(rule.page().trim_end(), facts);
    }
    if let Some(page) = arguments.rule.as_deref().and_then(DirectivePage::named) {
        let mut facts = directive_facts(page);
        facts["text"] = json!(page.text);
        return Output::new(page.text.trim_end(), facts);
    }
    let rules = Rule::ALL.map(|rule| {
        let level = rule.default_level().to_string();
        format!("{:<26}{level:<7}{}", rule.name(), rule.summary())
    });
    let directives =
        DirectivePage::ALL.map(|page| format!("{:<26}{:<7}{}", page.name, "line", page.summary()));
    let about = "`line` is a line in a step: `-- stepladder: allow ..`".to_owned();
    let lines: Vec<_> = rules.into_iter().chain(directives).chain([about]).collect();
    let facts = json!({
        "rules": Rule::ALL.map(facts),
        "directives": DirectivePage::ALL.map(directive_facts),
    });
    Output::new(lines.join("\n"), facts)
}

fn directive_facts(page: DirectivePage) -> Value {
    json!({ "directive": page.name, "summary": page.summary() })
}

fn facts(rule: Rule) -> Value {
    json!({
        "rule": rule.name(),
        "level": rule.default_level().to_string(),
        "summary": rule.summary(),
    })
}
