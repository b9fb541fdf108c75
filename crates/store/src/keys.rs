//! Private keys: of token signing, of managed identities' certificates, and those made ahead of need.
//! All are PKCS#8 DER in base64; the database file is readable by its owner alone.

use std::sync::Arc;

use model::Time;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

use crate::change::Change;
use crate::{Snapshot, Store, StoreError, Tx, text};

/// An RSA-2048 key that nothing uses yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyKey {
    /// Its row.
    pub id: Uuid,
    /// PKCS#8 DER in base64.
    pub private_key: String,
}

/// The private half of a managed identity's certificate, with that certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedIdentityKey {
    /// The directory's key credential that holds the public half.
    pub key_id: Uuid,
    /// The identity's principal (object) id.
    pub principal_id: Uuid,
    /// When the certificate begins.
    pub not_before: Time,
    /// From when the certificate is to be replaced.
    pub renew_after: Time,
    /// When it ends.
    pub not_after: Time,
    /// PKCS#8 DER in base64.
    pub private_key: String,
    /// The certificate, DER in base64: kept here too, because IMDS shows it even after the directory lost it.
    pub certificate: String,
}

/// A key that signs tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// The certificate's SHA-1 in base64url: `kid` and `x5t` of the tokens.
    pub kid: String,
    /// PKCS#8 DER in base64.
    pub private_key: String,
    /// Its self-signed certificate, DER in base64.
    pub certificate: String,
    /// When it was made.
    pub created_at: Time,
    /// Until when tokens that it signed count, once another one signs.
    pub retires_at: Option<Time>,
}

impl Snapshot {
    /// How many keys wait.
    #[must_use]
    pub fn ready_keys(&self) -> usize {
        self.ready_keys.len()
    }

    pub(crate) async fn load_ready_keys(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for row in sqlx::query("SELECT id, private_key FROM ready_keys").fetch_all(connection).await? {
            self.ready_keys.push_back(Arc::new(ReadyKey {
                id: text::to_guid(row.try_get("id")?)?,
                private_key: row.try_get("private_key")?,
            }));
        }
        Ok(())
    }
}

impl Store {
    /// The key of a managed identity: what IMDS proves it with.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn managed_identity_key(&self, principal: Uuid) -> Result<Option<ManagedIdentityKey>, StoreError> {
        let row = sqlx::query("SELECT * FROM managed_identity_keys WHERE principal_id = $1")
            .bind(principal.to_string())
            .fetch_optional(self.readers())
            .await?;
        row.as_ref().map(read_managed_identity_key).transpose()
    }

    /// Whose key is the longest overdue of those to be renewed by `now`, and since when.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn managed_identity_key_due(&self, now: Time) -> Result<Option<(Uuid, Time)>, StoreError> {
        let longest_overdue = "SELECT principal_id, renew_after FROM managed_identity_keys WHERE renew_after <= $1
                               ORDER BY renew_after LIMIT 1";
        let row = sqlx::query(longest_overdue).bind(text::from_time(now)?).fetch_optional(self.readers()).await?;
        let read = |row: SqliteRow| {
            Ok((text::to_guid(row.try_get("principal_id")?)?, text::to_time(row.try_get("renew_after")?)?))
        };
        row.map(read).transpose()
    }

    /// The keys that sign tokens, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn signing_keys(&self) -> Result<Vec<SigningKey>, StoreError> {
        // Two of one moment, while the clock stands still, are told apart by their end.
        let newest_first = "SELECT * FROM signing_keys ORDER BY retires_at IS NOT NULL, created_at DESC";
        let rows = sqlx::query(newest_first).fetch_all(self.readers()).await?;
        let read = |row: &SqliteRow| {
            Ok(SigningKey {
                kid: row.try_get("kid")?,
                private_key: row.try_get("private_key")?,
                certificate: row.try_get("certificate")?,
                created_at: text::to_time(row.try_get("created_at")?)?,
                retires_at: row
                    .try_get::<Option<String>, _>("retires_at")?
                    .as_deref()
                    .map(text::to_time)
                    .transpose()?,
            })
        };
        rows.iter().map(read).collect()
    }
}

impl Tx {
    /// Takes a key out of the pool.
    pub fn take_ready_key(&mut self) -> Option<String> {
        let key = self.world.ready_keys.pop_front()?;
        self.record(Change::ReadyKeyGone(key.id));
        Some(key.private_key.clone())
    }

    /// Puts a key into the pool.
    pub fn put_ready_key(&mut self, key: ReadyKey) {
        let key = Arc::new(key);
        self.world.ready_keys.push_back(key.clone());
        self.record(Change::ReadyKey(key));
    }

    /// Keeps the private half of a managed identity's certificate, and the certificate, in place of those before.
    pub fn put_managed_identity_key(&mut self, key: ManagedIdentityKey) {
        self.record(Change::ManagedIdentityKey(key));
    }

    /// Forgets the private key of a managed identity.
    pub fn delete_managed_identity_key(&mut self, principal: Uuid) {
        self.record(Change::ManagedIdentityKeyGone(principal));
    }

    /// Keeps a key that signs tokens, or how long one still counts.
    pub fn put_signing_key(&mut self, key: SigningKey) {
        self.record(Change::SigningKey(key));
    }

    /// Forgets a key that signed tokens.
    pub fn delete_signing_key(&mut self, kid: &str) {
        self.record(Change::SigningKeyGone(kid.to_owned()));
    }
}

fn read_managed_identity_key(row: &SqliteRow) -> Result<ManagedIdentityKey, StoreError> {
    Ok(ManagedIdentityKey {
        key_id: text::to_guid(row.try_get("key_id")?)?,
        principal_id: text::to_guid(row.try_get("principal_id")?)?,
        not_before: text::to_time(row.try_get("not_before")?)?,
        renew_after: text::to_time(row.try_get("renew_after")?)?,
        not_after: text::to_time(row.try_get("not_after")?)?,
        private_key: row.try_get("private_key")?,
        certificate: row.try_get("certificate")?,
    })
}

pub(crate) async fn write_managed_identity_key(
    to: &mut SqliteConnection,
    key: &ManagedIdentityKey,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO managed_identity_keys
             (key_id, principal_id, not_before, renew_after, not_after, private_key, certificate)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (principal_id) DO UPDATE SET
             key_id = excluded.key_id, not_before = excluded.not_before, renew_after = excluded.renew_after,
             not_after = excluded.not_after, private_key = excluded.private_key, certificate = excluded.certificate",
    )
    .bind(key.key_id.to_string())
    .bind(key.principal_id.to_string())
    .bind(text::from_time(key.not_before)?)
    .bind(text::from_time(key.renew_after)?)
    .bind(text::from_time(key.not_after)?)
    .bind(&key.private_key)
    .bind(&key.certificate)
    .execute(to)
    .await?;
    Ok(())
}

pub(crate) async fn erase_managed_identity_key(to: &mut SqliteConnection, principal: Uuid) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM managed_identity_keys WHERE principal_id = $1")
        .bind(principal.to_string())
        .execute(to)
        .await?;
    Ok(())
}

pub(crate) async fn write_ready_key(to: &mut SqliteConnection, key: &ReadyKey) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO ready_keys (id, private_key) VALUES ($1, $2)")
        .bind(key.id.to_string())
        .bind(&key.private_key)
        .execute(to)
        .await?;
    Ok(())
}

pub(crate) async fn erase_ready_key(to: &mut SqliteConnection, id: Uuid) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM ready_keys WHERE id = $1").bind(id.to_string()).execute(to).await?;
    Ok(())
}

pub(crate) async fn write_signing_key(to: &mut SqliteConnection, key: &SigningKey) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO signing_keys (kid, private_key, certificate, created_at, retires_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (kid) DO UPDATE SET retires_at = excluded.retires_at",
    )
    .bind(&key.kid)
    .bind(&key.private_key)
    .bind(&key.certificate)
    .bind(text::from_time(key.created_at)?)
    .bind(key.retires_at.map(text::from_time).transpose()?)
    .execute(to)
    .await?;
    Ok(())
}

pub(crate) async fn erase_signing_key(to: &mut SqliteConnection, kid: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM signing_keys WHERE kid = $1").bind(kid).execute(to).await?;
    Ok(())
}
