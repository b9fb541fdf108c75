//! The road of every request to Graph, read from top to bottom.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{ACCEPT, AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Request};
use axum::response::{IntoResponse, Response};
use model::{JsonMap, Time};
use tokens::{AccessToken, ResourceApp, claims_challenge, resource_app};

use super::access::Caller;
use super::admin_consent;
use super::answer::json_body;
use super::batch;
use super::call::Call;
use super::error::GraphError;
use super::headers::Stamp;
use super::me;
use super::odata::Options;
use super::passwords;
use super::refusals::Refusal;
use super::route::{self, Run, Taken};
use super::target::Target;
use crate::Aad;

/// Bodies up to this many bytes are read.
const LIMIT: usize = 1 << 20;
const CHALLENGE: &str = concat!(
    r#"Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", "#,
    r#"client_id="00000003-0000-0000-c000-000000000000""#
);
/// What Graph says of a token that is none at all.
const NO_JWT: &str = "IDX14100: JWT is not well formed, there are no dots (.).\nThe token needs to be in JWS or JWE Compact \
                      Serialization Format. (JWS): 'EncodedHeader.EndcodedPayload.EncodedSignature'. (JWE): \
                      'EncodedProtectedHeader.EncodedEncryptedKey.EncodedInitializationVector.EncodedCiphertext.\
                      EncodedAuthenticationTag'.";

/// Answers a request; refusals have Graph's shape, whatever is wrong.
pub(super) async fn road(State(aad): State<Aad>, request: Request<Body>) -> Response {
    answer(&aad, request).await
}

/// The answer to a request that came alone or in a batch.
pub(super) async fn answer(aad: &Aad, request: Request<Body>) -> Response {
    let now = aad.clock.now();
    let (head, body) = request.into_parts();
    let stamp = Stamp::of(&head, now, aad.ids.guid());
    // Before anything is refused: clients that speak HTTP/2 may lose an answer that comes while they still send.
    let body = request_body::read(body, LIMIT).await.map_err(GraphError::from);
    let identified = identify(aad, &head, now, &stamp).and_then(|token| Ok((token, body?)));
    let result = match identified {
        Ok((token, body)) => {
            let result = travel(aad, &head, &body, now, &stamp, &token).await;
            if let Err(GraphError::RequestDenied(denial)) = &result {
                let request = format!("{} {}", head.method, head.uri.path());
                let refusal = Refusal::new(&aad.store.read(), now, token.object_id, request, *denial);
                aad.refusals.remember(stamp.request_id, refusal);
            }
            result
        }
        Err(error) => Err(error),
    };
    let mut response = result.unwrap_or_else(|error| refusal(&error, &stamp));
    stamp.put_on(response.headers_mut());
    response
}

async fn travel(
    aad: &Aad,
    head: &Parts,
    body: &[u8],
    now: Time,
    stamp: &Stamp,
    token: &AccessToken,
) -> Result<Response, GraphError> {
    if batch::is_batch(head.uri.path()) {
        return batch::answer(aad, head, read(body)?).await;
    }
    if let Some(app_id) = admin_consent::asked(head.uri.path()) {
        return match head.method {
            Method::POST => admin_consent::consent(aad, now, token, app_id).await,
            _ => Err(GraphError::MethodNotAllowed),
        };
    }
    let mut target = Target::parse(head.uri.path())?;
    me::resolve(&mut target, token.object_id, &aad.store.read())?;
    let referenced = head.method == Method::GET && target.takes_references();
    let Taken { noun, area, route, keys } = route::find(&head.method, &target)?;
    let options = Options::parse(&head.uri, is_eventual(head))?;
    let body = read(body)?;
    let passwords = passwords::sent(aad, token.object_id, noun, route.last(), &body).await;
    let call = |caller| Call {
        aad,
        now,
        origin: aad.ports.origins(&stamp.host).graph,
        version: target.version,
        path: single_slashes(head.uri.path()),
        query: head.uri.query().unwrap_or_default().to_owned(),
        caller,
        relation: route.last(),
        noun,
        keys,
        cast: target.cast,
        counted: target.counted,
        referenced,
        plain: is_plain(head),
        creates_if_missing: head.headers.get("prefer").is_some_and(|wish| wish == "create-if-missing"),
        options,
        body,
        passwords,
    };
    match route.run {
        Run::Read(run) => {
            let world = aad.store.read();
            let call = call(Caller::of(&world, token)?);
            call.authorize(&world, area, false)?;
            run(&call, &world)?.present(&call, &world)
        }
        Run::Write(run) => {
            let mut tx = aad.store.begin().await;
            let call = call(Caller::of(&tx, token)?);
            call.authorize(&tx, area, true)?;
            let answer = run(&call, &mut tx)?;
            tx.commit().await?;
            answer.present(&call, &aad.store.read())
        }
    }
}

/// Whether the caller takes an answer that may lag behind: what advanced queries ask for.
fn is_eventual(head: &Parts) -> bool {
    let level = head.headers.get("consistencylevel").and_then(|level| level.to_str().ok());
    level.is_some_and(|level| level.eq_ignore_ascii_case("eventual"))
}

/// The path without the second of two slashes, which the SDK for Python writes behind the version.
fn single_slashes(path: &str) -> String {
    path.split('/').filter(|piece| !piece.is_empty()).flat_map(|piece| ["/", piece]).collect()
}

/// Whether the caller wants the answer alone, without OData's own members.
fn is_plain(head: &Parts) -> bool {
    let wish = head.headers.get(ACCEPT).and_then(|wish| wish.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    wish.contains("odata.metadata=none")
}

/// The caller's token. Only tokens for Graph count: one for ARM says nothing here.
fn identify(aad: &Aad, head: &Parts, now: Time, stamp: &Stamp) -> Result<Arc<AccessToken>, GraphError> {
    let given = head.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = given.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let Some((_, token)) = token else {
        return Err(GraphError::InvalidAuthenticationToken("Access token is empty."));
    };
    if !token.contains('.') {
        return Err(GraphError::InvalidAuthenticationToken(NO_JWT));
    }
    let own = match admin_consent::asked(head.uri.path()) {
        Some(_) => ResourceApp::Portal,
        None => ResourceApp::Graph,
    };
    let host = stamp.host_name();
    let accepts = |aud: &str| resource_app(aud, &host, aad.ports) == Some(own);
    let token = aad.verifier.verify(token.trim(), now, accepts).map_err(|error| match error.better_since(now) {
        Some(since) => GraphError::StaleToken(since),
        None => error.into(),
    })?;
    match aad.store.read().token_revoked_at(token.object_id, token.family, token.issued) {
        Some(since) => Err(GraphError::StaleToken(since)),
        None => Ok(token),
    }
}

/// The JSON object that was sent; an empty body is an object without members.
fn read(body: &[u8]) -> Result<JsonMap, GraphError> {
    if body.is_empty() {
        return Ok(JsonMap::new());
    }
    serde_json::from_slice(body).map_err(|_| {
        GraphError::Malformed(
            "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid \
             JSON format."
                .to_owned(),
        )
    })
}

fn refusal(error: &GraphError, stamp: &Stamp) -> Response {
    let (status, body) = error.describe(stamp);
    let mut response = (status, json_body("application/json", &body)).into_response();
    if matches!(error, GraphError::InvalidAuthenticationToken(_)) {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE));
    }
    if let GraphError::StaleToken(since) = error {
        let challenge = format!("{CHALLENGE}, error=\"insufficient_claims\", claims=\"{}\"", claims_challenge(*since));
        if let Ok(challenge) = HeaderValue::from_str(&challenge) {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
    }
    let id = HeaderValue::from_str(&stamp.request_id.to_string());
    if let (GraphError::RequestDenied(_), Ok(id)) = (error, id) {
        response.headers_mut().insert("x-smalt-explanation", id);
    }
    response
}
