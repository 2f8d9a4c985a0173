//! Doc comments: the generated code is read more often than the generator.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// The text as `///` comments, one a line.
pub(super) fn doc(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| {
        let line = if line.is_empty() {
            Literal::string("")
        } else {
            Literal::string(&format!(" {}", shown(line)))
        };
        quote!(#[doc = #line])
    });
    lines.collect()
}

/// rustc accepts no carriage return in a comment, and nothing that changes the direction of text:
/// <https://doc.rust-lang.org/rustc/lints/listing/deny-by-default.html>
fn shown(line: &str) -> String {
    let is_direction = |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut text = String::new();
    for c in line.chars() {
        if (c.is_control() && c != '\t') || is_direction(c) {
            text.extend(c.escape_unicode());
        } else {
            text.push(c);
        }
    }
    text
}

/// The text as code, whatever characters it has.
pub(super) fn code(text: &str) -> String {
    let text = text.replace('\n', " ");
    let backticks = text.split(|c| c != '`').map(str::len).max();
    match backticks {
        None | Some(0) => format!("`{text}`"),
        // https://spec.commonmark.org/0.31.2/#code-spans
        Some(longest) => {
            let fence = "`".repeat(longest + 1);
            format!("{fence} {text} {fence}")
        }
    }
}
