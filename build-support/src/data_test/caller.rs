//! How the tests of a package reach its schema and its strategy: from the test that calls
//! `migration_tests!`.

use std::fs;
use std::path::Path;

use syn::{Expr, Item};

/// What a test has to write.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Caller {
    /// The items that it needs: `mod`, `use`.
    pub(super) items: String,
    /// The module of the schema: `my_app::db::schema`.
    pub(super) schema: String,
    /// The strategy: `my_app::db::strategy()`.
    pub(super) strategy: String,
}

impl Caller {
    /// The first test file that calls the macro.
    pub(super) fn find(tests: &Path) -> Option<Self> {
        let entries = fs::read_dir(tests).ok()?;
        let mut files: Vec<_> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        files.sort();
        let is_rust = |path: &Path| path.extension().is_some_and(|ending| ending == "rs");
        (files.iter())
            .filter(|path| is_rust(path))
            .find_map(|path| Self::read(&fs::read_to_string(path).ok()?))
    }

    fn read(text: &str) -> Option<Self> {
        let mut file = syn::parse_file(text).ok()?;
        let (schema, strategy) = file.items.iter().find_map(|item| called(item, text))?;
        let is_needed = |item: &Item| matches!(item, Item::Mod(_) | Item::Use(_));
        file.items.retain(is_needed);
        file.attrs.clear();
        let items = prettyplease::unparse(&file);
        Some(Self {
            items,
            schema,
            strategy,
        })
    }
}

/// The schema and the strategy of a call.
fn called(item: &Item, text: &str) -> Option<(String, String)> {
    let Item::Macro(item) = item else { return None };
    let segments = item.mac.path.segments.iter();
    let mut path: Vec<_> = segments.map(|segment| segment.ident.to_string()).collect();
    if path.pop()? != "migration_tests" || path.is_empty() {
        return None;
    }
    let parsed = item
        .mac
        .parse_body_with(syn::punctuated::Punctuated::<Expr, syn::Token![,]>::parse_terminated);
    parsed.ok()?.first()?;
    // As it is written: tokens are spaced out.
    let (_, arguments) = text.split_once("migration_tests!")?;
    let strategy = first_argument(arguments.trim_start().get(1..)?)?;
    syn::parse_str::<Expr>(strategy).ok()?;
    Some((path.join("::"), strategy.to_owned()))
}

/// What stands in front of the first comma or closing bracket.
fn first_argument(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (place, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' | ',' if depth == 0 => return Some(text[..place].trim()),
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::Caller;

    fn read(text: &str) -> Option<(String, String, String)> {
        let Caller {
            items,
            schema,
            strategy,
        } = Caller::read(text)?;
        Some((items, schema, strategy))
    }

    #[test]
    fn a_call_says_where_the_schema_and_the_strategy_are() {
        let library =
            "//! Tests.\n\nmy_app::db::schema::migration_tests!(my_app::db::strategy());\n";
        let expected = (String::new(), "my_app::db::schema".to_owned());
        let (items, schema, strategy) = read(library).unwrap();
        assert_eq!((items, schema), expected);
        assert_eq!(strategy, "my_app::db::strategy()");

        let program = "#[path = \"../src/db.rs\"]\nmod db;\nuse db::schema;\n\n#[test] fn t() {}\n\
                       schema::migration_tests! {\n    db::strategy(&[1, 2], \"a\"),\n    verifier()\n}";
        let (items, schema, strategy) = read(program).unwrap();
        assert_eq!(
            items,
            "#[path = \"../src/db.rs\"]\nmod db;\nuse db::schema;\n"
        );
        assert_eq!(schema, "schema");
        assert_eq!(strategy, "db::strategy(&[1, 2], \"a\")");
    }

    #[test]
    fn what_is_no_call_says_nothing() {
        for text in [
            "migration_tests!(strategy());",
            "other!(strategy());",
            "fn a() {}",
            "a::migration_tests!();",
            "not rust",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
