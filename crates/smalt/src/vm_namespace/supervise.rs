//! The parent while the command runs: passes signals on, and becomes its exit status.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ExitStatus};

use nix::errno::Errno;
use nix::libc;
use nix::sys::signal::{SigSet, SigmaskHow, Signal, kill};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::unistd::Pid;

const PASSED_ON: [Signal; 6] =
    [Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT, Signal::SIGTERM, Signal::SIGUSR1, Signal::SIGUSR2];

/// Waits for `child`, and returns its exit status as a shell would: 128 + n if signal n ended it.
///
/// A signal to the process goes to any thread that does not block it, so this one must be the only thread.
pub(super) fn supervise(mut child: Child) -> anyhow::Result<u8> {
    let watched: SigSet = PASSED_ON.into_iter().chain([Signal::SIGCHLD]).collect();
    let before = watched.thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
    let signals = SignalFd::with_flags(&watched, SfdFlags::SFD_CLOEXEC)?;
    let pid = Pid::from_raw(i32::try_from(child.id())?);
    // Before the first read as well: the child may have ended before its end was watched for.
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        let received = match signals.read_signal() {
            Ok(received) => received,
            Err(Errno::EINTR) => None,
            Err(errno) => return Err(errno.into()),
        };
        let Some(received) = received else { continue };
        // What comes from the terminal (Ctrl-C) went to the whole foreground group, the command included.
        let from_terminal = received.ssi_code == libc::SI_KERNEL;
        let signal = Signal::try_from(i32::try_from(received.ssi_signo)?)?;
        if signal != Signal::SIGCHLD && !from_terminal {
            kill(pid, signal)?;
        }
    };
    before.thread_set_mask()?;
    Ok(as_a_shell_says(status))
}

fn as_a_shell_says(status: ExitStatus) -> u8 {
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default());
    u8::try_from(code).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_the_code_or_the_signal() {
        // As wait(2) encodes them: the code in the second byte, the signal in the first, 128 for a core dump.
        let cases = [(0, 0), (7 << 8, 7), (255 << 8, 255), (15, 143), (9, 137), (11 | 128, 139)];
        for (raw, expected) in cases {
            assert_eq!(as_a_shell_says(ExitStatus::from_raw(raw)), expected, "{raw}");
        }
    }
}
