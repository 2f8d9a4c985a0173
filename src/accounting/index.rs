//! Where each value is.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::contents::{Contents, TableData};
use super::{Row, Value};

/// Table, column and row of a value.
pub(super) type Cell = (usize, usize, usize);

/// All places of every value; it is made when it is needed first, because most steps do not.
pub(super) struct Index<'c> {
    contents: &'c Contents,
    cells: OnceCell<HashMap<&'c Value, Vec<Cell>>>,
}

impl<'c> Index<'c> {
    pub(super) fn new(contents: &'c Contents) -> Self {
        let cells = OnceCell::new();
        Self { contents, cells }
    }

    /// Where a value is; `NULL` is nowhere.
    pub(super) fn places(&self, value: &Value) -> &[Cell] {
        let cells = self.cells.get_or_init(|| {
            let mut cells: HashMap<&Value, Vec<Cell>> = HashMap::new();
            for (t, table) in self.contents.tables.iter().enumerate() {
                for (c, column) in table.columns.iter().enumerate() {
                    for (r, value) in column.values.iter().enumerate() {
                        if !value.is_null() {
                            cells.entry(value).or_default().push((t, c, r));
                        }
                    }
                }
            }
            cells
        });
        cells.get(value).map_or(&[], Vec::as_slice)
    }
}

/// How many values identify a row in a message.
const SHOWN: usize = 3;
/// How many of its columns are shown that hold NULL: that may be why it is lost.
const NULLS_SHOWN: usize = 3;

/// What identifies a row for a reader: its key or rowid, and the first values that it has, except
/// those of a column that is told anyway.
pub(super) fn identify(table: &TableData, row: usize, except: Option<usize>) -> Row {
    let named = |column: usize| {
        let name = table.columns[column].name.clone();
        (name, table.value(column, row).clone())
    };
    let mut values: Vec<_> = table.key.iter().map(|column| named(*column)).collect();
    if let (true, Some(rowids)) = (values.is_empty(), &table.rowids) {
        values.push(("rowid".to_owned(), Value::Integer(rowids[row])));
    }
    let mut missing = SHOWN.saturating_sub(values.len());
    // Of a column, its own value is what there is to say.
    let mut nulls = if except.is_none() { NULLS_SHOWN } else { 0 };
    for column in (0..table.columns.len()).filter(|column| !table.is_key(*column)) {
        let left = if table.value(column, row).is_null() {
            &mut nulls
        } else {
            &mut missing
        };
        if Some(column) != except && *left > 0 {
            *left -= 1;
            values.push(named(column));
        }
    }
    Row(values)
}
