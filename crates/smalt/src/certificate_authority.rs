//! Smalt's own certificate authority: made at the first start, kept in the state directory, its key readable by its
//! owner alone. It vouches for the faces' TLS and for managed identities.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::Context;
use model::{Clock, Ids};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    SanType, SerialNumber,
};
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use time::Duration;

/// Where distributions keep the roots that programs trust.
const SYSTEM_ROOTS: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// The authority. TLS certificates hold in the machine's real time, however far the simulated clock has moved: clients
/// check them against theirs.
pub struct CertificateAuthority {
    issuer: Arc<Issuer<'static, KeyPair>>,
    certificate: String,
    path: PathBuf,
    bundle: PathBuf,
}

impl CertificateAuthority {
    /// Reads the authority of a state directory, or makes it. Beside `ca.pem` there is always a fresh `ca-bundle.pem` with
    /// the system's roots behind it: for variables that replace a program's roots rather than add to them.
    ///
    /// # Errors
    /// When its files cannot be read or written.
    pub fn open(directory: &Path, ids: &Ids) -> anyhow::Result<Self> {
        let (path, key_path) = (directory.join("ca.pem"), directory.join("ca-key.pem"));
        let (certificate, key) = match fs::read_to_string(&path) {
            Ok(certificate) => {
                let key =
                    fs::read_to_string(&key_path).with_context(|| format!("{} cannot be read", key_path.display()))?;
                (certificate, KeyPair::from_pem(&key)?)
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                let key = KeyPair::generate()?;
                let certificate = authority(ids).self_signed(&key)?.pem();
                write_private(&key_path, &key.serialize_pem())?;
                fs::write(&path, &certificate)?;
                (certificate, key)
            }
            Err(e) => return Err(e).with_context(|| format!("{} cannot be read", path.display())),
        };
        let issuer = Arc::new(Issuer::from_ca_cert_pem(&certificate, key)?);
        let roots = SYSTEM_ROOTS.iter().find_map(|p| fs::read_to_string(p).ok()).unwrap_or_default();
        let bundle = directory.join("ca-bundle.pem");
        fs::write(&bundle, format!("{certificate}{roots}"))?;
        Ok(Self { issuer, certificate, path, bundle })
    }

    /// Signs certificates.
    #[must_use]
    pub fn issuer(&self) -> Arc<Issuer<'static, KeyPair>> {
        self.issuer.clone()
    }

    /// The authority's certificate, PEM.
    #[must_use]
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// The file with the authority's certificate.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file with the authority's certificate and the system's roots.
    #[must_use]
    pub fn bundle(&self) -> &Path {
        &self.bundle
    }
}

fn authority(ids: &Ids) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "smalt certificate authority");
    params.serial_number = Some(SerialNumber::from_slice(&ids.bytes::<16>()));
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
    params.not_before = Clock::machine_now() - Duration::days(1);
    params.not_after = Clock::machine_now() + Duration::days(20 * 365);
    params
}

pub(crate) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

/// How many names get a certificate before the memory of them is emptied: names come from clients.
const REMEMBERED: usize = 256;

/// A TLS certificate for whatever name a client asks for, made when it is first asked.
pub struct Leaves {
    issuer: Arc<Issuer<'static, KeyPair>>,
    ids: Arc<Ids>,
    key: KeyPair,
    made: RwLock<HashMap<String, Arc<CertifiedKey>>>,
}

impl std::fmt::Debug for Leaves {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Leaves")
    }
}

impl Leaves {
    /// Certificates signed by `authority`, all for one key that lives as long as the process.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn new(authority: &CertificateAuthority, ids: Arc<Ids>) -> anyhow::Result<Self> {
        Ok(Self { issuer: authority.issuer(), ids, key: KeyPair::generate()?, made: RwLock::default() })
    }

    fn leaf(&self, name: &str) -> anyhow::Result<Arc<CertifiedKey>> {
        if let Some(made) = self.made.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return Ok(made.clone());
        }
        let params = server(name, self.ids.bytes())?;
        let certificate = CertificateDer::from(params.signed_by(&self.key, &self.issuer)?.der().to_vec());
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).map_err(anyhow::Error::msg)?;
        let made = Arc::new(CertifiedKey::new(vec![certificate], any_supported_type(&key)?));
        let mut all = self.made.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert(name.to_owned(), made.clone());
        Ok(made)
    }
}

/// What a TLS certificate for a server of this name says, for as long as browsers believe one.
pub(crate) fn server(name: &str, serial: [u8; 16]) -> anyhow::Result<CertificateParams> {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    let mut names = vec![SanType::DnsName(name.try_into()?)];
    if name == "localhost" {
        names.extend([
            SanType::IpAddress([127, 0, 0, 1].into()),
            SanType::IpAddress(std::net::Ipv6Addr::LOCALHOST.into()),
        ]);
    }
    params.subject_alt_names = names;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params.not_before = Clock::machine_now() - Duration::days(1);
    params.not_after = Clock::machine_now() + Duration::days(397);
    Ok(params)
}

impl ResolvesServerCert for Leaves {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        // Without a name the client came by address.
        let name = hello.server_name().unwrap_or("localhost").to_ascii_lowercase();
        self.leaf(&name).inspect_err(|error| tracing::warn!(%name, %error, "no certificate")).ok()
    }
}
