//! Where the parts of a snapshot stand in its file.

use std::ops::Range;

use crate::json::{self, Node};
use crate::source::SourceFile;

/// The places in the file of a snapshot, for messages.
#[derive(Debug)]
pub(crate) struct Places<'a> {
    text: &'a str,
    root: Option<Node>,
}

impl<'a> Places<'a> {
    pub(crate) fn new(file: &'a SourceFile) -> Self {
        Self {
            root: json::locate(&file.text),
            text: &file.text,
        }
    }

    /// The value of a field of the snapshot.
    pub(crate) fn field(&self, name: &str) -> Range<usize> {
        span(self.root.as_ref().and_then(|root| root.get(name)))
    }

    /// The value of a field of the parent.
    pub(crate) fn parent_field(&self, name: &str) -> Range<usize> {
        let parent = self.root.as_ref().and_then(|root| root.get("parent"));
        span(parent.and_then(|parent| parent.get(name)))
    }

    /// The value of a field of an entity.
    pub(crate) fn entity_field(&self, entity: usize, name: &str) -> Range<usize> {
        span(self.entity(entity).and_then(|entity| entity.get(name)))
    }

    /// The place of a range of bytes of the SQL of an entity, cut at the end of its first line.
    pub(crate) fn sql(&self, entity: usize, sql: &str, range: Range<usize>) -> Range<usize> {
        let lines = self.entity(entity).and_then(|entity| entity.get("sql"));
        let mut start = 0;
        for (index, line) in sql.split('\n').enumerate() {
            let end = start + line.len();
            if range.start <= end {
                let Some(node) = lines.and_then(|lines| lines.item(index)) else {
                    break;
                };
                let inner = range.start - start..range.end.clamp(range.start, end) - start;
                return json::span_in_string(self.text, &node.span, inner);
            }
            start = end + 1;
        }
        span(lines)
    }

    fn entity(&self, index: usize) -> Option<&Node> {
        self.root.as_ref()?.get("entities")?.item(index)
    }
}

/// The place of a node; the start of the file where there is none, which happens only in a file
/// that `serde_json` reads otherwise than we do.
fn span(node: Option<&Node>) -> Range<usize> {
    node.map_or(0..0, |node| node.span.clone())
}
