//! A rebuild that belongs to another step.

mod schema {
    include!("../../build-support/tests/golden/shop.rs");
}

use schema::{From5To6, v4, v6};

fn step(m: From5To6<'_>) -> stepladder::Result<v6::Reached> {
    m.rebuild(v4::products::Rebuild { price: "price", slug: "slug" })?
        .done()
}

fn main() {}
