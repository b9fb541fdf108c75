//! Service Fabric: which identity an application has is written in its resource, not in the request
//! (IDENTITY-WIRE 2.5). Texts of refusals are those of the product's documentation.

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::call::Call;
use super::refusal::Refusal;
use super::reply;
use crate::identity::Selector;
use crate::revocation::Revocation;

pub(super) const PATH: &str = "/metadata/identity/oauth2/token";
const VERSION: &str = "2019-07-01-preview";

pub(super) async fn answer(call: &Call<'_>) -> Result<Response, Refusal> {
    call.check_target(PATH, &Method::GET)?;
    call.check_secret("secret")?;
    let query = call.query()?;
    if query.get("api-version") != Some(VERSION) {
        return Err(Refusal::ApiVersion);
    }
    let resource = query.get("resource").ok_or(Refusal::Resource)?;
    let token = call.token_beside(Selector::Default, resource, Revocation::of(&query)).await?;
    Ok(reply::json(StatusCode::OK, call.pick(&token, &["token_type", "expires_on", "access_token", "resource"])))
}

pub(super) fn refuse(call: &Call<'_>, refusal: &Refusal) -> Response {
    let given = || call.query().ok().and_then(|query| query.get("api-version").map(str::to_owned)).unwrap_or_default();
    let fixed = |status: u16, code, message: &str| (status, code, message.to_owned());
    let (status, code, message) = match refusal {
        Refusal::Path => fixed(404, "NotFound", "The requested path is not found."),
        Refusal::Method => fixed(405, "MethodNotAllowed", "The method is not allowed."),
        Refusal::NoMetadata | Refusal::Forwarded | Refusal::NoSecret => {
            fixed(400, "SecretHeaderNotFound", "Secret is not found in the request headers.")
        }
        Refusal::WrongSecret | Refusal::NoDefault | Refusal::Identity => {
            fixed(404, "ManagedIdentityNotFound", "Managed identity not found for the specified application host.")
        }
        Refusal::Resource | Refusal::Audience(_) => {
            fixed(400, "ArgumentNullOrEmpty", "The parameter 'resource' should not be null or empty string.")
        }
        Refusal::ApiVersion => {
            let message = format!("The api-version '{}' is not supported. Supported version is '{VERSION}'.", given());
            (400, "InvalidApiVersion", message)
        }
        Refusal::Query | Refusal::Selectors => fixed(400, "InvalidArgument", "A query parameter is repeated."),
        Refusal::TokenService { .. } | Refusal::Failure => fixed(500, "InternalServerError", "An error occurred."),
    };
    let body = json!({"error": {"correlationId": call.request_id, "code": code, "message": message}});
    reply::json(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), body)
}
