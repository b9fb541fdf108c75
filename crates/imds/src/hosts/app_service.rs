//! App Service and Functions, and Container Apps, which took over their protocol (IDENTITY-WIRE 2.5).

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::json;
use time::OffsetDateTime;
use time::macros::format_description;

use super::Host;
use super::call::Call;
use super::refusal::Refusal;
use super::reply;
use crate::identity::Selector;
use crate::query::Query;
use crate::revocation::Revocation;

pub(super) const PATH: &str = "/msi/token";

/// What an api-version has of its own: the header with the secret, and the names of identities.
enum Version {
    /// 2017-09-01.
    Old,
    /// 2019-08-01.
    New,
    /// 2025-03-30, which adds parameters for revoked tokens.
    Newest,
}

impl Version {
    /// Container Apps came after the old one and do not know it.
    fn of(query: &Query<'_>, host: Host) -> Result<Self, Refusal> {
        match query.get("api-version") {
            Some("2017-09-01") if host == Host::AppService => Ok(Self::Old),
            Some("2019-08-01") => Ok(Self::New),
            Some("2025-03-30") => Ok(Self::Newest),
            _ => Err(Refusal::ApiVersion),
        }
    }

    fn selector<'q>(&self, query: &'q Query<'_>) -> Result<Selector<'q>, Refusal> {
        let named = match self {
            Self::Old => vec![query.get("clientid").map(Selector::Client)],
            Self::New | Self::Newest => vec![
                query.get("client_id").map(Selector::Client),
                query.get("principal_id").map(Selector::Object),
                query.get("object_id").map(Selector::Object),
                query.get("mi_res_id").map(Selector::Resource),
            ],
        };
        let mut named = named.into_iter().flatten();
        match (named.next(), named.next()) {
            // Even an only user-assigned identity has to be named.
            (None, _) => Ok(Selector::System),
            (Some(one), None) => Ok(one),
            (Some(_), Some(_)) => Err(Refusal::Selectors),
        }
    }
}

pub(super) async fn answer(call: &Call<'_>, host: Host) -> Result<Response, Refusal> {
    call.check_target(PATH, &Method::GET)?;
    let query = call.query()?;
    let version = Version::of(&query, host);
    // Whoever does not prove to be on the host learns nothing of what the query lacks.
    call.check_secret(if let Ok(Version::Old) = version { "secret" } else { "x-identity-header" })?;
    let version = version?;
    let resource = query.get("resource").ok_or(Refusal::Resource)?;
    let selector = version.selector(&query)?;
    let revocation = if let Version::Newest = version { Revocation::of(&query) } else { Revocation::default() };
    let token =
        call.token_beside(selector, resource, revocation).await.map_err(|refusal| match (refusal, selector) {
            (Refusal::Identity, Selector::System) => Refusal::NoDefault,
            (refusal, _) => refusal,
        })?;
    let mut body = call.pick(&token, &["access_token", "client_id", "expires_on", "resource", "token_type"]);
    if let Version::Old = version {
        let date = written_date(token.expires_on).ok_or(Refusal::Failure)?;
        body.insert("expires_on".to_owned(), json!(date));
    }
    Ok(reply::json(StatusCode::OK, body))
}

/// `09/14/2017 00:00:00 +00:00`, as on Linux.
fn written_date(second: i64) -> Option<String> {
    let moment = OffsetDateTime::from_unix_timestamp(second).ok()?;
    moment.format(format_description!("[month]/[day]/[year] [hour]:[minute]:[second] +00:00")).ok()
}

/// Texts without a source of their own are smalt's: those for the query.
pub(super) fn refuse(call: &Call<'_>, refusal: &Refusal) -> Response {
    let (status, message) = match refusal {
        Refusal::Path => return reply::empty(StatusCode::NOT_FOUND),
        Refusal::Method => return reply::empty(StatusCode::METHOD_NOT_ALLOWED),
        Refusal::NoMetadata | Refusal::Forwarded | Refusal::NoSecret | Refusal::WrongSecret => {
            return reply::empty(StatusCode::FORBIDDEN);
        }
        Refusal::Query => (400, "A query parameter is repeated or there are too many of them."),
        Refusal::ApiVersion => (400, "The api-version is missing or not supported."),
        Refusal::Resource => (400, "The parameter 'resource' is missing."),
        Refusal::Selectors => (400, "Only one of client_id, principal_id and mi_res_id may be specified."),
        Refusal::NoDefault => (400, "Unable to load requested managed identity."),
        Refusal::Identity => {
            (400, "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.")
        }
        Refusal::Audience(_) | Refusal::TokenService { .. } | Refusal::Failure => (
            500,
            "An unexpected error occured while fetching the AAD Token. \
             Please contact support with this provided Correlation Id",
        ),
    };
    let body = json!({"statusCode": status, "message": message, "correlationId": call.request_id});
    reply::json(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), body)
}
