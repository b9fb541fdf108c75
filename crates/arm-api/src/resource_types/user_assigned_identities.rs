//! User-assigned identities: resources of their own, shared by many. Answers: RECORDED-FACTS 6.

use model::{JsonMap, Resource};
use serde_json::{Value, json};
use store::{Snapshot, Tx};
use uuid::Uuid;

use super::{ResourceType, Write};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::managed_identity;
use crate::request::Request;
use crate::tracked;

pub(crate) struct UserAssignedIdentities;

impl ResourceType for UserAssignedIdentities {
    fn name(&self) -> &'static str {
        "Microsoft.ManagedIdentity/userAssignedIdentities"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2024-11-30", "2023-01-31", "2018-11-30"]
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "LIST", "PUT", "PATCH", "DELETE", "listAssociatedResources"]
    }

    fn read_only(&self) -> &'static [&'static str] {
        &["tenantId", "principalId", "clientId"]
    }

    fn complete(&self, write: &mut Write<'_>, draft: &mut Resource, before: Option<&Resource>) -> Result<(), ArmError> {
        draft.tags.get_or_insert_default();
        if before.is_none() {
            draft.id = draft.id.replacen("/resourceGroups/", "/resourcegroups/", 1);
            let principal = managed_identity::begin(write, &draft.name, &draft.id, true)?;
            draft.status.insert("tenantId".into(), json!(write.tenant()));
            draft.status.insert("principalId".into(), json!(principal.id));
            draft.status.insert("clientId".into(), json!(principal.app_id));
        }
        Ok(())
    }

    fn put(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        tracked::put(self, write).map(Answer::with_address_of_new)
    }

    fn release(&self, tx: &mut Tx, resource: &Resource) -> Result<(), ArmError> {
        let principal =
            resource.status.get("principalId").and_then(Value::as_str).and_then(|t| Uuid::parse_str(t).ok());
        if let Some(principal) = principal {
            managed_identity::end(tx, principal);
        }
        Ok(())
    }

    fn finish(&self, _world: &Snapshot, _resource: &Resource, _request: &Request, shown: &mut JsonMap) {
        // The order since spring 2023.
        for name in ["id", "name", "type", "properties"] {
            if let Some(value) = shown.shift_remove(name) {
                shown.insert(name.into(), value);
            }
        }
    }

    fn act(&self, write: &mut Write<'_>, _action: &str) -> Result<Answer, ArmError> {
        let scope = write.scope();
        let Some(identity) = write.tx.resource(&scope) else {
            return Err(tracked::missing(&write.tx, write.route, "read"));
        };
        let users = write.tx.resources_below(&model::Scope::new(model::Scope::ROOT));
        let using = users.filter(|r| r.identity.user.iter().any(|u| model::Scope::new(&u.id) == identity.scope()));
        let value: Vec<Value> = using
            .map(|r| {
                let path = model::ArmPath::parse(&r.id).ok();
                json!({
                    "id": r.id,
                    "name": r.name,
                    "type": r.resource_type,
                    "resourceGroup": path.as_ref().and_then(|p| p.resource_group()),
                    "subscriptionId": path.as_ref().and_then(|p| p.subscription()),
                })
            })
            .collect();
        Ok(Answer::ok(json!({"totalCount": value.len(), "value": value})))
    }
}
