//! The `smalt` program once more, under a name of its own, where the tests find it.

use std::process::ExitCode;

fn main() -> ExitCode {
    // The first program inside a VM's namespace is smalt itself; it must act before any thread exists.
    if std::env::args().nth(1).as_deref() == Some(smalt::vm_namespace::INIT) {
        return smalt::vm_namespace::init();
    }
    smalt::cli::run()
}
