//! Container Instances: what looks like IMDS and is a service of its own, with Resource Manager's shape of errors.

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::call::Call;
use super::refusal::Refusal;
use super::reply;
use crate::identity::Selector;
use crate::versions::{self, Category};

pub(super) const PATH: &str = "/metadata/identity/oauth2/token";

pub(super) async fn answer(call: &Call<'_>) -> Result<Response, Refusal> {
    call.check_target(PATH, &Method::GET)?;
    call.check_metadata()?;
    let query = call.query()?;
    versions::of(&query, Category::Identity)?;
    let resource = query.get("resource").ok_or(Refusal::Resource)?;
    let token = call.token(Selector::of(&query)?, resource).await?;
    Ok(reply::json(StatusCode::OK, call.members(&token)))
}

/// One answer was seen: to a request that named an identity, and was told that there is no default. The codes of the
/// others are smalt's, in its likeness; a code is its own message, with a blank behind it.
pub(super) fn refuse(refusal: Refusal) -> Response {
    let (status, code) = match refusal {
        Refusal::TokenService { status, body } => return reply::bytes(status, body),
        Refusal::Path => (404, "NotFound"),
        Refusal::Method => (405, "MethodNotAllowed"),
        Refusal::NoMetadata | Refusal::NoSecret | Refusal::WrongSecret => (400, "MetadataHeaderNotSpecified"),
        Refusal::Forwarded => (400, "ForwardedRequestNotAllowed"),
        Refusal::Query | Refusal::Selectors => (400, "InvalidQueryParameters"),
        Refusal::ApiVersion => (400, "InvalidApiVersion"),
        Refusal::Resource | Refusal::Audience(_) => (400, "ResourceNotSpecified"),
        Refusal::NoDefault | Refusal::Identity => (404, "DefaultIdentityNotDefined"),
        Refusal::Failure => (500, "InternalServerError"),
    };
    let body = json!({"error": {"code": code, "message": format!("{code} "), "details": []}});
    reply::json(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), body)
}
