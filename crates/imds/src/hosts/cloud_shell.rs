//! Cloud Shell: the one who signed in to the portal asks, by a form or as IMDS is asked (IDENTITY-WIRE 2.5).

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::call::Call;
use super::refusal::Refusal;
use super::reply;
use crate::identity::Selector;
use crate::query::Query;

pub(super) const PATH: &str = "/oauth2/token";
const LIKE_IMDS: &str = "/metadata/identity/oauth2/token";

/// What it gives tokens for; what is not here it refuses, whether or not the tenant knows it.
const AUDIENCES: [&str; 20] = [
    "https://management.core.windows.net/",
    "https://management.azure.com/",
    "https://graph.windows.net/",
    "https://vault.azure.net",
    "https://datalake.azure.net/",
    "https://outlook.office365.com/",
    "https://graph.microsoft.com/",
    "https://batch.core.windows.net/",
    "https://analysis.windows.net/powerbi/api",
    "https://storage.azure.com/",
    "https://rest.media.azure.net",
    "https://api.loganalytics.io",
    "https://ossrdbms-aad.database.windows.net",
    "https://www.yammer.com",
    "https://digitaltwins.azure.net",
    "0b07f429-9f4b-4714-9392-cc5e8e80c8b0",
    "822c8694-ad95-4735-9c55-256f7db2f9b4",
    "https://dev.azuresynapse.net",
    "https://database.windows.net",
    "https://quantum.microsoft.com",
];

/// Parameters that name identities are not looked at: there is one person.
pub(super) async fn answer(call: &Call<'_>) -> Result<Response, Refusal> {
    let is_form = call.parts.method == Method::POST;
    match call.check_target(LIKE_IMDS, &Method::GET) {
        Err(Refusal::Path) => call.check_target(PATH, if is_form { &Method::POST } else { &Method::GET })?,
        like_imds => like_imds?,
    }
    call.check_metadata()?;
    let form = std::str::from_utf8(call.body).map_err(|_| Refusal::Query)?;
    let query = if is_form { Query::parse(form)? } else { call.query()? };
    let resource = query.get("resource").ok_or(Refusal::Resource)?;
    let is_known = AUDIENCES.iter().any(|known| known.trim_end_matches('/') == resource.trim_end_matches('/'));
    if !is_known {
        return Err(Refusal::Audience(resource.to_owned()));
    }
    let token = call.token(Selector::Default, resource).await?;
    let names = ["access_token", "expires_in", "expires_on", "not_before", "resource", "token_type"];
    Ok(reply::json(StatusCode::OK, call.pick(&token, &names)))
}

pub(super) fn refuse(refusal: Refusal) -> Response {
    let fixed = |status: u16, code, message: &str| (status, code, message.to_owned());
    let (status, code, message) = match refusal {
        Refusal::TokenService { status, body } => return reply::bytes(status, body),
        Refusal::Path => fixed(404, "not_found", "Not found"),
        Refusal::Method => fixed(405, "method_not_allowed", "Method not allowed"),
        Refusal::NoMetadata | Refusal::NoSecret | Refusal::WrongSecret => {
            fixed(400, "bad_request_102", "Required metadata header not specified")
        }
        Refusal::Forwarded => fixed(400, "invalid_request", "Requests with the header X-Forwarded-For are not allowed"),
        Refusal::Resource => fixed(400, "invalid_request", "Required audience parameter not specified"),
        Refusal::Audience(wanted) => {
            let known = AUDIENCES.join(",");
            let message =
                format!("Audience {wanted} is not a supported MSI token audience. Supported audiences: {known}");
            (400, "AudienceNotSupported", message)
        }
        Refusal::Query | Refusal::Selectors | Refusal::ApiVersion => {
            fixed(400, "invalid_request", "A parameter is repeated or there are too many of them")
        }
        Refusal::NoDefault | Refusal::Identity => fixed(400, "invalid_request", "Identity not found"),
        Refusal::Failure => fixed(500, "unknown", "The token endpoint failed to answer"),
    };
    let body = json!({"error": {"code": code, "message": message}});
    reply::json(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), body)
}
