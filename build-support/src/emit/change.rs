//! Changes as types.

use proc_macro2::TokenStream;
use quote::quote;

use super::ident::version_module;
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
            quote!(::stepladder::pending::Pending<::stepladder::pending::#change>)
        }
        _ => {
            let (first, second) = changes.split_at(changes.len() / 2);
            let first = emit_tree(input, step, plan, first);
            let second = emit_tree(input, step, plan, second);
            quote!(::stepladder::pending::Both<#first, #second>)
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
            let table = new_table(name);
            match plan
                .table_rename_to(name)
                .map(|rename| old_table(&rename.old))
            {
                Some(old) => quote!(CreateOrRenameTable<#table, #old>),
                None => quote!(CreateTable<#table>),
            }
        }
        Change::DropTable(name) => {
            let table = old_table(name);
            match plan
                .table_rename_from(name)
                .map(|rename| new_table(&rename.new))
            {
                Some(new) => quote!(DropOrRenameTable<#table, #new>),
                None => quote!(DropTable<#table>),
            }
        }
        Change::AddColumn(name) => {
            let column = new_column(name);
            match plan
                .column_rename_to(name)
                .map(|rename| old_column(&rename.old))
            {
                Some(old) => quote!(AddOrRenameColumn<#column, #old>),
                None => quote!(AddColumn<#column>),
            }
        }
        Change::DropColumn(name) => {
            let column = old_column(name);
            match plan
                .column_rename_from(name)
                .map(|rename| new_column(&rename.new))
            {
                Some(new) => quote!(DropOrRenameColumn<#column, #new>),
                None => quote!(DropColumn<#column>),
            }
        }
        Change::RenameColumnTo(name) => {
            let column = new_column(name);
            let old = emit_old(input, step, plan, name);
            quote!(RenameColumnTo<#column, #old>)
        }
        Change::RenameColumnFrom(name) => {
            let column = old_column(name);
            let new = emit_new(input, step, plan, name);
            quote!(RenameColumnFrom<#column, #new>)
        }
        Change::Rebuild(name) => {
            let rebuild = rebuild_path(input, step.to, name);
            match plan.table_rename_of_parent(change) {
                Some(rename) => {
                    let (old, new) = (old_table(&rename.old), new_table(&rename.new));
                    quote!(RebuildOrRename<#rebuild, #old, #new>)
                }
                None => quote!(Rebuild<#rebuild>),
            }
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
pub(super) fn rebuild_path(input: &Input<'_>, version: i32, table: &str) -> TokenStream {
    let version = version_module(version);
    let table = input.names.table(table);
    quote!(#version::#table::Rebuild)
}

/// `v2::todos::due_date`
pub(super) fn column_path(input: &Input<'_>, version: i32, name: &ColumnName) -> TokenStream {
    let version = version_module(version);
    let table = input.names.table(&name.table);
    let column = input.names.column(&name.table, &name.column);
    quote!(#version::#table::#column)
}
