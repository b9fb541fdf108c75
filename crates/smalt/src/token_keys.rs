//! The keys that sign tokens: the newest signs, and each one that was replaced is published for as long as a token that it
//! signed can count. Entra rolls its keys without notice, and so may smalt: who verifies has to ask again.

use std::sync::Arc;

use model::Time;
use store::{SigningKey, Store};
use time::Duration;
use tokens::{PublicJwk, RsaKey, SignerKey};

use crate::cloud::Cloud;

/// The longest that a token counts is 28 hours (IDENTITY-WIRE 4.6); the rest is for clocks that differ.
const GRACE: Duration = Duration::hours(29);

/// The published keys, each with its end.
type Published = Vec<(Arc<PublicJwk>, Option<Time>)>;

/// The keys of the store as the token service and its verifiers use them, newest first; the first one is made when there is
/// none.
///
/// # Errors
/// When the state or the key generator fails.
pub async fn load(store: &Store, ids: &model::Ids, now: Time) -> anyhow::Result<(Vec<SignerKey>, Published)> {
    let mut keys = store.signing_keys().await?;
    if keys.is_empty() {
        let key = make(ids, now).await?;
        let mut tx = store.begin().await;
        tx.put_signing_key(key.clone());
        tx.commit().await?;
        keys.push(key);
    }
    let read = |key: &SigningKey| {
        Ok(SignerKey::new(RsaKey::from_base64(&key.private_key)?, &key.kid, &key.certificate, key.retires_at)?)
    };
    let keys = keys.iter().map(read).collect::<anyhow::Result<Vec<SignerKey>>>()?;
    let published = keys.iter().map(|key| (key.jwk.clone(), key.retires_at)).collect();
    Ok((keys, published))
}

/// Lets a new key sign from now on; answers its `kid`. The old ones stay published until no token of theirs counts, or are
/// forgotten at once: then every token is refused, and clients that understand the challenge ask for another.
///
/// # Errors
/// When the state or the key generator fails.
pub async fn rotate(cloud: &Cloud, forgets: bool) -> anyhow::Result<String> {
    let now = cloud.clock.now();
    let key = make(&cloud.ids, now).await?;
    let mut tx = cloud.store.begin().await;
    for old in cloud.store.signing_keys().await? {
        match forgets {
            true => tx.delete_signing_key(&old.kid),
            false if old.retires_at.is_none() => {
                tx.put_signing_key(SigningKey { retires_at: Some(now + GRACE), ..old });
            }
            false => {}
        }
    }
    let kid = key.kid.clone();
    tx.put_signing_key(key);
    tx.commit().await?;
    follow(cloud).await?;
    Ok(kid)
}

/// Forgets the keys whose time has come by `now`.
///
/// # Errors
/// When the state fails.
pub async fn retire(cloud: &Cloud, now: Time) -> anyhow::Result<()> {
    let keys = cloud.store.signing_keys().await?;
    let due: Vec<&SigningKey> = keys.iter().filter(|key| key.retires_at.is_some_and(|at| at <= now)).collect();
    if due.is_empty() {
        return Ok(());
    }
    let mut tx = cloud.store.begin().await;
    due.iter().for_each(|key| tx.delete_signing_key(&key.kid));
    tx.commit().await?;
    follow(cloud).await
}

/// Makes the token service and everybody who verifies go on with the keys of the store.
async fn follow(cloud: &Cloud) -> anyhow::Result<()> {
    let (keys, published) = load(&cloud.store, &cloud.ids, cloud.clock.now()).await?;
    // First those who verify: nobody is to meet a token of a key that they do not know.
    cloud.aad.verifier.replace_keys(&published).map_err(unreadable)?;
    cloud.aad.signer.replace(keys);
    Ok(())
}

async fn make(ids: &model::Ids, now: Time) -> anyhow::Result<SigningKey> {
    let key = tokio::task::spawn_blocking(RsaKey::generate).await??;
    let issued = tokens::token_signing(&key, ids.bytes(), now)?;
    Ok(SigningKey {
        kid: issued.kid,
        private_key: key.to_base64()?,
        certificate: issued.certificate,
        created_at: now,
        retires_at: None,
    })
}

/// What to say of a key whose numbers cannot be read.
#[expect(clippy::needless_pass_by_value, reason = "errors are handed over")]
pub(crate) fn unreadable(kid: String) -> anyhow::Error {
    anyhow::anyhow!("the signing key {kid} cannot be read")
}
