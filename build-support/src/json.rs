//! Where things stand in a JSON text.
//!
//! `serde_json` reads the values and rejects what is not JSON; this only finds the places, for a
//! message, in a text that it has accepted.

use std::ops::Range;

use serde_json::error::Category;

use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, floor_boundary};

/// A value and its place.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) span: Range<usize>,
    /// Whether it is an object or an array.
    is_list: bool,
    children: Vec<(Option<String>, Node)>,
}

impl Node {
    /// The value under a key of an object.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.children
            .iter()
            .find(|(name, _)| name.as_deref() == Some(key))
            .map(|(_, node)| node)
    }

    /// The text, number or word that an offset is in.
    pub(crate) fn leaf_at(&self, offset: usize) -> Option<&Node> {
        let inside = |node: &&Node| node.span.contains(&offset);
        let child = self.children.iter().map(|(_, node)| node).find(inside)?;
        if child.is_list {
            return child.leaf_at(offset);
        }
        Some(child)
    }

    /// An item of an array.
    pub(crate) fn item(&self, index: usize) -> Option<&Node> {
        self.children.get(index).map(|(_, node)| node)
    }
}

/// The places in a JSON text; `None` where it is not JSON.
pub(crate) fn locate(text: &str) -> Option<Node> {
    value(text, skip_space(text, 0)).map(|(node, _)| node)
}

/// The value at `at`, and the offset behind it.
fn value(text: &str, at: usize) -> Option<(Node, usize)> {
    let (children, end) = match text.as_bytes().get(at)? {
        b'{' => members(text, at + 1, b'}')?,
        b'[' => members(text, at + 1, b']')?,
        b'"' => (Vec::new(), string_end(text, at)?),
        _ => {
            let rest = text.get(at..)?;
            let length = rest
                .find(|c: char| matches!(c, ',' | '}' | ']') || c.is_whitespace())
                .unwrap_or(rest.len());
            (Vec::new(), at + length)
        }
    };
    let node = Node {
        span: at..end,
        is_list: matches!(text.as_bytes()[at], b'{' | b'['),
        children,
    };
    Some((node, end))
}

type Members = Vec<(Option<String>, Node)>;

fn members(text: &str, mut at: usize, close: u8) -> Option<(Members, usize)> {
    let mut members = Vec::new();
    loop {
        at = skip_space(text, at);
        match *text.as_bytes().get(at)? {
            byte if byte == close => return Some((members, at + 1)),
            b',' => at += 1,
            _ => {
                let mut key = None;
                if close == b'}' {
                    let end = string_end(text, at)?;
                    key = serde_json::from_str(&text[at..end]).ok();
                    let colon = skip_space(text, end);
                    text[colon..].strip_prefix(':')?;
                    at = skip_space(text, colon + 1);
                }
                let (node, end) = value(text, at)?;
                if end == at {
                    return None;
                }
                members.push((key, node));
                at = end;
            }
        }
    }
}

fn skip_space(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len()
}

fn string_end(text: &str, start: usize) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(start + 1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The message about a text that `serde_json` does not read as `what` it should be.
pub(crate) fn rejected(file: &SourceFile, error: &serde_json::Error, what: &str) -> Diagnostic {
    let text = error.to_string();
    let reason = text
        .rsplit_once(" at line ")
        .map_or(&*text, |(reason, _)| reason);
    let start = file.offset_of(error.line(), error.column());
    // A value that is wrong is shown whole, and not only where it ends.
    let root = locate(&file.text).filter(|_| error.is_data());
    let value = root.and_then(|root| Some(root.leaf_at(start)?.span.clone()));
    // The end of the text is shown behind its last character, on the line that has it.
    let start = start.min(floor_boundary(&file.text, file.text.trim_end().len()));
    let length = file.text[start..].chars().next().map_or(0, char::len_utf8);
    let what = match error.classify() {
        Category::Data => format!("is not {what}: {reason}"),
        Category::Eof if start == 0 => "is empty".to_owned(),
        Category::Eof => "ends too early".to_owned(),
        Category::Syntax | Category::Io => format!("is not JSON: {reason}"),
    };
    Diagnostic::at(
        file,
        value.unwrap_or(start..start + length),
        format!("`{}` {what}", file.path),
        "",
    )
}

/// The place in the JSON text of a range of bytes of the decoded string at `string`.
pub(crate) fn span_in_string(
    text: &str,
    string: &Range<usize>,
    inner: Range<usize>,
) -> Range<usize> {
    let last = string.end.saturating_sub(1);
    let (mut start, mut end) = (last, last);
    let mut decoded = 0;
    let mut at = string.start + 1;
    while at < last {
        if decoded <= inner.start {
            start = at;
        }
        if decoded >= inner.end {
            end = at;
            break;
        }
        let (raw, bytes) = character(&text[at..last]);
        decoded += bytes;
        at += raw;
    }
    if inner.start >= decoded {
        start = at.min(last);
    }
    start..end.max(start)
}

/// The length of one character as written in JSON and in UTF-8.
fn character(rest: &str) -> (usize, usize) {
    let hex = |from: usize| {
        let digits = rest.get(from..from + 4)?;
        u32::from_str_radix(digits, 16).ok()
    };
    if !rest.starts_with('\\') {
        let length = rest.chars().next().map_or(1, char::len_utf8);
        return (length, length);
    }
    if !rest.starts_with("\\u") {
        return (2.min(rest.len()), 1);
    }
    match hex(2) {
        // Two escapes that are one character together.
        Some(0xd800..0xdc00) if hex(8).is_some() => (12, 4),
        Some(code) => (6, char::from_u32(code).map_or(3, char::len_utf8)),
        None => (rest.len(), 1),
    }
}

#[cfg(test)]
mod tests {
    use super::{locate, span_in_string};

    #[test]
    fn values_are_found() {
        let text = r#" {"a": [1, {"b\"": "x"}], "c" : null} "#;
        let root = locate(text).unwrap();
        let inner = root.get("a").unwrap().item(1).unwrap();
        assert_eq!(&text[inner.get("b\"").unwrap().span.clone()], "\"x\"");
        assert_eq!(&text[root.get("c").unwrap().span.clone()], "null");
    }

    #[test]
    fn escapes_count_as_what_they_stand_for() {
        let text = r#""a\"\u00e9\ud83e\udd80b""#;
        let decoded: String = serde_json::from_str(text).unwrap();
        let whole = 0..text.len();
        for (part, raw) in [
            ("a", "a"),
            ("\"", "\\\""),
            ("é", "\\u00e9"),
            ("\u{1F980}", "\\ud83e\\udd80"),
            ("b", "b"),
        ] {
            let at = decoded.find(part).unwrap();
            let span = span_in_string(text, &whole, at..at + part.len());
            assert_eq!(&text[span], raw);
        }
        let end = span_in_string(text, &whole, decoded.len()..decoded.len());
        assert_eq!(end, text.len() - 1..text.len() - 1);
    }

    #[test]
    fn what_is_not_json_has_no_places() {
        for text in ["", "{", "[1", "{\"a\"", "\"a", "{,]", "[}"] {
            assert!(locate(text).is_none(), "{text}");
        }
    }
}
