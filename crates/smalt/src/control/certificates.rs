//! Certificates in the directory.

use axum::Json;
use axum::extract::{Query, State};
use model::{DirectoryObject, KeyCredential};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::{Answer, Control, Refusal};

/// Whose certificate.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct CertificateQuery {
    /// The principal's object id.
    pub principal: Option<String>,
    /// One certificate: its SHA-1 in hex or base64, or its key id.
    pub thumbprint: Option<String>,
}

pub(super) async fn certificates(State(control): State<Control>, Query(query): Query<CertificateQuery>) -> Answer {
    let world = control.cloud.store.read();
    let wanted = query.principal.as_deref().map(principal).transpose()?;
    let mut listed = Vec::new();
    for object in world.objects().filter(|o| wanted.is_none_or(|id| id == o.id())) {
        let keys = match object.as_ref() {
            DirectoryObject::ServicePrincipal(o) => &o.key_credentials,
            DirectoryObject::Application(o) => &o.key_credentials,
            _ => continue,
        };
        listed.extend(keys.iter().map(|key| shown_certificate(object, key)));
    }
    Ok(Json(Value::Array(listed)))
}

pub(super) async fn revoke(State(control): State<Control>, Json(query): Json<CertificateQuery>) -> Answer {
    let id = principal(query.principal.as_deref().unwrap_or_default())?;
    let store = &control.cloud.store;
    let Some(object) = store.read().object(id).cloned() else {
        return Err(Refusal::new(format!("The directory has no principal with the object id {id}.")));
    };
    let gone = aad::certificates::revoke(store, id, query.thumbprint.as_deref()).await?;
    if gone.is_empty() {
        return Err(Refusal::new(format!("The principal {id} has no such certificate.")));
    }
    Ok(Json(gone.iter().map(|key| shown_certificate(&object, key)).collect()))
}

fn principal(text: &str) -> Result<Uuid, Refusal> {
    Uuid::parse_str(text).map_err(|_| Refusal::new(format!("'{text}' is no object id: give the principal's GUID.")))
}

fn shown_certificate(object: &DirectoryObject, key: &KeyCredential) -> Value {
    let moment = |at: model::Time| at.format(&Rfc3339).unwrap_or_default();
    json!({
        "principalId": object.id(),
        "displayName": object.display_name(),
        "subject": key.display_name,
        "thumbprint": key.thumbprint,
        "keyId": key.key_id,
        "startDateTime": moment(key.start),
        "endDateTime": moment(key.end),
        "certificate": key.certificate,
    })
}
