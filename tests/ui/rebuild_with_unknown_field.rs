//! A rebuild with an expression for a column that it does not ask for.

mod schema {
    include!("../../build-support/tests/golden/shop.rs");
}

use schema::{From3To4, v3, v4};

fn step(m: From3To4<'_>) -> stepladder::Result<v4::Reached> {
    m.create_table(v4::products_text::table)?
        .rebuild(v4::products::Rebuild {
            price: "price * 100",
            slug: "'product-' || id",
            title: "upper(title)",
        })?
        .done()
}

fn main() {}
