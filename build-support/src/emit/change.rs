//! Changes as types.

use proc_macro2::TokenStream;
use quote::quote;

use super::ident::{rebuild_struct, version_module};
use super::{Input, Step};
use crate::plan::{Change, ColumnName, StepPlan};

/// The tree of the changes of a step. Its depth grows with the logarithm of their number.
pub(super) fn emit_tree(
    input: &Input<'_>,
    step: &Step,
    plan: &StepPlan,
    changes: &[Change],
) -> TokenStream {
    match changes {
        [] => quote!(::stepladder::pending::NothingPending),
        [change] => {
            let change = emit_change(input, step, plan, change);
            quote!(::stepladder::pending::PendingChange<::stepladder::pending::#change>)
        }
        _ => {
            let (first, second) = changes.split_at(changes.len() / 2);
            let first = emit_tree(input, step, plan, first);
            let second = emit_tree(input, step, plan, second);
            quote!(::stepladder::pending::PendingBoth<#first, #second>)
        }
    }
}

/// The place of a change in the tree of its step.
pub(super) fn emit_place(plan: &StepPlan, change: &Change) -> TokenStream {
    let number = plan.changes.iter().position(|other| other == change);
    place(number.unwrap_or_default(), plan.changes.len())
}

/// The places of the changes that one method makes: `(A, (B, ()))`.
pub(super) fn emit_places(plan: &StepPlan, changes: &[Change]) -> TokenStream {
    changes.iter().rev().fold(quote!(()), |others, change| {
        let place = emit_place(plan, change);
        quote!((#place, #others))
    })
}

fn place(number: usize, count: usize) -> TokenStream {
    let first = count / 2;
    if count < 2 {
        quote!(Here)
    } else if number < first {
        let place = place(number, first);
        quote!(InFirst<#place>)
    } else {
        let place = place(number - first, count - first);
        quote!(InSecond<#place>)
    }
}

/// The type of one change, with what else it may be, for the message where it is not made.
fn emit_change(input: &Input<'_>, step: &Step, plan: &StepPlan, change: &Change) -> TokenStream {
    let old_table = |name: &str| table_path(input, step.from, name);
    let new_table = |name: &str| table_path(input, step.to, name);
    let old_column = |name: &ColumnName| column_path(input, step.from, name);
    let new_column = |name: &ColumnName| column_path(input, step.to, name);
    match change {
        Change::CreateTable(name) => {
            let (table, rename) = (new_table(name), plan.table_rename_to(name));
            rename.map(|rename| old_table(&rename.old)).map_or_else(
                || quote!(CreateTable<#table>),
                |old| quote!(CreateOrRenameTable<#table, #old>),
            )
        }
        Change::DropTable(name) => {
            let (table, rename) = (old_table(name), plan.table_rename_from(name));
            rename.map(|rename| new_table(&rename.new)).map_or_else(
                || quote!(DropTable<#table>),
                |new| quote!(DropOrRenameTable<#table, #new>),
            )
        }
        Change::AddColumn(name) => {
            let (column, rename) = (new_column(name), plan.column_rename_to(name));
            rename.map(|rename| old_column(&rename.old)).map_or_else(
                || quote!(AddColumn<#column>),
                |old| quote!(AddOrRenameColumn<#column, #old>),
            )
        }
        Change::DropColumn(name) => {
            let (column, rename) = (old_column(name), plan.column_rename_from(name));
            rename.map(|rename| new_column(&rename.new)).map_or_else(
                || quote!(DropColumn<#column>),
                |new| quote!(DropOrRenameColumn<#column, #new>),
            )
        }
        Change::RenameColumnTo(name) => {
            let (column, old) = (new_column(name), emit_old(input, step, plan, name));
            quote!(RenameColumnTo<#column, #old>)
        }
        Change::RenameColumnFrom(name) => {
            let (column, new) = (old_column(name), emit_new(input, step, plan, name));
            quote!(RenameColumnFrom<#column, #new>)
        }
        Change::Rebuild(name) => {
            let rebuild = rebuild_path(input, step, name);
            let rename = plan.table_rename_of_parent(change);
            let names = rename.map(|rename| (old_table(&rename.old), new_table(&rename.new)));
            names.map_or_else(
                || quote!(Rebuild<#rebuild>),
                |(old, new)| quote!(RebuildOrRename<#rebuild, #old, #new>),
            )
        }
    }
}

/// The first column that a rename can turn into this one.
pub(super) fn emit_old(
    input: &Input<'_>,
    step: &Step,
    plan: &StepPlan,
    new: &ColumnName,
) -> TokenStream {
    let rename = plan.column_renames.iter().find(|rename| rename.new == *new);
    match rename {
        Some(rename) => column_path(input, step.from, &rename.old),
        None => column_path(input, step.to, new),
    }
}

/// The first column into which a rename can turn this one.
pub(super) fn emit_new(
    input: &Input<'_>,
    step: &Step,
    plan: &StepPlan,
    old: &ColumnName,
) -> TokenStream {
    let rename = plan.column_renames.iter().find(|rename| rename.old == *old);
    match rename {
        Some(rename) => column_path(input, step.to, &rename.new),
        None => column_path(input, step.from, old),
    }
}

/// `v2::todos::table`
pub(super) fn table_path(input: &Input<'_>, version: i32, table: &str) -> TokenStream {
    let version = version_module(version);
    let table = input.names.table(table);
    quote!(#version::#table::table)
}

/// `v2::todos::Rebuild`
pub(super) fn rebuild_path(input: &Input<'_>, step: &Step, table: &str) -> TokenStream {
    let version = version_module(step.to);
    let table = input.names.table(table);
    let rebuild = rebuild_struct(step);
    quote!(#version::#table::#rebuild)
}

/// `v2::todos::due_date`
pub(super) fn column_path(input: &Input<'_>, version: i32, name: &ColumnName) -> TokenStream {
    let version = version_module(version);
    let table = input.names.table(&name.table);
    let column = input.names.column(&name.table, &name.column);
    quote!(#version::#table::#column)
}
