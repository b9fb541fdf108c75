//! A whole cloud in one process, for tests.
//!
//! What it is: [`Cloud`] is smalt as `smalt serve` runs it, with every port open, in a directory that goes with it, from
//! a fixed seed, its clock standing still. A [`Caller`] asks it over HTTPS by Azure's public names, as a client would,
//! and gets an [`Answer`].
//!
//! What it is not: nothing here reaches around the faces, except to move the clock, which the command line does by the
//! same socket.
//!
//! How to add the next: what several tests set up is a method in `setup.rs`; what one test needs stays in that test.

#![expect(clippy::unwrap_used, reason = "a library for tests: whatever fails here ends the test")]

mod answer;
mod caller;
mod free_ports;
mod setup;

pub use answer::Answer;
pub use caller::Caller;
pub use free_ports::next_free_block;
pub use setup::{
    Application, CONTRIBUTOR, MANAGED_IDENTITY_OPERATOR, OWNER, READER, USER_ACCESS_ADMINISTRATOR, assignment,
    interface, machine,
};

use std::net::SocketAddr;
use std::time::Duration;

use model::{ClockState, Scope};
use reqwest::Method;
use serde_json::{Value, json};
use smalt::cloud::Options;
use smalt::front::{Face, PUBLIC_NAMES};
use smalt::ports::{Ports, loopback};
use smalt::server::{Server, Settings};
use store::{Durability, Store};
use tempfile::TempDir;
use tokio::net::TcpStream;

/// Resource Manager's public name.
pub const ARM: &str = "https://management.azure.com";
/// The token service's public name.
pub const LOGIN: &str = "https://login.microsoftonline.com";
/// Microsoft Graph's public name.
pub const GRAPH: &str = "https://graph.microsoft.com";

/// The moment at which every cloud begins, in nanoseconds since 1970: 2027-01-15T08:00:00Z.
const BEGINNING_NS: i64 = 1_800_000_000_000_000_000;

/// A cloud that ends when it is dropped.
pub struct Cloud {
    /// The server; its cloud is what the faces work on.
    pub server: Server,
    /// The tenant's id.
    pub tenant: String,
    /// `/subscriptions/{id}`, the only one.
    pub subscription: String,
    /// Trusts smalt's authority, and finds Azure's public names here.
    pub http: reqwest::Client,
    owner: tokio::sync::Mutex<String>,
    #[expect(dead_code, reason = "the state directory goes when this is dropped")]
    directory: TempDir,
}

impl Cloud {
    /// A fresh world, certificates of managed identities being renewed.
    pub async fn start() -> Self {
        Self::with_renewal(true).await
    }

    /// A fresh world that renews certificates, or lets them end on day 90.
    pub async fn with_renewal(renews_certificates: bool) -> Self {
        let mut refusal = None;
        // Between the look at a block of ports and its use another process may take it: then the next block.
        for _ in 0..20 {
            let directory = tempfile::Builder::new().prefix("smalt-test-").tempdir().unwrap();
            stop_clock(&directory).await;
            let settings = Settings {
                cloud: Options {
                    directory: directory.path().to_owned(),
                    durability: Durability::Ephemeral,
                    seed: Some(7),
                    ports: Ports::new(next_free_block()),
                    issuer_hosts: vec!["localhost".to_owned()],
                    sign_in: aad::SignInMode::default(),
                    throttles: false,
                },
                renews_certificates,
                pass_through: false,
                imds_sockets: None,
                ready_file: None,
                listen: std::net::Ipv4Addr::LOCALHOST.into(),
            };
            match Server::start(&settings).await {
                Ok(server) => return Self::of(server, directory).await,
                Err(error) => refusal = Some(error),
            }
        }
        panic!("no cloud could be started: {refusal:?}");
    }

    async fn of(server: Server, directory: TempDir) -> Self {
        let (tenant, subscription) = {
            let world = server.cloud.store.read();
            (
                world.tenant().unwrap().id.to_string(),
                format!("/subscriptions/{}", world.subscriptions().next().unwrap().id),
            )
        };
        let http = public_client(&server);
        let cloud = Self { server, tenant, subscription, http, owner: tokio::sync::Mutex::default(), directory };
        cloud.renew_owner_token().await;
        cloud
    }

    /// Whoever holds `token`.
    pub fn caller(&self, token: impl Into<String>) -> Caller<'_> {
        Caller::new(self, Some(token.into()))
    }

    /// Somebody without a token.
    pub fn stranger(&self) -> Caller<'_> {
        Caller::new(self, None)
    }

    /// The world's owner.
    pub async fn owner(&self) -> Caller<'_> {
        self.caller(self.owner.lock().await.clone())
    }

    /// The owner asks Resource Manager.
    pub async fn arm(&self, method: &str, path: &str, body: impl Into<Option<Value>>) -> Answer {
        self.owner().await.arm(method, path, body).await
    }

    /// The owner asks Graph, below `/v1.0`.
    pub async fn graph(&self, method: &str, path: &str, body: impl Into<Option<Value>>) -> Answer {
        let owner = smalt::world::owner_of(&self.server.cloud.store);
        let token = self.token_by_secret(&owner.client_id, &owner.client_secret, GRAPH).await;
        self.caller(token.ok().body["access_token"].as_str().unwrap()).graph(method, path, body).await
    }

    /// The token service's answer to a client with a secret that wants a token for `resource`.
    pub async fn token_by_secret(&self, client_id: &str, secret: &str, resource: &str) -> Answer {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", client_id),
            ("client_secret", secret),
            ("scope", &format!("{resource}/.default")),
        ];
        let url = format!("{LOGIN}/{}/oauth2/v2.0/token", self.tenant);
        Answer::of(self.http.post(url).form(&form)).await
    }

    /// Where the metadata service of a VM listens.
    pub fn imds_address(&self, vm: &str) -> SocketAddr {
        let offset = self.server.cloud.store.read().imds_port(&Scope::new(vm)).unwrap();
        loopback(self.server.cloud.ports.imds(offset).unwrap())
    }

    /// A program on the VM asks its metadata service, with the header that it must send.
    pub async fn imds(&self, vm: &str, path: &str) -> Answer {
        Answer::of(self.http.get(format!("http://{}{path}", self.imds_address(vm))).header("Metadata", "true")).await
    }

    /// A program on the VM asks for a token; `more` follows in the query, as in `&client_id=…`.
    pub async fn imds_token(&self, vm: &str, more: &str) -> Answer {
        let path =
            "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F";
        self.imds(vm, &format!("{path}{more}")).await
    }

    /// What `smalt clock`, `smalt cert` and the like ask the server over its own socket.
    pub async fn control(&self, method: Method, path: &str, body: &Value) -> Answer {
        let socket = self.server.directory.join("control.sock");
        let http = reqwest::Client::builder().no_proxy().unix_socket(socket).build().unwrap();
        Answer::of(http.request(method, format!("http://smalt{path}")).json(body)).await
    }

    /// Moves the clock forward by a span such as `46d`; the owner then holds a fresh token.
    pub async fn advance(&self, span: &str) {
        self.control(Method::POST, "/clock", &json!({"advance": span})).await.ok();
        self.renew_owner_token().await;
    }

    /// Waits until something accepts connections there: listeners follow a commit, they are not part of it.
    pub async fn wait_for(&self, address: SocketAddr) {
        let connected = async {
            while TcpStream::connect(address).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), connected).await.expect("the metadata service never listened");
    }

    async fn renew_owner_token(&self) {
        let owner = smalt::world::owner_of(&self.server.cloud.store);
        let answer = self.token_by_secret(&owner.client_id, &owner.client_secret, ARM).await.ok();
        answer.body["access_token"].as_str().unwrap().clone_into(&mut *self.owner.lock().await);
    }
}

/// The world that will be made in `directory` begins at the fixed moment and stays there.
async fn stop_clock(directory: &TempDir) {
    let store = Store::open(directory.path(), Durability::Ephemeral).await.unwrap();
    let mut tx = store.begin().await;
    tx.put_clock(ClockState { offset_ns: 0, frozen_at_ns: Some(BEGINNING_NS) }).unwrap();
    tx.commit().await.unwrap();
}

/// A client for which Azure's public names lead to `server`.
fn public_client(server: &Server) -> reqwest::Client {
    let faces = server.cloud.ports.faces();
    let root = reqwest::Certificate::from_pem(server.cloud.authority.certificate().as_bytes()).unwrap();
    let mut client =
        reqwest::Client::builder().no_proxy().tls_certs_only([root]).redirect(reqwest::redirect::Policy::none());
    for (name, face) in PUBLIC_NAMES {
        let port = match face {
            Face::Arm => faces.arm,
            Face::Login => faces.login,
            Face::Graph => faces.graph,
            Face::Vault => faces.vault,
        };
        client = client.resolve(name, loopback(port));
    }
    client.resolve("kv1.vault.azure.net", loopback(faces.vault)).build().unwrap()
}
