//! A transaction: a private copy of the world that remembers what it changed.

use std::ops::Deref;
use std::sync::Arc;

use sqlx::{Connection, SqliteConnection};
use tokio::sync::OwnedMutexGuard;

use crate::change::Change;
use crate::{Snapshot, Store, StoreError};

/// The turn to write. Reads through it see its own changes; dropped without [`Tx::commit`], it leaves no trace.
pub struct Tx {
    store: Store,
    writer: OwnedMutexGuard<SqliteConnection>,
    pub(crate) world: Snapshot,
    changes: Vec<Change>,
}

impl Deref for Tx {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.world
    }
}

impl Tx {
    pub(crate) fn new(store: Store, writer: OwnedMutexGuard<SqliteConnection>, world: Arc<Snapshot>) -> Self {
        Self { store, writer, world: Arc::unwrap_or_clone(world), changes: Vec::new() }
    }

    pub(crate) fn record(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Writes every change in one SQLite transaction and, once that is durable, shows them to everybody.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was written and nobody sees a change.
    pub async fn commit(self) -> Result<(), StoreError> {
        if self.changes.is_empty() {
            return Ok(());
        }
        // A task of its own: a client that hangs up must not leave SQLite ahead of what is read.
        tokio::spawn(self.write()).await.map_err(|_| StoreError::Interrupted)?
    }

    async fn write(mut self) -> Result<(), StoreError> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        for change in &self.changes {
            change.write(&mut transaction).await?;
        }
        transaction.commit().await?;
        self.store.publish(self.world);
        Ok(())
    }
}
