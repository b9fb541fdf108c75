//! How fast a whole `smalt serve` is, against baselines measured in the same run: a bare axum handler that answers the
//! same bytes over the same stack, and the machine's raw RSA-2048 signing rate. Machines are noisy; ratios are not.
//!
//!     cargo bench -p smalt                  # everything
//!     cargo bench -p smalt -- fleet         # ten thousand VMs alone

mod fleet;
mod http;
mod tenant;

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum_server::tls_rustls::RustlsConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::http::{ROUND, ROUNDS, bare, exchange, median, rate, report};

fn main() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        // Cargo adds an option of its own.
        if !std::env::args().skip(1).any(|argument| argument == "fleet") {
            measure().await;
        }
        fleet::measure().await;
    });
}

async fn measure() {
    let state = tempfile::tempdir().expect("a directory");
    let (mut fresh, mut existing) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let own = tempfile::tempdir().expect("a directory");
        fresh.push(Server::start(own.path()).await.first_token);
        existing.push(Server::start(own.path()).await.first_token);
    }
    println!("start, fresh state, to the first token      {:>8.0} ms", median(&mut fresh) * 1e3);
    println!("start, existing state, to the first token   {:>8.0} ms", median(&mut existing) * 1e3);

    let server = Server::start(state.path()).await;
    for n in 1..=10 {
        server.make_machine(n).await;
    }
    println!("resident memory with 10 VMs                 {:>8.1} MB", server.resident_megabytes());
    server.enabling().await;
    server.imds().await;
    server.arm_get().await;
    server.token_endpoint().await;
    drop(server);
    tenant::compare().await;
}

/// A program on a VM asks for a token.
const IMDS_TOKEN: &str = "GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F HTTP/1.1\r\nHost: 169.254.169.254\r\nMetadata: true\r\n\r\n";

/// A `smalt serve` of its own.
struct Server {
    child: Child,
    environment: Value,
    /// When every listener answered.
    ready: Instant,
    first_token: f64,
    token: String,
    tls: TlsConnector,
    base: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    async fn start(state: &Path) -> Self {
        Self::start_at(state, 27443).await
    }

    async fn start_at(state: &Path, base: u16) -> Self {
        let ready = state.join("ready.json");
        let _ = std::fs::remove_file(&ready);
        let started = Instant::now();
        let child = Command::new(env!("CARGO_BIN_EXE_smalt"))
            .args(["serve", "--base-port", &base.to_string(), "--state"])
            .arg(state)
            .arg("--ready-file")
            .arg(&ready)
            .stdout(Stdio::null())
            .spawn()
            .expect("smalt starts");
        while !ready.exists() {
            std::thread::yield_now();
        }
        let seen = Instant::now();
        let environment: Value = serde_json::from_slice(&std::fs::read(&ready).expect("the ready file")).expect("JSON");
        let ca = std::fs::read(environment["SMALT_CA"].as_str().expect("a CA")).expect("the CA");
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(&ca).expect("PEM")).expect("a root");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut server = Self {
            child,
            environment,
            ready: seen,
            first_token: 0.0,
            token: String::new(),
            tls: TlsConnector::from(Arc::new(config)),
            base,
        };
        let answer = server.call(base + 1, &server.token_request()).await;
        server.first_token = started.elapsed().as_secs_f64();
        server.token = answer["access_token"].as_str().expect("a token").to_owned();
        server
    }

    fn variable(&self, name: &str) -> &str {
        self.environment[name].as_str().expect("a variable")
    }

    fn token_request(&self) -> String {
        let body = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}&scope=https%3A%2F%2Fmanagement.azure.com%2F.default",
            self.variable("SMALT_CLIENT_ID"),
            self.variable("SMALT_CLIENT_SECRET").replace('~', "%7E")
        );
        format!(
            "POST /{}/oauth2/v2.0/token HTTP/1.1\r\nHost: localhost:27444\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.variable("SMALT_TENANT_ID"),
            body.len()
        )
    }

    fn arm_request(&self, method: &str, path: &str, body: &str) -> String {
        format!(
            "{method} {path}?api-version=2024-11-01 HTTP/1.1\r\nHost: localhost:27443\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        )
    }

    fn machine(&self, n: usize) -> String {
        let subscription = self.variable("SMALT_SUBSCRIPTION_ID");
        format!("/subscriptions/{subscription}/resourceGroups/bench/providers/Microsoft.Compute/virtualMachines/VM{n}")
    }

    async fn make_machine(&self, n: usize) {
        let subscription = self.variable("SMALT_SUBSCRIPTION_ID");
        let group = format!("/subscriptions/{subscription}/resourceGroups/bench");
        self.call(self.base, &self.arm_request("PUT", &group, r#"{"location":"westeurope"}"#)).await;
        let body = Self::machine_body();
        self.call(self.base, &self.arm_request("PUT", &self.machine(n), &body.to_string())).await;
    }

    fn machine_body() -> Value {
        json!({
            "location": "westeurope",
            "identity": {"type": "SystemAssigned"},
            "properties": {
                "hardwareProfile": {"vmSize": "Standard_DS1_v2"},
                "storageProfile": {"imageReference": {"publisher": "Canonical", "offer": "ubuntu-24_04-lts", "sku": "server"}},
                "osProfile": {"computerName": "vm", "adminUsername": "sim"},
            },
        })
    }

    async fn connect(&self, port: u16) -> impl AsyncRead + AsyncWrite + Unpin + use<> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        self.tls.connect(ServerName::try_from("localhost").expect("a name"), stream).await.expect("TLS")
    }

    async fn call(&self, port: u16, request: &str) -> Value {
        let mut stream = self.connect(port).await;
        let mut buffer = Vec::new();
        serde_json::from_slice(&exchange(&mut stream, request.as_bytes(), &mut buffer).await).unwrap_or_default()
    }

    fn resident_megabytes(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("the process");
        let line = status.lines().find(|l| l.starts_with("VmRSS:")).expect("VmRSS");
        line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).expect("a number") / 1024.0
    }

    /// Making an identity's principal and certificate, against the generation of one RSA key.
    async fn enabling(&self) {
        // The VMs made so far have emptied the pool; give it the time that a person takes.
        std::thread::sleep(Duration::from_secs(3));
        let mut waits = Vec::new();
        for n in 11..=14 {
            let started = Instant::now();
            self.make_machine(n).await;
            waits.push(started.elapsed().as_secs_f64());
        }
        let mut keys: Vec<f64> = (0..5)
            .map(|_| {
                let started = Instant::now();
                tokens::RsaKey::generate().expect("a key");
                started.elapsed().as_secs_f64()
            })
            .collect();
        println!(
            "VM with identity made in {:.1} ms; one RSA key alone takes {:.1} ms",
            median(&mut waits) * 1e3,
            median(&mut keys) * 1e3
        );
    }

    async fn imds(&self) {
        let request = IMDS_TOKEN;
        let imds = SocketAddr::from(([127, 0, 0, 1], self.base + 57));
        let mut stream = TcpStream::connect(imds).await.expect("a connection");
        let body = exchange(&mut stream, request.as_bytes(), &mut Vec::new()).await;
        let bare = bare(body, None).await;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(rate(request, || TcpStream::connect(imds)).await);
            theirs.push(rate(request, || TcpStream::connect(bare)).await);
        }
        report("IMDS, cached token, against a bare handler", &mut ours, &mut theirs, 0.6);
    }

    async fn arm_get(&self) {
        let request = self.arm_request("GET", &self.machine(1), "");
        let mut stream = self.connect(self.base).await;
        let body = exchange(&mut stream, request.as_bytes(), &mut Vec::new()).await;
        let bare = bare(body, Some(self.baseline_tls())).await;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(rate(&request, || async { Ok(self.connect(self.base).await) }).await);
            theirs.push(rate(&request, || async { Ok(self.connect(bare.port()).await) }).await);
        }
        report("ARM GET of a VM over TLS, against a bare handler", &mut ours, &mut theirs, 0.4);
    }

    /// A certificate of the server's own authority for the bare handler.
    fn baseline_tls(&self) -> RustlsConfig {
        let directory = Path::new(self.variable("SMALT_CA")).parent().expect("a directory");
        let read = |name: &str| std::fs::read_to_string(directory.join(name)).expect("a file");
        let ca_key = rcgen::KeyPair::from_pem(&read("ca-key.pem")).expect("a key");
        let issuer = rcgen::Issuer::from_ca_cert_pem(&read("ca.pem"), ca_key).expect("an authority");
        let key = rcgen::KeyPair::generate().expect("a key");
        let params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
        let certificate = params.signed_by(&key, &issuer).expect("a certificate");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).expect("a key"),
            )
            .expect("a configuration");
        RustlsConfig::from_config(Arc::new(config))
    }

    /// Tokens per second of the server's CPU time, against signatures per second of one core.
    async fn token_endpoint(&self) {
        let key = tokens::RsaKey::generate().expect("a key");
        let message = vec![7; 1000];
        let request = self.token_request();
        let (mut ours, mut raw) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let before = self.cpu_seconds();
            let rate = rate(&request, || async { Ok(self.connect(self.base + 1).await) }).await;
            ours.push(rate * ROUND.as_secs_f64() / (self.cpu_seconds() - before));
            let started = Instant::now();
            let mut signed = 0;
            while started.elapsed() < Duration::from_millis(500) {
                key.sign(tokens::Algorithm::Rs256, &message).expect("a signature");
                signed += 1;
            }
            raw.push(f64::from(signed) / started.elapsed().as_secs_f64());
        }
        report("token endpoint (secret), per core, against raw RSA-2048 signing", &mut ours, &mut raw, 0.7);
    }

    /// User and system time of the server so far, all threads.
    fn cpu_seconds(&self) -> f64 {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("threads");
        let nanoseconds = threads.filter_map(Result::ok).filter_map(|thread| {
            let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<f64>().ok()
        });
        nanoseconds.sum::<f64>() / 1e9
    }
}
