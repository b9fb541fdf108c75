//! The keys that sign tokens (IDENTITY-WIRE 3.3).

use std::sync::Arc;

use model::{Origins, Tenant};
use serde::Serialize;
use tokens::PublicJwk;

use crate::answer::written;
use crate::route::Version;
use crate::tenant::TenantName;

#[derive(Serialize)]
struct KeySet<'a> {
    keys: Vec<Key<'a>>,
}

#[derive(Serialize)]
struct Key<'a> {
    kty: &'a str,
    #[serde(rename = "use")]
    usage: &'a str,
    kid: &'a str,
    x5t: &'a str,
    n: &'a str,
    e: &'a str,
    x5c: [&'a str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<&'a str>,
}

/// The key set as JSON, the signing key first. Both versions list the same keys; only version 2 says who issues with each.
pub(super) fn document(
    keys: &[Arc<PublicJwk>],
    origins: &Origins,
    name: TenantName,
    tenant: &Tenant,
    version: Version,
) -> String {
    let issuer = (version == Version::V2).then(|| format!("{}/{}/v2.0", origins.login, name.in_issuers(tenant)));
    let keys = keys.iter().map(|key| Key {
        kty: "RSA",
        usage: "sig",
        kid: &key.kid,
        x5t: &key.kid,
        n: &key.n,
        e: &key.e,
        x5c: [&key.x5c],
        issuer: issuer.as_deref(),
    });
    written(&KeySet { keys: keys.collect() })
}
