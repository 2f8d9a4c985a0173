//! A JSON file with the places of its values, so that each message can say where.

use std::ops::Range;

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::json::{self, Node};
use crate::source::SourceFile;

/// A file that is JSON.
#[derive(Debug)]
pub(super) struct JsonFile {
    file: SourceFile,
    value: Value,
    places: Option<Node>,
}

impl JsonFile {
    pub(super) fn read(file: &SourceFile) -> Result<Self, Diagnostic> {
        let value = serde_json::from_str(&file.text).map_err(|error| {
            json::rejected(file, &error, "a schema").help("export it again, and commit it whole")
        })?;
        Ok(Self {
            places: json::locate(&file.text),
            file: file.clone(),
            value,
        })
    }

    pub(super) fn root(&self) -> Cursor<'_> {
        Cursor {
            file: &self.file,
            value: &self.value,
            node: self.places.as_ref(),
        }
    }
}

/// A value in a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) value: &'a Value,
    node: Option<&'a Node>,
}

impl<'a> Cursor<'a> {
    /// A field; `None` where there is none, or null.
    pub(super) fn get(self, key: &str) -> Option<Self> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        Some(Self {
            value,
            node: self.node.and_then(|node| node.get(key)),
            ..self
        })
    }

    /// A field that has to be there.
    pub(super) fn field(self, key: &str) -> Result<Self, Diagnostic> {
        self.get(key).ok_or_else(|| {
            let message = format!("`{}` has no field `{key}` here", self.file.path);
            let label = format!("expected `{key}`");
            Diagnostic::at(self.file, self.head(), message, label)
                .help("export the schema again: the file is not as its tool writes it")
        })
    }

    /// The items of a list; none where it is no list.
    pub(super) fn items(self) -> impl Iterator<Item = Self> {
        let items = self.value.as_array().map_or(&[][..], Vec::as_slice);
        items.iter().enumerate().map(move |(index, value)| Self {
            value,
            node: self.node.and_then(|node| node.item(index)),
            ..self
        })
    }

    /// The items of a list under a key; none where there is none.
    pub(super) fn list(self, key: &str) -> impl Iterator<Item = Self> + use<'a> {
        self.get(key).into_iter().flat_map(Self::items)
    }

    /// The text that this is.
    pub(super) fn text(self) -> Result<&'a str, Diagnostic> {
        self.value.as_str().ok_or_else(|| self.is_no("a text"))
    }

    /// The text under a key, which has to be there.
    pub(super) fn text_field(self, key: &str) -> Result<&'a str, Diagnostic> {
        self.field(key)?.text()
    }

    /// The text under a key; `None` where there is none.
    pub(super) fn text_at(self, key: &str) -> Option<&'a str> {
        self.get(key)?.value.as_str()
    }

    /// Whether there is a `true` under a key.
    pub(super) fn is_true(self, key: &str) -> bool {
        self.get(key).and_then(|found| found.value.as_bool()) == Some(true)
    }

    /// The version that this is.
    pub(super) fn version(self) -> Result<i32, Diagnostic> {
        let number = self.value.as_i64().and_then(|n| i32::try_from(n).ok());
        number
            .filter(|number| *number > 0)
            .ok_or_else(|| self.is_no(&format!("a version from 1 to {}", i32::MAX)))
    }

    /// The place of the value.
    pub(super) fn span(self) -> Range<usize> {
        self.node.map_or(0..0, |node| node.span.clone())
    }

    /// The place of the value, of an object or list only its first character.
    fn head(self) -> Range<usize> {
        let span = self.span();
        if self.value.is_object() || self.value.is_array() {
            return span.start..(span.start + 1).min(self.file.text.len());
        }
        span
    }

    fn is_no(self, expected: &str) -> Diagnostic {
        let found = match self.value {
            Value::Object(_) => "an object".to_owned(),
            Value::Array(_) => "a list".to_owned(),
            other => format!("`{other}`"),
        };
        let message = format!("expected {expected}, found {found}");
        Diagnostic::at(self.file, self.head(), message, "")
            .help("export the schema again: the file is not as its tool writes it")
    }
}
