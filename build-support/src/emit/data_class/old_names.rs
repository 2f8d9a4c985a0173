//! Columns that had other names: a class is read by all of them, and may be written by two.
//!
//! An alias of serde would do for reading, if nobody wrote both names at a time: to serde that is a
//! field twice. So such a class is read by way of a struct with a field for each name.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::attributes::{Absence, serde_attribute};
use super::{ClassField, Context};
use crate::data_class::RustType;

/// `Deserialize`, by the new name or else by an older one.
pub(super) fn emit_deserialize(
    context: &Context<'_>,
    class: &Ident,
    fields: &[ClassField<'_>],
) -> TokenStream {
    let columns = fields.iter().map(|field| &field.field.column);
    let name = Literal::string(&class.to_string());
    let mut names = Names::default();
    for field in fields {
        names.add(context, fields, field);
    }
    // Without names, by their places, the columns come first, and are all that there is.
    let Names {
        slots,
        old_slots,
        values,
    } = names;
    quote! {
        impl<'de> ::serde::Deserialize<'de> for #class {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                #[derive(::serde::Deserialize)]
                struct Names {
                    #(#slots,)*
                    #(#old_slots),*
                }
                let read: Names =
                    ::stepladder::serde::by_names(deserializer, #name, &[#(#columns),*])?;
                Ok(Self { #(#values),* })
            }
        }
    }
}

/// The struct with a field for each name, and what the class takes of it.
#[derive(Default)]
struct Names {
    slots: Vec<TokenStream>,
    old_slots: Vec<TokenStream>,
    values: Vec<TokenStream>,
}

impl Names {
    fn add(&mut self, context: &Context<'_>, fields: &[ClassField<'_>], field: &ClassField<'_>) {
        let ident = context.ident(field.field);
        let old_names = context.old_names(field.field);
        if old_names.is_empty() {
            let (attribute, rust_type) = (field.attribute(context), &field.rust_type);
            self.slots.push(quote!(#attribute #ident: #rust_type));
            self.values.push(quote!(#ident: read.#ident));
            return;
        }
        let rust_type = slot_type(field);
        let column = &field.field.column;
        let attribute = slot_attribute(context, field, column);
        self.slots.push(quote!(#attribute #ident: #rust_type));
        let mut value = quote!(read.#ident);
        for old in old_names {
            let slot = free_name(context, fields, self.old_slots.len());
            let attribute = slot_attribute(context, field, old);
            self.old_slots.push(quote!(#attribute #slot: #rust_type));
            value = quote!(#value.or(read.#slot));
        }
        self.values.push(match given(field) {
            Slot::Field => quote!(#ident: #value),
            Slot::Optional => quote!(#ident: #value.unwrap_or_default()),
            Slot::Required => quote! {
                #ident: #value.ok_or_else(|| {
                    <D::Error as ::serde::de::Error>::missing_field(#column)
                })?
            },
        });
    }
}

/// What a name that is absent leaves.
enum Slot {
    /// The field has an `Option` for it already.
    Field,
    /// `None`
    Optional,
    /// Nothing: one of the names has to be there.
    Required,
}

fn given(field: &ClassField<'_>) -> Slot {
    match field.absence {
        Absence::LeftOutUnlessNull => Slot::Field,
        Absence::LeftOut => Slot::Optional,
        Absence::Value if field.field.nullable => Slot::Optional,
        Absence::Value => Slot::Required,
    }
}

fn slot_type(field: &ClassField<'_>) -> TokenStream {
    let rust_type = &field.rust_type;
    match given(field) {
        Slot::Field => rust_type.clone(),
        Slot::Optional | Slot::Required => quote!(Option<#rust_type>),
    }
}

fn slot_attribute(context: &Context<'_>, field: &ClassField<'_>, name: &str) -> TokenStream {
    let present = match field.field.rust_type {
        RustType::Value | RustType::Blob => "::stepladder::serde::present_stored",
        _ => "::stepladder::serde::present",
    };
    let ident = context.ident(field.field).to_string();
    let is_own = name == field.field.column && ident.trim_start_matches("r#") == name;
    let rename = (!is_own).then(|| quote!(rename = #name,));
    quote!(#[serde(#rename default, deserialize_with = #present)])
}

/// A name that no column has.
fn free_name(context: &Context<'_>, fields: &[ClassField<'_>], number: usize) -> Ident {
    let mut name = format_ident!("old_name_{number}");
    while fields
        .iter()
        .any(|field| context.ident(field.field) == name)
    {
        name = format_ident!("{name}_");
    }
    name
}

/// `Serialize`, with the old names of the columns for which the settings ask for both.
///
/// A format that has no names, but counts its fields, gets the new ones alone; so does every other one
/// that is not for people to read, since only that is known of it.
pub(super) fn emit_serialize(
    context: &Context<'_>,
    class: &Ident,
    fields: &[ClassField<'_>],
) -> TokenStream {
    let mut written = Written::default();
    for field in fields {
        written.add(context, field);
    }
    let Written {
        always,
        counted,
        statements,
    } = written;
    let always = Literal::usize_unsuffixed(always);
    let name = Literal::string(&class.to_string());
    quote! {
        impl ::serde::Serialize for #class {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                use ::serde::ser::SerializeStruct as _;
                let both = serializer.is_human_readable();
                let count = #always #(+ usize::from(#counted))*;
                let mut fields = serializer.serialize_struct(#name, count)?;
                #(#statements)*
                fields.end()
            }
        }
    }
}

/// What writes the fields, and how many they are.
#[derive(Default)]
struct Written {
    always: usize,
    /// What is written only if this is true.
    counted: Vec<TokenStream>,
    statements: Vec<TokenStream>,
}

impl Written {
    fn add(&mut self, context: &Context<'_>, field: &ClassField<'_>) {
        let ident = context.ident(field.field);
        let value = match field.field.rust_type {
            RustType::Value | RustType::Blob => quote!(&::stepladder::serde::Written(&self.#ident)),
            _ => quote!(&self.#ident),
        };
        let is_given = match field.absence {
            Absence::Value => None,
            Absence::LeftOut | Absence::LeftOutUnlessNull => Some(quote!(self.#ident.is_some())),
        };
        let column = &field.field.column;
        if let Some(is_given) = &is_given {
            self.counted.push(is_given.clone());
            self.statements.push(quote! {
                if #is_given {
                    fields.serialize_field(#column, #value)?;
                } else {
                    fields.skip_field(#column)?;
                }
            });
        } else {
            self.always += 1;
            self.statements
                .push(quote!(fields.serialize_field(#column, #value)?;));
        }
        if let Some(old) = context.also_written(field.field) {
            let is_given = is_given.map(|is_given| quote!(&& #is_given));
            self.counted.push(quote!(both #is_given));
            self.statements.push(quote! {
                if both #is_given {
                    fields.serialize_field(#old, #value)?;
                }
            });
        }
    }
}

impl ClassField<'_> {
    pub(super) fn attribute(&self, context: &Context<'_>) -> TokenStream {
        serde_attribute(context, self.field, self.absence)
    }
}
