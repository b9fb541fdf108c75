//! Renewal.

use model::{DirectoryObject, Ids, KeyCredential, ServicePrincipal, Time};
use rcgen::{Issuer, KeyPair};
use store::{ManagedIdentityKey, Store, StoreError, Tx};
use thiserror::Error;
use tokens::{CertificateError, KeyError, RsaKey};
use uuid::Uuid;

/// Why a certificate was not renewed.
#[derive(Debug, Error)]
pub enum RenewError {
    /// The state failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key cannot be made or read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The certificate cannot be made.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The principal is no managed identity.
    #[error("{0} is no managed identity: only their certificates are smalt's to renew")]
    NotManaged(Uuid),
    /// The thread that made a key ended before it could tell how.
    #[error("the making of a key was interrupted")]
    Interrupted,
}

/// Renews every managed identity's certificate that is due by `upto`, each at its own due moment and the longest
/// overdue first, until none is due; then takes away the certificates that ended by `upto`. So a jump of the clock by
/// 200 days leaves what 200 steps of a day leave. Old and new count side by side until the old one ends
/// (IDENTITY-WIRE 5.4).
///
/// Answers how many were renewed. Each renewal is a commit: after a failure the rest is done by the next call.
///
/// # Errors
/// [`RenewError`].
pub async fn renew_due(store: &Store, ca: &Issuer<'_, KeyPair>, ids: &Ids, upto: Time) -> Result<usize, RenewError> {
    let mut renewed = 0;
    // Most of the time nothing is due, and then nobody has to wait for a turn to write.
    while store.managed_identity_key_due(upto).await?.is_some() {
        let mut tx = store.begin().await;
        // Asked again now that nobody else can write: another call may have renewed it meanwhile.
        let Some((due, since)) = store.managed_identity_key_due(upto).await? else { break };
        match tx.service_principal(due).cloned() {
            Some(principal) => {
                renew(&mut tx, principal, ca, ids, since).await?;
                renewed += 1;
            }
            // The identity is gone and left its key behind.
            None => tx.delete_managed_identity_key(due),
        }
        tx.commit().await?;
    }
    remove_ended(store, upto).await?;
    Ok(renewed)
}

pub(super) async fn renew(
    tx: &mut Tx,
    mut principal: ServicePrincipal,
    ca: &Issuer<'_, KeyPair>,
    ids: &Ids,
    at: Time,
) -> Result<KeyCredential, RenewError> {
    let key = match tx.take_ready_key() {
        Some(ready) => RsaKey::from_base64(&ready)?,
        None => tokio::task::spawn_blocking(RsaKey::generate).await.map_err(|_| RenewError::Interrupted)??,
    };
    let issued = tokens::managed_identity(ca, &key, principal.app_id, ids.bytes(), at)?;
    let key_id = ids.guid();
    let credential = KeyCredential {
        key_id,
        display_name: Some(issued.subject),
        thumbprint: issued.thumbprint,
        certificate: issued.certificate.clone(),
        start: issued.not_before,
        end: issued.not_after,
    };
    principal.key_credentials.push(credential.clone());
    tx.put_managed_identity_key(ManagedIdentityKey {
        key_id,
        principal_id: principal.id,
        not_before: issued.not_before,
        renew_after: issued.renew_after,
        not_after: issued.not_after,
        private_key: key.to_base64()?,
        certificate: issued.certificate,
    });
    tx.put_object(DirectoryObject::ServicePrincipal(principal));
    Ok(credential)
}

/// Takes ended certificates of managed identities out of the directory.
async fn remove_ended(store: &Store, upto: Time) -> Result<(), StoreError> {
    let world = store.read();
    let has_ended = |object: &DirectoryObject| match object {
        DirectoryObject::ServicePrincipal(principal) if principal.managed_identity.is_some() => {
            principal.key_credentials.iter().any(|key| key.end < upto)
        }
        _ => false,
    };
    let found: Vec<Uuid> = world.objects().filter(|object| has_ended(object)).map(|object| object.id()).collect();
    if found.is_empty() {
        return Ok(());
    }
    let mut tx = store.begin().await;
    for id in found {
        // Read again through the transaction: what was found may have changed before its turn came.
        if let Some(mut principal) = tx.service_principal(id).cloned() {
            principal.key_credentials.retain(|key| key.end >= upto);
            tx.put_object(DirectoryObject::ServicePrincipal(principal));
        }
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use time::Duration;
    use tokens::ParsedCertificate;

    use super::*;
    use crate::testing::{self, BEGIN, World, ca};

    /// Key ids and dates of everything that is left.
    async fn chain(world: &World) -> (Vec<(Uuid, Time, Time)>, Option<Time>) {
        let store = &world.aad.store;
        let snapshot = store.read();
        let principal = snapshot.service_principal(testing::MACHINE).unwrap();
        let newest = store.managed_identity_key(testing::MACHINE).await.unwrap();
        let keys = principal.key_credentials.iter().map(|key| (key.key_id, key.start, key.end)).collect();
        (keys, newest.map(|key| key.renew_after))
    }

    #[tokio::test]
    async fn one_jump_leaves_what_daily_steps_leave() {
        let (jump, steps) = (testing::world().await, testing::world().await);
        let ca = ca();
        let all = renew_due(&jump.aad.store, &ca, &jump.aad.ids, BEGIN + Duration::days(200)).await.unwrap();
        let mut renewed = 0;
        for day in 0..=200 {
            renewed += renew_due(&steps.aad.store, &ca, &steps.aad.ids, BEGIN + Duration::days(day)).await.unwrap();
        }
        assert_eq!((all, renewed), (4, 4));
        let left = chain(&jump).await;
        assert_eq!(left, chain(&steps).await);
        let days: Vec<(i64, i64)> =
            left.0.iter().map(|(_, start, end)| ((*start - BEGIN).whole_days(), (*end - BEGIN).whole_days())).collect();
        assert_eq!(days, [(137, 227), (183, 273)]);
    }

    #[tokio::test]
    async fn old_and_new_count_side_by_side_until_the_old_one_ends() {
        let world = testing::world().await;
        let (store, ids, ca) = (&world.aad.store, &world.aad.ids, ca());
        let count = async |day: i64| {
            renew_due(store, &ca, ids, BEGIN + Duration::days(day)).await.unwrap();
            store.read().service_principal(testing::MACHINE).unwrap().key_credentials.len()
        };
        assert_eq!((count(45).await, count(46).await, count(89).await, count(90).await), (1, 2, 2, 1));
        // The private key that IMDS finds belongs to the newest certificate, and no ready key is used twice.
        let key = store.managed_identity_key(testing::MACHINE).await.unwrap().unwrap();
        let snapshot = store.read();
        let credential = snapshot.service_principal(testing::MACHINE).unwrap().key_credentials.last().unwrap().clone();
        assert_eq!((key.key_id, &key.certificate), (credential.key_id, &credential.certificate));
        let (parsed, der) = ParsedCertificate::from_text(&credential.certificate).unwrap();
        assert_eq!(parsed.thumbprint, credential.thumbprint);
        assert_eq!(STANDARD.encode(der), credential.certificate);
        let private = RsaKey::from_base64(&key.private_key).unwrap();
        assert_eq!(private.public_der().unwrap(), parsed.public_der);
    }

    #[tokio::test]
    async fn keys_without_an_identity_are_forgotten() {
        let world = testing::world().await;
        let store = &world.aad.store;
        let mut tx = store.begin().await;
        tx.delete_object(testing::MACHINE);
        tx.commit().await.unwrap();
        let renewed = renew_due(store, &ca(), &world.aad.ids, BEGIN + Duration::days(50)).await.unwrap();
        assert_eq!(renewed, 0);
        assert_eq!(store.managed_identity_key(testing::MACHINE).await.unwrap(), None);
    }
}
