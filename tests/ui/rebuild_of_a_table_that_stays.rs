//! A rebuild of a table that has not changed.

mod schema {
    include!("../../build-support/tests/golden/shop.rs");
}

use schema::{From3To4, v3, v4};

fn step(m: From3To4<'_>) -> stepladder::Result<v4::Reached> {
    m.create_table(v4::products_text::table)?
        .rebuild(v4::customers::Rebuild {})?
        .done()
}

fn main() {}
