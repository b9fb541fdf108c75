//! Store, keys and faces, put together. No port is open yet.

use std::path::PathBuf;
use std::sync::Arc;

use aad::{Aad, ForeignKeys, SignInMode};
use anyhow::Context;
use arm_api::Arm;
use imds::{Attestor, Imds};
use keyvault::KeyVault;
use model::{Clock, Ids};
use store::{Durability, Store};
use tokens::{Authority, Signer, Verifier};

use crate::certificate_authority::{CertificateAuthority, Leaves};
use crate::cluster_certificate::ClusterCertificate;
use crate::front::{CA_PATH, Faces};
use crate::ports::Ports;
use crate::token_endpoints::TokenEndpoints;
use crate::{token_keys, world};

/// How a cloud begins.
#[derive(Debug, Clone)]
pub struct Options {
    /// The state directory.
    pub directory: PathBuf,
    /// How hard commits are pressed to the disk.
    pub durability: Durability,
    /// Makes all identifiers of a fresh world the same every time.
    pub seed: Option<u64>,
    /// Where the faces will be.
    pub ports: Ports,
    /// Hosts (`name` or `name:port`) whose federated issuers are asked for keys though they are in a private network.
    pub issuer_hosts: Vec<String>,
    /// What the sign-in page asks for.
    pub sign_in: SignInMode,
    /// Switches on the limits of how often services may be asked; otherwise they are as they were.
    pub throttles: bool,
}

/// One world and its faces.
pub struct Cloud {
    /// The world.
    pub store: Store,
    /// Its time.
    pub clock: Arc<Clock>,
    /// Its identifiers.
    pub ids: Arc<Ids>,
    /// Its certificate authority.
    pub authority: CertificateAuthority,
    /// TLS certificates for whatever name clients use.
    pub leaves: Arc<Leaves>,
    /// The faces.
    pub faces: Faces,
    /// The metadata services and the token endpoints of other hosts.
    pub endpoints: TokenEndpoints,
    /// Resource Manager, for those who ask it inside the process.
    pub arm: Arm,
    /// The token service and Graph, likewise.
    pub aad: Aad,
    /// Where the faces are.
    pub ports: Ports,
}

impl Cloud {
    /// Opens the world in a state directory, or makes it.
    ///
    /// # Errors
    /// When the state cannot be read or written.
    pub async fn open(options: &Options) -> anyhow::Result<Self> {
        let store = Store::open(&options.directory, options.durability).await?;
        // A seed makes a fresh world; begun again in an old one, it would repeat identifiers that are in use.
        let seed = options.seed.filter(|_| store.read().tenant().is_none());
        let ids = Arc::new(seed.map_or_else(Ids::from_entropy, Ids::seeded));
        let clock = Arc::new(Clock::new(store.read().clock()));
        let now = clock.now();
        world::ensure(&store, &ids, now).await?;
        aad::ensure_first_party(&store, now).await?;
        if options.throttles {
            let mut tx = store.begin().await;
            tx.put_throttling(true);
            tx.commit().await?;
        }
        let authority = CertificateAuthority::open(&options.directory, &ids)?;
        let leaves = Arc::new(Leaves::new(&authority, ids.clone())?);
        let tenant = store.read().tenant().cloned().context("the world has no tenant")?;
        let (keys, published) = token_keys::load(&store, &ids, now).await?;
        let issuer = Authority { tenant: tenant.id, domain: tenant.domain.clone() };
        let verifier = Arc::new(Verifier::new(&issuer, &[]).map_err(token_keys::unreadable)?);
        verifier.replace_keys(&published).map_err(token_keys::unreadable)?;
        let ports = options.ports.faces();
        let arm = Arm {
            store: store.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            verifier: verifier.clone(),
            ca: authority.issuer(),
            ports,
            rules: Arc::default(),
            refusals: Arc::default(),
        };
        let aad = Aad {
            store: store.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            signer: Arc::new(Signer::of(keys)),
            verifier: verifier.clone(),
            hasher: Arc::new(world::secret_hasher(&store)),
            ports,
            foreign_keys: Arc::new(ForeignKeys::new(options.issuer_hosts.clone(), authority.certificate())),
            refusals: Arc::default(),
            sign_in: options.sign_in,
            throttle: Arc::default(),
            metadata: aad::KeptMetadata::default(),
        };
        let vault = KeyVault {
            store: store.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            verifier: verifier.clone(),
            rules: arm.rules.clone(),
            ports,
        };
        let faces = Faces {
            arm: arm_api::router(arm.clone()),
            login: aad::token_service(aad.clone()),
            graph: aad::graph(aad.clone()),
            vault: keyvault::router(vault),
            clock: clock.clone(),
            authority: tokens::ParsedCertificate::from_text(authority.certificate())?.1.into(),
        };
        let client = client(&authority)?;
        let login = format!("https://localhost:{}", ports.login);
        let issuer_url = format!("http://localhost:{}{CA_PATH}", options.ports.proxy());
        let attestor = Attestor::new(authority.issuer(), ids.clone(), issuer_url);
        let imds = Imds::new(store.clone(), clock.clone(), ids.clone(), client, &login, verifier, attestor);
        let cluster = ClusterCertificate::open(&options.directory, &authority)?;
        let endpoints = TokenEndpoints::new(imds, cluster, &options.directory);
        Ok(Self { store, clock, ids, authority, leaves, faces, endpoints, arm, aad, ports: options.ports })
    }
}

/// An HTTP client that trusts smalt's authority and nobody else, and uses no proxy.
///
/// # Errors
/// When the authority's certificate cannot be read.
pub fn client(authority: &CertificateAuthority) -> anyhow::Result<reqwest::Client> {
    let root = reqwest::Certificate::from_pem(authority.certificate().as_bytes())?;
    Ok(reqwest::Client::builder().no_proxy().tls_certs_only([root]).build()?)
}
