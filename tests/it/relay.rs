//! VMs in namespaces of their own: through the relay, as a container finds its metadata service, and by `smalt vm exec`.
//!
//! 169.254.169.254 is asked only inside such a namespace: outside it may be a real cloud's.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokens::decode;

use crate::program::{Owner, Program, has_namespaces, smalt, state_below};

const TOKEN: &str = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/";

/// Two VMs with system-assigned identities, served for real.
struct Two {
    program: Program,
    directory: TempDir,
    group: String,
    owner: Owner,
}

impl Two {
    async fn serve() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let sockets = directory.path().join("sockets");
        std::fs::create_dir(&sockets).unwrap();
        let (program, _) =
            Program::serve_anew(&state_below(&directory), &["--imds-sockets", sockets.to_str().unwrap()]);
        let owner = program.owner().await;
        let group = format!("{}/resourceGroups/rg", program.subscription());
        owner.arm("PUT", &group, json!({"location": "westeurope"})).await.unwrap().ok();
        for name in ["VM1", "VM2"] {
            owner.make_vm(&group, name, json!({"type": "SystemAssigned"})).await;
        }
        Self { program, directory, group, owner }
    }

    /// What a shell prints in a network namespace in which `vm`'s relay runs; curl waits for the relay.
    fn in_container(&self, vm: &str, command: &str) -> Output {
        let script = r#"ip link set lo up
            "$SMALT" imds relay --socket "$SOCKET" & relay=$!
            trap 'kill $relay' EXIT
            n=0
            until curl -s -o /dev/null -H Metadata:true http://169.254.169.254/metadata/versions; do
                n=$((n+1)); [ $n -lt 3000 ] || exit 99
            done
            "#;
        Command::new("unshare")
            .args(["-Urn", "sh", "-c", &format!("{script}{command}")])
            .env("SMALT", env!("CARGO_BIN_EXE_smalt-under-test"))
            .env("SOCKET", self.directory.path().join("sockets").join(format!("rg.{vm}.sock")))
            .env("TOKEN", TOKEN)
            .output()
            .unwrap()
    }

    /// What a command prints inside a VM.
    fn in_vm(&self, vm: &str, command: &[&str]) -> Output {
        self.exec(vm).arg("--").args(command).env("TOKEN", TOKEN).output().unwrap()
    }

    fn exec(&self, vm: &str) -> Command {
        let mut exec = smalt(&["vm", "exec", vm]);
        exec.arg("--state").arg(self.state());
        exec
    }

    fn state(&self) -> std::path::PathBuf {
        state_below(&self.directory)
    }

    fn id_in_claims(&self, vm: &str) -> String {
        format!(
            "{}/providers/Microsoft.Compute/virtualMachines/{vm}",
            self.group.replace("resourceGroups", "resourcegroups")
        )
    }
}

#[track_caller]
fn json_of(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}\n{}", String::from_utf8_lossy(&output.stderr)))
}

#[track_caller]
fn claims_of(output: &Output) -> Value {
    let answer = json_of(output);
    let token = answer["access_token"].as_str().unwrap_or_else(|| panic!("no token: {answer}"));
    json!(decode(token).unwrap().claims)
}

#[tokio::test]
async fn a_relay_reaches_its_own_machine_and_nobody_elses() {
    if !has_namespaces() {
        return;
    }
    let two = Two::serve().await;
    for vm in ["VM1", "VM2"] {
        let claims = claims_of(&two.in_container(vm, r#"curl -s -H Metadata:true "$TOKEN""#));
        assert_eq!(claims["xms_mirid"], json!(two.id_in_claims(vm)));
        assert_eq!(claims["xms_az_rid"], json!(two.id_in_claims(vm)));
    }
    // An identity of VM2 alone is unknown to VM1, however it is named.
    let id = format!("{}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id2", two.group);
    let made = two.owner.arm("PUT", &id, json!({"location": "westeurope"})).await.unwrap().ok().body;
    let vm2 = format!("{}/providers/Microsoft.Compute/virtualMachines/VM2", two.group);
    let both = json!({"identity": {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {id: {}}}});
    two.owner.arm("PATCH", &vm2, both).await.unwrap().ok();
    let client = made["properties"]["clientId"].as_str().unwrap();
    let ask = format!(r#"curl -s -H Metadata:true "$TOKEN&client_id={client}""#);
    assert_eq!(json_of(&two.in_container("VM1", &ask))["error_description"], "Identity not found");
    assert_eq!(claims_of(&two.in_container("VM2", &ask))["appid"], json!(client));
}

#[tokio::test]
async fn a_socket_is_its_machine_s_alone_and_goes_with_it() {
    let two = Two::serve().await;
    let sockets = || {
        // It waits for the listeners to follow.
        let listed = smalt(&["vm", "list", "--state"]).arg(two.state()).output().unwrap();
        assert!(listed.status.success(), "{listed:?}");
        let mut names: Vec<String> = std::fs::read_dir(two.directory.path().join("sockets"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(sockets(), ["rg.VM1.sock", "rg.VM2.sock"]);
    // A host of another kind that has a machine's name.
    let site = format!("{}/providers/Microsoft.Web/sites/VM1", two.group);
    two.owner.arm("PUT", &site, json!({"location": "westeurope"})).await.unwrap().ok();
    assert_eq!(sockets(), ["rg.VM1.sock", "rg.VM2.sock"]);
    let ask =
        b"GET /metadata/versions HTTP/1.1\r\nHost: 169.254.169.254\r\nMetadata: true\r\nConnection: close\r\n\r\n";
    let mut stream = UnixStream::connect(two.directory.path().join("sockets/rg.VM1.sock")).unwrap();
    stream.write_all(ask).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("apiVersions"), "{answer}");
    two.owner.arm("DELETE", &site, None).await.unwrap().ok();
    assert_eq!(sockets(), ["rg.VM1.sock", "rg.VM2.sock"]);

    let vm2 = format!("{}/providers/Microsoft.Compute/virtualMachines/VM2", two.group);
    two.owner.arm("DELETE", &vm2, None).await.unwrap().ok();
    assert_eq!(sockets(), ["rg.VM1.sock"]);
}

#[tokio::test]
async fn exec_gives_a_program_its_machine_and_only_that() {
    if !has_namespaces() {
        return;
    }
    let two = Two::serve().await;
    for vm in ["VM1", "VM2"] {
        let claims = claims_of(&two.in_vm(vm, &["curl", "-s", "-H", "Metadata:true", TOKEN]));
        assert_eq!(claims["xms_mirid"], json!(two.id_in_claims(vm)));
    }
    // Standard streams, arguments and the exit status pass through.
    let echoed = two.in_vm("VM1", &["sh", "-c", "printf '%s|' \"$@\"; echo bad >&2; exit 7", "sh", "a b", "c"]);
    assert_eq!(echoed.status.code(), Some(7));
    assert_eq!((echoed.stdout.as_slice(), echoed.stderr.as_slice()), (&b"a b|c|"[..], &b"bad\n"[..]));
    let killed = two.in_vm("VM1", &["sh", "-c", "kill -9 $$"]);
    assert_eq!(killed.status.code(), Some(128 + 9));
    // The host's loopback is another one: neither what listens there nor the other VM's service is seen.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let outside = listener.local_addr().unwrap().port();
    let imds = imds_port(&two, "VM2");
    for port in [outside, imds] {
        let url = format!("http://127.0.0.1:{port}/");
        let tried = two.in_vm("VM1", &["curl", "-s", "-m", "5", &url]);
        assert_eq!(tried.status.code(), Some(7), "curl: the connection is refused; it said {:?}", tried.stdout);
    }
}

fn imds_port(two: &Two, vm: &str) -> u16 {
    let output = smalt(&["env", "--vm", vm, "-o", "json", "--state"]).arg(two.state()).output().unwrap();
    json_of(&output)["SMALT_IMDS"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn exec_serves_the_public_names() {
    if !has_namespaces() {
        return;
    }
    let two = Two::serve().await;
    let tenant = two.program.variable("SMALT_TENANT_ID");
    let endpoints =
        two.in_vm("VM1", &["curl", "-s", "https://management.azure.com/metadata/endpoints?api-version=2022-09-01"]);
    assert_eq!(json_of(&endpoints)["resourceManager"], "https://management.azure.com");
    let url = format!("https://login.microsoftonline.com/{tenant}/v2.0/.well-known/openid-configuration");
    let discovery = json_of(&two.in_vm("VM1", &["curl", "-s", &url]));
    assert_eq!(
        discovery["token_endpoint"],
        json!(format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"))
    );
    let graph = json_of(&two.in_vm("VM1", &["curl", "-s", "https://graph.microsoft.com/v1.0/me"]));
    assert_eq!(graph["error"]["code"], "InvalidAuthenticationToken");
    let vault = json_of(&two.in_vm("VM1", &["curl", "-s", "https://any.vault.azure.net/secrets?api-version=7.4"]));
    assert_eq!(vault["error"]["code"], "Unauthorized");
    // A proxy of the host is of no use inside.
    let proxied =
        two.exec("VM1").args(["--", "sh", "-c", "echo $HTTPS_PROXY"]).env("HTTPS_PROXY", "http://proxy").output();
    assert_eq!(proxied.unwrap().stdout, b"\n");
}

#[tokio::test]
async fn exec_says_what_is_wrong() {
    let two = Two::serve().await;
    let unknown = two.in_vm("VM9", &["true"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(unknown.stderr).unwrap(),
        "smalt: There is no VM 'VM9': `smalt vm list` shows those that there are.\n"
    );
    let nobody = smalt(&["vm", "exec", "VM1", "--state"])
        .arg(two.directory.path().join("empty"))
        .args(["--", "true"])
        .output()
        .unwrap();
    assert_eq!(nobody.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("smalt serve --state"), "{nobody:?}");
    assert_eq!(smalt(&["vm", "exec"]).output().unwrap().status.code(), Some(2));
    let vm = format!("{}/providers/Microsoft.Compute/virtualMachines/VM1", two.group);
    two.owner.arm("POST", &format!("{vm}/powerOff"), None).await.unwrap().ok();
    let stopped = two.in_vm("VM1", &["true"]);
    assert_eq!(String::from_utf8(stopped.stderr).unwrap(), "smalt: The VM 'VM1' is not running: start it first.\n");
}
