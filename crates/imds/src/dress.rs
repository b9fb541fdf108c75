//! The headers that every answer has: of a VM's service, and of the doors of other hosts.

use axum::http::header::{DATE, HeaderName, HeaderValue, SERVER};
use axum::response::Response;
use model::{Time, http_date};
use uuid::Uuid;

/// The server's name for itself, if it has one, the date, and the request's id under the name that the host has for it.
pub(crate) fn dress(response: &mut Response, server: Option<HeaderValue>, id_name: HeaderName, id: Uuid, now: Time) {
    let headers = response.headers_mut();
    if let Some(server) = server {
        headers.insert(SERVER, server);
    }
    if let Ok(date) = HeaderValue::from_str(&http_date(now)) {
        headers.insert(DATE, date);
    }
    if let Ok(id) = HeaderValue::from_str(id.hyphenated().encode_lower(&mut Uuid::encode_buffer())) {
        headers.insert(id_name, id);
    }
}
