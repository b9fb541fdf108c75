//! Management groups: the tree above subscriptions. Source of rules: Azure docs, "Organize your resources with management
//! groups" and "Manage your Azure subscriptions at scale"; of answers: recordings (RECORDED-FACTS 3).
//!
//! Whoever may write in a group may make another below it, and becomes the new one's Owner.

mod descendants;
mod entities;
mod expand;
mod hierarchy_settings;
mod moves;
mod names;
mod operation_results;
mod refusal;
mod shown;
mod subscriptions;
mod tenant_backfill;
mod tree;

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use model::{ManagementGroup, OWNER_ROLE, RoleAssignment};
use serde_json::Value;
use store::Snapshot;

use super::{Access, Level, Read, ResourceType, Write};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::route::Route;
use crate::tracked;
use expand::Expand;
use moves::Child;
use tree::Tree;

pub(crate) use descendants::Descendants;
pub(crate) use entities::Entities;
pub(crate) use hierarchy_settings::HierarchySettings;
pub(crate) use names::NameAvailability;
pub(crate) use operation_results::{AsyncOperations, OperationResults};
pub(crate) use subscriptions::ManagementGroupSubscriptions;
pub(crate) use tenant_backfill::{START_TENANT_BACKFILL, TENANT_BACKFILL_STATUS};

const API_VERSIONS: &[&str] = &["2023-04-01", "2021-04-01", "2020-05-01", "2020-02-01", "2018-03-01-preview"];
const READ: &str = "Microsoft.Management/managementGroups/read";
const WRITE: &str = "Microsoft.Management/managementGroups/write";

pub(crate) struct ManagementGroups;

impl ResourceType for ManagementGroups {
    fn name(&self) -> &'static str {
        "Microsoft.Management/managementGroups"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        API_VERSIONS
    }

    fn level(&self) -> Level {
        Level::Tenant
    }

    fn access(&self) -> Access {
        Access::ListFiltered
    }

    /// A group that does not exist yet is made by those who may write in its parent.
    fn checked_at(&self, world: &Snapshot, route: &Route, method: &Method, body: &Value) -> Option<String> {
        if *method != Method::PUT || world.management_group(route.name()).is_some() {
            return None;
        }
        let named = Wanted::of_put(body).ok().and_then(|wanted| wanted.parent);
        let parent = named.or_else(|| default_parent(world).map(|group| group.name.clone()))?;
        Some(ManagementGroup::id_of(&parent))
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let group = find(read.world, read.route.name())?;
        let expand = Expand::parse(&read.request.query)?;
        let mut shown = shown::group(read.world, group, read.api_version);
        expand.add_to(&mut shown, read.world, group, read.api_version);
        Ok(Answer::ok(shown))
    }

    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let visible = read.world.management_groups().filter(|group| read.authorized.may(READ, &group.scope()));
        shown::page(visible.map(|group| shown::brief(read.world, group, read.api_version)).collect(), read.request)
    }

    /// 202 and an operation for a new group, 200 for one that was there.
    fn put(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        names::check(write.name())?;
        let wanted = Wanted::of_put(&write.body)?;
        if wanted.name.as_ref().is_some_and(|name| !name.eq_ignore_ascii_case(write.name())) {
            return Err(refusal::bad("The name in the request body must be that of the management group in the path."));
        }
        match write.tx.management_group(write.name()).cloned() {
            Some(before) => change(write, &before, wanted),
            None => make(write, wanted),
        }
    }

    fn patch(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        let before = find(&write.tx, write.name())?.clone();
        let wanted = Wanted::of_patch(&write.body)?;
        change(write, &before, wanted)
    }

    fn delete(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        let Some(group) = write.tx.management_group(write.name()).cloned() else {
            return Ok(Answer::empty(StatusCode::NO_CONTENT));
        };
        if group.is_root() {
            return Err(refusal::bad("The root management group cannot be deleted."));
        }
        if Tree::of(&write.tx).has_children(&group) {
            let message = format!("The management group '{}' cannot be deleted because it has children.", group.name);
            return Err(refusal::bad(message));
        }
        // What was assigned and put on it goes with it.
        tracked::remove(&mut write.tx, &group.scope())?;
        write.tx.delete_management_group(&group.name);
        Ok(operation_results::accepted(write, &group, "delete"))
    }
}

fn find<'a>(world: &'a Snapshot, name: &str) -> Result<&'a Arc<ManagementGroup>, ArmError> {
    world.management_group(name).ok_or_else(|| refusal::not_found(&ManagementGroup::id_of(name)))
}

/// Where a group hangs whose maker names no parent.
fn default_parent(world: &Snapshot) -> Option<&Arc<ManagementGroup>> {
    hierarchy_settings::default_management_group(world).or_else(|| world.root_management_group())
}

fn make(write: &mut Write<'_>, wanted: Wanted) -> Result<Answer, ArmError> {
    let parent = match &wanted.parent {
        Some(name) => find(&write.tx, name)?,
        None => default_parent(&write.tx).ok_or_else(|| refusal::bad("The tenant has no root management group."))?,
    };
    moves::check_depth(&write.tx, parent, 1)?;
    let caller = write.authorized.caller().object_id;
    let group = write.tx.put_management_group(ManagementGroup {
        name: write.name().to_owned(),
        display_name: wanted.display_name.unwrap_or_else(|| write.name().to_owned()),
        parent: Some(parent.name.clone()),
        created_at: write.now,
        updated_at: write.now,
        updated_by: Some(caller),
        version: 1,
    });
    assign_owner(write, &group);
    Ok(operation_results::accepted(write, &group, "create"))
}

/// The creator of a group owns it (Azure docs, "Create a management group").
fn assign_owner(write: &mut Write<'_>, group: &ManagementGroup) {
    let caller = write.authorized.caller().object_id;
    let Some(principal_type) = write.tx.object(caller).and_then(|o| o.principal_type()) else { return };
    write.tx.put_role_assignment(RoleAssignment {
        name: write.arm.ids.guid(),
        scope: group.scope(),
        scope_as_written: group.id(),
        role_definition_id: OWNER_ROLE,
        principal_id: caller,
        principal_type,
        condition: None,
        condition_version: None,
        description: None,
        delegated_managed_identity_resource_id: None,
        created_on: write.now,
        updated_on: write.now,
        created_by: Some(caller),
        updated_by: Some(caller),
    });
}

fn change(write: &mut Write<'_>, before: &ManagementGroup, wanted: Wanted) -> Result<Answer, ArmError> {
    let mut group = before.clone();
    group.display_name = wanted.display_name.unwrap_or(group.display_name);
    group.updated_at = write.now;
    group.updated_by = Some(write.authorized.caller().object_id);
    group.version += 1;
    let parent = wanted.parent.map(|name| find(&write.tx, &name).cloned()).transpose()?;
    let group = match parent.filter(|parent| before.parent.as_ref() != Some(&parent.name)) {
        None => write.tx.put_management_group(group),
        Some(parent) => move_below(write, before, group, &parent)?,
    };
    Ok(Answer::ok(shown::group(&write.tx, &group, write.api_version)))
}

fn move_below(
    write: &mut Write<'_>,
    before: &ManagementGroup,
    group: ManagementGroup,
    parent: &Arc<ManagementGroup>,
) -> Result<Arc<ManagementGroup>, ArmError> {
    let current = write.tx.parent_management_group(before).cloned();
    let current = current.ok_or_else(|| refusal::bad("The root management group cannot be moved."))?;
    moves::check_rights(write, &Child::Group(before), &current, parent)?;
    moves::check_place(&write.tx, before, parent)?;
    let earlier = Snapshot::clone(&write.tx);
    let group = write.tx.put_management_group(ManagementGroup { parent: Some(parent.name.clone()), ..group });
    moves::check_custom_roles(&earlier, &write.tx)?;
    Ok(group)
}

/// What a caller says of a group; what it does not say stays as it is.
struct Wanted {
    name: Option<String>,
    display_name: Option<String>,
    /// The parent's name as written.
    parent: Option<String>,
}

impl Wanted {
    fn of_put(body: &Value) -> Result<Self, ArmError> {
        Self::read(body, &["properties", "displayName"], &["properties", "details", "parent", "id"])
    }

    fn of_patch(body: &Value) -> Result<Self, ArmError> {
        Self::read(body, &["displayName"], &["parentGroupId"])
    }

    fn read(body: &Value, display_name: &[&str], parent: &[&str]) -> Result<Self, ArmError> {
        let parent = text(body, parent)?.map(|id| {
            let named = ManagementGroup::name_in(id).map(str::to_owned);
            named.ok_or_else(|| refusal::bad(format!("The parent '{id}' is not the ID of a management group.")))
        });
        Ok(Self {
            name: text(body, &["name"])?.map(str::to_owned),
            display_name: text(body, display_name)?.map(str::to_owned),
            parent: parent.transpose()?,
        })
    }
}

/// The text at `path`; none where it, or what holds it, is absent, null or empty.
fn text<'a>(body: &'a Value, path: &[&str]) -> Result<Option<&'a str>, ArmError> {
    let wrong = |kind: &str, steps: usize| {
        let path = path[..steps].join(".");
        ArmError::InvalidRequestContent(format!("Error converting value to type '{kind}'. Path '{path}'"))
    };
    let mut here = body;
    for (steps, name) in path.iter().enumerate() {
        match here.as_object().ok_or_else(|| wrong("object", steps))?.get(*name) {
            None | Some(Value::Null) => return Ok(None),
            Some(member) => here = member,
        }
    }
    here.as_str().map(|text| Some(text).filter(|t| !t.is_empty())).ok_or_else(|| wrong("string", path.len()))
}
