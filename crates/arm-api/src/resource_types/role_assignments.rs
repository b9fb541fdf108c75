//! Role assignments: who holds which role where. Extensions of any scope. Answers: RECORDED-FACTS 7. What one must be
//! stands in `role_assignment_rules`, what lists show in `role_assignment_filter`.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use model::{JsonMap, Place, RoleAssignment, Scope};
use rbac::Attributes;
use serde_json::{Value, json};
use store::Snapshot;
use uuid::Uuid;

use super::role_assignment_filter::Filter;
use super::role_assignment_rules::{self as rules, HAS_CONDITION, HAS_DELEGATED_IDENTITY, HAS_DESCRIPTION};
use super::role_definitions::{Occasion, id_at};
use super::{Access, Level, Read, ResourceType, Write, role_assignment_attributes, vaults};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::render::moment;
use crate::route::Route;
use crate::tracked;

pub(crate) struct RoleAssignments;

impl ResourceType for RoleAssignments {
    fn name(&self) -> &'static str {
        "Microsoft.Authorization/roleAssignments"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2022-04-01", "2020-10-01-preview", "2018-01-01-preview", "2015-07-01"]
    }

    fn level(&self) -> Level {
        Level::Extension
    }

    fn access(&self) -> Access {
        Access::ListFiltered
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "LIST", "PUT", "DELETE"]
    }

    fn attributes(&self, world: &Snapshot, route: &Route, method: &Method, body: &Value) -> Attributes {
        role_assignment_attributes::of(world, route, method, body)
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let found = at(read.world, read.route).ok_or_else(|| not_found(read.route.name()))?;
        Ok(Answer::ok(shown(found, read.world, read.route, read.api_version, Occasion::Read)))
    }

    /// What is assigned above is shown to whoever may read here.
    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let filter = Filter::parse(read.request.query.get("$filter").unwrap_or_default())?;
        let asked = read.scope();
        let above = read.world.management_groups_above(&asked);
        let place = Place::new(&asked, &above);
        let may_read = |scope: &Scope| read.authorized.may("Microsoft.Authorization/roleAssignments/read", scope);
        let may_read_here = may_read(&asked);
        let mut listed = filter.find(read.world, &place);
        listed.retain(|a| match place.is_within(&a.scope) {
            true => may_read_here,
            false => may_read(&a.scope),
        });
        listed.sort_by_key(|a| (a.created_on, a.name));
        let show = |a: &Arc<RoleAssignment>| shown(a, read.world, read.route, read.api_version, Occasion::Read);
        Ok(Answer::ok(json!({"value": listed.into_iter().map(show).collect::<Vec<_>>()})))
    }

    /// 201 for a new one and for a changed one alike.
    fn put(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        let name = write.name();
        let name = Uuid::parse_str(name).map_err(|_| {
            ArmError::bad(
                "InvalidRoleAssignmentId",
                format!("The role assignment ID '{name}' is not valid. The role assignment ID must be a GUID."),
            )
        })?;
        check_scope(write)?;
        let before = write.tx.role_assignment(name).cloned();
        let assignment = rules::read(write, name, before.as_deref())?;
        rules::check(write, &assignment, before.as_deref())?;
        write.tx.put_role_assignment(assignment.clone());
        let body = shown(&assignment, &write.tx, write.route, write.api_version, Occasion::Write);
        Ok(Answer::new(StatusCode::CREATED, body))
    }

    /// The assignment that was, with 200; 204 where there was none.
    fn delete(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        check_scope(write)?;
        let Some(found) = at(&write.tx, write.route).cloned() else {
            return Ok(Answer::empty(StatusCode::NO_CONTENT));
        };
        rules::check_deletion(write, &found)?;
        write.tx.delete_role_assignment(found.name);
        let gone = RoleAssignment { updated_on: write.now, ..found };
        Ok(Answer::ok(shown(&gone, &write.tx, write.route, write.api_version, Occasion::Read)))
    }
}

/// The assignment that the path names, if it is one of what the path extends.
pub(super) fn at<'a>(world: &'a Snapshot, route: &Route) -> Option<&'a RoleAssignment> {
    let found = world.role_assignment(Uuid::parse_str(route.name()).ok()?)?;
    Some(found.as_ref()).filter(|a| a.scope == Scope::new(&route.path.extended()))
}

fn not_found(name: &str) -> ArmError {
    ArmError::Provider {
        status: StatusCode::NOT_FOUND,
        code: "RoleAssignmentNotFound",
        message: format!("The role assignment '{name}' is not found."),
    }
}

/// What is extended must exist: the group, and below it the resource.
pub(super) fn check_scope(write: &Write<'_>) -> Result<(), ArmError> {
    tracked::check_container(&write.tx, write.route)?;
    let extended = write.route.path.extended();
    let is_resource = write.route.path.providers.len() > 1 && write.route.path.subscription().is_some();
    let scope = Scope::new(&extended);
    match !is_resource || write.tx.resource(&scope).is_some() || vaults::keeps(&write.tx, &scope) {
        true => Ok(()),
        false => Err(tracked::not_found(&extended)),
    }
}

/// The assignment in the fields of the api-version asked.
fn shown(assignment: &RoleAssignment, world: &Snapshot, route: &Route, version: &str, occasion: Occasion) -> Value {
    let mut properties = JsonMap::new();
    let mut say = |name: &str, value: Value| drop(properties.insert(name.to_owned(), value));
    say("roleDefinitionId", json!(id_at(world, &route.path, assignment.role_definition_id)));
    say("principalId", json!(assignment.principal_id));
    if version >= "2018" {
        say("principalType", json!(assignment.principal_type));
    }
    say("scope", json!(assignment.scope_as_written));
    if version >= HAS_CONDITION {
        say("condition", json!(assignment.condition));
        say("conditionVersion", json!(assignment.condition_version));
    }
    say("createdOn", json!(moment(assignment.created_on)));
    say("updatedOn", json!(moment(assignment.updated_on)));
    say("createdBy", json!(assignment.created_by.filter(|_| occasion == Occasion::Read)));
    say("updatedBy", json!(assignment.updated_by));
    if version >= HAS_DELEGATED_IDENTITY {
        say("delegatedManagedIdentityResourceId", json!(assignment.delegated_managed_identity_resource_id));
    }
    if version >= HAS_DESCRIPTION {
        say("description", json!(assignment.description));
    }
    let scope = assignment.scope_as_written.trim_end_matches('/');
    json!({
        "properties": properties,
        "id": format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{}", assignment.name),
        "type": RoleAssignments.name(),
        "name": assignment.name,
    })
}
