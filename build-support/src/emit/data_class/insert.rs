//! `Insert`: a row as it is added.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    Absence, ClassField, Context, Presence, emit_new, is_required, left_out_type, read_type,
};
use crate::data_class::{ClassKind, Field, Given};
use crate::emit::doc::doc;

pub(super) fn emit_insert(context: &Context<'_>) -> TokenStream {
    let fields = || context.class.insert_fields();
    let is_empty_by_default = !fields().any(is_required);
    let derived: &[&str] = if is_empty_by_default {
        &["Default"]
    } else {
        &[]
    };
    let types: Vec<_> = fields()
        .map(|field| ClassField {
            field,
            rust_type: insert_type(field),
            absence: absence(field),
        })
        .collect();
    let class = context.emit_struct("Insert", derived, &types);
    let new = emit_new(
        context,
        "A row with these values; what else there is, is left out.",
        fields().filter(|field| is_required(field)),
        fields().filter(|field| !is_required(field)),
    );
    let methods = emit_methods(context);
    let values = context.values(fields(), Presence::AsInserted);
    let doc = doc(&insert_doc(context));
    quote! {
        #doc
        #class
        impl Insert {
            #new
            #methods
            #[inline]
            fn values(&self) -> class::Values<'_> {
                #values
            }
        }
    }
}

fn insert_doc(context: &Context<'_>) -> String {
    let mut text = format!("A new row of {}.", context.shown());
    let fields = || context.class.insert_fields();
    if fields().any(|field| !is_required(field)) {
        text.push_str(
            "\n\n`None` leaves a column out of the `INSERT`: SQLite then takes the default, the next rowid or NULL.",
        );
    }
    if fields().any(|field| field.given == Given::Default && field.nullable) {
        text.push_str(" `Some(None)` is NULL.");
    }
    text
}

fn insert_type(field: &Field) -> TokenStream {
    match field.given {
        Given::Required | Given::Never => read_type(field),
        Given::Default => left_out_type(field),
        Given::Optional => {
            let rust_type = field.rust_type.tokens();
            quote!(Option<#rust_type>)
        }
    }
}

fn absence(field: &Field) -> Absence {
    match field.given {
        Given::Required | Given::Never => Absence::Value,
        Given::Optional => Absence::LeftOut,
        Given::Default => Absence::LeftOutUnlessNull,
    }
}

fn emit_methods(context: &Context<'_>) -> TokenStream {
    let insert = match context.class.kind {
        ClassKind::WithoutRowid => quote! {
            /// Adds the row.
            #[inline]
            pub fn insert(&self, connection: &Connection) -> Result<()> {
                class::insert_without_rowid::<Row>(connection, &self.values())
            }
        },
        ClassKind::Table | ClassKind::FullText | ClassKind::ReadOnly => quote! {
            /// Adds the row and gives back its rowid.
            #[inline]
            pub fn insert(&self, connection: &Connection) -> Result<i64> {
                class::insert::<Row>(connection, &self.values())
            }
        },
    };
    let returning = match context.class.kind {
        ClassKind::Table | ClassKind::WithoutRowid => quote! {
            /// Adds the row and gives it back as SQLite has stored it, before triggers that run
            /// after the `INSERT` change it.
            #[inline]
            pub fn insert_returning(&self, connection: &Connection) -> Result<Row> {
                class::insert_returning(connection, &self.values())
            }
        },
        ClassKind::FullText | ClassKind::ReadOnly => TokenStream::new(),
    };
    quote! {
        #insert
        #returning
    }
}
