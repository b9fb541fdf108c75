//! The control socket: how the command line talks to the process that owns a state directory. JSON over HTTP over a Unix
//! socket that only the owner may open.

mod certificates;
mod clock;
mod issuers;
mod machines;
mod metadata;
mod principals;
mod questions;
mod token_keys;
mod workloads;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::cloud::Cloud;

pub use certificates::CertificateQuery;
pub use clock::Move;
pub use issuers::{IssuerName, TokenWish};
pub use machines::{EnvironmentQuery, VmName, public_domains, public_names};
pub use metadata::{EventWanted, FaultWanted, Throttling};
pub use questions::{Question, Signed};
pub use token_keys::{RevokedTokens, Rotation};

/// The socket's name in the state directory.
pub const CONTROL_SOCKET: &str = "control.sock";
/// The socket to which namespaces of VMs hand their listeners.
pub const ATTACH_SOCKET: &str = "attach.sock";

/// What the control socket works with.
#[derive(Clone)]
pub struct Control {
    /// The cloud.
    pub cloud: Arc<Cloud>,
    /// The state directory.
    pub directory: PathBuf,
    /// Whether managed identities' certificates are renewed.
    pub renews_certificates: bool,
    /// How far the metadata services have followed the commits.
    pub settled: watch::Receiver<u64>,
}

/// A refusal: one sentence for a person.
struct Refusal(StatusCode, String);

impl Refusal {
    fn new(sentence: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, sentence.into())
    }
}

impl<E: Into<anyhow::Error>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, format!("{:#}.", error.into()))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

type Answer = Result<Json<Value>, Refusal>;

/// The socket's routes.
pub fn router(control: Control) -> Router {
    Router::new()
        .route("/environment", get(machines::environment_variables))
        .route("/vms", get(machines::machines))
        .route("/enter", get(machines::enter))
        .route("/vms/events", post(metadata::schedule))
        .route("/vms/fault", post(metadata::fail))
        .route("/throttling", get(metadata::throttling).post(metadata::set_throttling))
        .route("/clock", get(clock::clock).post(clock::move_clock))
        .route("/certificates", get(certificates::list))
        .route("/certificates/renew", post(certificates::renew))
        .route("/certificates/revoke", post(certificates::revoke))
        .route("/issuers", get(issuers::issuers).post(issuers::issuer))
        .route("/issuers/token", post(issuers::token))
        .route("/keys", get(token_keys::keys))
        .route("/keys/rotate", post(token_keys::rotate))
        .route("/tokens/revoke", post(token_keys::revoke))
        .route("/explain", post(questions::explain))
        .route("/refusal", get(questions::refusal))
        .route("/who-can", post(questions::who_can))
        .route("/what-can", post(questions::what_can))
        .route("/signature", post(questions::signature))
        .with_state(control)
}

/// A path to a socket in `directory` that fits into a socket address, which holds 107 characters: where the directory's
/// own path is too long, the way leads through a descriptor of it. The descriptor lives as long as the process.
///
/// # Errors
/// When the directory cannot be opened.
pub fn socket_path(directory: &Path, name: &str) -> std::io::Result<PathBuf> {
    let path = directory.join(name);
    if path.as_os_str().len() <= 107 {
        return Ok(path);
    }
    let handle = std::fs::File::open(directory)?;
    let short = PathBuf::from(format!("/proc/self/fd/{}/{name}", std::os::fd::AsRawFd::as_raw_fd(&handle)));
    std::mem::forget(handle);
    Ok(short)
}
