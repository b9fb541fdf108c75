//! Work that comes due: certificates to renew, operations to forget, keys to have ready.

use std::sync::Arc;

use model::{Ids, Time};
use store::ReadyKey;
use tokens::RsaKey;

use crate::cloud::Cloud;
use crate::token_keys;

/// How many RSA keys wait: enough for a burst of new identities, made at some 15 a second.
const READY_KEYS: usize = 8;

/// How long after its end an operation can be asked for.
const OPERATIONS_KEPT: time::Duration = time::Duration::days(1);

/// How long after its end a code or token is still known, so that its bearer hears that it is over and not that it never was.
const GRANTS_KEPT: time::Duration = time::Duration::days(1);

/// The longest that anything from before a revocation could count: a refresh token that nobody used.
const REVOCATIONS_KEPT: time::Duration = time::Duration::days(91);

/// Does everything that has come due by the simulated `now`. The clock moves only when this has been done.
///
/// # Errors
/// When the state cannot be written.
pub async fn settle(cloud: &Cloud, renews_certificates: bool, now: Time) -> anyhow::Result<()> {
    if renews_certificates {
        aad::certificates::renew_due(&cloud.store, &cloud.authority.issuer(), &cloud.ids, now).await?;
    }
    arm_api::settle_scheduled_events(&cloud.store, now).await?;
    let mut tx = cloud.store.begin().await;
    tx.forget_operations(now - OPERATIONS_KEPT);
    tx.forget_persisted_grants(now - GRANTS_KEPT);
    tx.forget_revocations(now - REVOCATIONS_KEPT);
    tx.commit().await?;
    token_keys::retire(cloud, now).await
}

/// Looks every half minute of real time whether something came due: a running clock moves by itself.
pub async fn watch(cloud: Arc<Cloud>, renews_certificates: bool) {
    let mut ticks = tokio::time::interval(std::time::Duration::from_secs(30));
    loop {
        ticks.tick().await;
        if let Err(error) = settle(&cloud, renews_certificates, cloud.clock.now()).await {
            tracing::error!(%error, "due work failed");
        }
    }
}

/// Does to machines what they were told of, once they agree or its time has come: looks after every commit, and every
/// second of real time, for the shortest notice is half a minute.
pub async fn follow_scheduled_events(cloud: Arc<Cloud>) {
    let mut commits = cloud.store.commits();
    let mut ticks = tokio::time::interval(std::time::Duration::from_secs(1));
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            changed = commits.changed() => if changed.is_err() { return },
        }
        if let Err(error) = arm_api::settle_scheduled_events(&cloud.store, cloud.clock.now()).await {
            tracing::error!(%error, "scheduled events could not be settled");
        }
    }
}

/// Keeps the pool of ready keys full, so that enabling an identity waits for no key.
pub async fn stock_keys(cloud: Arc<Cloud>) {
    let mut commits = cloud.store.commits();
    // Not the world's own identifiers: those of a seeded world must not depend on when a key was ready.
    let ids = Ids::from_entropy();
    loop {
        while cloud.store.read().ready_keys() < READY_KEYS {
            let made = tokio::task::spawn_blocking(|| RsaKey::generate().and_then(|key| key.to_base64())).await;
            let Ok(Ok(private_key)) = made else { return };
            let mut tx = cloud.store.begin().await;
            tx.put_ready_key(ReadyKey { id: ids.guid(), private_key });
            if let Err(error) = tx.commit().await {
                tracing::error!(%error, "a ready key could not be kept");
                return;
            }
        }
        if commits.changed().await.is_err() {
            return;
        }
    }
}
