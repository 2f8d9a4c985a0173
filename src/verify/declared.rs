//! What steps in Rust say of themselves while a test runs them.

use std::cell::RefCell;

/// What was said while some work ran.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    /// The objects of which data may be lost, as `table` or `table.column`.
    pub(crate) data_loss: Vec<String>,
    /// Whether a step in Rust has run.
    pub(crate) in_rust: bool,
    /// The statements of steps in SQL.
    pub(crate) statements: Vec<&'static str>,
}

thread_local! {
    /// A step runs on the thread of its test.
    static HEARD: RefCell<Option<Declared>> = const { RefCell::new(None) };
}

/// Runs the work and gives back what its steps said.
pub(super) fn heard<T>(work: impl FnOnce() -> T) -> (T, Declared) {
    HEARD.set(Some(Declared::default()));
    let result = work();
    (result, HEARD.take().unwrap_or_default())
}

/// A step says that data of an object may be lost. Without a reason it says nothing.
pub(crate) fn allow_data_loss(object: String, because: &str) {
    HEARD.with_borrow_mut(|heard| {
        if let Some(heard) = heard
            && !because.trim().is_empty()
        {
            heard.data_loss.push(object);
        }
    });
}

/// A step in SQL runs a statement.
pub(crate) fn ran(statement: &'static str) {
    HEARD.with_borrow_mut(|heard| {
        if let Some(heard) = heard {
            heard.statements.push(statement);
        }
    });
}

/// A step in Rust runs.
pub(crate) fn in_rust() {
    HEARD.with_borrow_mut(|heard| {
        if let Some(heard) = heard {
            heard.in_rust = true;
        }
    });
}
