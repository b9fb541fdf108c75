//! `serve`: a cloud with its ports open.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use axum_server::tls_rustls::RustlsConfig;
use model::Scope;
use store::Owner;
use tokio::net::{TcpListener, UdpSocket, UnixListener};
use tokio::task::JoinSet;
use tower::make::Shared;

use crate::caretaker;
use crate::cloud::{Cloud, Options};
use crate::connect_proxy::Proxy;
use crate::control::{self, ATTACH_SOCKET, CONTROL_SOCKET, Control};
use crate::environment::{Way, variables};
use crate::front::{Face, Front};
use crate::imds_fleet::Fleet;
use crate::plain_http::HEAD_TIMEOUT;
use crate::vm_namespace::{Attachment, Zones, serve_attachments, serve_dns};

/// How a server runs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The cloud.
    pub cloud: Options,
    /// Whether managed identities' certificates are renewed.
    pub renews_certificates: bool,
    /// Whether the proxy lets other names than Azure's through.
    pub pass_through: bool,
    /// Where VMs in other containers find their sockets.
    pub imds_sockets: Option<PathBuf>,
    /// Written when every listener answers.
    pub ready_file: Option<PathBuf>,
    /// The address that the faces listen on.
    pub listen: std::net::IpAddr,
}

/// A cloud that serves; dropped, it stops.
pub struct Server {
    /// The cloud.
    pub cloud: Arc<Cloud>,
    /// The state directory.
    pub directory: PathBuf,
    #[expect(dead_code, reason = "the tasks end when this is dropped")]
    tasks: JoinSet<()>,
    #[expect(dead_code, reason = "the state directory is ours until this is dropped")]
    owner: Owner,
}

impl Server {
    /// Opens the world and every port.
    ///
    /// # Errors
    /// When another process owns the state directory, a port is taken, or the state cannot be read.
    pub async fn start(settings: &Settings) -> anyhow::Result<Self> {
        let directory = settings.cloud.directory.clone();
        let owner = Owner::of(&directory)?;
        let cloud = Arc::new(Cloud::open(&settings.cloud).await?);
        let mut tasks = JoinSet::new();
        arm_api::settle_interrupted_deployments(&cloud.arm).await?;
        caretaker::settle(&cloud, settings.renews_certificates, cloud.clock.now()).await?;
        let tls = tls(&cloud)?;
        let faces = cloud.ports.faces();
        for (port, face) in
            [(faces.arm, Face::Arm), (faces.login, Face::Login), (faces.graph, Face::Graph), (faces.vault, Face::Vault)]
        {
            let listener = bind(settings.listen, port)?;
            tasks.spawn(serve_tls(listener, tls.clone(), cloud.faces.front(face)));
        }
        let proxy =
            Proxy { ports: cloud.ports, pass_through: settings.pass_through, authority: cloud.faces.authority.clone() };
        let listener = bind(settings.listen, cloud.ports.proxy())?;
        listener.set_nonblocking(true)?;
        tasks.spawn(proxy.serve(TcpListener::from_std(listener)?));
        let mut fleet =
            Fleet::new(cloud.store.clone(), cloud.endpoints.clone(), cloud.ports, settings.imds_sockets.clone());
        fleet.settle().await;
        let settled = fleet.settled();
        tasks.spawn(fleet.follow());
        let control = Control {
            cloud: cloud.clone(),
            directory: directory.clone(),
            renews_certificates: settings.renews_certificates,
            settled,
        };
        let listener = private_socket(&control::socket_path(&directory, CONTROL_SOCKET)?)?;
        tasks.spawn(async move {
            let _ = axum::serve(listener, control::router(control)).await;
        });
        let listener = private_socket(&control::socket_path(&directory, ATTACH_SOCKET)?)?;
        let attaching = (cloud.clone(), tls.clone());
        tasks.spawn(serve_attachments(listener, move |attachment| {
            attach(attaching.0.clone(), attaching.1.clone(), attachment)
        }));
        tasks.spawn(caretaker::watch(cloud.clone(), settings.renews_certificates));
        tasks.spawn(caretaker::follow_scheduled_events(cloud.clone()));
        tasks.spawn(caretaker::stock_keys(cloud.clone()));
        if let Some(path) = &settings.ready_file {
            write_atomically(path, &serde_json::to_string_pretty(&variables(&cloud, Way::CustomCloud, None))?)?;
        }
        Ok(Self { cloud, directory, tasks, owner })
    }
}

fn bind(address: std::net::IpAddr, port: u16) -> anyhow::Result<std::net::TcpListener> {
    std::net::TcpListener::bind((address, port)).with_context(|| {
        format!("port {port} cannot be opened: stop what uses it, or move smalt's ports with --base-port")
    })
}

fn tls(cloud: &Cloud) -> anyhow::Result<RustlsConfig> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(cloud.leaves.clone());
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}

async fn serve_tls(listener: std::net::TcpListener, tls: RustlsConfig, front: Front) {
    let served = async {
        // Of the first request alone: a timer for each would take a tenth of a short answer's time.
        let server = axum_server::from_tcp_rustls(listener, tls)?.first_request_timeout(HEAD_TIMEOUT);
        server.serve(Shared::new(front)).await
    };
    if let Err(error) = served.await {
        tracing::error!(%error, "a front ended");
    }
}

/// Serves what a VM's namespace handed over: its own IMDS, the fronts, names. The guard's end is theirs.
async fn attach(cloud: Arc<Cloud>, tls: RustlsConfig, attachment: Attachment) -> Result<JoinSet<()>, String> {
    let world = cloud.store.read();
    let scope = Scope::new(&attachment.vm);
    let endpoint = cloud.endpoints.of(&world, &scope);
    let Some(endpoint) = endpoint.filter(|_| world.resource(&scope).is_some_and(|m| m.is_running())) else {
        return Err(format!("The VM '{}' is not running.", attachment.vm));
    };
    let failed = |error: io::Error| format!("The VM's sockets cannot be served: {error}.");
    let mut serving = JoinSet::new();
    if let Some(listener) = attachment.imds {
        serving.spawn(endpoint.serve(listener));
    }
    let faces = cloud.ports.faces();
    for (port, listener) in attachment.fronts {
        let own = [(faces.login, Face::Login), (faces.graph, Face::Graph), (faces.vault, Face::Vault)];
        let face = own.into_iter().find_map(|(known, face)| (known == port).then_some(face)).unwrap_or(Face::Arm);
        serving.spawn(serve_tls(listener, tls.clone(), cloud.faces.front(face)));
    }
    if let Some(socket) = attachment.dns {
        let socket = UdpSocket::from_std(socket).map_err(failed)?;
        let zones = Zones::new(control::public_names(), control::public_domains().iter().copied());
        serving.spawn(async move {
            let _ = serve_dns(&socket, &zones).await;
        });
    }
    Ok(serving)
}

/// A Unix socket for the owner alone, in place of what an earlier process left.
fn private_socket(path: &std::path::Path) -> io::Result<UnixListener> {
    use std::os::unix::fs::PermissionsExt;
    let _ = std::fs::remove_file(path);
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Whoever waits for the file sees all of it or none.
fn write_atomically(path: &std::path::Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension("part");
    std::fs::write(&beside, text)?;
    std::fs::rename(&beside, path)
}
