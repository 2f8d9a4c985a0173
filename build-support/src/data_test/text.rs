//! The text of the test.

use super::caller::Caller;
use crate::data_class::{ClassKind, DataClass, Field, Given, RustType};

/// A table of which a row goes in.
pub(super) struct Tested {
    /// The module of the table.
    pub(super) module: String,
    pub(super) class: DataClass,
    /// The columns that the new version has elsewhere or not at all, and the identifiers of all.
    pub(super) moved: Vec<(usize, String)>,
    /// What the new version has under this name.
    pub(super) now: Option<Now>,
}

/// A table of the new version.
pub(super) struct Now {
    /// A column whose value can be said: the identifier in Rust.
    pub(super) column: Option<String>,
}

pub(super) fn data_test_text(caller: &Caller, (from, to): (i32, i32), tested: &[Tested]) -> String {
    let Caller {
        items,
        schema,
        strategy,
        verifier,
    } = caller;
    let inserts: String = (tested.iter())
        .filter(|table| table.class.kind != ClassKind::ReadOnly)
        .map(|table| insert(from, table))
        .collect();
    let checks: String = (tested.iter())
        .filter(|table| table.now.is_some())
        .map(|table| check(to, &table.module))
        .collect();
    // `rows` are those of the last table.
    let last = tested.iter().rev().find_map(|table| table.now.as_ref());
    let (new, modules, example) = match last {
        None => (
            "_new",
            format!("v{from}"),
            "where the rows are now".to_owned(),
        ),
        Some(Now { column }) => (
            "new",
            format!("{{v{from}, v{to}}}"),
            match column {
                Some(column) => {
                    format!("what the values are now, such as `assert_eq!(rows[0].{column}, ..)`")
                }
                None => "what the values of `rows` are now".to_owned(),
            },
        ),
    };
    let items = format!("{items}use {schema}::{modules};\n");
    format!(
        "//! What becomes of the data from version {from} to {to}. Write rows as the app of version \
         {from} did, and say what they\n//! are now. This file is yours: it is not written again.\n\n\
         {items}\n\
         #[test]\n\
         fn data_from_version_{from}_to_{to}() -> stepladder::Result<()> {{\n    \
             {verifier}.data_test(\n        \
                 &mut {strategy},\n        \
                 ({from}, {to}),\n        \
                 |old| {{\n\
         {inserts}            \
                     Ok(())\n        \
                 }},\n        \
                 |{new}| {{\n\
         {checks}            \
                     todo!(\"say {example}, and end with `Ok(())`\")\n        \
                 }},\n    \
             )\n\
         }}\n"
    )
}

fn insert(from: i32, table: &Tested) -> String {
    let required = (table.class.insert_fields()).filter(|field| field.given == Given::Required);
    let arguments: Vec<_> = required.map(value).collect();
    let new = format!(
        "v{from}::{}::Insert::new({})",
        table.module,
        arguments.join(", ")
    );
    let moved = table.moved.iter().filter_map(|(place, name)| {
        let field = &table.class.fields[*place];
        let value = match field.given {
            Given::Required | Given::Never => return None,
            Given::Default if field.nullable => format!("Some(Some({}))", kept(field)),
            Given::Optional | Given::Default => format!("Some({})", kept(field)),
        };
        Some(format!("                {name}: {value},\n"))
    });
    let moved: String = moved.collect();
    if moved.is_empty() {
        return format!("            {new}.insert(old)?;\n");
    }
    format!(
        "            v{from}::{0}::Insert {{\n{moved}                ..{new}\n            }}\n            \
         .insert(old)?;\n",
        table.module
    )
}

/// A value for a required column, which becomes its type by itself. What refers to the first row of
/// another table is 1.
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

/// A value for a field.
fn kept(field: &Field) -> String {
    match &field.rust_type {
        RustType::Text => format!("{:?}.to_owned()", field.column),
        RustType::Value => "1.into()".to_owned(),
        RustType::Integer => "1".to_owned(),
        RustType::Real => "1.5".to_owned(),
        RustType::Bool => "true".to_owned(),
        RustType::Blob => "vec![1, 2]".to_owned(),
        RustType::Mapped(path) => format!("todo!(\"a `{}`\")", path.replace(['"', '\\'], "")),
    }
}

fn check(to: i32, module: &str) -> String {
    format!(
        "            let rows = v{to}::{module}::Row::all(new)?;\n            \
         assert_eq!(rows.len(), 1);\n"
    )
}
