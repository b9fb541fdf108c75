//! A command inside a VM (`smalt vm exec NAME -- COMMAND`) or on another host of managed identities (`smalt run --resource
//! ID -- COMMAND`), the part of `serve` that answers it, and the relay that does the same for a VM in a container.
//!
//! A program written for a real VM asks `http://169.254.169.254` and calls `https://management.azure.com`. Here it runs
//! in a network and mount namespace of its own in which both are smalt. Nothing forwards its bytes: the listening
//! sockets are made inside and handed to `serve`, which accepts on them as on any other.
//!
//! ```text
//! smalt vm exec        launch     connects to serve, starts the next, passes signals on, reports the status
//! └─ smalt __vm-init   init       isolate → loopback → listeners → private_files → environment → exec
//!    = COMMAND
//! serve                attach     receives the sockets (protocol, fd_line); dns answers the names behind one of them
//! smalt imds relay     relay      for containers, which have a namespace already: bytes to and from a VM's socket
//! ```
//!
//! Not here: finding the VM, TLS and the IMDS itself; whoever calls [`serve_attachments`] has those.
//!
//! A new kind of socket is a [`protocol::Role`], a line in `listeners` that binds it, and a field of [`Attachment`].
//! A new private file is a line in `private_files`; a new variable one in `environment`.

mod attach;
mod dns;
mod fd_line;
mod protocol;
mod relay;

#[cfg(target_os = "linux")]
mod environment;
#[cfg(target_os = "linux")]
mod init;
#[cfg(target_os = "linux")]
mod isolate;
#[cfg(target_os = "linux")]
mod launch;
#[cfg(target_os = "linux")]
mod listeners;
#[cfg(target_os = "linux")]
mod loopback;
#[cfg(target_os = "linux")]
mod private_files;
#[cfg(target_os = "linux")]
mod supervise;
#[cfg(target_os = "linux")]
mod trust_store;

#[cfg(not(target_os = "linux"))]
mod elsewhere;

pub use attach::{Attachment, serve_attachments};
pub use dns::{Zones, serve_dns};
pub use relay::relay;

#[cfg(not(target_os = "linux"))]
pub use elsewhere::{init, run};
#[cfg(target_os = "linux")]
pub use {init::init, launch::run};

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::PathBuf;

/// The hidden subcommand under which the binary starts itself inside; `main` answers it with [`init`], before it starts
/// any thread (a user namespace can only be entered by a process of one thread).
pub const INIT: &str = "__vm-init";

/// The address at which every Azure VM finds its metadata service.
pub const IMDS_ADDRESS: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);

/// What [`run`] must know to put a command into a VM.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Enter {
    /// The Unix socket on which `serve` runs [`serve_attachments`].
    pub attach_socket: PathBuf,
    /// The VM or other resource, in whatever words the handler of [`serve_attachments`] understands; passed on unread.
    pub vm_id: String,
    /// Where programs inside find their tokens, if somebody gives them any.
    pub endpoint: Option<SocketAddrV4>,
    /// Variables that programs inside have by their host.
    pub variables: Vec<(String, String)>,
    /// Where `serve` writes the challenges that programs inside look for, on a machine with Arc.
    pub challenges: Option<PathBuf>,
    /// The system's roots and smalt's own CA, as PEM: what programs inside trust.
    pub ca_bundle_pem: String,
    /// Names that resolve to `serve` by the hosts file. Names behind a wildcard come from [`serve_dns`].
    pub public_names: Vec<String>,
    /// Ports of 127.0.0.1 at which `serve` also answers inside, so that a caller's localhost URLs keep their meaning.
    pub face_ports: Vec<u16>,
    /// The program and its arguments.
    pub command: Vec<OsString>,
}
