//! Role assignments: who holds which role where. Extensions of any scope. Answers: RECORDED-FACTS 7; rules: RBAC A12.

use axum::http::StatusCode;
use model::{JsonMap, PrincipalType, RoleAssignment, Scope};
use serde_json::{Value, json};
use store::Snapshot;
use uuid::Uuid;

use super::role_definitions::{self, Occasion, id_at};
use super::{Access, Level, Read, ResourceType, Write};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::render::moment;
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

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let found = named(read.world, read.route.name()).filter(|a| a.scope == Scope::new(&read.route.path.extended()));
        let found = found.ok_or_else(|| not_found(read.route.name()))?;
        Ok(Answer::ok(shown(found, read.world, read.route, read.api_version, Occasion::Read)))
    }

    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let asked = Scope::new(read.id());
        let wanted = Wanted::parse(read.request.query.get("$filter").unwrap_or_default())?;
        let holders = wanted.assigned_to.map(|id| {
            let mut holders = read.world.transitive_groups_of(id);
            holders.push(id);
            holders
        });
        let groups_above = read.world.management_groups_above(&asked);
        let is_above = |scope: &Scope| scope.contains(&asked) || groups_above.contains(scope);
        let mut listed: Vec<_> = read
            .world
            .role_assignments()
            .filter(|a| is_above(&a.scope) || (!wanted.at_scope && asked.contains(&a.scope)))
            .filter(|a| wanted.principal.is_none_or(|p| p == a.principal_id))
            .filter(|a| holders.as_ref().is_none_or(|h| h.contains(&a.principal_id)))
            // What is assigned above is shown to whoever may read here.
            .filter(|a| {
                let seen_from = if is_above(&a.scope) { &asked } else { &a.scope };
                read.authorized.may("Microsoft.Authorization/roleAssignments/read", seen_from)
            })
            .collect();
        listed.sort_by_key(|a| (a.created_on, a.name));
        let value: Vec<Value> =
            listed.into_iter().map(|a| shown(a, read.world, read.route, read.api_version, Occasion::Read)).collect();
        Ok(Answer::ok(json!({"value": value})))
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
        let assignment = read_assignment(write, name, before.as_deref())?;
        let clash = write.tx.role_assignments_of(assignment.principal_id).find(|a| {
            a.name != name && a.scope == assignment.scope && a.role_definition_id == assignment.role_definition_id
        });
        if let Some(clash) = clash {
            let message = format!(
                "The role assignment already exists. The ID of the existing role assignment is {}.",
                clash.name.simple()
            );
            return Err(ArmError::conflict("RoleAssignmentExists", message));
        }
        write.tx.put_role_assignment(assignment.clone());
        let body = shown(&assignment, &write.tx, write.route, write.api_version, Occasion::Write);
        Ok(Answer::new(StatusCode::CREATED, body))
    }

    /// The assignment that was, with 200; 204 where there was none.
    fn delete(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        check_scope(write)?;
        let scope = Scope::new(&write.route.path.extended());
        let Some(found) = named(&write.tx, write.name()).filter(|a| a.scope == scope).cloned() else {
            return Ok(Answer::empty(StatusCode::NO_CONTENT));
        };
        write.tx.delete_role_assignment(found.name);
        let gone = RoleAssignment { updated_on: write.now, ..found };
        Ok(Answer::ok(shown(&gone, &write.tx, write.route, write.api_version, Occasion::Read)))
    }
}

fn named<'a>(world: &'a Snapshot, name: &str) -> Option<&'a RoleAssignment> {
    world.role_assignment(Uuid::parse_str(name).ok()?).map(AsRef::as_ref)
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
    match is_resource && write.tx.resource(&Scope::new(&extended)).is_none() {
        true => Err(tracked::not_found(&extended)),
        false => Ok(()),
    }
}

fn read_assignment(write: &Write<'_>, name: Uuid, before: Option<&RoleAssignment>) -> Result<RoleAssignment, ArmError> {
    let properties = write.properties()?;
    let text = |name: &str| properties.get(name).and_then(Value::as_str);
    let required = |name: &str| {
        text(name).ok_or_else(|| {
            ArmError::InvalidRequestContent(format!("Required property '{name}' not found in JSON. Path 'properties'."))
        })
    };
    let role = required("roleDefinitionId")?;
    let role_name = role.rsplit('/').next().unwrap_or_default();
    let role =
        role_definitions::find(&write.tx, role_name).ok_or_else(|| role_definitions::does_not_exist(role_name))?;
    let principal_id = principal_id(required("principalId")?)?;
    let principal_type = principal_type(write, principal_id, text("principalType"))?;
    let scope_as_written = write.route.path.extended();
    let caller = write.authorized.caller().object_id;
    let assignment = RoleAssignment {
        name,
        scope: Scope::new(&scope_as_written),
        scope_as_written,
        role_definition_id: role.id,
        principal_id,
        principal_type,
        // A blank condition is none.
        condition: text("condition").filter(|c| !c.trim().is_empty()).map(str::to_owned),
        condition_version: text("conditionVersion").map(str::to_owned),
        description: text("description").map(str::to_owned),
        delegated_managed_identity_resource_id: text("delegatedManagedIdentityResourceId").map(str::to_owned),
        created_on: before.map_or(write.now, |b| b.created_on),
        updated_on: write.now,
        created_by: before.map_or(Some(caller), |b| b.created_by),
        updated_by: Some(caller),
    };
    let moved = |b: &RoleAssignment| {
        b.principal_id != assignment.principal_id
            || b.scope != assignment.scope
            || b.role_definition_id != assignment.role_definition_id
    };
    match before.is_some_and(moved) {
        true => Err(ArmError::bad(
            "RoleAssignmentUpdateNotPermitted",
            "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
        )),
        false => Ok(assignment),
    }
}

/// Whom the text names.
pub(super) fn principal_id(text: &str) -> Result<Uuid, ArmError> {
    Uuid::parse_str(text).map_err(|_| {
        ArmError::bad(
            "InvalidPrincipalId",
            format!("The Principal ID '{text}' is not valid. Principal ID must be a GUID."),
        )
    })
}

/// What the principal is: as the directory has it. Where the directory does not have it, the caller's word counts, as
/// it does in Azure, where the directory may be behind.
pub(super) fn principal_type(write: &Write<'_>, id: Uuid, claimed: Option<&str>) -> Result<PrincipalType, ArmError> {
    let claimed = claimed.map(|text| {
        PrincipalType::parse(text).ok_or_else(|| {
            ArmError::bad(
                "InvalidPrincipalType",
                format!("The principal type '{text}' is not valid. It must be User, Group or ServicePrincipal."),
            )
        })
    });
    let claimed = claimed.transpose()?;
    let known = write.tx.object(id).and_then(|o| o.principal_type());
    match (known, claimed) {
        (Some(known), Some(claimed)) if known != claimed => Err(ArmError::bad(
            "UnmatchedPrincipalType",
            format!(
                "The PrincipalId '{}' has type '{}' , which is different from specified PrinciaplType '{}'.",
                id.simple(),
                known.as_str(),
                claimed.as_str()
            ),
        )),
        (Some(known), _) => Ok(known),
        (None, Some(claimed)) => Ok(claimed),
        (None, None) => Err(ArmError::bad(
            "PrincipalNotFound",
            format!(
                "Principal {} does not exist in the directory {}. Check that you have the correct principal ID. If you are creating this principal \
                 and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment \
                 principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
                id.simple(),
                write.tenant()
            ),
        )),
    }
}

/// The assignment in the fields of the api-version asked.
fn shown(
    assignment: &RoleAssignment,
    world: &Snapshot,
    route: &crate::route::Route,
    version: &str,
    occasion: Occasion,
) -> Value {
    let mut properties = JsonMap::new();
    let mut say = |name: &str, value: Value| drop(properties.insert(name.to_owned(), value));
    say("roleDefinitionId", json!(id_at(world, &route.path, assignment.role_definition_id)));
    say("principalId", json!(assignment.principal_id));
    if version >= "2018" {
        say("principalType", json!(assignment.principal_type));
    }
    say("scope", json!(assignment.scope_as_written));
    if version >= "2020" {
        say("condition", json!(assignment.condition));
        say("conditionVersion", json!(assignment.condition_version));
    }
    say("createdOn", json!(moment(assignment.created_on)));
    say("updatedOn", json!(moment(assignment.updated_on)));
    say("createdBy", json!(assignment.created_by.filter(|_| occasion == Occasion::Read)));
    say("updatedBy", json!(assignment.updated_by));
    if version >= "2020" {
        say("delegatedManagedIdentityResourceId", json!(assignment.delegated_managed_identity_resource_id));
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

/// `atScope()`, `principalId eq '…'`, `assignedTo('…')`, joined by `and`.
#[derive(Default)]
struct Wanted {
    at_scope: bool,
    principal: Option<Uuid>,
    assigned_to: Option<Uuid>,
}

impl Wanted {
    fn parse(filter: &str) -> Result<Self, ArmError> {
        let mut wanted = Self::default();
        let invalid = || {
            ArmError::bad(
                "InvalidFilter",
                format!(
                    "The filter '{filter}' is not supported. Supported filters are either 'atScope()' or 'principalId eq '{{value}}' or assignedTo('{{value}}')'."
                ),
            )
        };
        for part in filter.split(" and ").map(str::trim).filter(|p| !p.is_empty()) {
            let lower = part.to_ascii_lowercase();
            let guid = |text: &str| Uuid::parse_str(text.trim().trim_matches('\'')).map_err(|_| invalid());
            if lower == "atscope()" {
                wanted.at_scope = true;
            } else if let Some(rest) = lower.strip_prefix("principalid eq") {
                wanted.principal = Some(guid(rest)?);
            } else if let Some(rest) = lower.strip_prefix("assignedto(").and_then(|r| r.strip_suffix(')')) {
                wanted.assigned_to = Some(guid(rest)?);
            } else {
                return Err(invalid());
            }
        }
        Ok(wanted)
    }
}
