//! `explain`: the pages of the rules.

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::json;
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
        let facts = json!({ "rule": rule.name(), "level": rule.default_level().to_string() });
        return Output::new(rule.page().trim_end(), facts);
    }
    let lines = Rule::ALL.map(|rule| format!("{:<26}{}", rule.name(), rule.default_level()));
    let rules = Rule::ALL
        .map(|rule| json!({ "rule": rule.name(), "level": rule.default_level().to_string() }));
    Output::new(lines.join("\n"), json!({ "rules": rules }))
}
