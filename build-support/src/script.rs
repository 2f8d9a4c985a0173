//! A file of SQL as statements with their lines.

use stepladder::sql::split_statements;

/// A file of SQL statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Script {
    /// The file, as it is shown.
    pub(crate) file: String,
    /// Its statements.
    pub(crate) statements: Vec<ScriptStatement>,
}

/// A statement and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScriptStatement {
    /// The text, without the semicolon.
    pub(crate) sql: String,
    /// The offset of its first byte in the file.
    pub(crate) start: usize,
    /// The line of its first byte, from 1.
    pub(crate) line: u32,
}

impl Script {
    /// The statements of a text.
    pub(crate) fn new(file: &str, text: &str) -> Self {
        let mut line = 1;
        let mut at = 0;
        let statements = split_statements(text).into_iter().map(|statement| {
            let newlines = text[at..statement.start].matches('\n').count();
            line += u32::try_from(newlines).unwrap_or(u32::MAX - line);
            at = statement.start;
            ScriptStatement {
                sql: statement.sql.replace("\r\n", "\n"),
                start: statement.start,
                line,
            }
        });
        Self {
            file: file.to_owned(),
            statements: statements.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Script;

    #[test]
    fn statements_have_their_lines() {
        let script = Script::new("a.sql", "\n-- one\nSELECT 1;\n\nSELECT\n 2; SELECT 3");
        let lines: Vec<_> = script
            .statements
            .iter()
            .map(|statement| statement.line)
            .collect();
        assert_eq!(lines, [3, 5, 6]);
    }
}
