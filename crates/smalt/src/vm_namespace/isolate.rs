//! A network and a mount namespace of the process's own, and the way back to the user it was.
//!
//! Whoever may (root) makes them directly and stays what it is. Everybody else makes a user namespace first, in which it
//! plays root over what it made there, and ends in a second one that maps it back, so that the command finds itself
//! under its own user and group and without any capability.

use std::fs;

use anyhow::{Context as _, anyhow};
use nix::errno::Errno;
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{Gid, Uid, getegid, geteuid};

use super::{IMDS_ADDRESS, loopback};

/// The user who asked, if a user namespace hides it.
#[derive(Debug)]
pub(super) struct Caller(Option<(Uid, Gid)>);

/// Enters the namespaces and brings up their loopback interface, with the address of the metadata service.
///
/// Fails with one sentence that says which switch of this machine forbids it. The process must have a single thread.
pub(super) fn isolate() -> anyhow::Result<Caller> {
    enter().map_err(|errno| anyhow!(refusal(errno, |path| fs::read_to_string(path).ok())))
}

fn enter() -> nix::Result<Caller> {
    let own = CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWNS;
    let caller = match unshare(own) {
        Ok(()) => Caller(None),
        Err(_) => {
            let (uid, gid) = (geteuid(), getegid());
            unshare(own | CloneFlags::CLONE_NEWUSER)?;
            map(Uid::from_raw(0), uid, Gid::from_raw(0), gid)?;
            Caller(Some((uid, gid)))
        }
    };
    // Some kernels (AppArmor's restriction) grant the namespace and then no right in it: it shows here.
    loopback::up()?;
    loopback::add_address(IMDS_ADDRESS)?;
    Ok(caller)
}

impl Caller {
    /// Makes the process its own user again. Nothing can be mounted or configured after this.
    pub(super) fn restore(self) -> anyhow::Result<()> {
        // Otherwise a command that plays a server could not bind port 80, which nothing else here uses. Read-only
        // in some containers, where such a command must take a higher port.
        let _ = fs::write("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
        match self.0 {
            // A caller who was uid 0 without the right to make namespaces already is itself.
            None => Ok(()),
            Some((uid, _)) if uid.is_root() => Ok(()),
            Some((uid, gid)) => unshare(CloneFlags::CLONE_NEWUSER)
                .and_then(|()| map(uid, Uid::from_raw(0), gid, Gid::from_raw(0)))
                .context("cannot leave root in the user namespace"),
        }
    }
}

/// Says who the process is inside (`uid`, `gid`) and outside. One id each is all that an unprivileged process may map,
/// and of groups only after it has renounced changing them (user_namespaces(7)).
fn map(uid: Uid, outside_uid: Uid, gid: Gid, outside_gid: Gid) -> nix::Result<()> {
    let write = |file: &str, text: String| {
        fs::write(file, text).map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or_default()))
    };
    write("/proc/self/uid_map", format!("{uid} {outside_uid} 1"))?;
    write("/proc/self/setgroups", "deny".to_owned())?;
    write("/proc/self/gid_map", format!("{gid} {outside_gid} 1"))
}

/// Switches that forbid user namespaces: where they stand, the value that forbids, and what to run.
const SWITCHES: [(&str, &str, &str); 3] = [
    (
        "/proc/sys/kernel/unprivileged_userns_clone",
        "0",
        "allow it with `sudo sysctl kernel.unprivileged_userns_clone=1`",
    ),
    (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "allow it with `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`",
    ),
    ("/proc/sys/user/max_user_namespaces", "0", "allow it with `sudo sysctl user.max_user_namespaces=15000`"),
];

const IN_A_CONTAINER: &str = "a container needs `--privileged`, or a seccomp profile that permits unshare";

fn refusal(errno: Errno, read: impl Fn(&str) -> Option<String>) -> String {
    let remedy = SWITCHES
        .iter()
        .find(|(path, forbids, _)| read(path).is_some_and(|value| value.trim() == *forbids))
        .map_or(IN_A_CONTAINER, |(_, _, remedy)| remedy);
    format!(
        "this machine does not let you enter a namespace ({errno:?}): {remedy}; or run this as root, or use \
         `smalt env --vm NAME`, which needs none"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_switch_that_is_off_is_named() {
        for (path, forbids, remedy) in SWITCHES {
            let off = refusal(Errno::EPERM, |asked| (asked == path).then(|| format!("{forbids}\n")));
            assert!(off.contains("namespace (EPERM)") && off.contains(remedy), "{off}");
            let on = refusal(Errno::ENOSPC, |_| Some("100".to_owned()));
            assert!(on.contains("namespace (ENOSPC)") && on.contains(IN_A_CONTAINER), "{on}");
        }
        assert!(refusal(Errno::EINVAL, |_| None).contains(IN_A_CONTAINER));
    }
}
