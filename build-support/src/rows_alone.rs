//! Versions that change rows alone: the schema stays as it is, and the step says what becomes of the
//! rows.

use stepladder::schema::{Column, Schema, Table};
use stepladder::sql::names_equal;

use crate::diagnostic::Diagnostic;
use crate::directive::Directive;
use crate::folder::{Folder, command, make_migrations_command};
use crate::history::Version;
use crate::script::Script;
use crate::source::SourceFile;
use crate::sql_name::sql_name;

/// How many differences are shown.
const SHOWN: usize = 10;

/// A statement about rows, such as a step may have that changes nothing else.
pub(crate) fn example(schema: &Schema) -> String {
    let found = schema
        .tables()
        .find_map(|table| Some((table, data_column(table)?)));
    match found {
        Some((table, column)) => format!(
            "UPDATE {} SET {} = ..;",
            sql_name(&table.name),
            sql_name(&column.name)
        ),
        None => "UPDATE .. SET ..;".to_owned(),
    }
}

/// A column that holds data of its own.
pub(crate) fn data_column(table: &Table) -> Option<&Column> {
    let is_key = |column: &Column| {
        let keys = table.primary_key.iter().flat_map(|key| &key.columns);
        let refers = table.foreign_keys.iter().flat_map(|key| &key.columns);
        keys.into_iter()
            .any(|key| names_equal(&key.name, &column.name))
            || refers
                .into_iter()
                .any(|name| names_equal(name, &column.name))
    };
    let mut columns = table.columns.iter();
    columns.find(|column| column.generated.is_none() && !is_key(column))
}

/// Why there can be no version that changes rows alone: there is none before it, or the schema has
/// changed as well.
pub(crate) fn check(
    folder: &Folder,
    newest: Option<&Version>,
    differences: &[String],
) -> Result<(), Diagnostic> {
    let path = format!("{}/schema.sql", folder.name);
    let Some(newest) = newest else {
        let message = "the first version has no rows before it that could change";
        let make = make_migrations_command(&folder.name);
        return Err(Diagnostic::in_file(&*folder.name, message)
            .help(format!("make it from `schema.sql`: `{make}`")));
    };
    if differences.is_empty() {
        return Ok(());
    }
    let number = newest.number;
    let message = format!(
        "`{path}` has moved on since version {number}, and an empty version changes rows alone"
    );
    let mut diagnostic = Diagnostic::in_file(&*path, message);
    for difference in differences.iter().take(SHOWN) {
        diagnostic = diagnostic.note(difference);
    }
    if differences.len() > SHOWN {
        diagnostic = diagnostic.note(format!("and {} more", differences.len() - SHOWN));
    }
    Err(diagnostic
        .help(format!(
            "make the version of it, `{}`: its step may change rows as well",
            make_migrations_command(&folder.name)
        ))
        .help(format!(
            "or put `schema.sql` back to version {number} first, and look with `{}`",
            command(&folder.name, &format!("diff v{number} {path}"))
        )))
}

/// A draft between two versions with one schema, of which only its author knows what it is for.
pub(crate) fn to_fill_in_rows(
    file: &SourceFile,
    directive: &Directive,
    [old, new]: [&Version; 2],
) -> Diagnostic {
    let what = if old.number < new.number {
        "step"
    } else {
        "rollback"
    };
    let span = directive.start..directive.start + directive.length;
    let message = format!("the {what} is to be filled in");
    let diagnostic = Diagnostic::at(file, span, message, "declared here");
    let diagnostic = match directive.words.split_once(" because ") {
        Some((_, reason)) => diagnostic.note(reason),
        None => diagnostic,
    };
    if !Script::new(&file.path, &file.text).parts.is_empty() {
        return diagnostic.help(format!(
            "remove this line if what is below it is the whole {what}"
        ));
    }
    diagnostic
        .help(format!(
            "write below what becomes of the rows, such as `{}`, and remove this line",
            example(&new.schema)
        ))
        .help("if nothing is to become of them, only remove this line")
}
