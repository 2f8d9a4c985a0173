//! From names in SQL to identifiers in Rust.

use proc_macro2::{Ident, Span};
use unicode_normalization::UnicodeNormalization as _;

use crate::settings::Settings;

/// What the module of a table has besides its columns,
/// and what it names.
pub(crate) const TABLE_ITEMS: [&str; 8] = [
    "table",
    "data_class",
    "Row",
    "Insert",
    "Update",
    "Rebuild",
    "Rollback",
    "str",
];
/// What the module of a version has besides its tables and views.
pub(crate) const VERSION_ITEMS: [&str; 1] = ["Reached"];

/// The Rust identifiers of tables and columns.
///
/// A name keeps its spelling where Rust allows it. Otherwise each character that cannot stand in an
/// identifier becomes `_`, a digit at the start gets `_` before it, a keyword becomes `r#type`, and
/// a name that the module needs for itself gets `_` behind it. Rust takes identifiers for equal that
/// are so in Unicode's form NFC, so they are written in that form. `[names]` in `stepladder.toml`
/// decides otherwise.
#[derive(Debug, Default)]
pub(crate) struct Names {
    settings: Settings,
}

impl Names {
    /// Names with those that `stepladder.toml` chooses.
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            settings: settings.clone(),
        }
    }

    /// The module of a table or view.
    pub(crate) fn table(&self, table: &str) -> Ident {
        match self.settings.entity_name(table) {
            Some(chosen) => identifier(chosen, &[]),
            None => identifier(table, &VERSION_ITEMS),
        }
    }

    /// A column in the module of its table.
    pub(crate) fn column(&self, table: &str, column: &str) -> Ident {
        match self.settings.column_name(table, column) {
            Some(chosen) => identifier(chosen, &[]),
            None => identifier(column, &TABLE_ITEMS),
        }
    }
}

/// Not every version of `syn` knows it, and the app may be of any edition.
const KEYWORD_SINCE_2024: &str = "gen";

/// Whether the text can be written as a name in Rust of every edition, as it is.
pub(crate) fn is_plain_identifier(text: &str) -> bool {
    let is_raw = text.starts_with("r#");
    text != KEYWORD_SINCE_2024 && !is_raw && syn::parse_str::<Ident>(text).is_ok()
}

fn identifier(name: &str, taken: &[&str]) -> Ident {
    let mut text: String = (name.nfc())
        .map(|c| {
            if unicode_ident::is_xid_continue(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    if !text.starts_with(|c: char| c == '_' || unicode_ident::is_xid_start(c)) {
        text.insert(0, '_');
    }
    if text.chars().all(|c| c == '_') {
        text.push_str("unnamed");
    }
    if taken.contains(&text.as_str()) {
        text.push('_');
    }
    if text != KEYWORD_SINCE_2024
        && let Ok(identifier) = syn::parse_str::<Ident>(&text)
    {
        return identifier;
    }
    // A keyword: `r#type`, except for the four that cannot be written so.
    match text.as_str() {
        "self" | "Self" | "super" | "crate" => Ident::new(&format!("{text}_"), Span::call_site()),
        _ => Ident::new_raw(&text, Span::call_site()),
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn any_name_becomes_an_identifier() {
        let names = Names::default();
        let column = |name: &str| names.column("t", name).to_string();
        assert_eq!(column("due_date"), "due_date");
        assert_eq!(column("type"), "r#type");
        assert_eq!(column("gen"), "r#gen");
        assert_eq!(column("self"), "self_");
        assert_eq!(column("str"), "str_");
        assert_eq!(column("due date"), "due_date");
        assert_eq!(column("1st"), "_1st");
        assert_eq!(column("größe"), "größe");
        assert_eq!(column("e\u{301}"), "é");
        assert_eq!(column(""), "_unnamed");
        assert_eq!(column("_"), "_unnamed");
        assert_eq!(column("€"), "_unnamed");
        assert_eq!(column("table"), "table_");
        assert_eq!(column("Rebuild"), "Rebuild_");
        assert_eq!(names.table("Reached").to_string(), "Reached_");
        assert_eq!(names.table("mod").to_string(), "r#mod");
    }
}
