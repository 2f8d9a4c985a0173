//! The module of a version: `v2`.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use stepladder::schema::Entity;
use stepladder::sql::fold;

use super::doc::doc;
use super::ident::version_module;
use super::table::{column_names, emit_last, emit_table};
use super::{Input, Step, StepBody, allowed};
use crate::diff::{counterpart, is_same};
use crate::history::Version;
use crate::plan::{Change, PlannedRebuild};

/// The modules of all versions, and `latest`.
pub(super) fn emit_versions(input: &Input<'_>) -> Vec<TokenStream> {
    let mut modules = Vec::new();
    // Where the module of each table is: the version at which it last changed.
    let mut origins: BTreeMap<String, i32> = BTreeMap::new();
    let mut previous: Option<&Version> = None;
    for version in &input.history.versions {
        let steps = Steps {
            to: input.steps.iter().find(|step| step.to == version.number),
            from: input.steps.iter().find(|step| step.from == version.number),
            back: (input.rollbacks.iter()).find(|step| step.to == version.number),
        };
        let mut here = BTreeMap::new();
        for entity in tables(version) {
            let kept = (previous.and_then(|previous| counterpart(entity, &previous.schema)))
                .filter(|old| is_same(old, entity) && is_written_the_same(old, entity))
                .and_then(|old| origins.get(&fold(old.name())));
            here.insert(fold(entity.name()), kept.copied().unwrap_or(version.number));
        }
        modules.push(emit_version(input, version, &steps, &here));
        origins = here;
        previous = Some(version);
    }
    if let Some(latest) = previous {
        let latest = version_module(latest.number);
        let allowed = allowed();
        modules.push(quote! {
            #[doc = " The newest version of the schema."]
            #allowed
            pub use self::#latest as latest;
        });
    }
    modules
}

/// The steps to and from a version, and the rollback to it.
struct Steps<'s> {
    to: Option<&'s Step>,
    from: Option<&'s Step>,
    back: Option<&'s Step>,
}

fn tables(version: &Version) -> impl Iterator<Item = &Entity> {
    (version.schema.entities.iter()).filter(|entity| !entity.kind().is_derived())
}

/// Whether the identifiers are the same: Rust tells capital letters from small ones.
fn is_written_the_same(old: &Entity, new: &Entity) -> bool {
    old.name() == new.name() && column_names(old) == column_names(new)
}

fn emit_version(
    input: &Input<'_>,
    version: &Version,
    steps: &Steps<'_>,
    origins: &BTreeMap<String, i32>,
) -> TokenStream {
    let mut kept: BTreeMap<i32, Vec<Ident>> = BTreeMap::new();
    let mut own = Vec::new();
    for entity in tables(version) {
        match origins.get(&fold(entity.name())) {
            Some(origin) if *origin != version.number => {
                let gone = gone(steps, entity.name());
                let back = rebuilds_of([steps.back], entity.name());
                if !(gone.is_empty() && back.is_empty()) {
                    own.push(emit_last(input, entity, *origin, &gone, &back));
                    continue;
                }
                kept.entry(*origin)
                    .or_default()
                    .push(input.names.table(entity.name()));
            }
            Some(_) | None => {
                let rebuilds = rebuilds_of([steps.to, steps.back], entity.name());
                own.push(emit_table(input, entity, &rebuilds));
            }
        }
    }
    let kept = kept.iter().map(|(origin, tables)| {
        let origin = version_module(*origin);
        quote!(pub use super::#origin::{#(#tables),*};)
    });
    let module = version_module(version.number);
    let number = version.number;
    let reached = doc(&format!(
        "What a step to version {number} returns: `m.done()`."
    ));
    let doc = doc(&format!("Version {number} of the schema."));
    let number = Literal::i32_unsuffixed(number);
    let allowed = allowed();
    quote! {
        #doc
        #allowed
        pub mod #module {
            #(#kept)*
            #(#own)*
            #reached
            pub type Reached = ::stepladder::Reached<#number>;
        }
    }
}

/// What of a table is gone at the next version: its columns, or `None` for the table itself. As far
/// as no step in Rust drops it and no rollback makes it again, nobody names it.
fn gone<'s>(steps: &Steps<'s>, table: &str) -> Vec<Option<&'s str>> {
    let mut gone = dropped(steps.from, table);
    for made in made(steps.back, table) {
        if !gone.contains(&made) {
            gone.push(made);
        }
    }
    gone
}

/// What of a table a step drops.
fn dropped<'s>(step: Option<&'s Step>, table: &str) -> Vec<Option<&'s str>> {
    let Some(StepBody::Rust(plan)) = step.map(|step| &step.body) else {
        return Vec::new();
    };
    let mut gone = Vec::new();
    for change in &plan.changes {
        match change {
            Change::DropTable(name) if name == table => gone.push(None),
            Change::DropColumn(name) | Change::RenameColumnFrom(name) if name.table == table => {
                gone.push(Some(name.column.as_str()));
            }
            Change::DropTable(_)
            | Change::DropColumn(_)
            | Change::RenameColumnFrom(_)
            | Change::CreateTable(_)
            | Change::AddColumn(_)
            | Change::RenameColumnTo(_)
            | Change::Rebuild(_) => {}
        }
    }
    for rebuild in plan.rebuilds.iter().filter(|rebuild| rebuild.old == table) {
        for column in &rebuild.dropped {
            if !gone.contains(&Some(column)) {
                gone.push(Some(column));
            }
        }
    }
    gone
}

/// What of a table a rollback makes again.
fn made<'s>(step: Option<&'s Step>, table: &str) -> Vec<Option<&'s str>> {
    let Some(StepBody::Rust(plan)) = step.map(|step| &step.body) else {
        return Vec::new();
    };
    let made = plan.changes.iter().filter_map(|change| match change {
        Change::CreateTable(name) if name == table => Some(None),
        Change::AddColumn(name) | Change::RenameColumnTo(name) if name.table == table => {
            Some(Some(name.column.as_str()))
        }
        Change::CreateTable(_)
        | Change::AddColumn(_)
        | Change::RenameColumnTo(_)
        | Change::DropTable(_)
        | Change::DropColumn(_)
        | Change::RenameColumnFrom(_)
        | Change::Rebuild(_) => None,
    });
    made.collect()
}

/// The rebuilds that make a table in these steps.
fn rebuilds_of<'s, const N: usize>(
    steps: [Option<&'s Step>; N],
    table: &str,
) -> Vec<(&'s Step, &'s PlannedRebuild)> {
    let steps = steps.into_iter().flatten();
    let of_step = |step: &'s Step| match &step.body {
        StepBody::Sql(_) => None,
        StepBody::Rust(plan) => {
            let mut rebuilds = plan.rebuilds.iter();
            Some((step, rebuilds.find(|rebuild| rebuild.new == table)?))
        }
    };
    steps.filter_map(of_step).collect()
}
