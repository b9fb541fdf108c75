//! Beginning and end of a managed identity: its service principal in the directory, with a certificate there and the
//! private key where only IMDS finds it.

use model::{DirectoryObject, KeyCredential, ManagedIdentity, Resource, ServicePrincipal, ServicePrincipalType};
use store::{ManagedIdentityKey, Tx};
use tokens::RsaKey;

use crate::error::ArmError;
use crate::resource_types::Write;

/// Makes the principal of a managed identity. `resource_id` is the host's id (system-assigned) or the identity's own
/// (`is_explicit`: user-assigned).
pub(crate) fn begin(
    write: &mut Write<'_>,
    name: &str,
    resource_id: &str,
    is_explicit: bool,
) -> Result<ServicePrincipal, ArmError> {
    let internal = |e: &dyn std::fmt::Display| ArmError::Internal(e.to_string());
    let ids = &write.arm.ids;
    let (id, app_id) = (ids.guid(), ids.guid());
    // From the pool; only when it is empty does the caller wait for a new key.
    let key = match write.tx.take_ready_key() {
        Some(ready) => RsaKey::from_base64(&ready),
        None => RsaKey::generate(),
    };
    let key = key.map_err(|e| internal(&e))?;
    let issued =
        tokens::managed_identity(&write.arm.ca, &key, app_id, ids.bytes(), write.now).map_err(|e| internal(&e))?;
    let key_id = ids.guid();
    let principal = ServicePrincipal {
        id,
        app_id,
        display_name: name.to_owned(),
        kind: ServicePrincipalType::ManagedIdentity,
        managed_identity: Some(ManagedIdentity {
            resource_id: resource_id.replacen("/resourceGroups/", "/resourcegroups/", 1),
            explicit: is_explicit,
        }),
        account_enabled: true,
        service_principal_names: vec![app_id.to_string()],
        key_credentials: vec![KeyCredential {
            key_id,
            display_name: Some(issued.subject),
            thumbprint: issued.thumbprint,
            certificate: issued.certificate.clone(),
            start: issued.not_before,
            end: issued.not_after,
        }],
        password_credentials: Vec::new(),
        owners: Vec::new(),
        created_at: write.now,
        other: model::JsonMap::new(),
    };
    write.tx.put_managed_identity_key(ManagedIdentityKey {
        key_id,
        principal_id: id,
        not_before: issued.not_before,
        renew_after: issued.renew_after,
        not_after: issued.not_after,
        private_key: key.to_base64().map_err(|e| internal(&e))?,
        certificate: issued.certificate,
    });
    write.tx.put_object(DirectoryObject::ServicePrincipal(principal.clone()));
    Ok(principal)
}

/// Ends the system-assigned identity of a resource, if it has one: a system-assigned identity lives and dies with its
/// resource. Its role assignments stay behind as orphans, as in Azure.
pub(crate) fn end_system_assigned(tx: &mut Tx, resource: &Resource) {
    if let Some(principal) = resource.identity.system {
        end(tx, principal);
    }
}

/// Ends a managed identity.
pub(crate) fn end(tx: &mut Tx, principal: uuid::Uuid) {
    tx.delete_object(principal);
    tx.delete_managed_identity_key(principal);
}
