//! `smalt imds`

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use super::{Outcome, runtime};
use crate::vm_namespace::relay;

#[derive(Subcommand)]
pub(super) enum ImdsCommand {
    /// Move bytes between this container's 169.254.169.254:80 and a VM's socket on a shared volume
    Relay {
        /// The VM's socket, made by `smalt serve --imds-sockets DIR`
        #[arg(long, value_name = "FILE")]
        socket: PathBuf,
        /// Where programs in this container look for their metadata service
        #[arg(long, value_name = "ADDRESS", default_value = "169.254.169.254:80")]
        listen: SocketAddr,
    },
}

impl ImdsCommand {
    pub(super) fn run(self) -> Outcome {
        let Self::Relay { socket, listen } = self;
        runtime()?.block_on(relay(&socket, listen))?;
        Ok(ExitCode::SUCCESS)
    }
}
