//! `checkAccess`: whether somebody may do what at a scope, and by which assignment (RBAC A11). It answers as the road itself
//! decides, in both planes, with the attributes that the asker gives.
//!
//! Which right Azure asks for is not known in full. Here everybody may ask about itself; whoever asks about others, or
//! about groups that it is not in, must be allowed to read the role assignments there.

mod question;

use model::{DenyAssignment, Place, RoleAssignment, Scope};
use rbac::{Action, Decision, Mapped, Plane, Request, decide};
use serde_json::{Value, json};

use super::{Access, CHECK_ACCESS, Level, ResourceType, Write};
use crate::answer::Answer;
use crate::error::ArmError;
use question::{Asked, Question};

/// The first api-version that answers with pages: that of the regional decision points.
const PAGED: &str = "2021-06-01-preview";

pub(crate) struct CheckAccess;

impl ResourceType for CheckAccess {
    fn name(&self) -> &'static str {
        CHECK_ACCESS
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &[PAGED, "2018-09-01-preview"]
    }

    fn level(&self) -> Level {
        Level::Extension
    }

    fn access(&self) -> Access {
        Access::Open
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["checkAccess"]
    }

    fn act(&self, write: &mut Write<'_>, _action: &str) -> Result<Answer, ArmError> {
        let question = Question::read(write)?;
        if !question.is_own {
            let action = "Microsoft.Authorization/roleAssignments/read".to_owned();
            write.authorized.require(&Mapped { action, scope: question.scope.clone() })?;
        }
        let scope = Scope::new(&question.scope);
        let above = write.tx.management_groups_above(&scope);
        let place = Place::new(&scope, &above);
        let is_paged = write.api_version >= PAGED;
        let answers = question.actions.iter().map(|asked| {
            let request = Request {
                principals: &question.principals,
                action: &Action::new(&asked.id),
                plane: asked.plane,
                place: &place,
                sub_operation: asked.sub_operation.as_deref(),
                attributes: &asked.attributes,
            };
            shown(asked, &decide(&request, write.tx.access(), &write.arm.rules), is_paged)
        });
        let value = answers.collect::<Value>();
        Ok(Answer::ok(if is_paged { json!({"value": value, "nextLink": null}) } else { value }))
    }
}

/// How long the asker may keep an answer, in milliseconds: as Azure's two services say.
fn time_to_live(is_paged: bool) -> u32 {
    if is_paged { 60_000 } else { 300_000 }
}

fn shown(asked: &Asked, decision: &Decision<'_>, is_paged: bool) -> Value {
    let denied_by = decision.denied_by.iter().min_by_key(|deny| deny.name);
    let granted_by = decision.granted_by.iter().min_by_key(|assignment| assignment.name);
    json!({
        "accessDecision": decision.outcome,
        "actionId": asked.id,
        "isDataAction": asked.plane == Plane::Data,
        "roleAssignment": granted_by.filter(|_| denied_by.is_none()).map(|assignment| shown_assignment(assignment)),
        "denyAssignment": denied_by.map(|deny| shown_deny(deny)),
        "timeToLiveInMs": time_to_live(is_paged),
    })
}

/// With ids in 32 digits, as Azure's decision points write them.
fn shown_assignment(assignment: &RoleAssignment) -> Value {
    json!({
        "delegatedManagedIdentityResourceId": assignment.delegated_managed_identity_resource_id,
        "id": assignment.name.simple().to_string(),
        "roleDefinitionId": assignment.role_definition_id.simple().to_string(),
        "principalId": assignment.principal_id.simple().to_string(),
        "principalType": assignment.principal_type,
        "scope": assignment.scope_as_written,
        "condition": assignment.condition,
        "conditionVersion": assignment.condition_version,
        "canDelegate": false,
    })
}

fn shown_deny(deny: &DenyAssignment) -> Value {
    let principals = |list: &[model::DeniedPrincipal]| {
        let shown = list.iter().map(|p| json!({"id": p.id.simple().to_string(), "type": p.kind}));
        shown.collect::<Value>()
    };
    json!({
        "id": deny.name.simple().to_string(),
        "name": deny.display_name,
        "description": deny.description,
        "scope": deny.scope_as_written,
        "doNotApplyToChildScopes": deny.do_not_apply_to_child_scopes,
        "principals": principals(&deny.principals),
        "excludePrincipals": principals(&deny.exclude_principals),
        "condition": deny.condition,
        "conditionVersion": deny.condition_version,
    })
}
