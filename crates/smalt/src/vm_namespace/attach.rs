//! The side of `serve`: takes the sockets that a VM's namespace hands over, and gives them up when it ends.

use std::io;
use std::net::{TcpListener, UdpSocket};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use nix::sys::socket::{SockType, getsockopt, sockopt};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, Interest};
use tokio::net::{UnixListener, UnixStream};

use super::fd_line::FdLine;
use super::protocol::{Reply, Request, Role};

/// A longer first line is not one of ours.
const MAX_REQUEST_BYTES: usize = 16 * 1024;

/// The sockets of one namespace, non-blocking and ready for tokio's `from_std`.
#[derive(Debug, Default)]
pub struct Attachment {
    /// [`Enter::vm_id`](super::Enter::vm_id) as the command line sent it: unchecked.
    pub vm: String,
    /// For the VM's own metadata service, or another host's own token endpoint.
    pub imds: Option<TcpListener>,
    /// TLS, for the faces, each with the port on 127.0.0.1 that it listens on.
    pub fronts: Vec<(u16, TcpListener)>,
    /// Name queries.
    pub dns: Option<UdpSocket>,
}

/// Accepts namespaces for ever.
///
/// `handler` starts to serve an attachment and returns a guard, or a sentence for the person who typed the command. The
/// guard is dropped when the namespace has ended: a `JoinSet` of the serving tasks is one. What a peer sends never
/// stops this function; a peer that says nothing costs one task until it closes.
pub async fn serve_attachments<Handler, Handling, Guard>(listener: UnixListener, handler: Handler)
where
    Handler: Fn(Attachment) -> Handling + Send + Sync + 'static,
    Handling: Future<Output = Result<Guard, String>> + Send,
    Guard: Send,
{
    let handler = Arc::new(handler);
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let handler = Arc::clone(&handler);
                tokio::spawn(async move {
                    if let Err(error) = converse(stream, &*handler).await {
                        tracing::debug!(%error, "an attachment ended early");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept an attachment");
                out_of_descriptors().await;
            }
        }
    }
}

/// The waiting connection stays readable, so that without a pause a full descriptor table becomes a busy loop.
#[expect(clippy::disallowed_methods, reason = "the machine's descriptors are awaited, not simulated time")]
async fn out_of_descriptors() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

async fn converse<Handler, Handling, Guard>(mut stream: UnixStream, handler: &Handler) -> io::Result<()>
where
    Handler: Fn(Attachment) -> Handling,
    Handling: Future<Output = Result<Guard, String>>,
{
    let handled = match receive(&stream).await? {
        Ok(attachment) => handler(attachment).await,
        Err(sentence) => Err(sentence),
    };
    let (reply, guard) = match handled {
        Ok(guard) => (Reply::Ok(true), Some(guard)),
        Err(sentence) => (Reply::Error(sentence), None),
    };
    let mut line = serde_json::to_vec(&reply)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    if guard.is_some() {
        // Nothing more is expected, so that whatever ends this read ends the attachment.
        let _end_or_excess = stream.read(&mut [0]).await?;
    }
    Ok(())
}

/// The outer error ends the conversation (nobody is there to read an answer), the inner one is the answer.
async fn receive(stream: &UnixStream) -> io::Result<Result<Attachment, String>> {
    let mut line = FdLine::up_to(MAX_REQUEST_BYTES);
    loop {
        match stream.async_io(Interest::READABLE, || line.receive(stream)).await {
            Ok(true) => break,
            Ok(false) => {}
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Ok(Err(error.to_string())),
            Err(error) => return Err(error),
        }
    }
    Ok(match serde_json::from_slice(&line.text) {
        Ok(request) => sort(request, line.fds),
        Err(error) => Err(format!("not an attachment: {error}")),
    })
}

fn sort(Request { vm, sockets }: Request, fds: Vec<OwnedFd>) -> Result<Attachment, String> {
    if sockets.len() != fds.len() {
        return Err(format!("{} sockets announced, {} attached", sockets.len(), fds.len()));
    }
    let mut attachment = Attachment { vm, ..Attachment::default() };
    for (role, fd) in sockets.into_iter().zip(fds) {
        match role {
            Role::Imds => attachment.imds = Some(tcp_listener(fd)?),
            Role::Front { port } => attachment.fronts.push((port, tcp_listener(fd)?)),
            Role::Dns => attachment.dns = Some(udp_socket(fd)?),
        }
    }
    Ok(attachment)
}

fn tcp_listener(fd: OwnedFd) -> Result<TcpListener, String> {
    let listening = getsockopt(&fd, sockopt::AcceptConn).unwrap_or(false);
    let listener = TcpListener::from(fd);
    // `local_addr` fails for every family that is not IP.
    if !listening || listener.local_addr().is_err() {
        return Err("an attached descriptor is not a TCP listener".to_owned());
    }
    listener.set_nonblocking(true).map_err(|error| error.to_string())?;
    Ok(listener)
}

fn udp_socket(fd: OwnedFd) -> Result<UdpSocket, String> {
    let datagrams = getsockopt(&fd, sockopt::SockType) == Ok(SockType::Datagram);
    let socket = UdpSocket::from(fd);
    if !datagrams || socket.local_addr().is_err() {
        return Err("an attached descriptor is not a UDP socket".to_owned());
    }
    socket.set_nonblocking(true).map_err(|error| error.to_string())?;
    Ok(socket)
}

#[cfg(test)]
mod tests;
