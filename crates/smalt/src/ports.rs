//! Which port is whose.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use model::FacePorts;

/// The block of ports that one world has: the faces from `base`, every VM's IMDS from `base + 57`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    base: u16,
}

/// Where the first VM's IMDS is, counted from the base.
const FIRST_IMDS: u16 = 57;

impl Ports {
    /// The block that begins at `base`.
    #[must_use]
    pub fn new(base: u16) -> Self {
        Self { base }
    }

    /// A block whose ports nobody uses right now: for demonstrations and tests.
    #[must_use]
    pub fn find_free() -> Self {
        // Below the range that the system hands out to outgoing connections, which could take a port in between.
        let start = u16::try_from(std::process::id() % 200).unwrap_or(0) * 100 + 10_000;
        let blocks = (start..32_000).step_by(100).chain((10_000..start).step_by(100));
        let is_free = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
        let base = blocks.into_iter().find(|base| (0..5).chain(FIRST_IMDS..FIRST_IMDS + 8).all(|n| is_free(base + n)));
        Self { base: base.unwrap_or(8443) }
    }

    /// The faces' ports.
    #[must_use]
    pub fn faces(self) -> FacePorts {
        FacePorts { arm: self.base, login: self.base + 1, graph: self.base + 2, vault: self.base + 3 }
    }

    /// The CONNECT proxy's port.
    #[must_use]
    pub fn proxy(self) -> u16 {
        self.base + 4
    }

    /// The port of the IMDS with this number; none when the numbers run out.
    #[must_use]
    pub fn imds(self, offset: u16) -> Option<u16> {
        self.base.checked_add(FIRST_IMDS)?.checked_add(offset)
    }
}

/// `port` on loopback: nothing is reachable from outside unless told otherwise.
#[must_use]
pub fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}
