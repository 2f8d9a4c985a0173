//! A method for a step that the schema does not have.

mod schema {
    include!("../../build-support/tests/golden/shop.rs");
}

use schema::{From2To3, From3To4, From4To5, From5To6, From6To7, MigrationSteps, v2, v3, v4, v5, v6, v7};

struct Steps;

impl MigrationSteps for Steps {
    fn from2_to3(&mut self, m: From2To3<'_>) -> stepladder::Result<v3::Reached> {
        m.create_table(v3::reviews::table)?
            .add_column(v3::customers::phone)?
            .rename_column(v2::purchases::note, v3::purchases::remark)?
            .drop_column(v2::coupons::campaign)?
            .drop_table(v2::settings::table)?
            .done()
    }

    fn from3_to4(&mut self, m: From3To4<'_>) -> stepladder::Result<v4::Reached> {
        m.create_table(v4::products_text::table)?
            .rebuild(v4::products::Rebuild {
                price: "price * 100",
                slug: "'product-' || id",
            })?
            .done()
    }

    fn from4_to5(&mut self, m: From4To5<'_>) -> stepladder::Result<v5::Reached> {
        m.rename_table(v4::purchases::table, v5::orders::table)?
            .rename_column(v4::customers::nick, v5::customers::name)?
            .done()
    }

    fn from5_to6(&mut self, m: From5To6<'_>) -> stepladder::Result<v6::Reached> {
        m.rename_column(v5::customers::phone, v6::customers::mobile)?
            .add_column(v6::customers::landline)?
            .rebuild(v6::coupons::Rebuild {})?
            .rebuild(v6::products_text::Rebuild {})?
            .done()
    }

    fn from6_to7(&mut self, m: From6To7<'_>) -> stepladder::Result<v7::Reached> {
        m.done()
    }

    fn from7_to8(&mut self, m: From6To7<'_>) -> stepladder::Result<v7::Reached> {
        m.done()
    }
}

fn main() {}
