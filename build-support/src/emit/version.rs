//! The module of a version: `v2`.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use stepladder::schema::{Entity, EntityKind};
use stepladder::sql::fold;

use super::data_class::{emit_classes, emit_view};
use super::doc::doc;
use super::ident::version_module;
use super::table::{column_names, emit_last, emit_table};
use super::{Input, Step, StepBody, allowed};
use crate::diff::{counterpart, is_same};
use crate::history::Version;
use crate::plan::{Change, PlannedRebuild};
use crate::settings::ClassVersions;

/// The modules of all versions, and `latest`.
pub(super) fn emit_versions(input: &Input<'_>) -> Vec<TokenStream> {
    let mut modules = Vec::new();
    let origins = origins(input);
    let newest = origins.last();
    for (version, origins) in input.history.versions.iter().zip(&origins) {
        let steps = Steps {
            to: input.steps.iter().find(|step| step.to == version.number),
            from: input.steps.iter().find(|step| step.from == version.number),
            back: (input.rollbacks.iter()).find(|step| step.to == version.number),
        };
        let classes = Classes { input, newest };
        modules.push(emit_version(input, version, &steps, origins, &classes));
    }
    if let Some(latest) = input.history.versions.last() {
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

/// Where the module of each table and view of a version is, by its name in lower case: at the version
/// at which it last changed.
type Origins = BTreeMap<String, i32>;

/// The origins at each version.
fn origins(input: &Input<'_>) -> Vec<Origins> {
    let mut all: Vec<Origins> = Vec::new();
    let mut previous: Option<&Version> = None;
    for version in &input.history.versions {
        let mut here = BTreeMap::new();
        for entity in modules(input, version) {
            let kept = previous
                .and_then(|previous| {
                    let old = counterpart(entity, &previous.schema)?;
                    let is_kept = is_same(old, entity)
                        && is_written_the_same(old, entity)
                        && previous.view_columns(old.name()) == version.view_columns(entity.name());
                    is_kept.then_some(old)
                })
                .and_then(|old| all.last()?.get(&fold(old.name())));
            here.insert(fold(entity.name()), kept.copied().unwrap_or(version.number));
        }
        all.push(here);
        previous = Some(version);
    }
    all
}

/// Which tables and views have data classes.
struct Classes<'c> {
    input: &'c Input<'c>,
    newest: Option<&'c Origins>,
}

impl Classes<'_> {
    /// Whether a table or view that has its module at this version has them.
    fn has(&self, version: i32, entity: &Entity) -> bool {
        match self.input.history.settings.data_classes.versions {
            ClassVersions::All => true,
            ClassVersions::None => false,
            ClassVersions::Latest => {
                let newest = self
                    .newest
                    .and_then(|newest| newest.get(&fold(entity.name())));
                newest == Some(&version)
            }
        }
    }

    fn emit(&self, version: &Version, entity: &Entity) -> TokenStream {
        if self.has(version.number, entity) {
            emit_classes(self.input, version, entity)
        } else {
            TokenStream::new()
        }
    }
}

/// The steps to and from a version, and the rollback to it.
struct Steps<'s> {
    to: Option<&'s Step>,
    from: Option<&'s Step>,
    back: Option<&'s Step>,
}

/// The entities that have a module: tables, and views whose rows can be read.
fn modules<'h>(input: &Input<'_>, version: &'h Version) -> impl Iterator<Item = &'h Entity> {
    let settings = &input.history.settings.data_classes;
    (version.schema.entities.iter()).filter(move |entity| match entity.kind() {
        EntityKind::Table | EntityKind::VirtualTable => true,
        EntityKind::View => {
            settings.versions != ClassVersions::None
                && !version.view_columns(entity.name()).is_empty()
        }
        EntityKind::Index | EntityKind::Trigger => false,
    })
}

/// Whether the identifiers are the same: Rust tells capital letters from small ones.
fn is_written_the_same(old: &Entity, new: &Entity) -> bool {
    old.name() == new.name() && column_names(old) == column_names(new)
}

fn emit_version(
    input: &Input<'_>,
    version: &Version,
    steps: &Steps<'_>,
    origins: &Origins,
    classes: &Classes<'_>,
) -> TokenStream {
    let mut kept: BTreeMap<i32, Vec<Ident>> = BTreeMap::new();
    let mut own = Vec::new();
    for entity in modules(input, version) {
        let is_view = entity.kind() == EntityKind::View;
        let origin = origins.get(&fold(entity.name())).copied();
        if is_view && !classes.has(origin.unwrap_or(version.number), entity) {
            continue;
        }
        match origin {
            Some(origin) if origin != version.number => {
                let gone = gone(steps, entity.name());
                let back = rebuilds_of([steps.back], entity.name());
                if !(gone.is_empty() && back.is_empty()) {
                    own.push(emit_last(input, entity, origin, &gone, &back));
                    continue;
                }
                kept.entry(origin)
                    .or_default()
                    .push(input.names.table(entity.name()));
            }
            Some(_) | None if is_view => own.push(emit_view(input, version, entity)),
            Some(_) | None => {
                let rebuilds = rebuilds_of([steps.to, steps.back], entity.name());
                let classes = classes.emit(version, entity);
                own.push(emit_table(input, entity, &rebuilds, &classes));
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
