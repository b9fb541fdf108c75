//! `managementGroups/{root}/settings/default`: the tenant's rules of the tree. The default group is where groups hang
//! whose maker names no parent. That group creation takes a right is always so here, whatever the setting says.

use std::sync::Arc;

use axum::http::StatusCode;
use model::{Identity, JsonMap, ManagementGroup, Resource, Scope};
use serde_json::{Value, json};
use store::Snapshot;

use super::{API_VERSIONS, find, refusal, shown};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::resource_types::{Level, Read, ResourceType, Write};

const REQUIRES_RIGHT: &str = "requireAuthorizationForGroupCreation";
const DEFAULT_GROUP: &str = "defaultManagementGroup";

/// The group that the settings name, where they are set and the group is still there.
pub(super) fn default_management_group(world: &Snapshot) -> Option<&Arc<ManagementGroup>> {
    let settings = world.resource(&scope(world.root_management_group()?))?;
    world.management_group(settings.spec.get(DEFAULT_GROUP)?.as_str()?)
}

fn scope(root: &ManagementGroup) -> Scope {
    Scope::new(&format!("{}/settings/default", root.id()))
}

pub(crate) struct HierarchySettings;

impl ResourceType for HierarchySettings {
    fn name(&self) -> &'static str {
        "Microsoft.Management/managementGroups/settings"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        API_VERSIONS
    }

    fn level(&self) -> Level {
        Level::Tenant
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let settings = read.world.resource(&read.scope()).ok_or_else(|| missing(read.route.path.management_group()))?;
        Ok(Answer::ok(item(read.world, settings)))
    }

    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let group = find(read.world, read.route.path.management_group().unwrap_or_default())?;
        let settings = read.world.resource(&scope(group));
        shown::page(settings.map(|s| item(read.world, s)).into_iter().collect(), read.request)
    }

    fn put(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        save(write, JsonMap::new())
    }

    fn patch(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        let settings = write.tx.resource(&write.scope()).cloned();
        let settings = settings.ok_or_else(|| missing(write.route.path.management_group()))?;
        save(write, settings.spec.clone())
    }

    fn delete(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        let scope = write.scope();
        if write.tx.resource(&scope).is_none() {
            return Err(missing(write.route.path.management_group()));
        }
        write.tx.delete_resource(&scope);
        Ok(Answer::empty(StatusCode::OK))
    }
}

/// The provider names the settings after the group (recordings).
fn missing(group: Option<&str>) -> ArmError {
    let group = group.unwrap_or_default();
    refusal::not_found(&format!("{}/settings/{group}", ManagementGroup::id_of(group)))
}

/// Lays what the caller says over `spec`.
fn save(write: &mut Write<'_>, mut spec: JsonMap) -> Result<Answer, ArmError> {
    let group = find(&write.tx, write.route.path.management_group().unwrap_or_default())?;
    if !group.is_root() || write.name() != "default" {
        return Err(refusal::bad(
            "Hierarchy settings can only be set on the root management group, by the name 'default'.",
        ));
    }
    let properties = write.properties()?;
    match properties.get(REQUIRES_RIGHT) {
        None | Some(Value::Null) => {}
        Some(Value::Bool(required)) => drop(spec.insert(REQUIRES_RIGHT.into(), json!(required))),
        Some(_) => return Err(refusal::bad(format!("'{REQUIRES_RIGHT}' must be a boolean."))),
    }
    match properties.get(DEFAULT_GROUP) {
        None | Some(Value::Null) => {}
        // An id, or just the name.
        Some(Value::String(text)) => {
            let default = find(&write.tx, ManagementGroup::name_in(text).unwrap_or(text))?;
            spec.insert(DEFAULT_GROUP.into(), json!(default.name));
        }
        Some(_) => return Err(refusal::bad(format!("'{DEFAULT_GROUP}' must be the ID of a management group."))),
    }
    let before = write.tx.resource(&write.scope()).cloned();
    let settings = write.tx.put_resource(Resource {
        id: format!("{}/settings/default", group.id()),
        resource_type: HierarchySettings.name().to_owned(),
        name: write.name().to_owned(),
        location: None,
        tags: None,
        identity: Identity::default(),
        envelope: JsonMap::new(),
        spec,
        status: JsonMap::new(),
        runtime: JsonMap::new(),
        created_at: before.as_ref().map_or(write.now, |b| b.created_at),
        changed_at: write.now,
        version: before.as_ref().map_or(1, |b| b.version + 1),
    });
    Ok(Answer::ok(item(&write.tx, &settings)))
}

fn item(world: &Snapshot, settings: &Resource) -> Value {
    json!({
        "id": settings.id,
        "type": settings.resource_type,
        "name": settings.name,
        "properties": {
            "tenantId": world.tenant().map(|tenant| tenant.id),
            REQUIRES_RIGHT: settings.spec.get(REQUIRES_RIGHT).and_then(Value::as_bool).unwrap_or(false),
            DEFAULT_GROUP: default_management_group(world).map(|group| group.name.clone()),
        },
    })
}
