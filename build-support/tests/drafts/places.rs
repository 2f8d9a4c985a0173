//! What only the author can decide, and what is accepted in their place.

use expect_test::expect;
use stepladder_build::{Places, check};

use super::{Project, renaming};

const OLD: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);";
const NEW: &str = "CREATE TABLE t (
    id INTEGER PRIMARY KEY,
    a TEXT NOT NULL CHECK (a <> ''),
    level TEXT NOT NULL CHECK (level IN ('low', 'high')),
    rank INTEGER NOT NULL CHECK (rank BETWEEN 3 AND 7)
);";

#[test]
fn what_is_accepted_passes_the_checks() {
    let project = Project::new(OLD, &NEW.replace(" CHECK (a <> '')", ""));
    let written = project.make(&renaming(&[])).unwrap();
    assert_eq!((written.steps[0].places, written.steps[0].open), (3, 0));
    check(&project.schemas).unwrap();
    expect![[r#"
        CREATE TABLE new_t (
            id INTEGER PRIMARY KEY,
            a TEXT NOT NULL,
            level TEXT NOT NULL CHECK (level IN ('low', 'high')),
            rank INTEGER NOT NULL CHECK (rank BETWEEN 3 AND 7)
        );

        -- accepted: t.a is coalesce(a, '') (it could be NULL before)
        -- accepted: t.level is 'low' (it is new, cannot be NULL and has no default)
        -- accepted: t.rank is 3 (it is new, cannot be NULL and has no default)
        INSERT INTO new_t (id, a, level, rank)
        SELECT id, coalesce(a, ''), 'low', 3
        FROM t;

        DROP TABLE t;

        ALTER TABLE new_t RENAME TO t;
    "#]]
    .assert_eq(&project.read("steps/from1_to2.sql"));
}

#[test]
fn what_nothing_obvious_passes_is_left_to_the_author() {
    let code = "code TEXT NOT NULL CHECK (code GLOB '[A-Z][A-Z]'),\n    rank";
    let project = Project::new(
        OLD,
        &NEW.replace("rank INTEGER", &format!("{code} INTEGER")),
    );
    let written = project.make(&renaming(&[])).unwrap();
    assert_eq!((written.steps[0].places, written.steps[0].open), (4, 2));
    let step = project.read("steps/from1_to2.sql");
    expect![[r#"
        CREATE TABLE new_t (
            id INTEGER PRIMARY KEY,
            a TEXT NOT NULL CHECK (a <> ''),
            level TEXT NOT NULL CHECK (level IN ('low', 'high')),
            code TEXT NOT NULL CHECK (code GLOB '[A-Z][A-Z]'),
            rank INTEGER NOT NULL CHECK (rank BETWEEN 3 AND 7)
        );

        -- stepladder: fill_in t.a because it could be NULL before, and no obvious value passes its CHECK
        -- accepted: t.level is 'low' (it is new, cannot be NULL and has no default)
        -- stepladder: fill_in t.code because it is new, cannot be NULL and has no default, and no obvious value passes its CHECK
        -- accepted: t.rank is 3 (it is new, cannot be NULL and has no default)
        INSERT INTO new_t (id, a, level, code, rank)
        SELECT id, coalesce(a, ''), 'low', '', 3
        FROM t;

        DROP TABLE t;

        ALTER TABLE new_t RENAME TO t;
    "#]]
    .assert_eq(&step);
    check(&project.schemas).unwrap_err();
    // And nothing was declared because of what stood there meanwhile.
    let filled = step
        .replace("coalesce(a, '')", "coalesce(nullif(a, ''), 'none')")
        .replace(
            "SELECT id, coalesce(nullif(a, ''), 'none'), 'low', ''",
            "SELECT id, coalesce(nullif(a, ''), 'none'), 'low', 'XX'",
        );
    let lines = filled.lines().filter(|line| !line.contains("fill_in"));
    let filled: Vec<&str> = lines.collect();
    project.write("steps/from1_to2.sql", &filled.join("\n"));
    check(&project.schemas).unwrap();
}

#[test]
fn without_accepting_all_are_left() {
    let mut options = renaming(&[]);
    options.places = Places::Leave;
    let project = Project::new(OLD, NEW);
    let written = project.make(&options).unwrap();
    assert_eq!((written.steps[0].places, written.steps[0].open), (3, 0));
    let step = project.read("steps/from1_to2.sql");
    assert_eq!(step.matches("-- stepladder: fill_in").count(), 3, "{step}");
}
