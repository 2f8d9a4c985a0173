//! The rebuild of a table: `v3::todos::Rebuild`.

use proc_macro2::TokenStream;
use quote::quote;
use stepladder::__private::RebuildKind;

use super::change::{emit_changes, table_path};
use super::doc::{code, doc};
use super::ident::version_module;
use super::{Input, Step};
use crate::plan::PlannedRebuild;

/// The struct, with a field for each expression that the rebuild needs.
pub(super) fn emit_rebuild_struct(input: &Input<'_>, rebuild: &PlannedRebuild) -> TokenStream {
    let doc = doc(&format!(
        "The rebuild of {}. Each field is an SQL expression over the columns of the old\n\
         table; `.with(column, expression)` fills any other column.",
        code(&rebuild.new)
    ));
    if rebuild.required.is_empty() {
        return quote! {
            #doc
            pub struct Rebuild {}
        };
    }
    let fields = rebuild.required.iter().map(|required| {
        let field = input.names.column(&rebuild.new, &required.column);
        let doc = super::doc::doc(&format!("{}: {}.", code(&required.column), required.reason));
        quote! {
            #doc
            pub #field: &'e str
        }
    });
    quote! {
        #doc
        pub struct Rebuild<'e> {
            #(#fields),*
        }
    }
}

/// The implementation of `TableRebuild`.
pub(super) fn emit_rebuild_impl(
    input: &Input<'_>,
    step: &Step,
    rebuild: &PlannedRebuild,
) -> TokenStream {
    let version = version_module(step.to);
    let module = input.names.table(&rebuild.new);
    let table = table_path(input, step.to, &rebuild.new);
    let changes = emit_changes(input, step, &rebuild.changes);
    let plan = emit_plan(rebuild);
    let lifetime = (!rebuild.required.is_empty()).then(|| quote!(<'_>));
    let expressions = rebuild.required.iter().map(|required| {
        let field = input.names.column(&rebuild.new, &required.column);
        let column = &required.column;
        quote!((#column, self.#field))
    });
    quote! {
        impl ::stepladder::TableRebuild for #version::#module::Rebuild #lifetime {
            type Table = #table;
            type Changes = #changes;
            const PLAN: ::stepladder::__private::RebuildPlan = #plan;
            fn expressions(&self) -> ::std::vec::Vec<(&'static str, &str)> {
                ::std::vec![#(#expressions),*]
            }
        }
    }
}

fn emit_plan(rebuild: &PlannedRebuild) -> TokenStream {
    let old = &rebuild.old;
    let copied = rebuild.copied.iter().map(|column| {
        let (new, old) = (&column.new, &column.old);
        quote!((#new, #old))
    });
    let rowid = rebuild
        .rowid
        .map_or_else(|| quote!(None), |(new, old)| quote!(Named(#new, #old)));
    let kind = match rebuild.kind {
        RebuildKind::Plain => quote!(Plain),
        RebuildKind::Autoincrement => quote!(Autoincrement),
        RebuildKind::ExternalContent => quote!(ExternalContent),
        RebuildKind::Empty => quote!(Empty),
    };
    quote! {
        ::stepladder::__private::RebuildPlan {
            old_name: #old,
            copied: &[#(#copied),*],
            rowid: ::stepladder::__private::RowidCopy::#rowid,
            kind: ::stepladder::__private::RebuildKind::#kind,
        }
    }
}
