//! The schemas that Drift exports, of the formats 0.1.0 to 1.3.0. Since 1.3.0 a file has the SQL of
//! each entity (`fixed_sql`); before it the SQL is put together as Drift itself does it.

mod dart;
mod table;

use std::collections::BTreeMap;

use stepladder::schema::EntityKind;
use stepladder::sql::{fold, names_equal, quote_identifier};

use super::Told;
use super::create::{Statement, TextVersion};
use super::json_file::{Cursor, JsonFile};
use super::source::{Named, Source};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::statement::read_create;
use table::DateTimes;

/// The versions of a folder.
pub(super) fn read(source: &Source, told: &mut Told, errors: &mut Diagnostics) -> Vec<TextVersion> {
    let mut versions = Vec::new();
    for named in &source.files {
        let Some(digits) = version_digits(&named.name) else {
            told.left_out.push(other_name(named));
            continue;
        };
        versions.extend(errors.ok(version(named, digits, told)));
    }
    versions
}

/// The number in the name of an exported schema. Drift was called moor before 2021.
pub(super) fn version_digits(name: &str) -> Option<&str> {
    let rest = name
        .strip_prefix("drift_schema_v")
        .or_else(|| name.strip_prefix("moor_schema_v"))?;
    let digits = rest.strip_suffix(".json")?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

fn other_name(named: &Named) -> Diagnostic {
    let path = &named.file.path;
    Diagnostic::in_file(
        &**path,
        format!("`{path}` has not the name of a schema of Drift"),
    )
    .severity(Severity::Warning)
    .help("rename it to `drift_schema_v<version>.json` if it is part of the history")
}

fn version(named: &Named, digits: &str, told: &mut Told) -> Result<TextVersion, Diagnostic> {
    let number = digits.parse().ok().filter(|number| *number > 0);
    let number = number.ok_or_else(|| {
        let message = format!(
            "`{}` is about version {digits}, and a version is a number from 1 to {}",
            named.file.path,
            i32::MAX
        );
        Diagnostic::in_file(&*named.file.path, message)
            .help("move it out of the folder: no database has this version")
    })?;
    let json = JsonFile::read(&named.file)?;
    let root = json.root();
    check_format(root)?;
    let (statements, seed) = Reader::new(root).statements(told)?;
    Ok(TextVersion {
        number,
        file: named.file.clone(),
        statements,
        seed,
    })
}

fn check_format(root: Cursor<'_>) -> Result<(), Diagnostic> {
    let path = &root.file.path;
    let Some(meta) = root.get("_meta") else {
        let diagnostic = Diagnostic::in_file(&**path, format!("`{path}` is no schema of Drift"))
            .note("it has no field `_meta`");
        return Err(if root.get("formatVersion").is_some() {
            diagnostic.help("it looks like one of Room: `cargo stepladder import room`")
        } else {
            diagnostic.help("move it out of the folder, or export the schema again")
        });
    };
    let found = meta.field("version")?;
    let text = found.text()?;
    let mut parts = text.split(['.', '-', '+']).map(str::parse::<u32>);
    if let (Some(Ok(0)), Some(Ok(_))) | (Some(Ok(1)), Some(Ok(0..=3))) =
        (parts.next(), parts.next())
    {
        return Ok(());
    }
    let message = format!("`{path}` has a format that this stepladder does not know");
    let label = format!("expected 0.1.0 to 1.3.0, found {text}");
    Err(Diagnostic::at(root.file, found.span(), message, label)
        .help("run `cargo install cargo-stepladder` for a newer one, or export the schema with drift_dev 2.30"))
}

/// The entities of a file.
struct Reader<'a> {
    root: Cursor<'a>,
    /// The SQL that the file has, by kind and name: a trigger may have the name of its table.
    fixed: BTreeMap<(&'static str, String), Cursor<'a>>,
    /// The names of the entities, by their number.
    names: BTreeMap<u64, &'a str>,
    date_times: DateTimes,
}

impl<'a> Reader<'a> {
    fn new(root: Cursor<'a>) -> Self {
        let fixed = root.list("fixed_sql").filter_map(|entity| {
            let of_sqlite = |sql: &Cursor<'_>| sql.text_at("dialect") == Some("sqlite");
            let sql = entity.list("sql").find(of_sqlite)?.get("sql")?;
            let kind = kind_name(read_create(sql.value.as_str()?)?.kind);
            Some(((kind, fold(entity.text_at("name")?)), sql))
        });
        let names = root.list("entities").filter_map(|entity| {
            let id = entity.get("id")?.value.as_u64()?;
            Some((id, entity.get("data")?.text_at("name")?))
        });
        let options = root.get("options");
        let as_text = options.is_some_and(|o| o.is_true("store_date_time_values_as_text"));
        Self {
            root,
            fixed: fixed.collect(),
            names: names.collect(),
            date_times: if as_text {
                DateTimes::Text
            } else {
                DateTimes::Integer
            },
        }
    }

    /// The statements that make the entities, and those for a new database.
    fn statements(&self, told: &mut Told) -> Result<(Vec<Statement>, Vec<Statement>), Diagnostic> {
        let (mut statements, mut seed) = (Vec::new(), Vec::new());
        for entity in self.root.field("entities")?.items() {
            let data = entity.field("data")?;
            let kind = entity.field("type")?;
            if kind.text()? == "special-query" {
                let statement = Statement::text(data.field("sql")?)?;
                match read_create(&statement.sql) {
                    Some(_) => statements.push(statement),
                    None => seed.push(statement),
                }
                continue;
            }
            let name = data.text_field("name")?;
            let kind_text = kind.text()?;
            let fixed = self
                .fixed
                .iter()
                .find(|((kind, fixed), _)| *kind == kind_text && names_equal(fixed, name));
            if let Some((_, fixed)) = fixed {
                statements.push(Statement::text(*fixed)?);
                continue;
            }
            match kind_text {
                "table" => statements.push(table::statement(data, self.date_times, told)?),
                "index" => statements.push(self.index(data)?),
                "trigger" => statements.push(Statement::text(data.field("sql")?)?),
                "view" => match data.get("sql") {
                    Some(sql) => statements.push(Statement::text(sql)?),
                    None => told.left_out.push(view_in_dart(data, name)),
                },
                _ => told.left_out.push(unknown(kind, name)),
            }
        }
        Ok((statements, seed))
    }

    /// An index that was declared in Dart has its columns as data.
    fn index(&self, data: Cursor<'_>) -> Result<Statement, Diagnostic> {
        if let Some(sql) = data.get("sql") {
            return Statement::text(sql);
        }
        let on = data.field("on")?.value.as_u64();
        let table = on.and_then(|on| self.names.get(&on));
        let table = table.copied().ok_or_else(|| {
            let span = data.field("on").map_or(0..0, Cursor::span);
            let message = "the table of this index is not in the file";
            Diagnostic::at(data.file, span, message, "there is no such entity")
                .help("export the schema again: the file is not as Drift writes it")
        })?;
        let mut columns = Vec::new();
        for column in data.list("columns") {
            let name = match column.get("column") {
                Some(name) => name.text()?,
                None => column.text()?,
            };
            let order = match column.text_at("order_by") {
                Some(order) if order.starts_with("desc") => " DESC",
                Some(_) => " ASC",
                None => "",
            };
            columns.push(format!("{}{order}", quote_identifier(name)));
        }
        let unique = if data.is_true("unique") {
            "UNIQUE "
        } else {
            ""
        };
        let sql = format!(
            "CREATE {unique}INDEX {} ON {} ({})",
            quote_identifier(data.text_field("name")?),
            quote_identifier(table),
            columns.join(", ")
        );
        Ok(Statement::built(sql, data.field("name")?))
    }
}

/// How Drift names a kind.
fn kind_name(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Table | EntityKind::VirtualTable => "table",
        EntityKind::Index => "index",
        EntityKind::Trigger => "trigger",
        EntityKind::View => "view",
    }
}

fn view_in_dart(data: Cursor<'_>, name: &str) -> Diagnostic {
    let message = format!("the view `{name}` is declared in Dart, and the file has no SQL for it");
    let span = data.get("name").map_or(0..0, Cursor::span);
    Diagnostic::at(data.file, span, message, "left out")
        .severity(Severity::Warning)
        .help("export the schema with drift_dev 2.30 or newer, which writes the SQL of each view")
}

fn unknown(kind: Cursor<'_>, name: &str) -> Diagnostic {
    let message = format!("`{name}` is of a kind that is not known");
    Diagnostic::at(kind.file, kind.span(), message, "left out")
        .severity(Severity::Warning)
        .help("write it to `schema.sql` if a database has it")
}
