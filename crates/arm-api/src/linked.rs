//! May the caller also do what the request brings along: join a subnet, assign an identity, define a role in a scope?

use model::Scope;
use rbac::Mapped;
use serde_json::Value;

use crate::authorize::Authorized;
use crate::error::ArmError;
use crate::request::Request;
use crate::route::Route;

/// Refuses with every check that fails (RBAC A9). Only what the body names is asked for, attached or not: whoever changes
/// tags joins nothing. Asked before anything is said about what is named, so that no stranger learns what exists.
pub(crate) fn check(request: &Request, route: &Route, authorized: &Authorized, body: &Value) -> Result<(), ArmError> {
    let is_refused = |check: &Mapped| !authorized.may(&check.action, &Scope::new(&check.scope));
    let linked = rbac::linked(request.method.as_str(), &route.path, body);
    let refused: Vec<Mapped> = linked.into_iter().filter(is_refused).collect();
    match refused.is_empty() {
        true => Ok(()),
        false => Err(ArmError::LinkedAuthorizationFailed {
            client: authorized.caller().name.clone(),
            object_id: authorized.caller().object_id,
            action: route.operation.action.clone(),
            scope: route.operation.scope.clone(),
            linked: refused,
        }),
    }
}
