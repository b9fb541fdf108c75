//! Whether a federated credential of the client fits an assertion. Pure: to the last character, case included.

use model::{FederatedIdentityCredential, ManagedIdentity, Resource, Scope};
use serde_json::Value;
use store::Snapshot;
use tokens::Assertion;
use uuid::Uuid;

use super::issuer::Issuer;
use crate::error::{Aadsts, FederatedClaim};

const OF_IDENTITIES: &str = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials";

/// A credential, wherever it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trusted<'w> {
    issuer: &'w str,
    subject: &'w str,
    audience: &'w str,
}

impl<'w> Trusted<'w> {
    fn of_application(credential: &'w FederatedIdentityCredential) -> Self {
        let audience = credential.audiences.first().map(String::as_str).unwrap_or_default();
        Self { issuer: &credential.issuer, subject: &credential.subject, audience }
    }

    fn of_identity(credential: &'w Resource) -> Self {
        let text = |name: &str| credential.spec.get(name).and_then(Value::as_str).unwrap_or_default();
        let audience = credential.spec.get("audiences").and_then(|all| all.get(0)).and_then(Value::as_str);
        Self { issuer: text("issuer"), subject: text("subject"), audience: audience.unwrap_or_default() }
    }
}

/// The credentials of the application or user-assigned identity with this client id.
pub(super) fn trusted_by(world: &Snapshot, app_id: Uuid) -> Vec<Trusted<'_>> {
    let application = world.application_by_app_id(app_id);
    let of_application = application.iter().flat_map(|application| &application.federated_identity_credentials);
    let identity = world.service_principal_by_app_id(app_id).and_then(|principal| principal.managed_identity.as_ref());
    let below = identity
        .filter(|identity| identity.explicit)
        .map(|identity: &ManagedIdentity| world.resources_of_type(&Scope::new(&identity.resource_id), OF_IDENTITIES));
    let of_identity = below.into_iter().flatten().map(|credential| Trusted::of_identity(credential));
    of_application.map(Trusted::of_application).chain(of_identity).collect()
}

/// Lets an assertion pass that one of the credentials fits.
///
/// # Errors
/// [`Aadsts::FederatedMismatch`] with the first of issuer, audience and subject that nothing fits.
pub(super) fn check(trusted: &[Trusted<'_>], assertion: &Assertion, issuer: &Issuer) -> Result<(), Aadsts> {
    let mismatch = |claim, value: &str| Aadsts::FederatedMismatch { claim, value: value.to_owned() };
    let of_issuer: Vec<_> = trusted.iter().filter(|credential| credential.issuer == assertion.issuer).collect();
    if of_issuer.is_empty() {
        return Err(mismatch(FederatedClaim::Issuer, &assertion.issuer));
    }
    let is_meant = |wanted: &str| assertion.audiences.iter().any(|aud| aud == wanted || issuer.spells(aud, wanted));
    let meant: Vec<_> = of_issuer.into_iter().filter(|credential| is_meant(credential.audience)).collect();
    if meant.is_empty() {
        return Err(mismatch(FederatedClaim::Audience, &assertion.audiences.join(",")));
    }
    if meant.iter().any(|credential| credential.subject == assertion.subject) {
        return Ok(());
    }
    let in_other_case = meant.iter().any(|credential| credential.subject.eq_ignore_ascii_case(&assertion.subject));
    let claim = if in_other_case { FederatedClaim::SubjectCase } else { FederatedClaim::Subject };
    Err(mismatch(claim, &assertion.subject))
}
