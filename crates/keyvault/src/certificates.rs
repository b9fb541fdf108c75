//! Certificates: made by the issuer `Self` or brought along, each with the secret of its name that holds its file.
//! `create` has made the certificate when it answers; that it says `inProgress`, and its operation `completed`, is Azure's
//! way to tell of it.

use std::sync::Arc;

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::{CertificateVersion, JsonMap, PendingCertificate, VaultCertificate, VaultSecret};
use serde_json::{Value, json};
use store::Snapshot;
use tokens::{BundleError, CertificateError, KeyBundle, generate_key, self_signed};

use crate::answer::Answer;
use crate::call::Call;
use crate::certificate_keeping::{New, keep, last_key, parsed};
use crate::certificate_policy::Policy;
use crate::error::VaultError;
use crate::heavy_work::in_turn;
use crate::noun::{self, Noun};
use crate::operation::{Operation, Right};
use crate::page::page;
use crate::{attributes, deleted, pkcs12_work};

const fn right(action: &'static str, permission: &'static str) -> Right {
    Right { collection: VaultCertificate::COLLECTION, action, permission }
}

const READ: Right = right("read", "get");
const LIST: Right = right("read", "list");
const CHANGE: Right = right("update/action", "update");

pub(crate) static OPERATIONS: [Operation; 16] = [
    Operation { method: Method::GET, path: "certificates", right: LIST, act: |call| Box::pin(list(call)) },
    // Whom to tell of certificates that end: nobody.
    Operation {
        method: Method::GET,
        path: "certificates/contacts",
        right: right("read", "managecontacts"),
        act: |_| Box::pin(async { Err(no_contacts()) }),
    },
    Operation {
        method: Method::POST,
        path: "certificates/{name}/create",
        right: right("create/action", "create"),
        act: |call| Box::pin(create(call)),
    },
    Operation {
        method: Method::POST,
        path: "certificates/{name}/import",
        right: right("import/action", "import"),
        act: |call| Box::pin(import(call)),
    },
    Operation {
        method: Method::GET,
        path: "certificates/{name}/pending",
        right: READ,
        act: |call| Box::pin(pending(call)),
    },
    Operation {
        method: Method::GET,
        path: "certificates/{name}/policy",
        right: READ,
        act: |call| Box::pin(policy(call)),
    },
    Operation {
        method: Method::GET,
        path: "certificates/{name}/versions",
        right: LIST,
        act: |call| Box::pin(versions(call)),
    },
    Operation { method: Method::GET, path: "certificates/{name}", right: READ, act: |call| Box::pin(get(call)) },
    Operation {
        method: Method::GET,
        path: "certificates/{name}/{version}",
        right: READ,
        act: |call| Box::pin(get(call)),
    },
    Operation { method: Method::PATCH, path: "certificates/{name}", right: CHANGE, act: |call| Box::pin(update(call)) },
    Operation {
        method: Method::PATCH,
        path: "certificates/{name}/{version}",
        right: CHANGE,
        act: |call| Box::pin(update(call)),
    },
    Operation {
        method: Method::DELETE,
        path: "certificates/{name}",
        right: right("delete", "delete"),
        act: |call| Box::pin(deleted::delete::<VaultCertificate>(call)),
    },
    Operation {
        method: Method::GET,
        path: "deletedcertificates",
        right: LIST,
        act: |call| Box::pin(deleted::list::<VaultCertificate>(call)),
    },
    Operation {
        method: Method::GET,
        path: "deletedcertificates/{name}",
        right: READ,
        act: |call| Box::pin(deleted::get::<VaultCertificate>(call)),
    },
    Operation {
        method: Method::POST,
        path: "deletedcertificates/{name}/recover",
        right: right("recover/action", "recover"),
        act: |call| Box::pin(deleted::recover::<VaultCertificate>(call)),
    },
    Operation {
        method: Method::DELETE,
        path: "deletedcertificates/{name}",
        right: right("purge/action", "purge"),
        act: |call| Box::pin(deleted::purge::<VaultCertificate>(call)),
    },
];

impl Noun for VaultCertificate {
    const COLLECTION: &'static str = "certificates";
    const DELETED: &'static str = "deletedcertificates";
    const WORD: &'static str = "Certificate";
    const NOT_FOUND: &'static str = "CertificateNotFound";

    fn latest(&self, call: &Call) -> JsonMap {
        self.versions.last().map(|version| shown(call, self, version)).unwrap_or_default()
    }

    fn item(&self, call: &Call) -> JsonMap {
        self.versions.last().map(|version| item(call, self, version, false)).unwrap_or_default()
    }

    fn secret<'a>(&self, world: &'a Snapshot) -> Option<&'a Arc<VaultSecret>> {
        world.vault_object::<VaultSecret>(&self.kept.vault, &self.kept.name).filter(|secret| secret.is_managed())
    }
}

/// A version in full.
fn shown(call: &Call, certificate: &VaultCertificate, version: &CertificateVersion) -> JsonMap {
    let id = |collection| call.id(collection, &certificate.kept.name, Some(&version.id));
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
    shown.insert("policy".into(), Value::Object(shown_policy(call, certificate)));
    if certificate.pending.is_some() {
        shown.insert("pending".into(), json!({"id": part(call, certificate, "pending")}));
    }
    shown
}

/// A version as lists show it; in lists of certificates its id does not say which it is.
fn item(call: &Call, of: &VaultCertificate, version: &CertificateVersion, says_version: bool) -> JsonMap {
    let id = says_version.then_some(version.id.as_str());
    let mut shown = JsonMap::new();
    shown.insert("id".into(), json!(call.id(VaultCertificate::COLLECTION, &of.kept.name, id)));
    shown.insert("x5t".into(), json!(version.thumbprint));
    shown.insert("attributes".into(), attributes::shown(call, &version.attributes));
    if let Some(tags) = &version.tags {
        shown.insert("tags".into(), Value::Object(tags.clone()));
    }
    shown
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

async fn list(call: &Call) -> Result<Answer, VaultError> {
    page(call, noun::all::<VaultCertificate>(call, &call.world).map(|one| Value::Object(one.item(call))))
}

async fn versions(call: &Call) -> Result<Answer, VaultError> {
    let certificate = noun::find::<VaultCertificate>(call, &call.world).ok();
    page(call, certificate.iter().flat_map(|c| c.versions.iter().map(|v| Value::Object(item(call, c, v, true)))))
}

async fn get(call: &Call) -> Result<Answer, VaultError> {
    let certificate = noun::find::<VaultCertificate>(call, &call.world)?;
    let version = noun::version::<VaultCertificate, _>(call, &certificate.versions, |v| &v.id)?;
    Ok(Answer::ok(shown(call, certificate, version)))
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

async fn update(call: &Call) -> Result<Answer, VaultError> {
    let body = call.body()?;
    let mut tx = call.begin().await?;
    let mut certificate = noun::find::<VaultCertificate>(call, &tx)?.as_ref().clone();
    let id = noun::version::<VaultCertificate, _>(call, &certificate.versions, |v| &v.id)?.id.clone();
    let mut changed = JsonMap::new();
    if let Some(version) = certificate.versions.iter_mut().find(|version| version.id == id) {
        attributes::change(call, &mut version.attributes, body.get("attributes"))?;
        if let Some(tags) = noun::tags(&body)? {
            version.tags = Some(tags);
        }
        let version = version.clone();
        changed = shown(call, &certificate, &version);
    }
    tx.put_vault_object(certificate)?;
    tx.commit().await?;
    Ok(Answer::ok(changed))
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
