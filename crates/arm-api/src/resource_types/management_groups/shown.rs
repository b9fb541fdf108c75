//! A management group as answers show it.

use model::{JsonMap, ManagementGroup, Subscription};
use serde_json::{Value, json};
use store::Snapshot;

use crate::answer::Answer;
use crate::error::ArmError;
use crate::list;
use crate::render::moment;
use crate::request::Request;

/// The type that answers name; before 2020 they wrote it like an id (recordings).
pub(super) fn type_name(version: &str) -> &'static str {
    match is_old(version) {
        true => "/providers/Microsoft.Management/managementGroups",
        false => "Microsoft.Management/managementGroups",
    }
}

/// Whether the api-version is one of the previews, which knew less.
pub(super) fn is_old(version: &str) -> bool {
    version < "2020"
}

/// The type that answers name for a subscription in the tree.
pub(super) const SUBSCRIPTION_TYPE: &str = "/subscriptions";

pub(super) fn subscription_id(subscription: &Subscription) -> String {
    format!("/subscriptions/{}", subscription.id)
}

/// The whole group.
pub(super) fn group(world: &Snapshot, group: &ManagementGroup, version: &str) -> Value {
    let mut shown = brief(world, group, version);
    let mut details = details(group);
    if let Some(parent) = world.parent_management_group(group) {
        let parent = json!({"id": parent.id(), "name": parent.name, "displayName": parent.display_name});
        details.insert("parent".into(), parent);
    }
    shown["properties"]["details"] = Value::Object(details);
    shown
}

/// The group as lists show it.
pub(super) fn brief(world: &Snapshot, group: &ManagementGroup, version: &str) -> Value {
    json!({
        "id": group.id(),
        "type": type_name(version),
        "name": group.name,
        "properties": {
            "tenantId": world.tenant().map(|tenant| tenant.id),
            "displayName": group.display_name,
        },
    })
}

/// Who changed it last, and when.
pub(super) fn details(group: &ManagementGroup) -> JsonMap {
    let mut details = JsonMap::new();
    details.insert("version".into(), json!(group.version));
    details.insert("updatedTime".into(), json!(moment(group.updated_at)));
    details.insert("updatedBy".into(), json!(group.updated_by));
    details
}

/// A page of a list. This provider writes a member of its own where nothing follows (recordings).
pub(super) fn page(items: Vec<Value>, request: &Request) -> Result<Answer, ArmError> {
    let mut answer = list::page(items, request)?;
    if let Some(body) = answer.body.as_mut().filter(|body| body["nextLink"].is_null()) {
        body["@nextLink"] = Value::Null;
    }
    Ok(answer)
}
