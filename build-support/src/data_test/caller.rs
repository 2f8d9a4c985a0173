//! How the tests of a package reach its schema and its strategy: from the test that calls
//! `migration_tests!`.

use std::fs;
use std::path::Path;

use syn::{Expr, Item, UseTree};

use crate::beside;

/// What a test has to write.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Caller {
    /// The items that it needs: `mod`, `use`.
    pub(super) items: String,
    /// The module of the schema: `my_app::db::schema`.
    pub(super) schema: String,
    /// The strategy: `my_app::db::strategy()`.
    pub(super) strategy: String,
    /// The verifier.
    pub(super) verifier: String,
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
        let (schema, arguments) = file.items.iter().find_map(|item| called(item, text))?;
        let [strategy, verifier] = arguments;
        let verifier = verifier.unwrap_or_else(|| {
            format!("stepladder::verify::SchemaVerifier::new({schema}::history())")
        });
        let strategy = strategy?;
        let code = format!("{schema} {strategy} {verifier}");
        let imports: String = file
            .items
            .iter()
            .flat_map(|item| imports(item, &code))
            .collect();
        file.items.retain(|item| matches!(item, Item::Mod(_)));
        file.attrs.clear();
        let items = prettyplease::unparse(&file) + &imports;
        Some(Self {
            items,
            schema,
            strategy,
            verifier,
        })
    }
}

/// The imports of an item that the code of a call needs, a line each.
fn imports(item: &Item, code: &str) -> Vec<String> {
    let Item::Use(item) = item else {
        return Vec::new();
    };
    let mut single = Vec::new();
    flatten(&item.tree, "", &mut single);
    let is_needed = |name: &Option<String>| match name {
        Some(name) => beside::has_word(code, name),
        None => true,
    };
    let needed = single.into_iter().filter(|(name, _)| is_needed(name));
    needed.map(|(_, path)| format!("use {path};\n")).collect()
}

/// The names of an import, each with its path; a glob has none.
fn flatten(tree: &UseTree, before: &str, single: &mut Vec<(Option<String>, String)>) {
    match tree {
        UseTree::Path(path) => flatten(&path.tree, &format!("{before}{}::", path.ident), single),
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, before, single);
            }
        }
        UseTree::Name(name) if name.ident == "self" => {
            let path = before.trim_end_matches(':');
            let name = path.rsplit(':').next();
            single.push((name.map(str::to_owned), path.to_owned()));
        }
        UseTree::Name(name) => {
            let name = name.ident.to_string();
            single.push((Some(name.clone()), format!("{before}{name}")));
        }
        UseTree::Rename(rename) => {
            let (name, new) = (&rename.ident, &rename.rename);
            single.push((Some(new.to_string()), format!("{before}{name} as {new}")));
        }
        UseTree::Glob(_) => single.push((None, format!("{before}*"))),
    }
}

/// The schema and the arguments of a call.
fn called(item: &Item, text: &str) -> Option<(String, [Option<String>; 2])> {
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
    // As they are written: tokens are spaced out.
    let (_, arguments) = text.split_once("migration_tests!")?;
    let mut rest = arguments.trim_start().get(1..)?;
    let mut found = [None, None];
    for argument in &mut found {
        let text = first_argument(rest)?;
        let (end, behind) = rest[text.len()..].split_at(1);
        let text = text.trim();
        *argument = syn::parse_str::<Expr>(text)
            .is_ok()
            .then(|| text.to_owned());
        rest = behind;
        if end != "," {
            break;
        }
    }
    Some((path.join("::"), found))
}

/// What stands in front of the first comma or closing bracket.
fn first_argument(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (place, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' | ',' if depth == 0 => return Some(&text[..place]),
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::Caller;

    fn read(text: &str) -> Option<[String; 4]> {
        let Caller {
            items,
            schema,
            strategy,
            verifier,
        } = Caller::read(text)?;
        Some([items, schema, strategy, verifier])
    }

    #[test]
    fn a_call_says_where_the_schema_and_the_strategy_are() {
        let library =
            "//! Tests.\n\nmy_app::db::schema::migration_tests!(my_app::db::strategy());\n";
        let expected = [
            "",
            "my_app::db::schema",
            "my_app::db::strategy()",
            "stepladder::verify::SchemaVerifier::new(my_app::db::schema::history())",
        ];
        assert_eq!(read(library).unwrap(), expected);

        let program = "#[path = \"../src/db.rs\"]\nmod db;\nuse db::schema;\n\n#[test] fn t() {}\n\
                       schema::migration_tests! {\n    db::strategy(&[1, 2], \"a\"),\n    verifier(),\n}";
        let expected = [
            "#[path = \"../src/db.rs\"]\nmod db;\nuse db::schema;\n",
            "schema",
            "db::strategy(&[1, 2], \"a\")",
            "verifier()",
        ];
        assert_eq!(read(program).unwrap(), expected);
    }

    #[test]
    fn only_the_imports_of_the_call_are_taken_over() {
        let text = "use a::{b::{self, c}, d as e, f, g};\nuse stepladder::verify::{SchemaVerifier, Filling};\n\
                    use all::*;\nb::schema::migration_tests!(e(c()), SchemaVerifier::new(f));";
        let [items, ..] = read(text).unwrap();
        let expected = "use a::b;\nuse a::b::c;\nuse a::d as e;\nuse a::f;\n\
                        use stepladder::verify::SchemaVerifier;\nuse all::*;\n";
        assert_eq!(items, expected);
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
