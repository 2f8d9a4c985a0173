//! The type of a step, `From2To3`, and what its tables and columns can do in it.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use stepladder::schema::Table;

use super::change::{
    column_path, emit_new, emit_old, emit_place, emit_places, emit_tree, rebuild_path, table_path,
};
use super::doc::doc;
use super::ident::step_type;
use super::rebuild::emit_rebuild_impl;
use super::{Input, Step, allowed};
use crate::plan::{Change, ColumnName, PlannedRebuild, StepPlan};

/// The type aliases.
pub(super) fn emit_step_type(input: &Input<'_>, step: &Step, plan: &StepPlan) -> TokenStream {
    let Step { from, to, .. } = step;
    let (from, to) = (Literal::i32_unsuffixed(*from), Literal::i32_unsuffixed(*to));
    let alias = step_type(step);
    let doc = doc(&format!(
        "The {} from version {from} to {to}, with the changes that it has to make.",
        step.noun()
    ));
    let tree = emit_tree(input, step, plan, &plan.changes);
    let allowed = allowed();
    quote! {
        #doc
        #allowed
        pub type #alias<'m> = ::stepladder::Step<'m, #from, #to, #tree>;
    }
}

/// What tables and columns can do in the step.
pub(super) fn emit_step_impls(input: &Input<'_>, step: &Step, plan: &StepPlan) -> TokenStream {
    let changes = plan
        .changes
        .iter()
        .map(|change| emit_change_impl(input, step, plan, change));
    let rebuilds = plan.rebuilds.iter().flat_map(|rebuild| {
        [
            emit_rebuild_impl(input, step, plan, rebuild),
            emit_rebuilt_columns(input, step, plan, rebuild),
        ]
    });
    (changes
        .chain(rebuilds)
        .chain(emit_renames(input, step, plan)))
    .collect()
}

fn emit_change_impl(
    input: &Input<'_>,
    step: &Step,
    plan: &StepPlan,
    change: &Change,
) -> TokenStream {
    let place = emit_place(plan, change);
    let alter_table = quote!(AlterTable);
    let versions = versions(step);
    match change {
        Change::CreateTable(name) => {
            let table = table_path(input, step.to, name);
            quote!(impl NewTable<#versions> for #table { type Place = #place; })
        }
        Change::DropTable(name) => {
            let table = table_path(input, step.from, name);
            quote!(impl DroppedTable<#versions> for #table { type Place = #place; })
        }
        Change::AddColumn(name) => emit_new_column(input, step, name, &place, &alter_table),
        Change::RenameColumnTo(name) => {
            let old = emit_old(input, step, plan, name);
            emit_new_column(input, step, name, &place, &old)
        }
        Change::DropColumn(name) => emit_dropped_column(input, step, name, &place, &alter_table),
        Change::RenameColumnFrom(name) => {
            let new = emit_new(input, step, plan, name);
            emit_dropped_column(input, step, name, &place, &new)
        }
        Change::Rebuild(_) => TokenStream::new(),
    }
}

/// `2, 3`
fn versions(step: &Step) -> TokenStream {
    let from = Literal::i32_unsuffixed(step.from);
    let to = Literal::i32_unsuffixed(step.to);
    quote!(#from, #to)
}

/// The columns that only one version of a rebuilt table has: `add_column` and `drop_column` say
/// then that the table has to be rebuilt.
fn emit_rebuilt_columns(
    input: &Input<'_>,
    step: &Step,
    plan: &StepPlan,
    rebuild: &PlannedRebuild,
) -> TokenStream {
    let [change @ Change::Rebuild(_)] = rebuild.changes.as_slice() else {
        return TokenStream::new();
    };
    let place = emit_place(plan, change);
    let means = rebuild_path(input, step, &rebuild.new);
    let (Some(old), Some(new)) = (
        table_at(input, step.from, &rebuild.old),
        table_at(input, step.to, &rebuild.new),
    ) else {
        return TokenStream::new();
    };
    let name = |table: &Table, column: &str| ColumnName {
        table: table.name.clone(),
        column: column.to_owned(),
    };
    let added = (new.columns.iter())
        .filter(|column| old.column(&column.name).is_none())
        .map(|column| emit_new_column(input, step, &name(new, &column.name), &place, &means));
    let dropped = (old.columns.iter())
        .filter(|column| new.column(&column.name).is_none())
        .map(|column| emit_dropped_column(input, step, &name(old, &column.name), &place, &means));
    added.chain(dropped).collect()
}

fn emit_new_column(
    input: &Input<'_>,
    step: &Step,
    name: &ColumnName,
    place: &TokenStream,
    means: &TokenStream,
) -> TokenStream {
    let column = column_path(input, step.to, name);
    let definition = (table_at(input, step.to, &name.table))
        .and_then(|table| table.column(&name.column))
        .map_or("", |column| column.definition.as_str());
    let versions = versions(step);
    quote! {
        impl NewColumn<#versions> for #column {
            type Place = #place;
            type Means = #means;
            const DEFINITION: &'static str = #definition;
        }
    }
}

fn emit_dropped_column(
    input: &Input<'_>,
    step: &Step,
    name: &ColumnName,
    place: &TokenStream,
    means: &TokenStream,
) -> TokenStream {
    let column = column_path(input, step.from, name);
    let versions = versions(step);
    quote! {
        impl DroppedColumn<#versions> for #column {
            type Place = #place;
            type Means = #means;
        }
    }
}

fn emit_renames(input: &Input<'_>, step: &Step, plan: &StepPlan) -> Vec<TokenStream> {
    let versions = versions(step);
    let columns = plan.column_renames.iter().map(|rename| {
        let old = column_path(input, step.from, &rename.old);
        let new = column_path(input, step.to, &rename.new);
        let places = emit_places(plan, &rename.changes);
        quote!(impl RenameColumn<#new, #versions> for #old { type Places = #places; })
    });
    let tables = plan.table_renames.iter().map(|rename| {
        let old = table_path(input, step.from, &rename.old);
        let new = table_path(input, step.to, &rename.new);
        let places = emit_places(plan, &rename.changes);
        quote!(impl RenameTable<#new, #versions> for #old { type Places = #places; })
    });
    columns.chain(tables).collect()
}

fn table_at<'h>(input: &Input<'h>, version: i32, table: &str) -> Option<&'h Table> {
    (input.history.versions.iter())
        .find(|known| known.number == version)?
        .schema
        .table(table)
}
