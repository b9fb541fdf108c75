//! Certificates: those smalt issues for managed identities and token signing, and those clients bring.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use model::Time;
use rcgen::{
    CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, Issuer, KeyPair, KeyUsagePurpose, SanType,
    SerialNumber, SubjectPublicKeyInfo,
};
use thiserror::Error;
use time::Duration;
use uuid::Uuid;
use x509_parser::prelude::{FromDer, X509Certificate};
use yasna::Tag;
use yasna::models::ObjectIdentifier;

use crate::{KeyError, RsaKey};

/// How long a managed identity's certificate counts (IDENTITY-WIRE 5.4).
const MANAGED_IDENTITY_LIFE: Duration = Duration::days(90);
/// From when it is replaced: day 46, so that old and new count side by side until day 90 (IDENTITY-WIRE 5.4).
const RENEW_AFTER: Duration = Duration::days(46);
/// How long a token-signing certificate counts (IDENTITY-WIRE 3.3).
const SIGNING_LIFE: Duration = Duration::days(5 * 365);
/// How long a certificate for the metadata service's documents counts: as long as a TLS certificate may.
const ATTESTATION_LIFE: Duration = Duration::days(397);

/// `id-pe-authorityInfoAccess` and `id-ad-caIssuers` (RFC 5280, 4.2.2.1).
const AUTHORITY_INFORMATION: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 1, 1];
const CA_ISSUERS: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 48, 2];

/// A certificate that cannot be made or read.
#[derive(Debug, Error)]
pub enum CertificateError {
    /// Making it failed.
    #[error("the certificate cannot be made: {0}")]
    Make(#[from] rcgen::Error),
    /// Its key is not usable.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// It is no X.509 certificate.
    #[error("the certificate cannot be read")]
    Read,
    /// No certificate can say what is wished.
    #[error("no certificate can say this")]
    Wish,
}

/// A certificate that smalt made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedCertificate {
    /// DER in base64.
    pub certificate: String,
    /// SHA-1, 40 upper-case hexadecimal digits.
    pub thumbprint: String,
    /// SHA-1 in base64url, 27 characters: a `kid`.
    pub kid: String,
    /// The subject, such as `CN=…`.
    pub subject: String,
    /// When it begins.
    pub not_before: Time,
    /// When it is to be replaced.
    pub renew_after: Time,
    /// When it ends.
    pub not_after: Time,
}

/// The certificate of a managed identity, `CN=` its client id, signed by smalt's CA. It begins on the minute, as Azure's
/// do, and five minutes before `now` at the latest (RECORDED-FACTS 9).
///
/// # Errors
/// [`CertificateError`].
pub fn managed_identity(
    ca: &Issuer<'_, KeyPair>,
    key: &RsaKey,
    client_id: Uuid,
    serial: [u8; 16],
    now: Time,
) -> Result<IssuedCertificate, CertificateError> {
    let start = now - Duration::minutes(5);
    let not_before = start
        - Duration::seconds(start.unix_timestamp().rem_euclid(60))
        - Duration::nanoseconds(i64::from(start.nanosecond()));
    let not_after = not_before + MANAGED_IDENTITY_LIFE;
    let subject = client_id.to_string();
    let mut params = subject_named(&subject, serial, not_before, not_after);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.use_authority_key_identifier_extension = true;
    let certificate = params.signed_by(&SubjectPublicKeyInfo::from_der(&key.public_der()?)?, ca)?;
    Ok(issued(certificate.der(), &subject, not_before, not_after))
}

/// The self-signed certificate of a key that signs tokens (IDENTITY-WIRE 3.3).
///
/// # Errors
/// [`CertificateError`].
pub fn token_signing(key: &RsaKey, serial: [u8; 16], now: Time) -> Result<IssuedCertificate, CertificateError> {
    const SUBJECT: &str = "accounts.accesscontrol.windows.net";
    let not_after = now + SIGNING_LIFE;
    let pkcs8 = STANDARD.decode(key.to_base64()?).map_err(|_| CertificateError::Read)?;
    let pair = KeyPair::try_from(pkcs8)?;
    let certificate = subject_named(SUBJECT, serial, now, not_after).self_signed(&pair)?;
    Ok(issued(certificate.der(), SUBJECT, now, not_after))
}

/// The certificate for documents of the metadata service in `region`, DER: `CN=westeurope.metadata.azure.com`, which is
/// among its names as `metadata.azure.com` is (IDENTITY-WIRE 1.6). `issuer_url` tells verifiers where smalt's CA's own
/// certificate can be fetched. `now` is the machine's time, with which verifiers compare.
///
/// # Errors
/// [`CertificateError`].
pub fn metadata_attestation(
    ca: &Issuer<'_, KeyPair>,
    key: &RsaKey,
    region: &str,
    issuer_url: &str,
    serial: [u8; 16],
    now: Time,
) -> Result<Vec<u8>, CertificateError> {
    const DOMAIN: &str = "metadata.azure.com";
    let subject = format!("{region}.{DOMAIN}");
    let mut params = subject_named(&subject, serial, now - Duration::days(1), now + ATTESTATION_LIFE);
    params.subject_alt_names = vec![SanType::DnsName(subject.try_into()?), SanType::DnsName(DOMAIN.try_into()?)];
    // No extended usage: with one, `openssl smime -verify` would want it to be that of mail.
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    params.custom_extensions = vec![CustomExtension::from_oid_content(AUTHORITY_INFORMATION, ca_issuers(issuer_url))];
    let certificate = params.signed_by(&SubjectPublicKeyInfo::from_der(&key.public_der()?)?, ca)?;
    Ok(certificate.der().to_vec())
}

/// The content of the extension that names where the issuer's certificate is (RFC 5280, 4.2.2.1).
fn ca_issuers(url: &str) -> Vec<u8> {
    yasna::construct_der(|writer| {
        writer.write_sequence(|descriptions| {
            descriptions.next().write_sequence(|description| {
                description.next().write_oid(&ObjectIdentifier::from_slice(CA_ISSUERS));
                description.next().write_tagged_implicit(Tag::context(6), |name| name.write_ia5_string(url));
            });
        });
    })
}

fn subject_named(name: &str, serial: [u8; 16], not_before: Time, not_after: Time) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    params.not_before = not_before;
    params.not_after = not_after;
    params
}

fn issued(der: &[u8], subject: &str, not_before: Time, not_after: Time) -> IssuedCertificate {
    let sha1 = digest(&SHA1_FOR_LEGACY_USE_ONLY, der);
    IssuedCertificate {
        certificate: STANDARD.encode(der),
        thumbprint: upper_hex(sha1.as_ref()),
        kid: URL_SAFE_NO_PAD.encode(sha1),
        subject: format!("CN={subject}"),
        not_before,
        renew_after: not_before + RENEW_AFTER,
        not_after,
    }
}

/// What a client's certificate is to the directory. Certificates that `az` makes are X.509 version 1 and signed with
/// SHA-1, so only the key, the dates and the subject are looked at (AZ-WIRE 0.9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedCertificate {
    /// SHA-1, 40 upper-case hexadecimal digits.
    pub thumbprint: String,
    /// SHA-1, as bytes.
    pub sha1: Vec<u8>,
    /// SHA-256, as bytes.
    pub sha256: Vec<u8>,
    /// The public key, SubjectPublicKeyInfo in DER.
    pub public_der: Vec<u8>,
    /// The subject as text.
    pub subject: String,
    /// When it begins.
    pub not_before: Time,
    /// When it ends.
    pub not_after: Time,
}

impl ParsedCertificate {
    /// Reads a certificate in DER.
    ///
    /// # Errors
    /// [`CertificateError::Read`].
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let (_, certificate) = X509Certificate::from_der(der).map_err(|_| CertificateError::Read)?;
        let validity = certificate.validity();
        let at = |seconds| Time::from_unix_timestamp(seconds).map_err(|_| CertificateError::Read);
        let sha1 = digest(&SHA1_FOR_LEGACY_USE_ONLY, der);
        Ok(Self {
            thumbprint: upper_hex(sha1.as_ref()),
            sha1: sha1.as_ref().to_vec(),
            sha256: digest(&SHA256, der).as_ref().to_vec(),
            public_der: certificate.public_key().raw.to_vec(),
            subject: certificate.subject().to_string(),
            not_before: at(validity.not_before.timestamp())?,
            not_after: at(validity.not_after.timestamp())?,
        })
    }

    /// Reads DER in base64, with or without line breaks, or PEM text.
    ///
    /// # Errors
    /// [`CertificateError::Read`].
    pub fn from_text(text: &str) -> Result<(Self, Vec<u8>), CertificateError> {
        let body: String =
            text.lines().filter(|line| !line.starts_with("-----")).flat_map(str::split_whitespace).collect();
        let der = STANDARD.decode(body).map_err(|_| CertificateError::Read)?;
        Ok((Self::from_der(&der)?, der))
    }
}

fn upper_hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut out, b| {
        let _ = write!(out, "{b:02X}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Assertion, AssertionClaims, client_assertion};

    #[test]
    fn a_managed_identity_s_certificate_holds_its_key_for_ninety_days() {
        let authority = KeyPair::generate().unwrap();
        let ca = Issuer::new(CertificateParams::default(), authority);
        let key = RsaKey::generate().unwrap();
        let now = Time::UNIX_EPOCH + Duration::days(20_000) + Duration::seconds(42);
        let issued = managed_identity(&ca, &key, Uuid::from_u128(7), [1; 16], now).unwrap();
        let (parsed, _) = ParsedCertificate::from_text(&issued.certificate).unwrap();
        assert_eq!(parsed.thumbprint, issued.thumbprint);
        assert_eq!(parsed.not_after - parsed.not_before, Duration::days(90));
        assert_eq!((issued.not_before.second(), issued.renew_after - issued.not_before), (0, Duration::days(46)));
        let claims = AssertionClaims { client_id: Uuid::from_u128(7), audience: "a", host: "h" };
        let assertion = client_assertion(&key, &issued.certificate, claims, now, &model::Ids::seeded(1)).unwrap();
        assert!(Assertion::parse(&assertion).unwrap().is_signed_by(&parsed.public_der));
    }
}
