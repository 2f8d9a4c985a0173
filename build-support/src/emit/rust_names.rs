//! What has another name in Rust than in SQL, for messages of tests that name it in Rust.

use std::collections::BTreeMap;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::Input;
use super::table::column_names;

/// Each such table and column of any version, and where it is in the module of its version.
pub(super) fn emit_rust_names(input: &Input<'_>) -> Vec<TokenStream> {
    let mut found = BTreeMap::new();
    let entities = input.history.versions.iter();
    let entities = entities.flat_map(|version| &version.schema.entities);
    for entity in entities.filter(|entity| !entity.kind().is_derived()) {
        let table = entity.name();
        let module = input.names.table(table);
        if is_other(&module, table) {
            found.insert(table.to_owned(), format!("{module}::table"));
        }
        for column in column_names(entity) {
            let item = input.names.column(table, column);
            if is_other(&module, table) || is_other(&item, column) {
                found.insert(format!("{table}.{column}"), format!("{module}::{item}"));
            }
        }
    }
    let pairs = found.iter().map(|(name, path)| quote!((#name, #path)));
    pairs.collect()
}

fn is_other(name: &Ident, in_sql: &str) -> bool {
    *name != in_sql
}
