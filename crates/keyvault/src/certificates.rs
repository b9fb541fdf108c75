//! Certificates: made by the issuer `Self` or brought along, each with the secret of its name that holds its file.
//! `create` has made the certificate when it answers; that it says `inProgress`, and its operation `completed`, is Azure's
//! way to tell of it.

use std::sync::Arc;

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::{CertificateVersion, JsonMap, PendingCertificate, VaultAttributes, VaultCertificate, VaultSecret};
use serde_json::{Value, json};
use store::Snapshot;
use tokens::{BundleError, CertificateError, KeyBundle, generate_key, self_signed};

use crate::answer::Answer;
use crate::call::Call;
use crate::certificate_keeping::{New, keep, last_key, parsed};
use crate::certificate_policy::Policy;
use crate::error::VaultError;
use crate::heavy_work::in_turn;
use crate::noun::{self, Noun, Version};
use crate::operation::{Operation, Right};
use crate::shared_operations::{self, Rights};
use crate::{attributes, pkcs12_work};

const HERE: &str = VaultCertificate::COLLECTION;

const READ: Right = Right::of::<VaultCertificate>("read", "get");
const CONTACTS: Right = Right::of::<VaultCertificate>("read", "managecontacts");
const CREATE: Right = Right::of::<VaultCertificate>("create/action", "create");
const IMPORT: Right = Right::of::<VaultCertificate>("import/action", "import");

pub(crate) static SHARED: [Operation; 9] = shared_operations::of::<VaultCertificate>(&Rights {
    list: Right::of::<VaultCertificate>("read", "list"),
    change: Right::of::<VaultCertificate>("update/action", "update"),
    read_deleted: READ,
});

pub(crate) static OPERATIONS: [Operation; 7] = [
    // Whom to tell of certificates that end: nobody.
    Operation::new(Method::GET, HERE, "contacts", CONTACTS, |_| Box::pin(async { Err(no_contacts()) })),
    Operation::new(Method::POST, HERE, "{name}/create", CREATE, |call| Box::pin(create(call))),
    Operation::new(Method::POST, HERE, "{name}/import", IMPORT, |call| Box::pin(import(call))),
    Operation::new(Method::GET, HERE, "{name}/pending", READ, |call| Box::pin(pending(call))),
    Operation::new(Method::GET, HERE, "{name}/policy", READ, |call| Box::pin(policy(call))),
    Operation::new(Method::GET, HERE, "{name}", READ, |call| Box::pin(get(call))),
    Operation::new(Method::GET, HERE, "{name}/{version}", READ, |call| Box::pin(get(call))),
];

impl Noun for VaultCertificate {
    type Version = CertificateVersion;

    const COLLECTION: &'static str = "certificates";
    const DELETED: &'static str = "deletedcertificates";
    const WORD: &'static str = "Certificate";
    const NOT_FOUND: &'static str = "CertificateNotFound";

    fn versions(&self) -> &[CertificateVersion] {
        &self.versions
    }

    fn versions_mut(&mut self) -> &mut [CertificateVersion] {
        &mut self.versions
    }

    fn shown(&self, call: &Call, version: &CertificateVersion) -> JsonMap {
        let id = |collection| call.id(collection, &self.kept.name, Some(&version.id));
        let mut shown = JsonMap::new();
        shown.insert("id".into(), json!(id(VaultCertificate::COLLECTION)));
        shown.insert("kid".into(), json!(id("keys")));
        shown.insert("sid".into(), json!(id(VaultSecret::COLLECTION)));
        shown.insert("x5t".into(), json!(version.thumbprint));
        shown.insert("cer".into(), json!(version.certificate));
        shown.insert("attributes".into(), attributes::shown(call, &version.attributes));
        if let Some(tags) = &version.tags {
            shown.insert("tags".into(), Value::Object(tags.clone()));
        }
        shown.insert("policy".into(), Value::Object(shown_policy(call, self)));
        if self.pending.is_some() {
            shown.insert("pending".into(), json!({"id": part(call, self, "pending")}));
        }
        shown
    }

    fn item(&self, call: &Call, version: &CertificateVersion, says_version: bool) -> JsonMap {
        let id = says_version.then_some(version.id.as_str());
        let mut shown = JsonMap::new();
        shown.insert("id".into(), json!(call.id(VaultCertificate::COLLECTION, &self.kept.name, id)));
        shown.insert("x5t".into(), json!(version.thumbprint));
        shown.insert("attributes".into(), attributes::shown(call, &version.attributes));
        if let Some(tags) = &version.tags {
            shown.insert("tags".into(), Value::Object(tags.clone()));
        }
        shown
    }

    fn secret<'a>(&self, world: &'a Snapshot) -> Option<&'a Arc<VaultSecret>> {
        world.vault_object::<VaultSecret>(&self.kept.vault, &self.kept.name).filter(|secret| secret.is_managed())
    }
}

impl Version for CertificateVersion {
    fn id(&self) -> &str {
        &self.id
    }

    fn attributes(&self) -> &VaultAttributes {
        &self.attributes
    }

    fn change(&mut self, call: &Call, body: &JsonMap) -> Result<(), VaultError> {
        // Its dates are the certificate's own, which nobody can change.
        attributes::enable(call, &mut self.attributes, body)?;
        if let Some(tags) = noun::tags(body)? {
            self.tags = Some(tags);
        }
        Ok(())
    }
}

/// The id of what every certificate has once.
fn part(call: &Call, certificate: &VaultCertificate, name: &str) -> String {
    call.id(VaultCertificate::COLLECTION, &certificate.kept.name, Some(name))
}

fn shown_policy(call: &Call, certificate: &VaultCertificate) -> JsonMap {
    let mut shown = JsonMap::new();
    shown.insert("id".into(), json!(part(call, certificate, "policy")));
    shown.extend(certificate.policy.clone());
    let (created, updated) = (certificate.policy_created, certificate.policy_updated);
    shown.insert("attributes".into(), json!({"enabled": true, "created": created, "updated": updated}));
    shown
}

/// What became of the last wish for a version.
fn shown_pending(call: &Call, certificate: &VaultCertificate, pending: &PendingCertificate, is_done: bool) -> Value {
    let mut shown = json!({
        "id": part(call, certificate, "pending"),
        "issuer": certificate.policy["issuer"],
        "csr": pending.request,
        "cancellation_requested": false,
        "status": if is_done { "completed" } else { "inProgress" },
    });
    match is_done {
        true => shown["target"] = json!(call.id(VaultCertificate::COLLECTION, &certificate.kept.name, None)),
        false => {
            shown["status_details"] = json!(
                "Pending certificate created. Certificate request is in progress. This may take some time based on the issuer \
                 provider. Please check again later."
            );
        }
    }
    shown["request_id"] = json!(pending.id);
    shown
}

async fn get(call: &Call) -> Result<Answer, VaultError> {
    let certificate = noun::find::<VaultCertificate>(call, &call.world)?;
    let version = noun::version(call, certificate.as_ref())?;
    Ok(Answer::ok(certificate.shown(call, version)))
}

async fn policy(call: &Call) -> Result<Answer, VaultError> {
    Ok(Answer::ok(shown_policy(call, noun::find(call, &call.world)?)))
}

async fn pending(call: &Call) -> Result<Answer, VaultError> {
    let certificate = noun::find::<VaultCertificate>(call, &call.world).ok();
    let pending = certificate.and_then(|certificate| Some((certificate, certificate.pending.as_ref()?)));
    let Some((certificate, pending)) = pending else {
        let message = format!("Pending certificate not found: {}", call.name());
        return Err(VaultError::NotFound { code: "PendingCertificateNotFound", message });
    };
    Ok(Answer::ok(shown_pending(call, certificate, pending, true)))
}

async fn create(call: &Call) -> Result<Answer, VaultError> {
    noun::check_name(call.name())?;
    let body = call.body()?;
    let before = noun::find::<VaultCertificate>(call, &call.world).ok();
    // Without a policy the next version is made like the last.
    let given = match (body.get("policy"), before) {
        (None | Some(Value::Null), Some(before)) => Value::Object(before.policy.clone()),
        (given, _) => given.cloned().ok_or_else(|| VaultError::invalid("policy"))?,
    };
    let policy = Policy::complete(&given)?;
    if policy.issuer() != "Self" {
        let message = format!("Issuer {} not found", policy.issuer());
        return Err(VaultError::NotFound { code: "CertificateIssuerNotFound", message });
    }
    let key = match before.filter(|before| policy.reuses_key_of(&before.policy)) {
        Some(before) => last_key(call, before).await?,
        None => None,
    };
    let (kind, wish, serial) = (policy.key_kind()?, policy.wish(call.now)?, call.face.ids.bytes());
    // A key of 4096 bits takes seconds.
    let made = in_turn(move || {
        let key = key.map_or_else(|| generate_key(kind), Ok)?;
        let made = self_signed(&wish, &key, serial)?;
        Ok((KeyBundle { private_key: Some(key), certificate: made.certificate }, made.request))
    });
    let (bundle, request) = made.await?.map_err(|error| match error {
        CertificateError::Wish => VaultError::invalid("policy.x509_props"),
        other => VaultError::Internal(other.to_string()),
    })?;
    let pending = PendingCertificate { request: STANDARD.encode(request), id: call.new_version() };
    let certificate = keep(call, New { body: &body, policy, bundle, pending: Some(pending.clone()) }).await?;
    // The address that was asked, with another last word.
    let operation = call.address.trim_end_matches('/').trim_end_matches(|c| c != '/');
    let location = format!("{operation}pending?api-version={}&request_id={}", call.api_version.name, pending.id);
    Ok(Answer::accepted(shown_pending(call, &certificate, &pending, false), location))
}

async fn import(call: &Call) -> Result<Answer, VaultError> {
    noun::check_name(call.name())?;
    let body = call.body()?;
    let value = body.get("value").and_then(Value::as_str).ok_or_else(|| VaultError::invalid("value"))?;
    let is_pem = value.contains("-----BEGIN ");
    let bundle = match is_pem {
        true => KeyBundle::from_pem(value),
        false => {
            let file = STANDARD.decode(value).map_err(|_| unusable(BundleError::Read))?;
            pkcs12_work::check(&file)?;
            let password = body.get("pwd").and_then(Value::as_str).unwrap_or_default().to_owned();
            in_turn(move || KeyBundle::from_pkcs12(&file, &password)).await?
        }
    };
    let bundle = bundle.map_err(unusable)?;
    let parsed = parsed(&bundle)?;
    if parsed.not_after <= call.now {
        return Err(VaultError::BadParameter("X509 Certificate is already expired".to_owned()));
    }
    let policy = Policy::of_imported(body.get("policy").unwrap_or(&Value::Null), &parsed, is_pem)?;
    let certificate = keep(call, New { body: &body, policy, bundle, pending: None }).await?;
    Ok(Answer::ok(certificate.latest(call)))
}

/// The refusal of a file that cannot be used.
fn unusable(error: BundleError) -> VaultError {
    let message = match error {
        BundleError::Foreign => {
            "The public key of the end-entity certificate in the specified X.509 certificate content does not match the public part of \
             the specified private key. Please check if certificate is valid."
        }
        BundleError::Read | BundleError::Write => "The specified X.509 certificate content cannot be read.",
    };
    VaultError::BadParameter(message.to_owned())
}

fn no_contacts() -> VaultError {
    VaultError::NotFound { code: "ContactsNotFound", message: "Contacts not found".to_owned() }
}
