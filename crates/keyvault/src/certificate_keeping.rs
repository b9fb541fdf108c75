//! A new version of a certificate: what is kept of it, and the secret that is its file.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use model::{
    CertificateVersion, JsonMap, PendingCertificate, SecretVersion, VaultAttributes, VaultCertificate, VaultSecret,
};
use store::Tx;
use tokens::{KeyBundle, ParsedCertificate};

use crate::call::Call;
use crate::certificate_policy::{PEM, Policy};
use crate::error::VaultError;
use crate::noun::{self, Noun};
use crate::{attributes, deleted};

/// A version that is about to be kept.
pub(crate) struct New<'a> {
    /// Says attributes and tags.
    pub(crate) body: &'a JsonMap,
    pub(crate) policy: Policy,
    pub(crate) bundle: KeyBundle,
    pub(crate) pending: Option<PendingCertificate>,
}

/// Keeps a new version: the certificate, its private key, and the secret that is its file.
pub(crate) async fn keep(call: &Call, new: New<'_>) -> Result<VaultCertificate, VaultError> {
    let parsed = parsed(&new.bundle)?;
    let mut attributes = attributes::fresh(call);
    attributes::enable(call, &mut attributes, new.body)?;
    attributes.not_before = Some(parsed.not_before.unix_timestamp());
    attributes.expires = Some(parsed.not_after.unix_timestamp());
    let version = CertificateVersion {
        id: call.new_version(),
        attributes,
        tags: noun::tags(new.body)?,
        certificate: STANDARD.encode(&new.bundle.certificate),
        thumbprint: URL_SAFE_NO_PAD.encode(parsed.sha1),
    };
    let file = file(&new.policy, &new.bundle)?;
    let mut tx = call.begin().await?;
    noun::check_not_deleted::<VaultCertificate>(call, &tx)?;
    noun::check_not_deleted::<VaultSecret>(call, &tx)?;
    deleted::forget_overdue(call, &mut tx);
    let before = noun::find::<VaultCertificate>(call, &tx).ok().map(|certificate| certificate.as_ref().clone());
    let mut certificate = before.unwrap_or_else(|| VaultCertificate {
        kept: noun::named(call),
        policy: JsonMap::new(),
        policy_created: call.second(),
        policy_updated: call.second(),
        pending: None,
        versions: Vec::new(),
    });
    certificate.policy = new.policy.0;
    certificate.policy_updated = call.second();
    certificate.pending = new.pending;
    let content_type = certificate.policy["secret_props"]["contentType"].as_str().map(str::to_owned);
    keep_file(call, &mut tx, &certificate, &version, content_type, file)?;
    let key = new.bundle.private_key.map(|key| STANDARD.encode(key)).unwrap_or_default();
    tx.put_vault_value(&certificate, &version.id, key);
    certificate.versions.push(version);
    tx.put_vault_object(certificate.clone())?;
    tx.commit().await?;
    Ok(certificate)
}

/// The secret of the same name and version.
fn keep_file(
    call: &Call,
    tx: &mut Tx,
    certificate: &VaultCertificate,
    version: &CertificateVersion,
    content_type: Option<String>,
    file: String,
) -> Result<(), VaultError> {
    let attributes: VaultAttributes = version.attributes.clone();
    let (id, tags) = (version.id.clone(), version.tags.clone());
    let of_file = SecretVersion { id, attributes, content_type, tags, is_managed: true };
    let mut secret = match tx.vault_object::<VaultSecret>(&certificate.kept.vault, &certificate.kept.name) {
        Some(secret) if !secret.is_managed() => {
            let message = format!("A secret with name {} exists already, and no certificate owns it.", call.name());
            return Err(VaultError::Conflict { message, inner: None });
        }
        Some(secret) => secret.as_ref().clone(),
        None => VaultSecret { kept: certificate.kept.clone(), versions: Vec::new() },
    };
    tx.put_vault_value(&secret, &of_file.id, file);
    secret.versions.push(of_file);
    Ok(tx.put_vault_object(secret)?)
}

/// The file that the policy wants.
fn file(policy: &Policy, bundle: &KeyBundle) -> Result<String, VaultError> {
    let private_key = bundle.private_key.clone().filter(|_| policy.is_exportable());
    let bundle = KeyBundle { private_key, certificate: bundle.certificate.clone() };
    match policy.content_type() {
        PEM => Ok(bundle.to_pem()),
        _ => {
            let file = bundle.to_pkcs12().map_err(|error| VaultError::Internal(error.to_string()))?;
            Ok(STANDARD.encode(file))
        }
    }
}

/// The private key of the latest version.
pub(crate) async fn last_key(call: &Call, certificate: &VaultCertificate) -> Result<Option<Vec<u8>>, VaultError> {
    let Some(version) = certificate.versions.last() else { return Ok(None) };
    let key = call.face.store.vault_value(certificate, &version.id).await?;
    Ok(key.and_then(|key| STANDARD.decode(key).ok()))
}

/// The certificate of a bundle.
pub(crate) fn parsed(bundle: &KeyBundle) -> Result<ParsedCertificate, VaultError> {
    ParsedCertificate::from_der(&bundle.certificate).map_err(|error| VaultError::Internal(error.to_string()))
}
