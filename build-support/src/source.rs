//! A text and the path under which the user knows it.

use std::sync::Arc;

/// A file that was read: its path as shown to the user and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The path from the parent of the schemas folder, with `/` between its parts:
    /// `schemas/schema_v2.json`.
    pub path: Arc<str>,
    /// The text, without a byte order mark.
    pub text: Arc<str>,
}

impl SourceFile {
    /// The file with this path and text.
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
        }
    }

    /// The line and column (in characters) of a byte offset, both counted from 1.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let before = &self.text[..floor_boundary(&self.text, offset)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (
            before.matches('\n').count() + 1,
            before[line_start..].chars().count() + 1,
        )
    }

    /// The byte offset of a line and a column in bytes, both counted from 1, as `serde_json`
    /// reports them.
    pub(crate) fn offset_of(&self, line: usize, column: usize) -> usize {
        let line_start = self
            .text
            .split_inclusive('\n')
            .take(line.saturating_sub(1))
            .map(str::len)
            .sum::<usize>();
        floor_boundary(&self.text, line_start + column.saturating_sub(1))
    }
}

/// The last character boundary that is not behind the offset.
pub(crate) fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::SourceFile;

    #[test]
    fn columns_are_characters() {
        let file = SourceFile::new("f", "a\nöb\n");
        assert_eq!(file.line_column(4), (2, 2));
        assert_eq!(file.line_column(3), (2, 1));
        assert_eq!(file.line_column(99), (3, 1));
        assert_eq!(file.offset_of(2, 3), 4);
        assert_eq!(file.offset_of(9, 9), 6);
    }
}
