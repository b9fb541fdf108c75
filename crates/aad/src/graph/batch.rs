//! `/$batch`: up to twenty requests in one, each answered as if it had come alone.

use std::collections::HashMap;

use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::JsonMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::json_body;
use super::error::GraphError;
use super::road;
use super::target::decode;
use crate::Aad;

/// How many requests one may hold.
const MOST: usize = 20;
/// Answers up to this many bytes are passed on; nothing here writes a longer one.
const LIMIT: usize = 1 << 26;

/// One of the requests.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    id: String,
    method: String,
    url: String,
    #[serde(default)]
    headers: HashMap<String, String>,
    #[serde(default)]
    body: Option<Value>,
    #[serde(default)]
    depends_on: Vec<String>,
}

/// Whether a path is the batch's, however its characters are encoded.
pub(super) fn is_batch(path: &str) -> bool {
    let mut pieces = path.split('/').filter(|piece| !piece.is_empty());
    let last = pieces.nth(1).and_then(decode).is_some_and(|piece| piece.eq_ignore_ascii_case("$batch"));
    last && pieces.next().is_none()
}

/// Answers every request of a batch.
///
/// # Errors
/// [`GraphError::Malformed`] for a batch that cannot be read, is too long, or depends on what is not before.
pub(super) async fn answer(aad: &Aad, head: &Parts, body: JsonMap) -> Result<Response, GraphError> {
    if head.method != Method::POST {
        return Err(GraphError::MethodNotAllowed);
    }
    let parts = read(body)?;
    let version = head.uri.path().split('/').find(|piece| !piece.is_empty()).unwrap_or_default();
    let mut answers: Vec<Value> = Vec::new();
    for part in &parts {
        let failed =
            |id: &String| answers.iter().any(|a| a["id"] == *id && a["status"].as_u64().is_none_or(|s| s >= 400));
        let answer = if part.depends_on.iter().any(failed) {
            let error = json!({"code": "FailedDependency", "message": "A request that this one depends on failed."});
            json!({"id": part.id, "status": 424, "headers": {}, "body": {"error": error}})
        } else {
            ask(aad, head, version, part).await?
        };
        answers.push(answer);
    }
    Ok((StatusCode::OK, json_body("application/json", &json!({"responses": answers}))).into_response())
}

fn read(mut body: JsonMap) -> Result<Vec<Part>, GraphError> {
    let wrong = |text: &str| GraphError::Malformed(text.to_owned());
    let requests = body.remove("requests").ok_or_else(|| wrong("Invalid batch payload format."))?;
    let parts: Vec<Part> = serde_json::from_value(requests).map_err(|_| wrong("Invalid batch payload format."))?;
    if parts.is_empty() || parts.len() > MOST {
        return Err(GraphError::Malformed(format!("Number of batch request steps should be between 1 and {MOST}.")));
    }
    for (n, part) in parts.iter().enumerate() {
        let before = &parts[..n];
        if before.iter().any(|other| other.id == part.id) {
            return Err(wrong("Request Id values should be unique."));
        }
        if part.depends_on.iter().any(|id| !before.iter().any(|other| other.id == *id)) {
            return Err(wrong("Request Dependency is either self or does not exist."));
        }
        if is_batch(address("v1.0", part)?.path()) {
            return Err(wrong("A batch request cannot be in a batch request."));
        }
        let is_typed = part.headers.keys().any(|name| name.eq_ignore_ascii_case("content-type"));
        let writes = ["POST", "PUT", "PATCH"].iter().any(|method| part.method.eq_ignore_ascii_case(method));
        if writes && (part.body.is_none() || !is_typed) {
            let text = format!("Write request id : {} does not contain Content-Type header or body.", part.id);
            return Err(GraphError::Malformed(text));
        }
    }
    Ok(parts)
}

/// Path and query of a request. Its URL follows the version, or is a whole one, as the SDK for Python writes it.
fn address(version: &str, part: &Part) -> Result<Uri, GraphError> {
    let url = &part.url;
    let address = match url.split_once("://").and_then(|(_, rest)| rest.split_once('/')) {
        Some((_, path)) if !url.starts_with('/') => format!("/{path}"),
        _ => format!("/{version}/{}", url.trim_start_matches('/')),
    };
    // Clients leave blanks as they are, which no URL may hold.
    address.replace(' ', "%20").parse().map_err(|_| unreadable(part))
}

fn unreadable(part: &Part) -> GraphError {
    GraphError::Malformed(format!("The batch request '{}' cannot be read.", part.id))
}

async fn ask(aad: &Aad, head: &Parts, version: &str, part: &Part) -> Result<Value, GraphError> {
    let wrong = || unreadable(part);
    let method = Method::from_bytes(part.method.to_ascii_uppercase().as_bytes()).map_err(|_| wrong())?;
    let address = address(version, part)?;
    let body = match &part.body {
        None | Some(Value::Null) => Body::empty(),
        Some(body) => Body::from(body.to_string()),
    };
    let mut request = Request::builder().method(method).uri(address).body(body).map_err(|_| wrong())?;
    for (name, value) in &part.headers {
        let name = HeaderName::try_from(name).map_err(|_| wrong())?;
        request.headers_mut().insert(name, HeaderValue::try_from(value).map_err(|_| wrong())?);
    }
    // Who asks, and by which name of this service, stands outside alone.
    for name in [AUTHORIZATION, HOST] {
        request.headers_mut().remove(&name);
        if let Some(value) = head.headers.get(&name) {
            request.headers_mut().insert(name, value.clone());
        }
    }
    let response = Box::pin(road::answer(aad, request)).await;
    let (head, body) = response.into_parts();
    #[expect(clippy::disallowed_methods, reason = "an answer of our own, not what somebody sends")]
    let bytes = to_bytes(body, LIMIT).await.map_err(|_| GraphError::TooLarge)?;
    let kept = |name: HeaderName| head.headers.get(&name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let mut headers = JsonMap::new();
    for (name, value) in [("Content-Type", kept(CONTENT_TYPE)), ("Location", kept(LOCATION))] {
        headers.extend(value.map(|value| (name.to_owned(), json!(value))));
    }
    let mut answer = json!({"id": part.id, "status": head.status.as_u16(), "headers": headers});
    if !bytes.is_empty() {
        answer["body"] = serde_json::from_slice(&bytes).unwrap_or_else(|_| json!(STANDARD.encode(&bytes)));
    }
    Ok(answer)
}
