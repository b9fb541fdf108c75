//! A person's token, asked for by a client on their behalf.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{Ids, JsonMap, SignIn, Tenant, User};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Claims, Entitlements, Lifetime, Proof, Recipient, opaque, token_id};
use crate::sha256;

/// A person who signed in to a client.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// Who.
    pub user: &'a User,
    /// To what, and when.
    pub sign_in: &'a SignIn,
    /// The application id of the client that gets the token: of a chain of services, the last.
    pub client_id: Uuid,
    /// How that client proved itself.
    pub proof: Proof,
}

impl Person<'_> {
    /// `sub`: the person's name to this application alone.
    pub(super) fn pairwise(&self, app_id: Uuid) -> String {
        URL_SAFE_NO_PAD.encode(sha256(&[self.user.id.as_bytes().as_slice(), app_id.as_bytes()].concat()))
    }

    /// A property that clients of Graph set.
    pub(super) fn property(&self, name: &str) -> Option<&str> {
        self.user.other.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }
}

/// The claims of a person's token, in the order of real ones (IDENTITY-WIRE 4.4).
#[must_use]
pub fn user(
    tenant: &Tenant,
    person: &Person<'_>,
    recipient: &Recipient<'_>,
    entitled: &Entitlements,
    lifetime: Lifetime,
    ids: &Ids,
) -> JsonMap {
    let format = recipient.format(tenant);
    let is_version_1 = !recipient.is_version_2;
    let user = person.user;
    let mut claims = Claims::begin(&format, lifetime);
    let listed = claims.say_overage(entitled, &format!("{}/users/{}", tenant.id, user.id));
    if is_version_1 {
        claims.say("acr", json!("1"));
    }
    claims.say("aio", json!(opaque(ids)));
    if is_version_1 {
        claims.say("amr", json!(["pwd"]));
    }
    claims.say(format.client, json!(person.client_id));
    claims.say(format.client_class, json!(person.proof.class_reference()));
    if is_version_1 {
        claims.say_some("family_name", person.property("surname"));
        claims.say_some("given_name", person.property("givenName"));
    }
    claims.say_list("groups", listed);
    claims.say("idtyp", json!("user"));
    if is_version_1 {
        // Every face is on loopback unless told otherwise.
        claims.say("ipaddr", json!("127.0.0.1"));
    }
    claims.say("name", json!(user.display_name));
    claims.say("oid", json!(user.id));
    match is_version_1 {
        true => claims.say("puid", json!(format!("10032{:011X}", user.id.as_u128() & 0xfff_ffff_ffff))),
        false => claims.say("preferred_username", json!(user.user_principal_name)),
    }
    claims.say("rh", json!(recipient.resource_hint(tenant, ids)));
    claims.say_list("roles", &entitled.roles);
    claims.say("scp", json!(entitled.scopes.join(" ")));
    claims.say("sid", json!(person.sign_in.family));
    claims.say("sub", json!(person.pairwise(recipient.app_id)));
    claims.say("tid", json!(tenant.id));
    if is_version_1 {
        claims.say("unique_name", json!(user.user_principal_name));
        claims.say("upn", json!(user.user_principal_name));
    }
    claims.say("uti", json!(token_id(ids)));
    claims.say("ver", json!(format.version));
    claims.say_list("wids", &entitled.directory_roles);
    claims.say_list("xms_cc", &entitled.capabilities);
    claims.say("xms_tcdt", json!(tenant.created_at.unix_timestamp().to_string()));
    claims.0
}

#[cfg(test)]
mod tests {
    use model::{JsonMap, Time};
    use time::Duration;

    use super::*;

    #[test]
    fn groups_are_listed_until_there_are_too_many() {
        let now = Time::UNIX_EPOCH + Duration::days(20_000);
        let user_id = Uuid::from_u128(3);
        let ada = User {
            id: user_id,
            user_principal_name: "ada@t.example".into(),
            display_name: "Ada".into(),
            password_hash: None,
            manager: None,
            account_enabled: true,
            created_at: now,
            other: JsonMap::new(),
        };
        let tenant =
            Tenant { id: Uuid::from_u128(1), display_name: "T".into(), domain: "t.example".into(), created_at: now };
        let sign_in = SignIn { family: Uuid::from_u128(5), user_id, client_id: Uuid::from_u128(6), at: now };
        let person = Person { user: &ada, sign_in: &sign_in, client_id: sign_in.client_id, proof: Proof::Public };
        let recipient =
            Recipient { resource: "https://a/", app: None, app_id: Uuid::from_u128(7), is_version_2: false };
        let with = |count: u128| {
            let groups = Some((0..count).map(Uuid::from_u128).collect());
            let entitled = Entitlements { groups, ..Entitlements::default() };
            let lifetime = Lifetime::of_person(false, now, &Ids::seeded(1));
            user(&tenant, &person, &recipient, &entitled, lifetime, &Ids::seeded(1))
        };
        let (few, many) = (with(200), with(201));
        assert_eq!((few["groups"].as_array().map(Vec::len), few.get("_claim_names")), (Some(200), None));
        assert_eq!((many.get("groups"), &many["_claim_names"]["groups"]), (None, &json!("src1")));
        assert_eq!(with(0).get("groups"), None);
        assert_ne!(few["sub"], few["oid"]);
    }
}
