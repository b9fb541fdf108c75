//! Where programs on a resource find their tokens: a VM's metadata service, or the endpoint of another host.

use std::io;
use std::net::TcpListener;
use std::path::PathBuf;

use axum::body::Body;
use axum::extract::Request;
use axum_server::tls_rustls::RustlsConfig;
use hyper::body::Incoming;
use imds::{Host, Imds, Place, Service};
use model::{ArmPath, Resource, Scope};
use store::Snapshot;
use tower::ServiceExt;
use tower::make::Shared;

use crate::cluster_certificate::ClusterCertificate;
use crate::plain_http::{self, HEAD_TIMEOUT};

/// The endpoints of all resources. Cheap to clone.
#[derive(Clone)]
pub struct TokenEndpoints {
    imds: Imds,
    cluster: ClusterCertificate,
    /// Below it, challenges are written for programs on machines with Arc.
    challenges: PathBuf,
}

/// `{group}.{name}`: two groups may have a resource of one name.
pub(crate) fn file_name(resource: &Resource) -> String {
    let path = ArmPath::parse(&resource.id).ok();
    let group = path.as_ref().and_then(ArmPath::resource_group).unwrap_or_default();
    format!("{group}.{}", resource.name)
}

impl TokenEndpoints {
    /// Over `imds`, for a world in `directory`.
    pub(crate) fn new(imds: Imds, cluster: ClusterCertificate, directory: &std::path::Path) -> Self {
        Self { imds, cluster, challenges: directory.join("azcmagent") }
    }

    /// Where the challenges for programs on this machine are written, which they look for at [`imds::ARC_TOKENS`].
    #[must_use]
    pub fn challenges(&self, resource: &Resource) -> PathBuf {
        self.challenges.join(file_name(resource))
    }

    /// What answers on the resource at `scope`; none when there is none. Only its type is looked at: thousands of
    /// machines may never be asked anything.
    #[must_use]
    pub fn of(&self, world: &Snapshot, scope: &Scope) -> Option<TokenEndpoint> {
        let Some(host) = Host::of(world.resource_type_of(scope)?) else {
            return Some(TokenEndpoint { service: self.imds.service(scope.clone()), tls: None, scope: scope.clone() });
        };
        let service = self.imds.endpoint(host, scope.clone(), self.challenges(world.resource(scope)?));
        let tls = host.endpoint().is_tls.then(|| self.cluster.tls.clone());
        Some(TokenEndpoint { service, tls, scope: scope.clone() })
    }

    /// Variables of programs on `resource`; none on a VM, whose address everybody knows.
    #[must_use]
    pub fn variables(&self, world: &Snapshot, resource: &Resource, place: Place) -> Vec<(&'static str, String)> {
        let host = Host::of(&resource.resource_type);
        host.map(|host| host.variables(world, resource, place, &self.cluster.thumbprint)).unwrap_or_default()
    }
}

/// The endpoint of one resource.
pub struct TokenEndpoint {
    /// What answers.
    pub service: Service,
    /// The certificate with which it answers; none where it speaks plain HTTP.
    tls: Option<RustlsConfig>,
    scope: Scope,
}

impl TokenEndpoint {
    /// Answers there, for ever.
    pub async fn serve(self, listener: TcpListener) {
        let Self { service, tls, scope } = self;
        // Boxed, or each of thousands of listeners would have room for TLS.
        let served = match tls {
            Some(tls) => Box::pin(serve_tls(listener, tls, service)).await,
            None => Box::pin(serve_plain(listener, service)).await,
        };
        if let Err(error) = served {
            tracing::error!(%scope, %error, "a token endpoint ended");
        }
    }
}

async fn serve_plain(listener: TcpListener, service: Service) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    plain_http::serve(tokio::net::TcpListener::from_std(listener)?, service).await;
    Ok(())
}

async fn serve_tls(listener: TcpListener, tls: RustlsConfig, service: Service) -> io::Result<()> {
    let service = service.map_request(|request: Request<Incoming>| request.map(Body::new));
    let mut server = axum_server::from_tcp_rustls(listener, tls)?;
    server.http_builder().http1().header_read_timeout(HEAD_TIMEOUT);
    server.serve(Shared::new(service)).await
}
