//! Certificates in the directory.

use std::sync::Arc;

use aad::certificates::{self, RenewError, RevokeError};
use axum::Json;
use axum::extract::{Query, State};
use model::{DirectoryObject, KeyCredential};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::principals::principal;
use super::{Answer, Control, Refusal};

/// Whose certificate.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct CertificateQuery {
    /// The principal, by any of its names.
    pub principal: Option<String>,
    /// One certificate: its SHA-1 in hex or base64, or its key id.
    pub thumbprint: Option<String>,
}

pub(super) async fn list(State(control): State<Control>, Query(query): Query<CertificateQuery>) -> Answer {
    let world = control.cloud.store.read();
    let wanted = query.principal.as_deref().map(|text| principal(&world, text)).transpose()?;
    let mut listed = Vec::new();
    // Certificates of the application behind a principal are its own, as they are for proofs.
    let application =
        wanted.and_then(|id| world.service_principal(id)).and_then(|p| world.application_by_app_id(p.app_id));
    let behind = application.map(|application| application.id);
    for object in world.objects().filter(|o| wanted.is_none_or(|id| id == o.id()) || behind == Some(o.id())) {
        let keys = match object.as_ref() {
            DirectoryObject::ServicePrincipal(o) => &o.key_credentials,
            DirectoryObject::Application(o) => &o.key_credentials,
            _ => continue,
        };
        let named =
            keys.iter().filter(|key| query.thumbprint.as_deref().is_none_or(|name| certificates::is_named(key, name)));
        listed.extend(named.map(|key| shown_certificate(object, key)));
    }
    Ok(Json(Value::Array(listed)))
}

pub(super) async fn revoke(State(control): State<Control>, Json(query): Json<CertificateQuery>) -> Answer {
    let object = control.object(&query)?;
    let id = object.id();
    let gone = certificates::revoke(&control.cloud.store, id, query.thumbprint.as_deref()).await;
    let gone = gone.map_err(|error| match error {
        RevokeError::Store(_) => Refusal::from(error),
        _ => Refusal::new(format!("{error}.")),
    })?;
    Ok(Json(gone.iter().map(|key| shown_certificate(&object, key)).collect()))
}

pub(super) async fn renew(State(control): State<Control>, Json(query): Json<CertificateQuery>) -> Answer {
    let object = control.object(&query)?;
    let cloud = &control.cloud;
    let ca = cloud.authority.issuer();
    let new = certificates::renew_now(&cloud.store, &ca, &cloud.ids, object.id(), cloud.clock.now()).await;
    let new = new.map_err(|error| match error {
        RenewError::NotManaged(_) => Refusal::new(format!("{error}.")),
        _ => Refusal::from(error),
    })?;
    Ok(Json(shown_certificate(&object, &new)))
}

impl Control {
    fn object(&self, query: &CertificateQuery) -> Result<Arc<DirectoryObject>, Refusal> {
        let world = self.cloud.store.read();
        let id = principal(&world, query.principal.as_deref().unwrap_or_default())?;
        world
            .object(id)
            .cloned()
            .ok_or_else(|| Refusal::new(format!("The directory has no principal with the object id {id}.")))
    }
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
