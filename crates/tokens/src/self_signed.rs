//! Certificates that sign themselves, as somebody wishes them: Key Vault's issuer `Self`.

use model::Time;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, RsaKeySize,
    SanType, SerialNumber,
};

use crate::CertificateError;

/// A kind of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA with 2048 bits.
    Rsa2048,
    /// RSA with 3072 bits.
    Rsa3072,
    /// RSA with 4096 bits.
    Rsa4096,
    /// The curve P-256.
    P256,
    /// The curve P-384.
    P384,
    /// The curve P-521.
    P521,
}

/// A new key, PKCS#8 DER. An RSA key with 4096 bits takes a second and more: not on a request's road.
///
/// # Errors
/// [`CertificateError`] when the generator fails.
pub fn generate_key(kind: KeyKind) -> Result<Vec<u8>, CertificateError> {
    let pair = match kind {
        KeyKind::Rsa2048 => KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_2048),
        KeyKind::Rsa3072 => KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_3072),
        KeyKind::Rsa4096 => KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_4096),
        KeyKind::P256 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256),
        KeyKind::P384 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384),
        KeyKind::P521 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P521_SHA512),
    }?;
    Ok(pair.serialize_der())
}

/// What a certificate is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateWish {
    /// The subject as text: `CN=one, O=two`.
    pub subject: String,
    /// Host names.
    pub dns_names: Vec<String>,
    /// Mail addresses.
    pub emails: Vec<String>,
    /// Key usages in X.509's spelling, such as `digitalSignature`.
    pub key_usages: Vec<String>,
    /// Extended key usages, dotted.
    pub extended_key_usages: Vec<String>,
    /// When it begins.
    pub not_before: Time,
    /// When it ends.
    pub not_after: Time,
}

impl Default for CertificateWish {
    fn default() -> Self {
        Self {
            subject: String::new(),
            dns_names: Vec::new(),
            emails: Vec::new(),
            key_usages: Vec::new(),
            extended_key_usages: Vec::new(),
            not_before: Time::UNIX_EPOCH,
            not_after: Time::UNIX_EPOCH,
        }
    }
}

/// A certificate that signed itself, and the request for it, both DER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelfSigned {
    /// X.509.
    pub certificate: Vec<u8>,
    /// PKCS#10.
    pub request: Vec<u8>,
}

/// Makes the certificate of a key (PKCS#8 DER).
///
/// # Errors
/// [`CertificateError::Wish`] when the wish cannot be written as a certificate, else another.
pub fn self_signed(wish: &CertificateWish, key: &[u8], serial: [u8; 16]) -> Result<SelfSigned, CertificateError> {
    let pair = KeyPair::try_from(key)?;
    let mut params = CertificateParams::default();
    params.distinguished_name = subject(&wish.subject)?;
    for name in &wish.dns_names {
        let name = name.as_str().try_into().map_err(|_| CertificateError::Wish)?;
        params.subject_alt_names.push(SanType::DnsName(name));
    }
    for name in &wish.emails {
        let name = name.as_str().try_into().map_err(|_| CertificateError::Wish)?;
        params.subject_alt_names.push(SanType::Rfc822Name(name));
    }
    params.key_usages = wish.key_usages.iter().map(|usage| key_usage(usage)).collect::<Result<_, _>>()?;
    params.extended_key_usages =
        wish.extended_key_usages.iter().map(|usage| extended_key_usage(usage)).collect::<Result<_, _>>()?;
    params.is_ca = IsCa::ExplicitNoCa;
    let request = params.serialize_request(&pair)?.der().to_vec();
    // These are the issuer's to say.
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    params.not_before = wish.not_before;
    params.not_after = wish.not_after;
    params.use_authority_key_identifier_extension = true;
    let certificate = params.self_signed(&pair)?.der().to_vec();
    Ok(SelfSigned { certificate, request })
}

/// Reads `C=US, O="One, Two", CN=three`. Windows writes the last name first, and so does Key Vault.
fn subject(text: &str) -> Result<DistinguishedName, CertificateError> {
    let mut names: Vec<(DnType, String)> = Vec::new();
    let mut is_quoted = false;
    let parts = text.split(|c| {
        is_quoted ^= c == '"';
        c == ',' && !is_quoted
    });
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        let (kind, value) = part.split_once('=').ok_or(CertificateError::Wish)?;
        names.push((name_type(kind.trim())?, value.trim().trim_matches('"').to_owned()));
    }
    let mut subject = DistinguishedName::new();
    for (kind, value) in names.into_iter().rev() {
        subject.push(kind, value);
    }
    Ok(subject)
}

fn name_type(kind: &str) -> Result<DnType, CertificateError> {
    Ok(match kind.to_ascii_uppercase().as_str() {
        "CN" => DnType::CommonName,
        "C" => DnType::CountryName,
        "S" | "ST" => DnType::StateOrProvinceName,
        "L" => DnType::LocalityName,
        "O" => DnType::OrganizationName,
        "OU" => DnType::OrganizationalUnitName,
        "E" => DnType::CustomDnType(vec![1, 2, 840, 113_549, 1, 9, 1]),
        "DC" => DnType::CustomDnType(vec![0, 9, 2342, 19_200_300, 100, 1, 25]),
        _ => return Err(CertificateError::Wish),
    })
}

fn key_usage(name: &str) -> Result<KeyUsagePurpose, CertificateError> {
    Ok(match name {
        "digitalSignature" => KeyUsagePurpose::DigitalSignature,
        "nonRepudiation" => KeyUsagePurpose::ContentCommitment,
        "keyEncipherment" => KeyUsagePurpose::KeyEncipherment,
        "dataEncipherment" => KeyUsagePurpose::DataEncipherment,
        "keyAgreement" => KeyUsagePurpose::KeyAgreement,
        "keyCertSign" => KeyUsagePurpose::KeyCertSign,
        "cRLSign" => KeyUsagePurpose::CrlSign,
        "encipherOnly" => KeyUsagePurpose::EncipherOnly,
        "decipherOnly" => KeyUsagePurpose::DecipherOnly,
        _ => return Err(CertificateError::Wish),
    })
}

fn extended_key_usage(dotted: &str) -> Result<ExtendedKeyUsagePurpose, CertificateError> {
    // The first two are written as one number, which must not run over.
    let numbers: Result<Vec<u64>, _> = dotted.split('.').map(|number| number.parse::<u32>().map(u64::from)).collect();
    let numbers = numbers.map_err(|_| CertificateError::Wish)?;
    match numbers.as_slice() {
        // What cannot begin an object identifier cannot be written as one.
        [0..=1, 0..=39, ..] | [2, _, ..] => Ok(ExtendedKeyUsagePurpose::Other(numbers)),
        _ => Err(CertificateError::Wish),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ParsedCertificate;

    fn made(wish: &CertificateWish) -> Result<SelfSigned, CertificateError> {
        self_signed(wish, &generate_key(KeyKind::P384).unwrap(), [1; 16])
    }

    fn wish() -> CertificateWish {
        CertificateWish {
            subject: "C=US, O=\"One, Two\", CN=three".to_owned(),
            dns_names: vec!["one.example".to_owned()],
            emails: vec!["one@one.example".to_owned()],
            key_usages: vec!["digitalSignature".to_owned()],
            extended_key_usages: vec!["1.3.6.1.5.5.7.3.1".to_owned(), "2.4294967295.4294967295".to_owned()],
            not_before: Time::UNIX_EPOCH,
            not_after: Time::UNIX_EPOCH + time::Duration::days(365),
        }
    }

    #[test]
    fn a_subject_is_written_the_last_name_first() {
        let certificate = made(&wish()).unwrap();
        let parsed = ParsedCertificate::from_der(&certificate.certificate).unwrap();
        assert_eq!(parsed.subject, "CN=three, O=One, Two, C=US");
        assert_eq!(parsed.not_after, Time::UNIX_EPOCH + time::Duration::days(365));
    }

    #[test]
    fn what_no_certificate_can_say_is_refused() {
        let text = str::to_owned;
        let extended = |usage: &str| CertificateWish { extended_key_usages: vec![text(usage)], ..wish() };
        for wish in [
            CertificateWish { subject: text("three"), ..wish() },
            CertificateWish { subject: text("X=three"), ..wish() },
            CertificateWish { dns_names: vec![text("ü.example")], ..wish() },
            CertificateWish { emails: vec![text("ü@one.example")], ..wish() },
            CertificateWish { key_usages: vec![text("everything")], ..wish() },
            extended("TLS"),
            extended("9.1"),
            extended("1"),
            extended("2.18446744073709551615"),
            extended("1.2.18446744073709551616"),
        ] {
            assert!(matches!(made(&wish), Err(CertificateError::Wish)), "{wish:?}");
        }
    }
}
