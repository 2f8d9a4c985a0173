//! A rollback is missing, and `stepladder.toml` says that each version has one.

mod schema {
    include!("../../build-support/tests/golden/rollbacks.rs");
}

use schema::{From2To3, From3To2, From3To4, From5To4, MigrationSteps, v2, v3, v4};
use stepladder::rusqlite::Connection;

struct Steps;

impl MigrationSteps for Steps {
    fn from2_to3(&mut self, m: From2To3<'_>) -> stepladder::Result<v3::Reached> {
        m.rename_table(v2::papers::table, v3::documents::table)?
            .rebuild(v3::items::Rebuild { price: "price * 100" })?
            .done()
    }

    fn from3_to4(&mut self, m: From3To4<'_>) -> stepladder::Result<v4::Reached> {
        m.rebuild(v4::items::Rebuild {})?.done()
    }

    fn report_stock(&mut self, _: &Connection) -> stepladder::Result<()> {
        Ok(())
    }

    fn from3_to2(&mut self, m: From3To2<'_>) -> stepladder::Result<v2::Reached> {
        m.rename_table(v3::documents::table, v2::papers::table)?
            .rebuild(v2::items::Rollback { price: "price / 100.0" })?
            .done()
    }

    fn from5_to4(&mut self, m: From5To4<'_>) -> stepladder::Result<v4::Reached> {
        m.rebuild(v4::documents::Rollback {})?.done()
    }
}

fn main() {}
