//! The TLS certificate of token endpoints that programs know by a thumbprint they were told: Service Fabric's. It is kept,
//! for what was told must still be true after a restart.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use axum_server::tls_rustls::RustlsConfig;
use model::{Clock, Ids};
use rcgen::KeyPair;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use time::Duration;
use tokens::ParsedCertificate;

use crate::certificate_authority::{CertificateAuthority, server, write_private};

/// Certificate and thumbprint.
#[derive(Clone)]
pub struct ClusterCertificate {
    /// Answers with it.
    pub tls: RustlsConfig,
    /// SHA-1, 40 upper-case hexadecimal digits.
    pub thumbprint: String,
}

impl ClusterCertificate {
    /// Reads the one of a state directory, or makes it. Smalt's authority vouches for it: some clients look at the
    /// thumbprint, others at their roots.
    ///
    /// # Errors
    /// When its file cannot be read or written.
    pub fn open(directory: &Path, authority: &CertificateAuthority) -> anyhow::Result<Self> {
        let path = directory.join("cluster.pem");
        if !path.exists() {
            let key = KeyPair::generate()?;
            // Not the world's own identifiers: those of a seeded world stay what they were.
            let mut params = server("localhost", Ids::from_entropy().bytes())?;
            params.not_after = Clock::machine_now() + Duration::days(20 * 365);
            let certificate = params.signed_by(&key, &authority.issuer())?.pem();
            write_private(&path, &format!("{certificate}{}", key.serialize_pem()))?;
        }
        let pem = fs::read(&path)?;
        let certificate = CertificateDer::from_pem_slice(&pem)?;
        let thumbprint = ParsedCertificate::from_der(&certificate)?.thumbprint;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate], PrivateKeyDer::from_pem_slice(&pem)?)?;
        Ok(Self { tls: RustlsConfig::from_config(Arc::new(config)), thumbprint })
    }
}
