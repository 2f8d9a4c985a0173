//! Folders of SQL files, in the layouts of the tools that keep them.

use expect_test::expect;
use stepladder_build::{ImportKind, check};

use crate::{Home, assert_version, left_out};

pub(crate) const ONE: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n";
pub(crate) const TWO: &str = "ALTER TABLE users ADD COLUMN email TEXT;\n";
pub(crate) const THREE: &str = "CREATE INDEX by_email ON users (email);\n";
pub(crate) const DOWN_TWO: &str = "ALTER TABLE users DROP COLUMN email;\n";
pub(crate) const DOWN_THREE: &str = "DROP INDEX by_email;\n";

/// The same history in each layout: the names of its files and the versions that they become.
const LAYOUTS: [(&str, [&str; 3], [i32; 3]); 9] = [
    (
        "rusqlite_migration",
        ["01-users/up.sql", "02-email/up.sql", "03-index/up.sql"],
        [1, 2, 3],
    ),
    (
        "refinery",
        ["V1__users.sql", "V2__email.sql", "V10__index.sql"],
        [1, 2, 10],
    ),
    (
        "refinery, merged",
        ["V1__users.sql", "U2__email.sql", "V3__index.sql"],
        [1, 2, 3],
    ),
    (
        "sqlx",
        [
            "20240101000000_users.sql",
            "20240102000000_email.sql",
            "20240201000000_index.sql",
        ],
        [1, 2, 3],
    ),
    (
        "sqlx, both ways",
        [
            "20240101000000_users.up.sql",
            "20240102000000_email.up.sql",
            "20240201000000_index.up.sql",
        ],
        [1, 2, 3],
    ),
    (
        "diesel",
        [
            "2024-01-01-000000_users/up.sql",
            "2024-01-02-000000_email/up.sql",
            "2024-02-01-000000_index/up.sql",
        ],
        [1, 2, 3],
    ),
    ("numbers", ["7.sql", "8.sql", "10.sql"], [7, 8, 10]),
    (
        "from zero",
        ["0000_users.sql", "0001_email.sql", "0002_index.sql"],
        [1, 2, 3],
    ),
    (
        "Prisma",
        [
            "20240101000000_a/migration.sql",
            "20240102000000_b/migration.sql",
            "20240201000000_c/migration.sql",
        ],
        [1, 2, 3],
    ),
];

#[test]
fn each_layout_is_the_same_history() {
    for (tool, names, versions) in LAYOUTS {
        let texts = [ONE, TWO, THREE];
        let files: Vec<_> = names.into_iter().zip(texts).collect();
        let home = Home::with(&files);
        let imported = home.import(ImportKind::Sql);
        assert_eq!(imported.versions, versions, "{tool}");
        assert_eq!(left_out(&imported), "", "{tool}");
        let history = home.history();
        for (index, version) in versions.into_iter().enumerate() {
            assert_version(&history, version, &texts[..=index].concat());
        }
        let [one, two, three] = versions;
        assert_eq!(imported.steps, [(one, two), (two, three)], "{tool}");
        assert_eq!(
            home.read(&format!("steps/from{one}_to{two}.sql")),
            TWO,
            "{tool}"
        );
        let warnings = check(&home.schemas()).unwrap_or_else(|error| panic!("{tool}: {error}"));
        assert!(warnings.is_empty(), "{tool}");
    }
}

#[test]
fn the_way_back_becomes_the_rollback() {
    for names in [
        [
            "1_a.up.sql",
            "2_b.up.sql",
            "2_b.down.sql",
            "3_c.up.sql",
            "3_c.down.sql",
        ],
        [
            "1_a/up.sql",
            "2_b/up.sql",
            "2_b/down.sql",
            "3_c/up.sql",
            "3_c/down.sql",
        ],
        [
            "V1__a.sql",
            "V2__b.sql",
            "U2__b.sql",
            "V3__c.sql",
            "U3__c.sql",
        ],
    ] {
        let texts = [ONE, TWO, DOWN_TWO, THREE, DOWN_THREE];
        let files: Vec<_> = names.into_iter().zip(texts).collect();
        let home = Home::with(&files);
        let imported = home.import(ImportKind::Sql);
        assert_eq!(imported.rollbacks, [(2, 1), (3, 2)], "{names:?}");
        assert_eq!(home.read("steps/from2_to1.sql"), DOWN_TWO);
        assert_eq!(home.read("steps/from3_to2.sql"), DOWN_THREE);
        assert_eq!(left_out(&imported), "");
    }
}

#[test]
fn both_ways_may_be_in_one_file() {
    let both = |up: &str, down: &str| {
        format!(
            "-- +goose Up\n-- +goose StatementBegin\n{up}-- +goose StatementEnd\n\n-- +goose Down\n{down}"
        )
    };
    let (first, second) = (both(ONE, "DROP TABLE users;\n"), both(TWO, DOWN_TWO));
    let home = Home::with(&[("001_users.sql", &first), ("002_email.sql", &second)]);
    let imported = home.import(ImportKind::Sql);
    assert_eq!(
        (&*imported.steps, &*imported.rollbacks),
        (&[(1, 2)][..], &[(2, 1)][..])
    );
    assert_version(&home.history(), 2, &format!("{ONE}{TWO}"));
    assert_eq!(
        home.read("steps/from2_to1.sql"),
        format!("-- +goose Down\n{DOWN_TWO}")
    );
}

#[test]
fn a_count_is_told() {
    let home = Home::with(&[("20240101000000_a.sql", ONE), ("20240102000000_b.sql", TWO)]);
    let notes = home.import(ImportKind::Sql).notes.join("\n");
    expect![[r#"
        the versions are counted from 1: a `user_version` is a number from 1 to 2147483647, and not 20240101000000
        version 1 is migrations/20240101000000_a.sql
        version 2 is migrations/20240102000000_b.sql"#]]
    .assert_eq(&notes);
}
