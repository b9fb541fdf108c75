//! The process that goes in: it makes the namespace around itself and then becomes the command.

use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt as _, parent_id};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, anyhow, ensure};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;

use super::Enter;
use super::environment::environment;
use super::fd_line::FdLine;
use super::isolate::isolate;
use super::listeners::hand_over;
use super::private_files::mount_private_files;

/// Roots of a whole distribution are about 220 kB.
const MAX_ORDERS_BYTES: usize = 16 << 20;

/// What the outer process tells this one.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(super) struct Orders {
    pub(super) parent: u32,
    pub(super) enter: Enter,
}

/// The program is missing, or cannot be run: the two statuses that a shell has for it.
#[derive(Debug)]
struct Refused {
    status: u8,
    error: anyhow::Error,
}

impl From<anyhow::Error> for Refused {
    fn from(error: anyhow::Error) -> Self {
        Self { status: 1, error }
    }
}

/// The hidden subcommand [`INIT`](super::INIT): returns only if the command could not be started, having said why.
pub fn init() -> ExitCode {
    match become_the_command() {
        Err(Refused { status, error }) => {
            eprintln!("smalt: {error:#}");
            ExitCode::from(status)
        }
    }
}

fn become_the_command() -> Result<Infallible, Refused> {
    let (enter, serve) = receive_orders()?;
    let caller = isolate()?;
    hand_over(&serve, &enter)?;
    let trust = mount_private_files(&enter)?;
    caller.restore()?;

    let [program, arguments @ ..] = &enter.command[..] else { return Err(anyhow!("no command was given").into()) };
    let variables = environment(std::env::vars_os(), &trust, &enter.variables);
    let error = Command::new(program).args(arguments).env_clear().envs(variables).exec();
    let status = if error.kind() == ErrorKind::NotFound { 127 } else { 126 };
    Err(Refused { status, error: anyhow!(error).context(format!("cannot run {}", program.display())) })
}

/// Reads the orders from standard input, and puts the caller's standard input in its place.
fn receive_orders() -> anyhow::Result<(Enter, UnixStream)> {
    // The parent may be killed without a chance to pass it on. First of all, and then the check that it was in time.
    set_pdeathsig(Signal::SIGKILL)?;
    let mut line = FdLine::up_to(MAX_ORDERS_BYTES);
    while !line
        .receive(io::stdin().as_fd())
        .context("this subcommand is for `smalt vm exec` and `smalt run` to start")?
    {}
    let Orders { parent, enter } = serde_json::from_slice(&line.text)?;
    let [stdin, serve] = <[OwnedFd; 2]>::try_from(line.fds).map_err(|fds| anyhow!("{} descriptors", fds.len()))?;
    ensure!(parent_id() == parent, "the command that started it has ended");
    nix::unistd::dup2_stdin(stdin)?;
    Ok((enter, UnixStream::from(serve)))
}
