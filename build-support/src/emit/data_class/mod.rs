//! The data classes of a table or view: `Row`, `Insert` and `Update`.
//!
//! They are in a module of their own, because the module of the table has a type for each column, and
//! no argument can have the name of such a type. All functions are `#[inline]`: a crate that makes the
//! module public then compiles only those that are called, not those of every version.

mod attributes;
mod insert;
mod old_names;
mod row;
mod update;

use std::collections::BTreeMap;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use stepladder::schema::Entity;
use stepladder::sql::names_equal;

use self::attributes::Absence;
use super::Input;
use super::doc::{code, doc};
use crate::data_class::{ClassKind, DataClass, Field, data_class};
use crate::history::Version;
use crate::renames;

/// The classes of an entity, as items of its module; nothing where it has none.
pub(super) fn emit_classes(input: &Input<'_>, version: &Version, entity: &Entity) -> TokenStream {
    let Some(class) = data_class(version, entity, &input.history.settings) else {
        return TokenStream::new();
    };
    let context = Context {
        input,
        entity,
        class: &class,
        old_names: old_names(input, version, entity),
    };
    let mut names = vec![format_ident!("Row")];
    let mut items = row::emit_row(&context);
    if class.kind != ClassKind::ReadOnly {
        names.push(format_ident!("Insert"));
        items.extend(insert::emit_insert(&context));
    }
    if class.has_update() {
        names.push(format_ident!("Update"));
        items.extend(update::emit_update(&context));
    }
    quote! {
        pub use self::data_class::{#(#names),*};
        mod data_class {
            use ::stepladder::__private::data_class as class;
            use ::stepladder::{Result, rusqlite::{self, Connection}};
            #items
        }
    }
}

/// The module of a view, where its rows can be read.
pub(super) fn emit_view(input: &Input<'_>, version: &Version, entity: &Entity) -> TokenStream {
    let module = input.names.table(entity.name());
    let classes = emit_classes(input, version, entity);
    let doc = doc(&format!("The {} {}.", entity.kind(), code(entity.name())));
    quote! {
        #doc
        pub mod #module {
            #classes
        }
    }
}

/// What the items of one entity are made from.
struct Context<'c> {
    input: &'c Input<'c>,
    entity: &'c Entity,
    class: &'c DataClass,
    /// The old names of its columns, by the column.
    old_names: BTreeMap<String, Vec<String>>,
}

/// A field of one of the classes.
struct ClassField<'f> {
    field: &'f Field,
    rust_type: TokenStream,
    absence: Absence,
}

fn old_names(
    input: &Input<'_>,
    version: &Version,
    entity: &Entity,
) -> BTreeMap<String, Vec<String>> {
    let versions = &input.history.versions;
    let place = versions
        .iter()
        .position(|other| other.number == version.number);
    let (Some(place), Entity::Table(table)) = (place, entity) else {
        return BTreeMap::new();
    };
    let names = renames::old_names(versions, &input.renames, place, table);
    let columns = table.columns.iter().map(|column| column.name.clone());
    columns.zip(names).collect()
}

impl Context<'_> {
    fn has_serde(&self) -> bool {
        self.input.history.settings.data_classes.serde
    }

    /// The identifier of a field: that of its column.
    fn ident(&self, field: &Field) -> Ident {
        self.input.names.column(self.entity.name(), &field.column)
    }

    /// The identifier of an argument for a field.
    fn argument(&self, field: &Field) -> Ident {
        let ident = self.ident(field);
        // What the first argument is called, and the patterns that every module has.
        let taken = ["connection", "None", "Some", "Ok", "Err"];
        if taken.iter().any(|taken| ident == taken) {
            return format_ident!("{ident}_");
        }
        ident
    }

    /// The names that a column had, the newest first.
    fn old_names(&self, field: &Field) -> &[String] {
        self.old_names.get(&field.column).map_or(&[], Vec::as_slice)
    }

    /// The old name by which a column is written as well.
    fn also_written(&self, field: &Field) -> Option<&str> {
        let column = format!("{}.{}", self.entity.name(), field.column);
        let mut both = self.input.history.settings.data_classes.write_both.iter();
        let is_meant = both.any(|both| names_equal(&both.name, &column));
        is_meant
            .then(|| self.old_names(field).first())
            .flatten()
            .map(String::as_str)
    }

    /// The primary key as arguments that are only looked at.
    fn key_arguments(&self) -> Vec<TokenStream> {
        let arguments = self.class.key_fields().map(|field| {
            let (argument, rust_type) = (self.argument(field), field.rust_type.borrowed());
            quote!(#argument: #rust_type)
        });
        arguments.collect()
    }

    /// Some columns with their values: `("title", class::given(&self.title))`.
    fn values<'f>(
        &self,
        fields: impl Iterator<Item = &'f Field>,
        is_given: Presence,
    ) -> TokenStream {
        let values = fields.map(|field| {
            let (column, ident) = (Literal::string(&field.column), self.ident(field));
            let present = match is_given {
                Presence::AsInserted if is_required(field) => format_ident!("given"),
                Presence::AsInserted | Presence::Optional => format_ident!("optional"),
            };
            quote!((#column, class::#present(&self.#ident)))
        });
        quote!(vec![#(#values),*])
    }

    /// A class with what serde needs.
    fn emit_struct(&self, name: &str, derived: &[&str], fields: &[ClassField<'_>]) -> TokenStream {
        let name = format_ident!("{name}");
        let derived = derived.iter().map(|name| format_ident!("{name}"));
        let any = |is_it: &dyn Fn(&Field) -> bool| fields.iter().any(|field| is_it(field.field));
        let has_old = self.has_serde() && any(&|field| !self.old_names(field).is_empty());
        let writes_both = self.has_serde() && any(&|field| self.also_written(field).is_some());
        let serialize = (self.has_serde() && !writes_both).then(|| quote!(, ::serde::Serialize));
        let deserialize = (self.has_serde() && !has_old).then(|| quote!(, ::serde::Deserialize));
        let by_names = has_old.then(|| old_names::emit_deserialize(self, &name, fields));
        let with_both = writes_both.then(|| old_names::emit_serialize(self, &name, fields));
        let is_derived = serialize.is_some() || deserialize.is_some();
        let fields = fields.iter().map(|field| {
            let (ident, rust_type) = (self.ident(field.field), &field.rust_type);
            let doc = doc(&code(&field.field.definition));
            let attribute = is_derived.then(|| field.attribute(self));
            quote! {
                #doc
                #attribute
                pub #ident: #rust_type
            }
        });
        quote! {
            #[derive(Debug, Clone, PartialEq #(, #derived)* #serialize #deserialize)]
            pub struct #name {
                #(#fields),*
            }
            #by_names
            #with_both
        }
    }

    /// `` `todos` ``
    fn shown(&self) -> String {
        code(self.entity.name())
    }
}

#[derive(Clone, Copy)]
enum Presence {
    /// As in `Insert`: what is required is there.
    AsInserted,
    /// As in `Update`: each may be left out.
    Optional,
}

fn is_required(field: &Field) -> bool {
    field.given == crate::data_class::Given::Required
}

/// The type of a value as it is read: an `Option` where it can be NULL.
fn read_type(field: &Field) -> TokenStream {
    let rust_type = field.rust_type.tokens();
    if field.nullable {
        quote!(Option<#rust_type>)
    } else {
        rust_type
    }
}

/// The type of a value that may be left out, and may be NULL where it can.
fn left_out_type(field: &Field) -> TokenStream {
    let rust_type = read_type(field);
    quote!(Option<#rust_type>)
}

/// `new(title: impl Into<String>) -> Self`, with the fields that there are arguments for; the others
/// are `None`.
fn emit_new<'f>(
    context: &Context<'_>,
    summary: &str,
    required: impl Iterator<Item = &'f Field>,
    optional: impl Iterator<Item = &'f Field>,
) -> TokenStream {
    let doc = doc(summary);
    let mut arguments = Vec::new();
    let mut values = Vec::new();
    for field in required {
        let (ident, argument) = (context.ident(field), context.argument(field));
        let (rust_type, is_made) = field.rust_type.kept();
        arguments.push(quote!(#argument: #rust_type));
        values.push(if is_made {
            quote!(#ident: #argument.into())
        } else if ident == argument {
            ident.into_token_stream()
        } else {
            quote!(#ident: #argument)
        });
    }
    let absent = optional.map(|field| {
        let ident = context.ident(field);
        quote!(#ident: None)
    });
    quote! {
        #doc
        #[inline]
        pub fn new(#(#arguments),*) -> Self {
            Self { #(#values,)* #(#absent,)* }
        }
    }
}
