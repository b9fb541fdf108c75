//! `elevateAccess`: an administrator of the directory makes itself User Access Administrator of everything (RBAC A5).
//!
//! Azure lets only people who are Global Administrators do so; smalt any directory administrator, for its worlds begin with
//! an application that is one.

use axum::http::StatusCode;
use model::{RoleAssignment, Scope};
use rbac::Attributes;
use uuid::{Uuid, uuid};

use super::{Access, Level, ResourceType, Write};
use crate::answer::Answer;
use crate::error::ArmError;

const USER_ACCESS_ADMINISTRATOR: Uuid = uuid!("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9");

pub(crate) struct ElevateAccess;

impl ResourceType for ElevateAccess {
    fn name(&self) -> &'static str {
        "Microsoft.Authorization/elevateAccess"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2017-05-01", "2016-07-01", "2015-07-01"]
    }

    fn level(&self) -> Level {
        Level::Tenant
    }

    /// No role gives this right: the directory does.
    fn access(&self) -> Access {
        Access::Open
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["elevateAccess"]
    }

    fn act(&self, write: &mut Write<'_>, _action: &str) -> Result<Answer, ArmError> {
        let caller = write.authorized.caller();
        let administrator = write.tx.object(caller.object_id).and_then(|object| object.principal_type());
        let administrator = administrator.filter(|_| write.tx.is_directory_administrator(caller.object_id));
        let Some(principal_type) = administrator else {
            return Err(ArmError::AuthorizationFailed {
                client: caller.name.clone(),
                object_id: caller.object_id,
                action: write.route.operation.action.clone(),
                scope: write.route.operation.scope.clone(),
                attributes: Box::new(Attributes::default()),
            });
        };
        let principal_id = caller.object_id;
        let root = Scope::new(Scope::ROOT);
        let is_elevated = |a: &RoleAssignment| a.scope == root && a.role_definition_id == USER_ACCESS_ADMINISTRATOR;
        if !write.tx.role_assignments_of(principal_id).any(|a| is_elevated(a)) {
            write.tx.put_role_assignment(RoleAssignment {
                name: write.arm.ids.guid(),
                scope: root,
                scope_as_written: Scope::ROOT.to_owned(),
                role_definition_id: USER_ACCESS_ADMINISTRATOR,
                principal_id,
                principal_type,
                condition: None,
                condition_version: None,
                description: None,
                delegated_managed_identity_resource_id: None,
                created_on: write.now,
                updated_on: write.now,
                created_by: Some(principal_id),
                updated_by: Some(principal_id),
            });
        }
        Ok(Answer::empty(StatusCode::OK))
    }
}
