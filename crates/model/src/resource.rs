//! ARM resources, as smalt keeps them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{Scope, Time};

/// A JSON object whose members keep their order.
pub type JsonMap = Map<String, Value>;

/// A resource's tags.
pub type Tags = JsonMap;

/// Anything that ARM keeps under an id: a resource group, a virtual machine, a type nobody modelled.
///
/// Each property stands once: in `spec` (what a caller may send), in `status` (what the server adds, so that no caller
/// can set it) or in `runtime` (what no answer shows as it is, such as a machine's power state).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    /// The id, spelt as answers spell it.
    pub id: String,
    /// The type, spelt as Azure spells it, such as `Microsoft.Compute/virtualMachines`.
    pub resource_type: String,
    /// The name as its creator wrote it; of a child, its last part.
    pub name: String,
    /// The region's name, such as `westeurope`; child resources may have none.
    pub location: Option<String>,
    /// Tags; none when never set.
    pub tags: Option<Tags>,
    /// Managed identities attached to it.
    pub identity: Identity,
    /// The members beside `properties`: `sku`, `kind`, `zones`, `plan`, `managedBy`, …
    pub envelope: JsonMap,
    /// Properties that a caller sent.
    pub spec: JsonMap,
    /// Properties that the server added.
    pub status: JsonMap,
    /// What the simulator must know and no answer shows as it is.
    pub runtime: JsonMap,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: Time,
    /// When it was last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub changed_at: Time,
    /// One after creation; up by one with every write.
    pub version: i64,
}

impl Resource {
    /// The id as ARM compares it.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope::new(&self.id)
    }

    /// `properties` as answers show them: what was sent, with what the server added.
    #[must_use]
    pub fn properties(&self) -> JsonMap {
        let mut properties = self.spec.clone();
        merge(&mut properties, &self.status);
        properties
    }
}

/// Lays `over` onto `base`: objects member by member, anything else replaced.
pub fn merge(base: &mut JsonMap, over: &JsonMap) {
    for (name, value) in over {
        match (base.get_mut(name), value) {
            (Some(Value::Object(below)), Value::Object(above)) => merge(below, above),
            _ => {
                base.insert(name.clone(), value.clone());
            }
        }
    }
}

/// The identities of a resource. Both parts may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// Principal (object) id of the system-assigned identity.
    pub system: Option<Uuid>,
    /// The user-assigned identities, in the order of their attachment.
    pub user: Vec<UserAssigned>,
}

/// A user-assigned identity as attached to a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserAssigned {
    /// The identity's id as the caller spelt it: answers repeat this spelling (RECORDED-FACTS 5).
    pub id: String,
    /// Its principal (object) id at the time of attachment: an identity made anew under the same name is another one.
    pub principal_id: Uuid,
    /// Its client (application) id.
    pub client_id: Uuid,
}

impl Identity {
    /// Whether there is none at all.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.system.is_none() && self.user.is_empty()
    }

    /// `identity.type` as Azure answers it; the space after the comma matters to the Azure CLI (AZ-WIRE 0.10).
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match (self.system.is_some(), self.user.is_empty()) {
            (true, true) => "SystemAssigned",
            (true, false) => "SystemAssigned, UserAssigned",
            (false, false) => "UserAssigned",
            (false, true) => "None",
        }
    }

    /// The `identity` member of an answer; none where there is no identity. The answer to the write that
    /// attaches an identity shows `{}` for it, later reads show its ids (RECORDED-FACTS 5): `fresh` names those.
    #[must_use]
    pub fn render(&self, tenant: Uuid, fresh: &[Uuid]) -> Option<Value> {
        if self.is_none() {
            return None;
        }
        let mut out = JsonMap::new();
        out.insert("type".into(), json!(self.type_name()));
        if let Some(principal) = self.system {
            out.insert("principalId".into(), json!(principal));
            out.insert("tenantId".into(), json!(tenant));
        }
        if !self.user.is_empty() {
            let entry = |u: &UserAssigned| match fresh.contains(&u.principal_id) {
                true => json!({}),
                false => json!({"principalId": u.principal_id, "clientId": u.client_id}),
            };
            let map: JsonMap = self.user.iter().map(|u| (u.id.clone(), entry(u))).collect();
            out.insert("userAssignedIdentities".into(), Value::Object(map));
        }
        Some(Value::Object(out))
    }
}
