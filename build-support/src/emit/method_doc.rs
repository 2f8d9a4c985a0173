//! The documentation of a step's method: what it has to make, as code to copy, and what that code
//! takes for granted.

use super::calls::{Call, Calls};
use super::doc::code;
use super::ident::{step_method, step_type, version_module};
use super::moved::left_behind;
use super::{Input, Step};
use crate::diff::DerivedChangeKind;
use crate::plan::{Change, ColumnName, PlannedRebuild, StepPlan};
use crate::schema_sql::differences;

pub(super) fn method_doc(input: &Input<'_>, step: &Step, plan: &StepPlan) -> String {
    let calls = Calls { input, step, plan };
    let suggested = calls.calls();
    let Step { from, to, .. } = step;
    let what = if is_about_rows(&calls) {
        "The schema stays as it is:\nsay what becomes of the rows, with `.execute(..)?` before `.done()`"
    } else if suggested.is_empty() {
        "No table changes, so this is all that it has to do"
    } else {
        "This makes all its changes"
    };
    format!(
        "The {} from version {from} to {to}. {what}:\n\n```text\n{}\n```{}",
        step.noun(),
        body(&calls, &suggested),
        about(&calls, &suggested)
    )
}

/// The method with the calls of its documentation, and what they take for granted.
pub(crate) fn skeleton(input: &Input<'_>, step: &Step, plan: &StepPlan) -> [String; 2] {
    let calls = Calls { input, step, plan };
    let suggested = calls.calls();
    let (method, alias, version) = (step_method(step), step_type(step), version_module(step.to));
    let body = if is_about_rows(&calls) {
        // It is to compile when it is copied; rustc warns of it, and each test of the step fails.
        "m.execute(todo!(\"what becomes of the rows, in SQL\"), [])?\n    .done()".to_owned()
    } else {
        body(&calls, &suggested)
    };
    let body = body.replace('\n', "\n    ");
    let method = format!(
        "fn {method}(&mut self, m: {alias}<'_>) -> stepladder::Result<{version}::Reached> {{\n    {body}\n}}"
    );
    [method, about(&calls, &suggested).trim().to_owned()]
}

/// Whether both versions have one schema, so that only the author knows what the step is for.
fn is_about_rows(calls: &Calls<'_>) -> bool {
    let version = |number: i32| {
        let mut versions = calls.input.history.versions.iter();
        versions.find(|version| version.number == number)
    };
    match (version(calls.step.from), version(calls.step.to)) {
        (Some(old), Some(new)) => differences(&old.schema, &new.schema).is_empty(),
        (None, _) | (_, None) => false,
    }
}

fn body(calls: &Calls<'_>, suggested: &[Call<'_>]) -> String {
    if suggested.is_empty() {
        return "m.done()".to_owned();
    }
    let lines = suggested
        .iter()
        .map(|call| format!("\n    {}", calls.line(call)));
    format!("m{}\n    .done()", lines.collect::<String>())
}

/// What is to be known about the calls, each paragraph behind an empty line.
fn about(calls: &Calls<'_>, suggested: &[Call<'_>]) -> String {
    let mut doc = String::new();
    let fills = suggested.iter().filter_map(|call| match call {
        Call::Fill(_, about) => Some(about.clone()),
        _ => None,
    });
    for sentence in (renamed(calls, suggested).into_iter())
        .chain(other_renames(calls))
        .chain(expressions(suggested))
        .chain(deleted(suggested))
        .chain(fills)
    {
        doc.push_str("\n\n");
        doc.push_str(&sentence);
    }
    doc.push_str(&derived_doc(calls.plan));
    doc
}

/// What the code takes for the same thing under another name, and what to write if it is none.
fn renamed(calls: &Calls<'_>, suggested: &[Call<'_>]) -> Vec<String> {
    let mut replaced: Vec<&str> = Vec::new();
    let mut sentences = Vec::new();
    for call in suggested {
        sentences.push(match call {
            Call::RenameColumn(column) => {
                let names = (dotted(&column.old), dotted(&column.new));
                // One rebuild is in place of all that is done to its table.
                match calls.rebuild_without(&column.changes) {
                    Some(rebuild) if replaced.contains(&rebuild.new.as_str()) => format!(
                        "This takes {} for {} under another name as well.",
                        code(&names.1),
                        code(&names.0)
                    ),
                    Some(rebuild) => {
                        replaced.push(&rebuild.new);
                        let this = format!("this instead of all calls for {}", code(&rebuild.new));
                        rename(calls, ["column", "values"], names, &this, &column.changes)
                    }
                    None => rename(
                        calls,
                        ["column", "values"],
                        names,
                        "this instead",
                        &column.changes,
                    ),
                }
            }
            Call::RenameTable(table) => {
                let names = (table.old.clone(), table.new.clone());
                rename(calls, ["table", "rows"], names, "this instead", &table.changes)
            }
            Call::Move(moved) => {
                let (old, new) = (code(&moved.old.name), code(&moved.new.name));
                format!(
                    "This takes {new} for {old} under another name and changed, and copies its rows.\n\
                     If it is another table, leave out the `INSERT`; the rows of {old} are then gone."
                )
            }
            Call::Rebuild(_) | Call::Change(_) | Call::Fill(..) => continue,
        });
    }
    sentences
}

/// What a rename takes for granted: `kind` is what it renames and what that holds, `names` are the
/// old and the new one.
fn rename(
    calls: &Calls<'_>,
    [kind, what]: [&str; 2],
    (old, new): (String, String),
    this: &str,
    changes: &[Change],
) -> String {
    let (old, new) = (code(&old), code(&new));
    format!(
        "This takes {new} for {old} under another name, and keeps its {what}.\n\
         If it is another {kind}, write {this}; the {what} of {old} are then gone:\n\n\
         ```text\n    {}\n```",
        calls.without_rename(changes).join("\n    ")
    )
}

/// The renames that are possible and less likely.
fn other_renames(calls: &Calls<'_>) -> Option<String> {
    let columns = (calls.plan.column_renames.iter())
        .filter(|rename| !rename.likely)
        .map(Call::RenameColumn);
    let tables = (calls.plan.table_renames.iter())
        .filter(|rename| !rename.likely)
        .map(Call::RenameTable);
    let renames: Vec<_> = (columns.chain(tables))
        .map(|call| format!("`{}`", calls.line(&call)))
        .collect();
    if renames.is_empty() {
        return None;
    }
    Some(format!(
        "These renames are possible too, in place of the calls for what they name:\n\n- {}",
        renames.join("\n- ")
    ))
}

/// What the expressions are for.
fn expressions(suggested: &[Call<'_>]) -> Option<String> {
    let required = |rebuild: &PlannedRebuild| -> Vec<String> {
        let lines = rebuild.required.iter().map(|required| {
            let column = code(&format!("{}.{}", rebuild.new, required.column));
            format!("\n- {column}: {}", required.reason)
        });
        lines.collect()
    };
    let lines: Vec<_> = (suggested.iter())
        .flat_map(|call| match call {
            Call::Rebuild(rebuild) => required(rebuild),
            Call::Move(moved) => required(&moved.copy),
            Call::RenameColumn(_) | Call::RenameTable(_) | Call::Change(_) | Call::Fill(..) => {
                Vec::new()
            }
        })
        .collect();
    (!lines.is_empty()).then(|| {
        format!(
            "Each of these is an SQL expression over the columns of the old table, and each `...` is\n\
             for you to write:\n{}",
            lines.concat()
        )
    })
}

/// What the code deletes.
fn deleted(suggested: &[Call<'_>]) -> Option<String> {
    let columns = |table: &str, columns: Vec<String>| -> Vec<String> {
        let values = |column| format!("\n- the values of {}", code(&format!("{table}.{column}")));
        columns.into_iter().map(values).collect()
    };
    let is_moved = |name: &str| {
        (suggested.iter()).any(|call| matches!(call, Call::Move(moved) if moved.old.name == name))
    };
    let lines: Vec<_> = (suggested.iter())
        .flat_map(|call| match call {
            Call::Change(Change::DropTable(table)) if !is_moved(table) => {
                vec![format!("\n- the rows of {}", code(table))]
            }
            Call::Change(Change::DropColumn(name)) => {
                columns(&name.table, vec![name.column.clone()])
            }
            Call::Rebuild(rebuild) => columns(&rebuild.old, left_behind(rebuild)),
            Call::Move(moved) => columns(&moved.old.name, moved.left_behind()),
            Call::RenameColumn(_) | Call::RenameTable(_) | Call::Change(_) | Call::Fill(..) => {
                Vec::new()
            }
        })
        .collect();
    (!lines.is_empty()).then(|| format!("This deletes:\n{}", lines.concat()))
}

/// `todos.due_date`
fn dotted(name: &ColumnName) -> String {
    format!("{}.{}", name.table, name.column)
}

fn derived_doc(plan: &StepPlan) -> String {
    if plan.derived.is_empty() {
        return String::new();
    }
    let lines = plan.derived.iter().map(|derived| {
        let verb = match derived.change {
            DerivedChangeKind::Created => "create",
            DerivedChangeKind::Dropped => "drop",
            DerivedChangeKind::Changed => "change",
        };
        format!("\n- {verb} the {} {}", derived.kind, code(&derived.name))
    });
    format!(
        "\n\n`.done()` does the rest by itself:\n{}",
        lines.collect::<String>()
    )
}
