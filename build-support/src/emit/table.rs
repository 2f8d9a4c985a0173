//! The module of a table: `v2::todos`.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use stepladder::EntityKind;
use stepladder::schema::Entity;

use super::Input;
use super::doc::{code, doc};
use super::rebuild::emit_rebuild_struct;
use crate::plan::PlannedRebuild;

/// The module, with the table, its columns and, where the step to this version needs it, the
/// rebuild.
pub(super) fn emit_table(
    input: &Input<'_>,
    entity: &Entity,
    rebuild: Option<&PlannedRebuild>,
) -> TokenStream {
    let module = input.names.table(entity.name());
    let columns = columns(entity);
    let columns = columns
        .iter()
        .map(|(name, definition)| emit_column(input, entity.name(), name, definition));
    let rebuild = rebuild.map(|rebuild| emit_rebuild_struct(input, rebuild));
    let doc = doc(&format!("The {} {}.", entity.kind(), code(entity.name())));
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
            #rebuild
        }
    }
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
