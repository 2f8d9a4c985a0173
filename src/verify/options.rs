//! Which differences between a database and its version count.

use crate::compare::{CompareOptions, Difference, DifferenceKind, Differences, Strictness};
use crate::sql::{fold, names_equal};

/// Which differences between a database and the schema of its version count.
///
/// By default all that mean something to SQLite do; white space, quotes, the names of constraints,
/// how a type is written and the order of columns do not.
///
/// ```
/// use stepladder::compare::{DifferenceKind, Strictness};
/// use stepladder::verify::ValidationOptions;
///
/// let options = ValidationOptions::default()
///     // What a library of ours keeps in the same file.
///     .extra_entities(Strictness::Ignore)
///     .allow(DifferenceKind::Default, "todos.created_at")
///     .column_order(Strictness::Strict);
/// # let _ = options;
/// ```
#[derive(Debug, Clone, Default)]
pub struct ValidationOptions {
    compare: CompareOptions,
    extra_entities: Extra,
    allowed: Vec<(DifferenceKind, String)>,
    /// Names that are of the app in any case.
    known: Vec<&'static str>,
}

/// `Strictness` with the other default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Extra {
    #[default]
    Count,
    Ignore,
}

impl ValidationOptions {
    /// Whether tables, views, indexes and triggers count that the version does not have. They do by
    /// default.
    #[must_use]
    pub fn extra_entities(mut self, strictness: Strictness) -> Self {
        self.extra_entities = match strictness {
            Strictness::Ignore => Extra::Ignore,
            Strictness::Strict => Extra::Count,
        };
        self
    }

    /// Whether the order of the columns of a table counts. A column that a step adds is the last, so
    /// that an upgraded table may have another order than a new one.
    #[must_use]
    pub fn column_order(mut self, strictness: Strictness) -> Self {
        self.compare.column_order = strictness;
        self
    }

    /// Whether the names of constraints count.
    #[must_use]
    pub fn constraint_names(mut self, strictness: Strictness) -> Self {
        self.compare.constraint_names = strictness;
        self
    }

    /// Whether types count as they are written, `VARCHAR(20)` beside `TEXT`.
    #[must_use]
    pub fn type_names(mut self, strictness: Strictness) -> Self {
        self.compare.type_names = strictness;
        self
    }

    /// Allows a difference of one kind in one object: an entity, or a column as `todos.due_date`.
    #[must_use]
    pub fn allow(mut self, kind: DifferenceKind, object: &str) -> Self {
        self.allowed.push((kind, fold(object)));
        self
    }

    /// The same where what has one of these names is no extra: an older version had it.
    pub(crate) fn knowing(mut self, names: Vec<&'static str>) -> Self {
        self.known = names;
        self
    }

    pub(crate) fn compare_options(&self) -> &CompareOptions {
        &self.compare
    }

    /// The differences that count.
    pub(crate) fn counting(&self, found: Vec<Difference>) -> Differences {
        let counts = |difference: &Difference| {
            let object = &difference.object;
            let name = match &object.column {
                Some(column) => fold(&format!("{}.{column}", object.name)),
                None => fold(&object.name),
            };
            let is_extra = difference.kind == DifferenceKind::Unexpected
                && !(self.known.iter()).any(|known| names_equal(known, &object.name));
            !(is_extra && self.extra_entities == Extra::Ignore
                || (self.allowed.iter())
                    .any(|(kind, allowed)| *kind == difference.kind && *allowed == name))
        };
        Differences(found.into_iter().filter(counts).collect())
    }
}
