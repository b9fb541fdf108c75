//! The token service's face: from any request to a document, a token or a refusal.
//!
//! Its paths are compared without their case and with tolerance for slashes, so there is one handler and no pattern.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;

use crate::call::{Answer, Call};
use crate::error::Aadsts;
use crate::route::Route;
use crate::{Aad, discovery, token_endpoint};

/// The token service.
pub fn token_service(aad: Aad) -> Router {
    Router::new().fallback(handle).with_state(aad)
}

async fn handle(State(aad): State<Aad>, request: Request) -> Response {
    let call = Call::of(&aad, &request);
    call.answer(&outcome(&aad, &call, request).await)
}

async fn outcome(aad: &Aad, call: &Call, request: Request) -> Result<Answer, Aadsts> {
    let path = request.uri().path().to_owned();
    let route = Route::of(&path).ok_or(Aadsts::Malformed(StatusCode::NOT_FOUND))?;
    if let Route::Token(tenant, version) = route {
        return match *request.method() {
            Method::POST => token_endpoint::answer(aad, call, tenant, version, request).await,
            _ => Err(Aadsts::OnlyPost(request.method().clone())),
        };
    }
    match *request.method() {
        Method::GET | Method::HEAD => discovery::answer(aad, call, route, request.uri().query().unwrap_or_default()),
        Method::OPTIONS => Ok(Answer::Preflight),
        _ => Err(Aadsts::Malformed(StatusCode::METHOD_NOT_ALLOWED)),
    }
}

#[cfg(test)]
mod tests;
