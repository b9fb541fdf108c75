//! Renewal before its time, because somebody asks for it.

use model::{Ids, KeyCredential, Time};
use rcgen::{Issuer, KeyPair};
use store::Store;
use uuid::Uuid;

use super::renew::{RenewError, renew};

/// Gives a managed identity a new certificate now; the others go on counting until they end. Answers the new one.
///
/// # Errors
/// [`RenewError`]; [`RenewError::NotManaged`] for everybody else, whose certificates are their own affair.
pub async fn renew_now(
    store: &Store,
    ca: &Issuer<'_, KeyPair>,
    ids: &Ids,
    principal: Uuid,
    now: Time,
) -> Result<KeyCredential, RenewError> {
    let mut tx = store.begin().await;
    let found = tx.service_principal(principal).filter(|found| found.managed_identity.is_some()).cloned();
    let renewed = renew(&mut tx, found.ok_or(RenewError::NotManaged(principal))?, ca, ids, now).await?;
    tx.commit().await?;
    Ok(renewed)
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;
    use crate::certificates::revoke;
    use crate::testing::{self, APP_PRINCIPAL, BEGIN, MACHINE, ca};

    #[tokio::test]
    async fn a_managed_identity_has_two_certificates_then_and_others_cannot() {
        let world = testing::world().await;
        let (store, ids, ca) = (&world.aad.store, &world.aad.ids, ca());
        let now = BEGIN + Duration::days(10);
        let new = renew_now(store, &ca, ids, MACHINE, now).await.unwrap();
        let keys = store.read().service_principal(MACHINE).unwrap().key_credentials.clone();
        assert_eq!((keys.len(), &keys[1]), (2, &new));
        let proof = store.managed_identity_key(MACHINE).await.unwrap().unwrap();
        assert_eq!((proof.key_id, proof.renew_after - proof.not_before), (new.key_id, Duration::days(46)));
        for other in [APP_PRINCIPAL, Uuid::nil()] {
            let refused = renew_now(store, &ca, ids, other, now).await.unwrap_err();
            assert!(matches!(refused, RenewError::NotManaged(id) if id == other));
        }
    }

    /// Of keys of the same moment IMDS must take the last: the directory has lost the others.
    #[tokio::test]
    async fn a_renewal_at_the_moment_of_a_revocation_brings_the_key_that_counts() {
        let world = testing::world().await;
        let (store, ids, ca) = (&world.aad.store, &world.aad.ids, ca());
        let mut last = store.managed_identity_key(MACHINE).await.unwrap().unwrap();
        // Several times: a wrong order of keys would be right now and then.
        for _ in 0..4 {
            revoke(store, MACHINE, None).await.unwrap();
            let new = renew_now(store, &ca, ids, MACHINE, BEGIN).await.unwrap();
            let proof = store.managed_identity_key(MACHINE).await.unwrap().unwrap();
            assert_eq!(proof.not_before, last.not_before, "the clock stands still");
            assert_eq!((proof.key_id, &proof.certificate), (new.key_id, &new.certificate));
            assert_eq!(store.read().service_principal(MACHINE).unwrap().key_credentials, [new]);
            last = proof;
        }
    }
}
