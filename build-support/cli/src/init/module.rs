//! The line `mod db;` in the root of a crate.

/// What becomes of the root of a crate.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Declared {
    /// The text with the line.
    Added(String),
    /// It has a module of that name.
    Already,
    /// Where the line would go cannot be told without parsing Rust.
    Unclear,
}

/// Adds the line behind what has to come first in a file: its documentation and its attributes.
pub(crate) fn declare(text: &str, line: &str) -> Declared {
    if text.lines().any(is_declaration) {
        return Declared::Already;
    }
    let mut at = 0;
    let mut position = 0;
    for current in text.split_inclusive('\n') {
        let trimmed = current.trim();
        position += current.len();
        let is_whole_attribute = trimmed.starts_with("#![")
            && trimmed.ends_with(']')
            && trimmed.matches('[').count() == trimmed.matches(']').count();
        if is_whole_attribute || trimmed.starts_with("//!") {
            at = position;
        } else if trimmed.starts_with("#!") || trimmed.starts_with("/*") {
            return Declared::Unclear;
        } else if !trimmed.is_empty() && !trimmed.starts_with("//") {
            break;
        }
    }
    let (before, after) = text.split_at(at);
    let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut lines = before.to_owned();
    if !before.is_empty() {
        if !before.ends_with('\n') {
            lines.push_str(ending);
        }
        lines.push_str(ending);
    }
    lines.push_str(line);
    lines.push_str(ending);
    let after = after.trim_start_matches(['\r', '\n']);
    if !after.is_empty() {
        let has_modules = ["mod ", "pub mod "]
            .iter()
            .any(|module| after.starts_with(module));
        if !has_modules {
            lines.push_str(ending);
        }
        lines.push_str(after);
    }
    Declared::Added(lines)
}

fn is_declaration(line: &str) -> bool {
    let line = line.trim_start();
    let line = line.strip_prefix("pub").map_or(line, |rest| {
        rest.split_once(") ")
            .map_or(rest, |(_, rest)| rest)
            .trim_start()
    });
    let name = line.strip_prefix("mod ").map(str::trim_start);
    name.and_then(|name| name.strip_prefix("db"))
        .is_some_and(|rest| rest.trim_start().starts_with([';', '{']))
}

#[cfg(test)]
mod tests {
    use super::{Declared, declare};

    fn check(text: &str, expected: &str) {
        assert_eq!(
            declare(text, "mod db;"),
            Declared::Added(expected.to_owned())
        );
    }

    #[test]
    fn it_comes_behind_documentation_and_attributes() {
        check("fn main() {}\n", "mod db;\n\nfn main() {}\n");
        check("", "mod db;\n");
        check("//! Notes.", "//! Notes.\n\nmod db;\n");
        check(
            "//! Notes.\n\n#![forbid(unsafe_code)]\n\nuse std::fs;\n",
            "//! Notes.\n\n#![forbid(unsafe_code)]\n\nmod db;\n\nuse std::fs;\n",
        );
        check(
            "mod cli;\nfn main() {}\n",
            "mod db;\nmod cli;\nfn main() {}\n",
        );
        check(
            "// Mine.\nfn main() {}\n",
            "mod db;\n\n// Mine.\nfn main() {}\n",
        );
        check(
            "//! a\r\nfn main() {}\r\n",
            "//! a\r\n\r\nmod db;\r\n\r\nfn main() {}\r\n",
        );
    }

    #[test]
    fn a_module_of_that_name_is_left() {
        for line in [
            "mod db;",
            "pub mod db;",
            "pub(crate) mod db {",
            "    mod db ;",
        ] {
            let text = format!("fn main() {{}}\n{line}\n");
            assert_eq!(declare(&text, "mod db;"), Declared::Already, "{line}");
        }
        check("mod dba;\n", "mod db;\nmod dba;\n");
    }

    #[test]
    fn what_would_have_to_be_parsed_is_not_touched() {
        for text in [
            "/* a\n#![x] */\n",
            "#![allow(\n    dead_code\n)]\n",
            "#!/usr/bin/env x\n",
        ] {
            assert_eq!(declare(text, "mod db;"), Declared::Unclear, "{text}");
        }
    }
}
