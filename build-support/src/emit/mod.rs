//! From versions and plans to Rust: data and thin wrappers, one function per item.

mod change;
mod history;
mod migrator;
mod rebuild;
mod step;
mod table;
mod version;

use proc_macro2::TokenStream;
use quote::quote;

use crate::history::History;
use crate::names::Names;
use crate::plan::StepPlan;
use crate::script::Script;

/// All that generated code is made from.
#[derive(Debug)]
pub struct Input<'h> {
    /// The checked history.
    pub history: &'h History,
    /// The Rust names.
    pub names: &'h Names,
    /// The steps, oldest first; one less than there are versions.
    pub steps: Vec<Step>,
    /// The rows for a new database.
    pub seed: Option<Script>,
}

/// The step between two consecutive versions.
#[derive(Debug)]
pub struct Step {
    /// The version from which it starts.
    pub from: i32,
    /// The version to which it leads.
    pub to: i32,
    /// How it is made.
    pub body: StepBody,
}

/// How a step is made.
#[derive(Debug)]
pub enum StepBody {
    /// By a file of SQL.
    Sql(Script),
    /// By a method of the trait.
    Rust(StepPlan),
}

/// The generated module.
pub fn emit(input: &Input<'_>) -> TokenStream {
    let versions = version::emit_versions(input);
    let history = history::emit_history(input);
    let migrator = migrator::emit_migrator(input);
    let steps = input.steps.iter().filter_map(|step| match &step.body {
        StepBody::Sql(_) => None,
        StepBody::Rust(plan) => Some(step::emit_step(input, step, plan)),
    });
    quote! {
        const _: () = ::stepladder::__private::GENERATED_CODE_1;
        #(#versions)*
        #history
        #migrator
        #(#steps)*
    }
}

/// The lints of the user's crate that generated code does not follow, each for its reason: not
/// everything is used by every app, names are those of SQL, and style is not for machines.
fn allowed() -> TokenStream {
    quote! {
        #[allow(
            dead_code,
            unused_imports,
            unreachable_pub,
            missing_debug_implementations,
            missing_copy_implementations,
            non_camel_case_types,
            non_snake_case,
            clippy::all,
            clippy::pedantic,
            clippy::nursery,
            clippy::restriction
        )]
    }
}
