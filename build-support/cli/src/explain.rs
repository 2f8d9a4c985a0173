//! `explain`: the pages of the rules.

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::{Value, json};
use stepladder_build::rule::Rule;

use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The name of the rule, such as `data_loss`.
    #[arg(value_parser = PossibleValuesParser::new(Rule::ALL.map(Rule::name)))]
    rule: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Output {
    if let Some(rule) = arguments.rule.as_deref().and_then(Rule::named) {
        let mut facts = facts(rule);
        facts["text"] = json!(rule.page());
        return Output::new(rule.page().trim_end(), facts);
    }
    let lines = Rule::ALL.map(|rule| {
        let level = rule.default_level().to_string();
        format!("{:<26}{level:<7}{}", rule.name(), rule.summary())
    });
    Output::new(lines.join("\n"), json!({ "rules": Rule::ALL.map(facts) }))
}

fn facts(rule: Rule) -> Value {
    json!({
        "rule": rule.name(),
        "level": rule.default_level().to_string(),
        "summary": rule.summary(),
    })
}
