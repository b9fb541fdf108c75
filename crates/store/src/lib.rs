//! smalt's state: SQLite is the truth, memory is for reading.
//!
//! What it is: the only SQL of the workspace, one file per noun. [`Store::read`] gives a [`Snapshot`], a consistent
//! picture of the whole world that costs nothing to take; [`Store::begin`] gives a [`Tx`], a private copy of that
//! picture which records its changes. [`Tx::commit`] writes them to SQLite in one transaction, and only once they are
//! durable do they become what everybody reads. One writer at a time, so a transaction never meets another's changes.
//!
//! What it is not: it decides nothing and knows no Azure error; HTTP and rules are elsewhere.
//!
//! How to add the next noun: a table in `migrations/`, a file here with its rows, its part of [`Snapshot`] or its
//! queries, and a [`Change`](change::Change).

mod change;
mod compact;
mod consents;
mod deleted_objects;
mod deny_assignments;
mod directory;
mod directory_changes;
mod directory_records;
mod directory_roles;
mod error;
mod imds_ports;
mod keys;
mod management_groups;
mod operations;
mod owner;
mod packed;
mod persisted_grants;
mod resources;
mod revocations;
mod roles;
mod rows;
mod scheduled_events;
mod schema;
mod settings;
mod snapshot;
#[cfg(test)]
mod tests;
mod text;
mod token_issuers;
mod tx;
mod vault_certificates;
mod vault_objects;
mod vault_secrets;
mod world;

use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection};
use tokio::sync::{Mutex, watch};

/// Rows read ahead when a world is opened. They come from a thread of their own: with too few, both threads wait for each
/// other; with all, the world would lie in memory twice.
const ROWS_AHEAD: usize = 256;

pub use error::StoreError;
pub use keys::{ManagedIdentityKey, ReadyKey, SigningKey};
pub use operations::Operation;
pub use owner::Owner;
pub use snapshot::Snapshot;
pub use token_issuers::TokenIssuer;
pub use tx::Tx;
pub use vault_objects::{VaultMap, VaultObject, VaultObjects};

/// How hard a commit is pressed to the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// An answered write survives the machine's sudden end.
    Full,
    /// For worlds that end with their process.
    Ephemeral,
}

/// The state of one world. Cheap to clone; all clones are the same store.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    snapshot: ArcSwap<Snapshot>,
    writer: Arc<Mutex<SqliteConnection>>,
    readers: SqlitePool,
    committed: watch::Sender<u64>,
}

impl Store {
    /// Opens the database `smalt.sqlite` in `directory`, makes or migrates its tables and reads the world into memory.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be opened, migrated or read.
    pub async fn open(directory: &Path, durability: Durability) -> Result<Self, StoreError> {
        let path = directory.join("smalt.sqlite");
        owner::keep_private(&path).map_err(|cause| StoreError::Directory { directory: directory.to_owned(), cause })?;
        // 8 kB pages suit documents of 2 kB: fewer overflow pages, a smaller file (measured, see benches).
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .page_size(8192)
            .row_buffer_size(ROWS_AHEAD)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(match durability {
                Durability::Full => SqliteSynchronous::Full,
                Durability::Ephemeral => SqliteSynchronous::Off,
            });
        let mut writer = options.connect().await?;
        schema::migrate(&mut writer).await?;
        let snapshot = Snapshot::load(&mut writer).await?;
        let readers =
            SqlitePoolOptions::new().min_connections(0).max_connections(2).connect_lazy_with(options.read_only(true));
        Ok(Self(Arc::new(Inner {
            snapshot: ArcSwap::from_pointee(snapshot),
            writer: Arc::new(Mutex::new(writer)),
            readers,
            committed: watch::Sender::new(0),
        })))
    }

    /// The world as the last commit left it.
    #[must_use]
    pub fn read(&self) -> Arc<Snapshot> {
        self.0.snapshot.load_full()
    }

    /// Waits for the turn to write.
    pub async fn begin(&self) -> Tx {
        let writer = self.0.writer.clone().lock_owned().await;
        Tx::new(self.clone(), writer, self.read())
    }

    /// Counts commits: changes whenever one has become visible.
    #[must_use]
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.0.committed.subscribe()
    }

    fn readers(&self) -> &SqlitePool {
        &self.0.readers
    }

    fn publish(&self, snapshot: Snapshot) {
        self.0.snapshot.store(Arc::new(snapshot));
        self.0.committed.send_modify(|n| *n += 1);
    }
}
