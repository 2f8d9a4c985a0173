//! What a test says of a loss can be copied where a name in Rust is not that in SQL.

use std::panic::{AssertUnwindSafe, catch_unwind};

use stepladder::verify::{Filling, MigrationTests};
use stepladder::{MigrationStrategy, Result};

use crate::shop::{
    From2To3, From3To4, From4To5, From5To6, From6To7, MigrationSteps, v3, v4, v5, v6, v7,
};
use crate::steps::Steps;

/// The last step loses a column of `"order lines"` and the column `type`.
struct Loses {
    says_so: bool,
}

impl MigrationSteps for Loses {
    fn from2_to3(&mut self, m: From2To3<'_>) -> Result<v3::Reached> {
        Steps.from2_to3(m)
    }

    fn from3_to4(&mut self, m: From3To4<'_>) -> Result<v4::Reached> {
        Steps.from3_to4(m)
    }

    fn from4_to5(&mut self, m: From4To5<'_>) -> Result<v5::Reached> {
        Steps.from4_to5(m)
    }

    fn from5_to6(&mut self, m: From5To6<'_>) -> Result<v6::Reached> {
        Steps.from5_to6(m)
    }

    fn from6_to7(&mut self, m: From6To7<'_>) -> Result<v7::Reached> {
        let m = if self.says_so {
            m.allow_data_loss(v6::order_lines::quantity, "all are sold one by one")
                .allow_data_loss(v6::products::r#type, "there is only one")
        } else {
            m
        };
        m.execute("UPDATE \"order lines\" SET quantity = 1", [])?
            .execute("UPDATE products SET type = NULL", [])?
            .done()
    }
}

fn tests(says_so: bool) -> MigrationTests {
    MigrationTests::new(move || {
        MigrationStrategy::new(crate::shop::migration_steps(Loses { says_so }))
    })
}

#[test]
fn the_help_has_the_names_in_rust() {
    let tests = tests(false);
    let panic = catch_unwind(AssertUnwindSafe(|| tests.pair(6, 7, Filling::Rows))).unwrap_err();
    let said = panic.downcast_ref::<String>().unwrap();
    for name in ["order_lines::quantity", "products::r#type"] {
        let help = format!(
            "help: if it is meant, declare it in the step: `.allow_data_loss(v6::{name}, \"why\")`"
        );
        assert!(said.contains(&help), "{said}");
    }
}

#[test]
fn what_the_help_says_does() {
    tests(true).pair(6, 7, Filling::Rows);
}
