//! `/subscriptions/{s}/resources` and `…/resourceGroups/{g}/resources`: top-level resources of every type, without their
//! properties; each caller sees what it may read.

use model::{Resource, Scope};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::{Access, Read, ResourceType, find};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::filter::Filter;
use crate::{list, render, tracked};

/// Of a subscription.
pub(crate) struct Resources;

impl ResourceType for Resources {
    fn name(&self) -> &'static str {
        "Microsoft.Resources/subscriptions/resources"
    }

    fn access(&self) -> Access {
        Access::ListFiltered
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["LIST"]
    }

    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        visible(read)
    }
}

/// Of a resource group. A caller that may read nothing in it is refused rather than shown an empty list: this is the
/// classic lesson's "before the role assignment".
pub(crate) struct GroupResources;

impl ResourceType for GroupResources {
    fn name(&self) -> &'static str {
        "Microsoft.Resources/subscriptions/resourceGroups/resources"
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["LIST"]
    }

    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        tracked::check_container(read.world, read.route)?;
        visible(read)
    }
}

fn visible(read: &Read<'_>) -> Result<Answer, ArmError> {
    let filter = Filter::parse(read.request.query.get("$filter").unwrap_or_default())?;
    let expand = read.request.query.get("$expand").unwrap_or_default().to_ascii_lowercase();
    let shown = read
        .world
        .resources_below(&read.scope())
        .filter(|r| is_top_level(r) && filter.admits(r))
        .filter(|r| read.authorized.may(&format!("{}/read", r.resource_type), &Scope::new(&r.id)));
    let items = shown.map(|r| item(read, r, &expand)).collect();
    list::page(items, read.request)
}

fn is_top_level(resource: &Resource) -> bool {
    let is_child = resource.resource_type.matches('/').count() > 1;
    !is_child && find(&resource.resource_type).is_some_and(|(t, _)| t.is_listed_as_resource())
}

fn item(read: &Read<'_>, resource: &Resource, expand: &str) -> Value {
    let mut shown = render::envelope(read.world, resource, &[]);
    let moment = |at: model::Time| json!(at.format(&Rfc3339).unwrap_or_default());
    for field in expand.split(',').map(str::trim) {
        match field {
            "createdtime" => drop(shown.insert("createdTime".into(), moment(resource.created_at))),
            "changedtime" => drop(shown.insert("changedTime".into(), moment(resource.changed_at))),
            "provisioningstate" => {
                let state = resource.status.get("provisioningState").cloned().unwrap_or_else(|| json!("Succeeded"));
                shown.insert("provisioningState".into(), state);
            }
            _ => {}
        }
    }
    Value::Object(shown)
}
