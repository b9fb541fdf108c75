//! Tokens that were taken back before their end: all that a principal got before a moment, or all of one sign-in.

use model::Time;
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

use crate::change::Change;
use crate::{Snapshot, StoreError, Tx, text};

impl Snapshot {
    /// When the tokens of `subject` (a principal's object id, or the family of a sign-in) were taken back last.
    #[must_use]
    pub fn revoked_at(&self, subject: Uuid) -> Option<Time> {
        self.revocations.get(&subject).copied()
    }

    /// When a token of this principal, issued then and in this sign-in, was taken back; none while it counts.
    #[must_use]
    pub fn token_revoked_at(&self, principal: Uuid, family: Option<Uuid>, issued: Time) -> Option<Time> {
        // Tokens know whole seconds only.
        let with_all = self.revoked_at(principal).filter(|at| issued.unix_timestamp() < at.unix_timestamp());
        with_all.or_else(|| self.revoked_at(family?))
    }

    pub(crate) async fn load_revocations(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for row in sqlx::query("SELECT subject, revoked_at FROM revocations").fetch_all(connection).await? {
            let subject = text::to_guid(row.try_get("subject")?)?;
            self.revocations.insert(subject, text::to_time(row.try_get("revoked_at")?)?);
        }
        Ok(())
    }
}

impl Tx {
    /// Takes back every token that `subject` (a principal, or the family of a sign-in) got before `at`.
    pub fn revoke_tokens(&mut self, subject: Uuid, at: Time) {
        self.world.revocations.insert(subject, at);
        self.record(Change::Revocation(subject, at));
    }

    /// Forgets what was taken back before `moment`, when nothing that it concerns counts any more.
    pub fn forget_revocations(&mut self, moment: Time) {
        let old: Vec<Uuid> = self.world.revocations.iter().filter(|(_, at)| **at < moment).map(|(id, _)| *id).collect();
        for subject in old {
            self.world.revocations.remove(&subject);
            self.record(Change::RevocationGone(subject));
        }
    }
}

pub(crate) async fn write(to: &mut SqliteConnection, subject: Uuid, at: Time) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO revocations (subject, revoked_at) VALUES ($1, $2)
         ON CONFLICT (subject) DO UPDATE SET revoked_at = excluded.revoked_at",
    )
    .bind(subject.to_string())
    .bind(text::from_time(at)?)
    .execute(to)
    .await?;
    Ok(())
}

pub(crate) async fn erase(to: &mut SqliteConnection, subject: Uuid) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM revocations WHERE subject = $1").bind(subject.to_string()).execute(to).await?;
    Ok(())
}
