//! The keys that sign tokens (IDENTITY-WIRE 3.3).

use model::{Origins, Tenant};
use serde_json::{Value, json};
use tokens::PublicJwk;

use crate::route::Version;
use crate::tenant::TenantName;

/// The key set, the signing key first. Both versions list the same keys; only version 2 says who issues with each.
pub(super) fn document(
    keys: &[PublicJwk],
    origins: &Origins,
    name: TenantName,
    tenant: &Tenant,
    version: Version,
) -> Value {
    let entry = |key: &PublicJwk| {
        let mut entry = json!({
            "kty": "RSA",
            "use": "sig",
            "kid": key.kid,
            "x5t": key.kid,
            "n": key.n,
            "e": key.e,
            "x5c": [key.x5c],
        });
        if version == Version::V2 {
            entry["issuer"] = json!(format!("{}/{}/v2.0", origins.login, name.in_issuers(tenant)));
        }
        entry
    };
    json!({"keys": keys.iter().map(entry).collect::<Vec<_>>()})
}
