//! Resource ids, and the state of resources.

use serde_json::Value;

use super::{Function, MANY, Outcome, eager, misplaced, refused, texts};
use crate::error::TemplateError;
use crate::evaluator::{Evaluator, Place};
use crate::resource_id;

pub(super) const ALL: &[Function] = &[
    eager("extensionResourceId", 3, MANY, |_, args| {
        let args = texts("extensionResourceId", args)?;
        id("extensionResourceId", args[0], &args[1..])
    }),
    eager("reference", 1, 3, reference),
    eager("resourceId", 2, MANY, resource_id),
    eager("subscriptionResourceId", 2, MANY, subscription_resource_id),
    eager("tenantResourceId", 2, MANY, |_, args| id("tenantResourceId", "", &texts("tenantResourceId", args)?)),
];

/// `resourceId([subscription], [group], type, name…)`, in the deployment's own scope where none is given.
fn resource_id(evaluator: &Evaluator<'_>, args: &[Value]) -> Outcome {
    const NAME: &str = "resourceId";
    let args = texts(NAME, args)?;
    let context = &evaluator.settings.context;
    let before = before_type(NAME, &args, 2)?;
    let scope = match before {
        [] => context.scope(),
        // A deployment at the subscription has no group to leave out.
        [subscription] if context.resource_group.is_none() && uuid::Uuid::try_parse(subscription).is_ok() => {
            format!("/subscriptions/{subscription}")
        }
        [group] => format!("/subscriptions/{}/resourceGroups/{group}", context.subscription_id),
        [subscription, group, ..] => format!("/subscriptions/{subscription}/resourceGroups/{group}"),
    };
    id(NAME, &scope, &args[before.len()..])
}

/// `subscriptionResourceId([subscription], type, name…)`.
fn subscription_resource_id(evaluator: &Evaluator<'_>, args: &[Value]) -> Outcome {
    const NAME: &str = "subscriptionResourceId";
    let args = texts(NAME, args)?;
    let before = before_type(NAME, &args, 1)?;
    let subscription = before.first().copied().unwrap_or(&evaluator.settings.context.subscription_id);
    id(NAME, &format!("/subscriptions/{subscription}"), &args[before.len()..])
}

/// The arguments before the type, which is the first with a slash.
fn before_type<'v, 's>(function: &str, args: &'v [&'s str], most: usize) -> Result<&'v [&'s str], TemplateError> {
    let at = args.iter().take(most + 1).position(|a| a.contains('/'));
    at.map(|at| &args[..at]).ok_or_else(|| {
        refused(function, "no argument is a fully qualified resource type such as 'Microsoft.Compute/virtualMachines'.")
    })
}

fn id(function: &str, scope: &str, type_and_names: &[&str]) -> Outcome {
    let [kind, names @ ..] = type_and_names else { return Err(refused(function, "the resource type is missing.")) };
    // Published templates write a slash after the type, which Azure lets pass.
    let kind = kind.trim_end_matches('/');
    let wanted = kind.matches('/').count();
    resource_id::compose(scope, kind, &names.join("/"))
        .map(Value::String)
        .ok_or_else(|| refused(function, &format!("the type '{kind}' requires '{wanted}' resource name argument(s).")))
}

/// `reference(name or id, [apiVersion], ['Full'])`.
fn reference(evaluator: &Evaluator<'_>, args: &[Value]) -> Outcome {
    const NAME: &str = "reference";
    let args = texts(NAME, args)?;
    let Place::Deploy { lookup, resources } = evaluator.place() else { return Err(misplaced(NAME)) };
    let full = match args.get(2) {
        None => false,
        Some(mode) if mode.eq_ignore_ascii_case("Full") => true,
        Some(mode) => return Err(refused(NAME, &format!("the third argument must be 'Full', not '{mode}'."))),
    };
    let here = resources.find(args[0])?;
    let (id, own_version) = match &here {
        Some(resource) => (resource.id.as_str(), Some(resource.api_version.as_str())),
        None if args[0].starts_with('/') => (args[0], None),
        None => return Err(TemplateError::invalid(crate::dependencies::not_defined(args[0]))),
    };
    let Some(version) = args.get(1).copied().or(own_version) else {
        return Err(refused(
            NAME,
            &format!("the resource '{id}' is not in the template, so an api-version is required."),
        ));
    };
    lookup.reference(id, Some(version), full)
}
