//! What can go wrong below the answers.

use std::path::PathBuf;

use thiserror::Error;

/// A failure of the state itself. Faces answer 500 without this text and log it once.
#[derive(Debug, Error)]
pub enum StoreError {
    /// SQLite refused.
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
    /// The tables could not be brought up to date.
    #[error("the database could not be migrated: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A stored value is not what smalt writes.
    #[error("the database holds a value that cannot be read: {0}")]
    Corrupt(String),
    /// Another process owns the state directory.
    #[error("another smalt is serving the state directory {} (process {owner}): stop it, or name another directory with --state", .directory.display())]
    Owned {
        /// The directory.
        directory: PathBuf,
        /// Its owner's process id as the lock file tells it.
        owner: String,
    },
    /// The state directory cannot be used.
    #[error("the state directory {} cannot be used: {cause}", .directory.display())]
    Directory {
        /// The directory.
        directory: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The commit's task ended before it could tell how.
    #[error("the commit was interrupted")]
    Interrupted,
}
