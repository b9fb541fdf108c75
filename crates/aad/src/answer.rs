//! What the token service answers with, and the headers of each kind (IDENTITY-WIRE 3.7).

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;

/// A build and ring as recordings show them.
const SERVER: &str = "2.1.24100.6 - WUS3 ProdSlices";
/// An hour of refusals or tokens in a cache would be wrong; a day of documents is what clients expect.
const NEVER: &str = "no-store, no-cache";
const A_DAY: &str = "max-age=86400, private";
const JSON: &str = "application/json; charset=utf-8";
const PRIVACY: &str = "CP=\"DSP CUR OTPi IND OTRi ONL FIN\"";
/// Which slice of the service answered; clients that keep cookies come back with it (REC-JS).
const GATEWAY: [&str; 2] = [
    "x-ms-gateway-slice=estsfd; path=/; secure; samesite=none; httponly",
    "stsservicecookie=estsfd; path=/; secure; samesite=none; httponly",
];

/// What is given.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The answer of the token endpoint, as JSON text.
    Token(String),
    /// A document for everybody, browsers' scripts included, as JSON text.
    Document(Bytes),
    /// What a token's bearer may know, for nobody's cache.
    Private(Value),
    /// Leave for a browser's script to ask.
    Preflight,
    /// Something for a person to read.
    Page(Page),
    /// The browser goes on to another address.
    Redirect(Redirect),
}

/// A page of HTML.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) html: String,
    /// The only script that may run.
    pub(crate) script_nonce: Option<String>,
    pub(crate) cookie: Option<String>,
}

/// Where a browser goes on.
#[derive(Debug)]
pub(crate) struct Redirect {
    pub(crate) to: String,
    pub(crate) cookie: Option<String>,
}

impl Answer {
    /// The answer as HTTP.
    pub(crate) fn response(self) -> Response {
        match self {
            Self::Token(text) => json(StatusCode::OK, text, None),
            Self::Document(text) => for_everybody(text, Some(JSON)),
            Self::Private(document) => plain(StatusCode::OK, document.to_string(), JSON),
            Self::Preflight => {
                let mut response = for_everybody(Bytes::new(), None);
                say(&mut response, header::ACCESS_CONTROL_ALLOW_HEADERS, "*");
                say(&mut response, header::ACCESS_CONTROL_MAX_AGE, "86400");
                response
            }
            Self::Page(page) => page.response(),
            Self::Redirect(redirect) => {
                let mut response = plain(StatusCode::FOUND, String::new(), "text/html; charset=utf-8");
                put(&mut response, header::LOCATION, &redirect.to);
                set_cookie(&mut response, redirect.cookie.as_deref());
                response
            }
        }
    }
}

impl Page {
    fn response(self) -> Response {
        let mut response = plain(self.status, self.html, "text/html; charset=utf-8");
        // Nothing from elsewhere, and nobody frames it: what stands on it was typed by strangers.
        let script =
            self.script_nonce.as_ref().map(|nonce| format!("; script-src 'nonce-{nonce}'")).unwrap_or_default();
        let policy =
            format!("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'{script}");
        put(&mut response, header::CONTENT_SECURITY_POLICY, &policy);
        say(&mut response, header::X_FRAME_OPTIONS, "DENY");
        say(&mut response, header::REFERRER_POLICY, "same-origin");
        set_cookie(&mut response, self.cookie.as_deref());
        response
    }
}

/// JSON for one caller, with the telemetry that says how the request went.
pub(crate) fn json(status: StatusCode, body: String, code: Option<u32>) -> Response {
    let mut response = plain(status, body, JSON);
    say(&mut response, HeaderName::from_static("p3p"), PRIVACY);
    for gateway in GATEWAY {
        response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_static(gateway));
    }
    put(&mut response, HeaderName::from_static("x-ms-clitelem"), &format!("1,{},0,,", code.unwrap_or(0)));
    response
}

fn plain(status: StatusCode, body: String, content_type: &'static str) -> Response {
    let mut response = begin(status, body.into(), NEVER);
    say(&mut response, header::PRAGMA, "no-cache");
    say(&mut response, header::EXPIRES, "-1");
    say(&mut response, header::CONTENT_TYPE, content_type);
    response
}

fn for_everybody(body: Bytes, content_type: Option<&'static str>) -> Response {
    let mut response = begin(StatusCode::OK, body, A_DAY);
    say(&mut response, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    say(&mut response, header::ACCESS_CONTROL_ALLOW_METHODS, "GET, OPTIONS");
    if let Some(content_type) = content_type {
        say(&mut response, header::CONTENT_TYPE, content_type);
    }
    response
}

/// Room for the larger bodies, so that they need not grow on the way.
const BODY: usize = 4096;

/// A body as JSON text.
pub(crate) fn written(body: &impl Serialize) -> String {
    let mut text = Vec::with_capacity(BODY);
    // Nothing in a body can fail to be written, and JSON is text.
    let _ = serde_json::to_writer(&mut text, body);
    String::from_utf8(text).unwrap_or_default()
}

/// Room for all that is said of an answer, so that it need not be made bit by bit.
const HEADERS: usize = 16;

fn begin(status: StatusCode, body: Bytes, cache: &'static str) -> Response {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().reserve(HEADERS);
    *response.status_mut() = status;
    say(&mut response, header::CACHE_CONTROL, cache);
    say(&mut response, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    say(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    say(&mut response, header::X_XSS_PROTECTION, "0");
    say(&mut response, HeaderName::from_static("x-ms-ests-server"), SERVER);
    response
}

fn set_cookie(response: &mut Response, cookie: Option<&str>) {
    if let Some(cookie) = cookie {
        put(response, header::SET_COOKIE, cookie);
    }
}

fn say(response: &mut Response, name: HeaderName, value: &'static str) {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
}

fn put(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
