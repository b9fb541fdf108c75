//! `{resource}/providers/Microsoft.ManagedIdentity/identities/default`: the system-assigned identity of any resource.

use axum::http::StatusCode;
use model::Scope;
use serde_json::json;

use super::{Level, Read, ResourceType};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::tracked;

pub(crate) struct IdentitiesDefault;

impl ResourceType for IdentitiesDefault {
    fn name(&self) -> &'static str {
        "Microsoft.ManagedIdentity/identities"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2024-11-30", "2018-11-30"]
    }

    fn level(&self) -> Level {
        Level::Extension
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET"]
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        tracked::check_container(read.world, read.route)?;
        let host_id = read.route.path.extended();
        let host = read.world.resource(&Scope::new(&host_id)).ok_or_else(|| tracked::not_found(&host_id))?;
        let principal = host.identity.system.filter(|_| read.route.name().eq_ignore_ascii_case("default"));
        let Some(principal) = principal.and_then(|id| read.world.service_principal(id)) else {
            let message = format!("The system-assigned identity of the resource '{host_id}' was not found.");
            return Err(ArmError::Provider { status: StatusCode::NOT_FOUND, code: "NotFound", message });
        };
        Ok(Answer::ok(json!({
            "id": format!("{}/providers/Microsoft.ManagedIdentity/identities/default", host.id),
            "name": "default",
            "type": self.name(),
            "location": host.location,
            "tags": host.tags.clone().unwrap_or_default(),
            "properties": {
                "tenantId": read.tenant(),
                "principalId": principal.id,
                "clientId": principal.app_id,
                "clientSecretUrl": format!(
                    "https://control-{}.identity.azure.net{}/credentials?tid={}&oid={}&aid={}",
                    host.location.as_deref().unwrap_or("global"), host.id, read.tenant(), principal.id, principal.app_id
                ),
            },
        })))
    }
}
