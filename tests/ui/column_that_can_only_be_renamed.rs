//! A NOT NULL column with a new name is added.

mod schema {
    include!("../../build-support/tests/golden/shop.rs");
}

use schema::{From4To5, v4, v5};

fn step(m: From4To5<'_>) -> stepladder::Result<v5::Reached> {
    m.rename_table(v4::purchases::table, v5::orders::table)?
        .add_column(v5::customers::name)?
        .drop_column(v4::customers::nick)?
        .done()
}

fn main() {}
