//! Resource providers: `/subscriptions/{s}/providers[/{namespace}]` and `/providers`. Every provider counts as
//! registered: a simulator has no reason to make anybody wait for it.

use serde_json::{Value, json};

use super::{Access, Level, Read, ResourceType, Write, namespaces, types_of};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::list;

/// `/subscriptions/{s}/providers`.
pub(crate) struct Providers;

impl ResourceType for Providers {
    fn name(&self) -> &'static str {
        "Microsoft.Resources/subscriptions/providers"
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "LIST", "register", "unregister"]
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        one(read.id(), read.route.name(), "Registered").map(Answer::ok)
    }

    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let below = read.id().trim_end_matches('/').to_owned();
        let all = namespaces().into_iter().filter_map(|n| one(&format!("{below}/providers/{n}"), n, "Registered").ok());
        list::page(all.collect(), read.request)
    }

    fn act(&self, write: &mut Write<'_>, action: &str) -> Result<Answer, ArmError> {
        let state = if action.eq_ignore_ascii_case("register") { "Registered" } else { "Unregistered" };
        one(write.id(), write.name(), state).map(Answer::ok)
    }
}

/// `/providers`, of the tenant.
pub(crate) struct TenantProviders;

impl ResourceType for TenantProviders {
    fn name(&self) -> &'static str {
        "Microsoft.Resources/providers"
    }

    fn access(&self) -> Access {
        Access::Open
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "LIST"]
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        one(read.id(), read.route.name(), "Registered").map(Answer::ok)
    }

    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let all = namespaces().into_iter().filter_map(|n| one(&format!("/providers/{n}"), n, "Registered").ok());
        list::page(all.collect(), read.request)
    }
}

fn one(id: &str, namespace: &str, state: &str) -> Result<Value, ArmError> {
    let spelt = namespaces().into_iter().find(|n| n.eq_ignore_ascii_case(namespace));
    let spelt = spelt.ok_or_else(|| ArmError::InvalidNamespace(namespace.to_owned()))?;
    let regions: Vec<&str> = super::locations::display_names().collect();
    let types: Vec<Value> = types_of(spelt)
        .map(|(name, resource_type)| {
            let everywhere = resource_type.level() != Level::ResourceGroup;
            json!({
                "resourceType": name,
                "locations": if everywhere { Vec::new() } else { regions.clone() },
                "apiVersions": resource_type.api_versions(),
                "capabilities": "SupportsTags, SupportsLocation",
            })
        })
        .collect();
    Ok(json!({
        "id": id,
        "namespace": spelt,
        "resourceTypes": types,
        "registrationState": state,
        "registrationPolicy": "RegistrationRequired",
    }))
}
