//! A table that is renamed together with some of its columns. Nothing but its author can tell that from
//! a table that goes and another that comes, so it is asked, and never guessed.

use stepladder::schema::{Column, Schema, Table};
use stepladder::sql::names_equal;

use super::Rename;
use crate::folder::distance;

/// The renames that together make a new table of one that is gone, for each pair of tables most of
/// whose columns agree. `known` are the renames that are made already.
pub(crate) fn renamed_together(old: &Schema, new: &Schema, known: &[Rename]) -> Vec<Vec<Rename>> {
    let tables = |rename: &&Rename| rename.column.is_none();
    let is_old =
        |name: &str| (known.iter().filter(tables)).any(|rename| names_equal(&rename.table, name));
    let is_new =
        |name: &str| (known.iter().filter(tables)).any(|rename| names_equal(&rename.to, name));
    let gone = old
        .tables()
        .filter(|table| new.relation(&table.name).is_none());
    let gone: Vec<_> = gone.filter(|table| !is_old(&table.name)).collect();
    let came = new
        .tables()
        .filter(|table| old.relation(&table.name).is_none());
    let came: Vec<_> = came.filter(|table| !is_new(&table.name)).collect();
    let mut pairs = Vec::new();
    for before in &gone {
        for after in &came {
            let same = agreeing(before, after);
            let most = before.columns.len().max(after.columns.len());
            if same >= 2 && same * 3 >= most * 2 {
                let far = distance(&before.name, &after.name);
                pairs.push((most - same, far, *before, *after));
            }
        }
    }
    pairs.sort_by_key(|(missing, far, ..)| (*missing, *far));
    let mut taken: Vec<[&str; 2]> = Vec::new();
    let mut found = Vec::new();
    for (_, _, before, after) in pairs {
        let is_taken = |pair: &[&str; 2]| pair[0] == before.name || pair[1] == after.name;
        if !taken.iter().any(is_taken) {
            taken.push([&before.name, &after.name]);
            found.push(renames(before, after));
        }
    }
    found
}

/// How many columns have the same name and take the same values.
fn agreeing(old: &Table, new: &Table) -> usize {
    let same = |column: &&Column| {
        let other = new.column(&column.name);
        other.is_some_and(|other| other.affinity == column.affinity)
    };
    old.columns.iter().filter(same).count()
}

fn renames(old: &Table, new: &Table) -> Vec<Rename> {
    let rename = |column: Option<&Column>, to: &str| Rename {
        table: old.name.clone(),
        column: column.map(|column| column.name.clone()),
        to: to.to_owned(),
        guessed: false,
    };
    let mut all = vec![rename(None, &new.name)];
    let came = new.columns.iter();
    let mut came: Vec<_> = came
        .filter(|column| old.column(&column.name).is_none())
        .collect();
    for column in (old.columns.iter()).filter(|column| new.column(&column.name).is_none()) {
        let like = |other: &&Column| {
            other.affinity == column.affinity
                && other.generated.is_some() == column.generated.is_some()
        };
        if let Some(place) = came.iter().position(like) {
            all.push(rename(Some(column), &came.remove(place).name));
        }
    }
    all
}

/// The options of the command that name some renames.
pub(crate) fn rename_options(renames: &[Rename]) -> String {
    let options: Vec<_> = (renames.iter())
        .map(|rename| format!("--rename {}", rename.shown()))
        .collect();
    options.join(" ")
}

#[cfg(test)]
mod tests {
    use super::{rename_options, renamed_together};
    use crate::draft::Rename;
    use stepladder::rusqlite::Connection;
    use stepladder::schema::Schema;

    fn schema(sql: &str) -> Schema {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(sql).unwrap();
        stepladder::introspect::introspect(&connection).unwrap()
    }

    fn found(old: &str, new: &str, known: &[Rename]) -> Vec<String> {
        let found = renamed_together(&schema(old), &schema(new), known);
        found
            .iter()
            .map(|renames| rename_options(renames))
            .collect()
    }

    const OLD: &str = "CREATE TABLE clients (id INTEGER, name TEXT, city TEXT, zip TEXT);";

    #[test]
    fn tables_most_of_whose_columns_agree_may_be_one() {
        let new = "CREATE TABLE customers (id INTEGER, full_name TEXT, city TEXT, zip TEXT);";
        let options = "--rename clients=customers --rename clients.name=full_name";
        assert_eq!(found(OLD, new, &[]), [options]);
        let known = Rename {
            table: "clients".to_owned(),
            column: None,
            to: "customers".to_owned(),
            guessed: false,
        };
        assert!(found(OLD, new, &[known]).is_empty());
        // The one that agrees more.
        let other = format!("{new} CREATE TABLE clients2 (id INTEGER, city TEXT, zip TEXT);");
        assert_eq!(found(OLD, &other, &[]).len(), 1);
        assert!(found(OLD, &format!("{OLD} {new}"), &[]).is_empty());
    }

    #[test]
    fn others_are_not_asked_about() {
        let far = "CREATE TABLE logs (id INTEGER, at TEXT, line TEXT, zip TEXT);";
        assert!(found(OLD, far, &[]).is_empty());
        // A column that takes other values is another one.
        let number = "CREATE TABLE customers (id INTEGER, age INTEGER, city TEXT, zip TEXT);";
        assert_eq!(found(OLD, number, &[]), ["--rename clients=customers"]);
    }
}
