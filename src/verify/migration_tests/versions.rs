//! What is known of the versions, so that it is found out once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;

use crate::error::Result;
use crate::schema::Schema;
use crate::verify::SchemaVerifier;

/// The schemas of the versions, and the databases that have them.
#[derive(Debug, Default)]
pub(super) struct Versions {
    schemas: Mutex<BTreeMap<i32, Arc<Schema>>>,
    /// What `sqlite_schema` holds in databases that have the schema of a version: most of those that
    /// come from different versions hold the same.
    right: Mutex<BTreeSet<(i32, Vec<String>)>>,
}

impl Versions {
    /// The schema of a new database of a version.
    pub(super) fn schema(&self, verifier: &SchemaVerifier, version: i32) -> Result<Arc<Schema>> {
        let mut schemas = self.schemas.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(schema) = schemas.get(&version) {
            return Ok(Arc::clone(schema));
        }
        let schema = Arc::new(verifier.schema_of(version)?);
        schemas.insert(version, Arc::clone(&schema));
        Ok(schema)
    }

    /// Fails where a database does not have the schema of a version.
    pub(super) fn require(
        &self,
        verifier: &SchemaVerifier,
        connection: &Connection,
        version: i32,
        steps: &[(i32, i32)],
    ) -> Result<()> {
        let layout = (version, layout(connection)?);
        let is_right = |right: &Mutex<BTreeSet<_>>| {
            let right = right.lock().unwrap_or_else(PoisonError::into_inner);
            right.contains(&layout)
        };
        if is_right(&self.right) {
            return Ok(());
        }
        let schema = self.schema(verifier, version)?;
        verifier.require_schema(connection, (version, &schema), steps)?;
        let mut right = self.right.lock().unwrap_or_else(PoisonError::into_inner);
        right.insert(layout);
        Ok(())
    }
}

/// All that decides what the schema of a database is: <https://www.sqlite.org/schematab.html>
fn layout(connection: &Connection) -> Result<Vec<String>> {
    let sql = "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || ifnull(sql, '') \
               FROM main.sqlite_schema ORDER BY 1";
    let mut statement = connection.prepare(sql)?;
    let texts = statement.query_map([], |row| row.get(0))?;
    Ok(texts.collect::<rusqlite::Result<_>>()?)
}
