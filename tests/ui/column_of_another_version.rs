//! A column that is new at another version.

mod schema {
    include!("../../build-support/tests/golden/shop.rs");
}

use schema::{From2To3, v2, v3, v6};

fn step(m: From2To3<'_>) -> stepladder::Result<v3::Reached> {
    m.create_table(v3::reviews::table)?
        .add_column(v6::customers::mobile)?
        .rename_column(v2::purchases::note, v3::purchases::remark)?
        .drop_column(v2::coupons::campaign)?
        .drop_table(v2::settings::table)?
        .done()
}

fn main() {}
