//! Scheduled events, by VM.

use std::sync::Arc;

use model::{ScheduledEvents, Scope, Time};
use sqlx::{Row, SqliteConnection};

use crate::change::Change;
use crate::{Snapshot, StoreError, Tx, text};

impl Snapshot {
    /// What is ahead of the VM at `scope`; none when there never was anything.
    #[must_use]
    pub fn scheduled_events(&self, scope: &Scope) -> Option<&ScheduledEvents> {
        self.scheduled_events.get(scope.as_str()).map(AsRef::as_ref)
    }

    /// The VMs of which some event starts or ends by `now`.
    pub fn vms_with_due_events(&self, now: Time) -> impl Iterator<Item = Scope> {
        self.scheduled_events.iter().filter(move |(_, events)| events.is_due(now)).map(|(scope, _)| Scope::new(scope))
    }

    pub(crate) async fn load_scheduled_events(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for row in sqlx::query("SELECT scope, document FROM scheduled_events").fetch_all(connection).await? {
            let events: ScheduledEvents = text::to_document(row.try_get("document")?)?;
            self.scheduled_events.insert(row.try_get("scope")?, Arc::new(events));
        }
        Ok(())
    }
}

impl Tx {
    /// Replaces what is ahead of the VM at `scope`.
    pub fn put_scheduled_events(&mut self, scope: &Scope, events: ScheduledEvents) {
        let events = Arc::new(events);
        self.world.scheduled_events.insert(scope.as_str().to_owned(), events.clone());
        self.record(Change::ScheduledEvents(scope.clone(), events));
    }

    /// Forgets a VM that is no more.
    pub fn delete_scheduled_events(&mut self, scope: &Scope) {
        if self.world.scheduled_events.remove(scope.as_str()).is_some() {
            self.record(Change::ScheduledEventsGone(scope.clone()));
        }
    }
}

pub(crate) async fn write(
    to: &mut SqliteConnection,
    scope: &Scope,
    events: &ScheduledEvents,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO scheduled_events (scope, document) VALUES ($1, $2)
         ON CONFLICT (scope) DO UPDATE SET document = excluded.document",
    )
    .bind(scope.as_str())
    .bind(text::from_document(events)?)
    .execute(to)
    .await?;
    Ok(())
}

pub(crate) async fn erase(to: &mut SqliteConnection, scope: &Scope) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM scheduled_events WHERE scope = $1").bind(scope.as_str()).execute(to).await?;
    Ok(())
}
