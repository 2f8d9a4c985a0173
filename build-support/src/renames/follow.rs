//! What a step in SQL renames, statement by statement.

use stepladder::schema::{EntityKind, Schema};
use stepladder::sql::{Token, fold, names_equal, tokens};

use super::copy::{Copy, after, name, read_copy};
use super::{Renamed, Renames};
use crate::script::Script;
use crate::statement::read_create;

/// A table while the step runs.
#[derive(Debug)]
struct Followed {
    name: String,
    /// The tables of the old version that it has rows of.
    origins: Vec<String>,
    /// Whether the step has made it.
    is_made: bool,
    columns: Vec<FollowedColumn>,
}

#[derive(Debug)]
struct FollowedColumn {
    name: String,
    /// The column of the old version that it was.
    origin: Option<String>,
}

/// The renames of a step in SQL, by its `ALTER TABLE .. RENAME` and its copies.
pub(super) fn follow(script: &Script, old: &Schema, new: &Schema) -> Renames {
    let mut tables: Vec<Followed> = old.entities.iter().filter_map(Followed::of).collect();
    for statement in script.statements() {
        // What cannot be read renames nothing.
        let _ = take(&mut tables, &statement.sql);
    }
    let is_in_new = |table: &&Followed| {
        let found = new.relation(&table.name);
        found.is_some_and(|entity| !entity.kind().is_derived())
    };
    let there: Vec<_> = tables.iter().filter(is_in_new).collect();
    let mut found = Renames::default();
    for table in &there {
        let Some(origin) = settled_origin(table, &there) else {
            continue;
        };
        if !names_equal(origin, &table.name) {
            found.tables.push(Renamed {
                old: origin.to_owned(),
                new: table.name.clone(),
            });
        }
        for renamed in renamed_columns(table) {
            let is_there = (old.table(origin))
                .is_some_and(|old| old.column(&renamed.old).is_some())
                && (new.table(&table.name)).is_some_and(|new| new.column(&renamed.new).is_some());
            if is_there {
                found.add_column(&table.name, renamed);
            }
        }
    }
    found
}

/// The one old table that a table is. Where two have its rows, it is the one that has kept its name, or
/// none.
fn settled_origin<'t>(table: &'t Followed, there: &[&Followed]) -> Option<&'t str> {
    let [origin] = &*table.origins else {
        return None;
    };
    let is_other = |other: &&&Followed| {
        !std::ptr::eq(**other, table)
            && (other.origins.iter()).any(|other| names_equal(other, origin))
    };
    let is_shared = there.iter().any(|other| is_other(&other));
    (names_equal(origin, &table.name) || !is_shared).then_some(origin)
}

fn renamed_columns(table: &Followed) -> impl Iterator<Item = Renamed> {
    let is_alone = |origin: &str| {
        let same = table.columns.iter().filter(|column| {
            (column.origin.as_deref()).is_some_and(|other| names_equal(other, origin))
        });
        same.count() == 1
    };
    table.columns.iter().filter_map(move |column| {
        let origin = column.origin.as_deref()?;
        let is_renamed = !names_equal(origin, &column.name) && is_alone(origin);
        is_renamed.then(|| Renamed {
            old: origin.to_owned(),
            new: column.name.clone(),
        })
    })
}

impl Followed {
    fn of(entity: &stepladder::schema::Entity) -> Option<Self> {
        use stepladder::schema::Entity;
        let columns: Vec<&String> = match entity {
            Entity::Table(table) => table.columns.iter().map(|column| &column.name).collect(),
            Entity::VirtualTable(table) => table.columns.iter().collect(),
            Entity::Index(_) | Entity::Trigger(_) | Entity::View(_) => return None,
        };
        let column = |name: &String| FollowedColumn {
            name: name.clone(),
            origin: Some(name.clone()),
        };
        Some(Self {
            name: entity.name().to_owned(),
            origins: vec![entity.name().to_owned()],
            is_made: false,
            columns: columns.into_iter().map(column).collect(),
        })
    }

    fn origin_of(&self, column: &str) -> Option<String> {
        let mut columns = self.columns.iter();
        let found = columns.find(|known| names_equal(&known.name, column))?;
        found.origin.clone()
    }
}

fn take(tables: &mut Vec<Followed>, sql: &str) -> Option<()> {
    if let Some(create) = read_create(sql) {
        if create.refused.is_none() && create.kind == EntityKind::Table {
            tables.push(Followed {
                name: create.name,
                origins: Vec::new(),
                is_made: true,
                columns: Vec::new(),
            });
        }
        return Some(());
    }
    let tokens = tokens(sql);
    if let Some(rest) = after(&tokens, &["DROP", "TABLE"]) {
        let (dropped, _) = name(after(rest, &["IF", "EXISTS"]).unwrap_or(rest))?;
        tables.retain(|table| !names_equal(&table.name, &dropped));
    } else if let Some(rest) = after(&tokens, &["ALTER", "TABLE"]) {
        let (altered, rest) = name(rest)?;
        alter(find(tables, &altered)?, rest)?;
    } else if let Some(copy) = read_copy(&tokens) {
        take_copy(tables, copy)?;
    }
    Some(())
}

fn find<'t>(tables: &'t mut [Followed], name: &str) -> Option<&'t mut Followed> {
    let mut tables = tables.iter_mut();
    tables.find(|table| names_equal(&table.name, name))
}

fn alter(table: &mut Followed, rest: &[Token<'_>]) -> Option<()> {
    if let Some(rest) = after(rest, &["RENAME", "TO"]) {
        table.name = name(rest)?.0;
    } else if let Some(rest) = after(rest, &["RENAME"]) {
        let rest = after(rest, &["COLUMN"]).unwrap_or(rest);
        let [old, rest @ ..] = rest else { return None };
        let [new] = after(rest, &["TO"])? else {
            return None;
        };
        let (old, new) = (old.unquoted()?, new.unquoted()?);
        let mut columns = table.columns.iter_mut();
        columns.find(|column| names_equal(&column.name, &old))?.name = new;
    } else if let Some(rest) = after(rest, &["DROP"]) {
        let dropped = (after(rest, &["COLUMN"]).unwrap_or(rest))
            .first()?
            .unquoted()?;
        let is_other = |column: &FollowedColumn| !names_equal(&column.name, &dropped);
        table.columns.retain(is_other);
    } else if let Some(rest) = after(rest, &["ADD"]) {
        let added = after(rest, &["COLUMN"]).unwrap_or(rest).first()?;
        table.columns.push(FollowedColumn {
            name: added.unquoted()?,
            origin: None,
        });
    }
    Some(())
}

/// A copy into a table that the step has made.
fn take_copy(tables: &mut [Followed], copy: Copy) -> Option<()> {
    let source = find(tables, &copy.from)?;
    let origins = source.origins.clone();
    let columns: Vec<_> = (copy.columns.into_iter())
        .map(|(name, from)| FollowedColumn {
            origin: from.and_then(|from| source.origin_of(&from)),
            name,
        })
        .collect();
    let target = find(tables, &copy.into).filter(|target| target.is_made)?;
    for origin in origins {
        if !target
            .origins
            .iter()
            .any(|known| names_equal(known, &origin))
        {
            target.origins.push(origin);
        }
    }
    for column in columns {
        let known = target.columns.iter_mut();
        let known = known
            .into_iter()
            .find(|known| fold(&known.name) == fold(&column.name));
        match known {
            // Two copies that fill a column in two ways.
            Some(known) if known.origin != column.origin => known.origin = None,
            Some(_) => {}
            None => target.columns.push(column),
        }
    }
    Some(())
}
