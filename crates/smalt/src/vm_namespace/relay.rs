//! `smalt imds relay`: a VM that lives in a container reaches its metadata service on the shared volume.
//!
//! Which VM is asking is decided by the socket that is mounted into the container; the relay reads nothing of what it
//! carries and holds no secret.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Semaphore;

/// Two descriptors each: well within the usual limit of 1024, so that accepting cannot fail for want of them.
const MAX_CONNECTIONS: usize = 256;

/// Carries bytes between TCP connections to `listen` and the Unix socket `socket` until SIGTERM or SIGINT.
///
/// Adds the address of `listen` to the loopback interface if no interface has it. The Unix socket need not exist yet:
/// until `serve` makes it, connections are closed at once, and clients of a metadata service ask again.
/// Fails if it cannot listen: the address is taken, or the container lacks `CAP_NET_ADMIN`.
pub async fn relay(socket: &Path, listen: SocketAddr) -> anyhow::Result<()> {
    // Before the first connection: as a container's first process it would otherwise be deaf to SIGTERM.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let listener = bind(listen).await?;
    tokio::select! {
        ended = forward(listener, socket) => ended.context("cannot accept connections"),
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
    }
}

async fn bind(listen: SocketAddr) -> anyhow::Result<TcpListener> {
    match TcpListener::bind(listen).await {
        Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable => {
            add_address(listen)?;
            TcpListener::bind(listen).await
        }
        outcome => outcome,
    }
    .with_context(|| format!("cannot listen on {listen}"))
}

#[cfg(target_os = "linux")]
fn add_address(listen: SocketAddr) -> anyhow::Result<()> {
    use anyhow::bail;
    let SocketAddr::V4(listen) = listen else { bail!("no interface has the address {}: add it", listen.ip()) };
    super::loopback::add_address(*listen.ip()).with_context(|| {
        format!(
            "cannot add {} to the loopback interface: give the container the capability NET_ADMIN \
             (`cap_add: [NET_ADMIN]`), or listen on an address that it has",
            listen.ip()
        )
    })
}

#[cfg(not(target_os = "linux"))]
fn add_address(listen: SocketAddr) -> anyhow::Result<()> {
    anyhow::bail!("no interface has the address {}: add it", listen.ip())
}

async fn forward(listener: TcpListener, socket: &Path) -> io::Result<()> {
    let connections = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let socket: Arc<Path> = socket.into();
    loop {
        let Ok(permit) = Arc::clone(&connections).acquire_owned().await else { return Ok(()) };
        let (client, _) = match listener.accept().await {
            Ok(accepted) => accepted,
            // It left while it queued.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
            Err(error) => return Err(error),
        };
        let socket = Arc::clone(&socket);
        tokio::spawn(async move {
            carry(client, &socket).await;
            drop(permit);
        });
    }
}

async fn carry(mut client: TcpStream, socket: &Path) {
    let mut imds = match UnixStream::connect(socket).await {
        Ok(imds) => imds,
        Err(error) => {
            tracing::warn!(%error, socket = %socket.display(), "cannot reach the VM's metadata service");
            return;
        }
    };
    if let Err(error) = tokio::io::copy_bidirectional(&mut client, &mut imds).await {
        tracing::debug!(%error, "a connection broke");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::UnixListener;

    /// A relay to `socket` on a port of its own, and the address.
    async fn start(socket: &Path) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let socket = socket.to_owned();
        tokio::spawn(async move { forward(listener, &socket).await });
        address
    }

    #[tokio::test]
    async fn bytes_and_their_end_pass_both_ways() {
        let directory = tempfile::tempdir().unwrap();
        let socket = directory.path().join("vm1");
        let listener = UnixListener::bind(&socket).unwrap();
        let mut client = TcpStream::connect(start(&socket).await).await.unwrap();
        client.write_all(b"GET /").await.unwrap();
        client.shutdown().await.unwrap();
        let (mut imds, _) = listener.accept().await.unwrap();
        let mut asked = String::new();
        imds.read_to_string(&mut asked).await.unwrap();
        imds.write_all(b"vm1").await.unwrap();
        drop(imds);
        let mut answered = String::new();
        client.read_to_string(&mut answered).await.unwrap();
        assert_eq!((asked.as_str(), answered.as_str()), ("GET /", "vm1"));
    }

    #[tokio::test]
    async fn a_socket_that_comes_later_is_found_then() {
        let directory = tempfile::tempdir().unwrap();
        let socket = directory.path().join("vm1");
        let address = start(&socket).await;
        let mut early = TcpStream::connect(address).await.unwrap();
        assert_eq!(early.read(&mut [0]).await.unwrap(), 0);
        let listener = UnixListener::bind(&socket).unwrap();
        let mut client = TcpStream::connect(address).await.unwrap();
        listener.accept().await.unwrap().0.write_all(b"here").await.unwrap();
        let mut answered = String::new();
        client.read_to_string(&mut answered).await.unwrap();
        assert_eq!(answered, "here");
    }

    #[tokio::test]
    async fn an_address_in_use_is_named() {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = taken.local_addr().unwrap();
        let error = relay(Path::new("/nowhere"), address).await.unwrap_err();
        assert_eq!(error.to_string(), format!("cannot listen on {address}"));
    }
}
