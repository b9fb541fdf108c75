//! Subscriptions as children of a management group: `PUT` moves one there, `DELETE` moves it to the root group.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use model::{ManagementGroup, Subscription};
use serde_json::{Value, json};
use store::Snapshot;

use super::moves::{self, Child};
use super::shown::{self, subscription_id};
use super::tree::Tree;
use super::{API_VERSIONS, find, refusal};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::resource_types::{Level, Read, ResourceType, Write};
use crate::route::Route;

pub(crate) struct ManagementGroupSubscriptions;

impl ResourceType for ManagementGroupSubscriptions {
    fn name(&self) -> &'static str {
        "Microsoft.Management/managementGroups/subscriptions"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        API_VERSIONS
    }

    fn level(&self) -> Level {
        Level::Tenant
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "LIST", "PUT", "DELETE"]
    }

    /// The root group takes what is the caller's: no right on the root group is needed (see [`moves::check_rights`]).
    fn checked_at(&self, world: &Snapshot, route: &Route, method: &Method, _body: &Value) -> Option<String> {
        let group = world.management_group(group_name(route))?;
        (*method == Method::PUT && group.is_root()).then(|| format!("/subscriptions/{}", route.name()))
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let group = find(read.world, group_name(read.route))?;
        let found = read.world.subscription(read.route.name()).filter(|s| s.management_group == group.name);
        let found = found.ok_or_else(|| refusal::not_found(read.id()))?;
        Ok(Answer::ok(item(read.world, found, group)))
    }

    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let group = find(read.world, group_name(read.route))?;
        let tree = Tree::of(read.world);
        shown::page(tree.subscriptions(group).iter().map(|s| item(read.world, s, group)).collect(), read.request)
    }

    /// 200 with the subscription in its new place; the first api-versions answered 204.
    fn put(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        let group = find(&write.tx, group_name(write.route))?.clone();
        let found = write.tx.subscription(write.name()).cloned();
        let found = found.ok_or_else(|| refusal::not_found(&format!("/subscriptions/{}", write.name())))?;
        move_to(write, &found, &group)?;
        Ok(match write.api_version < "2020-05" {
            true => Answer::empty(StatusCode::NO_CONTENT),
            false => Answer::ok(item(&write.tx, &found, &group)),
        })
    }

    fn delete(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        let group = find(&write.tx, group_name(write.route))?.clone();
        let held = write.tx.subscription(write.name()).filter(|s| s.management_group == group.name).cloned();
        let (Some(held), Some(root)) = (held, write.tx.root_management_group().cloned()) else {
            return Ok(Answer::empty(StatusCode::NO_CONTENT));
        };
        move_to(write, &held, &root)?;
        Ok(Answer::empty(StatusCode::OK))
    }
}

/// The group's name in the path.
fn group_name(route: &Route) -> &str {
    route.path.management_group().unwrap_or_default()
}

fn move_to(write: &mut Write<'_>, subscription: &Subscription, to: &Arc<ManagementGroup>) -> Result<(), ArmError> {
    let from = find(&write.tx, &subscription.management_group)?.clone();
    if from.name == to.name {
        return Ok(());
    }
    moves::check_rights(write, &Child::Subscription(subscription), &from, to)?;
    let before = Snapshot::clone(&write.tx);
    write.tx.put_subscription(Subscription { management_group: to.name.clone(), ..subscription.clone() });
    moves::check_custom_roles(&before, &write.tx)
}

fn item(world: &Snapshot, subscription: &Subscription, group: &ManagementGroup) -> Value {
    json!({
        "id": format!("{}{}", group.id(), subscription_id(subscription)),
        "type": ManagementGroupSubscriptions.name(),
        "name": subscription.id,
        "properties": {
            "tenant": world.tenant().map(|tenant| tenant.id),
            "displayName": subscription.display_name,
            "parent": {"id": group.id()},
            "state": "Active",
        },
    })
}
