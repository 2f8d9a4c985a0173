//! The order of renames: a name has to be free before something else gets it.

use std::collections::BTreeSet;

use stepladder::schema::{Entity, Schema, Table};
use stepladder::sql::{fold, names_equal};

use super::rename::{Rename, table_now};
use super::{Drafted, Guessed};
use crate::sql_name::sql_name;

/// What had to make room, and under which name it is until it is dropped.
#[derive(Debug, Default)]
pub(crate) struct Asides(Vec<Aside>);

#[derive(Debug)]
struct Aside {
    /// The table of a column, as it is called after the renames.
    table: Option<String>,
    before: String,
    now: String,
}

impl Asides {
    /// The name of a table at the old version, if it made room.
    pub(super) fn table_before<'a>(&'a self, name: &'a str) -> &'a str {
        let mut tables = self.0.iter().filter(|aside| aside.table.is_none());
        let found = tables.find(|aside| names_equal(&aside.now, name));
        found.map_or(name, |aside| &aside.before)
    }

    /// The name of a column at the old version, if it made room.
    pub(super) fn column_before<'a>(&'a self, table: &str, name: &'a str) -> &'a str {
        let of_table =
            |aside: &&Aside| (aside.table.as_ref()).is_some_and(|other| names_equal(other, table));
        let mut columns = self.0.iter().filter(of_table);
        let found = columns.find(|aside| names_equal(&aside.now, name));
        found.map_or(name, |aside| &aside.before)
    }
}

impl Asides {
    /// A text with the names that things have at the old version. The others are free at both, so
    /// they mean nothing else.
    pub(crate) fn told(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, aside| {
            let name = |name: &str| match &aside.table {
                None => format!("`{name}`"),
                Some(table) => format!("`{table}.{name}`"),
            };
            text.replace(&name(&aside.now), &name(&aside.before))
        })
    }
}

/// The statements for the renames. A table has its new name when its columns get theirs.
pub(super) fn rename_statements(
    renames: &[Rename],
    old: &Schema,
    new: &Schema,
) -> (Vec<Drafted>, Asides) {
    let mut statements = Vec::new();
    let mut asides = Asides::default();
    let tables: Vec<&Rename> = (renames.iter())
        .filter(|rename| rename.column.is_none())
        .collect();
    let wishes: Vec<Wish<'_>> = (tables.iter())
        .map(|rename| Wish::new(&rename.table, &rename.to))
        .collect();
    let taken = names(old.entities.iter().chain(&new.entities).map(Entity::name));
    // Views that are gone, and indexes, are dropped before.
    let there = old.entities.iter();
    let there = names((there.filter(|entity| !entity.kind().is_derived())).map(Entity::name));
    for step in moves(wishes, there, &taken) {
        let (from, to) = (sql_name(&step.from), sql_name(&step.to));
        statements.push(Drafted {
            guess: step.wish.and_then(|wish| guessed(tables[wish])),
            ..Drafted::new(format!("ALTER TABLE {from} RENAME TO {to}"))
        });
        asides.note(None, step);
    }
    for table in tables_of_columns(renames) {
        let columns: Vec<(&Rename, &str)> = (renames.iter())
            .filter(|rename| names_equal(&rename.table, table))
            .filter_map(|rename| Some((rename, rename.column.as_deref()?)))
            .collect();
        let wishes: Vec<Wish<'_>> = (columns.iter())
            .map(|(rename, column)| Wish::new(column, &rename.to))
            .collect();
        let now = table_now(renames, table);
        let there = column_names(old.table(table));
        let mut taken = column_names(new.table(now));
        taken.extend(there.clone());
        for step in moves(wishes, there, &taken) {
            let (from, to) = (sql_name(&step.from), sql_name(&step.to));
            let table = sql_name(now);
            statements.push(Drafted {
                guess: step.wish.and_then(|wish| guessed(columns[wish].0)),
                ..Drafted::new(format!("ALTER TABLE {table} RENAME COLUMN {from} TO {to}"))
            });
            asides.note(Some(now), step);
        }
    }
    (statements, asides)
}

impl Asides {
    fn note(&mut self, table: Option<&str>, step: Move) {
        if step.makes_room {
            self.0.push(Aside {
                table: table.map(ToOwned::to_owned),
                before: step.from,
                now: step.to,
            });
        }
    }
}

fn guessed(rename: &Rename) -> Option<Guessed> {
    rename.guessed.then(|| Guessed {
        old: match &rename.column {
            None => rename.table.clone(),
            Some(column) => format!("{}.{column}", rename.table),
        },
        new: rename.to.clone(),
    })
}

/// The tables of which columns are renamed, each once.
fn tables_of_columns(renames: &[Rename]) -> Vec<&str> {
    let mut tables: Vec<&str> = Vec::new();
    for rename in renames.iter().filter(|rename| rename.column.is_some()) {
        if !tables.iter().any(|table| names_equal(table, &rename.table)) {
            tables.push(&rename.table);
        }
    }
    tables
}

fn names<'n>(names: impl Iterator<Item = &'n str>) -> BTreeSet<String> {
    names.map(fold).collect()
}

fn column_names(table: Option<&Table>) -> BTreeSet<String> {
    let columns = table.into_iter().flat_map(|table| &table.columns);
    names(columns.map(|column| column.name.as_str()))
}

/// A name that is to become another one.
struct Wish<'r> {
    /// What it is called by now.
    from: String,
    to: &'r str,
    is_aside: bool,
}

impl<'r> Wish<'r> {
    fn new(from: &str, to: &'r str) -> Self {
        Self {
            from: from.to_owned(),
            to,
            is_aside: false,
        }
    }
}

/// One RENAME.
struct Move {
    from: String,
    to: String,
    /// The place of the wish that it fulfils.
    wish: Option<usize>,
    /// Whether it takes something out of the way that has no other name at the new version.
    makes_room: bool,
}

/// The moves that fulfil all wishes. What waits for a name that is not free goes by way of a name
/// that is; a table that only differs in its capital letters waits for itself, as SQLite refuses it.
fn moves(
    wishes: Vec<Wish<'_>>,
    mut there: BTreeSet<String>,
    taken: &BTreeSet<String>,
) -> Vec<Move> {
    let mut moves = Vec::new();
    let sources: Vec<String> = wishes.iter().map(|wish| fold(&wish.from)).collect();
    for wish in &wishes {
        let to = fold(wish.to);
        if there.contains(&to) && !sources.contains(&to) {
            let aside = free_name(&format!("old_{}", wish.to), taken, &there);
            there.remove(&to);
            there.insert(fold(&aside));
            moves.push(Move {
                from: wish.to.to_owned(),
                to: aside,
                wish: None,
                makes_room: true,
            });
        }
    }
    let mut waiting: Vec<(usize, Wish<'_>)> = wishes.into_iter().enumerate().collect();
    while !waiting.is_empty() {
        let is_free = |(_, wish): &(usize, Wish<'_>)| !there.contains(&fold(wish.to));
        let goes_aside = |(_, wish): &(usize, Wish<'_>)| !wish.is_aside;
        let free = waiting.iter().position(is_free);
        let aside = waiting.iter().position(goes_aside);
        let (from, to, wish) = match (free, aside) {
            (None, Some(at)) => {
                let wish = &mut waiting[at].1;
                let aside = free_name(&format!("new_{}", wish.to), taken, &there);
                wish.is_aside = true;
                (
                    std::mem::replace(&mut wish.from, aside.clone()),
                    aside,
                    None,
                )
            }
            // Where no name is free, two have the same wish: SQLite says so.
            (at, _) => {
                let (place, wish) = waiting.remove(at.unwrap_or(0));
                (wish.from, wish.to.to_owned(), Some(place))
            }
        };
        there.remove(&fold(&from));
        there.insert(fold(&to));
        moves.push(Move {
            from,
            to,
            wish,
            makes_room: false,
        });
    }
    moves
}

/// A name that nothing has, at either version.
fn free_name(start: &str, taken: &BTreeSet<String>, there: &BTreeSet<String>) -> String {
    let mut name = start.to_owned();
    while taken.contains(&fold(&name)) || there.contains(&fold(&name)) {
        name.push('_');
    }
    name
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Wish, moves};

    fn order(wishes: &[(&str, &str)], there: &[&str]) -> String {
        let there: BTreeSet<String> = there.iter().map(|&name| name.to_owned()).collect();
        let wishes = wishes.iter().map(|(from, to)| Wish::new(from, to));
        let moves = moves(wishes.collect(), there.clone(), &there);
        let moves: Vec<_> = (moves.iter())
            .map(|step| format!("{}={}", step.from, step.to))
            .collect();
        moves.join(" ")
    }

    #[test]
    fn a_name_is_free_before_something_gets_it() {
        let chain = [("a", "b"), ("b", "c")];
        assert_eq!(order(&chain, &["a", "b"]), "b=c a=b");
        let swap = [("a", "b"), ("b", "a")];
        assert_eq!(order(&swap, &["a", "b"]), "a=new_b b=a new_b=b");
        let ring = [("a", "b"), ("b", "c"), ("c", "a"), ("x", "y")];
        assert_eq!(
            order(&ring, &["a", "b", "c", "x", "new_b"]),
            "x=y a=new_b_ c=a b=c new_b_=b"
        );
        assert_eq!(order(&[("a", "A")], &["a"]), "a=new_A new_A=A");
        assert_eq!(order(&[("a", "b")], &["a", "b"]), "b=old_b a=b");
        // Two that want one name: it ends, and SQLite refuses it.
        let both = [("a", "c"), ("b", "c")];
        assert_eq!(order(&both, &["a", "b"]), "a=c b=new_c new_c=c");
    }
}
