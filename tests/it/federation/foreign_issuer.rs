//! Issuers of somebody else, on this machine: one that behaves, and several that do not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode, header};
use axum_server::tls_rustls::RustlsConfig;
use cloud::Cloud;
use model::Ids;
use serde_json::json;
use tokens::{IssuerClaims, KeySet, RsaKey, issuer_token};
use tokio::task::JoinSet;

pub(super) const EXCHANGE: &str = "api://AzureADTokenExchange";
pub(super) const SUBJECT: &str = "repo:octo-org/octo-repo:ref:refs/heads/main";

/// A server with an issuer below each name: what the name says is what it does.
pub(super) struct ForeignIssuer {
    shared: Arc<Shared>,
    key: RsaKey,
    #[expect(dead_code, reason = "the server ends when this is dropped")]
    serving: JoinSet<()>,
}

struct Shared {
    port: u16,
    keys: KeySet,
    asked: AtomicUsize,
}

impl ForeignIssuer {
    /// Serves with a certificate that the cloud trusts.
    pub(super) async fn serve(cloud: &Cloud) -> Self {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let key = RsaKey::generate().unwrap();
        let keys = KeySet::of_key("key", &key.public_der().unwrap()).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared { port, keys, asked: AtomicUsize::new(0) });
        let router = Router::new()
            .route("/{name}/.well-known/openid-configuration", axum::routing::get(metadata))
            .route("/{name}/keys", axum::routing::get(keys_of))
            .with_state(shared.clone());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(cloud.server.cloud.leaves.clone());
        let tls = RustlsConfig::from_config(Arc::new(tls));
        listener.set_nonblocking(true).unwrap();
        let server = axum_server::from_tcp_rustls(listener, tls).unwrap();
        let mut serving = JoinSet::new();
        serving.spawn(async move { server.serve(router.into_make_service()).await.unwrap() });
        Self { shared, key, serving }
    }

    /// The URL of the issuer `name` at a host.
    pub(super) fn url(&self, host: &str, name: &str) -> String {
        format!("https://{host}:{}/{name}", self.shared.port)
    }

    /// How often anybody asked.
    pub(super) fn asked(&self) -> usize {
        self.shared.asked.load(Ordering::SeqCst)
    }

    /// A token of the issuer at `url`, of the moment at which every cloud begins.
    pub(super) fn token(&self, cloud: &Cloud, url: &str, kid: &str) -> String {
        let lifetime = time::Duration::minutes(10);
        let claims = IssuerClaims { issuer: url, subject: SUBJECT, audience: EXCHANGE, lifetime };
        issuer_token(&self.key, kid, claims, cloud.server.cloud.clock.now(), &Ids::seeded(1)).unwrap()
    }
}

async fn metadata(State(shared): State<Arc<Shared>>, Path(name): Path<String>) -> Response<Body> {
    shared.asked.fetch_add(1, Ordering::SeqCst);
    let issuer = format!("https://localhost:{}/{name}", shared.port);
    let with_keys = |keys: &str| Body::from(json!({"issuer": issuer, "jwks_uri": keys}).to_string());
    let keys = format!("{issuer}/keys");
    let body = match name.as_str() {
        "slow" => std::future::pending().await,
        "huge" => Body::from(vec![b' '; 300 * 1024]),
        "nested" => Body::from("[".repeat(100_000)),
        "garbage" => Body::from("\u{fffd}{"),
        "silent" => Body::from("{}"),
        "another" => Body::from(json!({"issuer": "https://evil.example", "jwks_uri": keys}).to_string()),
        "plain-keys" => with_keys(&keys.replace("https://", "http://")),
        "link-local-keys" => with_keys("https://169.254.169.254/metadata/identity"),
        "loopback-keys" => with_keys(&keys.replace("localhost", "127.0.0.1")),
        "file-keys" => with_keys("file:///etc/passwd"),
        "redirects" => {
            let elsewhere = format!("https://localhost:{}/good/.well-known/openid-configuration", shared.port);
            return Response::builder()
                .status(StatusCode::FOUND)
                .header(header::LOCATION, elsewhere)
                .body(Body::empty())
                .unwrap();
        }
        "fails" => return Response::builder().status(StatusCode::INTERNAL_SERVER_ERROR).body(Body::empty()).unwrap(),
        _ => with_keys(&keys),
    };
    Response::new(body)
}

async fn keys_of(State(shared): State<Arc<Shared>>, Path(name): Path<String>) -> Response<Body> {
    shared.asked.fetch_add(1, Ordering::SeqCst);
    Response::new(match name.as_str() {
        "no-keys" => Body::from("[]"),
        "huge-keys" => Body::from(vec![b' '; 300 * 1024]),
        _ => Body::from(shared.keys.document().to_string()),
    })
}
