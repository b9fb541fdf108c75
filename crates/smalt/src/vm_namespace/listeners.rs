//! The sockets of the namespace: bound here, served outside.

use std::collections::BTreeSet;
use std::io::{self, BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;

use anyhow::{Context as _, bail};

use super::protocol::{Reply, Request, Role};
use super::{Enter, fd_line};

/// The port of the public names, which have no other.
const HTTPS: u16 = 443;

/// Binds everything a VM has and hands it to `serve` over `connection`; returns when `serve` has taken it.
///
/// Fails with the sentence of `serve` if it refuses.
pub(super) fn hand_over(connection: &UnixStream, enter: &Enter) -> anyhow::Result<()> {
    let mut sockets = vec![(Role::Dns, udp(Ipv4Addr::LOCALHOST, 53)?)];
    if let Some(endpoint) = enter.endpoint {
        sockets.push((Role::Imds, tcp(*endpoint.ip(), endpoint.port())?));
    }
    let ports: BTreeSet<u16> = enter.face_ports.iter().copied().chain([HTTPS]).collect();
    for port in ports {
        sockets.push((Role::Front { port }, tcp(Ipv4Addr::LOCALHOST, port)?));
    }
    let (roles, sockets): (Vec<Role>, Vec<OwnedFd>) = sockets.into_iter().unzip();
    let fds: Vec<_> = sockets.iter().map(|socket| socket.as_fd()).collect();
    let request = serde_json::to_vec(&Request { vm: enter.vm_id.clone(), sockets: roles })?;
    fd_line::send(connection, request, &fds).context("cannot hand the VM's sockets to `smalt serve`")?;

    let mut line = String::new();
    BufReader::new(connection).read_line(&mut line).context("`smalt serve` did not answer")?;
    match serde_json::from_str(&line) {
        Ok(Reply::Ok(_)) => Ok(()),
        Ok(Reply::Error(sentence)) => bail!(sentence),
        Err(_) => bail!("`smalt serve` has gone, or is of another version: its answer was {line:?}"),
    }
}

fn tcp(address: Ipv4Addr, port: u16) -> anyhow::Result<OwnedFd> {
    bound(TcpListener::bind((address, port)), address, port)
}

fn udp(address: Ipv4Addr, port: u16) -> anyhow::Result<OwnedFd> {
    bound(UdpSocket::bind((address, port)), address, port)
}

fn bound<Socket: Into<OwnedFd>>(socket: io::Result<Socket>, address: Ipv4Addr, port: u16) -> anyhow::Result<OwnedFd> {
    Ok(socket.with_context(|| format!("cannot listen on {address}:{port} in the namespace"))?.into())
}
