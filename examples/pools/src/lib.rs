//! How to open a database with stepladder and then share it: with a pool of connections, or with an
//! async handle. In each case the upgrade runs once, on one connection, before anything else does.

pub mod with_deadpool;
pub mod with_r2d2;
pub mod with_tokio_rusqlite;

/// The schema, generated from `schemas/` by the build script.
pub mod schema {
    stepladder::include_schema!();
}

use stepladder::MigrationStrategy;

/// How the app opens its database, whoever holds the connection.
pub fn strategy() -> MigrationStrategy<'static, schema::Migrations<()>> {
    MigrationStrategy::new(schema::migration_steps(()))
}
