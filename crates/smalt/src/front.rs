//! The TLS front: which face answers is decided by the host that the request names first, by the port it came to second.

use std::any::Any;
use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use hyper::body::Incoming;
use model::{Clock, host_name, http_date, is_private_host};
use serde_json::json;
use tower::util::BoxCloneSyncService;
use tower::{Layer, ServiceExt, service_fn};
use tower_http::catch_panic::CatchPanicLayer;

/// What answers at a port.
pub type Front = BoxCloneSyncService<axum::http::Request<Incoming>, Response, Infallible>;

/// The four faces.
#[derive(Clone)]
pub struct Faces {
    /// Resource Manager.
    pub arm: Router,
    /// The token service.
    pub login: Router,
    /// Microsoft Graph.
    pub graph: Router,
    /// Key Vault.
    pub vault: Router,
    /// Dates every answer: the machine's own time would contradict the tokens.
    pub clock: Arc<Clock>,
    /// The certificate of smalt's authority, DER.
    pub authority: Bytes,
}

/// Where every face and the proxy hand out the authority's certificate: those that it signed say so (RFC 5280, 4.2.2.1).
pub const CA_PATH: &str = "/pki/ca.cer";

/// One of the four.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Resource Manager.
    Arm,
    /// The token service.
    Login,
    /// Microsoft Graph.
    Graph,
    /// Key Vault.
    Vault,
}

/// Public names, and whose they are. Vaults have names of their own below `vault.azure.net`.
pub const PUBLIC_NAMES: [(&str, Face); 9] = [
    ("management.azure.com", Face::Arm),
    ("management.core.windows.net", Face::Arm),
    ("login.microsoftonline.com", Face::Login),
    ("login.windows.net", Face::Login),
    ("login.microsoft.com", Face::Login),
    ("sts.windows.net", Face::Login),
    ("graph.microsoft.com", Face::Graph),
    // The portal's own service, where the Azure CLI asks for an administrator's consent.
    ("main.iam.ad.ext.azure.com", Face::Graph),
    ("vault.azure.net", Face::Vault),
];

/// Domains whose every host is a vault.
pub const VAULT_DOMAINS: [&str; 2] = ["vault.azure.net", "vault.localhost"];

impl Face {
    /// The face that `host` (with or without a port) names; none when it names none.
    #[must_use]
    pub fn of_host(host: &str) -> Option<Self> {
        let name = host_name(host)?;
        if let Some((_, face)) = PUBLIC_NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            return Some(*face);
        }
        let is_below = |domain: &str| {
            let dot = name.len().checked_sub(domain.len() + 1);
            dot.is_some_and(|dot| {
                name.as_bytes()[dot] == b'.' && name.as_bytes()[dot + 1..].eq_ignore_ascii_case(domain.as_bytes())
            })
        };
        VAULT_DOMAINS.iter().any(|domain| is_below(domain)).then_some(Self::Vault)
    }
}

impl Faces {
    fn of(&self, face: Face) -> &Router {
        match face {
            Face::Arm => &self.arm,
            Face::Login => &self.login,
            Face::Graph => &self.graph,
            Face::Vault => &self.vault,
        }
    }

    /// What answers at a port of `own`. No router of its own: there is nothing to route before a face is known, and every
    /// request comes this way.
    pub fn front(&self, own: Face) -> Front {
        let faces = Arc::new(self.clone());
        let service = service_fn(move |request: Request| {
            let faces = faces.clone();
            async move { Ok::<_, Infallible>(faces.answer(own, request).await) }
        });
        // A fault of ours costs one answer, not the connection, and still has Azure's shape.
        let guarded = CatchPanicLayer::custom(failed).layer(service);
        Front::new(
            guarded
                .map_request(|request: axum::http::Request<Incoming>| request.map(Body::new))
                .map_response(|response| response.map(Body::new)),
        )
    }

    async fn answer(&self, own: Face, mut request: Request) -> Response {
        name_host(&mut request);
        if request.uri().path() == CA_PATH && request.method() == Method::GET {
            return authority_answer(self.authority.clone());
        }
        let mut hosts = request.headers().get_all(header::HOST).iter().map(|v| v.to_str().unwrap_or_default());
        if !hosts.all(|host| Face::of_host(host).is_some() || is_private_host(host)) {
            return misdirected(own);
        }
        let named = request.headers().get(header::HOST).and_then(|v| v.to_str().ok()).and_then(Face::of_host);
        let router = self.of(named.unwrap_or(own)).clone();
        let mut response = router.oneshot(request).await.unwrap_or_else(|never| match never {});
        if let Ok(date) = HeaderValue::from_str(&http_date(self.clock.now())) {
            response.headers_mut().insert(header::DATE, date);
        }
        response
    }
}

/// Hands out the authority's certificate.
pub(crate) fn authority_answer(der: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "application/pkix-cert")], der).into_response()
}

/// The refusal of a host that is neither Azure's nor this machine's: a name that somebody made lead here, so that a page
/// of it may speak to us.
fn misdirected(face: Face) -> Response {
    const MESSAGE: &str = "The host of the request is not served here.";
    let body = match face {
        Face::Login => json!({"error": "invalid_request", "error_description": MESSAGE}),
        Face::Arm | Face::Graph | Face::Vault => json!({"error": {"code": "MisdirectedRequest", "message": MESSAGE}}),
    };
    (StatusCode::MISDIRECTED_REQUEST, Json(body)).into_response()
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn failed(cause: Box<dyn Any + Send>) -> Response {
    let cause = cause.downcast_ref::<String>().map(String::as_str).or(cause.downcast_ref::<&str>().copied());
    tracing::error!(cause, "a request failed");
    let message = "Encountered internal server error.";
    let body = Json(json!({"error": {"code": "InternalServerError", "message": message}}));
    (StatusCode::INTERNAL_SERVER_ERROR, body).into_response()
}

/// HTTP/2 and absolute-form requests name their host in the target; the faces look at `Host` alone.
fn name_host(request: &mut Request<Body>) {
    let named = request.uri().authority().map(|a| a.as_str().to_owned());
    if let Some(value) = named.and_then(|name| HeaderValue::from_str(&name).ok()) {
        request.headers_mut().insert(header::HOST, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_names_a_face_or_none() {
        for (host, face) in [
            ("Management.Azure.com:443", Some(Face::Arm)),
            ("graph.microsoft.com", Some(Face::Graph)),
            ("kv1.vault.azure.net", Some(Face::Vault)),
            ("kv1.vault.localhost:8446", Some(Face::Vault)),
            ("notvault.azure.net", None),
            ("localhost:8443", None),
            ("management.azure.com:443@evil.example", None),
            ("management.azure.com:evil.example", None),
            ("management.azure.com:443:443", None),
            ("graph.microsoft.com.evil.example", None),
        ] {
            assert_eq!(Face::of_host(host), face, "{host}");
        }
    }
}
