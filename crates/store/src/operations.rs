//! Long-running operations, for the clients that poll them.

use std::sync::Arc;

use model::{Scope, Time};
use serde_json::Value;
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

use crate::change::Change;
use crate::{Snapshot, StoreError, Tx, text};

/// An operation that a client was told to poll. It ends at a stored moment, not when some task wakes up: advancing the
/// clock ends it at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// What its URL names.
    pub id: Uuid,
    /// The subscription or the tenant's root: where its URL stands.
    pub scope: Scope,
    /// When it was accepted.
    pub started_at: Time,
    /// When it ends.
    pub due_at: Time,
    /// What it ends with: `{"status": "Succeeded"}`, or `Failed` with an `error`; `properties` where it has a result.
    pub outcome: Value,
}

impl Snapshot {
    /// The operation `id`.
    #[must_use]
    pub fn operation(&self, id: Uuid) -> Option<&Operation> {
        self.operations.get(&id).map(AsRef::as_ref)
    }

    pub(crate) async fn load_operations(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for row in sqlx::query("SELECT * FROM operations").fetch_all(connection).await? {
            let operation = Operation {
                id: text::to_guid(row.try_get("id")?)?,
                scope: Scope::new(row.try_get("scope")?),
                started_at: text::to_time(row.try_get("started_at")?)?,
                due_at: text::to_time(row.try_get("due_at")?)?,
                outcome: text::to_document(row.try_get("outcome")?)?,
            };
            self.operations.insert(operation.id, Arc::new(operation));
        }
        Ok(())
    }
}

impl Tx {
    /// Keeps an operation, or how it ends.
    pub fn put_operation(&mut self, operation: Operation) {
        let operation = Arc::new(operation);
        self.world.operations.insert(operation.id, operation.clone());
        self.record(Change::Operation(operation));
    }

    /// Forgets the operations that ended before `moment`: nobody polls them any more.
    pub fn forget_operations(&mut self, moment: Time) {
        let old: Vec<Uuid> = self.world.operations.values().filter(|o| o.due_at < moment).map(|o| o.id).collect();
        for id in old {
            self.world.operations.remove(&id);
            self.record(Change::OperationGone(id));
        }
    }
}

pub(crate) async fn write(to: &mut SqliteConnection, operation: &Operation) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO operations (id, scope, started_at, due_at, outcome) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, outcome = excluded.outcome",
    )
    .bind(operation.id.to_string())
    .bind(operation.scope.as_str())
    .bind(text::from_time(operation.started_at)?)
    .bind(text::from_time(operation.due_at)?)
    .bind(text::from_document(&operation.outcome)?)
    .execute(to)
    .await?;
    Ok(())
}

pub(crate) async fn erase(to: &mut SqliteConnection, id: Uuid) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM operations WHERE id = $1").bind(id.to_string()).execute(to).await?;
    Ok(())
}
