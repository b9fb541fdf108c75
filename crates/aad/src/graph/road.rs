//! The road of every request to Graph, read from top to bottom.

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request};
use axum::response::{IntoResponse, Response};
use model::{JsonMap, Time};
use tokens::{ResourceApp, claims_challenge, resource_app};
use uuid::Uuid;

use super::access;
use super::answer::json_body;
use super::call::Call;
use super::error::GraphError;
use super::headers::Stamp;
use super::me;
use super::odata::Options;
use super::refusals::Refusal;
use super::route::{self, Run};
use super::target::Target;
use crate::Aad;

/// Bodies up to this many bytes are read.
const LIMIT: usize = 1 << 20;
const CHALLENGE: &str = concat!(
    r#"Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", "#,
    r#"client_id="00000003-0000-0000-c000-000000000000""#
);

/// Answers a request; refusals have Graph's shape, whatever is wrong.
pub(super) async fn road(State(aad): State<Aad>, request: Request<Body>) -> Response {
    let now = aad.clock.now();
    let (head, body) = request.into_parts();
    let stamp = Stamp::of(&head, now, aad.ids.guid());
    let result = match identify(&aad, &head, now, &stamp) {
        Ok(caller) => {
            let result = travel(&aad, &head, body, now, &stamp, caller).await;
            if let Err(GraphError::RequestDenied) = &result {
                let request = format!("{} {}", head.method, head.uri.path());
                aad.refusals.remember(stamp.request_id, Refusal::new(&aad.store.read(), now, caller, request));
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
    body: Body,
    now: Time,
    stamp: &Stamp,
    caller: Uuid,
) -> Result<Response, GraphError> {
    let mut target = Target::parse(head.uri.path())?;
    me::resolve(&mut target, caller, &aad.store.read())?;
    let (noun, route, keys) = route::find(&head.method, &target)?;
    let options = Options::parse(&head.uri)?;
    let call = Call {
        aad,
        now,
        origin: aad.ports.origins(&stamp.host).graph,
        version: target.version,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        noun,
        keys,
        cast: target.cast,
        counted: target.counted,
        options,
        body: read(body).await?,
    };
    match route.run {
        Run::Read(run) => {
            let world = aad.store.read();
            access::require(&world, caller, route.access())?;
            run(&call, &world)?.present(&call)
        }
        Run::Write(run) => {
            let mut tx = aad.store.begin().await;
            access::require(&tx, caller, route.access())?;
            let answer = run(&call, &mut tx)?;
            tx.commit().await?;
            answer.present(&call)
        }
    }
}

/// The caller's object id. Only tokens for Graph count: one for ARM says nothing here.
fn identify(aad: &Aad, head: &Parts, now: Time, stamp: &Stamp) -> Result<Uuid, GraphError> {
    let given = head.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = given.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let Some((_, token)) = token else {
        return Err(GraphError::InvalidAuthenticationToken("Access token is empty."));
    };
    let accepts = |aud: &str| resource_app(aud, stamp.host_name(), aad.ports) == Some(ResourceApp::Graph);
    let token = aad.verifier.verify(token.trim(), now, accepts).map_err(|error| match error.better_since(now) {
        Some(since) => GraphError::StaleToken(since),
        None => error.into(),
    })?;
    match aad.store.read().token_revoked_at(token.object_id, token.family, token.issued) {
        Some(since) => Err(GraphError::StaleToken(since)),
        None => Ok(token.object_id),
    }
}

/// The JSON object that was sent; an empty body is an object without members.
async fn read(body: Body) -> Result<JsonMap, GraphError> {
    let bytes = to_bytes(body, LIMIT).await.map_err(|_| GraphError::TooLarge)?;
    if bytes.is_empty() {
        return Ok(JsonMap::new());
    }
    serde_json::from_slice(&bytes).map_err(|_| {
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
    if let (GraphError::RequestDenied, Ok(id)) = (error, id) {
        response.headers_mut().insert("x-smalt-explanation", id);
    }
    response
}
