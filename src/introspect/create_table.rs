//! What the PRAGMAs do not report of a table, from its `CREATE TABLE`:
//! <https://www.sqlite.org/lang_createtable.html>.

use super::cursor::{Cursor, split_at_commas};
use super::expression::{text_of, without_parentheses};
use crate::schema::{ConflictResolution, ForeignKeyTiming, NotNull};
use crate::sql::Token;

/// What the text says of a table.
#[derive(Debug, Default)]
pub(super) struct TableText<'t, 'a> {
    pub(super) columns: Vec<ColumnText<'t, 'a>>,
    pub(super) primary_key: Option<KeyText>,
    pub(super) unique: Vec<KeyText>,
    pub(super) checks: Vec<CheckText<'t, 'a>>,
    pub(super) foreign_keys: Vec<ForeignKeyText>,
}

/// What the text says of a column.
#[derive(Debug, Default)]
pub(super) struct ColumnText<'t, 'a> {
    pub(super) definition: String,
    pub(super) not_null: Option<NotNull>,
    pub(super) collation: Option<String>,
    pub(super) generated: &'t [Token<'a>],
}

/// A PRIMARY KEY or UNIQUE as written.
#[derive(Debug, Default)]
pub(super) struct KeyText {
    /// The columns, each with its COLLATE.
    pub(super) columns: Vec<(String, Option<String>)>,
    pub(super) on_conflict: ConflictResolution,
    pub(super) autoincrement: bool,
    pub(super) name: Option<String>,
}

/// A CHECK as written.
#[derive(Debug)]
pub(super) struct CheckText<'t, 'a> {
    pub(super) expression: &'t [Token<'a>],
    pub(super) name: Option<String>,
}

/// A foreign key as written, without what the PRAGMA reports.
#[derive(Debug, Default)]
pub(super) struct ForeignKeyText {
    pub(super) timing: ForeignKeyTiming,
    pub(super) name: Option<String>,
}

/// Reads the tokens of a `CREATE TABLE`.
pub(super) fn read<'t, 'a>(tokens: &'t [Token<'a>]) -> TableText<'t, 'a> {
    let mut table = TableText::default();
    for definition in split_at_commas(body(tokens)) {
        if definition.first().is_some_and(starts_table_constraint) {
            table_constraints(definition, &mut table);
        } else {
            let column = column(definition, &mut table);
            table.columns.push(column);
        }
    }
    table
}

/// What stands between the parentheses of the statement.
fn body<'t, 'a>(tokens: &'t [Token<'a>]) -> &'t [Token<'a>] {
    let open = tokens.iter().position(|token| token.is_operator("("));
    open.and_then(|open| Cursor::new(&tokens[open..]).group())
        .unwrap_or_default()
}

/// None of these keywords can be the name of a column without quotes.
fn starts_table_constraint(token: &Token<'_>) -> bool {
    ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"]
        .iter()
        .any(|keyword| token.is_keyword(keyword))
}

/// Table constraints: SQLite takes them without commas between them too.
fn table_constraints<'t, 'a>(definition: &'t [Token<'a>], table: &mut TableText<'t, 'a>) {
    let mut cursor = Cursor::new(definition);
    let mut name = None;
    while cursor.peek().is_some() {
        if cursor.eat("CONSTRAINT") {
            name = cursor.name();
        } else if cursor.eat_all(&["PRIMARY", "KEY"]) {
            table.primary_key = Some(table_key(&mut cursor, name.take()));
        } else if cursor.eat("UNIQUE") {
            table.unique.push(table_key(&mut cursor, name.take()));
        } else if cursor.eat("CHECK") {
            let expression = cursor.group().unwrap_or_default();
            table.checks.push(CheckText {
                expression,
                name: name.take(),
            });
            // SQLite reads it and does nothing with it.
            on_conflict(&mut cursor);
        } else if cursor.eat_all(&["FOREIGN", "KEY"]) {
            cursor.group();
            cursor.eat("REFERENCES");
            references(&mut cursor);
            table.foreign_keys.push(ForeignKeyText {
                timing: timing(&mut cursor).unwrap_or_default(),
                name: name.take(),
            });
        } else {
            cursor.next();
        }
    }
}

/// `(a COLLATE c DESC, b AUTOINCREMENT) ON CONFLICT ...`
fn table_key(cursor: &mut Cursor<'_, '_>, name: Option<String>) -> KeyText {
    let inside = cursor.group().unwrap_or_default();
    let mut key = KeyText {
        name,
        ..KeyText::default()
    };
    for part in split_at_commas(inside) {
        if let [rest @ .., last] = part
            && last.is_keyword("AUTOINCREMENT")
        {
            key.autoincrement = true;
            key.columns.extend(key_column(rest));
        } else {
            key.columns.extend(key_column(part));
        }
    }
    key.on_conflict = on_conflict(cursor).unwrap_or_default();
    key
}

fn key_column(part: &[Token<'_>]) -> Option<(String, Option<String>)> {
    let (term, collation) = key_term(part);
    Some((term.first()?.unquoted()?, collation))
}

/// The term of a key without its order, and its collation.
fn key_term<'t, 'a>(mut part: &'t [Token<'a>]) -> (&'t [Token<'a>], Option<String>) {
    let mut collation = None;
    loop {
        part = without_parentheses(part);
        match part {
            [rest @ .., last] if last.is_keyword("ASC") || last.is_keyword("DESC") => part = rest,
            [rest @ .., keyword, last] if keyword.is_keyword("COLLATE") => {
                // The last one is the outermost and wins.
                collation = collation.or_else(|| last.unquoted());
                part = rest;
            }
            _ => return (part, collation),
        }
    }
}

/// A column: its constraints that are those of the table go there.
fn column<'t, 'a>(
    definition: &'t [Token<'a>],
    table: &mut TableText<'t, 'a>,
) -> ColumnText<'t, 'a> {
    let mut column = ColumnText {
        definition: text_of(definition),
        ..ColumnText::default()
    };
    let mut cursor = Cursor::new(definition);
    let column_name = cursor.name().unwrap_or_default();
    let first_foreign_key = table.foreign_keys.len();
    let mut name = None;
    while cursor.peek().is_some() {
        if cursor.eat("CONSTRAINT") {
            name = cursor.name();
        } else if cursor.eat_all(&["NOT", "NULL"]) {
            column.not_null = Some(NotNull {
                on_conflict: on_conflict(&mut cursor).unwrap_or_default(),
                name: name.take(),
            });
        } else if let Some(timing) = timing(&mut cursor) {
            // It belongs to the REFERENCES before it, also after another constraint.
            if let Some(key) = table.foreign_keys[first_foreign_key..].last_mut() {
                key.timing = timing;
            }
        } else if cursor.eat("DEFAULT") {
            name = None;
            default(&mut cursor);
        } else if cursor.eat("COLLATE") {
            name = None;
            column.collation = cursor.name();
        } else if cursor.eat("AS") {
            name = None;
            column.generated = cursor.group().unwrap_or_default();
        } else if !table_constraint_of_column(&mut cursor, &column_name, &mut name, table) {
            // A word of the type, NULL, GENERATED ALWAYS, VIRTUAL, STORED; a group is the size.
            name = None;
            if cursor.group().is_none() {
                cursor.next();
            }
        }
    }
    column
}

/// The constraints of a column that could as well be those of the table.
fn table_constraint_of_column<'t, 'a>(
    cursor: &mut Cursor<'t, 'a>,
    column: &str,
    name: &mut Option<String>,
    table: &mut TableText<'t, 'a>,
) -> bool {
    if cursor.eat_all(&["PRIMARY", "KEY"]) {
        if !cursor.eat("ASC") {
            cursor.eat("DESC");
        }
        table.primary_key = Some(KeyText {
            columns: vec![(column.to_owned(), None)],
            on_conflict: on_conflict(cursor).unwrap_or_default(),
            autoincrement: cursor.eat("AUTOINCREMENT"),
            name: name.take(),
        });
    } else if cursor.eat("UNIQUE") {
        table.unique.push(KeyText {
            columns: vec![(column.to_owned(), None)],
            on_conflict: on_conflict(cursor).unwrap_or_default(),
            autoincrement: false,
            name: name.take(),
        });
    } else if cursor.eat("CHECK") {
        table.checks.push(CheckText {
            expression: cursor.group().unwrap_or_default(),
            name: name.take(),
        });
    } else if cursor.eat("REFERENCES") {
        references(cursor);
        table.foreign_keys.push(ForeignKeyText {
            timing: ForeignKeyTiming::default(),
            name: name.take(),
        });
    } else {
        return false;
    }
    true
}

/// A default: the PRAGMA reports it, so it is skipped here.
fn default(cursor: &mut Cursor<'_, '_>) {
    if cursor.group().is_some() {
        return;
    }
    let signed = cursor.next();
    if signed.is_some_and(|token| token.is_operator("+") || token.is_operator("-")) {
        cursor.next();
    }
}

/// The rest of a REFERENCES up to DEFERRABLE: the PRAGMA reports it.
fn references(cursor: &mut Cursor<'_, '_>) {
    cursor.next();
    cursor.group();
    loop {
        if cursor.eat("MATCH") {
            cursor.next();
        } else if cursor.eat("ON") {
            // DELETE, UPDATE or INSERT, and then what to do.
            cursor.next();
            if cursor.eat("SET") || cursor.eat("NO") {
                // NULL, DEFAULT or ACTION
            }
            cursor.next();
        } else {
            return;
        }
    }
}

/// `[NOT] DEFERRABLE [INITIALLY DEFERRED | INITIALLY IMMEDIATE]`
fn timing(cursor: &mut Cursor<'_, '_>) -> Option<ForeignKeyTiming> {
    let not = cursor.eat_all(&["NOT", "DEFERRABLE"]);
    if !not && !cursor.eat("DEFERRABLE") {
        return None;
    }
    let mut deferred = false;
    if cursor.eat("INITIALLY") {
        deferred = cursor.eat("DEFERRED");
        cursor.eat("IMMEDIATE");
    }
    Some(if deferred && !not {
        ForeignKeyTiming::Deferred
    } else {
        ForeignKeyTiming::Immediate
    })
}

fn on_conflict(cursor: &mut Cursor<'_, '_>) -> Option<ConflictResolution> {
    if !cursor.eat_all(&["ON", "CONFLICT"]) {
        return None;
    }
    let word = cursor.next()?.text.to_ascii_uppercase();
    Some(match word.as_str() {
        "ROLLBACK" => ConflictResolution::Rollback,
        "FAIL" => ConflictResolution::Fail,
        "IGNORE" => ConflictResolution::Ignore,
        "REPLACE" => ConflictResolution::Replace,
        _ => ConflictResolution::Abort,
    })
}
