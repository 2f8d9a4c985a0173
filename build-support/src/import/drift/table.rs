//! A table from the data of Drift, as Drift itself puts it together.

use stepladder::sql::{quote_identifier, tokens};

use super::super::Told;
use super::super::create::Statement;
use super::super::json_file::Cursor;
use super::dart;
use crate::diagnostic::{Diagnostic, Severity};

/// How dates are stored, `store_date_time_values_as_text`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateTimes {
    /// As seconds since 1970.
    Integer,
    /// As ISO 8601.
    Text,
}

/// The statement that makes a table.
pub(super) fn statement(
    data: Cursor<'_>,
    date_times: DateTimes,
    told: &mut Told,
) -> Result<Statement, Diagnostic> {
    if data.is_true("is_virtual") {
        return Statement::text(data.field("create_virtual_stmt")?);
    }
    let name = data.text_field("name")?;
    let mut table = Table {
        name,
        date_times,
        strict: data.is_true("strict"),
        has_key: false,
        told,
    };
    let mut parts = Vec::new();
    for column in data.field("columns")?.items() {
        parts.push(table.column(column)?);
    }
    // In a .drift file the author wrote the constraints, and they are among the texts below.
    if !data.is_true("was_declared_in_moor") {
        if let Some(key) = data.get("explicit_pk").filter(|_| !table.has_key) {
            parts.push(format!("PRIMARY KEY ({})", names(key)?));
        }
        for key in data.list("unique_keys") {
            parts.push(format!("UNIQUE ({})", names(key)?));
        }
    }
    for constraint in data.list("constraints") {
        parts.push(constraint.text()?.to_owned());
    }
    let mut sql = format!(
        "CREATE TABLE {} ({})",
        quote_identifier(name),
        parts.join(", ")
    );
    let without_rowid = data.is_true("without_rowid").then_some("WITHOUT ROWID");
    let options: Vec<_> = without_rowid
        .into_iter()
        .chain(table.strict.then_some("STRICT"))
        .collect();
    if !options.is_empty() {
        sql = format!("{sql} {}", options.join(", "));
    }
    Ok(Statement::built(sql, data.field("name")?))
}

fn names(list: Cursor<'_>) -> Result<String, Diagnostic> {
    let names: Result<Vec<_>, _> = list
        .items()
        .map(|name| Ok(quote_identifier(name.text()?)))
        .collect();
    Ok(names?.join(", "))
}

struct Table<'a> {
    name: &'a str,
    date_times: DateTimes,
    strict: bool,
    /// Whether a column has said that it is the primary key.
    has_key: bool,
    told: &'a mut Told,
}

impl Table<'_> {
    fn column(&mut self, column: Cursor<'_>) -> Result<String, Diagnostic> {
        let name = column.text_field("name")?;
        let kind = column.field("moor_type")?;
        let mut parts = vec![
            quote_identifier(name),
            self.sql_type(kind, name)?.to_owned(),
        ];
        if let Some(custom) = column.get("customConstraints") {
            // They stand for all that Drift would write, NOT NULL included.
            parts.extend(Some(custom.text()?.to_owned()).filter(|text| !text.trim().is_empty()));
            self.has_key |= names_key(custom.text()?);
            return Ok(parts.join(" "));
        }
        let nullable = column.is_true("nullable");
        parts.push(if nullable { "NULL" } else { "NOT NULL" }.to_owned());
        parts.extend(self.default(column, name)?);
        let mut unknown = None;
        for feature in column.list("dsl_features") {
            if let Some(generated) = feature.get("generated_as") {
                parts.extend(self.generated(generated, name));
            } else if let Some(check) = feature.get("check") {
                parts.extend(self.check(check, name));
            } else if feature.value.as_str() == Some("unknown") {
                unknown = Some(feature);
            }
        }
        if let Some(constraints) = default_constraints(column) {
            parts.push(constraints?.to_owned());
        } else {
            // Before Drift wrote them out they followed from the features.
            parts.extend(features(column, name)?);
            if let Some(feature) = unknown {
                self.leave_out(
                    feature,
                    name,
                    "a constraint that the file does not spell out",
                );
            }
        }
        self.has_key |= parts.iter().any(|part| names_key(part));
        Ok(parts.join(" "))
    }

    fn sql_type(&mut self, kind: Cursor<'_>, column: &str) -> Result<&'static str, Diagnostic> {
        let text = kind.text()?;
        Ok(match text.strip_prefix("ColumnType.").unwrap_or(text) {
            "bool" | "boolean" | "int" | "integer" | "bigInt" => "INTEGER",
            "string" | "text" => "TEXT",
            "double" | "real" => "REAL",
            "blob" => "BLOB",
            "dateTime" | "datetime" => match self.date_times {
                DateTimes::Integer => "INTEGER",
                DateTimes::Text => "TEXT",
            },
            "any" if self.strict => "ANY",
            _ => {
                let what = format!("its type `{text}`, and with `ANY` in its place");
                self.leave_out(kind, column, &what);
                "ANY"
            }
        })
    }

    fn default(&mut self, column: Cursor<'_>, name: &str) -> Result<Option<String>, Diagnostic> {
        let Some(default) = column.get("default_dart") else {
            return Ok(None);
        };
        let Some(sql) = dart::expression(default.text()?, self.date_times) else {
            self.leave_out(default, name, "its default, an expression in Dart");
            return Ok(None);
        };
        Ok(Some(if is_literal(&sql) {
            format!("DEFAULT {sql}")
        } else {
            format!("DEFAULT ({sql})")
        }))
    }

    fn generated(&mut self, generated: Cursor<'_>, column: &str) -> Option<String> {
        let Some(sql) = self.code(generated) else {
            self.leave_out(
                generated,
                column,
                "what it is generated from, an expression in Dart",
            );
            return None;
        };
        let stored = generated.is_true("stored");
        let stored = if stored { "STORED" } else { "VIRTUAL" };
        Some(format!("GENERATED ALWAYS AS ({sql}) {stored}"))
    }

    fn check(&mut self, check: Cursor<'_>, column: &str) -> Option<String> {
        let Some(sql) = self.code(check) else {
            self.leave_out(check, column, "its CHECK, an expression in Dart");
            return None;
        };
        Some(format!("CHECK ({sql})"))
    }

    /// The SQL of code in Dart, which is a list of texts and names.
    fn code(&self, feature: Cursor<'_>) -> Option<String> {
        let expression = feature.get("dart_expression");
        let code: String = expression
            .into_iter()
            .flat_map(|expression| expression.list("elements"))
            .filter_map(|part| part.value.as_str().or_else(|| part.text_at("lexeme")))
            .collect();
        dart::expression(&code, self.date_times)
    }

    fn leave_out(&mut self, place: Cursor<'_>, column: &str, what: &str) {
        let object = format!("{}.{column}", self.name);
        let message = format!("column `{object}` was imported without {what}");
        let mut left_out = Diagnostic::at(place.file, place.span(), message, "left out")
            .severity(Severity::Warning)
            .note("only the app in Dart can tell what it is in SQL")
            .help("export this version again with drift_dev 2.30 or newer, which writes SQL");
        left_out.object = Some(object);
        self.told.left_out.push(left_out);
    }
}

/// What Drift wrote for SQLite.
fn default_constraints(column: Cursor<'_>) -> Option<Result<&str, Diagnostic>> {
    let by_dialect = column.get("dialectAwareDefaultConstraints");
    let constraints = match by_dialect {
        Some(by_dialect) => by_dialect.get("sqlite"),
        None => column.get("defaultConstraints"),
    };
    constraints.map(Cursor::text)
}

/// The constraints that follow from the features of a column.
fn features(column: Cursor<'_>, name: &str) -> Result<Vec<String>, Diagnostic> {
    let has = |word: &str| {
        column
            .list("dsl_features")
            .any(|feature| feature.value.as_str() == Some(word))
    };
    let mut parts = Vec::new();
    if has("auto-increment") {
        parts.push("PRIMARY KEY AUTOINCREMENT".to_owned());
    } else if has("primary-key") {
        parts.push("PRIMARY KEY".to_owned());
    } else if has("unique") {
        parts.push("UNIQUE".to_owned());
    }
    for feature in column.list("dsl_features") {
        if let Some(key) = feature.get("foreign_key") {
            parts.push(foreign_key(key)?);
        }
    }
    let kind = column.text_field("moor_type")?;
    if ["bool", "ColumnType.boolean"].contains(&kind) {
        parts.push(format!("CHECK ({} IN (0, 1))", quote_identifier(name)));
    }
    Ok(parts)
}

fn foreign_key(key: Cursor<'_>) -> Result<String, Diagnostic> {
    let to = key.field("to")?;
    let mut sql = format!(
        "REFERENCES {} ({})",
        quote_identifier(to.text_field("table")?),
        quote_identifier(to.text_field("column")?)
    );
    for (field, words) in [("on_update", " ON UPDATE "), ("on_delete", " ON DELETE ")] {
        let action = match key.text_at(field) {
            Some("setNull") => "SET NULL",
            Some("setDefault") => "SET DEFAULT",
            Some("cascade") => "CASCADE",
            Some("restrict") => "RESTRICT",
            Some("noAction") => "NO ACTION",
            _ => continue,
        };
        sql.push_str(words);
        sql.push_str(action);
    }
    if key.is_true("initially_deferred") {
        sql.push_str(" DEFERRABLE INITIALLY DEFERRED");
    }
    Ok(sql)
}

/// Whether a text makes its column the primary key.
fn names_key(sql: &str) -> bool {
    tokens(sql)
        .windows(2)
        .any(|pair| pair[0].is_keyword("PRIMARY") && pair[1].is_keyword("KEY"))
}

/// Whether SQLite takes the text as a default without parentheses.
fn is_literal(sql: &str) -> bool {
    use stepladder::sql::TokenKind::{Blob, Number, String, Word};
    const WORDS: [&str; 6] = [
        "NULL",
        "TRUE",
        "FALSE",
        "CURRENT_TIME",
        "CURRENT_DATE",
        "CURRENT_TIMESTAMP",
    ];
    match &*tokens(sql) {
        [one] if one.kind == Word => WORDS.iter().any(|word| one.is_keyword(word)),
        [one] => [Blob, Number, String].contains(&one.kind),
        [sign, one] => ["-", "+"].iter().any(|s| sign.is_operator(s)) && one.kind == Number,
        _ => false,
    }
}
