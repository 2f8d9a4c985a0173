//! A loss that is declared for the name of a table in place of its type.

mod schema {
    include!("../../build-support/tests/golden/shop.rs");
}

use schema::{From2To3, v2, v3};

fn step(m: From2To3<'_>) -> stepladder::Result<v3::Reached> {
    m.create_table(v3::reviews::table)?
        .add_column(v3::customers::phone)?
        .rename_column(v2::purchases::note, v3::purchases::remark)?
        .allow_data_loss("coupons", "they have run out")
        .drop_column(v2::coupons::campaign)?
        .drop_table(v2::settings::table)?
        .done()
}

fn main() {}
