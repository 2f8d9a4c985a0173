//! Mistakes in the arguments, for a person or for a program.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{ColorChoice, CommandFactory, FromArgMatches};
use serde_json::{Value, json};

use crate::{Cli, Format, output};

/// Reads the arguments, and says what is wrong with them.
///
/// # Errors
/// The exit code, where there is nothing to run.
pub(crate) fn parse(arguments: &[OsString]) -> Result<Cli, ExitCode> {
    // A mistake is to be told in the form that is asked for, although it keeps the rest from being read.
    let color = value_of(arguments, "--color");
    let color = color
        .and_then(|color| color.parse().ok())
        .unwrap_or(ColorChoice::Auto);
    output::choose_colour(color);
    let mut command = Cli::command().color(color);
    let parsed = command.try_get_matches_from_mut(arguments);
    let cli = parsed.and_then(|parsed| Cli::from_arg_matches(&parsed));
    cli.map_err(|error| {
        let is_json = value_of(arguments, "--format").as_deref() == Some("json");
        let format = if is_json { Format::Json } else { Format::Text };
        told(&error, format)
    })
}

fn told(error: &clap::Error, format: Format) -> ExitCode {
    let is_mistake = error.exit_code() != 0;
    if is_mistake && format == Format::Json {
        output::write_json(&json!({ "ok": false, "diagnostics": [diagnostic(error)] }));
    } else {
        // Nobody reads on is no failure.
        let _ = error.print();
    }
    if is_mistake {
        ExitCode::from(2)
    } else {
        ExitCode::SUCCESS
    }
}

fn diagnostic(error: &clap::Error) -> Value {
    let text = error.to_string();
    let paragraphs: Vec<_> = text.split("\n\n").map(joined).collect();
    let message = paragraphs.first().map_or("", String::as_str);
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let of_kind = |start: &'static str| {
        let of_kind = paragraphs
            .iter()
            .filter_map(move |text| text.strip_prefix(start));
        of_kind.map(str::to_owned).collect::<Vec<_>>()
    };
    let mut helps = of_kind("tip: ");
    helps.push(
        "`cargo stepladder --help` lists the commands, and behind a command its arguments"
            .to_owned(),
    );
    let usage = of_kind("Usage: ");
    let usage = usage.iter().filter_map(|usage| usage.split("  ").next());
    json!({
        "severity": "error",
        "rule": null,
        "object": null,
        "message": message,
        "file": null,
        "line": null,
        "column": null,
        "notes": usage.map(|usage| format!("usage: {usage}")).collect::<Vec<_>>(),
        "helps": helps,
    })
}

/// The lines of a paragraph as one.
fn joined(paragraph: &str) -> String {
    let lines = paragraph.lines().map(str::trim);
    lines.collect::<Vec<_>>().join(" ").trim().to_owned()
}

/// The value of an option, as `--name value` or `--name=value`.
fn value_of(arguments: &[OsString], name: &str) -> Option<String> {
    let texts: Vec<_> = arguments
        .iter()
        .map(|argument| argument.to_string_lossy())
        .collect();
    let end = texts
        .iter()
        .position(|text| text == "--")
        .unwrap_or(texts.len());
    let texts = &texts[..end];
    texts.iter().enumerate().find_map(|(place, text)| {
        match text.strip_prefix(name)?.strip_prefix('=') {
            Some(value) => Some(value.to_owned()),
            None if text == name => texts.get(place + 1).map(ToString::to_string),
            None => None,
        }
    })
}
