//! The face itself: HTTP in, HTTP out. Whatever happens, the answer has Azure's shape and Azure's headers.

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Request as HttpRequest, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use axum::{RequestExt, Router};
use time::macros::format_description;

use crate::answer::Answer;
use crate::error::ArmError;
use crate::query::Query;
use crate::request::Request;
use crate::{Arm, metadata, pipeline};

/// The largest body that is read: Azure takes 4 MB.
const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// Resource Manager as a router: one handler for every path, because ARM's paths nest without end and ignore case.
pub fn router(arm: Arm) -> Router {
    Router::new().fallback(handle).layer(DefaultBodyLimit::max(LARGEST_BODY)).with_state(arm)
}

async fn handle(State(arm): State<Arm>, http: HttpRequest) -> Response {
    let head = http.method() == Method::HEAD;
    let authorization = http.headers().get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let request = match read(http).await {
        Ok(request) => request,
        Err((request, error)) => return respond(&arm, &request, Err(error), head),
    };
    let result = match metadata::answer(&arm, &request) {
        Some(answer) => answer,
        None => pipeline::answer(&arm, &request, authorization.as_deref()).await,
    };
    respond(&arm, &request, result, head)
}

/// Reads a request; what cannot be read is refused in the same shape as everything else.
async fn read(http: HttpRequest) -> Result<Request, (Request, ArmError)> {
    let text =
        |headers: &HeaderMap, name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let mut request = Request {
        method: http.method().clone(),
        path: http.uri().path().to_owned(),
        query: Query::parse(http.uri().query().unwrap_or_default()),
        body: Bytes::new(),
        host: text(http.headers(), header::HOST).unwrap_or_default(),
        correlation_id: text(http.headers(), HeaderName::from_static("x-ms-correlation-request-id")),
    };
    match http.extract::<Bytes, _>().await {
        Ok(body) => {
            request.body = body;
            Ok(request)
        }
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let message =
                format!("The request content size exceeds the maximum size of {} MB.", LARGEST_BODY / 1024 / 1024);
            Err((
                request,
                ArmError::Provider { status: StatusCode::PAYLOAD_TOO_LARGE, code: "RequestContentTooLarge", message },
            ))
        }
        Err(_) => Err((request, ArmError::InvalidRequestContent("The request content could not be read".to_owned()))),
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
            if let Some(challenge) = error.challenge(&authorization_uri(arm, request)) {
                answer = answer.with_header("www-authenticate", challenge);
            }
            (answer, error.is_gateway())
        }
    };
    let has_body = answer.body.is_some();
    // HEAD shares the road of GET, and is answered by status alone: 204 for what is there (RECORDED-FACTS 4).
    let status = if head && answer.status == StatusCode::OK { StatusCode::NO_CONTENT } else { answer.status };
    let bytes = answer.body.filter(|_| !head).and_then(|body| serde_json::to_vec(&body).ok()).unwrap_or_default();
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if has_body {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    }
    common_headers(arm, request, headers);
    if is_gateway {
        headers.insert("x-ms-failure-cause", HeaderValue::from_static("gateway"));
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

/// What every answer of Resource Manager carries (RECORDED-FACTS 1).
fn common_headers(arm: &Arm, request: &Request, headers: &mut HeaderMap) {
    let request_id = arm.ids.guid().to_string();
    let moment =
        arm.clock.now().format(format_description!("[year][month][day]T[hour][minute][second]Z")).unwrap_or_default();
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set("cache-control", "no-cache");
    set("pragma", "no-cache");
    set("expires", "-1");
    set("strict-transport-security", "max-age=31536000; includeSubDomains");
    set("x-content-type-options", "nosniff");
    set("x-ms-request-id", &request_id);
    set("x-ms-correlation-request-id", request.correlation_id.as_deref().unwrap_or(&request_id));
    set("x-ms-routing-request-id", &format!("SMALT:{moment}:{request_id}"));
    // Nothing is counted: smalt never throttles Resource Manager. Clients want to see that there is room.
    let (kind, left, everywhere) = match request.method {
        Method::GET | Method::HEAD => ("reads", "1099", "16499"),
        Method::DELETE => ("deletes", "799", "11999"),
        _ => ("writes", "799", "11999"),
    };
    let level = if request.path.to_ascii_lowercase().contains("/subscriptions/") { "subscription" } else { "tenant" };
    if let Ok(name) = HeaderName::try_from(format!("x-ms-ratelimit-remaining-{level}-{kind}")) {
        headers.insert(name, HeaderValue::from_static(left));
    }
    if level == "subscription"
        && let Ok(name) = HeaderName::try_from(format!("x-ms-ratelimit-remaining-subscription-global-{kind}"))
    {
        headers.insert(name, HeaderValue::from_static(everywhere));
    }
}
