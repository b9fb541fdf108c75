//! Deny assignments.

use std::sync::Arc;

use model::DenyAssignment;
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

use crate::change::Change;
use crate::{Snapshot, StoreError, Tx, text};

impl Snapshot {
    pub(crate) async fn load_deny_assignments(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for row in sqlx::query("SELECT document FROM deny_assignments").fetch_all(connection).await? {
            self.access.deny_assignments.insert(Arc::new(text::to_document(row.try_get("document")?)?));
        }
        Ok(())
    }
}

impl Tx {
    /// Makes or replaces a deny assignment.
    pub fn put_deny_assignment(&mut self, deny: DenyAssignment) {
        let deny = Arc::new(deny);
        self.world.access.deny_assignments.insert(deny.clone());
        self.record(Change::DenyAssignment(deny));
    }

    /// Takes a deny assignment away.
    pub fn delete_deny_assignment(&mut self, name: Uuid) {
        if self.world.access.deny_assignments.remove(name).is_some() {
            self.record(Change::DenyAssignmentGone(name));
        }
    }
}

pub(crate) async fn write(to: &mut SqliteConnection, deny: &DenyAssignment) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO deny_assignments (name, scope, document) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET document = excluded.document",
    )
    .bind(deny.name.to_string())
    .bind(deny.scope.as_str())
    .bind(text::from_document(deny)?)
    .execute(to)
    .await?;
    Ok(())
}

pub(crate) async fn erase(to: &mut SqliteConnection, name: Uuid) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM deny_assignments WHERE name = $1").bind(name.to_string()).execute(to).await?;
    Ok(())
}
