//! May the caller write everything that the template means? Asked before anything is written: a deployment that is
//! going to be refused half-way is refused at once, by the PUT itself (RBAC A10).

use axum::http::Method;
use model::{ArmPath, Scope};
use rbac::Mapped;
use template::{Plan, PlannedResource};

use super::Live;
use super::behalf::encode;
use crate::error::ArmError;
use crate::resource_types::Write;
use crate::{pipeline, route};

/// Refuses with `InvalidTemplateDeployment`, naming every resource that the caller may not write.
pub(crate) fn check(write: &Write<'_>, plan: &Plan, live: &Live<'_>) -> Result<(), ArmError> {
    let (refusals, refused): (Vec<String>, Vec<Mapped>) =
        plan.resources.iter().filter_map(|r| refusal(write, r, live)).unzip();
    let message = match refusals.as_slice() {
        [] => return Ok(()),
        [one] => format!("The template deployment failed with error: '{one}'."),
        many => format!("The template deployment failed with multiple errors: '{}'.", many.join(",")),
    };
    Err(ArmError::TemplateNotAuthorized { message, refused })
}

/// Why the caller may not write a resource; none where it may, and where the id is such that the road will refuse it.
fn refusal(write: &Write<'_>, resource: &PlannedResource, live: &Live<'_>) -> Option<(String, Mapped)> {
    let path = ArmPath::parse(&encode(&resource.id)).ok()?;
    let operation = rbac::operation("PUT", &path)?;
    let (authorized, scope) = (&write.authorized, Scope::new(&operation.scope));
    if authorized.may(&operation.action, &scope)
        || (authorized.might(&operation.action, &scope) && meets_conditions(write, resource, live, &operation))
    {
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

/// Whether the conditions of the caller's roles hold for what the template has. Where that depends on what is yet to be
/// made, the road will tell.
fn meets_conditions(write: &Write<'_>, resource: &PlannedResource, live: &Live<'_>, operation: &Mapped) -> bool {
    let request = live.behalf.request(Method::PUT, &resource.id, &resource.api_version, None);
    match (resource.body(live), route::find(&request, &resource.api_version)) {
        (Ok(body), Ok(route)) => {
            let attributes = pipeline::attributes(&write.tx, &route, &request.method, &body, write.now);
            write.authorized.may_with(&operation.action, &Scope::new(&operation.scope), &attributes)
        }
        _ => true,
    }
}
