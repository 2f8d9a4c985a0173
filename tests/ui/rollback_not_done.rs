//! A rollback forgets a change, and takes the rebuild of the step for its own.

mod schema {
    include!("../../build-support/tests/golden/rollbacks.rs");
}

use schema::{From3To2, From4To3, v2, v3};

pub fn forgets(m: From3To2<'_>) -> stepladder::Result<v2::Reached> {
    m.rename_table(v3::documents::table, v2::papers::table)?.done()
}

pub fn rebuilds(m: From4To3<'_>) -> stepladder::Result<v3::Reached> {
    m.rebuild(v3::items::Rebuild { price: "price" })?.done()
}

fn main() {}
