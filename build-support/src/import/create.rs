//! What SQLite makes of the statements of a version.

use std::collections::HashSet;
use std::ops::Range;

use stepladder::introspect::introspect;
use stepladder::rusqlite::Connection;
use stepladder::schema::{EntityKind, Schema};

use super::json_file::Cursor;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::introspect::{open, unread};
use crate::json;
use crate::source::SourceFile;
use crate::sql_error::SqlError;
use crate::statement::read_create;

/// A version as statements.
#[derive(Debug)]
pub(super) struct TextVersion {
    pub(super) number: i32,
    pub(super) file: SourceFile,
    pub(super) statements: Vec<Statement>,
    /// The statements that are run in a new database.
    pub(super) seed: Vec<Statement>,
}

/// A statement and the place in the file that it comes from.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    pub(super) sql: String,
    span: Range<usize>,
    origin: Origin,
}

#[derive(Debug, Clone)]
enum Origin {
    /// It stands there as a text, with a placeholder for this name.
    Text {
        decoded: String,
        placeholder: &'static str,
        name: String,
    },
    /// It was put together from what stands there.
    Built,
}

impl Statement {
    /// A statement that stands in the file.
    pub(super) fn text(cursor: Cursor<'_>) -> Result<Self, Diagnostic> {
        Self::template(cursor, "\0", "")
    }

    /// A statement that stands in the file with a placeholder.
    pub(super) fn template(
        cursor: Cursor<'_>,
        placeholder: &'static str,
        name: &str,
    ) -> Result<Self, Diagnostic> {
        let decoded = cursor.text()?;
        Ok(Self {
            sql: decoded.replace(placeholder, name).replace("\r\n", "\n"),
            span: cursor.span(),
            origin: Origin::Text {
                decoded: decoded.to_owned(),
                placeholder,
                name: name.to_owned(),
            },
        })
    }

    /// A statement that was put together.
    pub(super) fn built(sql: String, from: Cursor<'_>) -> Self {
        Self {
            sql,
            span: from.span(),
            origin: Origin::Built,
        }
    }

    /// The place in the file of a range of the statement.
    pub(super) fn place(&self, file: &SourceFile, range: &Range<usize>) -> Range<usize> {
        match &self.origin {
            Origin::Built => self.span.clone(),
            Origin::Text {
                decoded,
                placeholder,
                name,
            } => {
                let places: Vec<_> = decoded
                    .match_indices(placeholder)
                    .map(|(at, _)| at)
                    .collect();
                let back = |at| before(&places, placeholder.len(), name.len(), at);
                json::span_in_string(&file.text, &self.span, back(range.start)..back(range.end))
            }
        }
    }
}

/// The offset in a text with placeholders of an offset in the text in which they are replaced.
fn before(places: &[usize], placeholder: usize, name: usize, at: usize) -> usize {
    let (mut replaced, mut original) = (0, 0);
    for place in places {
        let start = replaced + (place - original);
        if at <= start {
            break;
        }
        if at < start + name {
            return *place;
        }
        (replaced, original) = (start + name, place + placeholder);
    }
    original + (at - replaced)
}

/// Refuses two files about one version; the versions are sorted.
pub(super) fn refuse_doubles(versions: &[TextVersion], errors: &mut Diagnostics) {
    for pair in versions.windows(2) {
        if pair[0].number == pair[1].number {
            errors.push(two_files(&pair[0].file, &pair[1].file, pair[0].number));
        }
    }
}

/// The message about two files for one version.
pub(super) fn two_files(
    first: &SourceFile,
    second: &SourceFile,
    number: impl std::fmt::Display,
) -> Diagnostic {
    // The one with more to its name is the copy.
    let (first, second) = if first.path.len() <= second.path.len() {
        (first, second)
    } else {
        (second, first)
    };
    let message = format!(
        "two files about version {number}: `{}` and `{}`",
        first.path, second.path
    );
    Diagnostic::in_file(&*second.path, message).help(format!(
        "keep the one that was released and move the other out of the folder: `{}`",
        second.path
    ))
}

/// The schema of each version, where nothing is wrong with it.
pub(super) fn schemas_of(versions: &[TextVersion], errors: &mut Diagnostics) -> Vec<Schema> {
    let mut told = HashSet::new();
    let schemas = versions
        .iter()
        .map(|version| schema_of(version, &mut told, errors));
    schemas.collect::<Vec<_>>().into_iter().flatten().collect()
}

/// What is wrong with a statement is told for the first version that has it.
fn schema_of<'a>(
    version: &'a TextVersion,
    told: &mut HashSet<&'a str>,
    errors: &mut Diagnostics,
) -> Option<Schema> {
    let connection = errors.ok(open(&version.file))?;
    let mut statements: Vec<_> = version.statements.iter().collect();
    // A trigger may stand before its table, and an index of one kind before the other.
    statements.sort_by_key(|statement| rank(&statement.sql));
    let mut failed = Vec::new();
    for statement in statements {
        if let Err(error) = create(&connection, statement) {
            // An index of a table that was not created is no second mistake.
            let missing = error.missing_table().map(str::to_owned);
            if missing.is_none_or(|table| !failed.contains(&table)) && told.insert(&statement.sql) {
                errors.push(rejected(version, statement, &error));
            }
            let name = read_create(&statement.sql).map(|create| create.name);
            failed.push(name.unwrap_or_default());
        }
    }
    if !failed.is_empty() {
        return None;
    }
    errors.ok(introspect(&connection).map_err(|error| unread(&version.file, &error)))
}

fn rank(sql: &str) -> u8 {
    match read_create(sql).map(|create| create.kind) {
        Some(EntityKind::Table) => 0,
        Some(EntityKind::VirtualTable) | None => 1,
        Some(EntityKind::Index) => 2,
        Some(EntityKind::View) => 3,
        Some(EntityKind::Trigger) => 4,
    }
}

fn create(connection: &Connection, statement: &Statement) -> Result<(), SqlError> {
    let sql = &statement.sql;
    let run = connection.execute(sql, []);
    let error = run.err().map(|error| SqlError::new(&error, sql));
    match (read_create(sql), error) {
        (_, Some(error)) => Err(error),
        (Some(_), None) => Ok(()),
        (None, None) => Err(SqlError {
            message: "not a `CREATE` statement".to_owned(),
            span: 0..sql.len(),
            label: "expected `CREATE`",
        }),
    }
}

fn rejected(version: &TextVersion, statement: &Statement, error: &SqlError) -> Diagnostic {
    let what = read_create(&statement.sql).map_or_else(
        || "a statement".to_owned(),
        |create| format!("{} `{}`", create.kind, create.name),
    );
    let message = format!(
        "{what} of version {} is not valid: {}",
        version.number, error.message
    );
    let span = statement.place(&version.file, &error.span);
    let diagnostic = Diagnostic::at(&version.file, span, message, error.label);
    let diagnostic = match statement.origin {
        Origin::Built => diagnostic.note(format!("it was read as `{}`", statement.sql)),
        Origin::Text { .. } => diagnostic,
    };
    diagnostic.help(
        "the SQLite of stepladder has no extensions: a module, tokenizer or function of the app is \
         not known to it; what is a mistake is to be mended in the file",
    )
}

#[cfg(test)]
mod tests {
    use super::before;

    #[test]
    fn places_are_found_behind_placeholders() {
        let original = "CREATE TABLE `${T}` (a, b); ON `${T}` (c)";
        let replaced = original.replace("${T}", "words");
        let places: Vec<_> = original.match_indices("${T}").map(|(at, _)| at).collect();
        for part in ["CREATE", "(a", "b)", "ON", "(c)"] {
            let at = replaced.find(part).unwrap();
            assert_eq!(before(&places, 4, 5, at), original.find(part).unwrap());
        }
        let name = replaced.find("words").unwrap();
        assert_eq!(before(&places, 4, 5, name + 2), places[0]);
    }
}
