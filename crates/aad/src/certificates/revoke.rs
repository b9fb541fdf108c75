//! Revocation.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::{DirectoryObject, KeyCredential};
use store::{Store, StoreError};
use thiserror::Error;
use uuid::Uuid;

/// Why nothing was revoked.
#[derive(Debug, Error)]
pub enum RevokeError {
    /// The state failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No service principal has the object id.
    #[error("the directory holds no service principal with the object id {0}")]
    NoPrincipal(Uuid),
    /// The principal has certificates, but not this one; or it has none at all.
    #[error("the service principal {principal} has no certificate {}", .named.as_deref().unwrap_or("at all"))]
    NoCertificate {
        /// The principal's object id.
        principal: Uuid,
        /// What was asked for, if not all.
        named: Option<String>,
    },
}

/// Takes certificates of a service principal out of the directory: all of them, or the one that `thumbprint` names by
/// its SHA-1 in hex, by that in base64 (`customKeyIdentifier`), or by its `keyId`. Certificates on the application
/// behind the principal count as its own, as they do for proofs.
///
/// Private keys stay where they are, so that the next proof with them fails with AADSTS700027. Answers what was taken.
///
/// # Errors
/// [`RevokeError`].
pub async fn revoke(
    store: &Store,
    principal: Uuid,
    thumbprint: Option<&str>,
) -> Result<Vec<KeyCredential>, RevokeError> {
    let mut tx = store.begin().await;
    let mut account = tx.service_principal(principal).cloned().ok_or(RevokeError::NoPrincipal(principal))?;
    let mut application = tx.application_by_app_id(account.app_id).cloned();
    let revoked = |key: &mut KeyCredential| thumbprint.is_none_or(|name| is_named(key, name));
    let mut taken: Vec<KeyCredential> = account.key_credentials.extract_if(.., revoked).collect();
    if let Some(application) = &mut application {
        taken.extend(application.key_credentials.extract_if(.., revoked));
    }
    if taken.is_empty() {
        return Err(RevokeError::NoCertificate { principal, named: thumbprint.map(str::to_owned) });
    }
    tx.put_object(DirectoryObject::ServicePrincipal(account));
    if let Some(application) = application {
        tx.put_object(DirectoryObject::Application(application));
    }
    tx.commit().await?;
    Ok(taken)
}

/// Whether `name` names the certificate: its SHA-1 in hex or in base64 (`customKeyIdentifier`), or its `keyId`.
#[must_use]
pub fn is_named(key: &KeyCredential, name: &str) -> bool {
    let hex = |bytes: Vec<u8>| bytes.iter().map(|b| format!("{b:02X}")).collect::<String>();
    key.thumbprint.eq_ignore_ascii_case(name)
        || Uuid::parse_str(name) == Ok(key.key_id)
        || STANDARD.decode(name).is_ok_and(|bytes| hex(bytes) == key.thumbprint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn a_certificate_is_taken_by_any_of_its_names() {
        for spelling in 0..4 {
            let world = testing::world().await;
            let store = &world.aad.store;
            let key = store.read().service_principal(testing::MACHINE).unwrap().key_credentials[0].clone();
            let bytes: Vec<u8> =
                (0..20).map(|i| u8::from_str_radix(&key.thumbprint[2 * i..2 * i + 2], 16).unwrap()).collect();
            let names =
                [key.thumbprint.to_lowercase(), STANDARD.encode(bytes), key.key_id.to_string(), key.thumbprint.clone()];
            let taken = revoke(store, testing::MACHINE, Some(&names[spelling])).await.unwrap();
            assert_eq!(taken, [key]);
            assert!(store.managed_identity_key(testing::MACHINE).await.unwrap().is_some());
            let again = revoke(store, testing::MACHINE, None).await.unwrap_err();
            assert!(matches!(again, RevokeError::NoCertificate { named: None, .. }));
        }
    }

    #[tokio::test]
    async fn all_are_taken_and_strangers_refused() {
        let world = testing::world().await;
        let store = &world.aad.store;
        let taken = revoke(store, testing::APP_PRINCIPAL, None).await.unwrap();
        assert_eq!(taken.len(), 2, "one on the application, one on its principal");
        let stranger = revoke(store, Uuid::nil(), None).await.unwrap_err();
        assert_eq!(
            stranger.to_string(),
            "the directory holds no service principal with the object id 00000000-0000-0000-0000-000000000000"
        );
        let wrong = revoke(store, testing::MACHINE, Some("ABCD")).await.unwrap_err();
        assert!(wrong.to_string().ends_with("has no certificate ABCD"));
    }
}
