//! Where the kernel has no namespaces: the same two functions, which say so.

use std::process::ExitCode;

use super::Enter;

const SENTENCE: &str = "`smalt vm exec` needs Linux, whose network namespace it runs the command in: use \
                        `smalt env --vm NAME`, which needs none, or run smalt in a Linux container";

/// Always fails: see [`SENTENCE`].
pub fn run(_: &Enter) -> anyhow::Result<u8> {
    anyhow::bail!(SENTENCE)
}

/// Never started by [`run`] here; fails in the same words for who starts it by hand.
pub fn init() -> ExitCode {
    eprintln!("smalt: {SENTENCE}");
    ExitCode::FAILURE
}
