//! The steps in Rust of the sample histories.

use stepladder::TableRebuild as _;
use stepladder::rusqlite::Connection;

use crate::shop::{
    From2To3, From3To4, From4To5, From5To6, From6To7, MigrationSteps, v2, v3, v4, v5, v6, v7,
};

/// The steps of the shop: the code that the documentation of each method suggests, and a rename of
/// `phone`, where it does not choose.
pub(crate) struct Steps;

impl MigrationSteps for Steps {
    fn from2_to3(&mut self, m: From2To3<'_>) -> stepladder::Result<v3::Reached> {
        m.create_table(v3::reviews::table)?
            .add_column(v3::customers::phone)?
            .rename_column(v2::purchases::note, v3::purchases::remark)?
            .allow_data_loss(v2::coupons::campaign, "the campaigns are over")
            .drop_column(v2::coupons::campaign)?
            .allow_data_loss(v2::settings::table, "they are in a file now")
            .drop_table(v2::settings::table)?
            .done()
    }

    fn from3_to4(&mut self, m: From3To4<'_>) -> stepladder::Result<v4::Reached> {
        m.create_table(v4::products_text::table)?
            .rebuild(v4::products::Rebuild {
                price: "price * 100",
                slug: "'product-' || id",
            })?
            .execute(
                "INSERT INTO products_text (products_text) VALUES ('rebuild')",
                [],
            )?
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
            .allow_data_loss(v5::coupons::label, "nobody reads them")
            .rebuild(v6::coupons::Rebuild {})?
            .rebuild(v6::products_text::Rebuild {})?
            .done()
    }

    fn from6_to7(&mut self, m: From6To7<'_>) -> stepladder::Result<v7::Reached> {
        m.done()
    }
}

impl crate::renames::MigrationSteps for Steps {
    fn from1_to2(
        &mut self,
        m: crate::renames::From1To2<'_>,
    ) -> stepladder::Result<crate::renames::v2::Reached> {
        use crate::renames::{v1, v2};
        m.rename_table(v1::users::table, v2::people::table)?
            .rename_column(v1::todos::nr, v2::todos::id)?
            .rename_column(v1::todos::owner_id, v2::todos::user_id)?
            .done()
    }
}

impl crate::rows::MigrationSteps for Steps {
    fn from2_to3(
        &mut self,
        m: crate::rows::From2To3<'_>,
    ) -> stepladder::Result<crate::rows::v3::Reached> {
        m.execute("UPDATE entries SET note = '' WHERE note IS NULL", [])?
            .done()
    }
}

/// The step as `make-migrations --rust` prints it, where nobody knows what the rows are to be.
pub(crate) struct NotWritten;

impl crate::rows::MigrationSteps for NotWritten {
    #[expect(
        unreachable_code,
        clippy::todo,
        reason = "rustc says that something is to be written"
    )]
    fn from2_to3(
        &mut self,
        m: crate::rows::From2To3<'_>,
    ) -> stepladder::Result<crate::rows::v3::Reached> {
        m.execute(todo!("what becomes of the rows, in SQL"), [])?
            .done()
    }
}

/// What calls do in detail is in `tests/calls.rs`.
impl crate::calls::MigrationSteps for Steps {
    fn fill_slugs(&mut self, connection: &Connection) -> stepladder::Result<()> {
        connection.execute("UPDATE notes SET slug = 'note-' || id", [])?;
        Ok(())
    }

    fn check_slugs(&mut self, _: &Connection) -> stepladder::Result<()> {
        Ok(())
    }
}

use crate::rollbacks;

/// The steps and rollbacks that the documentation of each method suggests.
pub(crate) struct BothWays;

impl crate::rollbacks::MigrationSteps for BothWays {
    fn from2_to3(
        &mut self,
        m: rollbacks::From2To3<'_>,
    ) -> stepladder::Result<rollbacks::v3::Reached> {
        m.rename_table(
            rollbacks::v2::papers::table,
            rollbacks::v3::documents::table,
        )?
        .rebuild(rollbacks::v3::items::Rebuild {
            price: "CAST(round(price * 100) AS INTEGER)",
        })?
        .done()
    }

    fn from3_to4(
        &mut self,
        m: rollbacks::From3To4<'_>,
    ) -> stepladder::Result<rollbacks::v4::Reached> {
        m.allow_data_loss(rollbacks::v3::items::stock, "it is counted elsewhere")
            .rebuild(rollbacks::v4::items::Rebuild {})?
            .done()
    }

    fn report_stock(&mut self, connection: &Connection) -> stepladder::Result<()> {
        connection.execute(
            "UPDATE papers SET text = (SELECT sum(stock) FROM items)",
            [],
        )?;
        Ok(())
    }

    fn from3_to2(
        &mut self,
        m: rollbacks::From3To2<'_>,
    ) -> stepladder::Result<rollbacks::v2::Reached> {
        m.rename_table(
            rollbacks::v3::documents::table,
            rollbacks::v2::papers::table,
        )?
        .rebuild(rollbacks::v2::items::Rollback {
            price: "printf('%.2f', price / 100.0)",
        })?
        .done()
    }

    fn from4_to3(
        &mut self,
        m: rollbacks::From4To3<'_>,
    ) -> stepladder::Result<rollbacks::v3::Reached> {
        m.rebuild(rollbacks::v3::items::Rollback {}.with(rollbacks::v3::items::stock, "7"))?
            .done()
    }

    fn from5_to4(
        &mut self,
        m: rollbacks::From5To4<'_>,
    ) -> stepladder::Result<rollbacks::v4::Reached> {
        m.rebuild(rollbacks::v4::documents::Rollback {})?.done()
    }
}
