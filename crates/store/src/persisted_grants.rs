//! Codes, refresh tokens, device codes and sessions. Asked for at every sign-in, so they are in memory as well; whoever
//! redeems one does so in a transaction, of which there is one at a time: nothing is redeemed twice.

use std::sync::Arc;

use model::{GrantKind, PersistedGrant, Time};
use sqlx::{Row, SqliteConnection};

use crate::change::Change;
use crate::{Snapshot, StoreError, Tx, text};

impl Snapshot {
    /// The grant whose text has this hash.
    #[must_use]
    pub fn persisted_grant(&self, hash: &str) -> Option<&Arc<PersistedGrant>> {
        self.persisted_grants.get(hash)
    }

    /// The device code that a person means by what they typed.
    #[must_use]
    pub fn device_code(&self, user_code: &str) -> Option<&Arc<PersistedGrant>> {
        self.persisted_grants.get(self.user_codes.get(user_code)?)
    }

    pub(crate) async fn load_persisted_grants(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for row in sqlx::query("SELECT document FROM persisted_grants").fetch_all(connection).await? {
            self.insert_grant(Arc::new(text::to_document(row.try_get("document")?)?));
        }
        Ok(())
    }

    fn insert_grant(&mut self, grant: Arc<PersistedGrant>) {
        if let GrantKind::DeviceCode(device) = &grant.kind {
            self.user_codes.insert(device.user_code.clone(), grant.hash.clone());
        }
        self.persisted_grants.insert(grant.hash.clone(), grant);
    }
}

impl Tx {
    /// Keeps a grant, or what became of it.
    pub fn put_persisted_grant(&mut self, grant: PersistedGrant) {
        let grant = Arc::new(grant);
        self.world.insert_grant(grant.clone());
        self.record(Change::PersistedGrant(grant));
    }

    /// Forgets a grant before its time.
    pub fn delete_persisted_grant(&mut self, hash: &str) {
        let Some(gone) = self.world.persisted_grants.remove(hash) else { return };
        if let GrantKind::DeviceCode(device) = &gone.kind {
            self.world.user_codes.remove(&device.user_code);
        }
        self.record(Change::PersistedGrantGone(hash.to_owned()));
    }

    /// Forgets the grants that ended before `moment`.
    pub fn forget_persisted_grants(&mut self, moment: Time) {
        let old: Vec<String> =
            self.world.persisted_grants.values().filter(|g| g.expires < moment).map(|g| g.hash.clone()).collect();
        for hash in old {
            self.delete_persisted_grant(&hash);
        }
    }
}

pub(crate) async fn write(to: &mut SqliteConnection, grant: &PersistedGrant) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO persisted_grants (hash, expires, document) VALUES ($1, $2, $3)
         ON CONFLICT (hash) DO UPDATE SET document = excluded.document",
    )
    .bind(&grant.hash)
    .bind(text::from_time(grant.expires)?)
    .bind(text::from_document(grant)?)
    .execute(to)
    .await?;
    Ok(())
}

pub(crate) async fn erase(to: &mut SqliteConnection, hash: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM persisted_grants WHERE hash = $1").bind(hash).execute(to).await?;
    Ok(())
}
