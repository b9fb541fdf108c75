//! Files that only the namespace sees: who has which name, and whom to trust.
//!
//! They live on a tmpfs in the mount namespace and end with it; nothing is written to the machine's own disks.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use nix::mount::{MsFlags, mount};

use super::{Enter, trust_store};

/// Where the distributions keep the roots that TLS libraries trust by default.
const CA_BUNDLES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// The sockets of the name cache daemon, which glibc prefers to everything below and which answers from outside.
const NAME_CACHES: [&str; 2] = ["/run/nscd", "/var/run/nscd"];

/// Directories that stand empty on most machines. A mount needs a directory that exists, and hides what is in it.
const EMPTY_DIRECTORIES: [&str; 8] =
    ["/srv", "/mnt", "/media", "/opt", "/var/opt", "/var/local", "/usr/src", "/usr/games"];

/// Where programs inside find what they must be told to trust.
#[derive(Debug)]
pub(super) struct Trust {
    /// PEM.
    pub(super) bundle: PathBuf,
    /// PKCS#12, for Java.
    pub(super) trust_store: PathBuf,
}

/// Puts the files in place. The process must be in a mount namespace of its own and have the right to mount there.
pub(super) fn mount_private_files(enter: &Enter) -> anyhow::Result<Trust> {
    let (ca_bundle_pem, public_names) = (&enter.ca_bundle_pem, &enter.public_names);
    mount(None::<&str>, "/", None::<&str>, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None::<&str>)
        .context("cannot keep the namespace's mounts to itself")?;
    let directory =
        EMPTY_DIRECTORIES.into_iter().map(Path::new).find(|directory| is_empty(directory)).with_context(|| {
            format!("the namespace's files need one of these directories, empty: {}", EMPTY_DIRECTORIES.join(" "))
        })?;
    mount_tmpfs(directory)?;

    let host_name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let write = |name: &str, contents: &[u8]| readable_file(directory.join(name), contents);
    bind(&write("hosts", hosts(host_name.trim(), public_names).as_bytes())?, &["/etc/hosts"])?;
    bind(&write("nsswitch.conf", NSSWITCH.as_bytes())?, &["/etc/nsswitch.conf"])?;
    bind(&write("resolv.conf", RESOLV.as_bytes())?, &["/etc/resolv.conf"])?;
    let bundle = write("ca-certificates.crt", ca_bundle_pem.as_bytes())?;
    bind(&bundle, &CA_BUNDLES)?;
    let no_name_cache = directory.join("nscd");
    fs::create_dir(&no_name_cache)?;
    bind(&no_name_cache, &NAME_CACHES)?;
    let trust_store = write("java-trust-store.p12", &trust_store::from_pem(ca_bundle_pem)?)?;
    if let Some(challenges) = &enter.challenges {
        mount_challenges(challenges, directory)?;
    }
    Ok(Trust { bundle, trust_store })
}

fn mount_tmpfs(directory: &Path) -> anyhow::Result<()> {
    mount(Some("smalt"), directory, Some("tmpfs"), MsFlags::MS_NOSUID | MsFlags::MS_NODEV, Some("mode=0755"))
        .with_context(|| format!("cannot mount a tmpfs on {}", directory.display()))
}

/// Shows the challenges of an Arc machine where its programs look for them, with nothing of the machine's own: the
/// directory of an agent that is really there stays out of sight.
fn mount_challenges(challenges: &Path, own: &Path) -> anyhow::Result<()> {
    let target = Path::new(imds::ARC_TOKENS);
    let agent = target.parent().unwrap_or(target);
    if !agent.starts_with(own) {
        let cover = if agent.exists() { agent } else { agent.parent().unwrap_or(agent) };
        ensure!(cover == agent || is_empty(cover), "the namespace's files need {}, empty", cover.display());
        mount_tmpfs(cover)?;
    }
    fs::create_dir_all(target)?;
    fs::create_dir_all(challenges)?;
    mount(Some(challenges), target, None::<&str>, MsFlags::MS_BIND, None::<&str>)
        .with_context(|| format!("cannot show {} in the namespace", target.display()))
}

/// Passwords, groups and services as usual; names from the hosts file and then [`RESOLV`], without the shortcuts
/// (resolve, mdns, myhostname) that ask daemons outside.
const NSSWITCH: &str = "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nnetworks: files\nprotocols: files\nservices: files\n";

/// One second instead of five: the answer comes from the same machine.
const RESOLV: &str = "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n";

fn hosts(host_name: &str, public_names: &[String]) -> String {
    let names = ["localhost", host_name].into_iter().chain(public_names.iter().map(String::as_str));
    names.filter(|name| !name.is_empty()).map(|name| format!("127.0.0.1 {name}\n")).collect()
}

/// The caller's umask may be narrower than the people whom the command serves.
fn readable_file(path: PathBuf, contents: &[u8]) -> anyhow::Result<PathBuf> {
    fs::write(&path, contents)
        .and_then(|()| fs::set_permissions(&path, fs::Permissions::from_mode(0o644)))
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

/// Only where something is: a library that does not find its file has a default that fits as well.
fn bind(source: &Path, targets: &[&str]) -> anyhow::Result<()> {
    for target in targets.iter().filter(|target| Path::new(target).exists()) {
        mount(Some(source), *target, None::<&str>, MsFlags::MS_BIND, None::<&str>)
            .with_context(|| format!("cannot replace {target} in the namespace"))?;
    }
    Ok(())
}

fn is_empty(directory: &Path) -> bool {
    fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_line_of_its_own() {
        let names = ["management.azure.com".to_owned(), "graph.microsoft.com".to_owned()];
        let expected =
            "127.0.0.1 localhost\n127.0.0.1 box\n127.0.0.1 management.azure.com\n127.0.0.1 graph.microsoft.com\n";
        assert_eq!(hosts("box", &names), expected);
        assert_eq!(hosts("", &[]), "127.0.0.1 localhost\n");
    }
}
