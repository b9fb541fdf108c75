//! What access tokens say. Pure: the moment and the identifiers come from outside.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use model::{Ids, JsonMap, ManagedIdentity, Tenant, Time};
use serde_json::{Value, json};
use time::Duration;
use uuid::Uuid;

use crate::{Authority, ResourceApp};

/// How a client proved itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// By a secret: `appidacr` 1.
    Secret,
    /// By a certificate or a federated assertion: `appidacr` 2.
    Certificate,
}

/// An application or managed identity that acts for itself.
#[derive(Debug, Clone, Copy)]
pub struct AppSubject<'a> {
    /// Application (client) id.
    pub app_id: Uuid,
    /// The service principal's object id.
    pub object_id: Uuid,
    /// How it proved itself.
    pub proof: Proof,
    /// Present for managed identities.
    pub managed_identity: Option<&'a ManagedIdentity>,
    /// ARM id of the machine on which a managed identity asked: the claim `xms_az_rid`.
    pub host: Option<&'a str>,
}

/// When a token holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// `iat` and `nbf`: five minutes before it was issued, for clocks that differ.
    pub not_before: Time,
    /// `exp`.
    pub expires: Time,
}

impl Lifetime {
    /// 24 hours for managed identities, one hour for other applications (IDENTITY-WIRE 4.2, 4.3, 4.6).
    #[must_use]
    pub fn of_application(is_managed_identity: bool, now: Time) -> Self {
        let life = if is_managed_identity { Duration::hours(24) } else { Duration::hours(1) };
        Self { not_before: now - Duration::minutes(5), expires: now + life }
    }

    /// Seconds from `now` to the end.
    #[must_use]
    pub fn seconds_left(self, now: Time) -> i64 {
        (self.expires - now).whole_seconds()
    }
}

/// The claims of an application's own token for `resource`, in the order of real tokens (IDENTITY-WIRE 4.2, 4.3).
/// `app` is the first-party application behind the resource; tokens for a tenant's own resources carry no `xms_mirid`.
#[must_use]
pub fn application(
    tenant: &Tenant,
    subject: &AppSubject<'_>,
    resource: &str,
    app: Option<ResourceApp>,
    lifetime: Lifetime,
    ids: &Ids,
) -> JsonMap {
    let authority = Authority { tenant: tenant.id, domain: tenant.domain.clone() };
    let version_1 = app.is_none_or(ResourceApp::takes_version_1);
    let acr = match subject.proof {
        Proof::Secret => "1",
        Proof::Certificate => "2",
    };
    let (issuer, app_id, app_acr) = match version_1 {
        true => (authority.issuer_v1(), "appid", "appidacr"),
        false => (authority.issuer_v2(), "azp", "azpacr"),
    };
    // A version 2 token names its audience by application id.
    let audience = match (version_1, app) {
        (false, Some(app)) => app.app_id().to_string(),
        _ => resource.to_owned(),
    };
    let mut claims = JsonMap::new();
    let mut say = |name: &str, value: Value| drop(claims.insert(name.to_owned(), value));
    say("aud", json!(audience));
    say("iss", json!(issuer));
    say("iat", json!(lifetime.not_before.unix_timestamp()));
    say("nbf", json!(lifetime.not_before.unix_timestamp()));
    say("exp", json!(lifetime.expires.unix_timestamp()));
    say("aio", json!(STANDARD.encode(ids.bytes::<27>())));
    say(app_id, json!(subject.app_id));
    say(app_acr, json!(acr));
    if version_1 {
        say("idp", json!(issuer));
    }
    say("idtyp", json!("app"));
    say("oid", json!(subject.object_id));
    say("rh", json!(resource_hint(tenant.id, app, ids)));
    say("sub", json!(subject.object_id));
    say("tid", json!(tenant.id));
    say("uti", json!(URL_SAFE_NO_PAD.encode(ids.bytes::<16>())));
    say("ver", json!(if version_1 { "1.0" } else { "2.0" }));
    if let (Some(identity), Some(_)) = (subject.managed_identity, app) {
        let host = subject.host.or((!identity.explicit).then_some(identity.resource_id.as_str()));
        if let Some(host) = host {
            say("xms_az_rid", json!(host));
        }
        say("xms_mirid", json!(identity.resource_id));
    }
    say("xms_tcdt", json!(tenant.created_at.unix_timestamp().to_string()));
    claims
}

/// The claim `rh`: opaque to clients; tenant and resource in little-endian order, as public tokens decode
/// (IDENTITY-WIRE 4.2; the three bytes at the end are unknown and random here).
fn resource_hint(tenant: Uuid, app: Option<ResourceApp>, ids: &Ids) -> String {
    let mut bytes = vec![1, 0x2a, 0];
    bytes.extend(tenant.to_bytes_le());
    bytes.extend(app.map_or(Uuid::nil(), ResourceApp::app_id).to_bytes_le());
    bytes.extend(ids.bytes::<3>());
    format!("0.{}.", URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant() -> Tenant {
        Tenant {
            id: Uuid::from_u128(1),
            display_name: "T".into(),
            domain: "t.example".into(),
            created_at: Time::UNIX_EPOCH + Duration::days(17_000),
        }
    }

    #[test]
    fn a_managed_identity_says_what_it_is_to_first_parties_only() {
        let identity = ManagedIdentity { resource_id: "/subscriptions/s/resourcegroups/g/vm".into(), explicit: false };
        let subject = AppSubject {
            app_id: Uuid::from_u128(2),
            object_id: Uuid::from_u128(3),
            proof: Proof::Certificate,
            managed_identity: Some(&identity),
            host: None,
        };
        let now = Time::UNIX_EPOCH + Duration::days(20_000);
        let lifetime = Lifetime::of_application(true, now);
        let arm = application(
            &tenant(),
            &subject,
            "https://management.azure.com",
            Some(ResourceApp::Arm),
            lifetime,
            &Ids::seeded(1),
        );
        assert_eq!(
            arm.keys().map(String::as_str).collect::<Vec<_>>(),
            [
                "aud",
                "iss",
                "iat",
                "nbf",
                "exp",
                "aio",
                "appid",
                "appidacr",
                "idp",
                "idtyp",
                "oid",
                "rh",
                "sub",
                "tid",
                "uti",
                "ver",
                "xms_az_rid",
                "xms_mirid",
                "xms_tcdt"
            ]
        );
        assert_eq!(arm["aud"], "https://management.azure.com");
        assert_eq!(arm["exp"].as_i64().zip(arm["nbf"].as_i64()).map(|(exp, nbf)| exp - nbf), Some(86_700));
        assert_eq!((&arm["oid"], &arm["appidacr"], &arm["iss"]), (&arm["sub"], &json!("2"), &arm["idp"]));
        let own = application(&tenant(), &subject, "api://mine", None, lifetime, &Ids::seeded(1));
        assert!(!own.contains_key("xms_mirid"));
        let exchange = application(
            &tenant(),
            &subject,
            "api://AzureADTokenExchange",
            Some(ResourceApp::TokenExchange),
            lifetime,
            &Ids::seeded(1),
        );
        assert_eq!((&exchange["ver"], &exchange["azpacr"]), (&json!("2.0"), &json!("2")));
    }
}
