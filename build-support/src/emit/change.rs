//! Changes as types and as words.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::ident::version_module;
use super::{Input, Step};
use crate::plan::{Change, ColumnName};

/// The tree of the changes of a step. Its depth grows with the logarithm of their number.
pub(super) fn emit_tree(input: &Input<'_>, step: &Step, changes: &[Change]) -> TokenStream {
    match changes {
        [] => quote!(::stepladder::pending::NothingPending),
        [change] => {
            let change = emit_change(input, step, change);
            quote!(::stepladder::pending::Pending<#change>)
        }
        _ => {
            let (first, second) = changes.split_at(changes.len() / 2);
            let first = emit_tree(input, step, first);
            let second = emit_tree(input, step, second);
            quote!(::stepladder::pending::Both<#first, #second>)
        }
    }
}

/// The changes that one method makes: `(A, (B, ()))`.
pub(super) fn emit_changes(input: &Input<'_>, step: &Step, changes: &[Change]) -> TokenStream {
    changes.iter().rev().fold(quote!(()), |others, change| {
        let change = emit_change(input, step, change);
        quote!((#change, #others))
    })
}

/// The type of one change.
pub(super) fn emit_change(input: &Input<'_>, step: &Step, change: &Change) -> TokenStream {
    let old_table = |name: &String| table_path(input, step.from, name);
    let new_table = |name: &String| table_path(input, step.to, name);
    let old_column = |name: &ColumnName| column_path(input, step.from, name);
    let new_column = |name: &ColumnName| column_path(input, step.to, name);
    let (kind, object) = match change {
        Change::CreateTable(table) => ("CreateTable", new_table(table)),
        Change::DropTable(table) => ("DropTable", old_table(table)),
        Change::AddColumn(column) => ("AddColumn", new_column(column)),
        Change::DropColumn(column) => ("DropColumn", old_column(column)),
        Change::RenameColumnTo(column) => ("RenameColumnTo", new_column(column)),
        Change::RenameColumnFrom(column) => ("RenameColumnFrom", old_column(column)),
        Change::Rebuild(table) => ("Rebuild", new_table(table)),
    };
    let kind = format_ident!("{kind}");
    quote!(::stepladder::pending::#kind<#object>)
}

/// `v2::todos::table`
pub(super) fn table_path(input: &Input<'_>, version: i32, table: &str) -> TokenStream {
    let version = version_module(version);
    let table = input.names.table(table);
    quote!(#version::#table::table)
}

/// `v2::todos::due_date`
pub(super) fn column_path(input: &Input<'_>, version: i32, name: &ColumnName) -> TokenStream {
    let version = version_module(version);
    let table = input.names.table(&name.table);
    let column = input.names.column(&name.table, &name.column);
    quote!(#version::#table::#column)
}

/// The call that makes a change, as a line of documentation.
pub(super) fn call(input: &Input<'_>, step: &Step, change: &Change) -> String {
    let in_old = |table: &str| format!("v{}::{}", step.from, input.names.table(table));
    let in_new = |table: &str| format!("v{}::{}", step.to, input.names.table(table));
    let column = |name: &ColumnName| input.names.column(&name.table, &name.column);
    match change {
        Change::CreateTable(table) => format!(".create_table({}::table)?", in_new(table)),
        Change::DropTable(table) => format!(".drop_table({}::table)?", in_old(table)),
        Change::AddColumn(name) => {
            format!(".add_column({}::{})?", in_new(&name.table), column(name))
        }
        Change::DropColumn(name) => {
            format!(".drop_column({}::{})?", in_old(&name.table), column(name))
        }
        Change::RenameColumnTo(name) => {
            format!(
                ".rename_column(.., {}::{})?",
                in_new(&name.table),
                column(name)
            )
        }
        Change::RenameColumnFrom(name) => {
            format!(
                ".rename_column({}::{}, ..)?",
                in_old(&name.table),
                column(name)
            )
        }
        Change::Rebuild(table) => format!(".rebuild({}::Rebuild {{ .. }})?", in_new(table)),
    }
}
