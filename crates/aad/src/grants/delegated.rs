//! A person's tokens, whatever the grant that leads to them (IDENTITY-WIRE 3.6).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{DirectoryObject, GrantKind, RefreshToken, SignIn, Time, User};
use serde::Serialize;
use serde_json::json;
use store::Tx;
use time::Duration;
use tokens::{IdTokenFacts, Lifetime, Person, Proof};

use super::token_body::Holds;
use crate::answer::written;
use crate::claims_request::ClaimsRequest;
use crate::entitlements;
use crate::error::Aadsts;
use crate::opaque;
use crate::people;
use crate::realm::Realm;
use crate::registration::Registration;
use crate::route::Version;
use crate::scope::Scopes;
use crate::target::Target;
use crate::token_endpoint::TokenRequest;

/// How long a refresh token waits for its use (IDENTITY-WIRE 3.10, 700082).
const REFRESH_LIFE: Duration = Duration::days(90);
/// How long a browser's refresh tokens last in all.
pub(super) const BROWSER_LIFE: Duration = Duration::DAY;

/// What a person's tokens are made of.
pub(crate) struct Delegation<'r> {
    /// Whose, and since when.
    pub(crate) sign_in: SignIn,
    /// For which client.
    pub(crate) client: Registration<'r>,
    /// How it proved itself.
    pub(crate) proof: Proof,
    /// What it asks for.
    pub(crate) scopes: Scopes,
    /// Repeated in the id token.
    pub(crate) nonce: Option<String>,
    /// Until when refresh tokens may last, where that is fixed: in a browser.
    pub(crate) refresh_until: Option<Time>,
}

#[derive(Serialize)]
struct Body<'a> {
    token_type: &'a str,
    scope: String,
    #[serde(flatten)]
    holds: Holds<'a>,
    access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_info: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    foci: Option<&'a str>,
}

/// The answer of the token endpoint. What it hands out is kept by `tx`, which the caller commits.
///
/// # Errors
/// [`Aadsts`].
pub(super) fn answer(request: &TokenRequest<'_>, tx: &mut Tx, delegation: &Delegation<'_>) -> Result<String, Aadsts> {
    let asked = ClaimsRequest::read(request.form)?;
    let user = people::of_sign_in(request, tx, &delegation.sign_in)?;
    let DirectoryObject::User(user) = user.as_ref() else { return Err(Aadsts::Internal) };
    let person =
        Person { user, sign_in: &delegation.sign_in, client_id: delegation.client.app_id, proof: delegation.proof };
    let scopes = &delegation.scopes;
    let (access_token, scope, lifetime) = access_token(request, delegation, &person, &asked)?;
    let refresh_token = scopes.has_offline_access().then(|| refresh_token(request, tx, delegation));
    let is_version_2 = request.version == Version::V2;
    let id_token =
        scopes.has_openid().then(|| id_token(request, delegation, &person, is_version_2, &[])).transpose()?;
    let is_shared = scopes.has_offline_access() && delegation.client.is_of_family();
    Ok(written(&Body {
        token_type: "Bearer",
        scope,
        holds: Holds::of(request, lifetime, &scopes.resource),
        access_token,
        refresh_token,
        id_token,
        client_info: (request.form.get("client_info") == Some("1")).then(|| client_info(request, user)),
        foci: is_shared.then_some("1"),
    }))
}

/// An access token, what it is for in words, and how long it holds.
///
/// # Errors
/// [`Aadsts`].
pub(crate) fn access_token(
    realm: &Realm<'_>,
    delegation: &Delegation<'_>,
    person: &Person<'_>,
    asked: &ClaimsRequest,
) -> Result<(String, String, Lifetime), Aadsts> {
    let (now, ids, scopes) = (realm.call.now, &realm.aad.ids, &delegation.scopes);
    let target = Target::find(realm, &scopes.resource)?;
    let entitled = entitlements::of_person(realm, person.user, &delegation.client, &target, scopes, asked)?;
    let since = asked.since(realm.world.revoked_at(person.user.id), now);
    let is_revocable = asked.understands_revocation() && target.challenges();
    let lifetime = Lifetime::of_person(is_revocable, now, ids).from(since);
    let claims = tokens::user(realm.tenant, person, &target.recipient(), &entitled, lifetime, ids);
    Ok((realm.sign(&claims)?, told_scope(scopes, &entitled.scopes), lifetime))
}

/// An id token of either format, with the hashes of what comes with it.
///
/// # Errors
/// [`Aadsts::Internal`].
pub(crate) fn id_token(
    realm: &Realm<'_>,
    delegation: &Delegation<'_>,
    person: &Person<'_>,
    is_version_2: bool,
    hashes: &[(&'static str, String)],
) -> Result<String, Aadsts> {
    let (now, ids) = (realm.call.now, &realm.aad.ids);
    let facts = IdTokenFacts {
        person: *person,
        is_version_2,
        issuer: &format!("{}/{}/v2.0", realm.call.origins.login, realm.tenant.id),
        nonce: delegation.nonce.as_deref(),
        has_profile: delegation.scopes.has_profile(),
        has_email: delegation.scopes.has_email(),
        entitled: &entitlements::at_client(realm, person.user, &delegation.client),
        hashes,
    };
    let lifetime = Lifetime::of_application(false, now);
    realm.sign(&tokens::id_token(realm.tenant, &facts, lifetime, ids))
}

/// Who signed in, for the client's cache: the person's id in their home tenant (IDENTITY-WIRE 3.6).
pub(crate) fn client_info(realm: &Realm<'_>, user: &User) -> String {
    URL_SAFE_NO_PAD.encode(json!({"uid": user.id, "utid": realm.tenant.id}).to_string())
}

/// A refresh token of the same family.
fn refresh_token(request: &TokenRequest<'_>, tx: &mut Tx, delegation: &Delegation<'_>) -> String {
    let now = request.call.now;
    let life = delegation.refresh_until.map_or(REFRESH_LIFE, |until| until - now);
    let kind = GrantKind::RefreshToken(RefreshToken {
        sign_in: delegation.sign_in.clone(),
        asked: delegation.scopes.asked.clone(),
        is_single_page: delegation.refresh_until.is_some(),
        is_confidential: delegation.proof != Proof::Public,
    });
    opaque::hand_out(tx, &request.aad.ids, kind, now, life)
}

/// `scope` of the answer: what is granted, each in the spelling that it was asked for, then what else was asked for. A client
/// finds the token again by what it asked.
fn told_scope(scopes: &Scopes, granted: &[String]) -> String {
    if scopes.asked.is_resource {
        return granted.join(" ");
    }
    let asked: Vec<&str> = scopes.asked.scope.split_whitespace().filter(|scope| *scope != "offline_access").collect();
    let spelt = granted.iter().map(|name| match asked.contains(&name.as_str()) {
        true => name.clone(),
        false => format!("{}/{name}", scopes.resource),
    });
    let mut told: Vec<String> = spelt.collect();
    for scope in asked {
        if !told.iter().any(|known| known.eq_ignore_ascii_case(scope)) {
            told.push(scope.to_owned());
        }
    }
    told.join(" ")
}
