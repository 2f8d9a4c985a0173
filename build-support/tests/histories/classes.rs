//! Calls of the data classes of a history: SQLite accepts the SQL of each, and a row that goes in
//! comes out.

use quote::ToTokens as _;
use syn::{FnArg, ImplItem, Item, ItemImpl, ItemMod};

/// The statements that try all data classes in generated code.
pub(crate) fn trials(code: &str) -> String {
    let file = syn::parse_file(code).unwrap();
    let mut trials = String::new();
    for version in modules(&file.items) {
        let name = version.ident.to_string();
        let Some(number) = name.strip_prefix('v').and_then(|v| v.parse::<i32>().ok()) else {
            continue;
        };
        for table in modules(items(version)) {
            let classes = modules(items(table)).find(|module| module.ident == "data_class");
            if let Some(classes) = classes {
                let path = format!("{name}::{}", table.ident);
                trials += &trial(number, &path, items(classes));
            }
        }
    }
    trials
}

fn trial(version: i32, path: &str, classes: &[Item]) -> String {
    let new = |class: &str| {
        let arguments = arguments(classes, class, "new")?;
        Some(format!("{path}::{class}::new({arguments})"))
    };
    let has_returning = arguments(classes, "Insert", "insert_returning").is_some();
    let insert = new("Insert");
    let mut trial = vec![format!(
        "{{ let c = crate::support::empty(history(), {version});"
    )];
    // SQLite does not read an FTS4 index without content:
    // <https://www.sqlite.org/fts3.html#_contentless_fts4_tables_>
    let is_full_text = insert.is_some() && !has_returning;
    if !is_full_text {
        trial.push(format!(
            "let rows = {path}::Row::all(&c).unwrap().len() as u64;\n\
             assert_eq!({path}::Row::count(&c).unwrap(), rows);"
        ));
    }
    if let Some(key) = arguments(classes, "Row", "get").filter(|_| !is_full_text) {
        trial.push(format!(
            "assert_eq!({path}::Row::get(&c, {key}).unwrap(), None);"
        ));
    }
    if let Some(update) = new("Update") {
        trial.push(format!("assert!(!{update}.update(&c).unwrap());"));
    }
    match insert {
        Some(insert) if has_returning => trial.push(format!(
            "if let Some(row) = crate::support::fits({insert}.insert_returning(&c)) {{\n\
             assert_eq!({path}::Row::all(&c).unwrap(), [row]);\n}}"
        )),
        Some(insert) => trial.push(format!("crate::support::fits({insert}.insert(&c));")),
        None => {}
    }
    trial.push("}\n".to_owned());
    trial.join("\n")
}

/// Values for all arguments of a method but those of the connection; `None` where there is no such
/// method.
fn arguments(classes: &[Item], class: &str, method: &str) -> Option<String> {
    let impls = classes.iter().filter_map(|item| match item {
        Item::Impl(item) if is_of(item, class) => Some(item),
        _ => None,
    });
    let mut methods = impls
        .flat_map(|item| &item.items)
        .filter_map(|item| match item {
            ImplItem::Fn(function) => Some(&function.sig),
            _ => None,
        });
    let signature = methods.find(|signature| signature.ident == method)?;
    let values = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(argument) => {
            value(&argument.ty.to_token_stream().to_string().replace(' ', ""))
        }
        FnArg::Receiver(_) => None,
    });
    Some(values.collect::<Vec<_>>().join(", "))
}

fn is_of(item: &ItemImpl, class: &str) -> bool {
    item.trait_.is_none() && item.self_ty.to_token_stream().to_string() == class
}

/// A value of the type of an argument.
fn value(rust_type: &str) -> Option<&'static str> {
    Some(match rust_type {
        "&Connection" => return None,
        "i64" | "implInto<rusqlite::types::Value>" => "1",
        "f64" => "0.5",
        "bool" => "true",
        "&str" | "implInto<String>" => "\"a\"",
        "&[u8]" => "&[1]",
        "implInto<Vec<u8>>" => "[1]",
        "&rusqlite::types::Value" => "&stepladder::rusqlite::types::Value::Integer(1)",
        other => panic!("an argument of the type `{other}`"),
    })
}

fn items(module: &ItemMod) -> &[Item] {
    module.content.as_ref().map_or(&[], |(_, items)| items)
}

fn modules(items: &[Item]) -> impl Iterator<Item = &ItemMod> {
    items.iter().filter_map(|item| match item {
        Item::Mod(module) => Some(module),
        _ => None,
    })
}
