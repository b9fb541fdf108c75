//! Resource groups.

use axum::http::StatusCode;
use model::{JsonMap, Resource, Scope};
use serde_json::{Value, json};
use store::{Operation, Snapshot};

use super::{Access, Read, ResourceType, Write, region_names};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::filter::Filter;
use crate::request::Request;
use crate::{list, operation, render, tracked};

pub(crate) struct ResourceGroups;

impl ResourceType for ResourceGroups {
    fn name(&self) -> &'static str {
        "Microsoft.Resources/subscriptions/resourceGroups"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2025-04-01", "2024-11-01", "2022-09-01", "2021-04-01"]
    }

    fn access(&self) -> Access {
        Access::ListFiltered
    }

    fn is_listed_as_resource(&self) -> bool {
        false
    }

    fn finish(&self, _world: &Snapshot, _resource: &Resource, _request: &Request, shown: &mut JsonMap) {
        // The type is `subscriptions/resourceGroups` to RBAC and `resourceGroups` to readers.
        shown.insert("type".into(), json!("Microsoft.Resources/resourceGroups"));
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        tracked::check_container(read.world, read.route)?;
        tracked::get(self, read)
    }

    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let filter = Filter::parse(read.request.query.get("$filter").unwrap_or_default())?;
        // Whoever holds a right somewhere inside a group sees the group.
        let visible = |r: &Resource| read.authorized.reaches(&r.scope()) && filter.admits(r);
        let groups = read.world.resources_of_type(&read.scope(), self.name()).filter(|r| visible(r));
        list::page(
            groups.map(|r| Value::Object(render::resource(self, read.world, r, read.request, &[]))).collect(),
            read.request,
        )
    }

    fn put(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        let name = write.name().to_owned();
        check_name(&name)?;
        let body = write.object()?.clone();
        // A group has none that a client could set, but what it sends must have the form.
        write.properties()?;
        let Some(location) = tracked::location(&body)? else {
            return Err(ArmError::bad("LocationRequired", "The location property is required for this definition."));
        };
        if !region_names().any(|known| known == location) {
            return Err(ArmError::LocationNotAvailableForResourceGroup(location));
        }
        let before = write.tx.resource(&write.scope()).cloned();
        if let Some(existing) = before.as_ref().and_then(|b| b.location.clone()).filter(|l| *l != location) {
            return Err(ArmError::InvalidResourceGroupLocation { wanted: location, existing });
        }
        let mut group = match &before {
            Some(before) => Resource::clone(before),
            None => fresh(write, name, location),
        };
        if let Some(tags) = tracked::tags(&body)? {
            group.tags = Some(tags);
        }
        if let Some(manager) = body.get("managedBy").filter(|v| v.is_string()) {
            group.envelope.insert("managedBy".into(), manager.clone());
        }
        group.changed_at = write.now;
        let group = write.tx.put_resource(group);
        let shown = render::resource(self, &write.tx, &group, write.request, &[]);
        Ok(Answer::put(before.is_none(), Value::Object(shown)))
    }

    fn patch(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        tracked::check_container(&write.tx, write.route)?;
        tracked::patch(self, write)
    }

    /// The group goes with everything in it, machines before networks; the client polls `operationresults`
    /// (RECORDED-FACTS 3).
    fn delete(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        tracked::check_container(&write.tx, write.route)?;
        let group = write.scope();
        tracked::remove(&mut write.tx, &group)?;
        let id = write.arm.ids.guid();
        let subscription = write.route.path.subscription().unwrap_or_default();
        let scope = Scope::new(&format!("/subscriptions/{subscription}"));
        write.tx.put_operation(Operation {
            id,
            scope,
            started_at: write.now,
            due_at: write.now,
            outcome: json!({"status": "Succeeded"}),
        });
        let url = format!(
            "{}/subscriptions/{subscription}/operationresults/{id}?api-version={}",
            write.request.origin(),
            write.api_version
        );
        Ok(Answer::empty(StatusCode::ACCEPTED)
            .with_header("location", url)
            .with_header("retry-after", operation::RETRY_AFTER))
    }
}

fn fresh(write: &Write<'_>, name: String, location: String) -> Resource {
    let mut status = JsonMap::new();
    status.insert("provisioningState".into(), json!("Succeeded"));
    Resource {
        id: write.id().to_owned(),
        resource_type: ResourceGroups.name().to_owned(),
        name,
        location: Some(location),
        tags: None,
        identity: model::Identity::default(),
        envelope: JsonMap::new(),
        spec: JsonMap::new(),
        status,
        runtime: JsonMap::new(),
        created_at: write.now,
        changed_at: write.now,
        version: 1,
    }
}

/// Letters and digits of any script, and `-._()`; at most 90, no period at the end.
fn check_name(name: &str) -> Result<(), ArmError> {
    let mut wrong: String = name.chars().filter(|c| !c.is_alphanumeric() && !"-._()".contains(*c)).collect();
    if wrong.is_empty() && name.ends_with('.') {
        wrong.push('.');
    }
    if !wrong.is_empty() {
        return Err(ArmError::InvalidResourceGroup { name: name.to_owned(), characters: wrong });
    }
    match name.chars().count() <= 90 {
        true => Ok(()),
        false => Err(ArmError::bad(
            "ResourceGroupNameLengthExceeded",
            "The resource group name exceeds the maximum length of 90 characters.",
        )),
    }
}
