//! The face itself: HTTP in, HTTP out. Whatever happens, the answer has Azure's shape and Azure's headers.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use request_body::Unread;

use crate::answer::Answer;
use crate::error::ArmError;
use crate::query::Query;
use crate::request::Request;
use crate::{Arm, metadata, pipeline};

/// The largest body that is read: Azure takes 4 MB.
const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// Resource Manager as a router: one handler for every path, because ARM's paths nest without end and ignore case.
pub fn router(arm: Arm) -> Router {
    Router::new().fallback(handle).with_state(arm)
}

async fn handle(State(arm): State<Arm>, http: HttpRequest) -> Response {
    let head = http.method() == Method::HEAD;
    let authorization = http.headers().get(header::AUTHORIZATION).cloned();
    let request = match read(&arm, http).await {
        Ok(request) => request,
        Err((request, error)) => return respond(&arm, &request, Err(error), head),
    };
    let result = match metadata::answer(&arm, &request) {
        Some(answer) => answer,
        None => pipeline::answer(&arm, &request, authorization.as_ref().and_then(|v| v.to_str().ok())).await,
    };
    respond(&arm, &request, result, head)
}

/// Reads a request; what cannot be read is refused in the same shape as everything else.
async fn read(arm: &Arm, http: HttpRequest) -> Result<Request, (Request, ArmError)> {
    let text =
        |headers: &HeaderMap, name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let host = text(http.headers(), header::HOST).unwrap_or_default();
    let mut request = Request {
        id: arm.ids.guid(),
        method: http.method().clone(),
        path: http.uri().path().to_owned(),
        query: Query::parse(http.uri().query().unwrap_or_default()),
        body: Bytes::new(),
        vault_dns: arm.ports.origins(&host).vault_dns,
        host,
        correlation_id: text(http.headers(), CORRELATION_ID),
        is_system: text(http.headers(), SYSTEM).is_some_and(|v| v.eq_ignore_ascii_case("true")),
    };
    match request_body::read(http.into_body(), LARGEST_BODY).await {
        Ok(body) => {
            request.body = body;
            Ok(request)
        }
        Err(why) => Err((request, unread(why))),
    }
}

/// The refusal of a body that was not read. Texts are smalt's.
fn unread(why: Unread) -> ArmError {
    let provider = |code, message| ArmError::Provider { status: why.status(), code, message };
    match why {
        Unread::TooLarge => {
            let most = LARGEST_BODY / 1024 / 1024;
            let message = format!("The request content size exceeds the maximum size of {most} MB.");
            provider("RequestContentTooLarge", message)
        }
        Unread::TooLate => provider("RequestTimeout", "The request content did not come in time.".to_owned()),
        Unread::Broken => ArmError::InvalidRequestContent("The request content could not be read".to_owned()),
    }
}

/// JSON in a buffer that mostly needs not grow.
fn written(body: &serde_json::Value) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(4096);
    match serde_json::to_writer(&mut bytes, body) {
        Ok(()) => bytes,
        Err(_) => Vec::new(),
    }
}

fn respond(arm: &Arm, request: &Request, result: Result<Answer, ArmError>, head: bool) -> Response {
    let (answer, is_gateway) = match result {
        Ok(answer) => (answer, false),
        Err(error) => {
            if let Some(failure) = error.failure() {
                tracing::error!(path = request.path, failure, "a request failed");
            }
            let (status, ..) = error.parts();
            let mut body = error.body();
            if !error.is_gateway() && request.path.to_ascii_lowercase().contains("/providers/microsoft.network/") {
                // Network alone always says that there are no details (RECORDED-FACTS 2).
                body["error"]["details"] = serde_json::json!([]);
            }
            let mut answer = Answer::new(status, body);
            if error.refused().is_some() {
                answer = answer.with_header(EXPLANATION, request.id.to_string());
            }
            if let Some(challenge) = error.challenge(&authorization_uri(arm, request)) {
                answer = answer.with_header("www-authenticate", challenge);
            }
            (answer, error.is_gateway())
        }
    };
    let has_body = answer.body.is_some() && !head;
    // HEAD shares the road of GET, and is answered by status alone: 204 for what is there (RECORDED-FACTS 4).
    let status = if head && answer.status == StatusCode::OK { StatusCode::NO_CONTENT } else { answer.status };
    let bytes = answer.body.filter(|_| !head).map(|body| written(&body)).unwrap_or_default();
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if has_body {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    }
    common_headers(arm, request, headers);
    if is_gateway {
        headers.insert(FAILURE_CAUSE, HeaderValue::from_static("gateway"));
    }
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}

fn authorization_uri(arm: &Arm, request: &Request) -> String {
    let tenant = arm.store.read().tenant().map(|t| t.id).unwrap_or_default();
    format!("{}/{tenant}", arm.ports.origins(&request.host).login)
}

const CORRELATION_ID: HeaderName = HeaderName::from_static("x-ms-correlation-request-id");

/// What every answer of Resource Manager carries and never changes (RECORDED-FACTS 1).
const CONSTANT: [(HeaderName, HeaderValue); 5] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    (header::PRAGMA, HeaderValue::from_static("no-cache")),
    (header::EXPIRES, HeaderValue::from_static("-1")),
    (header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

/// How much room is left, by kind of request: of a subscription's requests, of those of all subscriptions, of a tenant's.
/// Nothing is counted: smalt never throttles Resource Manager, but clients want to see that there is room.
struct Room {
    subscription: HeaderName,
    global: HeaderName,
    tenant: HeaderName,
    left: HeaderValue,
    left_globally: HeaderValue,
}

impl Room {
    const READS: Self = Self {
        subscription: HeaderName::from_static("x-ms-ratelimit-remaining-subscription-reads"),
        global: HeaderName::from_static("x-ms-ratelimit-remaining-subscription-global-reads"),
        tenant: HeaderName::from_static("x-ms-ratelimit-remaining-tenant-reads"),
        left: HeaderValue::from_static("1099"),
        left_globally: HeaderValue::from_static("16499"),
    };
    const WRITES: Self = Self {
        subscription: HeaderName::from_static("x-ms-ratelimit-remaining-subscription-writes"),
        global: HeaderName::from_static("x-ms-ratelimit-remaining-subscription-global-writes"),
        tenant: HeaderName::from_static("x-ms-ratelimit-remaining-tenant-writes"),
        left: HeaderValue::from_static("799"),
        left_globally: HeaderValue::from_static("11999"),
    };
    const DELETES: Self = Self {
        subscription: HeaderName::from_static("x-ms-ratelimit-remaining-subscription-deletes"),
        global: HeaderName::from_static("x-ms-ratelimit-remaining-subscription-global-deletes"),
        tenant: HeaderName::from_static("x-ms-ratelimit-remaining-tenant-deletes"),
        left: HeaderValue::from_static("799"),
        left_globally: HeaderValue::from_static("11999"),
    };
}

/// What every answer of Resource Manager carries (RECORDED-FACTS 1).
fn common_headers(arm: &Arm, request: &Request, headers: &mut HeaderMap) {
    headers.reserve(16);
    headers.extend(CONSTANT);
    let id = request.id.to_string();
    let now = arm.clock.now();
    let routing = format!(
        "SMALT:{:04}{:02}{:02}T{:02}{:02}{:02}Z:{id}",
        now.year(),
        u8::from(now.month()),
        now.day(),
        now.hour(),
        now.minute(),
        now.second()
    );
    let correlation = request.correlation_id.as_deref().unwrap_or(&id);
    for (name, value) in [(REQUEST_ID, id.as_str()), (CORRELATION_ID, correlation), (ROUTING_ID, &routing)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    let room = match request.method {
        Method::GET | Method::HEAD => Room::READS,
        Method::DELETE => Room::DELETES,
        _ => Room::WRITES,
    };
    if request.path.get(..15).is_some_and(|start| start.eq_ignore_ascii_case("/subscriptions/")) {
        headers.insert(room.subscription, room.left);
        headers.insert(room.global, room.left_globally);
    } else {
        headers.insert(room.tenant, room.left);
    }
}

/// What a request says that plays Azure itself.
const SYSTEM: HeaderName = HeaderName::from_static("x-smalt-system");
/// The id for `smalt explain --request`.
const EXPLANATION: &str = "x-smalt-explanation";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-request-id");
const ROUTING_ID: HeaderName = HeaderName::from_static("x-ms-routing-request-id");
const FAILURE_CAUSE: HeaderName = HeaderName::from_static("x-ms-failure-cause");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_cannot_be_read_is_refused_in_azure_s_shape() {
        for (why, status, code) in [
            (Unread::TooLarge, 413, "RequestContentTooLarge"),
            (Unread::TooLate, 408, "RequestTimeout"),
            (Unread::Broken, 400, "InvalidRequestContent"),
        ] {
            let error = unread(why);
            assert_eq!((error.parts().0.as_u16(), error.body()["error"]["code"].as_str()), (status, Some(code)));
        }
    }
}
