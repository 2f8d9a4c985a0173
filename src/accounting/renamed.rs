//! The names that tables and columns have after a script: RENAME is followed, statement by statement.

use crate::schema::{Entity, Schema};
use crate::sql::{Token, names_equal, tokens};

/// Something by its name before and now.
pub(super) struct Named {
    pub(super) before: String,
    pub(super) now: String,
    is_dropped: bool,
}

impl Named {
    fn new(name: &str) -> Self {
        Self {
            before: name.to_owned(),
            now: name.to_owned(),
            is_dropped: false,
        }
    }

    fn is_now(&self, name: &str) -> bool {
        !self.is_dropped && names_equal(&self.now, name)
    }

    pub(super) fn is_renamed(&self) -> bool {
        !names_equal(&self.before, &self.now)
    }
}

/// A table that was there before.
pub(super) struct Followed {
    pub(super) named: Named,
    pub(super) columns: Vec<Named>,
}

impl Followed {
    fn new(entity: &Entity) -> Option<Self> {
        let columns = match entity {
            Entity::Table(table) => {
                let names = table.columns.iter().map(|column| Named::new(&column.name));
                names.collect()
            }
            Entity::VirtualTable(_) => Vec::new(),
            Entity::Index(_) | Entity::Trigger(_) | Entity::View(_) => return None,
        };
        Some(Self {
            named: Named::new(entity.name()),
            columns,
        })
    }
}

pub(super) fn follow_all(statements: &[&str], old: &Schema) -> Vec<Followed> {
    let mut followed: Vec<Followed> = old.entities.iter().filter_map(Followed::new).collect();
    for statement in statements {
        follow(&mut followed, statement);
    }
    followed
}

/// A table, or a column of one, and the name that it has after a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenamedBy {
    /// The table before.
    pub table: String,
    /// The column before; `None` where it is about the table.
    pub column: Option<String>,
    /// The name after.
    pub to: String,
}

/// What statements give another name by RENAME, in a database with this schema.
pub fn renamed_by(statements: &[&str], old: &Schema) -> Vec<RenamedBy> {
    let mut renamed = Vec::new();
    for table in follow_all(statements, old) {
        let name = table.named.before.clone();
        let columns = table
            .columns
            .iter()
            .map(|column| (Some(column.before.clone()), column));
        let all = std::iter::once((None, &table.named)).chain(columns);
        let of_script = all.filter(|(_, named)| named.is_renamed());
        renamed.extend(of_script.map(|(column, named)| RenamedBy {
            table: name.clone(),
            column,
            to: named.now.clone(),
        }));
    }
    renamed
}

/// The name of a table after some statements.
pub fn name_after(statements: &[&str], table: &str) -> String {
    let mut followed = [Followed {
        named: Named::new(table),
        columns: Vec::new(),
    }];
    for statement in statements {
        follow(&mut followed, statement);
    }
    let [table] = followed;
    table.named.now
}

/// Whether a text has a word, or part of one: tokens tell more, and take longer.
pub(super) fn has_word(sql: &str, word: &str) -> bool {
    let (sql, word) = (sql.as_bytes(), word.as_bytes());
    sql.windows(word.len())
        .any(|part| part.eq_ignore_ascii_case(word))
}

/// Takes in what a statement does to names.
fn follow(followed: &mut [Followed], sql: &str) {
    if !has_word(sql, "ALTER") && !has_word(sql, "DROP") {
        return;
    }
    let tokens = tokens(sql);
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is_keyword(word));
    let drops = is(0, "DROP");
    if !(drops || is(0, "ALTER")) || !is(1, "TABLE") {
        return;
    }
    let mut at = if is(2, "IF") && is(3, "EXISTS") { 4 } else { 2 };
    if tokens
        .get(at + 1)
        .is_some_and(|token| token.is_operator("."))
    {
        at += 2;
    }
    let name = |at: usize| tokens.get(at).and_then(Token::unquoted);
    let Some(table) = name(at)
        .and_then(|table| (followed.iter_mut()).find(|followed| followed.named.is_now(&table)))
    else {
        return;
    };
    if drops {
        table.named.is_dropped = true;
        return;
    }
    let end = tokens.len() - usize::from(tokens.last().is_some_and(|last| last.is_operator(";")));
    let with_word = usize::from(is(at + 2, "COLUMN") && end > at + 3);
    let column = at + 2 + with_word;
    if is(at + 1, "RENAME") && end == at + 4 && is(at + 2, "TO") {
        if let Some(to) = name(at + 3) {
            table.named.now = to;
        }
    } else if is(at + 1, "RENAME") && end == column + 3 && is(column + 1, "TO") {
        let column = name(column)
            .and_then(|name| (table.columns.iter_mut()).find(|column| column.is_now(&name)));
        if let (Some(column), Some(to)) = (column, name(end - 1)) {
            column.now = to;
        }
    } else if is(at + 1, "DROP") && end == column + 1 {
        let column = name(column)
            .and_then(|name| (table.columns.iter_mut()).find(|column| column.is_now(&name)));
        if let Some(column) = column {
            column.is_dropped = true;
        }
    }
}
