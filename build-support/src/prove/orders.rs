//! Two rows of steps that start from one version, made by two branches: whether it matters which
//! of them runs first.

use std::collections::BTreeMap;

use stepladder::compare::{CompareOptions, compare};
use stepladder::introspect::introspect;
use stepladder::rusqlite::types::ValueRef;
use stepladder::rusqlite::{self, Connection};
use stepladder::schema::{Entity, Schema};
use stepladder::sql::quote_identifier;
use stepladder::synthesis::{Scenario, fill, scenarios};

use super::run::{open_at, rejected, run, unreadable};
use crate::diagnostic::Diagnostic;
use crate::history::Version;
use crate::schema_sql::differences;
use crate::script::Script;
use crate::source::SourceFile;

/// The steps of a branch, in their order, and the version that they lead to in it.
pub(crate) struct Branch<'b> {
    /// What it is called: `ours`, `theirs`.
    pub(crate) name: &'static str,
    pub(crate) steps: Vec<&'b SourceFile>,
    pub(crate) newest: &'b Version,
}

/// How many differences are told.
const SHOWN: usize = 8;

/// What differs between the two orders, in words; nothing where they commute.
///
/// # Errors
/// A statement of the second branch that does not run behind the first.
pub(crate) fn prove_orders(
    base: &Version,
    [first, second]: [&Branch<'_>; 2],
) -> Result<Vec<String>, Diagnostic> {
    let mut told = Vec::new();
    for scenario in scenarios() {
        let one = behind(base, [first, second], &scenario)?;
        match behind(base, [second, first], &scenario) {
            Ok(other) => {
                let names = [first.name, second.name];
                let mut found = differ(names, &one, &other);
                if !found.is_empty() {
                    // What one order does not make twice, such as `random()`, says nothing.
                    let again = behind(base, [first, second], &scenario)?;
                    let by_chance = differ(names, &one, &again);
                    found.retain(|(table, _)| !by_chance.iter().any(|(other, _)| table == other));
                }
                told.extend(found.into_iter().map(|(_, difference)| difference));
            }
            Err(refused) => told.push(format!(
                "with {} first, {} fails: {}",
                second.name,
                first.name,
                refused.headline()
            )),
        }
        if !told.is_empty() {
            break;
        }
    }
    if told.len() > SHOWN {
        let more = told.len() - SHOWN;
        told.truncate(SHOWN);
        told.push(format!("and {more} more"));
    }
    Ok(told)
}

/// The database behind the steps of both.
struct Behind {
    schema: Schema,
    rows: AllRows,
}

fn behind(
    base: &Version,
    branches: [&Branch<'_>; 2],
    scenario: &Scenario,
) -> Result<Behind, Diagnostic> {
    let file = branches[0].steps.first().copied().unwrap_or(&base.file);
    let unread = |error: rusqlite::Error| unreadable(file, &error);
    let connection = open_at(&base.schema).map_err(unread)?;
    fill(&connection, &base.schema, scenario).map_err(unread)?;
    run_both(&connection, base, branches)?;
    let schema = introspect(&connection).map_err(unread)?;
    let rows = rows(&connection, &schema).map_err(unread)?;
    Ok(Behind { schema, rows })
}

/// What differs, with the table whose rows do.
fn differ(names: [&str; 2], one: &Behind, other: &Behind) -> Vec<(String, String)> {
    let schema = differences(&one.schema, &other.schema);
    if schema.is_empty() {
        return row_differences(names, &one.rows, &other.rows);
    }
    let [first, second] = names;
    let told = schema.iter();
    let told = told.map(|difference| {
        let told = format!("with {second} first instead of {first}: {difference}");
        (String::new(), told)
    });
    told.collect()
}

/// What the steps make of an empty database at a version, after each of them.
///
/// # Errors
/// A statement that does not run.
pub(crate) fn schemas_behind(
    version: &Version,
    steps: &[&SourceFile],
) -> Result<Vec<Schema>, Diagnostic> {
    let unread = |error: rusqlite::Error| unreadable(&version.file, &error);
    let connection = open_at(&version.schema).map_err(unread)?;
    let mut schemas = Vec::new();
    for file in steps {
        run_file(&connection, file, version)?;
        schemas.push(introspect(&connection).map_err(unread)?);
    }
    Ok(schemas)
}

/// Whether a file leads from one version to another, without rows.
pub(crate) fn leads(file: &SourceFile, [old, new]: [&Version; 2]) -> bool {
    let schemas = schemas_behind(old, &[file]);
    let made = schemas.ok().and_then(|schemas| schemas.into_iter().next());
    made.is_some_and(|made| compare(&new.schema, &made, &CompareOptions::default()).is_empty())
}

fn run_both(
    connection: &Connection,
    base: &Version,
    [first, second]: [&Branch<'_>; 2],
) -> Result<(), Diagnostic> {
    let of = |branch: &Branch<'_>, at: &Version| {
        let mut files = branch.steps.iter();
        files.try_for_each(|file| run_file(connection, file, at))
    };
    of(first, base)?;
    of(second, first.newest)
}

fn run_file(connection: &Connection, file: &SourceFile, at: &Version) -> Result<(), Diagnostic> {
    let script = Script::new(&file.path, &file.text);
    match run(connection, &script) {
        None => Ok(()),
        Some(refused) => Err(rejected(file, &refused, at, connection)),
    }
}

/// The rows of each table, sorted, with their columns in the order of names: two orders may have
/// added columns in another order, and rowids that nobody has named do not count.
type AllRows = BTreeMap<String, Vec<Row>>;

/// The columns of a row, with their values as SQL.
type Row = Vec<(String, String)>;

fn rows(connection: &Connection, schema: &Schema) -> rusqlite::Result<AllRows> {
    let mut all = AllRows::new();
    for entity in &schema.entities {
        let columns: Vec<&str> = match entity {
            Entity::Table(table) => table.columns.iter().map(|column| &*column.name).collect(),
            Entity::VirtualTable(table) => table.columns.iter().map(|column| &**column).collect(),
            Entity::Index(_) | Entity::Trigger(_) | Entity::View(_) => continue,
        };
        if let Some(rows) = rows_of(connection, entity.name(), columns)? {
            all.insert(entity.name().to_owned(), rows);
        }
    }
    Ok(all)
}

/// The rows of a table; `None` where it has none of its own, as a full-text index without content.
fn rows_of(
    connection: &Connection,
    table: &str,
    mut columns: Vec<&str>,
) -> rusqlite::Result<Option<Vec<Row>>> {
    columns.sort_unstable();
    let list: Vec<_> = columns.iter().map(|name| quote_identifier(name)).collect();
    let sql = format!(
        "SELECT {} FROM {}",
        list.join(", "),
        quote_identifier(table)
    );
    let Ok(mut statement) = connection.prepare(&sql) else {
        return Ok(None);
    };
    let mut found = statement.query([])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let mut values = Vec::new();
        for (index, column) in columns.iter().enumerate() {
            values.push(((*column).to_owned(), shown(row.get_ref(index)?)));
        }
        rows.push(values);
    }
    rows.sort();
    Ok(Some(rows))
}

/// A value as SQL. Text is what the step has made of it, which may be no UTF-8: a BLOB with a letter
/// behind it is such a text.
fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => format!("{number:?}"),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => stepladder::sql::quote_string(text),
            Err(_) => format!("text of the bytes {bytes:02x?}"),
        },
        ValueRef::Blob(bytes) => format!("{bytes:02x?}"),
    }
}

/// A row that one order leaves and the other does not, for each table with such rows.
fn row_differences(names: [&str; 2], one: &AllRows, other: &AllRows) -> Vec<(String, String)> {
    let mut told = Vec::new();
    for (table, rows) in one {
        let others = other.get(table).map_or(&[][..], Vec::as_slice);
        if rows == others {
            continue;
        }
        let only =
            |rows: &[Row], others: &[Row]| rows.iter().find(|row| !others.contains(row)).cloned();
        let (a, b) = (only(rows, others), only(others, rows));
        let difference = match (a, b) {
            (Some(a), Some(b)) => format!(
                "table `{table}`: with {} first a row holds {}, with {} first {}",
                names[0],
                held(&a, &b),
                names[1],
                held(&b, &a)
            ),
            (a, b) => format!(
                "table `{table}`: {} rows with {} first, {} with {} first; {} is in one of them only",
                rows.len(),
                names[0],
                others.len(),
                names[1],
                a.or(b)
                    .map_or_else(|| "a row".to_owned(), |row| held(&row, &[]))
            ),
        };
        told.push((table.clone(), difference));
    }
    told
}

/// The values of a row that the other has not, or of equal rows the first ones.
fn held(row: &[(String, String)], other: &[(String, String)]) -> String {
    let shown = |pairs: Vec<&(String, String)>| {
        let texts: Vec<_> = (pairs.iter().take(4))
            .map(|(column, value)| {
                let value: String = value.chars().take(60).collect();
                format!("`{column} = {value}`")
            })
            .collect();
        texts.join(", ")
    };
    shown(row.iter().filter(|pair| !other.contains(pair)).collect())
}
