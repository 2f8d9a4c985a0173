//! For the tests of an app: databases at any version, and the schema to which a migration leads.
//!
//! The generated macro `migration_tests!` makes a test for each pair of versions out of it:
//!
//! ```text
//! // tests/migrations.rs
//! my_app::schema::migration_tests!(my_app::strategy());
//! ```
//!
//! What only the app knows, such as what a value becomes, is for tests of its own, with a
//! [`SchemaVerifier`]:
//!
//! ```
//! # mod schema {
//! #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/build-support/tests/golden/plain.rs"));
//! # }
//! use stepladder::MigrationStrategy;
//! use stepladder::verify::SchemaVerifier;
//!
//! # fn main() -> stepladder::Result<()> {
//! let mut strategy = MigrationStrategy::new(schema::migration_steps(()));
//! SchemaVerifier::new(schema::history()).data_test(
//!     &mut strategy,
//!     (1, 3),
//!     |old| Ok(old.execute_batch("INSERT INTO notes (text) VALUES ('hello')")?),
//!     |new| {
//!         let text: String = new.query_row("SELECT text FROM notes", [], |row| row.get(0))?;
//!         assert_eq!(text, "hello");
//!         Ok(())
//!     },
//! )
//! # }
//! ```

pub(crate) mod adoption;
pub(crate) mod declared;
mod macros;
mod migration_tests;
mod mismatch;
mod options;
mod shared;
pub(crate) mod validation;
mod verifier;

pub use adoption::{Adopt, NotAdopted};
pub use migration_tests::{Filling, MigrationTests};
pub use mismatch::SchemaMismatch;
pub use options::ValidationOptions;
pub use shared::SharedDatabase;
pub use validation::Validation;
pub use verifier::SchemaVerifier;
