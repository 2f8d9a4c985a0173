//! The rebuild of a table: `v3::todos::Rebuild`.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use stepladder::__private::RebuildKind;

use super::change::{emit_places, rebuild_path, table_path};
use super::doc::{code, doc};
use super::ident::rebuild_struct;
use super::{Input, Step};
use crate::plan::{PlannedRebuild, StepPlan};

/// The struct, with a field for each expression that the rebuild needs.
pub(super) fn emit_rebuild_struct(
    input: &Input<'_>,
    step: &Step,
    rebuild: &PlannedRebuild,
) -> TokenStream {
    let when = if step.is_rollback() {
        format!(" in the rollback from version {} to {}", step.from, step.to)
    } else {
        String::new()
    };
    let doc = doc(&format!(
        "The rebuild of {}{when}. Each field is an SQL expression over the columns of the old\n\
         table; `.with(column, expression)` fills any other column.",
        code(&rebuild.new)
    ));
    let name = rebuild_struct(step);
    if rebuild.required.is_empty() {
        return quote! {
            #doc
            pub struct #name {}
        };
    }
    let fields = rebuild.required.iter().map(|required| {
        let field = input.names.column(&rebuild.new, &required.column);
        let doc = super::doc::doc(&format!("{}: {}.", code(&required.column), required.reason));
        quote! {
            #doc
            pub #field: &'static str
        }
    });
    quote! {
        #doc
        pub struct #name {
            #(#fields),*
        }
    }
}

/// The implementation of `TableRebuild`.
pub(super) fn emit_rebuild_impl(
    input: &Input<'_>,
    step: &Step,
    plan: &StepPlan,
    rebuild: &PlannedRebuild,
) -> TokenStream {
    let path = rebuild_path(input, step, &rebuild.new);
    let table = table_path(input, step.to, &rebuild.new);
    let places = emit_places(plan, &rebuild.changes);
    let copied = emit_plan(rebuild);
    let (from, to) = (
        Literal::i32_unsuffixed(step.from),
        Literal::i32_unsuffixed(step.to),
    );
    let expressions = rebuild.required.iter().map(|required| {
        let field = input.names.column(&rebuild.new, &required.column);
        let column = &required.column;
        quote!((#column, self.#field))
    });
    quote! {
        impl TableRebuild for #path {
            type Table = #table;
            const PLAN: ::stepladder::__private::RebuildPlan = #copied;
            fn expressions(&self) -> ::std::vec::Vec<(&'static str, &str)> {
                ::std::vec![#(#expressions),*]
            }
        }
        impl RebuildIn<#from, #to> for #path {
            type Places = #places;
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
