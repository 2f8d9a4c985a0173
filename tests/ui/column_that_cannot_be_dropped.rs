//! A column with a UNIQUE constraint is dropped.

mod schema {
    include!("../../build-support/tests/golden/shop.rs");
}

use schema::{From5To6, v5, v6};

fn step(m: From5To6<'_>) -> stepladder::Result<v6::Reached> {
    m.drop_column(v5::coupons::label)?
        .done()
}

fn main() {}
