//! Whether a federated credential of the client fits an assertion. Pure: to the last character, case included.

use model::{ClaimsMatchingExpression, FederatedIdentityCredential, ManagedIdentity, Resource, Scope};
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
    whom: Whom<'w>,
    audience: &'w str,
}

/// Whom a credential trusts its issuer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whom<'w> {
    Subject(&'w str),
    Expression(&'w str),
}

impl<'w> Whom<'w> {
    fn of(subject: Option<&'w str>, expression: Option<&'w str>) -> Self {
        expression.map_or(Self::Subject(subject.unwrap_or_default()), Self::Expression)
    }

    fn is(self, assertion: &Assertion) -> bool {
        match self {
            Self::Subject(subject) => subject == assertion.subject,
            Self::Expression(value) => ClaimsMatchingExpression::holds(value, |name| assertion.claim(name)),
        }
    }
}

impl<'w> Trusted<'w> {
    fn of_application(credential: &'w FederatedIdentityCredential) -> Self {
        let audience = credential.audiences.first().map(String::as_str).unwrap_or_default();
        let expression = credential.claims_matching_expression.as_ref().map(|expression| expression.value.as_str());
        Self { issuer: &credential.issuer, whom: Whom::of(credential.subject.as_deref(), expression), audience }
    }

    fn of_identity(credential: &'w Resource) -> Self {
        let text = |name: &str| credential.spec.get(name).and_then(Value::as_str);
        let expression = credential.spec.get("claimsMatchingExpression").and_then(|it| it.get("value"));
        let whom = Whom::of(text("subject"), expression.and_then(Value::as_str));
        let audience = credential.spec.get("audiences").and_then(|all| all.get(0)).and_then(Value::as_str);
        Self { issuer: text("issuer").unwrap_or_default(), whom, audience: audience.unwrap_or_default() }
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
    if meant.iter().any(|credential| credential.whom.is(assertion)) {
        return Ok(());
    }
    let in_other_case = |whom: Whom<'_>| matches!(whom, Whom::Subject(s) if s.eq_ignore_ascii_case(&assertion.subject));
    let claim = match meant {
        meant if meant.iter().any(|credential| in_other_case(credential.whom)) => FederatedClaim::SubjectCase,
        meant if meant.iter().any(|c| matches!(c.whom, Whom::Expression(_))) => FederatedClaim::SubjectOrExpression,
        _ => FederatedClaim::Subject,
    };
    Err(mismatch(claim, &assertion.subject))
}
