//! HTTP over connections that stay open, and what is measured with it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::header;
use axum_server::tls_rustls::RustlsConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

pub(crate) const ROUNDS: usize = 5;
pub(crate) const ROUND: Duration = Duration::from_secs(2);
const CLIENTS: usize = 16;

/// A handler that answers `body` and does nothing else.
pub(crate) async fn bare(body: Vec<u8>, tls: Option<RustlsConfig>) -> SocketAddr {
    let body = axum::body::Bytes::from(body);
    let router = Router::new().fallback(move || {
        let body = body.clone();
        async move { ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], body) }
    });
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    // A runtime of its own, as the server has.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async move {
            match tls {
                Some(tls) => {
                    axum_server::from_tcp_rustls(listener, tls)
                        .expect("a server")
                        .serve(router.into_make_service())
                        .await
                }
                None => axum_server::from_tcp(listener).expect("a server").serve(router.into_make_service()).await,
            }
        })
    });
    address
}

/// Requests per second over keep-alive connections.
pub(crate) async fn rate<S, F>(request: &str, connect: impl Fn() -> F) -> f64
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    F: Future<Output = std::io::Result<S>>,
{
    rate_over(request, CLIENTS, |_| connect()).await
}

/// Requests per second over as many connections, of which `CLIENTS` are used at a time; each client goes through its own.
pub(crate) async fn rate_over<S, F>(request: &str, connections: usize, connect: impl Fn(usize) -> F) -> f64
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    F: Future<Output = std::io::Result<S>>,
{
    let request: Arc<[u8]> = request.as_bytes().into();
    let mut tasks = Vec::new();
    let mut streams = Vec::new();
    for n in 0..connections {
        streams.push(connect(n).await.expect("a connection"));
    }
    let mut clients: Vec<Vec<S>> = (0..CLIENTS).map(|_| Vec::new()).collect();
    for (n, stream) in streams.into_iter().enumerate() {
        clients[n % CLIENTS].push(stream);
    }
    let started = Instant::now();
    for mut streams in clients {
        let request = request.clone();
        tasks.push(tokio::spawn(async move {
            let (mut done, mut buffer) = (0_u32, Vec::new());
            for n in (0..streams.len()).cycle() {
                if started.elapsed() >= ROUND {
                    break;
                }
                exchange(&mut streams[n], &request, &mut buffer).await;
                done += 1;
            }
            done
        }));
    }
    let mut done = 0;
    for task in tasks {
        done += task.await.expect("a task");
    }
    f64::from(done) / started.elapsed().as_secs_f64()
}

/// Sends a request and reads one answer, by its content length; answers the body.
pub(crate) async fn exchange(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    request: &[u8],
    buffer: &mut Vec<u8>,
) -> Vec<u8> {
    stream.write_all(request).await.expect("a request");
    stream.flush().await.expect("a request");
    buffer.clear();
    loop {
        let mut chunk = [0; 16384];
        let read = stream.read(&mut chunk).await.expect("an answer");
        assert!(read > 0, "the server hung up: {}", String::from_utf8_lossy(buffer));
        buffer.extend_from_slice(&chunk[..read]);
        let Some(head) = buffer.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        let length =
            text.lines().find_map(|l| l.strip_prefix("content-length: ")?.trim().parse::<usize>().ok()).unwrap_or(0);
        if buffer.len() >= head + 4 + length {
            return buffer[head + 4..head + 4 + length].to_vec();
        }
    }
}

pub(crate) fn report(what: &str, ours: &mut [f64], baseline: &mut [f64], wanted: f64) {
    let (ours, baseline) = (median(ours), median(baseline));
    println!("{what}: {ours:.0}/s of {baseline:.0}/s = {:.2} (wanted: {wanted})", ours / baseline);
}

pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
