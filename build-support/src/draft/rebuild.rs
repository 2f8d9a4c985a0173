//! The statements of a rebuild: <https://www.sqlite.org/lang_altertable.html#otheralter>

use stepladder::__private::RebuildKind;
use stepladder::schema::{Affinity, Column, Entity, Index, IndexTerm, KeyColumn, Schema, Table};
use stepladder::sql::{Token, names_equal, quote_string, tokens};

use super::value::{Value, obvious};
use super::{Drafted, Place};
use crate::plan::{PlannedRebuild, RequiredColumn, rowid_name};
use crate::sql_name::sql_name;

/// The statements that make a table anew with the rows of the old one.
pub(super) fn rebuild(rebuild: &PlannedRebuild, old: &Schema, new: &Schema) -> Vec<Drafted> {
    let Some(entity) = new.relation(&rebuild.new) else {
        return Vec::new();
    };
    let fill = |name: &str| Drafted::new(format!("INSERT INTO {name} ({name}) VALUES ('rebuild')"));
    let drop = Drafted::new(format!("DROP TABLE {}", sql_name(&rebuild.old)));
    match rebuild.kind {
        RebuildKind::Empty => {
            let mut create = Drafted::new(entity.sql());
            create.places.push(Place {
                object: entity.name().to_owned(),
                reason: "nothing can be copied from it: the step has to put its rows in".to_owned(),
                expression: "empty".to_owned(),
                is_obvious: true,
            });
            vec![drop, create]
        }
        RebuildKind::ExternalContent => {
            vec![
                drop,
                Drafted::new(entity.sql()),
                fill(&sql_name(entity.name())),
            ]
        }
        RebuildKind::Plain | RebuildKind::Autoincrement => {
            let temporary = free_name(&rebuild.new, &[old, new]);
            let create = under_name(entity.sql(), entity.name(), &temporary);
            let mut statements = vec![Drafted::new(create), copy(rebuild, &temporary, old, new)];
            statements.extend(sequence(rebuild, &temporary, old));
            statements.push(drop);
            statements.push(Drafted::new(format!(
                "ALTER TABLE {} RENAME TO {}",
                sql_name(&temporary),
                sql_name(&rebuild.new)
            )));
            statements
        }
    }
}

/// A name that neither version has.
fn free_name(table: &str, schemas: &[&Schema]) -> String {
    let mut name = format!("new_{table}");
    while schemas
        .iter()
        .any(|schema| schema.relation(&name).is_some())
    {
        name.push('_');
    }
    name
}

/// The `CREATE` of a table with another name for it, also where it says `t.a`.
fn under_name(create: &str, name: &str, other: &str) -> String {
    let tokens = tokens(create);
    let is_name = |token: &Token<'_>| {
        token
            .unquoted()
            .is_some_and(|text| names_equal(&text, name))
    };
    let first = tokens.iter().position(|token| token.is_keyword("TABLE"));
    let mut text = String::new();
    let mut copied = 0;
    for (at, token) in tokens.iter().enumerate() {
        let qualifies = tokens.get(at + 1).is_some_and(|next| next.is_operator("."));
        let named = first.is_some_and(|first| first + 1 == at);
        if is_name(token) && (named || qualifies) {
            text.push_str(&create[copied..token.start]);
            text.push_str(&sql_name(other));
            copied = token.end();
        }
    }
    text + &create[copied..]
}

fn copy(rebuild: &PlannedRebuild, temporary: &str, old: &Schema, new: &Schema) -> Drafted {
    let mut targets = Vec::new();
    let mut sources = Vec::new();
    let mut places = Vec::new();
    if let Some((new, old)) = rebuild.rowid {
        targets.push(new.to_owned());
        sources.push(old.to_owned());
    }
    let tables = (old.table(&rebuild.old), new.table(&rebuild.new));
    // In the order of the new table, which is that of a reader.
    let order: Vec<&str> = match tables.1 {
        Some(table) => table
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect(),
        None => rebuild
            .copied
            .iter()
            .map(|copied| copied.new.as_str())
            .collect(),
    };
    for name in order {
        if let Some(copied) = rebuild.copied.iter().find(|copied| copied.new == name) {
            targets.push(sql_name(name));
            sources.push(sql_name(&copied.old));
        }
        let Some(required) = rebuild
            .required
            .iter()
            .find(|required| required.column == name)
        else {
            continue;
        };
        let value = expression(required, tables, new);
        targets.push(sql_name(name));
        sources.push(value.sql.clone());
        places.push(place(rebuild, required, value));
    }
    if targets.is_empty() {
        let (target, source) = number_of_rows(tables.1);
        targets.push(target);
        sources.push(source);
    }
    // OR ABORT: an ON CONFLICT in the table would drop rows without a word.
    let conflict = if resolves_conflicts(new, &rebuild.new) {
        " OR ABORT"
    } else {
        ""
    };
    Drafted {
        sql: format!(
            "INSERT{conflict} INTO {} ({})\nSELECT {}\nFROM {}",
            sql_name(temporary),
            targets.join(", "),
            sources.join(", "),
            sql_name(&rebuild.old)
        ),
        places,
        guess: None,
    }
}

/// Nothing is copied but the number of rows: a column gets what it gets without a value. `rowid` would
/// name a column where one is called so.
fn number_of_rows(table: Option<&Table>) -> (String, String) {
    let columns = table.into_iter().flat_map(|table| &table.columns);
    let first = columns
        .into_iter()
        .find(|column| column.generated.is_none());
    first.map_or_else(
        || ("rowid".to_owned(), "rowid".to_owned()),
        |column| {
            let default = column.default.as_ref();
            let value = default.map_or("NULL".to_owned(), |default| format!("({})", default.sql));
            (sql_name(&column.name), value)
        },
    )
}

pub(super) fn place(rebuild: &PlannedRebuild, required: &RequiredColumn, value: Value) -> Place {
    Place {
        object: format!("{}.{}", rebuild.new, required.column),
        reason: required.reason.clone(),
        expression: value.sql,
        is_obvious: value.fits,
    }
}

/// What stands in the copy until somebody decides.
fn expression(
    required: &RequiredColumn,
    (old, new): (Option<&Table>, Option<&Table>),
    schema: &Schema,
) -> Value {
    let column = |table: Option<&Table>| -> Option<Column> {
        table
            .and_then(|table| table.column(&required.column))
            .cloned()
    };
    let (before, after) = (column(old), column(new));
    let Some(after) = after else {
        return Value::fitting("NULL");
    };
    let name = sql_name(&required.column);
    let strict = new.is_some_and(|table| table.strict);
    let Some(before) = before else {
        return for_new_column(&after, (old, new), schema);
    };
    let kept = if strict
        && !after.declared_type.eq_ignore_ascii_case("ANY")
        && !before
            .declared_type
            .eq_ignore_ascii_case(&after.declared_type)
    {
        format!("CAST({name} AS {})", after.declared_type)
    } else {
        name
    };
    match new {
        Some(table) if after.not_null.is_some() => {
            let instead = obvious(table, &after);
            Value {
                sql: format!("coalesce({kept}, {})", instead.sql),
                ..instead
            }
        }
        _ => Value::fitting(kept),
    }
}

/// What a column is that was not there.
pub(super) fn for_new_column(
    column: &Column,
    (old, new): (Option<&Table>, Option<&Table>),
    schema: &Schema,
) -> Value {
    let (Some(old), Some(table)) = (old, new) else {
        return Value::fitting("NULL");
    };
    if column.default.is_none() && column.not_null.is_none() {
        Value::fitting("NULL")
    } else if column.default.is_none() && must_be_unique(schema, table, &column.name) {
        one_for_each_row(old, table, column)
    } else {
        obvious(table, column)
    }
}

/// Whether a column alone has to be unique.
fn must_be_unique(schema: &Schema, table: &Table, column: &str) -> bool {
    let is_it = |names: &[&str]| matches!(names, [name] if names_equal(name, column));
    let in_key = |columns: &[KeyColumn]| {
        let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
        is_it(&names)
    };
    let in_index = |index: &Index| {
        let names = index.columns.iter().map(|column| match &column.term {
            IndexTerm::Column(name) => Some(name.as_str()),
            IndexTerm::Rowid | IndexTerm::Expression(_) => None,
        });
        let names: Option<Vec<_>> = names.collect();
        index.unique
            && names_equal(&index.table, &table.name)
            && names.is_some_and(|names| is_it(&names))
    };
    let mut indexes = schema.entities.iter().filter_map(|entity| match entity {
        Entity::Index(index) => Some(index),
        Entity::Table(_) | Entity::VirtualTable(_) | Entity::Trigger(_) | Entity::View(_) => None,
    });
    (table.primary_key.as_ref()).is_some_and(|key| in_key(&key.columns))
        || table.unique.iter().any(|unique| in_key(&unique.columns))
        || indexes.any(in_index)
}

/// A value that no other row has.
fn one_for_each_row(old: &Table, new: &Table, column: &Column) -> Value {
    let Some(rowid) = rowid_name(old) else {
        return obvious(new, column);
    };
    Value::fitting(match column.affinity {
        Affinity::Text | Affinity::Blob => format!("CAST({rowid} AS TEXT)"),
        Affinity::Integer | Affinity::Numeric => rowid.to_owned(),
        Affinity::Real => format!("{rowid} + 0.0"),
    })
}

fn resolves_conflicts(new: &Schema, table: &str) -> bool {
    let sql = new.relation(table).map_or("", Entity::sql);
    tokens(sql)
        .windows(2)
        .any(|pair| pair[0].is_keyword("ON") && pair[1].is_keyword("CONFLICT"))
}

/// What AUTOINCREMENT remembers: <https://www.sqlite.org/autoinc.html>
fn sequence(rebuild: &PlannedRebuild, temporary: &str, old: &Schema) -> Vec<Drafted> {
    let key = old
        .table(&rebuild.old)
        .and_then(|table| table.primary_key.as_ref());
    let remembered = key.is_some_and(|key| key.autoincrement);
    if rebuild.kind != RebuildKind::Autoincrement || !remembered {
        return Vec::new();
    }
    let (from, to) = (quote_string(&rebuild.old), quote_string(temporary));
    vec![
        Drafted::new(format!("DELETE FROM sqlite_sequence WHERE name = {to}")),
        Drafted::new(format!(
            "INSERT INTO sqlite_sequence (name, seq)\nSELECT {to}, seq FROM sqlite_sequence WHERE name = {from}"
        )),
    ]
}
