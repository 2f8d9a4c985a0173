//! `status --wire`: what each version means for a server and clients that exchange rows.

use std::path::Path;

use serde_json::{Value, json};
use stepladder_build::{Error, WireVersion, wire_status};

use crate::output::{Output, aligned};

pub(crate) fn run(schemas: &Path) -> Result<Output, Error> {
    let found = wire_status(schemas)?;
    let mut rows = vec![
        ["version", "table", "change", "clients", "deploy"]
            .map(str::to_owned)
            .to_vec(),
    ];
    rows.extend(found.iter().flat_map(rows_of));
    let mut lines = aligned(&rows);
    for version in &found {
        let undecided = version.undecided.iter();
        lines.extend(undecided.map(|line| {
            let number = version.version;
            format!("version {number}: if that is a rename, say so in `[renames]` of `stepladder.toml`: `{line}`")
        }));
    }
    let facts = json!({ "versions": found.iter().map(facts).collect::<Vec<_>>() });
    Ok(Output::new(lines.join("\n"), facts))
}

/// A row for each change; what is as in the row above is left out.
fn rows_of(version: &WireVersion) -> Vec<Vec<String>> {
    let number = version.version.to_string();
    if version.changes.is_empty() {
        return vec![vec![
            number,
            String::new(),
            "nothing that they see".to_owned(),
        ]];
    }
    let mut above = ("", "");
    let mut rows = Vec::new();
    for change in &version.changes {
        let unless = |above: &str, text: &str| {
            if above == text {
                String::new()
            } else {
                text.to_owned()
            }
        };
        rows.push(vec![
            unless(above.0, &number),
            unless(above.1, &change.table),
            change.change.clone(),
            change.action.to_string(),
            format!("{}: {}", change.order.words(), change.how),
        ]);
        above = (&number, &change.table);
    }
    rows
}

fn facts(version: &WireVersion) -> Value {
    let changes = version.changes.iter().map(|change| {
        json!({
            "table": change.table,
            "change": change.change,
            "clients": change.action.to_string(),
            "deploy": change.order.words(),
            "how": change.how,
        })
    });
    json!({
        "version": version.version,
        "changes": changes.collect::<Vec<_>>(),
        "undecided": version.undecided,
    })
}
