//! The text of the test.

use super::caller::Caller;
use crate::data_class::{ClassKind, DataClass, Field, Given, RustType};

/// A table of which a row goes in.
pub(super) struct Tested {
    /// The module of the table.
    pub(super) module: String,
    pub(super) class: DataClass,
    /// Whether the new version has a table of this name.
    pub(super) is_there: bool,
}

pub(super) fn data_test_text(caller: &Caller, (from, to): (i32, i32), tested: &[Tested]) -> String {
    let Caller {
        items,
        schema,
        strategy,
    } = caller;
    let items = if items.is_empty() {
        String::new()
    } else {
        format!("{items}\n")
    };
    let inserts: String = (tested.iter())
        .filter(|table| table.class.kind != ClassKind::ReadOnly)
        .map(|table| insert(from, table))
        .collect();
    let checks: Vec<_> = (tested.iter())
        .filter(|table| table.is_there)
        .map(|table| check(to, &table.module))
        .collect();
    let (new, checks) = if checks.is_empty() {
        (
            "_new",
            "            // The tables are gone: look for the rows where they are now.\n"
                .to_owned(),
        )
    } else {
        (
            "new",
            "            // Say here what the values are now, such as `assert_eq!(rows[0].title, \"..\")`.\n"
                .to_owned()
                + &checks.concat(),
        )
    };
    let to_module = if new == "new" {
        format!("{{v{from}, v{to}}}")
    } else {
        format!("v{from}")
    };
    format!(
        "//! What becomes of the data from version {from} to {to}. Write rows as the app of version \
         {from} did, and say what they\n//! are now. This file is yours: it is not written again.\n\n\
         {items}use {schema}::{to_module};\n\
         use stepladder::verify::SchemaVerifier;\n\n\
         #[test]\n\
         fn data_from_version_{from}_to_{to}() -> stepladder::Result<()> {{\n    \
             SchemaVerifier::new({schema}::history()).data_test(\n        \
                 &mut {strategy},\n        \
                 ({from}, {to}),\n        \
                 |old| {{\n\
         {inserts}            \
                     Ok(())\n        \
                 }},\n        \
                 |{new}| {{\n\
         {checks}            \
                     Ok(())\n        \
                 }},\n    \
             )\n\
         }}\n"
    )
}

fn insert(from: i32, table: &Tested) -> String {
    let required = (table.class.insert_fields()).filter(|field| field.given == Given::Required);
    let arguments: Vec<_> = required.map(value).collect();
    format!(
        "            v{from}::{}::Insert::new({}).insert(old)?;\n",
        table.module,
        arguments.join(", ")
    )
}

/// A value for a column. What refers to the first row of another table is 1.
fn value(field: &Field) -> String {
    let value = match &field.rust_type {
        RustType::Integer | RustType::Value => "1".to_owned(),
        RustType::Real => "1.5".to_owned(),
        RustType::Bool => "true".to_owned(),
        RustType::Text => format!("{:?}", field.column),
        RustType::Blob => "vec![1, 2]".to_owned(),
        RustType::Mapped(path) => format!("todo!(\"a `{}`\")", path.replace(['"', '\\'], "")),
    };
    if field.nullable {
        format!("Some({value})")
    } else {
        value
    }
}

fn check(to: i32, module: &str) -> String {
    format!(
        "            let rows = v{to}::{module}::Row::all(new)?;\n            \
         assert_eq!(rows.len(), 1);\n"
    )
}
