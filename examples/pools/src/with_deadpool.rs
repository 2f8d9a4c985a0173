//! [deadpool](https://docs.rs/deadpool-sqlite): a pool of connections for async code.

use std::error::Error;
use std::path::Path;

use deadpool_sqlite::{Config, Pool, Runtime};

/// Makes a pool, and upgrades the file with its first connection.
///
/// `interact` runs the upgrade on a thread where it may block.
pub async fn open(path: &Path) -> Result<Pool, Box<dyn Error + Send + Sync>> {
    let pool = Config::new(path).create_pool(Runtime::Tokio1)?;
    let first = pool.get().await?;
    first
        .interact(|connection| crate::strategy().migrate(connection))
        .await
        // A panic in a step is an error of `interact`; it cannot be sent to other threads.
        .map_err(|panic| panic.to_string())??;
    drop(first);
    Ok(pool)
}
