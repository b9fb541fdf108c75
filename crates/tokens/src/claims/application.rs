//! An application's own token.

use model::{Ids, JsonMap, ManagedIdentity, Tenant};
use serde_json::json;
use uuid::Uuid;

use super::{Claims, Entitlements, Lifetime, Proof, Recipient, opaque, token_id};

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

/// The claims of an application's own token, in the order of real tokens (IDENTITY-WIRE 4.2, 4.3). Tokens for a tenant's
/// own resources carry no `xms_mirid`.
#[must_use]
pub fn application(
    tenant: &Tenant,
    subject: &AppSubject<'_>,
    recipient: &Recipient<'_>,
    entitled: &Entitlements,
    lifetime: Lifetime,
    ids: &Ids,
) -> JsonMap {
    let format = recipient.format(tenant);
    let mut claims = Claims::begin(&format, lifetime);
    let groups = claims.say_overage(entitled, &format!("{}/servicePrincipals/{}", tenant.id, subject.object_id));
    claims.say("aio", json!(opaque(ids)));
    claims.say(format.client, json!(subject.app_id));
    claims.say(format.client_class, json!(subject.proof.class_reference()));
    claims.say_list("groups", groups);
    if !recipient.is_version_2 {
        claims.say("idp", json!(format.issuer));
    }
    claims.say("idtyp", json!("app"));
    claims.say("oid", json!(subject.object_id));
    claims.say("rh", json!(recipient.resource_hint(tenant, ids)));
    claims.say_list("roles", &entitled.roles);
    claims.say("sub", json!(subject.object_id));
    claims.say("tid", json!(tenant.id));
    claims.say("uti", json!(token_id(ids)));
    claims.say("ver", json!(format.version));
    claims.say_list("wids", &entitled.directory_roles);
    if let (Some(identity), Some(_)) = (subject.managed_identity, recipient.app) {
        let host = subject.host.or((!identity.explicit).then_some(identity.resource_id.as_str()));
        claims.say_some("xms_az_rid", host);
    }
    claims.say_list("xms_cc", &entitled.capabilities);
    if let (Some(identity), Some(_)) = (subject.managed_identity, recipient.app) {
        claims.say("xms_mirid", json!(identity.resource_id));
    }
    claims.say("xms_tcdt", json!(tenant.created_at.unix_timestamp().to_string()));
    claims.0
}

#[cfg(test)]
mod tests {
    use model::Time;
    use time::Duration;

    use super::*;
    use crate::ResourceApp;

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
        let token = |resource: &str, app: Option<ResourceApp>, is_version_2: bool| {
            let recipient = Recipient { resource, app, app_id: Uuid::from_u128(9), is_version_2 };
            application(&tenant(), &subject, &recipient, &Entitlements::default(), lifetime, &Ids::seeded(1))
        };
        let arm = token("https://management.azure.com", Some(ResourceApp::Arm), false);
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
        assert!(!token("api://mine", None, false).contains_key("xms_mirid"));
        let recipient =
            Recipient { resource: "api://mine", app: None, app_id: Uuid::from_u128(9), is_version_2: false };
        let in_groups = |count: u128| {
            let groups = Some((0..count).map(Uuid::from_u128).collect());
            let entitled = Entitlements { groups, ..Entitlements::default() };
            application(&tenant(), &subject, &recipient, &entitled, lifetime, &Ids::seeded(1))
        };
        assert_eq!(in_groups(200)["groups"].as_array().map(Vec::len), Some(200));
        let endpoint = &in_groups(201)["_claim_sources"]["src1"]["endpoint"];
        let wanted = format!(
            "https://graph.windows.net/{}/servicePrincipals/{}/getMemberObjects",
            Uuid::from_u128(1),
            Uuid::from_u128(3)
        );
        assert_eq!((endpoint, in_groups(201).get("groups")), (&json!(wanted), None));
        let exchange = token("api://AzureADTokenExchange", Some(ResourceApp::TokenExchange), true);
        assert_eq!((&exchange["ver"], &exchange["azpacr"]), (&json!("2.0"), &json!("2")));
    }
}
