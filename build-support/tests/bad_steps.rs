//! Steps that no one writes on purpose: what is said of them, and that it is said in time. What fits
//! in a file that is read with pleasure is in `diagnostics/`.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

use std::fs;
use std::time::{Duration, Instant};

use expect_test::{Expect, expect};
use stepladder_build::{generate, make_migrations};

const OLD: &str = "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);";
const NEW: &str = "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT, tag TEXT);";
const ADD: &str = "ALTER TABLE notes ADD COLUMN tag TEXT;\n";

/// The code that is generated with this step, or what is said of it.
fn built(versions: [&str; 2], step: &[u8]) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let schemas = folder.path().join("schemas");
    fs::create_dir_all(schemas.join("steps")).unwrap();
    for version in versions {
        fs::write(schemas.join("schema.sql"), version).unwrap();
        make_migrations(&schemas).unwrap();
    }
    fs::write(schemas.join("steps/from1_to2.sql"), step).unwrap();
    generate(&schemas).map_err(|error| error.to_string())
}

fn said(step: &str) -> String {
    built([OLD, NEW], step.as_bytes()).err().unwrap_or_default()
}

fn check(step: &str, expected: &Expect) {
    expected.assert_eq(&said(step));
}

#[test]
fn a_syntax_error_has_its_place() {
    let step = format!(
        "{ADD}\n-- größer\nUPDATE notes\nSET text = 'ä', tag == = 'x'\nWHERE id > 1;\nSELECT 1;"
    );
    check(
        &step,
        &expect![[r#"
        error: near "=": syntax error
         --> schemas/steps/from1_to2.sql:5:24
          |
        5 | SET text = 'ä', tag == = 'x'
          |                        ^ SQLite stops here
          |
          = help: the file is run on a database at version 1: see `schemas/schema_v1.json`"#]],
    );
    check(
        &format!("{ADD}UPDATE notes SET tag = 'never closed;\nSELECT 1;\n"),
        &expect![[r#"
            error: a quote is never closed
             --> schemas/steps/from1_to2.sql:2:24
              |
            2 | UPDATE notes SET tag = 'never closed;
              |                        ^ SQLite stops here
              |
              = help: the file is run on a database at version 1: see `schemas/schema_v1.json`"#]],
    );
    check(
        &format!("{ADD}UPDATE notes SET tag ="),
        &expect![[r#"
        error: incomplete input
         --> schemas/steps/from1_to2.sql:2:22
          |
        2 | UPDATE notes SET tag =
          |                      ^ SQLite stops here
          |
          = help: the file is run on a database at version 1: see `schemas/schema_v1.json`"#]],
    );
    check(
        &format!(
            "{ADD}UPDATE notes SET tag = \"never closed, {}",
            "x".repeat(100_000)
        ),
        &expect![[r#"
            error: a quote is never closed
             --> schemas/steps/from1_to2.sql:2:24
              |
            2 | UPDATE notes SET tag = "never closed, xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...
              |                        ^ SQLite stops here
              |
              = help: the file is run on a database at version 1: see `schemas/schema_v1.json`"#]],
    );
    check(
        &format!("{ADD}/* never closed\nSELECT 1;"),
        &expect![[r#"
            error: a comment is never closed
             --> schemas/steps/from1_to2.sql:2:1
              |
            2 | /* never closed
              | ^^ it begins here
              |
              = note: SQLite would ignore the rest of the file
              = help: write `*/` where it ends"#]],
    );
    // In schema.sql it would drop what follows.
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("schema.sql"), format!("{OLD} /* {NEW}")).unwrap();
    let report = make_migrations(folder.path()).unwrap_err().to_string();
    assert!(report.contains("a comment is never closed"), "{report}");
}

#[test]
fn line_endings_do_not_count() {
    let step = format!("{ADD}UPDATE notes\nSET tag = 'a\nb'\n;\nUPDATE notes SET tagg = 1;\n");
    let report = said(&step);
    assert!(report.contains("steps/from1_to2.sql:6:18"), "{report}");
    assert_eq!(said(&step.replace('\n', "\r\n")), report);

    let right = format!(
        "-- stepladder: allow data_loss notes.text because x\n{ADD}UPDATE notes\nSET text = 'a\nb';\n"
    );
    let code = built([OLD, NEW], right.as_bytes()).unwrap();
    let windows = built([OLD, NEW], right.replace('\n', "\r\n").as_bytes()).unwrap();
    assert_eq!(code, windows);
}

#[test]
fn a_byte_order_mark_is_no_part_of_it() {
    let code = built([OLD, NEW], ADD.as_bytes()).unwrap();
    let mark = built([OLD, NEW], format!("\u{feff}{ADD}").as_bytes()).unwrap();
    assert_eq!(code, mark);
    let directive = format!("\u{feff}-- stepladder: alow nothing\n{ADD}");
    let report = said(&directive);
    assert!(report.contains("steps/from1_to2.sql:1:1"), "{report}");
    // As in schema.sql.
    built([&format!("\u{feff}{OLD}"), NEW], ADD.as_bytes()).unwrap();
}

#[test]
fn bytes_that_are_no_text_have_their_place() {
    let mut step = format!("{ADD}UPDATE notes SET tag = 'gr").into_bytes();
    step.extend(b"\xf6\xdfe';\n");
    let report = built([OLD, NEW], &step).unwrap_err();
    expect![[r#"
        error: `schemas/steps/from1_to2.sql` is not UTF-8
         --> schemas/steps/from1_to2.sql:2:27
          |
        2 | UPDATE notes SET tag = 'gr��e';
          |                           ^ the byte 0xf6 on line 2 is not part of a character
          |
          = help: save the file as UTF-8"#]]
    .assert_eq(&report);
    let wide: Vec<u8> = [0xfeff]
        .into_iter()
        .chain(ADD.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let report = built([OLD, NEW], &wide).unwrap_err();
    expect![[r#"
        error: `schemas/steps/from1_to2.sql` is not UTF-8 (it looks like UTF-16)
         --> schemas/steps/from1_to2.sql:1:1
          |
        1 | ��A␀L␀T␀E␀R␀ ␀T␀A␀B␀L␀E␀ ␀n␀o␀t␀e␀s␀ ␀A␀D␀D␀ ␀C␀O␀L␀U␀M␀N␀ ␀t␀a␀g␀ ␀T␀E␀X␀T␀;␀
          | ^ the byte 0xff on line 1 is not part of a character
          |
          = help: save the file as UTF-8"#]]
    .assert_eq(&report);
    check(
        &format!("{ADD}UPDATE notes SET tag = 'a\0b';\n"),
        &expect![[r#"
            error: `schemas/steps/from1_to2.sql` has a NUL character
             --> schemas/steps/from1_to2.sql:2:26
              |
            2 | UPDATE notes SET tag = 'a␀b';
              |                          ^ SQLite would stop reading here
              |
              = help: delete the character"#]],
    );
}

#[test]
fn steps_that_do_nothing() {
    for step in ["", "\n\n", "-- nothing to do\n/* yet */", ";;;"] {
        let report = said(step);
        assert!(
            report.contains("does not lead to version 2"),
            "{step}: {report}"
        );
    }
    check(
        "-- later",
        &expect![[r#"
        error: the step from version 1 does not lead to version 2
        --> schemas/steps/from1_to2.sql
         = note: column `notes.tag` is missing
         = help: expected is what `schemas/schema_v2.json` has, found is what this step makes"#]],
    );
}

#[test]
fn triggers_are_one_statement() {
    let trigger = "CREATE TRIGGER tagged AFTER INSERT ON notes WHEN new.tag IS NULL BEGIN\n\
         UPDATE notes SET tag = CASE WHEN new.text = 'END;' THEN 'a;b' ELSE (CASE new.id WHEN 1 THEN ';' END) END\n\
         WHERE id = new.id;\n  -- END;\n  SELECT 1; /* ; END; */\nEND;";
    let new = format!("{NEW}\n{trigger}");
    let step = format!("{ADD}{trigger}\nUPDATE notes SET tag = 'x' WHERE tag IS NULL;\n");
    built([OLD, &new], step.as_bytes()).unwrap();
    // The place of what comes behind it.
    let report = built(
        [OLD, &new],
        format!("{ADD}{trigger}\nUPDATE notes SET tagg = 1;\n").as_bytes(),
    );
    let report = report.unwrap_err();
    assert!(report.contains("steps/from1_to2.sql:8:18"), "{report}");
    // The END is missing.
    let open = trigger.strip_suffix("\nEND;").unwrap();
    let report = built([OLD, &new], format!("{ADD}{open}\n").as_bytes()).unwrap_err();
    expect![[r#"
        error: incomplete input
         --> schemas/steps/from1_to2.sql:6:11
          |
        6 |   SELECT 1; /* ; END; */
          |           ^ SQLite stops here
          |
          = help: the file is run on a database at version 1: see `schemas/schema_v1.json`"#]]
    .assert_eq(&report);
}

#[test]
fn what_looks_like_a_directive() {
    // In a text, in a longer comment, behind a statement: none.
    let hidden = format!(
        "{ADD}UPDATE notes SET tag = '\n-- stepladder: allow nonsense\n' WHERE id < 0;\n\
         /*\n-- stepladder: allow nonsense\n*/\n"
    );
    check(&hidden, &expect![[r#""#]]);
    let misspelt = format!(
        "-- stepladder: allow data_loss note.text because x\n\
         -- stepladder: allow dataloss notes.text because x\n\
         -- stepladder: Allow data_loss notes.text because x\n\
         -- stepladder: allow data_loss notes.text\n\
         -- stepladder: allow data_loss notes.text because\n\
         -- stepladder:\n{ADD}"
    );
    check(
        &misspelt,
        &expect![[r#"
            error: neither version 1 nor version 2 has `note.text`
             --> schemas/steps/from1_to2.sql:1:1
              |
            1 | -- stepladder: allow data_loss note.text because x
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ declared here
              |
              = help: a similar name exists: `notes.text`

            error: there is no rule `dataloss`
             --> schemas/steps/from1_to2.sql:2:1
              |
            2 | -- stepladder: allow dataloss notes.text because x
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ declared here
              |
              = help: a rule with a similar name exists: `data_loss`

            error: this version of stepladder does not know the directive `Allow data_loss notes.text because x`
             --> schemas/steps/from1_to2.sql:3:1
              |
            3 | -- stepladder: Allow data_loss notes.text because x
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ declared here
              |
              = help: write `-- stepladder: allow <rule> <object> because <reason>` or `-- stepladder: call <method>`, or remove the line

            error: an allowance needs a reason
             --> schemas/steps/from1_to2.sql:4:1
              |
            4 | -- stepladder: allow data_loss notes.text
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ declared here
              |
              = help: write `-- stepladder: allow data_loss notes.text because ..`

            error: an allowance needs a reason
             --> schemas/steps/from1_to2.sql:5:1
              |
            5 | -- stepladder: allow data_loss notes.text because
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ declared here
              |
              = help: write `-- stepladder: allow data_loss notes.text because ..`

            error: this version of stepladder does not know the directive ``
             --> schemas/steps/from1_to2.sql:6:1
              |
            6 | -- stepladder:
              | ^^^^^^^^^^^^^^ declared here
              |
              = help: write `-- stepladder: allow <rule> <object> because <reason>` or `-- stepladder: call <method>`, or remove the line"#]],
    );
}

/// More than this means that something is not linear.
const LONG: Duration = Duration::from_secs(60);

#[test]
fn ten_thousand_statements() {
    let start = Instant::now();
    let new = format!("{NEW}\nCREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT NOT NULL);");
    let insert = |i: i32| format!("INSERT INTO words (word) VALUES ('word {i}');\n");
    let many: String = (0..10_000).map(insert).collect();
    let table = "CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT NOT NULL);\n";
    let step = format!("{ADD}{table}{many}");
    built([OLD, &new], step.as_bytes()).unwrap();
    let update =
        |i: i32| format!("UPDATE notes SET tag = '{i}' WHERE id = {i} AND text = 'text {i}';\n");
    let many: String = (0..10_000).map(update).collect();
    assert_eq!(said(&format!("{ADD}{many}")), "");
    let report = said(&format!("{ADD}{many}UPDATE notes SET tagg = 1;\n"));
    assert!(report.contains("steps/from1_to2.sql:10002:18"), "{report}");
    assert!(start.elapsed() < LONG, "{:?}", start.elapsed());
}

/// One statement of this many bytes, with a mistake at its end.
fn long_statement(bytes: usize) -> String {
    let row = "('a word that is not too short'),";
    let rows = row.repeat(bytes / row.len());
    format!("{ADD}CREATE TABLE words (word TEXT);\nINSERT INTO words VALUES {rows}('x') oops;\n")
}

#[test]
fn a_long_statement() {
    let start = Instant::now();
    let report = said(&long_statement(5_000_000));
    assert!(report.len() < 1000, "{} bytes", report.len());
    expect![[r#"
        error: near "oops": syntax error
         --> schemas/steps/from1_to2.sql:3:5000027
          |
        3 | ...ot too short'),('a word that is not too short'),('x') oops;
          |                                                          ^^^^ SQLite stops here
          |
          = help: the file is run on a database at version 1: see `schemas/schema_v1.json`"#]]
    .assert_eq(&report);
    assert!(start.elapsed() < LONG, "{:?}", start.elapsed());
}

#[test]
fn a_file_that_is_too_long() {
    let start = Instant::now();
    check(
        &long_statement(50_000_000),
        &expect![[r#"
        error: `schemas/steps/from1_to2.sql` has 50.0 MB, and a file of this folder can have 16.0 MB
        --> schemas/steps/from1_to2.sql
         = note: it is executed many times while the crate builds, and its text becomes part of the program
         = help: insert so many rows in a step in Rust, from a file that the app reads when it runs"#]],
    );
    assert!(start.elapsed() < LONG, "{:?}", start.elapsed());
}
