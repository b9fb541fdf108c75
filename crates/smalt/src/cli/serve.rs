//! `smalt serve`

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::ExitCode;

use aad::SignInMode;
use clap::{Args, ValueEnum};
use store::Durability;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::{Outcome, State, runtime};
use crate::cloud::Options;
use crate::ports::Ports;
use crate::server::{Server, Settings};

/// Run the cloud
#[derive(Args)]
pub(super) struct Serve {
    /// Keep nothing: the world ends with the process
    #[arg(long)]
    ephemeral: bool,
    /// First of the ports: ARM N, Entra N+1, Graph N+2, Key Vault N+3, proxy N+4, IMDS from N+57
    #[arg(long, value_name = "N", default_value_t = 8443, value_parser = clap::value_parser!(u16).range(1..=65000))]
    base_port: u16,
    /// Write the endpoints there, as JSON, once every listener answers
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
    /// The same identifiers for a fresh world every time
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Let managed identities' certificates end on day 90
    #[arg(long)]
    no_certificate_renewal: bool,
    /// Let the proxy pass other names than Azure's on to the network
    #[arg(long)]
    pass_through: bool,
    /// Ask federated issuers at this host for their keys though its address is private or of this machine (repeatable)
    #[arg(long, value_name = "HOST[:PORT]")]
    issuer_host: Vec<String>,
    /// Make a Unix socket per running VM there, for `smalt imds relay` in other containers
    #[arg(long, value_name = "DIR")]
    imds_sockets: Option<PathBuf>,
    /// What the sign-in page asks for: a click on one of the tenant's people, or a name and the password
    #[arg(long, value_name = "WAY", value_enum, default_value_t = SignIn::OneClick)]
    sign_in: SignIn,
    /// Answer 429 to whoever asks more often than Azure allows: `smalt throttling on`, from the first request
    #[arg(long)]
    throttle: bool,
    /// Where the faces and the proxy listen; IMDS stays on loopback
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    listen: IpAddr,
}

/// The two ways, as they are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SignIn {
    OneClick,
    Password,
}

impl Serve {
    pub(super) fn run(self, state: &State) -> Outcome {
        let filter = EnvFilter::try_from_env("SMALT_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
        if self.ephemeral && state.0.is_some() {
            eprintln!("smalt: an ephemeral world keeps no state: leave out --state or --ephemeral.");
            return Ok(ExitCode::from(2));
        }
        raise_descriptor_limit();
        // Gone when it is dropped, with everything in it.
        let ephemeral = self.ephemeral.then(|| tempfile::Builder::new().prefix("smalt-").tempdir()).transpose()?;
        let directory = match &ephemeral {
            Some(directory) => directory.path().to_owned(),
            None => state.directory()?,
        };
        let settings = Settings {
            cloud: Options {
                directory,
                durability: if self.ephemeral { Durability::Ephemeral } else { Durability::Full },
                seed: self.seed,
                ports: Ports::new(self.base_port),
                issuer_hosts: self.issuer_host,
                sign_in: match self.sign_in {
                    SignIn::OneClick => SignInMode::OneClick,
                    SignIn::Password => SignInMode::Password,
                },
                throttles: self.throttle,
            },
            renews_certificates: !self.no_certificate_renewal,
            pass_through: self.pass_through,
            imds_sockets: self.imds_sockets,
            ready_file: self.ready_file,
            listen: self.listen,
        };
        let runtime = runtime()?;
        runtime.block_on(async {
            let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
            let server = Server::start(&settings).await?;
            announce(&server);
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            anyhow::Ok(())
        })?;
        runtime.shutdown_background();
        Ok(ExitCode::SUCCESS)
    }
}

fn announce(server: &Server) {
    let faces = server.cloud.ports.faces();
    let state = server.directory.display();
    println!("smalt serves");
    for (name, port) in [("ARM", faces.arm), ("Entra", faces.login), ("Graph", faces.graph), ("Key Vault", faces.vault)]
    {
        println!("  {name:<10} https://localhost:{port}");
    }
    println!("  {:<10} http://localhost:{}", "proxy", server.cloud.ports.proxy());
    println!("  state      {state}");
    println!("\nPoint clients at it:\n  eval \"$(smalt env --state {state})\"");
}

/// Every VM has a listener: the soft limit on descriptors is raised to the hard one.
fn raise_descriptor_limit() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
}
