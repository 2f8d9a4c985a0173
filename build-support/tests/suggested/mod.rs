//! What the documentation of a step suggests.

use std::fmt::Write as _;

/// A method of the trait and its documentation, without the slashes.
pub(crate) struct Method {
    pub(crate) signature: String,
    pub(crate) doc: String,
}

pub(crate) fn methods(generated: &str) -> Vec<Method> {
    let mut methods = Vec::new();
    let mut doc = String::new();
    let mut lines = generated.lines().map(str::trim);
    while let Some(line) = lines.next() {
        if let Some(text) = line.strip_prefix("///") {
            writeln!(doc, "{}", text.strip_prefix(' ').unwrap_or(text)).unwrap();
            continue;
        }
        if line.starts_with("fn from") {
            // A long one is on several lines.
            let mut signature = line.to_owned();
            while !signature.ends_with(';') {
                signature.push_str(lines.next().unwrap());
            }
            let signature = signature
                .trim_end_matches(';')
                .replace("::stepladder", "stepladder");
            methods.push(Method {
                signature,
                doc: std::mem::take(&mut doc),
            });
        }
        doc.clear();
    }
    methods
}

impl Method {
    /// The suggested code, and then what it says to write if a rename is none.
    pub(crate) fn blocks(&self) -> Vec<&str> {
        // A name may have backticks in it, but no line begins with one.
        let fences: Vec<_> = self.doc.split("\n```").collect();
        fences
            .chunks(2)
            .filter_map(|pair| pair.get(1)?.strip_prefix("text\n"))
            .collect()
    }

    pub(crate) fn as_suggested(&self) -> String {
        self.blocks()[0].to_owned()
    }

    /// The suggested code with something else for each rename.
    pub(crate) fn without_renames(&self) -> String {
        let blocks = self.blocks();
        let mut instead = blocks[1..].iter();
        let mut replaced: Vec<&str> = Vec::new();
        let mut code = String::new();
        // A rebuild is in place of all calls for its table.
        let tables = blocks[1..].iter().filter_map(|block| {
            let rebuild = block.trim_start().strip_prefix(".rebuild(")?;
            rebuild.split("::").nth(1)
        });
        let tables: Vec<_> = tables.collect();
        for line in blocks[0].lines() {
            let path = line
                .trim_start()
                .split(['(', ','])
                .nth(1)
                .unwrap_or_default();
            let table = path.split("::").nth(1).unwrap_or_default();
            let of_column = line.contains("_column(");
            if of_column && replaced.contains(&table) {
                continue;
            }
            if of_column && tables.contains(&table) {
                replaced.push(table);
            }
            if line.trim_start().starts_with(".rename_") || replaced.last() == Some(&table) {
                code.push_str(instead.next().unwrap());
            } else {
                code.push_str(line);
            }
            code.push('\n');
        }
        assert!(instead.next().is_none());
        code
    }
}
