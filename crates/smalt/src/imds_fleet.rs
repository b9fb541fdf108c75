//! The fleet of metadata services and other hosts' token endpoints, level-triggered: after every commit the set of
//! listeners is made equal to the set of resources that run, so that whatever was missed heals by itself.

use std::collections::HashMap;
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use imds::Host;
use model::{Scope, is_running};
use store::{Snapshot, Store};
use tokio::net::UnixListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::plain_http;
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
    serving: HashMap<Scope, Serving>,
    /// The number of the last commit that the listeners have followed.
    settled: watch::Sender<u64>,
}

/// The listeners of one resource; they end when it is dropped.
struct Serving {
    port: u16,
    tasks: JoinSet<()>,
    #[expect(dead_code, reason = "the socket is ours until this is dropped")]
    socket: Option<SocketFile>,
}

/// A Unix socket's name in its directory.
struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
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
            let runs = world.runtime_of(&scope).is_some_and(|runtime| is_running(&runtime));
            if let (true, Some(port)) = (runs, self.ports.imds(offset)) {
                wanted.insert(scope, port);
            }
        }
        let is_as_wanted = |scope: &Scope, serving: &mut Serving| {
            wanted.get(scope) == Some(&serving.port) && serving.tasks.try_join_next().is_none()
        };
        // Whoever takes the port of one that ends must find it free.
        for (_, mut ended) in self.serving.extract_if(|scope, serving| !is_as_wanted(scope, serving)) {
            ended.tasks.shutdown().await;
        }
        let missing: Vec<(Scope, u16)> =
            wanted.into_iter().filter(|(scope, _)| !self.serving.contains_key(scope)).collect();
        let bound = bind_all(&missing);
        for ((scope, port), listener) in missing.into_iter().zip(bound) {
            match listener.and_then(|listener| self.serve(&world, &scope, port, listener)) {
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

    fn serve(&self, world: &Snapshot, scope: &Scope, port: u16, listener: TcpListener) -> io::Result<Serving> {
        let mut tasks = JoinSet::new();
        let endpoint = self.endpoints.of(world, scope).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        let mut socket = None;
        if let Some(directory) = &self.sockets
            && let Some(machine) = world.resource(scope)
            && Host::of(&machine.resource_type).is_none()
        {
            let path = directory.join(format!("{}.sock", file_name(machine)));
            match unix_listener(&path) {
                Ok(listener) => {
                    tasks.spawn(plain_http::serve(listener, endpoint.service.clone()));
                    socket = Some(SocketFile(path));
                }
                Err(error) => tracing::warn!(%scope, path = %path.display(), %error, "no socket for containers"),
            }
        }
        tasks.spawn(endpoint.serve(listener));
        Ok(Serving { port, tasks, socket })
    }
}

/// Binds every port, those of a large fleet from several threads: the kernel takes its time for each.
fn bind_all(ports: &[(Scope, u16)]) -> Vec<io::Result<TcpListener>> {
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

/// A Unix socket that replaces what an earlier process left; other users of a shared volume may connect. Another VM of this
/// name, in another subscription, keeps its own.
fn unix_listener(path: &Path) -> io::Result<UnixListener> {
    if std::os::unix::net::UnixStream::connect(path).is_ok() {
        return Err(io::ErrorKind::AddrInUse.into());
    }
    let _ = std::fs::remove_file(path);
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666))?;
    Ok(listener)
}
