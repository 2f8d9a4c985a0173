//! `[renames]`: the old names of tables and columns.

use std::collections::BTreeMap;

use toml::{Spanned, Value};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::renames::Said;
use crate::source::SourceFile;

/// The section as it is written.
pub(super) type Section = BTreeMap<Spanned<String>, Spanned<Value>>;

pub(super) fn read(file: &SourceFile, section: Section, errors: &mut Diagnostics) -> Vec<Said> {
    let mut found = Vec::new();
    for (new, old) in section {
        let old_span = old.span();
        let Some(old) = names(old.into_inner()) else {
            errors.push(no_names(file, &new, old_span));
            continue;
        };
        found.push(Said {
            new_span: new.span(),
            new: new.into_inner(),
            old,
            old_span,
        });
    }
    found.sort_by_key(|said| said.new_span.start);
    found
}

/// One name, or several.
fn names(value: Value) -> Option<Vec<String>> {
    match value {
        Value::String(name) => Some(vec![name]),
        Value::Array(names) if !names.is_empty() => {
            let names = names.into_iter().map(|name| match name {
                Value::String(name) => Some(name),
                _ => None,
            });
            names.collect()
        }
        _ => None,
    }
}

fn no_names(file: &SourceFile, new: &Spanned<String>, span: std::ops::Range<usize>) -> Diagnostic {
    let new = new.get_ref();
    let message = format!("the old name of `{new}` is not a text");
    Diagnostic::at(file, span, message, "expected a name, or a list of names").help(format!(
        "write `\"{new}\" = \"old_name\"`, or `[\"older_name\", \"old_name\"]` where it had several"
    ))
}
