//! One request: when and whence it came, and the ids that its answer carries (IDENTITY-WIRE 3.7).

use axum::extract::Request;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use model::{Origins, Time};
use serde::Serialize;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;
use uuid::Uuid;

use crate::Aad;
use crate::answer;
pub(crate) use crate::answer::Answer;
use crate::error::{Aadsts, Refusal};
use crate::form::Form;
use crate::host;

const CLIENT_REQUEST_ID: &str = "client-request-id";
/// What is wanted of whoever asks with a token (RFC 6750, 3).
const BEARER: &str = "Bearer error=\"invalid_token\"";
const SECONDS: StaticFormatDescription = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]Z");

/// What all parts of an answer share.
#[derive(Debug)]
pub(crate) struct Call {
    /// The moment of the request.
    pub(crate) now: Time,
    /// The host that the client named, with its port, if it named one.
    pub(crate) host: String,
    /// The faces in this client's terms.
    pub(crate) origins: Origins,
    /// The browser's page that asks, when one does.
    pub(crate) is_cross_origin: bool,
    trace: Uuid,
    correlation: Uuid,
}

impl Call {
    /// Reads what every request has.
    pub(crate) fn of(aad: &Aad, request: &Request) -> Self {
        let host = host::named(request.headers(), request.uri()).unwrap_or_default().to_owned();
        Self {
            now: aad.clock.now(),
            origins: aad.ports.origins(&host),
            host,
            is_cross_origin: request.headers().contains_key(header::ORIGIN),
            trace: aad.ids.guid(),
            correlation: correlation(request.headers(), request.uri()).unwrap_or_else(|| aad.ids.guid()),
        }
    }

    /// The host's name without its port.
    pub(crate) fn host_name(&self) -> String {
        host::without_port(&self.host)
    }

    /// The whole answer.
    pub(crate) fn answer(&self, outcome: Result<Answer, Aadsts>) -> Response {
        let mut response = match outcome {
            Ok(answer) => answer.response(),
            Err(error) => {
                let (refusal, body) = self.refused(&error);
                let mut response = answer::json(refusal.status, body, Some(refusal.code));
                match error {
                    Aadsts::TooManyRequests { retry_after } => {
                        response.headers_mut().insert(header::RETRY_AFTER, retry_after.into());
                    }
                    Aadsts::InvalidBearer => {
                        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(BEARER));
                    }
                    _ => {}
                }
                response
            }
        };
        let headers = response.headers_mut();
        if self.is_cross_origin && !headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        }
        for (name, id) in [("x-ms-request-id", self.trace), (CLIENT_REQUEST_ID, self.correlation)] {
            if let Ok(value) = HeaderValue::try_from(id.to_string()) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        response
    }

    /// What lets one script run on one page.
    pub(crate) fn script_nonce(&self) -> String {
        self.trace.simple().to_string()
    }

    /// What a refusal says after its code, with the ids to ask about it.
    pub(crate) fn description(&self, error: &Aadsts) -> String {
        format!(
            "AADSTS{}: {} Trace ID: {} Correlation ID: {} Timestamp: {}",
            error.refusal().code,
            borrowable(&error.text()),
            self.trace,
            self.correlation,
            self.now.format(SECONDS).unwrap_or_default()
        )
    }

    /// A refusal and its body.
    fn refused(&self, error: &Aadsts) -> (Refusal, String) {
        #[derive(Serialize)]
        struct Body<'a> {
            error: &'a str,
            error_description: String,
            error_codes: [u32; 1],
            timestamp: &'a str,
            trace_id: Uuid,
            correlation_id: Uuid,
            #[serde(skip_serializing_if = "Option::is_none")]
            error_uri: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            suberror: Option<&'static str>,
        }
        let refusal = error.refusal();
        let timestamp = self.now.format(SECONDS).unwrap_or_default();
        let body = Body {
            error: refusal.error,
            error_description: self.description(error),
            error_codes: [refusal.code],
            timestamp: &timestamp,
            trace_id: self.trace,
            correlation_id: self.correlation,
            error_uri: refusal.has_page().then(|| refusal.page()),
            // MSAL knows by it that asking the person helps.
            suberror: matches!(error, Aadsts::NoConsent { .. }).then_some("consent_required"),
        };
        (refusal, serde_json::to_string(&body).unwrap_or_default())
    }
}

/// The text without anything that JSON escapes: one client reads the description in place and fails on any escape
/// (IDENTITY-WIRE 3.10). Only words that the client itself sent can hold such characters.
fn borrowable(text: &str) -> String {
    let plain = |c: char| match c {
        '"' => '\'',
        '\\' => '/',
        c if c.is_control() => ' ',
        c => c,
    };
    text.chars().map(plain).collect()
}

/// The caller's own id of the request: a header, or a parameter of the query from browsers, which save a preflight so.
fn correlation(headers: &HeaderMap, target: &Uri) -> Option<Uuid> {
    let header = headers.get(CLIENT_REQUEST_ID).and_then(|value| Uuid::parse_str(value.to_str().ok()?).ok());
    header.or_else(|| {
        let query = Form::parse(target.query()?.as_bytes()).ok()?;
        Uuid::parse_str(query.get(CLIENT_REQUEST_ID)?).ok()
    })
}
