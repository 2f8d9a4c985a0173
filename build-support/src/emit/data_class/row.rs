//! `Row`: a row as it is read.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Absence, ClassField, Context, read_type};
use crate::emit::doc::doc;

pub(super) fn emit_row(context: &Context<'_>) -> TokenStream {
    let fields = context.class.fields.iter();
    let fields: Vec<_> = fields
        .map(|field| ClassField {
            field,
            rust_type: read_type(field),
            absence: Absence::Value,
        })
        .collect();
    let class = context.emit_struct("Row", &[], &fields);
    let doc = doc(&format!("A row of {}.", context.shown()));
    let read = emit_read(context);
    let methods = emit_methods(context);
    quote! {
        #doc
        #class
        #read
        #methods
    }
}

fn emit_read(context: &Context<'_>) -> TokenStream {
    let relation = emit_relation(context);
    let fields = context
        .class
        .fields
        .iter()
        .enumerate()
        .map(|(place, field)| {
            let (ident, place) = (context.ident(field), Literal::usize_unsuffixed(place));
            quote!(#ident: row.get(#place)?)
        });
    quote! {
        impl class::ReadRow for Row {
            const RELATION: &'static class::Relation = &#relation;
            #[inline]
            fn read(row: &class::Reader<'_, '_>) -> class::ReadResult<Self> {
                Ok(Self { #(#fields),* })
            }
        }
    }
}

fn emit_relation(context: &Context<'_>) -> TokenStream {
    let name = Literal::string(context.entity.name());
    let columns = context.class.fields.iter().map(|field| &field.column);
    let key = context.class.key.iter().map(|(place, collation)| {
        let place = Literal::usize_unsuffixed(*place);
        let collation = emit_option(collation.as_deref());
        quote!((#place, #collation))
    });
    let rowid = emit_option(context.class.rowid);
    quote! {
        class::Relation {
            name: #name,
            columns: &[#(#columns),*],
            key: &[#(#key),*],
            rowid: #rowid,
        }
    }
}

fn emit_option(text: Option<&str>) -> TokenStream {
    text.map_or_else(|| quote!(None), |text| quote!(Some(#text)))
}

fn emit_methods(context: &Context<'_>) -> TokenStream {
    let order = if context.class.key.is_empty() {
        ""
    } else {
        ", in the order of the primary key"
    };
    let all = doc(&format!("All rows{order}."));
    let get = emit_get(context);
    let same = context.class.fields.iter().map(|field| {
        let ident = context.ident(field);
        quote!(before.#ident == after.#ident)
    });
    quote! {
        impl Row {
            /// The row that a query is at, for `query_map`. Columns are found by their names.
            #[inline]
            pub fn from_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
                class::from_row(row)
            }
            #all
            #[inline]
            pub fn all(connection: &Connection) -> Result<Vec<Self>> {
                class::all(connection)
            }
            #get
            /// How many rows there are.
            #[inline]
            pub fn count(connection: &Connection) -> Result<u64> {
                class::count::<Self>(connection)
            }
            /// The columns in which two rows differ.
            #[inline]
            pub fn changed_fields(before: &Self, after: &Self) -> Vec<&'static str> {
                class::changed_fields::<Self>(&[#(#same),*])
            }
        }
    }
}

fn emit_get(context: &Context<'_>) -> TokenStream {
    if context.class.key.is_empty() {
        return TokenStream::new();
    }
    let arguments = context.key_arguments();
    let key = context.class.key_fields().map(|field| {
        let argument = context.argument(field);
        quote!(&#argument)
    });
    quote! {
        /// The row with this primary key.
        #[inline]
        pub fn get(connection: &Connection, #(#arguments),*) -> Result<Option<Self>> {
            class::get(connection, &[#(#key),*])
        }
    }
}
