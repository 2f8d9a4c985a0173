//! The trait `MigrationSteps` and the function `migration_steps`.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::doc::doc;
use super::ident::{step_method, step_type, version_module};
use super::method_doc::method_doc;
use super::script::{Method, emit_call_methods, emit_run};
use super::{Input, Step, StepBody, allowed};
use crate::plan::StepPlan;

pub(super) fn emit_migrator(input: &Input<'_>) -> TokenStream {
    let arms = input.steps.iter().map(emit_arm);
    let rollbacks = emit_rollbacks(&input.rollbacks);
    let steps_trait = emit_trait(input);
    let allowed = allowed();
    quote! {
        #steps_trait
        #[doc = " The steps of this schema, for `stepladder::MigrationStrategy::new`."]
        #allowed
        pub fn migration_steps<S: MigrationSteps>(steps: S) -> Migrations<S> {
            Migrations(steps)
        }
        #[doc = " The steps of this schema: what `migration_steps` returns."]
        #allowed
        pub struct Migrations<S>(S);
        #allowed
        impl<S: MigrationSteps> ::stepladder::Migrator for Migrations<S> {
            fn history(&self) -> &'static ::stepladder::History {
                history()
            }
            fn run_step(
                &mut self,
                step: ::stepladder::__private::StepContext<'_>,
            ) -> ::stepladder::Result<()> {
                match step.from() {
                    #(#arms)*
                    _ => ::core::result::Result::Err(step.unknown()),
                }
            }
            #rollbacks
        }
    }
}

/// Nothing where there are none.
fn emit_rollbacks(rollbacks: &[Step]) -> Option<TokenStream> {
    let versions = (rollbacks.iter()).map(|step| Literal::i32_unsuffixed(step.from));
    let arms = rollbacks.iter().map(emit_arm);
    (!rollbacks.is_empty()).then(|| {
        quote! {
            fn rollbacks(&self) -> &'static [i32] {
                &[#(#versions),*]
            }
            fn run_rollback(
                &mut self,
                step: ::stepladder::__private::StepContext<'_>,
            ) -> ::stepladder::Result<()> {
                match step.from() {
                    #(#arms)*
                    _ => ::core::result::Result::Err(step.unknown()),
                }
            }
        }
    })
}

fn emit_arm(step: &Step) -> TokenStream {
    let from = Literal::i32_unsuffixed(step.from);
    match &step.body {
        StepBody::Sql(script) => {
            let run = emit_run(script);
            quote!(#from => #run,)
        }
        StepBody::Rust(_) => {
            let method = step_method(step);
            quote!(#from => step.run_rust(|m| self.0.#method(m)),)
        }
    }
}

fn emit_trait(input: &Input<'_>) -> TokenStream {
    let methods: Vec<_> = (input.both_ways())
        .flat_map(|step| match &step.body {
            StepBody::Sql(script) => emit_call_methods(step, script),
            StepBody::Rust(plan) => vec![emit_method(input, step, plan)],
        })
        .collect();
    let items = methods.iter().map(|method| &method.item);
    let unit = methods.is_empty().then(|| {
        quote! {
            #[doc = " Every step is a file of SQL: `migration_steps(())` is all there is to write."]
            impl MigrationSteps for () {}
        }
    });
    let names: Vec<_> = (methods.iter())
        .map(|method| format!("`{}`", method.name))
        .collect();
    let doc = doc(&trait_doc(input));
    let note = if names.is_empty() {
        "every step is a file of SQL: call `migration_steps(())`".to_owned()
    } else {
        format!(
            "implement `MigrationSteps` for it, with {}",
            names.join(", ")
        )
    };
    let allowed = allowed();
    quote! {
        #doc
        #allowed
        #[diagnostic::on_unimplemented(
            message = "`{Self}` has no migration steps",
            label = "does not implement `MigrationSteps`",
            note = #note
        )]
        pub trait MigrationSteps {
            #(#items)*
        }
        #unit
    }
}

/// What the methods of the trait are.
fn trait_doc(input: &Input<'_>) -> String {
    let mut doc = "The steps in Rust: one method for each step that has no file of SQL".to_owned();
    let is_rust = |step: &Step| matches!(step.body, StepBody::Rust(_));
    let calls = |step: &Step| matches!(&step.body, StepBody::Sql(script) if script.has_calls());
    let rollbacks = input.rollbacks.iter().any(is_rust);
    if rollbacks {
        doc.push_str(", one for each rollback\nthat has none");
    }
    if input.both_ways().any(calls) {
        doc.push_str(if rollbacks {
            ", and one "
        } else {
            ", and one\n"
        });
        doc.push_str("for each call in such a file");
    }
    doc.push('.');
    doc
}

fn emit_method(input: &Input<'_>, step: &Step, plan: &StepPlan) -> Method {
    let method = step_method(step);
    let alias = step_type(step);
    let version = version_module(step.to);
    let doc = doc(&method_doc(input, step, plan));
    Method {
        name: method.to_string(),
        item: quote! {
            #doc
            fn #method(&mut self, m: #alias<'_>) -> ::stepladder::Result<#version::Reached>;
        },
    }
}
