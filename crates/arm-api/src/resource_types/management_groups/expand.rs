//! `$expand`, `$recurse` and `$filter` of a management group: what of the tree around it is shown with it.

use model::ManagementGroup;
use serde_json::{Value, json};
use store::Snapshot;

use super::refusal;
use super::shown::{SUBSCRIPTION_TYPE, subscription_id, type_name};
use super::tree::Tree;
use crate::error::ArmError;
use crate::query::Query;

/// What is wanted beside the group itself.
pub(super) struct Expand {
    children: bool,
    path: bool,
    ancestors: bool,
    recurse: bool,
    groups: bool,
    subscriptions: bool,
}

impl Expand {
    pub(super) fn parse(query: &Query) -> Result<Self, ArmError> {
        let mut expand =
            Self { children: false, path: false, ancestors: false, recurse: false, groups: true, subscriptions: true };
        for word in query.get("$expand").unwrap_or_default().split(',').map(str::trim).filter(|w| !w.is_empty()) {
            match word.to_ascii_lowercase().as_str() {
                "children" => expand.children = true,
                "path" => expand.path = true,
                "ancestors" => expand.ancestors = true,
                _ => return Err(refusal::bad(format!("The value '{word}' of $expand is not supported."))),
            }
        }
        expand.recurse = match query.get("$recurse").unwrap_or_default().to_ascii_lowercase().as_str() {
            "" | "false" => false,
            "true" if expand.children => true,
            "true" => return Err(refusal::bad("$recurse=true takes $expand=children.")),
            other => return Err(refusal::bad(format!("The value '{other}' of $recurse is not a boolean."))),
        };
        if let Some(filter) = query.get("$filter").filter(|f| !f.trim().is_empty()) {
            (expand.groups, expand.subscriptions) = kinds(filter)?;
        }
        Ok(expand)
    }

    pub(super) fn add_to(&self, shown: &mut Value, world: &Snapshot, group: &ManagementGroup, version: &str) {
        let element = |g: &ManagementGroup| json!({"name": g.name, "displayName": g.display_name});
        let above: Vec<&ManagementGroup> = world.management_group_ancestors(group).map(AsRef::as_ref).collect();
        let details = &mut shown["properties"]["details"];
        if self.path {
            details["path"] = above.iter().rev().map(|g| element(g)).collect();
        }
        if self.ancestors {
            details["managementGroupAncestors"] = above.iter().map(|g| json!(g.name)).collect();
            details["managementGroupAncestorsChain"] = above.iter().map(|g| element(g)).collect();
        }
        if self.children {
            shown["properties"]["children"] = self.children_of(&Tree::of(world), group, version).into();
        }
    }

    fn children_of(&self, tree: &Tree<'_>, group: &ManagementGroup, version: &str) -> Vec<Value> {
        let groups = tree.groups(group).iter().filter(|_| self.groups).map(|below| {
            let mut shown = json!({
                "id": below.id(), "type": type_name(version), "name": below.name, "displayName": below.display_name,
            });
            let children = if self.recurse { self.children_of(tree, below, version) } else { Vec::new() };
            if !children.is_empty() {
                shown["children"] = children.into();
            }
            shown
        });
        let subscriptions = tree.subscriptions(group).iter().filter(|_| self.subscriptions).map(|below| {
            json!({
                "id": subscription_id(below), "type": SUBSCRIPTION_TYPE, "name": below.id,
                "displayName": below.display_name,
            })
        });
        groups.chain(subscriptions).collect()
    }
}

/// Whether a filter admits groups and subscriptions: `children.childType eq|ne Subscription`.
fn kinds(filter: &str) -> Result<(bool, bool), ArmError> {
    let words: Vec<String> = filter.split_whitespace().map(|w| w.trim_matches('\'').to_ascii_lowercase()).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["children.childtype", "eq", "subscription"] => Ok((false, true)),
        ["children.childtype", "ne", "subscription"] => Ok((true, false)),
        _ => Err(refusal::bad(format!(
            "The filter '{filter}' is not supported. Supported are 'children.childType eq Subscription' and \
             'children.childType ne Subscription'."
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_read_or_refused() {
        for (query, expected) in [
            ("", Some((false, false, true, true))),
            ("$expand=children", Some((true, false, true, true))),
            ("$expand=Children,PATH&$recurse=True", Some((true, true, true, true))),
            ("$expand=children&$filter=children.childType ne Subscription", Some((true, false, true, false))),
            ("$expand=children&$filter=children.childType eq 'Subscription'", Some((true, false, false, true))),
            ("$expand=roles", None),
            ("$recurse=true", None),
            ("$expand=children&$recurse=yes", None),
            ("$filter=name eq 'x'", None),
        ] {
            let read = Expand::parse(&Query::parse(query)).ok();
            assert_eq!(read.map(|e| (e.children, e.recurse, e.groups, e.subscriptions)), expected, "{query}");
        }
    }
}
