//! Tables that are split: the columns are in a new table.

use expect_test::{Expect, expect};
use stepladder_build::Places;

use super::{Project, renaming};

fn check_draft(old: &str, new: &str, expected: &Expect) {
    expected.assert_eq(&Project::new(old, new).draft(&renaming(&[])));
}

const USERS: &str =
    "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, street TEXT, city TEXT);";

#[test]
fn columns_go_to_a_table_that_refers_to_theirs() {
    let new = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
         CREATE TABLE addresses (
             id INTEGER PRIMARY KEY,
             user INTEGER NOT NULL REFERENCES users,
             street TEXT,
             city TEXT NOT NULL,
             kind TEXT NOT NULL CHECK (kind IN ('home', 'work'))
         );";
    check_draft(
        USERS,
        new,
        &expect![[r#"
        CREATE TABLE addresses (
                     id INTEGER PRIMARY KEY,
                     user INTEGER NOT NULL REFERENCES users,
                     street TEXT,
                     city TEXT NOT NULL,
                     kind TEXT NOT NULL CHECK (kind IN ('home', 'work'))
                 );

        -- accepted: addresses is copied from users (it has `street`, `city`, which are gone from `users`)
        INSERT INTO addresses (id, user, street, city, kind)
        SELECT id, id, street, coalesce(city, ''), 'home'
        FROM users;

        ALTER TABLE users DROP COLUMN street;

        ALTER TABLE users DROP COLUMN city;
    "#]],
    );
    let mut options = renaming(&[]);
    options.places = Places::Leave;
    let step = Project::new(USERS, new).draft(&options);
    let place = step.lines().find(|line| line.contains("fill_in"));
    expect!["-- stepladder: fill_in addresses because it has `street`, `city`, which are gone from `users`"].assert_eq(place.unwrap_or_default());
}

#[test]
fn a_table_that_is_gone_goes_to_two() {
    check_draft(
        USERS,
        "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
         CREATE TABLE addresses (person INTEGER PRIMARY KEY REFERENCES people (id), street TEXT, city TEXT);",
        &expect![[r#"
            CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL);

            CREATE TABLE addresses (person INTEGER PRIMARY KEY REFERENCES people (id), street TEXT, city TEXT);

            -- accepted: people is copied from users (it has `id`, `name`, which are gone from `users`)
            INSERT INTO people (id, name)
            SELECT id, name
            FROM users;

            -- accepted: addresses is copied from users (it has `street`, `city`, which are gone from `users`)
            INSERT INTO addresses (person, street, city)
            SELECT id, street, city
            FROM users;

            DROP TABLE users;
        "#]],
    );
}

#[test]
fn a_table_that_is_made_anew_is_split_before() {
    check_draft(
        USERS,
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
         CREATE TABLE addresses (user INTEGER REFERENCES users (id), street TEXT, city TEXT);",
        &expect![[r#"
            -- stepladder: allow unique_on_existing users because it was accepted with the draft of this step

            CREATE TABLE addresses (user INTEGER REFERENCES users (id), street TEXT, city TEXT);

            -- accepted: addresses is copied from users (it has `street`, `city`, which are gone from `users`)
            INSERT INTO addresses (user, street, city)
            SELECT id, street, city
            FROM users;

            CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

            INSERT INTO new_users (id, name)
            SELECT id, name
            FROM users;

            DROP TABLE users;

            ALTER TABLE new_users RENAME TO users;
        "#]],
    );
}

/// One name that many tables have, another type, and a copy that does not stand the rows.
#[test]
fn what_says_too_little_is_not_copied() {
    for new in [
        "CREATE TABLE users (id INTEGER PRIMARY KEY, street TEXT, city TEXT);
         CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
         CREATE TABLE addresses (user INTEGER REFERENCES users, street BLOB, city INTEGER);",
        "CREATE TABLE tags (id INTEGER PRIMARY KEY, color TEXT, city INTEGER);",
    ] {
        let step = Project::new(USERS, new).draft(&renaming(&[]));
        assert!(!step.contains("INSERT"), "{step}");
    }
}
