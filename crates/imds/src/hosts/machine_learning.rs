//! Machine Learning: the old protocol of App Service, except that `expires_on` is a number and that even the
//! system-assigned identity has to be named by its client id (IDENTITY-WIRE 2.5).

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::call::Call;
use super::refusal::Refusal;
use super::reply;
use crate::identity::Selector;

pub(super) const PATH: &str = "/MSI/auth";

pub(super) async fn answer(call: &Call<'_>) -> Result<Response, Refusal> {
    call.check_target(PATH, &Method::GET)?;
    call.check_secret("secret")?;
    let query = call.query()?;
    if query.get("api-version") != Some("2017-09-01") {
        return Err(Refusal::ApiVersion);
    }
    let resource = query.get("resource").ok_or(Refusal::Resource)?;
    let client = query.get("clientid").ok_or(Refusal::NoDefault)?;
    let token = call.token(Selector::Client(client), resource).await?;
    let mut body = call.pick(&token, &["access_token", "client_id", "expires_on", "resource", "token_type"]);
    body.insert("expires_on".to_owned(), json!(token.expires_on));
    Ok(reply::json(StatusCode::OK, body))
}

/// No refusal of the real endpoint was seen: the words are smalt's, in the shape of IMDS.
pub(super) fn refuse(refusal: Refusal) -> Response {
    let (status, error, description) = match refusal {
        Refusal::TokenService { status, body } => return reply::bytes(status, body),
        Refusal::Path => (404, "invalid_request", "Not found"),
        Refusal::Method => (405, "invalid_request", "Method not allowed"),
        Refusal::NoMetadata | Refusal::Forwarded | Refusal::NoSecret => {
            (401, "unauthorized", "The header 'secret' is missing")
        }
        Refusal::WrongSecret => (401, "unauthorized", "The header 'secret' is not the value of MSI_SECRET"),
        Refusal::Query | Refusal::Selectors => {
            (400, "invalid_request", "A query parameter is repeated or there are too many of them")
        }
        Refusal::ApiVersion => (400, "invalid_request", "The api-version is missing or not supported"),
        Refusal::Resource | Refusal::Audience(_) => (400, "invalid_request", "The parameter 'resource' is missing"),
        Refusal::NoDefault => (400, "invalid_request", "The parameter 'clientid' is missing"),
        Refusal::Identity => (400, "invalid_request", "Identity not found"),
        Refusal::Failure => (500, "unknown", "The endpoint failed to answer"),
    };
    let body = json!({"error": error, "error_description": description});
    reply::json(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), body)
}
