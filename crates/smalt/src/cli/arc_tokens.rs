//! `smalt env --resource` of a machine with Arc: programs outside a namespace look for challenges at one place only.

use std::path::Path;

use imds::ARC_TOKENS;

/// Makes that place lead to `challenges`, in place of what an earlier call has led it to; where this must not be done or
/// may not, says what to do.
pub(super) fn link(challenges: &Path) {
    let place = Path::new(ARC_TOKENS);
    let is_free = place.is_symlink() || !place.exists();
    if !is_free || relink(challenges, place).is_err() {
        eprintln!(
            "smalt: clients look for Azure Arc's challenges in {ARC_TOKENS}: make it a link to {}, or use `smalt run`",
            challenges.display()
        );
    }
}

#[cfg(unix)]
fn relink(challenges: &Path, place: &Path) -> std::io::Result<()> {
    if let Some(agent) = place.parent() {
        std::fs::create_dir_all(agent)?;
    }
    if place.is_symlink() {
        std::fs::remove_file(place)?;
    }
    std::os::unix::fs::symlink(challenges, place)
}

#[cfg(not(unix))]
fn relink(_: &Path, _: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}
