//! The identifiers that carry version numbers.

use proc_macro2::{Ident, Span};

use super::Step;

/// `v2`
pub(super) fn version_module(version: i32) -> Ident {
    ident(&format!("v{version}"))
}

/// `From2To3`
pub(super) fn step_type(step: &Step) -> Ident {
    ident(&format!("From{}To{}", step.from, step.to))
}

/// `from2_to3`
pub(super) fn step_method(step: &Step) -> Ident {
    ident(&format!("from{}_to{}", step.from, step.to))
}

/// `Rebuild`, and `Rollback` for the rebuild that a rollback makes: a table can have both.
pub(super) fn rebuild_struct(step: &Step) -> Ident {
    ident(if step.is_rollback() {
        "Rollback"
    } else {
        "Rebuild"
    })
}

fn ident(text: &str) -> Ident {
    Ident::new(text, Span::call_site())
}
