//! The tests that an app with each of the histories has.

mod first {
    crate::first::migration_tests!(stepladder::MigrationStrategy::new(
        crate::first::migration_steps(())
    ));
}

mod plain {
    crate::plain::migration_tests!(stepladder::MigrationStrategy::new(
        crate::plain::migration_steps(())
    ));
}

mod calls {
    use crate::steps::Steps;

    crate::calls::migration_tests!(stepladder::MigrationStrategy::new(
        crate::calls::migration_steps(Steps)
    ));
}

/// Prices are texts that look like numbers, which no constraint says.
mod shop {
    use stepladder::verify::SchemaVerifier;

    use crate::steps::Steps;

    crate::shop::migration_tests!(
        stepladder::MigrationStrategy::new(crate::shop::migration_steps(Steps)),
        SchemaVerifier::new(crate::shop::history()).prepare_rows(|connection, version| {
            if version < 4 {
                connection.execute("UPDATE products SET price = (id % 1000) || '.50'", [])?;
            }
            Ok(())
        }),
    );
}

mod rollbacks {
    use stepladder::verify::SchemaVerifier;

    use crate::steps::BothWays;

    crate::rollbacks::migration_tests!(
        stepladder::MigrationStrategy::new(crate::rollbacks::migration_steps(BothWays)),
        SchemaVerifier::new(crate::rollbacks::history()).prepare_rows(|connection, version| {
            if version < 3 {
                connection.execute("UPDATE items SET price = (id % 1000) || '.50'", [])?;
            }
            Ok(())
        }),
    );
}

mod rows {
    use crate::steps::Steps;

    crate::rows::migration_tests!(stepladder::MigrationStrategy::new(
        crate::rows::migration_steps(Steps)
    ));
}

mod renames {
    use crate::steps::Steps;

    crate::renames::migration_tests!(stepladder::MigrationStrategy::new(
        crate::renames::migration_steps(Steps)
    ));
}
