//! The schemas that Room exports: `createSql` of each table, index and view.
//! <https://developer.android.com/training/data-storage/room/migrating-db-versions#export-schemas>

use stepladder::sql::tokens;

use super::Told;
use super::create::{Statement, TextVersion};
use super::json_file::{Cursor, JsonFile};
use super::source::{Named, Source};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};

/// The newest format that is known. Room has had no other since 2017.
const FORMAT: u64 = 1;
const TABLE: &str = "${TABLE_NAME}";
const VIEW: &str = "${VIEW_NAME}";

/// The versions of a folder.
pub(super) fn read(source: &Source, told: &mut Told, errors: &mut Diagnostics) -> Vec<TextVersion> {
    let mut versions = Vec::new();
    for named in &source.files {
        match version(named, told) {
            Ok(version) => versions.extend(version),
            Err(error) => errors.push(error),
        }
    }
    versions
}

fn version(named: &Named, told: &mut Told) -> Result<Option<TextVersion>, Diagnostic> {
    let by_name: Option<i64> = named
        .name
        .strip_suffix(".json")
        .and_then(|n| n.parse().ok());
    let json = JsonFile::read(&named.file)?;
    let root = json.root();
    let Some(format) = root.get("formatVersion") else {
        if by_name.is_some() {
            return Err(no_room(root));
        }
        told.left_out.push(
            Diagnostic::in_file(
                &*named.file.path,
                format!("`{}` is no schema of Room", named.file.path),
            )
            .severity(Severity::Warning)
            .help("nothing is to be done if it is not part of the history"),
        );
        return Ok(None);
    };
    check_format(format, told)?;
    let database = root.field("database")?;
    let number = database.field("version")?.version()?;
    if let Some(by_name) = by_name.filter(|by_name| *by_name != i64::from(number)) {
        let message = format!(
            "`{}` holds version {number}, and its name says {by_name}",
            named.file.path
        );
        let span = database.field("version")?.span();
        return Err(
            Diagnostic::at(&named.file, span, message, "the version of the schema")
                .help(format!("rename it to `{number}.json`, or export it again")),
        );
    }
    Ok(Some(TextVersion {
        number,
        file: named.file.clone(),
        statements: statements(database, told)?,
        seed: Vec::new(),
    }))
}

fn no_room(root: Cursor<'_>) -> Diagnostic {
    let path = &root.file.path;
    let diagnostic = Diagnostic::in_file(&**path, format!("`{path}` is no schema of Room"))
        .note("it has no field `formatVersion`");
    if root.get("_meta").is_some() {
        return diagnostic.help("it looks like one of Drift: `cargo stepladder import drift`");
    }
    diagnostic.help("move it out of the folder, or export the schema again")
}

fn check_format(format: Cursor<'_>, told: &mut Told) -> Result<(), Diagnostic> {
    let message = format!("`{}` has a format that is not known", format.file.path);
    let found = format!("expected {FORMAT}, found {}", format.value);
    match format.value.as_u64() {
        Some(FORMAT) => Ok(()),
        Some(1..) => {
            let warning = Diagnostic::at(format.file, format.span(), message, found)
                .severity(Severity::Warning)
                .note(format!("it was read as format {FORMAT}"))
                .help("compare the newest version with a database of the app");
            told.left_out.push(warning);
            Ok(())
        }
        _ => Err(Diagnostic::at(format.file, format.span(), message, found)
            .help("export the schema again with a Room that is released")),
    }
}

fn statements(database: Cursor<'_>, told: &mut Told) -> Result<Vec<Statement>, Diagnostic> {
    let mut statements = Vec::new();
    for entity in database.list("entities") {
        let table = entity.text_field("tableName")?;
        let create = entity.field("createSql")?;
        statements.push(Statement::template(create, TABLE, table)?);
        for index in entity.list("indices") {
            statements.push(Statement::template(
                index.field("createSql")?,
                TABLE,
                table,
            )?);
        }
        for trigger in entity.list("contentSyncTriggers") {
            statements.push(Statement::template(trigger, TABLE, table)?);
        }
        if let Some(options) = entity.get("ftsOptions") {
            check_options(options, create.text()?, told);
        }
    }
    for view in database.list("views") {
        let name = view.text_field("viewName")?;
        statements.push(Statement::template(view.field("createSql")?, VIEW, name)?);
    }
    for query in database.list("setupQueries") {
        // Room's own table: the hash by which it knows a version.
        if !query.text()?.contains("room_master_table") {
            let message = "a query that Room runs when it makes a database";
            let left_out = Diagnostic::at(query.file, query.span(), message, "left out")
                .severity(Severity::Warning)
                .help("write it to `schema.sql` or to `seed.sql` if a new database needs it");
            told.left_out.push(left_out);
        }
    }
    Ok(statements)
}

/// The options of a full-text table, by which word each is written in SQL.
/// <https://www.sqlite.org/fts3.html#fts4_options>
const OPTIONS: [(&str, &str); 7] = [
    ("tokenizer", "tokenize"),
    ("contentTable", "content"),
    ("languageIdColumnName", "languageid"),
    ("matchInfo", "matchinfo"),
    ("notIndexedColumns", "notindexed"),
    ("prefixSizes", "prefix"),
    ("preferredOrder", "order"),
];

/// The options stand in the SQL already. One that does not is told: SQL is what Room executes.
fn check_options(options: Cursor<'_>, sql: &str, told: &mut Told) {
    let tokens = tokens(sql);
    for (key, word) in OPTIONS {
        let Some(option) = options.get(key).filter(|option| !is_default(*option)) else {
            continue;
        };
        let written = tokens
            .windows(2)
            .any(|pair| pair[0].is_keyword(word) && pair[1].is_operator("="));
        if !written {
            let message = format!("the option `{key}` is not in the SQL of its table");
            let label = format!("`createSql` has no `{word}=`");
            let left_out = Diagnostic::at(option.file, option.span(), message, label)
                .severity(Severity::Warning)
                .help(
                    "look at the table in a database of the app, and correct the version by a step",
                );
            told.left_out.push(left_out);
        }
    }
}

fn is_default(option: Cursor<'_>) -> bool {
    match option.value.as_str() {
        Some(text) => ["", "simple", "FTS4", "ASC"].contains(&text),
        None => option.items().next().is_none(),
    }
}
