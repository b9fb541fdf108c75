//! May the caller write everything that the template means? Asked before anything is written: a deployment that is
//! going to be refused half-way is refused at once, by the PUT itself (RBAC A10).

use model::{ArmPath, Scope};
use rbac::Mapped;
use template::{Plan, PlannedResource};

use super::behalf::encode;
use crate::authorize::Authorized;
use crate::error::ArmError;

/// Refuses with `InvalidTemplateDeployment`, naming every resource that the caller may not write.
pub(crate) fn check(authorized: &Authorized, plan: &Plan) -> Result<(), ArmError> {
    let (refusals, refused): (Vec<String>, Vec<Mapped>) =
        plan.resources.iter().filter_map(|r| refusal(authorized, r)).unzip();
    let message = match refusals.as_slice() {
        [] => return Ok(()),
        [one] => format!("The template deployment failed with error: '{one}'."),
        many => format!("The template deployment failed with multiple errors: '{}'.", many.join(",")),
    };
    Err(ArmError::TemplateNotAuthorized { message, refused })
}

/// Why the caller may not write a resource; none where it may, and where the id is such that the road will refuse it.
fn refusal(authorized: &Authorized, resource: &PlannedResource) -> Option<(String, Mapped)> {
    let path = ArmPath::parse(&encode(&resource.id)).ok()?;
    let operation = rbac::operation("PUT", &path)?;
    if authorized.may(&operation.action, &Scope::new(&operation.scope)) {
        return None;
    }
    let caller = authorized.caller();
    let text = format!(
        "Authorization failed for template resource '{}' of type '{}'. The client '{}' with object id '{}' does not have permission to \
         perform action '{}' at scope '{}'.",
        resource.name, resource.resource_type, caller.name, caller.object_id, operation.action, operation.scope
    );
    Some((text, operation))
}
