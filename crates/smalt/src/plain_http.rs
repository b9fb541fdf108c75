//! HTTP/1.1 without TLS, as metadata services, the endpoints of other hosts and the proxy speak it.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use axum::serve::Listener;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::task::JoinSet;
use tower::{Service, ServiceExt};

/// How long a connection may take over the head of its next request, idle between two included: a client that sends its
/// own byte by byte does not hold a connection for ever.
pub(crate) const HEAD_TIMEOUT: Duration = Duration::from_secs(120);

/// Answers whoever comes to `listener`, for ever. One that cannot be accepted for want of descriptors is waited for.
/// Connections end with it: the next to listen there is perhaps another machine, which a client that keeps its connection
/// must not miss.
pub(crate) async fn serve<L, S, F>(mut listener: L, service: S)
where
    L: Listener,
    S: Service<Request<Body>, Response = Response, Error = Infallible, Future = F> + Clone + Send + 'static,
    F: Future<Output = Result<Response, Infallible>> + Send,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        let service = service.clone().map_request(|request: Request<Incoming>| request.map(Body::new));
        let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        connections.spawn(async move {
            if let Err(error) = connection.with_upgrades().await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
}
