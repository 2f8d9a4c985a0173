//! From versions and plans to Rust: data and thin wrappers, one function per item.

mod calls;
mod change;
mod data_class;
mod doc;
mod evolution;
mod fill;
mod history;
mod ident;
mod method_doc;
mod migration_tests;
mod migrator;
mod moved;
mod paths;
mod rebuild;
mod rust_names;
mod script;
mod step;
mod table;
mod version;

pub(crate) use method_doc::skeleton;

use proc_macro2::TokenStream;
use quote::quote;

use crate::history::History;
use crate::names::Names;
use crate::plan::StepPlan;
use crate::renames::Renames;
use crate::script::Script;

/// All that generated code is made from.
#[derive(Debug)]
pub(crate) struct Input<'h> {
    /// The schemas folder, as it is shown.
    pub(crate) folder: &'h str,
    /// The checked history.
    pub(crate) history: &'h History,
    /// The Rust names.
    pub(crate) names: &'h Names,
    /// The steps, oldest first; one less than there are versions.
    pub(crate) steps: Vec<Step>,
    /// What each of the steps renames.
    pub(crate) renames: Vec<Renames>,
    /// The rollbacks, each a step to the version before; not every version has one.
    pub(crate) rollbacks: Vec<Step>,
    /// The rows for a new database.
    pub(crate) seed: Option<Script>,
}

impl Input<'_> {
    /// The steps and the rollbacks.
    fn both_ways(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().chain(&self.rollbacks)
    }
}

/// The step between two consecutive versions.
#[derive(Debug)]
pub(crate) struct Step {
    /// The version from which it starts.
    pub(crate) from: i32,
    /// The version to which it leads.
    pub(crate) to: i32,
    /// How it is made.
    pub(crate) body: StepBody,
}

impl Step {
    /// Whether it leads to an older version.
    fn is_rollback(&self) -> bool {
        self.to < self.from
    }

    /// `step` or `rollback`
    fn noun(&self) -> &'static str {
        if self.is_rollback() {
            "rollback"
        } else {
            "step"
        }
    }
}

/// How a step is made.
#[derive(Debug)]
pub(crate) enum StepBody {
    /// By a file of SQL.
    Sql(Script),
    /// By a method of the trait.
    Rust(StepPlan),
}

/// The generated module.
pub(crate) fn emit(input: &Input<'_>) -> TokenStream {
    let versions = version::emit_versions(input);
    let second_names = paths::emit_second_names(&versions);
    let history = history::emit_history(input);
    let migrator = migrator::emit_migrator(input);
    let migration_tests = migration_tests::emit_migration_tests(input);
    let in_rust = || {
        input.both_ways().filter_map(|step| match &step.body {
            StepBody::Sql(_) => None,
            StepBody::Rust(plan) => Some((step, plan)),
        })
    };
    let types = in_rust().map(|(step, plan)| step::emit_step_type(input, step, plan));
    let impls = in_rust().map(|(step, plan)| step::emit_step_impls(input, step, plan));
    let allowed = allowed();
    let with_serde =
        (input.history.settings.data_classes.serde).then(|| quote!(::stepladder::__with_serde!();));
    quote! {
        ::stepladder::__generated_code!(1);
        #with_serde
        #(#versions)*
        #history
        #migrator
        #(#types)*
        #allowed
        const _: () = {
            use ::stepladder::pending::*;
            #(#impls)*
        };
        #second_names
        #migration_tests
    }
}

/// The lints of the user's crate that generated code does not follow, each for its reason: not
/// everything is used by every app, names are those of SQL, and style is not for machines.
fn allowed() -> TokenStream {
    quote! {
        #[allow(
            dead_code,
            missing_copy_implementations,
            missing_debug_implementations,
            non_camel_case_types,
            non_snake_case,
            unreachable_pub,
            unused_imports,
            clippy::all,
            clippy::nursery,
            clippy::pedantic,
            clippy::restriction
        )]
    }
}
