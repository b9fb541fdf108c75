//! The fleet of metadata services, level-triggered: after every commit the set of listeners is made equal to the set of
//! running VMs, so that whatever was missed heals by itself.

use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use axum::Router;
use imds::Imds;
use model::{ArmPath, JsonMap, Resource, Scope};
use store::{Snapshot, Store};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::ports::{Ports, loopback};

/// Listeners of running VMs.
pub struct Fleet {
    store: Store,
    imds: Imds,
    ports: Ports,
    /// Where VMs in other containers find their socket through a relay.
    sockets: Option<PathBuf>,
    /// Dropping a set ends its listeners.
    serving: HashMap<Scope, JoinSet<()>>,
    /// The number of the last commit that the listeners have followed.
    settled: watch::Sender<u64>,
}

/// Whether a VM has a metadata service right now.
#[must_use]
pub fn is_running(machine: &Resource) -> bool {
    is_state_running(&machine.runtime)
}

fn is_state_running(runtime: &JsonMap) -> bool {
    runtime.get("powerState").is_some_and(|state| state == "running")
}

/// `{group}.{vm}.sock`: two groups may have a VM of one name.
fn socket_name(machine: &Resource) -> String {
    let path = ArmPath::parse(&machine.id).ok();
    let group = path.as_ref().and_then(ArmPath::resource_group).unwrap_or_default();
    format!("{group}.{}.sock", machine.name)
}

impl Fleet {
    /// An empty fleet over the world in `store`.
    #[must_use]
    pub fn new(store: Store, imds: Imds, ports: Ports, sockets: Option<PathBuf>) -> Self {
        Self { store, imds, ports, sockets, serving: HashMap::new(), settled: watch::Sender::new(0) }
    }

    /// Tells how far the listeners have followed the commits: whoever is about to name one waits until it is there.
    #[must_use]
    pub fn settled(&self) -> watch::Receiver<u64> {
        self.settled.subscribe()
    }

    /// Makes the listeners equal to the running VMs.
    pub async fn settle(&mut self) {
        let commit = *self.store.commits().borrow();
        let world = self.store.read();
        let mut wanted: HashMap<Scope, u16> = HashMap::new();
        for (scope, offset) in world.imds_ports() {
            let runs = world.runtime_of(&scope).is_some_and(|runtime| is_state_running(&runtime));
            if let (true, Some(port)) = (runs, self.ports.imds(offset)) {
                wanted.insert(scope, port);
            }
        }
        self.serving.retain(|scope, _| wanted.contains_key(scope));
        for (scope, port) in wanted {
            if self.serving.contains_key(&scope) {
                continue;
            }
            match self.listen(&world, &scope, port).await {
                Ok(serving) => drop(self.serving.insert(scope, serving)),
                // Tried again at the next commit.
                Err(error) => tracing::warn!(%scope, port, %error, "no metadata service"),
            }
        }
        self.settled.send_replace(commit);
    }

    /// Keeps the fleet equal to the world, for ever.
    pub async fn follow(mut self) {
        let mut commits = self.store.commits();
        while commits.changed().await.is_ok() {
            self.settle().await;
        }
    }

    async fn listen(&self, world: &Snapshot, vm: &Scope, port: u16) -> std::io::Result<JoinSet<()>> {
        let router = self.imds.router(vm.clone());
        let mut serving = JoinSet::new();
        let listener = TcpListener::bind(loopback(port)).await?;
        serving.spawn(serve(listener, router.clone()));
        if let Some(directory) = &self.sockets
            && let Some(machine) = world.resource(vm)
        {
            let listener = unix_listener(&directory.join(socket_name(machine)))?;
            serving.spawn(serve(listener, router));
        }
        Ok(serving)
    }
}

async fn serve<L>(listener: L, router: Router)
where
    L: axum::serve::Listener,
    L::Addr: std::fmt::Debug,
{
    let _ = axum::serve(listener, router).await;
}

/// A Unix socket that replaces what an earlier process left; other users of a shared volume may connect.
fn unix_listener(path: &Path) -> std::io::Result<UnixListener> {
    let _ = std::fs::remove_file(path);
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666))?;
    Ok(listener)
}
