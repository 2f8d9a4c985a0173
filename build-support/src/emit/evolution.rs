//! What the versions change for those who exchange rows, as a part of `history()`.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use stepladder::TableChange;

use super::Input;
use crate::evolution::evolution;

/// One item for each version and table that changes.
pub(super) fn emit_evolution(input: &Input<'_>) -> Vec<TokenStream> {
    let mut found = Vec::new();
    let pairs = input.history.versions.windows(2).zip(&input.renames);
    for (pair, renames) in pairs {
        let [old, new] = pair else { continue };
        for table in evolution(old, new, renames) {
            let version = Literal::i32_unsuffixed(new.number);
            let name = &table.table;
            let changes = table.changes.iter().map(emit_change);
            found.push(quote! {
                ::stepladder::__private::TableEvolution {
                    version: #version,
                    table: #name,
                    changes: &[#(#changes),*],
                }
            });
        }
    }
    found
}

fn emit_change(change: &TableChange<String>) -> TokenStream {
    let variant = match change {
        TableChange::TableCreated => quote!(TableCreated),
        TableChange::TableGone => quote!(TableGone),
        TableChange::TableRenamed { old, new } => quote!(TableRenamed { old: #old, new: #new }),
        TableChange::ColumnAdded(column) => quote!(ColumnAdded(#column)),
        TableChange::ComputedColumnAdded(column) => quote!(ComputedColumnAdded(#column)),
        TableChange::ColumnDropped(column) => quote!(ColumnDropped(#column)),
        TableChange::ColumnRenamed { old, new } => quote!(ColumnRenamed { old: #old, new: #new }),
        TableChange::ColumnType(column) => quote!(ColumnType(#column)),
        TableChange::ColumnDefault(column) => quote!(ColumnDefault(#column)),
        TableChange::ColumnCollation(column) => quote!(ColumnCollation(#column)),
        TableChange::ColumnExpression(column) => quote!(ColumnExpression(#column)),
        TableChange::ColumnComputed(column) => quote!(ColumnComputed(#column)),
        TableChange::ColumnStored(column) => quote!(ColumnStored(#column)),
        TableChange::NotNull(column) => quote!(NotNull(#column)),
        TableChange::Nullable(column) => quote!(Nullable(#column)),
        TableChange::PrimaryKey => quote!(PrimaryKey),
        TableChange::UniqueAdded(columns) => quote!(UniqueAdded(#columns)),
        TableChange::UniqueDropped(columns) => quote!(UniqueDropped(#columns)),
        TableChange::CheckAdded(check) => quote!(CheckAdded(#check)),
        TableChange::CheckDropped(check) => quote!(CheckDropped(#check)),
        TableChange::ForeignKeyAdded(key) => quote!(ForeignKeyAdded(#key)),
        TableChange::ForeignKeyDropped(key) => quote!(ForeignKeyDropped(#key)),
        TableChange::Strict => quote!(Strict),
        TableChange::NotStrict => quote!(NotStrict),
        TableChange::VirtualTable => quote!(VirtualTable),
        _ => unreachable!("the crates have the same version, and this list is complete for it"),
    };
    quote!(::stepladder::TableChange::#variant)
}
