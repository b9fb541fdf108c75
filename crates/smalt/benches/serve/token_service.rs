//! The token service: tokens against the machine's raw signing rate, documents against a bare handler.

use std::time::{Duration, Instant};

use model::{Clock, Ids};
use serde_json::{Value, json};
use tokens::{Algorithm, AssertionClaims, RsaKey, client_assertion, token_signing};
use uuid::Uuid;

use crate::http::{ROUND, ROUNDS, bare, exchange, rate, report};
use crate::server::Server;

const RESOURCE_MANAGER: &str = "https%3A%2F%2Fmanagement.azure.com%2F.default";
const GRAPH: &str = "https%3A%2F%2Fgraph.microsoft.com%2F.default";
const ASSERTION_TYPE: &str = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";

impl Server {
    /// A token for Resource Manager, asked for with the owner's secret.
    pub(crate) fn token_request(&self) -> String {
        self.grant_request(&self.owners_proof(), RESOURCE_MANAGER)
    }

    fn owners_proof(&self) -> String {
        let secret = self.variable("SMALT_CLIENT_SECRET").replace('~', "%7E");
        format!("client_id={}&client_secret={secret}", self.variable("SMALT_CLIENT_ID"))
    }

    fn grant_request(&self, proof: &str, scope: &str) -> String {
        let body = format!("grant_type=client_credentials&{proof}&scope={scope}");
        format!(
            "POST /{}/oauth2/v2.0/token HTTP/1.1\r\nHost: localhost:{}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.variable("SMALT_TENANT_ID"),
            self.base + 1,
            body.len()
        )
    }

    /// Both proofs of a client, each against signatures per second of one core.
    pub(crate) async fn token_endpoint(&self) {
        self.tokens("secret", &self.token_request(), 0.8).await;
        self.tokens("certificate", &self.certificate_request().await, 0.5).await;
    }

    /// Tokens per second of the server's CPU time.
    async fn tokens(&self, proof: &str, request: &str, wanted: f64) {
        let key = RsaKey::generate().expect("a key");
        let message = vec![7; 1000];
        let (mut ours, mut raw) = (Vec::new(), Vec::new());
        let answer = self.call(self.base + 1, request).await;
        assert!(answer["access_token"].is_string(), "{answer}");
        for _ in 0..ROUNDS {
            let before = self.cpu_seconds();
            let rate = rate(request, || async { Ok(self.connect(self.base + 1).await) }).await;
            ours.push(rate * ROUND.as_secs_f64() / (self.cpu_seconds() - before));
            let started = Instant::now();
            let mut signed = 0;
            while started.elapsed() < Duration::from_millis(500) {
                key.sign(Algorithm::Rs256, &message).expect("a signature");
                signed += 1;
            }
            raw.push(f64::from(signed) / started.elapsed().as_secs_f64());
        }
        let what = format!("token endpoint ({proof}), per core, against raw RSA-2048 signing");
        report(&what, &mut ours, &mut raw, wanted);
    }

    /// A token for an application that signs its assertion with a certificate.
    async fn certificate_request(&self) -> String {
        let now = Clock::default().now();
        let key = RsaKey::generate().expect("a key");
        let certificate = token_signing(&key, [1; 16], now).expect("a certificate").certificate;
        let application = self
            .graph(
                "applications",
                &json!({"displayName": "bench", "keyCredentials": [
                    {"type": "AsymmetricX509Cert", "usage": "Verify", "key": certificate},
                ]}),
            )
            .await;
        self.graph("servicePrincipals", &json!({"appId": application})).await;
        let audience =
            format!("https://localhost:{}/{}/oauth2/v2.0/token", self.base + 1, self.variable("SMALT_TENANT_ID"));
        let client_id = Uuid::try_parse(&application).expect("a client id");
        let claims = AssertionClaims { client_id, audience: &audience, host: "" };
        let assertion = client_assertion(&key, &certificate, claims, now, &Ids::seeded(1)).expect("an assertion");
        self.grant_request(
            &format!("client_id={client_id}&client_assertion_type={ASSERTION_TYPE}&client_assertion={assertion}"),
            RESOURCE_MANAGER,
        )
    }

    /// Makes an object in the directory; answers its `appId`.
    async fn graph(&self, collection: &str, body: &Value) -> String {
        let token = self.call(self.base + 1, &self.grant_request(&self.owners_proof(), GRAPH)).await;
        let token = token["access_token"].as_str().expect("a token").to_owned();
        let body = body.to_string();
        let request = format!(
            "POST /v1.0/{collection} HTTP/1.1\r\nHost: localhost:{}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.base + 2,
            body.len()
        );
        let answer = self.call(self.base + 2, &request).await;
        answer["appId"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// What clients read before they ask for a token, and servers before they believe one.
    pub(crate) async fn documents(&self) {
        let tenant = self.variable("SMALT_TENANT_ID");
        for (what, path) in [
            ("discovery", format!("/{tenant}/v2.0/.well-known/openid-configuration")),
            ("JWKS", format!("/{tenant}/discovery/v2.0/keys")),
        ] {
            let request = format!("GET {path} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", self.base + 1);
            let body = exchange(&mut self.connect(self.base + 1).await, request.as_bytes(), &mut Vec::new()).await;
            let bare = bare(body, Some(self.baseline_tls())).await;
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            for _ in 0..ROUNDS {
                ours.push(rate(&request, || async { Ok(self.connect(self.base + 1).await) }).await);
                theirs.push(rate(&request, || async { Ok(self.connect(bare.port()).await) }).await);
            }
            report(&format!("{what} over TLS, against a bare handler"), &mut ours, &mut theirs, 0.6);
        }
    }
}
