//! What a statement of a schema creates, by its first tokens.

use std::ops::Range;

use stepladder::schema::EntityKind;
use stepladder::sql::{Token, tokens};

/// The head of a `CREATE` statement.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Create {
    pub(crate) kind: EntityKind,
    pub(crate) name: String,
    /// The place of the name in the statement.
    pub(crate) name_span: Range<usize>,
    /// The place of what the schema cannot have, and what it is.
    pub(crate) refused: Option<(Range<usize>, Refused)>,
    /// The event of a trigger.
    pub(crate) event: Option<Event>,
    /// The columns of `UPDATE OF`, with their places in the statement.
    pub(crate) update_of: Vec<(String, Range<usize>)>,
}

/// What a schema cannot have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// `CREATE TEMP ..` or a name in `temp`.
    Temporary,
    /// `CREATE TABLE .. AS SELECT`
    AsSelect,
}

/// What a trigger waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Event {
    Insert,
    Update,
    Delete,
}

/// The head of the statement; `None` where it is no `CREATE` of an entity.
pub(crate) fn read_create(sql: &str) -> Option<Create> {
    let tokens = tokens(sql);
    let mut rest = tokens.strip_prefix_keyword("CREATE")?;
    let mut refused = None;
    if let Some(after) = rest
        .strip_prefix_keyword("TEMP")
        .or_else(|| rest.strip_prefix_keyword("TEMPORARY"))
    {
        refused = Some((rest[0].start..rest[0].end(), Refused::Temporary));
        rest = after;
    }
    let (kind, rest) = entity_kind(rest)?;
    let rest = ["IF", "NOT", "EXISTS"]
        .iter()
        .try_fold(rest, |rest, word| rest.strip_prefix_keyword(word))
        .unwrap_or(rest);
    let (name, rest) = match rest {
        [schema, dot, name, rest @ ..] if dot.is_operator(".") => {
            if schema.unquoted()?.eq_ignore_ascii_case("temp") {
                refused = Some((schema.start..name.end(), Refused::Temporary));
            }
            (name, rest)
        }
        [name, rest @ ..] => (name, rest),
        [] => return None,
    };
    if let (EntityKind::Table, Some(first)) = (kind, rest.first())
        && first.is_keyword("AS")
    {
        refused = refused.or(Some((first.start..first.end(), Refused::AsSelect)));
    }
    let event = matches!(kind, EntityKind::Trigger)
        .then(|| event(rest))
        .flatten();
    Some(Create {
        kind,
        name: name.unquoted()?,
        name_span: name.start..name.end(),
        refused,
        event,
        update_of: update_of(rest),
    })
}

fn entity_kind<'a>(rest: &'a [Token<'a>]) -> Option<(EntityKind, &'a [Token<'a>])> {
    const KINDS: [(&[&str], EntityKind); 6] = [
        (&["TABLE"], EntityKind::Table),
        (&["VIRTUAL", "TABLE"], EntityKind::VirtualTable),
        (&["INDEX"], EntityKind::Index),
        (&["UNIQUE", "INDEX"], EntityKind::Index),
        (&["TRIGGER"], EntityKind::Trigger),
        (&["VIEW"], EntityKind::View),
    ];
    KINDS.iter().find_map(|(words, kind)| {
        let rest = words
            .iter()
            .try_fold(rest, |rest, word| rest.strip_prefix_keyword(word))?;
        Some((*kind, rest))
    })
}

/// The event follows the name, behind `BEFORE`, `AFTER` or `INSTEAD OF`.
fn event(rest: &[Token<'_>]) -> Option<Event> {
    rest.iter().take(3).find_map(|token| {
        [
            ("INSERT", Event::Insert),
            ("UPDATE", Event::Update),
            ("DELETE", Event::Delete),
        ]
        .iter()
        .find_map(|(word, event)| token.is_keyword(word).then_some(*event))
    })
}

/// The names between `UPDATE OF` and `ON`.
fn update_of(rest: &[Token<'_>]) -> Vec<(String, Range<usize>)> {
    rest.iter()
        .take_while(|token| !token.is_keyword("ON"))
        .skip_while(|token| !token.is_keyword("UPDATE"))
        .skip(2)
        .filter_map(|token| Some((token.unquoted()?, token.start..token.end())))
        .collect()
}

trait StripKeyword {
    fn strip_prefix_keyword(&self, keyword: &str) -> Option<&Self>;
}

impl StripKeyword for [Token<'_>] {
    fn strip_prefix_keyword(&self, keyword: &str) -> Option<&Self> {
        match self {
            [first, rest @ ..] if first.is_keyword(keyword) => Some(rest),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, Refused, read_create};
    use stepladder::schema::EntityKind;

    #[test]
    fn heads_are_read() {
        for (sql, kind, name) in [
            ("CREATE TABLE t(x)", EntityKind::Table, "t"),
            (
                "create table if not exists main.[a b](x)",
                EntityKind::Table,
                "a b",
            ),
            (
                "CREATE VIRTUAL TABLE f USING fts5(a)",
                EntityKind::VirtualTable,
                "f",
            ),
            (
                "CREATE UNIQUE INDEX \"i\"\"\" ON t(x)",
                EntityKind::Index,
                "i\"",
            ),
            ("CREATE /* c */ VIEW v AS SELECT 1", EntityKind::View, "v"),
        ] {
            let create = read_create(sql).unwrap();
            assert_eq!((create.kind, &*create.name), (kind, name), "{sql}");
            assert_eq!(create.refused, None, "{sql}");
        }
        for sql in [
            "INSERT INTO t VALUES (1)",
            "CREATE",
            "CREATE TABLE",
            "DROP TABLE t",
            "",
        ] {
            assert_eq!(read_create(sql), None, "{sql}");
        }
    }

    #[test]
    fn what_a_schema_cannot_have_is_seen() {
        let refused = |sql| read_create(sql).unwrap().refused.unwrap().1;
        assert_eq!(refused("CREATE TEMP TABLE t(x)"), Refused::Temporary);
        assert_eq!(refused("CREATE TABLE temp.t(x)"), Refused::Temporary);
        assert_eq!(refused("CREATE TABLE t AS SELECT 1"), Refused::AsSelect);
    }

    #[test]
    fn the_event_of_a_trigger_is_read() {
        let event = |sql| read_create(sql).unwrap().event;
        let instead = "CREATE TRIGGER g INSTEAD OF DELETE ON v BEGIN SELECT 1; END";
        assert_eq!(event(instead), Some(Event::Delete));
        let short = "CREATE TRIGGER g UPDATE OF a ON t BEGIN INSERT INTO t VALUES (1); END";
        assert_eq!(event(short), Some(Event::Update));
        let columns = read_create("CREATE TRIGGER g UPDATE OF a, \"b c\" ON t BEGIN SELECT 1; END");
        let columns = columns.unwrap().update_of;
        assert_eq!(
            columns,
            [("a".to_owned(), 27..28), ("b c".to_owned(), 30..35)]
        );
    }
}
