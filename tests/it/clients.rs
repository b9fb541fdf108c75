//! Real, unmodified clients against the real program: the Azure CLI and Azure's SDKs, as `tests/clients/README.md` tells.
//!
//! They are installed when a test first wants them, which takes minutes and the network; so they run where SMALT_CLIENTS
//! is set, as in CI. Where a client cannot be installed its tests say so and pass.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use tempfile::TempDir;

#[test]
fn az_tutorial_as_a_custom_cloud() {
    check("az", "python3", &["tutorial.py", "custom"], &[]);
}

#[test]
fn az_tutorial_by_interception() {
    check("az", "python3", &["tutorial.py", "intercept"], &[]);
}

#[test]
fn az_tutorial_inside_a_vm() {
    check("az", "python3", &["tutorial.py", "vm"], &[]);
}

#[test]
fn sdk_for_python() {
    check("sdk", "sdk/bin/python", &["python_sdk.py"], &[]);
}

#[test]
fn sdk_for_javascript() {
    check("javascript", "python3", &["javascript_sdk.py"], &[]);
}

#[test]
fn sdk_for_rust() {
    check("rust", "python3", &["rust_sdk.py"], &[]);
}

#[test]
fn tokens_verified_by_another_library() {
    check("sdk", "sdk/bin/python", &["tokens.py"], &[]);
}

#[test]
fn certificates_revoked_and_renewed() {
    check("sdk", "sdk/bin/python", &["certificates.py", "renewed"], &[]);
}

#[test]
fn certificates_not_renewed() {
    check("sdk", "sdk/bin/python", &["certificates.py", "not-renewed"], &["--no-certificate-renewal"]);
}

/// Runs a script of `tests/clients` on a world of its own. `interpreter` is a program on the path, or one of the clients.
fn check(client: &str, interpreter: &str, script: &[&str], serve: &[&str]) {
    if std::env::var_os("SMALT_CLIENTS").is_none() {
        return skip(&script.join(" "), "SMALT_CLIENTS is not set");
    }
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/clients");
    let installed = python(OsStr::new("python3")).arg("install.py").arg(&clients).arg(client).output();
    match installed {
        Err(error) => return skip(&script.join(" "), &format!("python3 cannot be run: {error}")),
        Ok(done) if !done.status.success() => return skip(&script.join(" "), &String::from_utf8_lossy(&done.stderr)),
        Ok(_) => {}
    }
    let world = World::serve(serve);
    let interpreter = if interpreter.contains('/') { clients.join(interpreter) } else { interpreter.into() };
    let done = python(interpreter.as_os_str())
        .args(script)
        .env("SMALT", env!("CARGO_BIN_EXE_smalt-under-test"))
        .env("SMALT_STATE", world.state())
        .env("SCRATCH", world.directory.path())
        .env("CLIENTS", clients.canonicalize().unwrap())
        .output()
        .unwrap();
    let said = [done.stdout, done.stderr].concat();
    assert!(done.status.success(), "{}\n{}", String::from_utf8_lossy(&said), world.said());
}

/// Python, in the scripts' directory, which it leaves as it is.
fn python(interpreter: &OsStr) -> Command {
    let mut command = Command::new(interpreter);
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/clients")).env("PYTHONDONTWRITEBYTECODE", "1");
    command.stdin(Stdio::null());
    command
}

/// Says why a test does nothing, past the harness, which shows what passing tests say to nobody.
fn skip(test: &str, why: &str) {
    writeln!(std::io::stderr(), "skipped: {test}: {}", why.trim()).unwrap();
}

/// The program serving a fresh world, until it is dropped.
struct World {
    server: Child,
    directory: TempDir,
    #[expect(dead_code, reason = "the server still writes into it")]
    out: BufReader<ChildStdout>,
}

impl World {
    fn serve(options: &[&str]) -> Self {
        // Between the look at a block of ports and its use another process may take it: then the next block.
        (0..10).find_map(|_| Self::try_serve(options)).expect("no server starts")
    }

    fn try_serve(options: &[&str]) -> Option<Self> {
        let directory = tempfile::Builder::new().prefix("smalt-clients-").tempdir().unwrap();
        let log = std::fs::File::create(directory.path().join("log")).unwrap();
        let mut server = Command::new(env!("CARGO_BIN_EXE_smalt-under-test"))
            .arg("serve")
            .arg("--state")
            .arg(directory.path().join("state"))
            .args(["--base-port", &cloud::next_free_block().to_string()])
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        // The first line comes once every listener answers; a server that gives up ends the stream without one.
        let mut out = BufReader::new(server.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let world = Self { server, directory, out };
        if line.is_empty() {
            eprintln!("{}", world.said());
            return None;
        }
        Some(world)
    }

    fn state(&self) -> PathBuf {
        self.directory.path().join("state")
    }

    /// What the server has to say for itself.
    fn said(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).unwrap()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
