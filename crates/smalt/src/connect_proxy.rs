//! The CONNECT proxy: the second way in. It answers Azure's public names itself and refuses every other, so that a client
//! with nothing but `HTTPS_PROXY` and a trusted authority believes to be at home.

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream, lookup_host};
use tower::service_fn;

use crate::front::{CA_PATH, Face, authority_answer};
use crate::plain_http;
use crate::ports::{Ports, loopback};

/// What the proxy lets through.
#[derive(Debug, Clone)]
pub struct Proxy {
    /// Where the faces are.
    pub ports: Ports,
    /// Whether names that are not Azure's go to the network.
    pub pass_through: bool,
    /// The authority's certificate, DER: whoever checks what it signed fetches it where no TLS needs it first.
    pub authority: Bytes,
}

impl Proxy {
    /// Serves for ever.
    pub async fn serve(self, listener: TcpListener) {
        let service = service_fn(move |request| {
            let proxy = self.clone();
            async move { Ok::<_, Infallible>(proxy.answer(request).await) }
        });
        plain_http::serve(listener, service).await;
    }

    async fn answer(self, request: Request<Body>) -> Response {
        if request.method() != Method::CONNECT {
            if request.method() == Method::GET && *request.uri() == CA_PATH {
                return authority_answer(self.authority);
            }
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
            None if self.pass_through => reach(&host, port).await,
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
    fn own_port(&self, host: &str, port: u16) -> Option<u16> {
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

/// Connects to a host of the network. Back to this machine nothing leads: metadata services trust whoever reaches them.
async fn reach(host: &str, port: u16) -> io::Result<TcpStream> {
    let found: Vec<_> = lookup_host((host, port)).await?.filter(|address| !leads_back(address.ip())).collect();
    if found.is_empty() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is this machine, or a metadata service"));
    }
    TcpStream::connect(&*found).await
}

/// Whether an address is this machine's own, or one at which a machine finds its metadata service.
fn leads_back(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            v4.is_loopback() || v4.is_unspecified() || v4.is_link_local() || v4.octets() == [168, 63, 129, 16]
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unspecified() || v6.is_unicast_link_local(),
    }
}

fn refusal(status: StatusCode, message: &str) -> Response {
    let body = serde_json::json!({"error": {"code": "ProxyRefused", "message": message}});
    (status, axum::Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_back_to_this_machine() {
        for own in [
            "127.0.0.1",
            "127.1.2.3",
            "0.0.0.0",
            "169.254.169.254",
            "168.63.129.16",
            "::1",
            "::",
            "fe80::1",
            "::ffff:127.0.0.1",
        ] {
            assert!(leads_back(own.parse().unwrap()), "{own}");
        }
        for other in ["10.0.0.1", "192.168.1.2", "20.112.52.29", "2603:1030::1"] {
            assert!(!leads_back(other.parse().unwrap()), "{other}");
        }
    }
}
