//! What serde is told of a field.

use proc_macro2::TokenStream;
use quote::quote;

use super::Context;
use crate::data_class::{Field, RustType};

/// What a field means where it is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absence {
    /// It has to be there, but for one that is NULL.
    Value,
    /// It is left out, and so it is when it is null.
    LeftOut,
    /// It is left out, and null is a value.
    LeftOutUnlessNull,
}

/// `#[serde(..)]`; nothing where serde does right by itself.
pub(super) fn serde_attribute(
    context: &Context<'_>,
    field: &Field,
    absence: Absence,
) -> TokenStream {
    if !context.has_serde() {
        return TokenStream::new();
    }
    let mut arguments = Vec::new();
    let ident = context.ident(field).to_string();
    // serde leaves out the `r#`.
    if ident.trim_start_matches("r#") != field.column {
        let column = &field.column;
        arguments.push(quote!(rename = #column));
    }
    let is_stored = matches!(field.rust_type, RustType::Value | RustType::Blob);
    match absence {
        // Where serde is told how to read, it does not do without an `Option` by itself.
        Absence::Value if field.nullable && is_stored => arguments.push(quote!(default)),
        Absence::Value => {}
        Absence::LeftOut | Absence::LeftOutUnlessNull => {
            arguments.push(quote!(default));
            arguments.push(quote!(skip_serializing_if = "Option::is_none"));
        }
    }
    match (is_stored, absence) {
        (true, Absence::LeftOutUnlessNull) => {
            arguments.push(quote!(serialize_with = "::stepladder::serde::serialize"));
            arguments.push(quote!(
                deserialize_with = "::stepladder::serde::present_stored"
            ));
        }
        (false, Absence::LeftOutUnlessNull) => {
            arguments.push(quote!(deserialize_with = "::stepladder::serde::present"));
        }
        (true, Absence::Value | Absence::LeftOut) => {
            arguments.push(quote!(with = "::stepladder::serde"));
        }
        (false, Absence::Value | Absence::LeftOut) => {}
    }
    if arguments.is_empty() {
        return TokenStream::new();
    }
    quote!(#[serde(#(#arguments),*)])
}
