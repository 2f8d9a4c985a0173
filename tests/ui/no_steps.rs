//! A type that has no steps.

mod schema {
    include!("../../build-support/tests/golden/shop.rs");
}

use schema::migration_steps;

struct Steps;

fn strategy() {
    let _ = stepladder::MigrationStrategy::new(migration_steps(Steps));
}

fn main() {}
