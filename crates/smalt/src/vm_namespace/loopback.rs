//! The loopback interface of the namespace the process is in: up, and with one more address.
//!
//! Two rtnetlink messages (rtnetlink(7)) rather than the older ioctls, which need unsafe code, or the `ip` program, which
//! small containers lack.

use std::net::Ipv4Addr;
use std::os::fd::AsRawFd as _;

use nix::errno::Errno;
use nix::libc;
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, recv, send, socket};

/// Brings the interface up, which gives it 127.0.0.1 as well.
pub(super) fn up() -> nix::Result<()> {
    let up = libc::IFF_UP.to_ne_bytes();
    let mut body = vec![0; 4];
    body.extend(index()?.to_ne_bytes());
    // The flags, and which of them the message is about.
    body.extend(up);
    body.extend(up);
    request(libc::RTM_NEWLINK, 0, &body)
}

/// Adds `address` as a /32; adding it again is no error.
pub(super) fn add_address(address: Ipv4Addr) -> nix::Result<()> {
    let mut body = vec![libc::AF_INET as u8, 32, 0, libc::RT_SCOPE_HOST];
    body.extend(index()?.to_ne_bytes());
    for attribute in [libc::IFA_LOCAL, libc::IFA_ADDRESS] {
        body.extend(8_u16.to_ne_bytes());
        body.extend(attribute.to_ne_bytes());
        body.extend(address.octets());
    }
    request(libc::RTM_NEWADDR, libc::NLM_F_CREATE | libc::NLM_F_REPLACE, &body)
}

fn index() -> nix::Result<u32> {
    nix::net::if_::if_nametoindex("lo")
}

/// Sends one message and waits for the kernel's verdict.
fn request(kind: u16, flags: libc::c_int, body: &[u8]) -> nix::Result<()> {
    const HEADER: usize = 16;
    let flags = flags | libc::NLM_F_REQUEST | libc::NLM_F_ACK;
    let mut message = u32::try_from(HEADER + body.len()).map_err(|_| Errno::EMSGSIZE)?.to_ne_bytes().to_vec();
    message.extend(kind.to_ne_bytes());
    message.extend((flags as u16).to_ne_bytes());
    // Sequence number and port: with one message on the socket, the kernel's answer needs no telling apart.
    message.extend([0; 8]);
    message.extend(body);

    let kernel = socket(AddressFamily::Netlink, SockType::Raw, SockFlag::SOCK_CLOEXEC, SockProtocol::NetlinkRoute)?;
    send(kernel.as_raw_fd(), &message, MsgFlags::empty())?;
    let mut answer = [0; 1024];
    let length = recv(kernel.as_raw_fd(), &mut answer, MsgFlags::empty())?;
    let verdict = answer[..length].get(HEADER..).and_then(<[u8]>::first_chunk).ok_or(Errno::EPROTO)?;
    match i32::from_ne_bytes(*verdict) {
        0 => Ok(()),
        error => Err(Errno::from_raw(-error)),
    }
}
