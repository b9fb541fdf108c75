//! A `smalt serve` of its own for each measurement, and how it is asked.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum_server::tls_rustls::RustlsConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::http::exchange;

/// A `smalt serve` of its own.
pub(crate) struct Server {
    child: Child,
    environment: Value,
    /// When every listener answered.
    pub(crate) ready: Instant,
    /// Seconds from the start to the first token.
    pub(crate) first_token: f64,
    pub(crate) token: String,
    tls: TlsConnector,
    pub(crate) base: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    pub(crate) async fn start(state: &Path) -> Self {
        Self::start_at(state, 27443).await
    }

    pub(crate) async fn start_at(state: &Path, base: u16) -> Self {
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
            // Whoever looks without a pause takes a core away from what is measured.
            std::thread::sleep(Duration::from_millis(1));
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

    pub(crate) fn variable(&self, name: &str) -> &str {
        self.environment[name].as_str().expect("a variable")
    }

    pub(crate) async fn connect(&self, port: u16) -> impl AsyncRead + AsyncWrite + Unpin + use<> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        self.tls.connect(ServerName::try_from("localhost").expect("a name"), stream).await.expect("TLS")
    }

    pub(crate) async fn call(&self, port: u16, request: &str) -> Value {
        let mut stream = self.connect(port).await;
        let mut buffer = Vec::new();
        serde_json::from_slice(&exchange(&mut stream, request.as_bytes(), &mut buffer).await).unwrap_or_default()
    }

    pub(crate) fn resident_megabytes(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("the process");
        let line = status.lines().find(|l| l.starts_with("VmRSS:")).expect("VmRSS");
        line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).expect("a number") / 1024.0
    }

    /// A certificate of the server's own authority for the bare handler.
    pub(crate) fn baseline_tls(&self) -> RustlsConfig {
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

    /// User and system time of the server so far, all threads.
    pub(crate) fn cpu_seconds(&self) -> f64 {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("threads");
        let nanoseconds = threads.filter_map(Result::ok).filter_map(|thread| {
            let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<f64>().ok()
        });
        nanoseconds.sum::<f64>() / 1e9
    }
}
