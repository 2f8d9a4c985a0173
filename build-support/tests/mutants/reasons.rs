//! Why mutants that do something else are not rejected.

use crate::Tried;

type Applies = fn(&Tried) -> bool;

/// A reason, and the mutants that it is one for; the first that applies counts.
const REASONS: [(&str, Applies); 8] = [
    (
        "The order of the columns is another one. It does not count: ALTER TABLE adds columns at the\n\
         end, so that an upgraded table has another order than a new one anyway.",
        |tried| match tried.operator {
            "columns of a table swapped" => true,
            "statements swapped" => tried.shown.matches("ADD COLUMN").count() == 2,
            _ => false,
        },
    ),
    (
        "The text is another one and means the same to SQLite: a NOT NULL on a rowid or in the primary\n\
         key of a table WITHOUT ROWID (with whatever conflict clause), a collation that the column has\n\
         already.",
        |tried| does(tried, &["empty: main table ", "empty: main index "]),
    ),
    (
        "A NULL was filled, or a NULL is where nothing was: no value is lost.",
        |tried| shows(tried, &["[coalesce (", "SET nick = shown"]),
    ),
    (
        "`sqlite_sequence` has a row more that stands for no table, or one without a number: the table's\n\
         own number is right.",
        |tried| shows(tried, &["sqlite_sequence"]),
    ),
    (
        "Other values in a column or a table that is new, or other rows in it: what they are to be is the\n\
         author's decision, and nothing that was there is lost.",
        is_new,
    ),
    (
        "Rows that were copied to a new table are in the old one as well: nothing is lost.",
        |tried| tried.case == "archive" && shows(tried, &["DELETE FROM mails"]),
    ),
    (
        "Each old value still has a new one of its own, so that they can be told apart as before.",
        |tried| shows(tried, &["INTO new_tickets", "[abs ( id )]"]),
    ),
    (
        "The step declares that values of the column are lost, so that nothing is said of it. A guard\n\
         would leave the odd values alone, and the proof as it is.",
        |tried| tried.case == "rows 1",
    ),
];

/// The heading for those that have no reason.
pub(crate) const GAPS: &str =
    "KNOWN GAPS: something that was there is lost or repeated, and nothing is said.";

/// The reasons in their order, and the gaps.
pub(crate) fn headings() -> Vec<&'static str> {
    REASONS.iter().map(|(why, _)| *why).chain([GAPS]).collect()
}

/// Why a mutant survives.
pub(crate) fn reason(tried: &Tried) -> &'static str {
    let found = REASONS.iter().find(|(_, applies)| applies(tried));
    found.map_or(GAPS, |(why, _)| why)
}

fn shows(tried: &Tried, parts: &[&str]) -> bool {
    parts.iter().any(|part| tried.shown.contains(part))
}

fn does(tried: &Tried, starts: &[&str]) -> bool {
    let does = tried.does.as_deref().unwrap_or_default();
    starts.iter().any(|start| does.starts_with(start))
}

/// What is new in the versions of a history, as it is named in a statement that makes it.
const NEW: [(&str, &[&str]); 14] = [
    (
        "archive",
        &[
            "SET mails",
            "UPDATE senders SET ..",
            "INTO trash .. FROM mails [WHERE",
        ],
    ),
    (
        "backfill",
        &[
            "SET shown",
            "UPDATE people SET ..",
            "SET rank",
            "UPDATE tickets SET ..",
        ],
    ),
    ("classes 1", &["SET due"]),
    ("indexes", &["SET shelf"]),
    ("keys", &["fallen", "['oak']"]),
    ("plain 1", &["SET created"]),
    ("rebuild", &["notes , ['']"]),
    ("rollback", &["SET motto"]),
    ("rollbacks 1", &["SET stock"]),
    ("rollbacks 4", &["text , ['']"]),
    ("rowids", &["SET host"]),
    ("shop 1", &["SET stock"]),
    ("split", &["[WHERE street", "NULL OR [zip] -> [id]"]),
    ("strict", &["SET unit", "SET scope", "'app'"]),
];

fn is_new(tried: &Tried) -> bool {
    (NEW.iter()).any(|(case, parts)| *case == tried.case && shows(tried, parts))
}
