//! The program as a process of its own, that can be killed and started again.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use cloud::Answer;
use serde_json::Value;

/// `smalt` with these arguments, which sees nothing of the world that the tests run in.
pub(crate) fn smalt(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_smalt-under-test"));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Whether this machine lets a process make the namespaces that a VM needs; says so where it does not.
pub(crate) fn has_namespaces() -> bool {
    let probe = Command::new("unshare").args(["-Urn", "ip", "link", "set", "lo", "up"]).output();
    let possible = probe.is_ok_and(|output| output.status.success());
    if !possible {
        // Past the harness, which shows what passing tests say to nobody.
        let why = b"skipped: this machine has no `unshare` or `ip`, or does not let their user enter a namespace\n";
        std::io::stderr().write_all(why).unwrap();
    }
    possible
}

/// `smalt serve`, until it is dropped.
pub(crate) struct Program {
    pub(crate) child: Child,
    /// What `smalt env -o json` prints.
    pub(crate) environment: Value,
    http: reqwest::Client,
    #[expect(dead_code, reason = "the server still writes into it")]
    stdout: BufReader<ChildStdout>,
}

impl Program {
    /// Serves a fresh world, at a block of ports that it answers.
    pub(crate) fn serve_anew(state: &Path, more: &[&str]) -> (Self, u16) {
        // Between the look at a block of ports and its use another process may take it: then the next block.
        let tries = (0..10).map(|_| cloud::next_free_block());
        let mut started = tries.filter_map(|base| Some((Self::serve(state, base, more)?, base)));
        started.next().expect("no server starts")
    }

    /// Serves the world in `state`; none when the server gave up.
    pub(crate) fn serve(state: &Path, base: u16, more: &[&str]) -> Option<Self> {
        let ready = state.with_extension("ready.json");
        let mut child = smalt(&["serve", "--base-port", &base.to_string()])
            .arg("--state")
            .arg(state)
            .arg("--ready-file")
            .arg(&ready)
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // The first line comes once every listener answers; a server that gives up ends the stream without one.
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        if stdout.read_line(&mut line).unwrap() == 0 {
            child.wait().unwrap();
            return None;
        }
        let environment: Value = serde_json::from_slice(&std::fs::read(ready).unwrap()).unwrap();
        let root = std::fs::read(environment["SMALT_CA"].as_str().unwrap()).unwrap();
        let root = reqwest::Certificate::from_pem(&root).unwrap();
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([root]).build().unwrap();
        Some(Self { child, environment, http, stdout })
    }

    /// A variable of the environment that clients are given.
    pub(crate) fn variable(&self, name: &str) -> &str {
        self.environment[name].as_str().unwrap()
    }

    /// `/subscriptions/{id}`.
    pub(crate) fn subscription(&self) -> String {
        format!("/subscriptions/{}", self.variable("SMALT_SUBSCRIPTION_ID"))
    }

    /// What the owner asks with.
    pub(crate) async fn owner(&self) -> Owner {
        let mut tokens = Vec::new();
        for (face, resource) in
            [("SMALT_ARM", "https://management.azure.com"), ("SMALT_GRAPH", "https://graph.microsoft.com")]
        {
            let form = [
                ("grant_type", "client_credentials"),
                ("client_id", self.variable("SMALT_CLIENT_ID")),
                ("client_secret", self.variable("SMALT_CLIENT_SECRET")),
                ("scope", &format!("{resource}/.default")),
            ];
            let url =
                format!("{}/{}/oauth2/v2.0/token", self.variable("SMALT_ENTRA"), self.variable("SMALT_TENANT_ID"));
            let answer = Answer::of(self.http.post(url).form(&form)).await.ok();
            tokens.push((self.variable(face).to_owned(), answer.body["access_token"].as_str().unwrap().to_owned()));
        }
        Owner { http: self.http.clone(), graph: tokens.remove(1), arm: tokens.remove(0) }
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The world's owner, who can ask while the program is being killed.
#[derive(Clone)]
pub(crate) struct Owner {
    http: reqwest::Client,
    /// The face's URL and the token for it.
    arm: (String, String),
    graph: (String, String),
}

impl Owner {
    /// Asks Resource Manager.
    ///
    /// # Errors
    /// When nobody answers, or the answer breaks off.
    pub(crate) async fn arm(
        &self,
        method: &str,
        path: &str,
        body: impl Into<Option<Value>>,
    ) -> reqwest::Result<Answer> {
        let url = format!("{}{path}?api-version=2024-11-01", self.arm.0);
        let request = self.http.request(method.parse().unwrap(), url).bearer_auth(&self.arm.1);
        Answer::of_attempt(match body.into() {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    /// Every item of a list of Resource Manager, whatever the number of its pages.
    pub(crate) async fn list(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next = Some(format!("{}{path}?api-version=2024-11-01", self.arm.0));
        while let Some(url) = next {
            let page = Answer::of(self.http.get(url).bearer_auth(&self.arm.1)).await.ok().body;
            items.extend(page["value"].as_array().unwrap().iter().cloned());
            next = page["nextLink"].as_str().map(str::to_owned);
        }
        items
    }

    /// Every object of a list of Graph.
    pub(crate) async fn directory(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next = Some(format!("{}/v1.0{path}", self.graph.0));
        while let Some(url) = next {
            let page = Answer::of(self.http.get(url).bearer_auth(&self.graph.1)).await.ok().body;
            items.extend(page["value"].as_array().unwrap().iter().cloned());
            next = page["@odata.nextLink"].as_str().map(str::to_owned);
        }
        items
    }

    /// A running VM; answers its id.
    pub(crate) async fn make_vm(&self, group: &str, name: &str, identity: Value) -> String {
        let network = format!("{group}/providers/Microsoft.Network");
        let subnets = serde_json::json!([{"name": "default", "properties": {"addressPrefix": "10.0.0.0/24"}}]);
        let properties = serde_json::json!({"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": subnets});
        let wide = serde_json::json!({"location": "westeurope", "properties": properties});
        let interface = format!("{network}/networkInterfaces/{name}Nic");
        let subnet = format!("{network}/virtualNetworks/{name}VNET/subnets/default");
        let mut machine = cloud::machine(name, &interface);
        machine["identity"] = identity;
        let id = format!("{group}/providers/Microsoft.Compute/virtualMachines/{name}");
        for (path, body) in [
            (format!("{network}/virtualNetworks/{name}VNET"), wide),
            (interface, cloud::interface(&subnet)),
            (id.clone(), machine),
        ] {
            self.arm("PUT", &path, body).await.unwrap().ok();
        }
        id
    }
}

/// A directory for a world, below one that goes with the test.
pub(crate) fn state_below(directory: &tempfile::TempDir) -> PathBuf {
    directory.path().join("state")
}
