//! The fleet of metadata services and other hosts' token endpoints, level-triggered: after every commit the set of
//! listeners is made equal to the set of resources that run, so that whatever was missed heals by itself.

use std::collections::HashMap;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use model::{JsonMap, Resource, Scope};
use store::{Snapshot, Store};
use tokio::net::UnixListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::make::Shared;

use crate::ports::{Ports, loopback};
use crate::token_endpoints::{TokenEndpoints, file_name};

/// Ports that are not worth a thread of their own.
const ONE_THREADS_WORK: usize = 256;

/// Listeners of running resources.
pub struct Fleet {
    store: Store,
    endpoints: TokenEndpoints,
    ports: Ports,
    /// Where VMs in other containers find their socket through a relay.
    sockets: Option<PathBuf>,
    /// Dropping a set ends its listeners.
    serving: HashMap<Scope, JoinSet<()>>,
    /// The number of the last commit that the listeners have followed.
    settled: watch::Sender<u64>,
}

/// Whether a VM or another host has its endpoint right now.
#[must_use]
pub fn is_running(machine: &Resource) -> bool {
    is_state_running(&machine.runtime)
}

fn is_state_running(runtime: &JsonMap) -> bool {
    runtime.get("powerState").is_some_and(|state| state == "running")
}

impl Fleet {
    /// An empty fleet over the world in `store`.
    #[must_use]
    pub fn new(store: Store, endpoints: TokenEndpoints, ports: Ports, sockets: Option<PathBuf>) -> Self {
        Self { store, endpoints, ports, sockets, serving: HashMap::new(), settled: watch::Sender::new(0) }
    }

    /// Tells how far the listeners have followed the commits: whoever is about to name one waits until it is there.
    #[must_use]
    pub fn settled(&self) -> watch::Receiver<u64> {
        self.settled.subscribe()
    }

    /// Makes the listeners equal to the running resources.
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
        let missing: Vec<(Scope, u16)> =
            wanted.into_iter().filter(|(scope, _)| !self.serving.contains_key(scope)).collect();
        let bound = bind_all(&missing);
        for ((scope, port), listener) in missing.into_iter().zip(bound) {
            match listener.and_then(|listener| self.serve(&world, &scope, listener)) {
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

    fn serve(&self, world: &Snapshot, scope: &Scope, listener: TcpListener) -> std::io::Result<JoinSet<()>> {
        let mut serving = JoinSet::new();
        let Some(endpoint) = self.endpoints.of(world, scope) else {
            return Ok(serving);
        };
        if let Some(directory) = &self.sockets
            && let Some(machine) = world.resource(scope)
        {
            let listener = unix_listener(&directory.join(format!("{}.sock", file_name(machine))))?;
            let service = Shared::new(endpoint.service.clone());
            serving.spawn(async move {
                let _ = axum::serve(listener, service).await;
            });
        }
        serving.spawn(endpoint.serve(listener));
        Ok(serving)
    }
}

/// Binds every port, those of a large fleet from several threads: the kernel takes its time for each.
fn bind_all(ports: &[(Scope, u16)]) -> Vec<std::io::Result<TcpListener>> {
    let bind = |ports: &[(Scope, u16)]| ports.iter().map(|(_, port)| TcpListener::bind(loopback(*port))).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = ports.len().div_ceil(threads).max(ONE_THREADS_WORK);
    if ports.len() <= share {
        return bind(ports);
    }
    std::thread::scope(|scope| {
        let threads: Vec<_> = ports.chunks(share).map(|share| scope.spawn(move || bind(share))).collect();
        let bound =
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        bound.flat_map(|bound: Vec<_>| bound).collect()
    })
}

/// A Unix socket that replaces what an earlier process left; other users of a shared volume may connect.
fn unix_listener(path: &Path) -> std::io::Result<UnixListener> {
    let _ = std::fs::remove_file(path);
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666))?;
    Ok(listener)
}
