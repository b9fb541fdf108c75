//! A private key with its certificate, in the files that clients exchange: PEM and PKCS#12.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p12_keystore::{Certificate, KeyStore, KeyStoreEntry, Pkcs12Archive, PrivateKey, PrivateKeyChain};
use rcgen::{KeyPair, PublicKeyData};
use thiserror::Error;

use crate::ParsedCertificate;

/// How often a password is hashed. There is none to guess: the files go out without a password, as Key Vault's do.
const ITERATIONS: u32 = 2048;

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BundleError {
    /// It is no such file, or the password is another.
    #[error("the file cannot be read")]
    Read,
    /// Certificate and private key do not belong together.
    #[error("the certificate is not that of the private key")]
    Foreign,
    /// It cannot be written.
    #[error("the file cannot be written")]
    Write,
}

/// A private key and its certificate, both DER; the key is PKCS#8.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyBundle {
    /// The private key; none where it is not to be handed out.
    pub private_key: Option<Vec<u8>>,
    /// The certificate.
    pub certificate: Vec<u8>,
}

impl KeyBundle {
    /// Reads a private key and the first certificate behind or before it.
    ///
    /// # Errors
    /// [`BundleError`].
    pub fn from_pem(text: &str) -> Result<Self, BundleError> {
        let private_key = Some(section(text, "PRIVATE KEY")?);
        Self { private_key, certificate: section(text, "CERTIFICATE")? }.checked()
    }

    /// Reads the first private key of a PKCS#12 file and the certificate that is its own.
    ///
    /// # Errors
    /// [`BundleError`].
    pub fn from_pkcs12(bytes: &[u8], password: &str) -> Result<Self, BundleError> {
        let archive = Pkcs12Archive::from_pkcs12(bytes, password).map_err(|_| BundleError::Read)?;
        let key = archive.keys.first().ok_or(BundleError::Read)?.key.as_der().to_vec();
        let of = |certificate: &[u8]| Self { private_key: Some(key.clone()), certificate: certificate.to_vec() };
        let mut read = archive.certs.iter().map(|bag| of(bag.cert.as_der()).checked());
        let first = read.next().ok_or(BundleError::Read)?;
        first.or_else(|why| read.find_map(Result::ok).ok_or(why))
    }

    fn checked(self) -> Result<Self, BundleError> {
        let key = self.private_key.as_deref().ok_or(BundleError::Read)?;
        let pair = KeyPair::try_from(key).map_err(|_| BundleError::Read)?;
        let certificate = ParsedCertificate::from_der(&self.certificate).map_err(|_| BundleError::Read)?;
        match certificate.public_der == pair.subject_public_key_info() {
            true => Ok(self),
            false => Err(BundleError::Foreign),
        }
    }

    /// Both as PEM, the key first.
    #[must_use]
    pub fn to_pem(&self) -> String {
        let key = self.private_key.as_deref().map(|key| pem("PRIVATE KEY", key)).unwrap_or_default();
        key + &pem("CERTIFICATE", &self.certificate)
    }

    /// Both as PKCS#12 without a password.
    ///
    /// # Errors
    /// [`BundleError::Write`].
    pub fn to_pkcs12(&self) -> Result<Vec<u8>, BundleError> {
        let failed = |_| BundleError::Write;
        let certificate = Certificate::from_der(&self.certificate).map_err(failed)?;
        let entry = match &self.private_key {
            Some(key) => {
                let key = PrivateKey::from_der(key).map_err(failed)?;
                let id = digest(&SHA1_FOR_LEGACY_USE_ONLY, &self.certificate);
                KeyStoreEntry::PrivateKeyChain(PrivateKeyChain::new(id.as_ref(), key, [certificate]))
            }
            None => KeyStoreEntry::Certificate(certificate),
        };
        let mut store = KeyStore::new();
        store.add_entry("1", entry);
        store.writer("").encryption_iterations(ITERATIONS).mac_iterations(ITERATIONS).write().map_err(failed)
    }
}

/// The first section of a PEM text with this label.
fn section(text: &str, label: &str) -> Result<Vec<u8>, BundleError> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let (_, rest) = text.split_once(&begin).ok_or(BundleError::Read)?;
    let (body, _) = rest.split_once(&end).ok_or(BundleError::Read)?;
    STANDARD.decode(body.split_whitespace().collect::<String>()).map_err(|_| BundleError::Read)
}

fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let lines: Vec<&str> =
        (0..body.len()).step_by(64).filter_map(|at| body.get(at..(at + 64).min(body.len()))).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CertificateWish, KeyKind, generate_key, self_signed};
    use model::Time;

    fn bundle(name: &str) -> KeyBundle {
        let key = generate_key(KeyKind::P256).unwrap();
        let wish = CertificateWish {
            subject: format!("CN={name}"),
            not_before: Time::UNIX_EPOCH,
            not_after: Time::UNIX_EPOCH + time::Duration::days(1),
            ..CertificateWish::default()
        };
        let made = self_signed(&wish, &key, [1; 16]).unwrap();
        KeyBundle { private_key: Some(key), certificate: made.certificate }
    }

    #[test]
    fn what_is_written_is_read() {
        let bundle = bundle("one");
        assert!(KeyBundle::from_pem(&bundle.to_pem()).unwrap() == bundle, "PEM");
        assert!(KeyBundle::from_pkcs12(&bundle.to_pkcs12().unwrap(), "").unwrap() == bundle, "PKCS#12");
    }

    #[test]
    fn what_does_not_belong_together_is_refused() {
        let mixed = KeyBundle { certificate: bundle("other").certificate, ..bundle("one") };
        for (text, why) in [
            (mixed.to_pem(), BundleError::Foreign),
            (KeyBundle { private_key: None, ..mixed.clone() }.to_pem(), BundleError::Read),
            (String::new(), BundleError::Read),
        ] {
            assert_eq!(KeyBundle::from_pem(&text).err(), Some(why), "{text}");
        }
        let file = bundle("one").to_pkcs12().unwrap();
        assert_eq!(
            KeyBundle::from_pkcs12(&file, "wrong").err(),
            Some(BundleError::Read),
            "a password it does not have"
        );
    }
}
