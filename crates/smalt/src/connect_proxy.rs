//! The CONNECT proxy: the second way in. It answers Azure's public names itself and refuses every other, so that a client
//! with nothing but `HTTPS_PROXY` and a trusted authority believes to be at home.

use std::io;

use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode, header};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::front::Face;
use crate::ports::{Ports, loopback};

/// What the proxy lets through.
#[derive(Debug, Clone, Copy)]
pub struct Proxy {
    /// Where the faces are.
    pub ports: Ports,
    /// Whether names that are not Azure's go to the network.
    pub pass_through: bool,
}

impl Proxy {
    /// Serves for ever.
    pub async fn serve(self, listener: TcpListener) {
        loop {
            let Ok((stream, _)) = listener.accept().await else { continue };
            tokio::spawn(async move {
                let service = service_fn(move |request| async move { Ok::<_, io::Error>(self.answer(request).await) });
                let served = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                if let Err(error) = served.with_upgrades().await {
                    tracing::debug!(%error, "a proxy connection ended early");
                }
            });
        }
    }

    async fn answer(self, request: Request<hyper::body::Incoming>) -> Response<Body> {
        if request.method() != Method::CONNECT {
            return refusal(
                StatusCode::METHOD_NOT_ALLOWED,
                "smalt's proxy takes CONNECT requests only: set HTTPS_PROXY, not HTTP_PROXY.",
            );
        }
        let Some(authority) = request.uri().authority().cloned() else {
            return refusal(StatusCode::BAD_REQUEST, "The CONNECT request names no host.");
        };
        let (host, port) = (authority.host().to_owned(), authority.port_u16().unwrap_or(443));
        let target = match self.own_port(&host, port) {
            Some(own) => TcpStream::connect(loopback(own)).await,
            None if self.pass_through => TcpStream::connect((host.as_str(), port)).await,
            None => {
                let why = format!(
                    "smalt's proxy answers Azure's public names only, and '{host}' is none of them. Start smalt with --pass-through to let other names through."
                );
                return refusal(StatusCode::FORBIDDEN, &why);
            }
        };
        match target {
            Ok(mut target) => {
                tokio::spawn(async move {
                    if let Ok(upgraded) = hyper::upgrade::on(request).await {
                        let _ = tokio::io::copy_bidirectional(&mut TokioIo::new(upgraded), &mut target).await;
                    }
                });
                Response::new(Body::empty())
            }
            Err(error) => refusal(StatusCode::BAD_GATEWAY, &format!("'{host}' cannot be reached: {error}.")),
        }
    }

    /// Where smalt answers for `host:port`: public names at any of the fronts (they route by host), its own ports as they
    /// are.
    fn own_port(self, host: &str, port: u16) -> Option<u16> {
        let faces = self.ports.faces();
        let own = [faces.arm, faces.login, faces.graph, faces.vault].contains(&port);
        let is_here = host.eq_ignore_ascii_case("localhost") || host == "127.0.0.1";
        match Face::of_host(host) {
            Some(_) if port == 443 => Some(faces.arm),
            _ if own && (is_here || Face::of_host(host).is_some()) => Some(port),
            _ => None,
        }
    }
}

fn refusal(status: StatusCode, message: &str) -> Response<Body> {
    let body = serde_json::json!({"error": {"code": "ProxyRefused", "message": message}});
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response
}
