//! An expression for a column of another table.

mod schema {
    include!("../../build-support/tests/golden/shop.rs");
}

use schema::{From3To4, v3, v4};
use stepladder::TableRebuild as _;

fn step(m: From3To4<'_>) -> stepladder::Result<v4::Reached> {
    m.create_table(v4::products_text::table)?
        .rebuild(
            v4::products::Rebuild {
                price: "price * 100",
                slug: "'product-' || id",
            }
            .with(v4::customers::email, "lower(email)"),
        )?
        .done()
}

fn main() {}
