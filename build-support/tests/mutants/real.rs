//! The histories of real apps, where they are at hand. They are schemas without steps, so the steps
//! are made here, in the plainest way: each table that is another one is made anew and copied.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use stepladder::schema::{Entity, Schema, Table};
use stepladder::sql::{canonical, quote_identifier, quote_string, tokens};

use stepladder_build::{ImportKind, import, load};

use crate::case::{Case, STEP, schema};

/// The largest one, of 119 versions and 31 tables, would take an hour.
const APPS: [&str; 5] = [
    "room/nowinandroid",
    "drift/fitbook",
    "drift/zulip",
    "drift/drift-example",
    "drift/mallow",
];

/// So many steps of each app.
const STEPS: usize = 2;

/// The steps of an app that are right as they are made here.
pub(crate) fn cases() -> Vec<Case> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let mut cases = Vec::new();
    for app in APPS {
        let folder = corpus.join(app);
        if !folder.is_dir() {
            println!("skipped: {} is not there", folder.display());
            continue;
        }
        let versions = versions(app, &folder);
        let of_app = versions.windows(2).filter_map(|pair| {
            let versions = [pair[0].1.clone(), pair[1].1.clone()];
            let step = step(&schema(&versions[0]), &schema(&versions[1]))?;
            let name = format!("{app} {}", pair[0].0);
            let steps = BTreeMap::from([(STEP.to_owned(), step.clone())]);
            let case = Case::new(name, &versions, &steps, STEP, None);
            // Some versions need more than a copy.
            case.build(&step).is_none().then_some(case)
        });
        cases.extend(of_app.take(STEPS));
    }
    cases
}

/// The versions of an app, each as the text of its schema.
fn versions(app: &str, folder: &Path) -> Vec<(i32, String)> {
    let kind = match app.split('/').next() {
        Some("room") => ImportKind::Room,
        _ => ImportKind::Drift,
    };
    let home = tempfile::tempdir().unwrap();
    let schemas = home.path().join("schemas");
    import(kind, folder, &schemas).unwrap();
    let versions = load(&schemas).unwrap().versions.into_iter();
    let texts = versions.map(|version| {
        let entities = version.snapshot.entities.iter();
        let text: Vec<_> = entities
            .map(|entity| format!("{};\n", entity.sql))
            .collect();
        (version.number, text.concat())
    });
    texts.collect()
}

/// The step; `None` where no table is copied.
fn step(old: &Schema, new: &Schema) -> Option<String> {
    let mut head = String::new();
    let mut step = String::new();
    let mut rebuilt = Vec::new();
    for entity in old.entities.iter().rev() {
        let kind = match entity {
            Entity::Trigger(_) => "TRIGGER",
            Entity::View(_) => "VIEW",
            Entity::Index(_) => "INDEX",
            Entity::Table(_) | Entity::VirtualTable(_) => continue,
        };
        writeln!(step, "DROP {kind} {};", quote_identifier(entity.name())).unwrap();
    }
    for entity in &new.entities {
        let before = old.relation(entity.name());
        match (entity, before) {
            (Entity::Table(table), Some(Entity::Table(before))) => {
                if canonical(&table.sql) != canonical(&before.sql) {
                    rebuild(before, table, &mut step);
                    allow_gone(before, table, &mut head);
                    rebuilt.push(&table.name);
                }
            }
            (Entity::Table(_) | Entity::VirtualTable(_), None) => {
                writeln!(step, "{};", entity.sql()).unwrap();
            }
            (Entity::Table(_) | Entity::VirtualTable(_), Some(before)) => {
                if canonical(entity.sql()) != canonical(before.sql()) {
                    return None;
                }
            }
            (Entity::Index(_) | Entity::Trigger(_) | Entity::View(_), _) => {}
        }
    }
    for entity in &old.entities {
        let is_table = matches!(entity, Entity::Table(_) | Entity::VirtualTable(_));
        if is_table && new.relation(entity.name()).is_none() {
            writeln!(step, "DROP TABLE {};", quote_identifier(entity.name())).unwrap();
            writeln!(
                head,
                "-- stepladder: allow data_loss {} because it is gone",
                entity.name()
            )
            .unwrap();
        }
    }
    for entity in &new.entities {
        if matches!(
            entity,
            Entity::Index(_) | Entity::Trigger(_) | Entity::View(_)
        ) {
            writeln!(step, "{};", entity.sql()).unwrap();
        }
    }
    (!rebuilt.is_empty()).then(|| head + &step)
}

fn rebuild(old: &Table, new: &Table, step: &mut String) {
    let name = quote_identifier(&new.name);
    let temporary = quote_identifier(&format!("new_{}", new.name));
    let words = tokens(&new.sql);
    writeln!(
        step,
        "CREATE TABLE {temporary}{};",
        &new.sql[words[2].end()..]
    )
    .unwrap();
    let has_rowid = |table: &Table| !table.without_rowid && table.rowid_alias().is_none();
    let (mut columns, mut values) = (Vec::new(), Vec::new());
    if has_rowid(old) && has_rowid(new) {
        columns.push("rowid".to_owned());
        values.push("rowid".to_owned());
    }
    for column in new
        .columns
        .iter()
        .filter(|column| column.generated.is_none())
    {
        let quoted = quote_identifier(&column.name);
        let other = match column.affinity {
            stepladder::schema::Affinity::Text => "''",
            _ => "0",
        };
        let value = match old.column(&column.name) {
            Some(before) if column.not_null.is_some() && before.not_null.is_none() => {
                format!("coalesce({quoted}, {other})")
            }
            Some(_) => quoted.clone(),
            None if column.not_null.is_some() && column.default.is_none() => other.to_owned(),
            None => continue,
        };
        columns.push(quoted);
        values.push(value);
    }
    let (columns, values) = (columns.join(", "), values.join(", "));
    writeln!(
        step,
        "INSERT INTO {temporary} ({columns}) SELECT {values} FROM {name};"
    )
    .unwrap();
    if new
        .primary_key
        .as_ref()
        .is_some_and(|key| key.autoincrement)
    {
        let (from, to) = (
            quote_string(&old.name),
            quote_string(&format!("new_{}", new.name)),
        );
        writeln!(
            step,
            "DELETE FROM sqlite_sequence WHERE name = {to};\n\
             INSERT INTO sqlite_sequence (name, seq) SELECT {to}, seq FROM sqlite_sequence WHERE name = {from};"
        )
        .unwrap();
    }
    writeln!(
        step,
        "DROP TABLE {name};\nALTER TABLE {temporary} RENAME TO {name};"
    )
    .unwrap();
}

fn allow_gone(old: &Table, new: &Table, head: &mut String) {
    for column in &old.columns {
        if new.column(&column.name).is_none() {
            writeln!(
                head,
                "-- stepladder: allow data_loss {}.{} because it is gone",
                old.name, column.name
            )
            .unwrap();
        }
    }
}
