//! The dependencies, added to Cargo.toml as a person would.

use stepladder_build::diagnostic::Diagnostic;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::package::Package;
use super::rusqlite::{check_rusqlite, newest};

/// The text of Cargo.toml with what is missing.
pub(crate) fn with_dependencies(package: &Package) -> Result<String, Diagnostic> {
    let mut manifest = package.manifest.clone();
    check_rusqlite(&manifest)?;
    let rusqlite = dependency(&newest(), Some("bundled"));
    add(&mut manifest, "dependencies", "rusqlite", rusqlite)?;
    let ours = Value::from(ours());
    add(&mut manifest, "dependencies", "stepladder", ours)?;
    let [runtime, generator] = from_where(&manifest);
    let section = "build-dependencies";
    add(&mut manifest, section, "stepladder-build", generator)?;
    add(&mut manifest, "dev-dependencies", "stepladder", runtime)?;
    require_feature(&mut manifest, "verify")?;
    let text = manifest.to_string();
    Ok(if package.text.contains("\r\n") {
        text.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        text
    })
}

/// The versions that go with this command, as in `stepladder = "0.1"`.
fn ours() -> String {
    let version = [
        env!("CARGO_PKG_VERSION_MAJOR"),
        env!("CARGO_PKG_VERSION_MINOR"),
    ];
    version.join(".")
}

/// Both crates from where the package has `stepladder`: from a registry, a repository or a folder.
fn from_where(manifest: &DocumentMut) -> [Value; 2] {
    let item = manifest
        .get("dependencies")
        .and_then(|it| it.get("stepladder"));
    if let Some(version) = item.and_then(Item::as_str) {
        return [Value::from(version), Value::from(version)];
    }
    let mut runtime = InlineTable::new();
    let mut generator = InlineTable::new();
    for key in [
        "workspace",
        "version",
        "registry",
        "git",
        "branch",
        "tag",
        "rev",
        "path",
    ] {
        let Some(value) = item.and_then(|it| it.get(key)?.as_value()) else {
            continue;
        };
        let mut value = value.clone();
        value.decor_mut().clear();
        let of_generator = match (key, value.as_str()) {
            ("path", Some(path)) => Value::from(format!("{path}/build-support")),
            _ => value.clone(),
        };
        runtime.insert(key, value);
        generator.insert(key, of_generator);
    }
    // The workspace need not have it.
    if generator.contains_key("workspace") {
        return [Value::InlineTable(runtime), Value::from(ours())];
    }
    [runtime, generator].map(Value::InlineTable)
}

fn dependency(version: &str, feature: Option<&str>) -> Value {
    let mut table = InlineTable::new();
    table.insert("version", version.into());
    if let Some(feature) = feature {
        table.insert("features", Value::Array(Array::from_iter([feature])));
    }
    Value::InlineTable(table)
}

fn add(
    manifest: &mut DocumentMut,
    section: &str,
    name: &str,
    value: Value,
) -> Result<(), Diagnostic> {
    let dependencies = section_of(manifest, section)?;
    if dependencies.contains_key(name) {
        return Ok(());
    }
    let names: Vec<_> = dependencies
        .iter()
        .map(|(name, _)| name.to_owned())
        .collect();
    dependencies.insert(name, Item::Value(value));
    // Where somebody keeps them in order, they stay in order.
    if names.is_sorted() {
        dependencies.sort_values();
    }
    Ok(())
}

fn section_of<'m>(
    manifest: &'m mut DocumentMut,
    section: &str,
) -> Result<&'m mut dyn TableLike, Diagnostic> {
    let item = manifest.entry(section).or_insert(Item::Table(Table::new()));
    item.as_table_like_mut().ok_or_else(|| {
        Diagnostic::in_file("Cargo.toml", format!("`{section}` is no table"))
            .help(format!("write a section: `[{section}]`"))
    })
}

/// A dev-dependency that was there already may lack the feature that the test needs.
fn require_feature(manifest: &mut DocumentMut, feature: &str) -> Result<(), Diagnostic> {
    let dependencies = section_of(manifest, "dev-dependencies")?;
    let Some(item) = dependencies.get_mut("stepladder") else {
        return Ok(());
    };
    if let Some(version) = item.as_str() {
        *item = Item::Value(dependency(version, Some(feature)));
        return Ok(());
    }
    let Some(table) = item.as_table_like_mut() else {
        return Ok(());
    };
    match table.get_mut("features").and_then(Item::as_array_mut) {
        None => {
            let features = Value::Array(Array::from_iter([feature]));
            table.insert("features", Item::Value(features));
        }
        Some(features) if features.iter().any(|known| known.as_str() == Some(feature)) => {}
        Some(features) => features.push(feature),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use expect_test::{Expect, expect};

    use super::with_dependencies;
    use crate::init::package::{CrateRoot, Package};

    fn package(text: &str) -> Package {
        Package {
            root: PathBuf::new(),
            name: "app".to_owned(),
            text: text.to_owned(),
            manifest: text.parse().unwrap(),
            crate_root: CrateRoot::None,
        }
    }

    fn check(text: &str, expected: &Expect) {
        let added = with_dependencies(&package(text)).unwrap();
        expected.assert_eq(&added);
        // What is there is not added again.
        assert_eq!(with_dependencies(&package(&added)).unwrap(), added);
    }

    #[test]
    fn a_new_package_gets_all_of_it() {
        check(
            "[package]\nname = \"app\"\n\n[dependencies]\n",
            &expect![[r#"
            [package]
            name = "app"

            [dependencies]
            rusqlite = { version = "0.41", features = ["bundled"] }
            stepladder = "0.1"

            [build-dependencies]
            stepladder-build = "0.1"

            [dev-dependencies]
            stepladder = { version = "0.1", features = ["verify"] }
        "#]],
        );
    }

    #[test]
    fn order_and_comments_are_kept() {
        check(
            "[package]\nname = 'app'\n\n[dependencies]\nanyhow = '1' # why\n# The other\nserde = { version = '1' }\n\n[profile.release]\nlto = true\n",
            &expect![[r#"
                [package]
                name = 'app'

                [dependencies]
                anyhow = '1' # why
                rusqlite = { version = "0.41", features = ["bundled"] }
                # The other
                serde = { version = '1' }
                stepladder = "0.1"

                [profile.release]
                lto = true

                [build-dependencies]
                stepladder-build = "0.1"

                [dev-dependencies]
                stepladder = { version = "0.1", features = ["verify"] }
            "#]],
        );
        check(
            "[dependencies]\nserde = '1'\nanyhow = '1'\n",
            &expect![[r#"
            [dependencies]
            serde = '1'
            anyhow = '1'
            rusqlite = { version = "0.41", features = ["bundled"] }
            stepladder = "0.1"

            [build-dependencies]
            stepladder-build = "0.1"

            [dev-dependencies]
            stepladder = { version = "0.1", features = ["verify"] }
        "#]],
        );
    }

    #[test]
    fn dependencies_may_have_sections_of_their_own() {
        check(
            "[package]\nname = 'app'\n\n[dependencies.rusqlite]\nversion = '0.37'\n\n[dev-dependencies]\nstepladder = '0.1'\n",
            &expect![[r#"
                [package]
                name = 'app'

                [dependencies]
                stepladder = "0.1"

                [dependencies.rusqlite]
                version = '0.37'

                [dev-dependencies]
                stepladder = { version = "0.1", features = ["verify"] }

                [build-dependencies]
                stepladder-build = "0.1"
            "#]],
        );
        check(
            "[dependencies]\nrusqlite.workspace = true\nstepladder.workspace = true\n[dev-dependencies]\nstepladder = { workspace = true, features = ['x'] }\n",
            &expect![[r#"
                [dependencies]
                rusqlite.workspace = true
                stepladder.workspace = true
                [dev-dependencies]
                stepladder = { workspace = true, features = ['x', "verify"] }

                [build-dependencies]
                stepladder-build = "0.1"
            "#]],
        );
    }

    #[test]
    fn both_crates_come_from_one_place() {
        let added = |dependency: &str| {
            let text = format!("[dependencies]\nrusqlite = '0.41'\nstepladder = {dependency}\n");
            with_dependencies(&package(&text)).unwrap()
        };
        let folder = added("{ path = '../stepladder', features = ['x'] }");
        let expected = "stepladder-build = { path = \"../stepladder/build-support\" }";
        assert!(folder.contains(expected), "{folder}");
        let expected = "stepladder = { path = '../stepladder', features = [\"verify\"] }";
        assert!(folder.contains(expected), "{folder}");
        let repository = added("{ git = 'https://example.org/s', rev = '1' }");
        let expected = "stepladder-build = { git = 'https://example.org/s', rev = '1' }";
        assert!(repository.contains(expected), "{repository}");
        let expected = "stepladder-build = \"0.1.3\"";
        assert!(added("'0.1.3'").contains(expected));
    }

    #[test]
    fn lines_end_as_they_did() {
        let text = "[package]\r\nname = 'app'\r\n";
        let added = with_dependencies(&package(text)).unwrap();
        assert_eq!(added.replace("\r\n", "").find('\n'), None);
    }
}
