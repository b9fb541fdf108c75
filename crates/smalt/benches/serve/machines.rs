//! VMs: what it takes to make one, and how fast they and their metadata services are asked.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::http::{ROUNDS, bare, exchange, median, rate, report};
use crate::server::Server;

/// A program on a VM asks for a token.
pub(crate) const IMDS_TOKEN: &str = "GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F HTTP/1.1\r\nHost: 169.254.169.254\r\nMetadata: true\r\n\r\n";

impl Server {
    pub(crate) fn arm_request(&self, method: &str, path: &str, body: &str) -> String {
        format!(
            "{method} {path}?api-version=2024-11-01 HTTP/1.1\r\nHost: localhost:{}\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n{body}",
            self.base,
            self.token,
            body.len()
        )
    }

    pub(crate) fn machine(&self, n: usize) -> String {
        let subscription = self.variable("SMALT_SUBSCRIPTION_ID");
        format!("/subscriptions/{subscription}/resourceGroups/bench/providers/Microsoft.Compute/virtualMachines/VM{n}")
    }

    pub(crate) async fn make_machine(&self, n: usize) {
        let subscription = self.variable("SMALT_SUBSCRIPTION_ID");
        let group = format!("/subscriptions/{subscription}/resourceGroups/bench");
        self.call(self.base, &self.arm_request("PUT", &group, r#"{"location":"westeurope"}"#)).await;
        let body = Self::machine_body();
        self.call(self.base, &self.arm_request("PUT", &self.machine(n), &body.to_string())).await;
    }

    pub(crate) fn machine_body() -> Value {
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

    /// Making an identity's principal and certificate, against the generation of one RSA key.
    pub(crate) async fn enabling(&self) {
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

    pub(crate) async fn imds(&self) {
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

    pub(crate) async fn arm_get(&self) {
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
}
