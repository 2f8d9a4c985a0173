//! Doc comments: the generated code is read more often than the generator.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// The text as `///` comments, one a line.
pub(super) fn doc(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| {
        let line = if line.is_empty() {
            Literal::string("")
        } else {
            Literal::string(&format!(" {line}"))
        };
        quote!(#[doc = #line])
    });
    lines.collect()
}

/// The text as code, whatever characters it has.
pub(super) fn code(text: &str) -> String {
    let text = text.replace('\n', " ");
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}
