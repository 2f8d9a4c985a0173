//! The plan, applied: random schemas, random changes, rows in the tables. Whatever means the plan
//! offers, they lead to the new schema and keep the values.

mod alter;
mod apply;
mod names;
mod random;
mod random_column;

use rusqlite::Connection;
use rusqlite::types::Value;
use stepladder::compare::{CompareOptions, compare};
use stepladder::introspect::introspect;
use stepladder::schema::Schema;
use stepladder::sql::{names_equal, quote_identifier};

use self::apply::{Applied, apply};
use self::random::{Model, Random};
use super::{Scratch, plan};

/// How many pairs are tried; `STEPLADDER_PAIRS` sets another number.
const PAIRS: u64 = 1500;

#[test]
fn every_plan_leads_to_the_new_schema_and_keeps_the_values() {
    let pairs = std::env::var("STEPLADDER_PAIRS").map_or(PAIRS, |text| text.parse().unwrap());
    let scratch = Scratch::new().unwrap();
    let mut applied = 0;
    let mut refused = 0;
    for seed in 1..=pairs {
        match try_pair(&scratch, seed) {
            Outcome::Applied => applied += 1,
            Outcome::Refused => refused += 1,
        }
    }
    println!("{applied} pairs applied, {refused} refused by their rows");
    assert!(applied > refused * 4, "too few pairs say anything");
}

enum Outcome {
    Applied,
    /// A row breaks a constraint of the new schema: an error, and nothing has changed.
    Refused,
}

fn try_pair(scratch: &Scratch, seed: u64) -> Outcome {
    let mut random = Random::new(seed);
    let old_model = Model::random(&mut random);
    let new_model = old_model.changed(&mut random);
    let (old_sql, new_sql) = (old_model.statements(), new_model.statements());
    let connection = database(&old_sql);
    old_model.fill(&connection, &mut random);
    let old = introspect(&connection).unwrap();
    let new = introspect(&database(&new_sql)).unwrap();
    let about = || {
        format!(
            "seed {seed}\n-- old\n{}\n-- new\n{}",
            old_sql.join(";\n"),
            new_sql.join(";\n")
        )
    };

    let planned = plan(scratch, &old, &new);
    let before = contents(&connection, &old);
    let mut connection = connection;
    let outcome = apply(&mut connection, &old, &new, &planned, &mut random);
    let found = introspect(&connection).unwrap();
    match outcome {
        Ok(Applied { renamed }) => {
            let differences = compare(&new, &found, &CompareOptions::default());
            assert!(
                differences.is_empty(),
                "{differences:#?}\n{planned:#?}\n{}",
                about()
            );
            let after = contents(&connection, &new);
            let check: String = connection
                .query_row("PRAGMA integrity_check", [], |row| row.get(0))
                .unwrap();
            assert_eq!(check, "ok", "{}", about());
            assert_kept(&before, &after, &renamed, &planned, &about());
            Outcome::Applied
        }
        Err(error) => {
            let text = error.to_string();
            let by_rows = [
                "constraint failed",
                "cannot store",
                "whose parent does not exist",
            ];
            assert!(
                by_rows.iter().any(|reason| text.contains(reason)),
                "{text}\n{planned:#?}\n{}",
                about()
            );
            assert!(
                compare(&old, &found, &CompareOptions::default()).is_empty(),
                "{}",
                about()
            );
            assert_eq!(before, contents(&connection, &old), "{}", about());
            Outcome::Refused
        }
    }
}

fn database(statements: &[String]) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    for statement in statements {
        connection
            .execute_batch(statement)
            .unwrap_or_else(|error| panic!("{error}: {statement}"));
    }
    connection
}

/// Table and column.
type Place = (String, String);

/// Table, column, values in order.
type Contents = Vec<(String, String, Vec<Value>)>;

fn contents(connection: &Connection, schema: &Schema) -> Contents {
    let mut contents = Contents::new();
    for table in schema.tables() {
        for column in table
            .columns
            .iter()
            .filter(|column| column.generated.is_none())
        {
            let name = quote_identifier(&column.name);
            let sql = format!(
                "SELECT t.{name} FROM {} AS t ORDER BY typeof(t.{name}), t.{name} COLLATE BINARY",
                quote_identifier(&table.name)
            );
            let mut statement = connection.prepare(&sql).unwrap();
            let values = statement.query_map([], |row| row.get(0)).unwrap();
            let values = values.collect::<Result<_, _>>().unwrap();
            contents.push((table.name.clone(), column.name.clone(), values));
        }
    }
    contents
}

/// Every column that both schemas have, under its name or a new one, has the same values, unless
/// the rebuild was told otherwise.
fn assert_kept(
    before: &Contents,
    after: &Contents,
    renamed: &[(Place, Place)],
    planned: &super::StepPlan,
    about: &str,
) {
    for (table, column, values) in before {
        let new = renamed
            .iter()
            .find(|((old_table, old_column), _)| {
                names_equal(old_table, table) && names_equal(old_column, column)
            })
            .map_or((table, column), |(_, (table, column))| (table, column));
        let told = planned.rebuilds.iter().any(|rebuild| {
            names_equal(&rebuild.new, new.0)
                && rebuild
                    .required
                    .iter()
                    .any(|required| names_equal(&required.column, new.1))
        });
        let found = after
            .iter()
            .find(|(table, column, _)| names_equal(table, new.0) && names_equal(column, new.1));
        if let (Some((_, _, found)), false) = (found, told) {
            assert_eq!(found, values, "{table}.{column}\n{planned:#?}\n{about}");
        }
    }
}
