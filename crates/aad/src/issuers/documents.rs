//! What an issuer tells everybody: where its keys are, and the keys.

use axum::http::StatusCode;
use serde_json::{Value, json};
use store::{Snapshot, TokenIssuer};

use crate::call::Call;
use crate::error::Aadsts;
use crate::federation::keys_of;

/// One of the two documents of an issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Document {
    /// OpenID Connect metadata, as a cluster publishes it.
    Configuration,
    /// The keys.
    Keys,
}

/// A document of the issuer `name`.
///
/// # Errors
/// [`Aadsts::Malformed`] with 404 when nobody is called so.
pub(crate) fn document(call: &Call, world: &Snapshot, name: &str, document: Document) -> Result<Value, Aadsts> {
    let issuer = world.token_issuer(name).ok_or(Aadsts::Malformed(StatusCode::NOT_FOUND))?;
    match document {
        Document::Configuration => Ok(configuration(call, issuer)),
        Document::Keys => Ok(keys_of(issuer).ok_or(Aadsts::Internal)?.document()),
    }
}

fn configuration(call: &Call, issuer: &TokenIssuer) -> Value {
    json!({
        "issuer": issuer.url,
        // Whatever URL the issuer plays, its keys are where the caller found this.
        "jwks_uri": format!("{}/issuers/{}/keys", call.origins.login, issuer.name),
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    })
}
