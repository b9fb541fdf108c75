//! Complete mode: what the template does not name goes, once all that it names is made.

use std::sync::Arc;

use axum::http::Method;
use model::{ArmPath, Resource, Scope};
use serde_json::Value;
use store::{Snapshot, StoreError};
use template::Plan;

use super::Run;
use super::run::Target;
use crate::locks::{self, Deed};
use crate::{Arm, resource_types};

/// The group's resources that a plan neither names, nor names anything below.
pub(crate) fn superfluous(world: &Snapshot, group: &str, plan: &Plan) -> Vec<Arc<Resource>> {
    let planned: Vec<Scope> = plan.resources.iter().map(|r| Scope::new(&r.id)).collect();
    let is_named = |r: &Resource| planned.iter().any(|p| r.scope().contains(p));
    world.resources_below(&Scope::new(group)).filter(|r| is_own(r) && !is_named(r)).cloned().collect()
}

/// Whether it is a resource of the group, rather than a part of one or a note about one.
fn is_own(resource: &Resource) -> bool {
    let is_listed = resource_types::find(&resource.resource_type).is_some_and(|(t, _)| t.is_listed_as_resource());
    let is_extension = ArmPath::parse(&resource.id).is_ok_and(|path| path.providers.len() > 1);
    is_listed && !is_extension && resource.resource_type.matches('/').count() == 1
}

/// Deletes them down the road, so each is the caller's own delete. Some are in use by others that go as well, in an
/// order that only their types know: rounds are made as long as each one takes something away.
///
/// The inner error is that of a resource which will not go.
pub(crate) async fn clear(run: &Run, arm: &Arm) -> Result<Result<(), Value>, StoreError> {
    loop {
        let mut refused = None;
        let mut is_clearer = false;
        for resource in doomed(&arm.store.read(), run) {
            let began = arm.clock.now();
            let known = resource_types::find(&resource.resource_type);
            let api_version = known.and_then(|(t, _)| t.api_versions().first()).copied().unwrap_or_default();
            let result = run.send(arm, Method::DELETE, &resource.id, api_version, None, began).await;
            if result.is_ok() {
                run.note(arm, "Delete", Some(&target(&resource)), &result, began).await?;
                is_clearer = true;
            } else {
                refused = Some((resource, result, began));
            }
        }
        match refused {
            Some((resource, result, began)) if !is_clearer => {
                run.note(arm, "Delete", Some(&target(&resource)), &result, began).await?;
                return Ok(result.map(|_| ()).map_err(|(_, cause)| cause));
            }
            Some(_) => {}
            None => return Ok(Ok(())),
        }
    }
}

/// What goes; where one of them is locked, that one alone: it will be refused, and nothing is half deleted.
fn doomed(world: &Snapshot, run: &Run) -> Vec<Arc<Resource>> {
    let mut found = superfluous(world, &run.destination, &run.plan);
    match found.iter().position(|r| locks::protect(world, &r.id, Deed::Delete).is_err()) {
        Some(locked) => vec![found.swap_remove(locked)],
        None => found,
    }
}

fn target(resource: &Resource) -> Target<'_> {
    Target { id: &resource.id, resource_type: &resource.resource_type, name: &resource.name }
}
