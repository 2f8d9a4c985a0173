//! A step that forgets a table with a new name.

mod schema {
    include!("../../build-support/tests/golden/shop.rs");
}

use schema::{From4To5, v4, v5};

fn step(m: From4To5<'_>) -> stepladder::Result<v5::Reached> {
    m.rename_column(v4::customers::nick, v5::customers::name)?
        .done()
}

fn main() {}
