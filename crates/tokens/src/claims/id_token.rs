//! An id token: who signed in, told to the client alone (OpenID Connect Core, 2).

use model::{Ids, JsonMap, Tenant};
use serde_json::json;
use uuid::Uuid;

use super::{Claims, Entitlements, Format, Lifetime, Person, Recipient, opaque, token_id};

/// What an id token is made of.
#[derive(Debug, Clone, Copy)]
pub struct IdTokenFacts<'a> {
    /// Who.
    pub person: Person<'a>,
    /// Which of the two formats the endpoint speaks.
    pub is_version_2: bool,
    /// `iss` of version 2: clients compare it with the document that they were sent to.
    pub issuer: &'a str,
    /// From the client's request.
    pub nonce: Option<&'a str>,
    /// Whether the client may know the person's names.
    pub has_profile: bool,
    /// Whether the client may know the person's address.
    pub has_email: bool,
    /// What the person may do at the client, as far as tokens say so.
    pub entitled: &'a Entitlements,
    /// SHA-256 of what comes with it, its left half in base64url: `at_hash`, `c_hash`.
    pub hashes: &'a [(&'static str, String)],
}

/// The claims of an id token, in the order of real ones.
#[must_use]
pub fn id_token(tenant: &Tenant, facts: &IdTokenFacts<'_>, lifetime: Lifetime, ids: &Ids) -> JsonMap {
    let IdTokenFacts { person, is_version_2, .. } = *facts;
    let client: Uuid = person.client_id;
    let name = client.to_string();
    let recipient = Recipient { resource: &name, app: None, app_id: client, is_version_2 };
    let format = recipient.format(tenant);
    let format = match is_version_2 {
        true => Format { issuer: facts.issuer.to_owned(), ..format },
        false => format,
    };
    let user = person.user;
    let mut claims = Claims::begin(&format, lifetime);
    let groups = claims.say_overage(facts.entitled, &format!("{}/users/{}", tenant.id, user.id));
    if is_version_2 {
        claims.say("aio", json!(opaque(ids)));
    } else {
        claims.say("amr", json!(["pwd"]));
    }
    claims.say("auth_time", json!(person.sign_in.at.unix_timestamp()));
    for (hash, value) in facts.hashes {
        claims.say(hash, json!(value));
    }
    if facts.has_email {
        claims.say_some("email", person.property("mail"));
    }
    if facts.has_profile {
        claims.say_some("family_name", person.property("surname"));
        claims.say_some("given_name", person.property("givenName"));
    }
    claims.say_list("groups", groups);
    if facts.has_profile {
        claims.say("name", json!(user.display_name));
    }
    claims.say_some("nonce", facts.nonce);
    claims.say("oid", json!(user.id));
    if is_version_2 && facts.has_profile {
        claims.say("preferred_username", json!(user.user_principal_name));
    }
    claims.say("rh", json!(recipient.resource_hint(tenant, ids)));
    claims.say_list("roles", &facts.entitled.roles);
    claims.say("sid", json!(person.sign_in.family));
    claims.say("sub", json!(person.pairwise(client)));
    claims.say("tid", json!(tenant.id));
    if !is_version_2 {
        claims.say("unique_name", json!(user.user_principal_name));
        claims.say("upn", json!(user.user_principal_name));
    }
    claims.say("uti", json!(token_id(ids)));
    claims.say("ver", json!(format.version));
    claims.0
}
