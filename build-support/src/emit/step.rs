//! The type of a step, `From2To3`, and what its tables and columns can do in it.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use stepladder::schema::Table;

use super::change::{column_path, emit_change, emit_changes, emit_tree, table_path};
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
        "The step from version {from} to {to}, with the changes that it has to make."
    ));
    let tree = emit_tree(input, step, &plan.changes);
    // Never a single leaf: rustc then takes its change for the only one that can be meant.
    let tree = match plan.changes.len() {
        1 => quote!(::stepladder::pending::Both<#tree, ::stepladder::pending::NothingPending>),
        _ => tree,
    };
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
        .map(|change| emit_change_impl(input, step, change));
    let rebuilds = plan.rebuilds.iter().flat_map(|rebuild| {
        [
            emit_rebuild_impl(input, step, rebuild),
            emit_rebuilt_columns(input, step, rebuild),
        ]
    });
    (changes
        .chain(rebuilds)
        .chain(emit_renames(input, step, plan)))
    .collect()
}

fn emit_change_impl(input: &Input<'_>, step: &Step, change: &Change) -> TokenStream {
    let kind = emit_change(input, step, change);
    match change {
        Change::CreateTable(name) => {
            let table = table_path(input, step.to, name);
            quote!(impl NewTable for #table { type Change = #kind; })
        }
        Change::DropTable(name) => {
            let table = table_path(input, step.from, name);
            quote!(impl DroppedTable for #table { type Change = #kind; })
        }
        Change::AddColumn(name) | Change::RenameColumnTo(name) => {
            emit_new_column(input, step, name, &kind)
        }
        Change::DropColumn(name) | Change::RenameColumnFrom(name) => {
            emit_dropped_column(input, step, name, &kind)
        }
        Change::Rebuild(_) => TokenStream::new(),
    }
}

/// The columns that come and go with a rebuild are new and dropped ones too: rustc then says
/// "rebuild" where somebody tries to add or drop them.
fn emit_rebuilt_columns(input: &Input<'_>, step: &Step, rebuild: &PlannedRebuild) -> TokenStream {
    let [change @ Change::Rebuild(_)] = rebuild.changes.as_slice() else {
        return TokenStream::new();
    };
    let kind = emit_change(input, step, change);
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
        .map(|column| emit_new_column(input, step, &name(new, &column.name), &kind));
    let dropped = (old.columns.iter())
        .filter(|column| new.column(&column.name).is_none())
        .map(|column| emit_dropped_column(input, step, &name(old, &column.name), &kind));
    added.chain(dropped).collect()
}

fn emit_new_column(
    input: &Input<'_>,
    step: &Step,
    name: &ColumnName,
    change: &TokenStream,
) -> TokenStream {
    let column = column_path(input, step.to, name);
    let definition = (table_at(input, step.to, &name.table))
        .and_then(|table| table.column(&name.column))
        .map_or("", |column| column.definition.as_str());
    quote! {
        impl NewColumn for #column {
            type Change = #change;
            const DEFINITION: &'static str = #definition;
        }
    }
}

fn emit_dropped_column(
    input: &Input<'_>,
    step: &Step,
    name: &ColumnName,
    change: &TokenStream,
) -> TokenStream {
    let column = column_path(input, step.from, name);
    quote!(impl DroppedColumn for #column { type Change = #change; })
}

fn emit_renames(input: &Input<'_>, step: &Step, plan: &StepPlan) -> Vec<TokenStream> {
    let columns = plan.column_renames.iter().map(|rename| {
        let old = column_path(input, step.from, &rename.old);
        let new = column_path(input, step.to, &rename.new);
        let changes = emit_changes(input, step, &rename.changes);
        quote!(impl RenameColumn<#new> for #old { type Changes = #changes; })
    });
    let tables = plan.table_renames.iter().map(|rename| {
        let old = table_path(input, step.from, &rename.old);
        let new = table_path(input, step.to, &rename.new);
        let changes = emit_changes(input, step, &rename.changes);
        quote!(impl RenameTable<#new> for #old { type Changes = #changes; })
    });
    columns.chain(tables).collect()
}

fn table_at<'h>(input: &Input<'h>, version: i32, table: &str) -> Option<&'h Table> {
    (input.history.versions.iter())
        .find(|known| known.number == version)?
        .schema
        .table(table)
}
