//! The start of `smalt vm exec` and `smalt run`, still outside: the connection to `serve`, and the process that goes in.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use anyhow::Context as _;

use super::{Enter, INIT, fd_line, init, supervise};

/// Runs the command of `enter` inside the VM and returns its exit status, 128 + n if signal n ended it; 127 and 126 if
/// there is no such program, or none that can be run.
///
/// To be called from the main thread after any runtime has been dropped: the command is killed when the thread that
/// started it ends, and signals are passed on only if no other thread takes them.
///
/// Fails if `serve` does not answer. What goes wrong inside has been printed by then, and is exit status 1.
pub fn run(enter: &Enter) -> anyhow::Result<u8> {
    // Held until the command has ended: that is what tells `serve` so, even if this process is killed.
    let serve = UnixStream::connect(&enter.attach_socket)
        .with_context(|| format!("no server answers at {}: start `smalt serve`", enter.attach_socket.display()))?;
    let (here, there) = UnixStream::pair()?;
    let mut child = Command::new("/proc/self/exe")
        .arg0("smalt")
        .arg(INIT)
        .stdin(Stdio::from(OwnedFd::from(there)))
        .spawn()
        .context("cannot start a copy of smalt")?;
    // The real standard input travels with the orders, because its place is taken by the socket they come through.
    let orders = serde_json::to_vec(&init::Orders { parent: std::process::id(), enter: enter.clone() })?;
    if let Err(error) = fd_line::send(&here, orders, &[io::stdin().as_fd(), serve.as_fd()]) {
        child.kill()?;
        child.wait()?;
        return Err(error).context("cannot speak to the copy of smalt in the namespace");
    }
    supervise::supervise(child)
}
