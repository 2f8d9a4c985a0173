//! [tokio-rusqlite](https://docs.rs/tokio-rusqlite): one connection on a thread of its own.

use std::path::Path;

use tokio_rusqlite::{Connection, Error};

/// Opens the file on the thread that keeps the connection, and upgrades it there.
pub async fn open(path: &Path) -> Result<Connection, Error<stepladder::Error>> {
    let opened = Connection::open(path).await;
    let connection = opened.map_err(|error| Error::Error(error.into()))?;
    connection
        .call(|connection| crate::strategy().migrate(connection))
        .await?;
    Ok(connection)
}
