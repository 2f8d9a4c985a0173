//! The cases of a shared file of schema comparisons, where it is there.
#![cfg(feature = "verify")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use serde_json::Value;
use stepladder::compare::{CompareOptions, Difference, compare};
use stepladder::introspect::introspect;
use stepladder::schema::Schema;

fn schema(statements: &Value) -> Schema {
    let connection = Connection::open_in_memory().unwrap();
    for statement in statements.as_array().unwrap() {
        connection
            .execute_batch(statement.as_str().unwrap())
            .unwrap();
    }
    introspect(&connection).unwrap()
}

#[test]
fn every_case_comes_out_right() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/compare_cases.json");
    let Ok(text) = fs::read_to_string(file) else {
        println!("skipped: the file of cases is not there");
        return;
    };
    let cases: Value = serde_json::from_str(&text).unwrap();
    let mut wrong = Vec::new();
    for case in cases.as_array().unwrap() {
        let (expected, found) = (schema(&case["expected"]), schema(&case["found"]));
        let differences = compare(&expected, &found, &CompareOptions::default());
        let messages: Vec<_> = differences.iter().map(Difference::to_string).collect();
        println!("{}: {messages:?}", case["id"]);
        if differences.is_empty() != (case["verdict"] == "equal") {
            wrong.push(format!("{} {}: {messages:?}", case["id"], case["title"]));
        }
        // The answer does not depend on which side is which.
        let reverse = compare(&found, &expected, &CompareOptions::default());
        assert_eq!(reverse.is_empty(), differences.is_empty(), "{}", case["id"]);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
