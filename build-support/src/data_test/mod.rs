//! A test of what becomes of data, to be filled in: `tests/from1_to2.rs`.

mod caller;
mod text;

use std::path::Path;

use stepladder::compare::{CompareOptions, DifferenceKind, compare};
use stepladder::schema::{Column, Schema, Table};
use stepladder::sql::names_equal;

use self::caller::Caller;
use self::text::{Now, Tested, data_test_text};
use crate::beside;
use crate::data_class::data_class;
use crate::error::Error;
use crate::folder::Location;
use crate::load::{Checked, read_checked};
use crate::names::Names;
use crate::rows_alone::data_column;
use crate::schema_sql::differences;
use crate::script::Script;
use crate::settings::ClassVersions;
use crate::write_all::NewFile;

/// The test of a new version that moves data, to be written into the `tests/` folder of the package:
/// rows of the version before go in, and its author says what they are now.
///
/// `None` where the step leaves the rows as they are, where no test of the package calls
/// `migration_tests!`, from which it is known how the tests reach the strategy, and where the file is
/// there already.
///
/// # Errors
/// All that is wrong in the folder, and a folder that cannot be read.
pub fn data_test(dir: &Path, version: i32) -> Result<Option<NewFile>, Error> {
    let Checked {
        versions,
        folder,
        settings,
        ..
    } = read_checked(&Location::new(dir))?;
    let pair = versions.windows(2).find(|pair| pair[1].number == version);
    let Some([old, new]) = pair else {
        return Ok(None);
    };
    let step = folder.steps.get(&(old.number, new.number));
    let changed = changed_tables(&old.schema, &new.schema);
    let is_moved = moves(&old.schema, &new.schema)
        || differences(&old.schema, &new.schema).is_empty()
        || step.is_some_and(|file| changes_rows(&Script::new(&file.path, &file.text)));
    if !is_moved || settings.data_classes.versions != ClassVersions::All {
        return Ok(None);
    }
    let Some(root) = beside::root(dir) else {
        return Ok(None);
    };
    let name = beside::step_test(old.number, new.number);
    let path = root.join(&name);
    let Some(caller) = Caller::find(&root.join("tests")).filter(|_| !path.exists()) else {
        return Ok(None);
    };
    let names = Names::new(&settings);
    let tested: Vec<_> = with_parents(&old.schema, &changed)
        .into_iter()
        .filter_map(|table| {
            let entity = old.schema.relation(&table.name)?;
            let class = data_class(old, entity, &settings)?;
            let now = new.schema.table(&table.name);
            let is_moved = |column: &str| now.is_none_or(|now| now.column(column).is_none());
            let moved = (class.fields.iter().enumerate())
                .filter(|(place, field)| is_moved(&field.column) && !class.is_key(*place))
                .map(|(place, field)| {
                    let name = names.column(&table.name, &field.column);
                    (place, name.to_string())
                });
            Some(Tested {
                module: names.table(&table.name).to_string(),
                moved: moved.collect(),
                class,
                // A row that went to another table is not looked for.
                now: new.schema.table(&table.name).map(|now| Now {
                    column: telling_column(table, now)
                        .map(|column| names.column(&now.name, &column.name).to_string()),
                }),
            })
        })
        .collect();
    Ok((!tested.is_empty()).then(|| NewFile {
        text: data_test_text(&caller, (old.number, new.number), &tested),
        shown: name,
        path,
    }))
}

/// The column of a table whose value says most: one that is new, or that is no key.
fn telling_column<'t>(old: &Table, new: &'t Table) -> Option<&'t Column> {
    let is_new = |column: &&Column| old.column(&column.name).is_none();
    let mut columns = new.columns.iter();
    columns
        .find(is_new)
        .or_else(|| data_column(new))
        .or(new.columns.first())
}

/// Whether a new version is more than what is added to the old one.
fn moves(old: &Schema, new: &Schema) -> bool {
    let differences = compare(old, new, &CompareOptions::default());
    differences.iter().any(|difference| {
        difference.object.kind == stepladder::EntityKind::Table
            && !matches!(
                difference.kind,
                DifferenceKind::Unexpected | DifferenceKind::UnexpectedColumn
            )
    })
}

/// Whether a step has statements about rows.
fn changes_rows(script: &Script) -> bool {
    let about_rows = ["INSERT", "REPLACE", "UPDATE", "DELETE", "WITH"];
    script.has_calls()
        || script.statements().any(|statement| {
            let tokens = stepladder::sql::tokens(&statement.sql);
            let first = tokens.first();
            first.is_some_and(|first| about_rows.iter().any(|word| first.is_keyword(word)))
        })
}

/// The tables of the old version that the new one has in another form, or not at all.
fn changed_tables<'s>(old: &'s Schema, new: &Schema) -> Vec<&'s Table> {
    let differences = compare(old, new, &CompareOptions::default());
    let is_changed = |table: &Table| {
        (differences.iter()).any(|difference| names_equal(&difference.object.name, &table.name))
    };
    let changed: Vec<_> = old.tables().filter(|table| is_changed(table)).collect();
    if changed.is_empty() {
        return old.tables().collect();
    }
    changed
}

/// The tables with those that they refer to, parents first.
fn with_parents<'s>(schema: &'s Schema, tables: &[&'s Table]) -> Vec<&'s Table> {
    let mut ordered: Vec<&Table> = Vec::new();
    for table in tables {
        add(schema, table, &mut Vec::new(), &mut ordered);
    }
    ordered
}

/// Adds a table behind its parents; `above` are the tables whose parents are being added, for
/// circles.
fn add<'s>(
    schema: &'s Schema,
    table: &'s Table,
    above: &mut Vec<&'s str>,
    ordered: &mut Vec<&'s Table>,
) {
    let is = |name: &&str| names_equal(name, &table.name);
    let is_known = ordered
        .iter()
        .any(|known| names_equal(&known.name, &table.name));
    if is_known || above.iter().any(is) {
        return;
    }
    above.push(&table.name);
    for key in &table.foreign_keys {
        if let Some(parent) = schema.table(&key.parent) {
            add(schema, parent, above, ordered);
        }
    }
    above.pop();
    ordered.push(table);
}

#[cfg(test)]
mod tests;
