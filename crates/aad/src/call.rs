//! One request and its answer: when and whence it came, and the headers that every answer carries (IDENTITY-WIRE 3.7).

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use model::{Origins, Time};
use serde::Serialize;
use serde_json::Value;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;
use uuid::Uuid;

use crate::Aad;
use crate::error::Aadsts;
use crate::form::Form;

const CLIENT_REQUEST_ID: &str = "client-request-id";
const SECONDS: StaticFormatDescription = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]Z");
/// A build and ring as recordings show them.
const SERVER: &str = "2.1.24100.6 - WUS3 ProdSlices";
/// An hour of refusals or tokens in a cache would be wrong; a day of documents is what clients expect.
const NEVER: &str = "no-store, no-cache";
const A_DAY: &str = "max-age=86400, private";

/// What is given.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The answer of the token endpoint, as JSON text.
    Token(String),
    /// A document for everybody, browsers' scripts included.
    Document(Value),
    /// Leave for a browser's script to ask for a document.
    Preflight,
}

/// What all parts of an answer share.
#[derive(Debug)]
pub(crate) struct Call {
    /// The moment of the request.
    pub(crate) now: Time,
    /// The host that the client named, with its port, if it named one.
    pub(crate) host: String,
    /// The faces in this client's terms.
    pub(crate) origins: Origins,
    trace: Uuid,
    correlation: Uuid,
}

impl Call {
    /// Reads what every request has.
    pub(crate) fn of(aad: &Aad, request: &Request) -> Self {
        let host = host(request.headers(), request.uri());
        Self {
            now: aad.clock.now(),
            origins: aad.ports.origins(&host),
            host,
            trace: aad.ids.guid(),
            correlation: correlation(request.headers(), request.uri()).unwrap_or_else(|| aad.ids.guid()),
        }
    }

    /// The host's name without its port.
    pub(crate) fn host_name(&self) -> String {
        self.host.parse::<Authority>().map(|authority| authority.host().to_owned()).unwrap_or_default()
    }

    /// The whole answer.
    pub(crate) fn answer(&self, outcome: &Result<Answer, Aadsts>) -> Response {
        let (status, body, cache, telemetry) = match outcome {
            Ok(Answer::Token(text)) => (StatusCode::OK, text.clone(), NEVER, Some("1,0,0,,".to_owned())),
            Ok(Answer::Document(document)) => (StatusCode::OK, document.to_string(), A_DAY, None),
            Ok(Answer::Preflight) => (StatusCode::OK, String::new(), A_DAY, None),
            Err(error) => {
                let (status, code, body) = self.refused(error);
                (status, body, NEVER, Some(format!("1,{code},0,,")))
            }
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        let mut say =
            |name: HeaderName, value: &'static str| drop(headers.insert(name, HeaderValue::from_static(value)));
        say(header::CACHE_CONTROL, cache);
        say(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
        say(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        say(HeaderName::from_static("x-xss-protection"), "0");
        say(HeaderName::from_static("x-ms-ests-server"), SERVER);
        if cache == NEVER {
            say(header::PRAGMA, "no-cache");
            say(header::EXPIRES, "-1");
        } else {
            say(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
            say(header::ACCESS_CONTROL_ALLOW_METHODS, "GET, OPTIONS");
        }
        match outcome {
            Ok(Answer::Preflight) => {
                say(header::ACCESS_CONTROL_ALLOW_HEADERS, "*");
                say(header::ACCESS_CONTROL_MAX_AGE, "86400");
            }
            _ => say(header::CONTENT_TYPE, "application/json; charset=utf-8"),
        }
        if status == StatusCode::METHOD_NOT_ALLOWED {
            say(header::ALLOW, "GET, HEAD, OPTIONS");
        }
        let ids = [("x-ms-request-id", self.trace), (CLIENT_REQUEST_ID, self.correlation)];
        let ids = ids.map(|(name, id)| (name, Some(id.to_string())));
        for (name, value) in ids.into_iter().chain([("x-ms-clitelem", telemetry)]) {
            if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        response
    }

    /// A refusal's status, code and body.
    fn refused(&self, error: &Aadsts) -> (StatusCode, u32, String) {
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
        }
        let refusal = error.refusal();
        let timestamp = self.now.format(SECONDS).unwrap_or_default();
        let description = format!(
            "AADSTS{}: {} Trace ID: {} Correlation ID: {} Timestamp: {timestamp}",
            refusal.code,
            borrowable(&error.text()),
            self.trace,
            self.correlation
        );
        let page = || format!("https://login.microsoftonline.com/error?code={}", refusal.code);
        let body = Body {
            error: refusal.error,
            error_description: description,
            error_codes: [refusal.code],
            timestamp: &timestamp,
            trace_id: self.trace,
            correlation_id: self.correlation,
            error_uri: refusal.has_page().then(page),
        };
        (refusal.status, refusal.code, serde_json::to_string(&body).unwrap_or_default())
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

/// HTTP/1.1 names the host in a header, HTTP/2 in the target.
fn host(headers: &HeaderMap, target: &Uri) -> String {
    let header = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    header.or(target.authority().map(Authority::as_str)).unwrap_or_default().to_owned()
}

/// The caller's own id of the request: a header, or a parameter of the query from browsers, which save a preflight so.
fn correlation(headers: &HeaderMap, target: &Uri) -> Option<Uuid> {
    let header = headers.get(CLIENT_REQUEST_ID).and_then(|value| Uuid::parse_str(value.to_str().ok()?).ok());
    header.or_else(|| {
        let query = Form::parse(target.query()?.as_bytes()).ok()?;
        Uuid::parse_str(query.get(CLIENT_REQUEST_ID)?).ok()
    })
}
