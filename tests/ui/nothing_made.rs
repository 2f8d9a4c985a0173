//! A step that makes none of its changes.

mod schema {
    include!("../../build-support/tests/golden/shop.rs");
}

use schema::{From2To3, v3};

fn step(m: From2To3<'_>) -> stepladder::Result<v3::Reached> {
    m.done()
}

fn main() {}
