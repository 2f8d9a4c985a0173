//! `write_both` in `stepladder.toml`: columns that are written by two names.

use super::Renames;
use super::lineage::{Thing, named_thing, old_names};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::history::History;
use crate::settings::WrittenTwice;
use crate::source::SourceFile;

/// Reports what has no second name, or is not written at all.
pub(crate) fn check_write_both(history: &History, renames: &[Renames], errors: &mut Diagnostics) {
    let settings = &history.settings.data_classes;
    let Some(file) = &history.settings.file else {
        return;
    };
    for column in &settings.write_both {
        if settings.serde {
            errors.push_some(wrong(history, renames, file, column));
        } else {
            let message = format!("nothing writes `{}`", column.name);
            errors.push(
                Diagnostic::at(file, column.span.clone(), message, "not written")
                    .note("`write_both` is about serde, and the data classes do without")
                    .help("add `serde = true` to `[data_classes]`, or remove the line"),
            );
        }
    }
}

fn wrong(
    history: &History,
    renames: &[Renames],
    file: &SourceFile,
    column: &WrittenTwice,
) -> Option<Diagnostic> {
    let at =
        |message: String, label: &str| Diagnostic::at(file, column.span.clone(), message, label);
    let named = named_thing(&column.name, &history.versions);
    let Some((
        place,
        Thing {
            table,
            column: Some(_),
        },
    )) = &named
    else {
        let message = format!("no version has a column `{}`", column.name);
        return Some(at(message, "not found").help(
            "write the column with its table, by the names of today: `\"todos.assignee_id\"`",
        ));
    };
    let (_, thing) = named.as_ref()?;
    let table = history.versions[*place].schema.table(table)?;
    let all_names = old_names(&history.versions, renames, *place, table);
    let of_column = (table.columns.iter().zip(&all_names))
        .find(|(column, _)| column.name.eq_ignore_ascii_case(thing.own_name()));
    let has_old = of_column.is_some_and(|(_, names)| !names.is_empty());
    (!has_old).then(|| {
        at(
            format!("`{}` has no older name that is free", column.name),
            "there is one name to write",
        )
        .note("a name that another column has or had is none")
        .help(format!(
            "if a step in Rust renames it, say so: `\"{}\" = \"old_name\"` in `[renames]`; otherwise \
             remove it here",
            column.name
        ))
    })
}
