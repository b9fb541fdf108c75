//! Azure Arc: a program must show that it may read what the agent has written for it (IDENTITY-WIRE 2.5).

use axum::http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::json;
use time::format_description::well_known::Rfc3339;

use super::call::Call;
use super::challenge::Challenges;
use super::refusal::Refusal;
use super::{ARC_TOKENS, reply};
use crate::identity::Selector;
use crate::query::Query;

pub(super) const PATH: &str = "/metadata/identity/oauth2/token";

/// What clients send, and the first there was.
const VERSIONS: [&str; 4] = ["2019-08-15", "2019-11-01", "2020-06-01", "2021-02-01"];

/// Everything that can be refused is refused before the challenge, as the agent does.
pub(super) async fn answer(call: &Call<'_>, challenges: &Challenges) -> Result<Response, Refusal> {
    call.check_target(PATH, &Method::GET)?;
    call.check_metadata()?;
    let query = call.query()?;
    if !query.get("api-version").is_some_and(|version| VERSIONS.contains(&version)) {
        return Err(Refusal::ApiVersion);
    }
    let resource = query.get("resource").ok_or(Refusal::Resource)?;
    let (selector, echo) = selected(&query)?;
    call.check_identity(selector)?;
    let Some(shown) = call.header(AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Basic ")) else {
        return challenge(call, challenges);
    };
    if !challenges.redeem(shown) {
        return Err(Refusal::WrongSecret);
    }
    let mut body = call.members(&*call.token(selector, resource).await?);
    // Clients take no token of a user-assigned identity that does not say whose it is.
    if let Some((name, value)) = echo {
        body.insert(name.to_owned(), json!(value));
    }
    Ok(reply::json(StatusCode::OK, body))
}

/// The parameter that names an identity, and what it says.
type Named<'q> = Option<(&'static str, &'q str)>;

/// `mi_res_id`, App Service's spelling, means nothing here.
fn selected<'q>(query: &'q Query<'_>) -> Result<(Selector<'q>, Named<'q>), Refusal> {
    type Make<'q> = fn(&'q str) -> Selector<'q>;
    let known: [(&str, Make<'q>); 3] =
        [("client_id", Selector::Client), ("object_id", Selector::Object), ("msi_res_id", Selector::Resource)];
    let mut named = known.into_iter().filter_map(|(name, make)| Some((name, make, query.get(name)?)));
    match (named.next(), named.next()) {
        (None, _) => Ok((Selector::System, None)),
        (Some((name, make, value)), None) => Ok((make(value), Some((name, value)))),
        (Some(_), Some(_)) => Err(Refusal::Selectors),
    }
}

fn challenge(call: &Call<'_>, challenges: &Challenges) -> Result<Response, Refusal> {
    let name = challenges.write(&call.road.imds.0.ids).map_err(|error| {
        tracing::error!(%error, "a challenge could not be written");
        Refusal::Failure
    })?;
    let realm = HeaderValue::try_from(format!("Basic realm={ARC_TOKENS}/{name}")).map_err(|_| Refusal::Failure)?;
    let mut response = refuse(call, Refusal::NoSecret);
    response.headers_mut().insert(WWW_AUTHENTICATE, realm);
    Ok(response)
}

/// Entra's members around the agent's sentences.
pub(super) fn refuse(call: &Call<'_>, refusal: Refusal) -> Response {
    let (status, error, description) = match refusal {
        Refusal::TokenService { status, body } => return reply::bytes(status, body),
        Refusal::Path => (404, "invalid_request", "Not found"),
        Refusal::Method => (405, "invalid_request", "Method not allowed"),
        Refusal::NoMetadata => (400, "invalid_request", "Required metadata header not specified"),
        Refusal::Forwarded => (400, "invalid_request", "Requests with the header X-Forwarded-For are not allowed"),
        Refusal::NoSecret => (401, "unauthorized_client", "Missing Basic Authorization header"),
        Refusal::WrongSecret => (401, "unauthorized_client", "Invalid Basic Authorization header"),
        Refusal::Query => (400, "invalid_request", "A query parameter is repeated or there are too many of them"),
        Refusal::ApiVersion => (400, "invalid_request", "The api-version is missing or not supported"),
        Refusal::Resource | Refusal::Audience(_) => {
            (400, "invalid_request", "Required audience parameter not specified")
        }
        Refusal::Selectors => {
            (400, "invalid_request", "Only one of client_id, object_id and msi_res_id may be specified")
        }
        Refusal::NoDefault | Refusal::Identity => (400, "invalid_request", "Identity not found"),
        Refusal::Failure => (500, "unknown", "The agent failed to answer"),
    };
    let body = json!({
        "error": error,
        "error_description": description,
        "error_codes": [status],
        "timestamp": call.now.format(&Rfc3339).unwrap_or_default(),
        "trace_id": "",
        "correlation_id": call.request_id,
    });
    reply::json(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), body)
}
