//! `getEntities`: the groups and subscriptions that the caller may see, flat, with what it may do to each and the way to
//! it. Groups on the way to something visible are shown as well, with `noaccess`.

use model::{ManagementGroup, Scope, Subscription};
use serde_json::{Value, json};

use super::shown::{SUBSCRIPTION_TYPE, subscription_id, type_name};
use super::tree::Tree;
use super::{API_VERSIONS, ManagementGroups, refusal};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::list;
use crate::resource_types::{Access, Level, ResourceType, Write};

const NO_ACCESS: &str = "noaccess";

pub(crate) struct Entities;

impl ResourceType for Entities {
    fn name(&self) -> &'static str {
        "Microsoft.Management/getEntities"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        API_VERSIONS
    }

    fn level(&self) -> Level {
        Level::Tenant
    }

    fn access(&self) -> Access {
        Access::Open
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["getEntities"]
    }

    fn act(&self, write: &mut Write<'_>, _action: &str) -> Result<Answer, ArmError> {
        let query = &write.request.query;
        if let Some(name) = ["$filter", "$search", "$select", "groupname"].into_iter().find(|n| query.get(n).is_some())
        {
            return Err(refusal::bad(format!("The query parameter '{name}' is not supported.")));
        }
        let (groups, subscriptions) = match query.get("$view").unwrap_or_default().to_ascii_lowercase().as_str() {
            "" | "fullhierarchy" | "audit" => (true, true),
            "groupsonly" => (true, false),
            "subscriptionsonly" => (false, true),
            other => return Err(refusal::bad(format!("The value '{other}' of $view is not supported."))),
        };
        let visit = Visit { tree: Tree::of(&write.tx), write };
        let mut entities = write.tx.root_management_group().map(|root| visit.group(root, &[])).unwrap_or_default();
        entities.retain(|entity| if entity["type"] == SUBSCRIPTION_TYPE { subscriptions } else { groups });
        let count = entities.len();
        let mut answer = list::page(entities, write.request)?;
        if let Some(body) = &mut answer.body {
            body["count"] = json!(count);
        }
        Ok(answer)
    }
}

/// A group or a subscription.
struct Entity<'a> {
    name: String,
    id: String,
    /// Its type as answers show it, and as actions name it.
    shown_type: &'static str,
    action_type: &'static str,
    display_name: &'a str,
    children: usize,
    child_groups: usize,
    descendants: usize,
}

/// A walk down the tree.
struct Visit<'a> {
    tree: Tree<'a>,
    write: &'a Write<'a>,
}

impl Visit<'_> {
    /// A group and what is visible below it; nothing where neither is visible. `above` is the way from the root group.
    fn group(&self, group: &ManagementGroup, above: &[&ManagementGroup]) -> Vec<Value> {
        let way: Vec<&ManagementGroup> = above.iter().copied().chain([group]).collect();
        let (groups, held) = (self.tree.groups(group), self.tree.subscriptions(group));
        let below = groups.iter().flat_map(|below| self.group(below, &way));
        let below: Vec<Value> = below.chain(held.iter().filter_map(|s| self.subscription(s, &way))).collect();
        let entity = Entity {
            name: group.name.clone(),
            id: group.id(),
            shown_type: type_name(self.write.api_version),
            action_type: ManagementGroups.name(),
            display_name: &group.display_name,
            children: groups.len() + held.len(),
            child_groups: groups.len(),
            descendants: self.tree.descendants(group),
        };
        match self.permissions(entity.action_type, &entity.id) {
            NO_ACCESS if below.is_empty() => Vec::new(),
            permissions => std::iter::once(self.shown(&entity, permissions, above)).chain(below).collect(),
        }
    }

    fn subscription(&self, subscription: &Subscription, above: &[&ManagementGroup]) -> Option<Value> {
        let entity = Entity {
            name: subscription.id.to_string(),
            id: subscription_id(subscription),
            shown_type: SUBSCRIPTION_TYPE,
            action_type: "Microsoft.Resources/subscriptions",
            display_name: &subscription.display_name,
            children: 0,
            child_groups: 0,
            descendants: 0,
        };
        let permissions = self.permissions(entity.action_type, &entity.id);
        (permissions != NO_ACCESS).then(|| self.shown(&entity, permissions, above))
    }

    fn shown(&self, entity: &Entity<'_>, permissions: &str, above: &[&ManagementGroup]) -> Value {
        let parent = above.last().map(|group| group.id());
        let inherited = self.permissions(entity.action_type, parent.as_deref().unwrap_or(Scope::ROOT));
        json!({
            "name": entity.name,
            "id": entity.id,
            "type": entity.shown_type,
            "properties": {
                "tenantId": self.write.tenant(),
                "numberOfChildren": entity.children,
                "numberOfChildGroups": entity.child_groups,
                "numberOfDescendants": entity.descendants,
                "displayName": entity.display_name,
                "parentDisplayNameChain": above.iter().map(|group| &group.display_name).collect::<Vec<_>>(),
                "parent": {"id": parent},
                "parentNameChain": above.iter().map(|group| &group.name).collect::<Vec<_>>(),
                "inheritedPermissions": inherited,
                "permissions": permissions,
            },
        })
    }

    /// The most that the caller may do there, in this API's words.
    fn permissions(&self, action_type: &str, id: &str) -> &'static str {
        let scope = Scope::new(id);
        let may = |verb: &str| self.write.authorized.may(&format!("{action_type}/{verb}"), &scope);
        let words = [("delete", "delete"), ("write", "edit"), ("read", "view")];
        words.into_iter().find(|(verb, _)| may(verb)).map_or(NO_ACCESS, |(_, word)| word)
    }
}
