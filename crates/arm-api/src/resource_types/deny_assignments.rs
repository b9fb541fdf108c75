//! Deny assignments: who may not, whatever roles it holds. Extensions of any scope. Rules: RBAC A6; shapes: Azure's REST
//! reference, for no answer of Azure's is known.
//!
//! Users make those that [`rules`] leaves them. Azure's own, which are system protected, are made, changed and taken away
//! by who plays Azure: with the header `x-smalt-system: true` and, as always, the right.

mod draft;
mod filter;
mod rules;

use axum::http::StatusCode;
use model::{DenyAssignment, JsonMap, Place, Scope};
use serde_json::{Value, json};
use store::Snapshot;
use uuid::Uuid;

use super::role_assignments::check_scope;
use super::role_definitions::shown_block;
use super::{Access, Level, Read, ResourceType, Write};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::render::moment;

const READ: &str = "Microsoft.Authorization/denyAssignments/read";

/// Deny assignments at one scope (RBAC A6).
const LIMIT: usize = 2000;

pub(crate) struct DenyAssignments;

impl ResourceType for DenyAssignments {
    fn name(&self) -> &'static str {
        "Microsoft.Authorization/denyAssignments"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2024-07-01-preview", "2022-04-01", "2018-07-01-preview"]
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
        let name = read.route.name();
        let found = named(read.world, name).filter(|d| d.scope == Scope::new(&read.route.path.extended()));
        let found = found.ok_or_else(|| ArmError::Provider {
            status: StatusCode::NOT_FOUND,
            code: "DenyAssignmentNotFound",
            message: format!("The deny assignment '{name}' is not found."),
        })?;
        Ok(Answer::ok(shown(found, &properties(found, read.api_version))))
    }

    /// Those at the scope, above it and, unless the filter forbids it, below it.
    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let asked = read.scope();
        let filter = filter::Filter::parse(read.request.query.get("$filter").unwrap_or_default(), read.world)?;
        let groups_above = read.world.management_groups_above(&asked);
        let here = Place::new(&asked, &groups_above);
        let all = read.world.access().deny_assignments.iter();
        let mut listed: Vec<_> = all
            .filter(|d| here.is_within(&d.scope) || (!filter.at_scope && asked.contains(&d.scope)))
            .filter(|d| filter.admits(d))
            // What is assigned above is shown to whoever may read here.
            .filter(|d| read.authorized.may(READ, if here.is_within(&d.scope) { &asked } else { &d.scope }))
            .collect();
        listed.sort_by_key(|d| (d.created_on, d.name));
        let show = |deny: &DenyAssignment| match filter.is_export {
            true => {
                let told = [("denyAssignmentName", json!(deny.display_name)), ("description", json!(deny.description))];
                shown(deny, &told.map(|(name, value)| (name.to_owned(), value)).into_iter().collect())
            }
            false => shown(deny, &properties(deny, read.api_version)),
        };
        let value: Vec<Value> = listed.into_iter().map(|d| show(d)).collect();
        Ok(Answer::ok(json!({"value": value})))
    }

    fn put(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        let name = write.name();
        let name = Uuid::parse_str(name).map_err(|_| {
            ArmError::bad(
                "InvalidDenyAssignmentId",
                format!("The deny assignment ID '{name}' is not valid. The deny assignment ID must be a GUID."),
            )
        })?;
        check_scope(write)?;
        let before = write.tx.access().deny_assignments.get(name).cloned();
        check_protection(write, before.as_deref())?;
        let deny = draft::read(write, name, before.as_deref())?;
        rules::check(&deny)?;
        check_among_others(&write.tx, &deny)?;
        write.tx.put_deny_assignment(deny.clone());
        Ok(Answer::put(before.is_none(), shown(&deny, &properties(&deny, write.api_version))))
    }

    /// 200, or 204 where there was none; no body either way.
    fn delete(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        check_scope(write)?;
        let scope = Scope::new(&write.route.path.extended());
        let Some(name) = named(&write.tx, write.name()).filter(|d| d.scope == scope).map(|d| d.name) else {
            return Ok(Answer::empty(StatusCode::NO_CONTENT));
        };
        check_protection(write, named(&write.tx, write.name()))?;
        write.tx.delete_deny_assignment(name);
        Ok(Answer::empty(StatusCode::OK))
    }
}

fn named<'a>(world: &'a Snapshot, name: &str) -> Option<&'a DenyAssignment> {
    world.access().deny_assignments.get(Uuid::parse_str(name).ok()?).map(AsRef::as_ref)
}

/// What Azure made only Azure changes.
fn check_protection(write: &Write<'_>, before: Option<&DenyAssignment>) -> Result<(), ArmError> {
    match before {
        Some(deny) if deny.is_system_protected && !write.request.is_system => Err(ArmError::bad(
            "DenyAssignmentIsSystemProtected",
            format!(
                "The deny assignment '{}' is system protected: Azure created it, and it cannot be edited or deleted. Smalt lets who \
                 sends the header 'x-smalt-system: true'.",
                deny.name
            ),
        )),
        _ => Ok(()),
    }
}

/// A GUID is unique in the tenant, a name at its scope, and a scope does not hold any number.
fn check_among_others(world: &Snapshot, deny: &DenyAssignment) -> Result<(), ArmError> {
    let exists = |name: &str| {
        let message = format!("Custom deny assignment with the same name {name} already exists.");
        ArmError::conflict("DenyAssignmentExists", message)
    };
    let all = &world.access().deny_assignments;
    if all.get(deny.name).is_some_and(|other| other.scope != deny.scope) {
        return Err(exists(&deny.name.to_string()));
    }
    let name = deny.display_name.to_lowercase();
    let mut others = 0;
    for other in all.iter().filter(|other| other.name != deny.name && other.scope == deny.scope) {
        others += 1;
        if other.display_name.to_lowercase() == name {
            return Err(exists(&deny.display_name));
        }
    }
    match others < LIMIT {
        true => Ok(()),
        false => Err(ArmError::bad("DenyAssignmentLimitExceeded", "No more deny assignments can be created")),
    }
}

fn properties(deny: &DenyAssignment, version: &str) -> JsonMap {
    let mut properties = JsonMap::new();
    let mut say = |name: &str, value: Value| drop(properties.insert(name.to_owned(), value));
    say("denyAssignmentName", json!(deny.display_name));
    say("description", json!(deny.description));
    say("permissions", deny.permissions.iter().map(|block| shown_block(block, version)).collect());
    say("scope", json!(deny.scope_as_written));
    say("doNotApplyToChildScopes", json!(deny.do_not_apply_to_child_scopes));
    say("principals", json!(deny.principals));
    say("excludePrincipals", json!(deny.exclude_principals));
    say("isSystemProtected", json!(deny.is_system_protected));
    if version >= "2024" {
        say("denyAssignmentEffect", json!(deny.effect));
    }
    say("condition", json!(deny.condition));
    say("conditionVersion", json!(deny.condition_version));
    say("createdOn", json!(moment(deny.created_on)));
    say("updatedOn", json!(moment(deny.updated_on)));
    say("createdBy", json!(deny.created_by));
    say("updatedBy", json!(deny.updated_by));
    properties
}

fn shown(deny: &DenyAssignment, properties: &JsonMap) -> Value {
    json!({
        "properties": properties,
        "id": id(deny),
        "type": DenyAssignments.name(),
        "name": deny.name,
    })
}

/// The ARM id, with the scope as its maker wrote it.
fn id(deny: &DenyAssignment) -> String {
    format!("{}/providers/{}/{}", deny.scope_as_written.trim_end_matches('/'), DenyAssignments.name(), deny.name)
}
