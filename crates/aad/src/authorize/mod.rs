//! The authorization endpoint: a browser brings a person, and takes an answer back to the client (RFC 6749, 4.1; OpenID
//! Connect Core, 3).
//!
//! What it is: [`request`] reads what the client wants, `sign_in` finds out who the person is, [`response`] carries the answer.
//!
//! What it is not: it gives no access by itself; codes are redeemed at the token endpoint.
//!
//! How to add the next: a parameter is read in [`request`]; a way to carry answers is a variant of `ResponseMode`.

mod request;
mod response;

use axum::extract::Request;
use axum::http::{Method, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{AuthorizationCode, GrantKind, SignIn, Time};
use time::Duration;
use tokens::{Person, Proof, sha256};
use uuid::Uuid;

use crate::Aad;
use crate::app_roles;
use crate::call::{Answer, Call};
use crate::claims_request::ClaimsRequest;
use crate::consent::Wish;
use crate::error::Aadsts;
use crate::form::Form;
use crate::grants::delegated::{Delegation, access_token, client_info, id_token};
use crate::opaque::hand_out;
use crate::people;
use crate::realm::Realm;
use crate::redirect_uri::Platform;
use crate::registration::Registration;
use crate::route::Version;
use crate::sign_in::{self, Asked, Outcome};
use crate::target::Target;
use crate::tenant::TenantName;
use crate::token_endpoint::read_form;

pub(crate) use request::Prompt;

use request::AuthorizeRequest;
use response::Carrier;

/// How long a code waits for its redemption.
const CODE_LIFE: Duration = Duration::minutes(10);

/// Answers a browser. Until the client's address is known to be its own, refusals are shown to the person; from then on the
/// client gets them.
pub(crate) async fn answer(aad: &Aad, call: &Call, tenant_name: &str, version: Version, request: Request) -> Answer {
    match serve(aad, call, tenant_name, version, request).await {
        Ok(answer) => answer,
        Err(error) => sign_in::refusal(call, &error),
    }
}

async fn serve(
    aad: &Aad,
    call: &Call,
    tenant_name: &str,
    version: Version,
    request: Request,
) -> Result<Answer, Aadsts> {
    if !matches!(*request.method(), Method::GET | Method::HEAD | Method::POST) {
        return Err(Aadsts::Malformed(StatusCode::METHOD_NOT_ALLOWED));
    }
    let (parts, body) = request.into_parts();
    let body = if parts.method == Method::POST { read_form(&parts.headers, body).await? } else { Vec::new() };
    // Read only now: much may change while a body is on its way.
    let world = aad.store.read();
    let realm = Realm::of(aad, call, &world, tenant_name)?;
    let query = parts.uri.query().unwrap_or_default();
    let (in_query, typed) = (Form::parse(query.as_bytes())?, Form::parse(&body)?);
    // A client may post what it asks; the sign-in page posts what was typed, and keeps what was asked in its address.
    let is_asked_in_body = in_query.get("client_id").is_none() && parts.method == Method::POST;
    let asked = if is_asked_in_body { &typed } else { &in_query };
    let client = Registration::find(&realm, asked.required("client_id")?)?;
    if realm.tenant_name == TenantName::Consumers {
        return Err(Aadsts::OrganizationsOnly { client_id: client.app_id, name: client.name.to_owned() });
    }
    let address = match asked.get("redirect_uri") {
        Some(address) => address,
        None => client.only_redirect_uri()?,
    };
    let platform = client.redirect_uri(address)?;
    let carrier = Carrier::of(address, asked);
    let wanted = match AuthorizeRequest::read(client, platform, address, asked, version) {
        Ok(wanted) => wanted,
        Err(error) => return Ok(carrier.refuse(call, &error, None)),
    };
    let target = match Target::find(&realm, &wanted.scopes.resource) {
        Ok(target) => target,
        Err(error) => return Ok(carrier.refuse(call, &error, None)),
    };
    let browser = Asked {
        wish: Wish { realm: &realm, client: &wanted.client, target: &target, scopes: &wanted.scopes },
        prompt: &wanted.prompt,
        hint: asked.get("login_hint"),
        headers: &parts.headers,
        typed: if is_asked_in_body { None } else { Some(&typed).filter(|_| parts.method == Method::POST) },
    };
    match sign_in::who(&browser).await {
        Ok(Outcome::SignedIn { user, at, cookie }) => {
            // What the person agreed to a moment ago counts, and so does what became of them meanwhile.
            let world = aad.store.read();
            let given = give(&Realm { world: &world, ..realm }, &wanted, asked, user.id, at).await;
            Ok(match given {
                Ok(values) => carrier.carry(call, values, cookie),
                Err(error) => carrier.refuse(call, &error, cookie),
            })
        }
        Ok(Outcome::Page(page)) => Ok(Answer::Page(page)),
        Err(error) => Ok(carrier.refuse(call, &error, None)),
    }
}

/// What goes back to the client of a person who signed in.
async fn give(
    realm: &Realm<'_>,
    wanted: &AuthorizeRequest<'_>,
    asked: &Form<'_>,
    user: Uuid,
    at: Time,
) -> Result<Vec<(&'static str, String)>, Aadsts> {
    let user = people::with_id(realm, user)?;
    let target = Target::find(realm, &wanted.scopes.resource)?;
    app_roles::check_person(realm, user, wanted.client.app_id, &target)?;
    let ids = &realm.aad.ids;
    let sign_in = SignIn { family: ids.guid(), user_id: user.id, client_id: wanted.client.app_id, at };
    let delegation = Delegation {
        sign_in: sign_in.clone(),
        client: wanted.client,
        proof: Proof::Public,
        scopes: wanted.scopes.clone(),
        nonce: wanted.nonce.clone(),
        refresh_until: None,
    };
    let person = Person { user, sign_in: &sign_in, client_id: wanted.client.app_id, proof: Proof::Public };
    let (mut values, mut hashes) = (Vec::new(), Vec::new());
    if wanted.kinds.code {
        let mut tx = realm.aad.store.begin().await;
        let kind = GrantKind::AuthorizationCode(AuthorizationCode {
            sign_in: sign_in.clone(),
            redirect_uri: wanted.address.clone(),
            is_confidential: wanted.platform == Platform::Web,
            is_single_page: wanted.platform == Platform::SinglePage,
            asked: wanted.scopes.asked.clone(),
            nonce: wanted.nonce.clone(),
            challenge: wanted.challenge.clone(),
        });
        let code = hand_out(&mut tx, ids, kind, realm.call.now, CODE_LIFE);
        tx.commit().await.map_err(|_| Aadsts::Internal)?;
        hashes.push(("c_hash", left_half(&code)));
        values.push(("code", code));
    }
    if wanted.kinds.token {
        let (token, scope, lifetime) = access_token(realm, &delegation, &person, &ClaimsRequest::read(asked)?)?;
        hashes.push(("at_hash", left_half(&token)));
        values.push(("access_token", token));
        values.push(("token_type", "Bearer".to_owned()));
        values.push(("expires_in", lifetime.seconds_left(realm.call.now).to_string()));
        values.push(("scope", scope));
    }
    if wanted.kinds.id_token {
        let is_version_2 = wanted.version == Version::V2;
        values.push(("id_token", id_token(realm, &delegation, &person, is_version_2, &hashes)?));
    }
    values.push(("session_state", sign_in.family.to_string()));
    if asked.get("client_info") == Some("1") {
        values.push(("client_info", client_info(realm, user)));
    }
    Ok(values)
}

/// Binds an id token to what comes with it (OpenID Connect Core, 3.3.2.11).
fn left_half(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(&sha256(text.as_bytes())[..16])
}
