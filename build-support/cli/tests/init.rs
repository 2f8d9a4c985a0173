//! `init`, as it is run, and what it makes, built by cargo.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes the texts"
)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use expect_test::expect;
use support::{files, home, run, write};

const MANIFEST: &str = "[package]
name = \"my-notes\"
version = \"0.1.0\"
edition = \"2024\"

[dependencies]
";
const MAIN: &str = "fn main() {\n    println!(\"Hello, world!\");\n}\n";

#[test]
fn it_shows_what_it_would_write() {
    let home = home(&[("Cargo.toml", MANIFEST), ("src/main.rs", MAIN)]);
    let before = files(home.path());
    let said = run(home.path(), &["init", "--dry-run"]);
    assert_eq!((said.code, &*said.err), (0, ""));
    expect![[r#"
        in the package `my-notes`:
          changed  Cargo.toml
                     + rusqlite = { version = "0.41", features = ["bundled"] }
                     + stepladder = "0.1"
                     + [build-dependencies]
                     + stepladder-build = "0.1"
                     + [dev-dependencies]
                     + stepladder = { version = "0.1", features = ["verify"] }
          new      build.rs
          new      schemas/schema.sql
          new      schemas/schema_v1.json
          new      src/db.rs
          changed  src/main.rs
                     + mod db;
          new      tests/migrations.rs
        nothing was written
    "#]]
    .assert_eq(&said.out);

    // Nobody can be asked.
    let said = run(home.path(), &["init"]);
    assert_eq!(said.code, 2);
    expect![[r#"
        error: nobody can be asked whether to write this: the input is no terminal
        --> Cargo.toml
         = help: write it without a question: `cargo stepladder init --yes`
         = help: only look at it: `cargo stepladder init --dry-run`
    "#]]
    .assert_eq(&said.err);
    let said = run(home.path(), &["init", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((said.code, json["ok"].as_bool()), (2, Some(false)));
    assert_eq!(json["files"][0]["file"], "Cargo.toml");
    assert_eq!(json["files"][0]["added"][1], "stepladder = \"0.1\"");
    assert_eq!(files(home.path()), before);
}

#[test]
fn it_writes_what_it_has_shown() {
    let home = home(&[("Cargo.toml", MANIFEST), ("src/main.rs", MAIN)]);
    // From a folder of the package, as cargo does.
    let said = run(&home.path().join("src"), &["init", "--yes"]);
    assert_eq!((said.code, &*said.err), (0, ""));
    let texts = |name: &str| fs::read_to_string(home.path().join(name)).unwrap();
    assert!(texts("src/main.rs").starts_with("mod db;\n\nfn main() {"));
    assert!(texts("schemas/schema_v1.json").contains("\"version\": 1"));
    // The snapshot is what `make-migrations` would have written.
    let checked = run(home.path(), &["make-migrations"]);
    assert!(
        checked
            .out
            .starts_with("nothing has changed since version 1\n")
    );
    assert_eq!(run(home.path(), &["check"]).out, "all is well\n");
    // A second time there is nothing to do.
    let before = files(home.path());
    let said = run(home.path(), &["init"]);
    assert_eq!(said.code, 0);
    expect![[r#"
        in the package `my-notes`:
          as it is Cargo.toml
          as it is build.rs
          as it is schemas/
          as it is src/db.rs
          as it is src/main.rs
          as it is tests/migrations.rs
        there is nothing to write
    "#]]
    .assert_eq(&said.out);
    assert_eq!(files(home.path()), before);
    // It was stopped half way, or a file was lost.
    fs::write(home.path().join("src/main.rs"), MAIN).unwrap();
    fs::remove_file(home.path().join("build.rs")).unwrap();
    fs::remove_file(home.path().join("schemas/schema_v1.json")).unwrap();
    assert_eq!(run(home.path(), &["init", "--yes"]).code, 0);
    assert_eq!(files(home.path()), before);
    // The module has a place of its own, and what is in it is the user's.
    fs::create_dir(home.path().join("src/data")).unwrap();
    let moved = home.path().join("src/data/store.rs");
    fs::rename(home.path().join("src/db.rs"), moved).unwrap();
    let said = run(home.path(), &["init", "--dry-run"]);
    assert!(
        said.out
            .contains("as it is src/data/store.rs\nthere is nothing"),
        "{}",
        said.out
    );
}

#[test]
fn what_is_there_is_left_alone() {
    let build = "fn main() {\n    println!(\"cargo::rerun-if-changed=icon.png\");\n}\n";
    let home = home(&[
        ("Cargo.toml", MANIFEST),
        ("src/main.rs", "/* Mine. */\nfn main() {}\n"),
        ("build.rs", build),
        ("schemas/schema.sql", "CREATE TABLE mine (a);\n"),
        ("tests/migrations.rs", "#[test]\nfn mine() {}\n"),
    ]);
    let before = files(home.path());
    let said = run(home.path(), &["init", "--yes"]);
    assert_eq!((said.code, &*said.err), (0, ""));
    expect![[r#"
        in the package `my-notes`:
          changed  Cargo.toml
                     + rusqlite = { version = "0.41", features = ["bundled"] }
                     + stepladder = "0.1"
                     + [build-dependencies]
                     + stepladder-build = "0.1"
                     + [dev-dependencies]
                     + stepladder = { version = "0.1", features = ["verify"] }
          left     build.rs: it is yours, so add to it
                     | //! Proves the steps in `schemas`, and generates the schema module.
                     |
                     | fn main() -> Result<(), stepladder_build::Error> {
                     |     stepladder_build::Config::new("schemas").compile()
                     | }
          new      schemas/schema_v1.json
          new      src/db.rs
          left     src/main.rs: the place is yours to choose, so add to it
                     | mod db;
          left     tests/migrations.rs: it is yours, so add to it
                     | //! Each version can be upgraded, with rows in the tables, and leads to the schema of a new database.
                     | //! What a value becomes is for tests of your own: `stepladder::verify::SchemaVerifier`.
                     |
                     | #[path = "../src/db.rs"]
                     | #[allow(dead_code, reason = "the tests need a part of it")]
                     | mod db;
                     |
                     | db::schema::migration_tests!(db::strategy());
        all of it is written
        next: add what is shown above to `build.rs`
        next: add what is shown above to `src/main.rs`
        next: add what is shown above to `tests/migrations.rs`
        next: `cargo test`, then commit all of it
        next: open the database of the app with `db::open(path)`
    "#]].assert_eq(&said.out);
    let after = files(home.path());
    for file in before
        .iter()
        .filter(|(path, _)| !path.ends_with("Cargo.toml"))
    {
        assert!(after.contains(file), "{file:?}");
    }
    let snapshot = fs::read_to_string(home.path().join("schemas/schema_v1.json")).unwrap();
    assert!(snapshot.contains("CREATE TABLE mine"), "{snapshot}");
}

#[test]
fn a_module_of_that_name_is_not_written_over() {
    let home = home(&[
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "mod db;\n"),
        ("src/db.rs", "// Mine.\n"),
    ]);
    let said = run(home.path(), &["init", "--yes"]);
    assert_eq!((said.code, &*said.err), (0, ""));
    for expected in [
        "  left     src/db.rs: it is yours, so add to it\n",
        "             |     stepladder::include_schema!();\n",
        "  left     tests/migrations.rs: once the module `db` has the above, write to it\n",
        "             | my_notes::db::schema::migration_tests!(my_notes::db::strategy());\n",
        "next: add what is shown above to `src/db.rs`\n",
    ] {
        assert!(said.out.contains(expected), "{}", said.out);
    }
    assert!(!home.path().join("tests").exists());
    assert_eq!(
        fs::read_to_string(home.path().join("src/db.rs")).unwrap(),
        "// Mine.\n"
    );
}

#[test]
fn nothing_is_written_when_something_cannot_be_done() {
    let package = |name: &'static str, text: &'static str| {
        let files = [
            ("Cargo.toml", MANIFEST),
            ("src/main.rs", MAIN),
            (name, text),
        ];
        home(&files)
    };
    for (home, expected) in [
        (
            package("schemas/schema.sql", "CREATE TABLE t (a;"),
            "--> schemas/schema.sql:1:17",
        ),
        (
            package("schemas/V1__a.sql", ""),
            "`schemas` has files that are not stepladder's",
        ),
        (package("schemas", ""), "`schemas` is a file, not a folder"),
        (
            package("tests/migrations.rs/x", ""),
            "`tests/migrations.rs` cannot be read",
        ),
        (package("tests", "a file"), "cannot be"),
        (package("Cargo.toml", "[package"), "is no TOML"),
        (
            package("Cargo.toml", "[package]\nname = 'a'\n"),
            "edition 2015",
        ),
        (
            package(
                "Cargo.toml",
                "[package]\nname = 'a'\nedition = '2024'\nbuild = false\n",
            ),
            "`build = false` switches the build script off",
        ),
        (
            package(
                "Cargo.toml",
                "[package]\nname = 'a'\nedition = '2024'\n[dependencies]\nrusqlite = '0.27'\n",
            ),
            "stepladder works with rusqlite 0.28 to 0.41, and this is 0.27",
        ),
    ] {
        let before = files(home.path());
        let said = run(home.path(), &["init", "--yes"]);
        assert_eq!(said.code, 1, "{expected}: {}", said.out);
        assert!(said.err.contains(expected), "{}", said.err);
        assert!(
            said.err.contains("help: ") || said.err.contains("SQLite stops"),
            "{}",
            said.err
        );
        assert_eq!(files(home.path()), before, "{expected}");
    }
}

#[test]
fn the_package_may_be_in_a_workspace() {
    let home = home(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n"),
        ("crates/app/Cargo.toml", MANIFEST),
        ("crates/app/src/main.rs", MAIN),
    ]);
    let said = run(home.path(), &["init", "--yes"]);
    assert_eq!(said.code, 1);
    expect![[r#"
        error: `Cargo.toml` has no `[package]`
        --> Cargo.toml
         = note: it is the root of a workspace
         = help: name the package: `--manifest-path crates/app/Cargo.toml`
    "#]]
    .assert_eq(&said.err);
    let manifest = ["--manifest-path", "crates/app/Cargo.toml"];
    let arguments = [&["init", "--yes", "--schemas", "db/schemas"][..], &manifest].concat();
    let said = run(home.path(), &arguments);
    assert_eq!((said.code, &*said.err), (0, ""));
    let build = fs::read_to_string(home.path().join("crates/app/build.rs")).unwrap();
    assert!(
        build.contains("Config::new(\"../../db/schemas\")"),
        "{build}"
    );
    assert!(home.path().join("db/schemas/schema_v1.json").is_file());
}

#[test]
fn outside_of_cargo_it_says_what_to_do() {
    let home = home(&[]);
    let said = run(home.path(), &["init", "--yes"]);
    assert_eq!((said.code, &*said.out), (1, ""));
    for expected in [
        "there is no Cargo.toml here",
        "`cargo init`",
        "`cargo stepladder make-migrations`",
    ] {
        assert!(said.err.contains(expected), "{}", said.err);
    }
}

#[test]
fn sources_may_lie_elsewhere() {
    let manifest = format!("{MANIFEST}\n[[bin]]\nname = \"app\"\npath = \"main.rs\"\n");
    let home = home(&[
        ("Cargo.toml", &manifest),
        ("main.rs", MAIN),
        ("target/x.rs", "include_schema!"),
    ]);
    assert_eq!(run(home.path(), &["init", "--yes"]).code, 0);
    assert!(home.path().join("db.rs").is_file());
    let test = fs::read_to_string(home.path().join("tests/migrations.rs")).unwrap();
    assert!(test.contains("#[path = \"../db.rs\"]"), "{test}");
}

/// Both kinds in one test: they would wait for the same target folder.
#[test]
fn what_init_makes_builds_and_passes_its_test() {
    let binary = package("init-binary", "2024", &[("src/main.rs", MAIN)]);
    let library = package(
        "init-library",
        "2021",
        &[(
            "src/lib.rs",
            "//! Mine.\n\n#![deny(warnings, missing_docs)]\n",
        )],
    );
    for root in [&binary, &library] {
        let said = run(root, &["init", "--yes"]);
        assert_eq!((said.code, &*said.err), (0, ""));
        let (passed, text) = cargo_test(root);
        assert!(passed, "{text}");
        for expected in [
            "tests/migrations.rs",
            "test migrations::new_database ... ok",
        ] {
            assert!(text.contains(expected), "{text}");
        }
    }
    // The next version needs one more command.
    let schema = library.join("schemas/schema.sql");
    let text = fs::read_to_string(&schema).unwrap();
    fs::write(
        &schema,
        text + "CREATE TABLE tags (name TEXT PRIMARY KEY);\n",
    )
    .unwrap();
    let (passed, text) = cargo_test(&library);
    assert!(
        !passed && text.contains("has moved on since version 1"),
        "{text}"
    );
    assert_eq!(run(&library, &["make-migrations"]).code, 0);
    let (passed, text) = cargo_test(&library);
    let tested = text.contains("test migrations::from1::to2::with_rows ... ok");
    assert!(passed && tested, "{text}");
    // One that moves data comes with a test to be filled in, which fails until that is done.
    for root in [&binary, &library] {
        let schema = root.join("schemas/schema.sql");
        let text = fs::read_to_string(&schema).unwrap();
        fs::write(&schema, text.replace("    text ", "    body ")).unwrap();
        let said = run(root, &["make-migrations", "--rename", "notes.text=body"]);
        assert_eq!((said.code, &*said.err), (0, ""));
        let wrote = format!(
            "wrote {}: say in it what becomes of the rows",
            test_of(root)
        );
        assert!(said.out.contains(&wrote), "{}", said.out);
        let (passed, text) = cargo_test(root);
        let tested = text.contains("say what the values are now, such as");
        assert!(!passed && tested, "{text}");
        let path = root.join(test_of(root));
        let text = fs::read_to_string(&path).unwrap();
        let todo = text.lines().find(|line| line.contains("todo!")).unwrap();
        let done = "assert_eq!(rows[0].body, \"text\");\nOk(())";
        fs::write(&path, text.replace(todo, done)).unwrap();
        let (passed, text) = cargo_test(root);
        assert!(passed, "{text}");
    }
}

/// The test of the newest step.
fn test_of(root: &Path) -> &'static str {
    if root.join("schemas/schema_v3.json").is_file() {
        "tests/from2_to3.rs"
    } else {
        "tests/from1_to2.rs"
    }
}

/// A package with the crates of this checkout, in the target folder of the workspace.
fn package(name: &str, edition: &str, sources: &[(&str, &str)]) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&root);
    let path = workspace();
    let path = path.display();
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"{edition}\"\n\n\
         [dependencies]\n\n[workspace]\nresolver = \"3\"\n\n[patch.crates-io]\n\
         stepladder = {{ path = '{path}' }}\nstepladder-build = {{ path = '{path}/build-support' }}\n"
    );
    write(&root, "Cargo.toml", &manifest);
    fs::copy(workspace().join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
    for (name, text) in sources {
        write(&root, name, text);
    }
    root
}

fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap().to_owned()
}

fn cargo_test(root: &Path) -> (bool, String) {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["test", "--offline", "--color=never"])
        .current_dir(root)
        // SQLite is not compiled again.
        .env("CARGO_TARGET_DIR", target)
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}
