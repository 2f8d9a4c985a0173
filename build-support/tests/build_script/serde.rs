//! `serde = true`: what the package needs for it.

use crate::package::Package;

const SCHEMA: &str =
    "CREATE TABLE todos (id INTEGER PRIMARY KEY, title TEXT NOT NULL, note BLOB);\n";

const MAIN: &str = r#"mod schema { stepladder::include_schema!(); }
use schema::latest::todos;
fn main() {
    let update = todos::Update { note: Some(None), ..todos::Update::new(1) };
    let json = serde_json::to_string(&update).unwrap();
    assert_eq!(serde_json::from_str::<todos::Update>(&json).unwrap(), update);
    print!("{json}");
}
"#;

#[test]
fn classes_derive_serde_where_the_features_are_there() {
    let package = Package::new("with_serde");
    package.write("db/schemas/schema.sql", SCHEMA);
    stepladder_build::make_migrations(&package.root.join("db/schemas")).unwrap();
    package.write(
        "db/schemas/stepladder.toml",
        "[data_classes]\nserde = true\n",
    );
    package.write("src/main.rs", MAIN);
    package.add_dependencies(
        "serde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\n",
    );
    let built = package.build();
    assert!(!built.success);
    for expected in [
        "error: `serde = true` in stepladder.toml needs the feature `serde` of stepladder",
        "features = [\"serde\"]",
    ] {
        assert!(built.stderr.contains(expected), "{}", built.stderr);
    }

    package.add_feature("serde");
    let built = package.build();
    assert!(built.success, "{}", built.stderr);
    assert_eq!(package.version(), r#"{"id":1,"note":null}"#);
}
