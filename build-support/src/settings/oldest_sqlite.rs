//! `oldest_sqlite`: the oldest SQLite that the app is to run with.

use std::fmt;

use toml::Spanned;

use crate::diagnostic::Diagnostic;
use crate::source::SourceFile;

/// A version of SQLite, as SQLite counts: 3.35.0 is 3035000.
/// <https://www.sqlite.org/c3ref/c_source_id.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SqliteVersion(i32);

impl SqliteVersion {
    /// A version by its parts.
    pub const fn new(major: i32, minor: i32, patch: i32) -> Self {
        Self(major * 1_000_000 + minor * 1_000 + patch)
    }

    /// The version with this number.
    pub const fn from_number(number: i32) -> Self {
        Self(number)
    }

    /// The number that `sqlite3_libversion_number` returns.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The version in a text such as `3.35` or `3.35.4`.
    fn parse(text: &str) -> Option<Self> {
        let parts: Option<Vec<i32>> = text.split('.').map(|part| part.parse().ok()).collect();
        match *parts? {
            [major @ 3, minor @ 0..1000] => Some(Self::new(major, minor, 0)),
            [major @ 3, minor @ 0..1000, patch @ 0..1000] => Some(Self::new(major, minor, patch)),
            _ => None,
        }
    }
}

impl fmt::Display for SqliteVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor, patch) = (self.0 / 1_000_000, self.0 / 1_000 % 1_000, self.0 % 1_000);
        write!(f, "{major}.{minor}.{patch}")
    }
}

/// Reads the setting. The SQLite that proves has to be one that the app may have.
pub(super) fn read(
    file: &SourceFile,
    text: &Spanned<String>,
    proving: SqliteVersion,
) -> Result<SqliteVersion, Diagnostic> {
    let at = |message, label: &str| Diagnostic::at(file, text.span(), message, label);
    let Some(oldest) = SqliteVersion::parse(text.get_ref()) else {
        let message = format!("`{}` is not a version of SQLite", text.get_ref());
        return Err(at(message, "expected a version such as 3.35.0")
            .help("write the oldest that the app is to run with, such as \"3.35.0\""));
    };
    if oldest > proving {
        let message = format!("SQLite {oldest} is newer than the one that proves the steps");
        return Err(at(message, "newer than what is here")
            .note(format!(
                "the build script runs the steps with SQLite {proving}"
            ))
            .help("update rusqlite, or name an older version"));
    }
    Ok(oldest)
}

#[cfg(test)]
mod tests {
    use super::SqliteVersion;

    #[test]
    fn versions_are_read_and_shown() {
        let version = SqliteVersion::parse("3.35").unwrap();
        assert_eq!(version.number(), 3_035_000);
        assert_eq!(version.to_string(), "3.35.0");
        assert_eq!(SqliteVersion::parse("3.8.11").unwrap().number(), 3_008_011);
        for text in [
            "", "3", "4.0", "3.35.0.1", "3.-1", "3.1000", "v3.35", "3.35 ",
        ] {
            assert_eq!(SqliteVersion::parse(text), None, "{text}");
        }
    }
}
