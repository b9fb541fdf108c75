//! The token service's face: from any request to a document, a token or a refusal.
//!
//! Its paths are compared without their case and with tolerance for slashes, so there is one handler and no pattern.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use crate::call::{Answer, Call};
use crate::error::Aadsts;
use crate::route::Route;
use crate::{Aad, authorize, device, discovery, logout, token_endpoint, userinfo};

/// The token service.
pub fn token_service(aad: Aad) -> Router {
    Router::new().fallback(handle).with_state(aad)
}

async fn handle(State(aad): State<Aad>, request: Request) -> Response {
    let call = Call::of(&aad, &request);
    let path = request.uri().path().to_owned();
    let route = Route::of(&path);
    let mut response = call.answer(outcome(&aad, &call, route, request).await);
    if let (StatusCode::METHOD_NOT_ALLOWED, Some(route)) = (response.status(), route) {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(route.methods()));
    }
    response
}

async fn outcome(aad: &Aad, call: &Call, route: Option<Route<'_>>, request: Request) -> Result<Answer, Aadsts> {
    let route = route.ok_or(Aadsts::Malformed(StatusCode::NOT_FOUND))?;
    let is_get = matches!(*request.method(), Method::GET | Method::HEAD);
    match route {
        Route::Authorize(tenant, version) => Ok(authorize::answer(aad, call, tenant, version, request).await),
        Route::DeviceLogin(tenant) => Ok(device::answer_page(aad, call, tenant, request).await),
        // A browser's script asks for leave before it asks for tokens.
        _ if *request.method() == Method::OPTIONS => Ok(Answer::Preflight),
        Route::Token(tenant, version) => token_endpoint::answer(aad, call, tenant, version, request).await,
        Route::DeviceCode(tenant, version) => token_endpoint::start_device(aad, call, tenant, version, request).await,
        Route::Logout(tenant) => logout::answer(aad, call, tenant, request).await,
        Route::UserInfo => userinfo::answer(aad, call, request.headers()),
        document if is_get => discovery::answer(aad, call, document, request.uri().query().unwrap_or_default()),
        _ => Err(Aadsts::Malformed(StatusCode::METHOD_NOT_ALLOWED)),
    }
}

#[cfg(test)]
mod tests;
