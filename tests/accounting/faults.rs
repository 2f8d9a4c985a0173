//! What is not as it was, behind a rollback.

use expect_test::expect;
use rusqlite::Connection;
use stepladder::accounting::{Kept, LossRule, account, faults};
use stepladder::introspect::introspect;

use crate::held;

const SETUP: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, b TEXT, n INTEGER, c TEXT);
    INSERT INTO t VALUES (1, 'anna', 'x1', 10, 'p'), (2, 'bert', 'x2', 20, 'q'), (5, 'cleo', 'x3', 30, 'r');";

fn told(step: &str) -> String {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(SETUP).unwrap();
    let before = held(&connection);
    connection.execute_batch(step).unwrap();
    let account = account(&before, &held(&connection));
    let faults = faults(&account, &introspect(&connection).unwrap());
    let lines: Vec<_> = faults.into_iter().map(|fault| fault.message).collect();
    lines.join("\n")
}

#[test]
fn each_is_told_once() {
    assert_eq!(told(""), "");
    // Nothing is lost by these, and it is not as it was.
    expect![[r#"
        column `t.a`: its values are in `t.b` now
        column `t.b`: its values are in `t.a` now
        column `t.n`: its values are other ones: the row with `id = 1`, `a = 'anna'`, `b = 'x1'` held `10` and holds `1000` now"#]]
    .assert_eq(&told("UPDATE t SET a = b, b = a, n = n * 100"));
    expect![[r#"
        table `t`: 1 of 3 rows is gone, such as the row with `id = 5`, `a = 'cleo'`, `b = 'x3'`
        column `t.c`: 2 of 2 values are gone: the row with `id = 1`, `a = 'anna'`, `b = 'x1'` held `'p'` and holds `NULL` now
        table `t`: AUTOINCREMENT remembered 5 and remembers 2 now, so that keys of deleted rows are given away again"#]]
    .assert_eq(&told(
        "DELETE FROM t WHERE id = 5; UPDATE sqlite_sequence SET seq = 2; UPDATE t SET c = NULL",
    ));
}

#[test]
fn what_the_step_has_not_kept_cannot_be_brought_back() {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(SETUP).unwrap();
    let before = held(&connection);
    connection.execute_batch("UPDATE t SET c = NULL").unwrap();
    let kept = Kept::of(&account(&before, &held(&connection)));
    connection.execute_batch("UPDATE t SET a = NULL").unwrap();
    let after = account(&before, &held(&connection));
    let faults = faults(&after, &introspect(&connection).unwrap());
    let of_rollback: Vec<_> = faults.iter().filter(|fault| kept.has(fault)).collect();
    assert_eq!(faults.len(), 2);
    assert_eq!(of_rollback.len(), 1);
    assert_eq!(of_rollback[0].object, "t.a");
    assert_eq!(of_rollback[0].rule, LossRule::DataLoss);
}
