//! The `smalt` program once more, under a name of its own, where the tests find it.

use std::process::ExitCode;

fn main() -> ExitCode {
    smalt::cli::run()
}
