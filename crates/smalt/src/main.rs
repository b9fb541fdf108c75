//! The `smalt` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    smalt::cli::run()
}
