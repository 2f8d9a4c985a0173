//! The method that a step in SQL calls is missing.

mod schema {
    include!("../../build-support/tests/golden/calls.rs");
}

use schema::MigrationSteps;
use stepladder::rusqlite::Connection;

struct Steps;

impl MigrationSteps for Steps {
    fn check_slugs(&mut self, _: &Connection) -> stepladder::Result<()> {
        Ok(())
    }
}

fn main() {}
