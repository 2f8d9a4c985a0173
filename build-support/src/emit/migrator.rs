//! The trait `MigrationSteps` and the function `migration_steps`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::change::call;
use super::history::emit_script;
use super::{Input, Step, StepBody, allowed};
use crate::diff::DerivedChangeKind;
use crate::plan::StepPlan;

pub(super) fn emit_migrator(input: &Input<'_>) -> TokenStream {
    let methods: Vec<_> = (input.steps.iter())
        .filter_map(|step| match &step.body {
            StepBody::Sql(_) => None,
            StepBody::Rust(plan) => Some((step, plan)),
        })
        .collect();
    let arms = input.steps.iter().map(emit_arm);
    let steps_trait = emit_trait(input, &methods);
    let allowed = allowed();
    quote! {
        #steps_trait
        #allowed
        #[doc = "The steps of this schema, for `stepladder::MigrationStrategy::new`."]
        pub fn migration_steps<S: MigrationSteps>(steps: S) -> Migrations<S> {
            Migrations(steps)
        }
        #allowed
        #[doc = "The steps of this schema: what `migration_steps` returns."]
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
        }
    }
}

fn emit_arm(step: &Step) -> TokenStream {
    let from = step.from;
    match &step.body {
        StepBody::Sql(script) => {
            let script = emit_script(script);
            quote!(#from => step.run_sql(&#script),)
        }
        StepBody::Rust(_) => {
            let method = method_name(step);
            quote!(#from => step.run_rust(|m| self.0.#method(m)),)
        }
    }
}

fn method_name(step: &Step) -> proc_macro2::Ident {
    format_ident!("from{}_to{}", step.from, step.to)
}

fn emit_trait(input: &Input<'_>, methods: &[(&Step, &StepPlan)]) -> TokenStream {
    let items = methods.iter().map(|(step, plan)| emit_method(input, step, plan));
    let unit = methods.is_empty().then(|| {
        quote! {
            #[doc = "Every step is a file of SQL: `migration_steps(())` is all there is to write."]
            impl MigrationSteps for () {}
        }
    });
    let names: Vec<_> = methods.iter().map(|(step, _)| format!("`{}`", method_name(step))).collect();
    let note = if names.is_empty() {
        "every step is a file of SQL: call `migration_steps(())`".to_owned()
    } else {
        format!("implement `MigrationSteps` for it, with {}", names.join(", "))
    };
    let allowed = allowed();
    quote! {
        #allowed
        #[doc = "The steps in Rust: one method for each step that has no file of SQL."]
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

fn emit_method(input: &Input<'_>, step: &Step, plan: &StepPlan) -> TokenStream {
    let method = method_name(step);
    let alias = format_ident!("From{}To{}", step.from, step.to);
    let version = format_ident!("v{}", step.to);
    let doc = method_doc(input, step, plan);
    quote! {
        #[doc = #doc]
        fn #method(&mut self, m: #alias<'_>) -> ::stepladder::Result<#version::Reached>;
    }
}

/// What the step has to make, as code to copy.
fn method_doc(input: &Input<'_>, step: &Step, plan: &StepPlan) -> String {
    let Step { from, to, .. } = step;
    let mut doc = format!("The step from version {from} to {to}.");
    if plan.changes.is_empty() {
        doc.push_str(" No table changes:\n\n```text\nm");
    } else {
        doc.push_str(" The changes that it has to make:\n\n```text\nm");
    }
    for change in &plan.changes {
        doc.push_str("\n    ");
        doc.push_str(&call(input, step, change));
    }
    doc.push_str("\n    .done()\n```");
    for rename in &plan.column_renames {
        doc.push_str(&format!(
            "\n\n`{}.{}` may become `{}` by `.rename_column(..)`.",
            rename.old.table, rename.old.column, rename.new.column
        ));
    }
    for rename in &plan.table_renames {
        doc.push_str(&format!(
            "\n\n`{}` may become `{}` by `.rename_table(..)`.",
            rename.old, rename.new
        ));
    }
    for rebuild in &plan.rebuilds {
        for required in &rebuild.required {
            doc.push_str(&format!(
                "\n\nThe rebuild of `{}` needs an expression for `{}`: {}.",
                rebuild.new, required.column, required.reason
            ));
        }
    }
    if !plan.derived.is_empty() {
        doc.push_str("\n\nDone by itself:");
        for derived in &plan.derived {
            let verb = match derived.change {
                DerivedChangeKind::Created => "create",
                DerivedChangeKind::Dropped => "drop",
                DerivedChangeKind::Changed => "change",
            };
            doc.push_str(&format!("\n- {verb} the {} `{}`", derived.kind, derived.name));
        }
    }
    doc
}
