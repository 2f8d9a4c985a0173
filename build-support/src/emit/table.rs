//! The module of a table: `v2::todos`.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use stepladder::EntityKind;
use stepladder::schema::Entity;

use super::doc::{code, doc};
use super::ident::version_module;
use super::rebuild::emit_rebuild_struct;
use super::{Input, Step};
use crate::plan::PlannedRebuild;

/// The module, with the table, its columns, the rebuilds that make it and its data classes.
pub(super) fn emit_table(
    input: &Input<'_>,
    entity: &Entity,
    rebuilds: &[(&Step, &PlannedRebuild)],
    classes: &TokenStream,
) -> TokenStream {
    let module = input.names.table(entity.name());
    let columns = columns(entity);
    let columns = columns
        .iter()
        .map(|(name, definition)| emit_column(input, entity.name(), name, definition));
    let rebuilds = emit_rebuilds(input, rebuilds);
    let doc = table_doc(entity);
    let entity = emit_entity(entity);
    quote! {
        #doc
        pub mod #module {
            #doc
            pub struct table;
            impl ::stepladder::pending::Table for table {
                const ENTITY: ::stepladder::Entity = #entity;
            }
            #(#columns)*
            #rebuilds
            #classes
        }
    }
}

/// The module of a table at the last version that has it as it is, where that is not the first:
/// what the next step drops, and what the rollback makes again, is named by this version, also in
/// the messages of rustc.
pub(super) fn emit_last(
    input: &Input<'_>,
    entity: &Entity,
    origin: i32,
    gone: &[Option<&str>],
    rebuilds: &[(&Step, &PlannedRebuild)],
) -> TokenStream {
    let rebuilds = emit_rebuilds(input, rebuilds);
    let module = input.names.table(entity.name());
    let origin = version_module(origin);
    let doc = table_doc(entity);
    let columns = columns(entity);
    let items = gone.iter().map(|gone| match gone {
        None => quote! {
            #doc
            pub struct table;
            impl ::stepladder::pending::Table for table {
                const ENTITY: ::stepladder::Entity =
                    <super::super::#origin::#module::table as ::stepladder::pending::Table>::ENTITY;
            }
        },
        Some(gone) => (columns.iter())
            .filter(|(name, _)| name == gone)
            .map(|(name, definition)| emit_column(input, entity.name(), name, definition))
            .collect(),
    });
    quote! {
        #doc
        pub mod #module {
            pub use super::super::#origin::#module::*;
            #(#items)*
            #rebuilds
        }
    }
}

fn emit_rebuilds(input: &Input<'_>, rebuilds: &[(&Step, &PlannedRebuild)]) -> TokenStream {
    let rebuilds = rebuilds.iter();
    let structs = rebuilds.map(|(step, rebuild)| emit_rebuild_struct(input, step, rebuild));
    structs.collect()
}

fn table_doc(entity: &Entity) -> TokenStream {
    doc(&format!("The {} {}.", entity.kind(), code(entity.name())))
}

/// The columns of a table, each with its declaration.
fn columns(entity: &Entity) -> Vec<(&str, &str)> {
    match entity {
        Entity::Table(table) => (table.columns.iter())
            .map(|column| (column.name.as_str(), column.definition.as_str()))
            .collect(),
        Entity::VirtualTable(table) => (table.columns.iter())
            .map(|column| (column.as_str(), column.as_str()))
            .collect(),
        Entity::Index(_) | Entity::Trigger(_) | Entity::View(_) => Vec::new(),
    }
}

/// The names of the columns of a table.
pub(super) fn column_names(entity: &Entity) -> Vec<&str> {
    columns(entity).into_iter().map(|(name, _)| name).collect()
}

fn emit_column(input: &Input<'_>, table: &str, name: &str, definition: &str) -> TokenStream {
    let column = input.names.column(table, name);
    let doc = doc(&code(definition));
    quote! {
        #doc
        pub struct #column;
        impl ::stepladder::pending::Column for #column {
            type Table = table;
            const NAME: &'static str = #name;
        }
    }
}

/// The entity as a constant expression.
pub(super) fn emit_entity(entity: &Entity) -> TokenStream {
    let kind = match entity.kind() {
        EntityKind::Table => quote!(Table),
        EntityKind::VirtualTable => quote!(VirtualTable),
        EntityKind::Index => quote!(Index),
        EntityKind::Trigger => quote!(Trigger),
        EntityKind::View => quote!(View),
    };
    let name = Literal::string(entity.name());
    let table = Literal::string(entity.table_name());
    let sql = Literal::string(entity.sql());
    quote! {
        ::stepladder::Entity {
            kind: ::stepladder::EntityKind::#kind,
            name: #name,
            table: #table,
            sql: #sql,
        }
    }
}
