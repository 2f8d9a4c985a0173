//! The statements that a step cannot have.

use stepladder::sql::tokens;

use crate::diagnostic::Diagnostic;
use crate::script::ScriptStatement;
use crate::source::SourceFile;

/// The statements that a step cannot have, by their first word, and why.
const REFUSED: [(&str, &str); 12] = [
    ("BEGIN", TRANSACTION),
    ("COMMIT", TRANSACTION),
    ("END", TRANSACTION),
    ("ROLLBACK", TRANSACTION),
    ("SAVEPOINT", TRANSACTION),
    ("RELEASE", TRANSACTION),
    (
        "PRAGMA",
        "stepladder sets what an upgrade needs, `user_version` and foreign keys included",
    ),
    ("VACUUM", "SQLite does it only outside of a transaction"),
    ("ATTACH", "a step changes its own database only"),
    ("DETACH", "a step changes its own database only"),
    (
        "EXPLAIN",
        "it shows what the statement would do, and does nothing",
    ),
    (
        "REINDEX",
        "the step brings indexes to the new version by its `CREATE INDEX`",
    ),
];
const TRANSACTION: &str = "the whole upgrade is one transaction, which a step must not end";

/// The message about a statement that cannot be in a step.
pub(super) fn refuse(file: &SourceFile, statement: &ScriptStatement) -> Option<Diagnostic> {
    let tokens = tokens(&statement.sql);
    let first = tokens.first()?;
    let (word, reason) = REFUSED.iter().find(|(word, _)| first.is_keyword(word))?;
    let span = statement.start..statement.start + first.text.len();
    Some(
        Diagnostic::at(
            file,
            span,
            format!("`{word}` cannot be in this file"),
            "not here",
        )
        .note(*reason)
        .help("remove the statement"),
    )
}
