//! What a step has to say of itself, and whether it does.

use super::super::declared::Declared;
use crate::accounting::{LossRule, Lost};
use crate::history::History;
use crate::sql::{fold, names_equal};

/// The rules by which a step in SQL says that there are no rows of a kind.
const NO_SUCH_ROWS: [&str; 7] = [
    "check_on_existing",
    "foreign_key_on_existing",
    "not_null_on_existing",
    "not_null_without_default",
    "odd_values",
    "type_change",
    "unique_on_existing",
];

/// Whether a step says that it loses this.
pub(super) fn is_declared(
    history: &History,
    step: (i32, i32),
    declared: &Declared,
    lost: &Lost,
) -> bool {
    let rules: &[&str] = match lost.rule {
        LossRule::DataLoss => &["data_loss", "drop_table", "drop_column"],
        LossRule::AutoincrementReset => &["autoincrement_reset"],
    };
    let in_sql = (history.allowances(step))
        .any(|allowed| rules.contains(&allowed.rule) && covers(allowed.object, &lost.object));
    in_sql || (declared.data_loss.iter()).any(|object| covers(object, &lost.object))
}

/// Whether who gives up an object gives up another: a table with its columns.
fn covers(object: &str, lost: &str) -> bool {
    names_equal(object, lost) || fold(lost).starts_with(&fold(&format!("{object}.")))
}

/// The tables in which a step says that there are no rows such as those that it refused.
pub(super) fn without_some_rows(history: &History, step: (i32, i32)) -> Vec<&'static str> {
    let allowed = history.allowances(step);
    let allowed = allowed.filter(|allowed| NO_SUCH_ROWS.contains(&allowed.rule));
    let tables = allowed.map(|allowed| {
        let object = allowed.object;
        object.split_once('.').map_or(object, |(table, _)| table)
    });
    tables.collect()
}

/// How a step says it.
pub(super) fn how_to_declare(
    history: &History,
    (from, to): (i32, i32),
    declared: &Declared,
    lost: &Lost,
) -> String {
    let rule = match lost.rule {
        LossRule::DataLoss => "data_loss",
        LossRule::AutoincrementReset => "autoincrement_reset",
    };
    let object = &lost.object;
    if declared.in_rust {
        let path = history.rust_path(object);
        return format!(
            "if it is meant, declare it in the step: `.allow_data_loss(v{from}::{path}, \"why\")`"
        );
    }
    format!(
        "if it is meant, declare it in `steps/from{from}_to{to}.sql`: \
         `-- stepladder: allow {rule} {object} because ..`"
    )
}
