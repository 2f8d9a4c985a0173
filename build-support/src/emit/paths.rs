//! Names for the messages of rustc.
//!
//! rustc shows a type by its last name where no other type of the crate has that name: a column
//! that only one version has would be `due_date`, which nobody can copy. With a second type of that
//! name, it is `v3::todos::due_date`.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::quote;

use super::allowed;
use super::doc::doc;

/// A second type for each name that the modules of the versions have only once.
pub(super) fn emit_second_names(versions: &[TokenStream]) -> TokenStream {
    let mut names: BTreeMap<String, (Ident, usize)> = BTreeMap::new();
    for version in versions {
        count(version.clone(), &mut names, Depth::Version);
    }
    let once: Vec<_> = names
        .into_values()
        .filter(|(_, count)| *count == 1)
        .map(|(name, _)| name)
        .collect();
    if once.is_empty() {
        return TokenStream::new();
    }
    let doc =
        doc("With a second type of each name, rustc shows the first with its version and table.");
    let allowed = allowed();
    quote! {
        #doc
        #allowed
        const _: () = {
            #(enum #once {})*
        };
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// `mod v1 { .. }`: that name may stay alone.
    Version,
    /// What is in there.
    Inside,
}

fn count(tokens: TokenStream, names: &mut BTreeMap<String, (Ident, usize)>, depth: Depth) {
    let mut declares = false;
    for token in tokens {
        match token {
            TokenTree::Ident(name) => {
                if declares && depth == Depth::Inside {
                    names.entry(name.to_string()).or_insert((name.clone(), 0)).1 += 1;
                }
                declares = name == "mod" || name == "struct";
            }
            TokenTree::Group(group) => {
                declares = false;
                if group.delimiter() == Delimiter::Brace {
                    count(group.stream(), names, Depth::Inside);
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => declares = false,
        }
    }
}
