//! A step that forgets a NOT NULL column with a new name.

mod schema {
    include!("../../build-support/tests/golden/shop.rs");
}

use schema::{From4To5, v4, v5};

fn step(m: From4To5<'_>) -> stepladder::Result<v5::Reached> {
    m.rename_table(v4::purchases::table, v5::orders::table)?
        .done()
}

fn main() {}
