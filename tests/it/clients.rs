//! Real, unmodified clients against the real program: the Azure CLI and Azure's SDKs, as `tests/clients/README.md` tells.
//!
//! They are installed when a test first wants them, which takes minutes and the network; so they run where SMALT_CLIENTS
//! is set, as in CI. Where a client cannot be installed its tests say so and pass.

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::program::Program;

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
fn az_locks() {
    check("az", "python3", &["locks.py"], &[]);
}

#[test]
fn az_management_groups() {
    check("az", "python3", &["management_groups.py"], &[]);
}

#[test]
fn az_directory_applications() {
    check("az", "python3", &["directory_applications.py"], &[]);
}

#[test]
fn az_directory_people() {
    check("az", "python3", &["directory_people.py"], &[]);
}

#[test]
fn az_custom_roles() {
    check("az", "python3", &["custom_roles.py"], &[]);
}

#[test]
fn az_access_control() {
    check("az", "python3", &["access_control.py"], &[]);
}

#[test]
fn az_conditions() {
    check("az", "python3", &["conditions.py"], &[]);
}

#[test]
fn az_deny_assignments() {
    check("az", "python3", &["deny_assignments.py"], &[]);
}

#[test]
fn az_federation_as_a_custom_cloud() {
    check("az", "python3", &["federation.py", "custom"], &[]);
}

#[test]
fn az_federation_by_interception() {
    check("az", "python3", &["federation.py", "intercept"], &[]);
}

#[test]
fn az_own_certificates() {
    check("az", "python3", &["own_certificates.py"], &[]);
}

#[test]
fn az_key_vault() {
    check("az", "python3", &["key_vault.py"], &[]);
}

#[test]
fn az_people() {
    check("az", "python3", &["people.py"], &[]);
}

#[test]
fn a_real_browser_signs_in() {
    check("az javascript chromium", "python3", &["chromium.py"], &["--sign-in", "password"]);
}

#[test]
fn people_of_the_sdk_for_python() {
    check("sdk", "sdk/bin/python", &["people_python.py"], &[]);
}

#[test]
fn people_of_the_sdk_for_javascript() {
    check("javascript", "python3", &["people_javascript.py"], &[]);
}

#[test]
fn sdk_for_python() {
    check("sdk", "sdk/bin/python", &["python_sdk.py"], &[]);
}

#[test]
fn sdk_of_microsoft_graph() {
    check("graph", "graph/bin/python", &["graph_sdk.py"], &[]);
}

#[test]
fn sdk_for_javascript() {
    check("javascript", "python3", &["javascript_sdk.py"], &[]);
}

#[test]
fn msal_for_python() {
    check("sdk", "sdk/bin/python", &["msal_python.py"], &[]);
}

#[test]
fn msal_for_javascript() {
    check("javascript", "python3", &["msal_javascript.py"], &[]);
}

#[test]
fn credentials_that_are_told_nothing() {
    check("az sdk javascript rust", "python3", &["told_nothing.py"], &[]);
}

#[test]
fn sdk_for_rust() {
    check("rust", "python3", &["rust_sdk.py"], &[]);
}

#[test]
fn sdk_for_python_on_every_host() {
    check("sdk", "python3", &["hosts.py", "python"], &[]);
}

#[test]
fn sdk_for_javascript_on_every_host() {
    check("javascript", "python3", &["hosts.py", "javascript"], &[]);
}

#[test]
fn sdk_for_rust_on_every_host() {
    check("rust", "python3", &["hosts.py", "rust"], &[]);
}

#[test]
fn tokens_verified_by_another_library() {
    check("sdk", "sdk/bin/python", &["tokens.py"], &[]);
}

#[test]
fn imds_by_schemathesis() {
    check("schemathesis", "python3", &["openapi.py"], &[]);
}

#[test]
fn imds_flooded_by_the_sdk_for_python() {
    check("sdk", "sdk/bin/python", &["throttling.py"], &[]);
}

#[test]
fn certificates_revoked_and_renewed() {
    check("sdk", "sdk/bin/python", &["certificates.py", "renewed"], &[]);
}

#[test]
fn certificates_not_renewed() {
    check("sdk", "sdk/bin/python", &["certificates.py", "not-renewed"], &["--no-certificate-renewal"]);
}

/// Runs a script of `tests/clients`, which wants some of the clients, on a world of its own. `interpreter` is a program on the path, or one of the clients.
fn check(wanted: &str, interpreter: &str, script: &[&str], serve: &[&str]) {
    if std::env::var_os("SMALT_CLIENTS").is_none() {
        return skip(&script.join(" "), "SMALT_CLIENTS is not set");
    }
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/clients");
    for client in wanted.split(' ') {
        let installed = python(OsStr::new("python3")).arg("install.py").arg(&clients).arg(client).output();
        match installed {
            Err(error) => return skip(&script.join(" "), &format!("python3 cannot be run: {error}")),
            Ok(done) if !done.status.success() => {
                return skip(&script.join(" "), &String::from_utf8_lossy(&done.stderr));
            }
            Ok(_) => {}
        }
    }
    let directory = tempfile::Builder::new().prefix("smalt-clients-").tempdir().unwrap();
    let state = directory.path().join("state");
    let (_program, _) = Program::serve_anew(&state, serve);
    let interpreter = if interpreter.contains('/') { clients.join(interpreter) } else { interpreter.into() };
    let done = python(interpreter.as_os_str())
        .args(script)
        .env("SMALT", env!("CARGO_BIN_EXE_smalt-under-test"))
        .env("SMALT_STATE", &state)
        .env("SCRATCH", directory.path())
        .env("CLIENTS", clients.canonicalize().unwrap())
        .output()
        .unwrap();
    let said = [done.stdout, done.stderr].concat();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&said));
}

/// Python, in the scripts' directory, which it leaves as it is.
fn python(interpreter: &OsStr) -> Command {
    let mut command = Command::new(interpreter);
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/clients")).env("PYTHONDONTWRITEBYTECODE", "1");
    command.stdin(Stdio::null());
    command
}

/// Says why a test does nothing.
#[expect(clippy::explicit_write, reason = "past the harness, which shows what passing tests print to nobody")]
fn skip(test: &str, why: &str) {
    writeln!(std::io::stderr(), "skipped: {test}: {}", why.trim()).unwrap();
}
