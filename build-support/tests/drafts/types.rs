//! Types that are written in another way.

use expect_test::expect;

use super::{Project, renaming};

#[test]
fn what_sqlite_takes_for_the_same_needs_no_statement_and_says_so() {
    let old = "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(10), b);";
    let new = "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(20), b BLOB);";
    let step = Project::new(old, new).draft(&renaming(&[]));
    expect![[r#"
        -- Nothing to do: these types mean the same to SQLite. A database that is upgraded keeps the old text, a new one has the new one.
        -- t.a: `VARCHAR(10)` is `VARCHAR(20)` now
        -- t.b: no type is `BLOB` now
    "#]].assert_eq(&step);
    let more = new.replace("b BLOB", "b BLOB, c TEXT");
    let step = Project::new(old, &more).draft(&renaming(&[]));
    expect![[r#"
        ALTER TABLE t ADD COLUMN c TEXT;

        -- These types mean the same to SQLite. A database that is upgraded keeps the old text, a new one has the new one.
        -- t.a: `VARCHAR(10)` is `VARCHAR(20)` now
        -- t.b: no type is `BLOB` now
    "#]].assert_eq(&step);
    // A table that is made anew has the new text.
    let anew = new.replace("b BLOB", "b BLOB, UNIQUE (a)");
    let step = Project::new(old, &anew).draft(&renaming(&[]));
    assert!(!step.contains("mean the same"), "{step}");
}
