//! `/metadata/attested/document`: what the VM can show to others as Azure's word about itself (IDENTITY-WIRE 1.6).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::body::Bytes;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::{Clock, Ids, JsonMap, Resource, Time};
use rcgen::{Issuer, KeyPair};
use serde_json::{Value, json};
use store::Snapshot;
use time::Duration;
use time::macros::format_description;
use tokens::{CertificateError, RsaKey, metadata_attestation, signed_data};

use crate::error::Error;
use crate::instance::compute;
use crate::query::Query;
use crate::reply::Reply;

/// How long a document counts. The documentation shows five seconds and six hours; the latter is of use.
const LIFE: Duration = Duration::hours(6);

/// The OpenAPI allows this many letters and digits; the documentation speaks of ten digits.
const LONGEST_NONCE: usize = 32;

/// Signs documents with one key that lives as long as the process, under a certificate for every region.
pub struct Attestor {
    ca: Arc<Issuer<'static, KeyPair>>,
    ids: Arc<Ids>,
    issuer_url: String,
    key: OnceLock<RsaKey>,
    certificates: Mutex<HashMap<String, Bytes>>,
}

impl Attestor {
    /// Certificates are signed by `ca`, whose own is fetched from `issuer_url`.
    #[must_use]
    pub fn new(ca: Arc<Issuer<'static, KeyPair>>, ids: Arc<Ids>, issuer_url: String) -> Self {
        Self { ca, ids, issuer_url, key: OnceLock::new(), certificates: Mutex::default() }
    }

    /// Takes some 60 ms of a core the first time, when the key is made, and less than one afterwards.
    fn sign(&self, region: &str, content: &[u8]) -> Result<Vec<u8>, CertificateError> {
        let key = match self.key.get() {
            Some(key) => key,
            None => {
                let made = RsaKey::generate()?;
                self.key.get_or_init(|| made)
            }
        };
        let mut certificates = self.certificates.lock().unwrap_or_else(PoisonError::into_inner);
        let certificate = match certificates.get(region) {
            Some(known) => known.clone(),
            None => {
                let now = Clock::machine_now();
                let serial = self.ids.bytes();
                let made = Bytes::from(metadata_attestation(&self.ca, key, region, &self.issuer_url, serial, now)?);
                certificates.insert(region.to_owned(), made.clone());
                made
            }
        };
        drop(certificates);
        signed_data(key, &certificate, content)
    }
}

/// What is signed: members in the order of real documents, as far as `version` has them.
///
/// # Errors
/// [`Error::Nonce`].
pub(crate) fn content(
    world: &Snapshot,
    vm: &Resource,
    version: &str,
    query: &Query<'_>,
    now: Time,
) -> Result<Value, Error> {
    let default = || now.format(format_description!("[year][month][day]-[hour][minute][second]")).unwrap_or_default();
    let nonce = match query.get("nonce") {
        None => default(),
        Some(text) if text.len() <= LONGEST_NONCE && text.bytes().all(|b| b.is_ascii_alphanumeric()) => text.to_owned(),
        Some(_) => return Err(Error::Nonce),
    };
    let moment = |at: Time| {
        let form = format_description!("[month]/[day]/[year repr:last_two] [hour]:[minute]:[second] -0000");
        at.format(form).unwrap_or_default()
    };
    let mut told = compute::compute(world, vm);
    let mut document = JsonMap::new();
    let members = [
        ("licenseType", "2020-09-01", told["licenseType"].take()),
        ("nonce", "", json!(nonce)),
        ("plan", "", told["plan"].take()),
        ("sku", "2019-11-01", told["sku"].take()),
        ("subscriptionId", "2019-04-30", told["subscriptionId"].take()),
        ("timeStamp", "", json!({"createdOn": moment(now), "expiresOn": moment(now + LIFE)})),
        ("vmId", "", told["vmId"].take()),
    ];
    for (name, since, value) in members {
        if version >= since {
            document.insert(name.to_owned(), value);
        }
    }
    Ok(Value::Object(document))
}

/// The answer with `content` signed for `region`.
///
/// # Errors
/// [`Error::Failure`].
pub(crate) async fn answer(attestor: Arc<Attestor>, region: String, content: Value) -> Result<Reply, Error> {
    // Apart from the requests' own threads: the first signature makes a key.
    let signed = tokio::task::spawn_blocking(move || attestor.sign(&region, content.to_string().as_bytes())).await;
    match signed {
        Ok(Ok(signed)) => Ok(Reply::json(&json!({"encoding": "pkcs7", "signature": STANDARD.encode(signed)}))),
        Ok(Err(error)) => Err(failure(&error)),
        Err(error) => Err(failure(&error)),
    }
}

fn failure(why: &dyn std::fmt::Display) -> Error {
    tracing::error!("a document cannot be attested: {why}");
    Error::Failure
}
