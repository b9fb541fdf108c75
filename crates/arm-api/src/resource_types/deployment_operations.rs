//! The steps of a deployment, at their own path and at the older one that clients still ask (RECORDED-FACTS 4).

use model::{ArmPath, Resource, Scope};
use serde_json::Value;

use super::{Read, ResourceType};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::{deployment, list, tracked};

const VERBS: &[&str] = &["GET", "LIST"];

/// `…/providers/Microsoft.Resources/deployments/{name}/operations`.
pub(crate) struct DeploymentOperations;

impl ResourceType for DeploymentOperations {
    fn name(&self) -> &'static str {
        "Microsoft.Resources/deployments/operations"
    }

    fn verbs(&self) -> &'static [&'static str] {
        VERBS
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        one(read)
    }

    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        all(read)
    }
}

/// `/subscriptions/{s}/resourceGroups/{g}/deployments/{name}/operations`.
pub(crate) struct OldDeploymentOperations;

impl ResourceType for OldDeploymentOperations {
    fn name(&self) -> &'static str {
        "Microsoft.Resources/subscriptions/resourceGroups/deployments/operations"
    }

    fn verbs(&self) -> &'static [&'static str] {
        VERBS
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        one(read)
    }

    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        all(read)
    }
}

fn all(read: &Read<'_>) -> Result<Answer, ArmError> {
    list::page(deployment::operations(find(read)?).to_vec(), read.request)
}

fn one(read: &Read<'_>) -> Result<Answer, ArmError> {
    let wanted = read.route.name();
    let is_wanted = |step: &&Value| {
        step.get("operationId").and_then(Value::as_str).is_some_and(|id| id.eq_ignore_ascii_case(wanted))
    };
    let step = deployment::operations(find(read)?).iter().find(is_wanted);
    step.map(|step| Answer::ok(step.clone()))
        .ok_or_else(|| ArmError::NotFound(format!("The deployment operation '{wanted}' could not be found.")))
}

/// The deployment that the path names, in either way.
fn find<'a>(read: &Read<'a>) -> Result<&'a Resource, ArmError> {
    tracked::check_container(read.world, read.route)?;
    let (below, name) = place(&read.route.path).ok_or_else(|| read.route.no_such_type(read.api_version))?;
    let id = format!("{below}/providers/{}/{name}", deployment::TYPE);
    read.world.resource(&Scope::new(&id)).map(AsRef::as_ref).ok_or_else(|| deployment::not_found(&name))
}

/// What the deployment was made at, and its name.
fn place(path: &ArmPath) -> Option<(String, String)> {
    match path.last() {
        Some(part) => Some((path.extended(), part.names.first()?.clone())),
        None => Some((path.base_id(), path.rest.get(1)?.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_paths_name_the_same_deployment() {
        let group = "/subscriptions/s/resourceGroups/g";
        for path in [
            "/subscriptions/s/resourcegroups/g/deployments/d/operations",
            "/subscriptions/s/resourcegroups/g/deployments/d/operations/0A",
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Resources/deployments/d/operations",
        ] {
            let found = ArmPath::parse(path).ok().and_then(|path| place(&path));
            assert_eq!(found, Some((group.to_owned(), "d".to_owned())), "{path}");
        }
        let at_subscription = "/subscriptions/s/providers/Microsoft.Resources/deployments/d/operations";
        let found = ArmPath::parse(at_subscription).ok().and_then(|path| place(&path));
        assert_eq!(found, Some(("/subscriptions/s".to_owned(), "d".to_owned())));
    }
}
