//! `managementGroups/{m}/descendants`: everything that hangs below a group, flat.

use model::ManagementGroup;
use serde_json::{Value, json};

use super::shown::{self, SUBSCRIPTION_TYPE, subscription_id, type_name};
use super::tree::Tree;
use super::{API_VERSIONS, find};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::resource_types::{Level, Read, ResourceType};

pub(crate) struct Descendants;

impl ResourceType for Descendants {
    fn name(&self) -> &'static str {
        "Microsoft.Management/managementGroups/descendants"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        API_VERSIONS
    }

    fn level(&self) -> Level {
        Level::Tenant
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["LIST"]
    }

    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let group = find(read.world, read.route.path.management_group().unwrap_or_default())?;
        let mut items = Vec::new();
        collect(&Tree::of(read.world), group, read.api_version, &mut items);
        shown::page(items, read.request)
    }
}

/// Whoever hangs directly below comes before what hangs below that.
fn collect(tree: &Tree<'_>, group: &ManagementGroup, version: &str, items: &mut Vec<Value>) {
    let parent = json!({"id": group.id()});
    let item = |id: String, kind: &str, name: Value, display_name: &str| json!({"id": id, "type": kind, "name": name, "properties": {"displayName": display_name, "parent": parent}});
    let groups = tree.groups(group).iter();
    items.extend(groups.map(|g| item(g.id(), type_name(version), json!(g.name), &g.display_name)));
    let subscriptions = tree.subscriptions(group).iter();
    items.extend(subscriptions.map(|s| item(subscription_id(s), SUBSCRIPTION_TYPE, json!(s.id), &s.display_name)));
    for below in tree.groups(group) {
        collect(tree, below, version, items);
    }
}
