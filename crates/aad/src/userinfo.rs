//! Who a token's bearer acts for (OpenID Connect Core, 5.3): at Graph for version 2 clients, here for version 1.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use model::User;
use serde_json::{Value, json};
use tokens::{ResourceApp, resource_app};

use crate::Aad;
use crate::call::{Answer, Call};
use crate::error::Aadsts;

/// The same at Graph's own address, whatever the verb.
pub(crate) async fn at_graph(State(aad): State<Aad>, request: Request) -> Response {
    let call = Call::of(&aad, &request);
    call.answer(answer(&aad, &call, request.headers()))
}

/// What may be known of the person whom a token for Graph was given for.
///
/// # Errors
/// [`Aadsts::InvalidBearer`].
pub(crate) fn answer(aad: &Aad, call: &Call, headers: &HeaderMap) -> Result<Answer, Aadsts> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = given.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let (_, token) = token.ok_or(Aadsts::InvalidBearer)?;
    let host = call.host_name();
    let accepts = |audience: &str| resource_app(audience, &host, aad.ports) == Some(ResourceApp::Graph);
    let token = aad.verifier.verify(token.trim(), call.now, accepts).map_err(|_| Aadsts::InvalidBearer)?;
    let world = aad.store.read();
    let counts = world.token_revoked_at(token.object_id, token.family, token.issued).is_none();
    let user = world.user(token.object_id).filter(|_| counts && token.is_delegated());
    let subject = token.claims.get("sub").cloned().unwrap_or_default();
    user.map(|user| Answer::Private(drawn(user, &subject, call))).ok_or(Aadsts::InvalidBearer)
}

fn drawn(user: &User, subject: &Value, call: &Call) -> Value {
    let property = |name: &str| user.other.get(name).cloned().filter(|value| !value.is_null());
    let mut info = json!({"sub": subject, "name": user.display_name});
    for (claim, name) in [("family_name", "surname"), ("given_name", "givenName"), ("email", "mail")] {
        if let Some(value) = property(name) {
            info[claim] = value;
        }
    }
    info["picture"] = json!(format!("{}/v1.0/me/photo/$value", call.origins.graph));
    info
}
