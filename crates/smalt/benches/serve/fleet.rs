//! Ten thousand running VMs, each with a metadata service, in one process: what they weigh, how soon they answer, and how
//! fast a thousand of them hand out tokens that they have.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Instant;

use model::{DirectoryObject, Resource, Scope};
use serde_json::{Value, json};
use store::{Durability, Store};
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::http::{ROUNDS, bare, exchange, rate_over, report};
use crate::machines::IMDS_TOKEN;
use crate::server::Server;

const VMS: u16 = 10_000;
const SPREAD: u16 = 1_000;
/// Leaves room for all their ports.
const BASE: u16 = 12_443;

pub(crate) async fn measure() {
    let state = tempfile::tempdir().expect("a directory");
    let server = Server::start_at(state.path(), BASE).await;
    server.make_networked_machine().await;
    let first = server.machine(1);
    drop(server);
    multiply(state.path(), &first).await;

    let started = Instant::now();
    let server = Server::start_at(state.path(), BASE).await;
    let ready = server.ready.duration_since(started).as_secs_f64();
    println!("{VMS} VMs: all listen {ready:.2} s after the start (wanted: 1)");
    println!("{VMS} VMs: {:.1} MB resident when all listen (wanted: 150)", server.resident_megabytes());
    let imds = |n: u16| SocketAddr::from(([127, 0, 0, 1], BASE + 57 + n));
    for n in 0..VMS {
        drop(TcpStream::connect(imds(n)).await.expect("it listens"));
    }
    let mut body = Vec::new();
    for n in 0..SPREAD {
        let mut stream = TcpStream::connect(imds(n)).await.expect("a connection");
        body = exchange(&mut stream, IMDS_TOKEN.as_bytes(), &mut Vec::new()).await;
    }
    let bare = bare(body, None).await;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(rate_over(IMDS_TOKEN, usize::from(SPREAD), |n| TcpStream::connect(imds(n as u16))).await);
        theirs.push(rate_over(IMDS_TOKEN, usize::from(SPREAD), |_| TcpStream::connect(bare)).await);
    }
    report("IMDS, cached tokens of 1,000 VMs, against a bare handler", &mut ours, &mut theirs, 0.6);
    println!("{VMS} VMs: {:.1} MB resident afterwards", server.resident_megabytes());
}

/// Makes as many VMs as are wanted out of the one that is there, each with an interface, a disk and an identity.
async fn multiply(state: &Path, first: &str) {
    let store = Store::open(state, Durability::Ephemeral).await.expect("a store");
    let mut tx = store.begin().await;
    let vm = tx.resource(&Scope::new(first)).expect("the VM").clone();
    let group = Scope::new(first.split("/providers/").next().unwrap_or_default());
    let parts: Vec<Value> = tx
        .resources_below(&group)
        .filter(|r| {
            ["/disks", "/networkInterfaces", "/virtualMachines"].iter().any(|kind| r.resource_type.ends_with(kind))
        })
        .map(|r| serde_json::to_value(&**r).expect("JSON"))
        .collect();
    let principal = vm.identity.system.expect("an identity");
    let account = tx.service_principal(principal).expect("a principal").clone();
    let key = store.managed_identity_key(principal).await.expect("the store").expect("a key");
    for n in 2..=VMS {
        let own = Uuid::from_u128(n.into());
        for part in &parts {
            let text =
                part.to_string().replace("VM1", &format!("VM{n}")).replace(&principal.to_string(), &own.to_string());
            let resource: Resource = serde_json::from_str(&text).expect("a resource");
            if resource.resource_type.ends_with("/virtualMachines") {
                tx.claim_imds_port(&resource.scope());
            }
            tx.put_resource(resource);
        }
        let mut account = account.clone();
        (account.id, account.app_id) = (own, Uuid::from_u128(u128::from(n) << 64));
        tx.put_object(DirectoryObject::ServicePrincipal(account));
        tx.put_managed_identity_key(store::ManagedIdentityKey { key_id: own, principal_id: own, ..key.clone() });
    }
    tx.commit().await.expect("a commit");
}

impl Server {
    /// A first VM with an identity, in a network.
    async fn make_networked_machine(&self) {
        let group = self.machine(1).split("/providers/").next().unwrap_or_default().to_owned();
        let network = format!("{group}/providers/Microsoft.Network");
        let subnet = format!("{network}/virtualNetworks/vnet/subnets/default");
        let nic = format!("{network}/networkInterfaces/VM1nic");
        let mut machine = Self::machine_body();
        machine["properties"]["networkProfile"] = json!({"networkInterfaces": [{"id": nic}]});
        for (path, body) in [
            (&group, json!({"location": "westeurope"})),
            (
                &format!("{network}/virtualNetworks/vnet"),
                json!({"location": "westeurope", "properties": {
                    "addressSpace": {"addressPrefixes": ["10.0.0.0/8"]},
                    "subnets": [{"name": "default", "properties": {"addressPrefix": "10.0.0.0/16"}}],
                }}),
            ),
            (
                &nic,
                json!({"location": "westeurope", "properties": {
                    "ipConfigurations": [{"name": "first", "properties": {"subnet": {"id": subnet}}}],
                }}),
            ),
            (&self.machine(1), machine),
        ] {
            let answer = self.call(self.base, &self.arm_request("PUT", path, &body.to_string())).await;
            assert!(answer["id"].is_string(), "{path}: {answer}");
        }
    }
}
