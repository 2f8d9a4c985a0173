//! The function `history()`: each version as its difference to the one before.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use stepladder::EntityKind;
use stepladder::rusqlite;
use stepladder::schema::{Entity, Schema};

use super::evolution::emit_evolution;
use super::ident::version_module;
use super::rust_names::emit_rust_names;
use super::table::emit_entity;
use super::{Input, allowed};
use crate::diff::{counterpart, is_same};
use crate::directive::{Directive, directives};
use crate::script::{Script, ScriptStatement};
use crate::settings::SqliteVersion;

pub(super) fn emit_history(input: &Input<'_>) -> TokenStream {
    let empty = Schema::default();
    let mut previous = &empty;
    let mut deltas = Vec::new();
    for version in &input.history.versions {
        deltas.push(emit_delta(input, version.number, previous, &version.schema));
        previous = &version.schema;
    }
    let seed = input.seed.as_ref().map_or_else(
        || quote!(::core::option::Option::None),
        |script| {
            let script = emit_script(script);
            quote!(::core::option::Option::Some(#script))
        },
    );
    let proven_with = Literal::i32_unsuffixed(rusqlite::version_number());
    let oldest = input.history.settings.oldest_sqlite;
    let oldest = Literal::i32_unsuffixed(oldest.map_or(0, SqliteVersion::number));
    let allowances = emit_allowances(input);
    let evolution = emit_evolution(input);
    let rust_names = emit_rust_names(input);
    let allowed = allowed();
    quote! {
        #[doc = " All versions of the schema, oldest first."]
        #allowed
        pub fn history() -> &'static ::stepladder::History {
            use ::stepladder::pending::Table as _;
            static HISTORY: ::stepladder::History = ::stepladder::History {
                versions: &[#(#deltas),*],
                seed: #seed,
                sqlite: ::stepladder::__private::SqliteFacts {
                    proven_with: #proven_with,
                    oldest: #oldest,
                },
                allowances: &[#(#allowances),*],
                evolution: &[#(#evolution),*],
                rust_names: &[#(#rust_names),*],
            };
            &HISTORY
        }
    }
}

/// What the files of SQL declare, for the tests of the app.
fn emit_allowances(input: &Input<'_>) -> Vec<TokenStream> {
    let mut found = Vec::new();
    for pair in input.history.versions.windows(2) {
        let [old, new] = pair else { continue };
        let (old, new) = (old.number, new.number);
        for (file, from, to) in [
            (input.history.steps.get(&old), old, new),
            (input.history.rollbacks.get(&new), new, old),
        ] {
            let directives = file.map_or_else(Vec::new, |file| directives(&file.text));
            let allowed = directives.iter().filter_map(allowance);
            found.extend(allowed.map(|(rule, object)| {
                let [from, to] = [from, to].map(Literal::i32_unsuffixed);
                quote! {
                    ::stepladder::__private::Allowance {
                        step: (#from, #to),
                        rule: #rule,
                        object: #object,
                    }
                }
            }));
        }
    }
    found
}

/// The rule and the object of an `allow`; the proof has looked at its form.
fn allowance(directive: &Directive) -> Option<(&str, &str)> {
    let (allowed, _) = directive
        .words
        .strip_prefix("allow ")?
        .split_once(" because ")?;
    allowed.split_once(' ')
}

fn emit_delta(input: &Input<'_>, number: i32, old: &Schema, new: &Schema) -> TokenStream {
    let kept = kept(old, new);
    let removed = (old.entities.iter())
        .filter(|entity| !kept.iter().any(|(old, _)| std::ptr::eq(*old, *entity)))
        .map(|entity| {
            let kind = format_ident!("{}", kind_name(entity.kind()));
            let name = entity.name();
            quote!((::stepladder::EntityKind::#kind, #name))
        });
    let added = (new.entities.iter().enumerate())
        .filter(|(_, entity)| !kept.iter().any(|(_, new)| std::ptr::eq(*new, *entity)))
        .map(|(place, entity)| {
            let place = Literal::usize_unsuffixed(place);
            let entity = emit_entity_of(input, number, entity);
            quote!((#place, #entity))
        });
    let number = Literal::i32_unsuffixed(number);
    quote! {
        ::stepladder::__private::VersionDelta {
            number: #number,
            removed: &[#(#removed),*],
            added: &[#(#added),*],
        }
    }
}

/// A table's entity is in its module; indexes, triggers and views are written out. An entity that
/// only moved to another place is the one of the version before.
fn emit_entity_of(input: &Input<'_>, number: i32, entity: &Entity) -> TokenStream {
    if entity.kind().is_derived() {
        return emit_entity(entity);
    }
    let version = version_module(number);
    let module = input.names.table(entity.name());
    quote!(#version::#module::table::ENTITY)
}

/// The entities that both schemas have, in an order that both have.
fn kept<'s>(old: &'s Schema, new: &'s Schema) -> Vec<(&'s Entity, &'s Entity)> {
    let place = |entity: &Entity| {
        old.entities
            .iter()
            .position(|other| std::ptr::eq(other, entity))
    };
    let mut kept = Vec::new();
    let mut last = None;
    for entity in &new.entities {
        let Some(same) = counterpart(entity, old).filter(|other| is_same(other, entity)) else {
            continue;
        };
        if last.is_none_or(|last| place(same) > Some(last)) {
            last = place(same);
            kept.push((same, entity));
        }
    }
    kept
}

fn kind_name(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Table => "Table",
        EntityKind::VirtualTable => "VirtualTable",
        EntityKind::Index => "Index",
        EntityKind::Trigger => "Trigger",
        EntityKind::View => "View",
    }
}

/// A file of SQL as a constant expression.
pub(super) fn emit_script(script: &Script) -> TokenStream {
    let statements: Vec<_> = script.statements().collect();
    emit_statements(&script.file, &statements)
}

/// Some statements of a file as a constant expression.
pub(super) fn emit_statements(file: &str, statements: &[&ScriptStatement]) -> TokenStream {
    let statements = statements.iter().map(|statement| {
        let line = Literal::u32_unsuffixed(statement.line);
        let sql = Literal::string(&statement.sql);
        quote!((#line, #sql))
    });
    quote! {
        ::stepladder::__private::SqlScript {
            file: #file,
            statements: &[#(#statements),*],
        }
    }
}
