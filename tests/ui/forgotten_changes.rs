//! A step that forgets two changes: a column and a table that are gone.

mod schema {
    include!("../../build-support/tests/golden/shop.rs");
}

use schema::{From2To3, v2, v3};

fn step(m: From2To3<'_>) -> stepladder::Result<v3::Reached> {
    m.create_table(v3::reviews::table)?
        .add_column(v3::customers::phone)?
        .rename_column(v2::purchases::note, v3::purchases::remark)?
        .done()
}

fn main() {}
