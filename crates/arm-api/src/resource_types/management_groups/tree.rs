//! The tree, looked at from above: what hangs in a group.

use std::collections::HashMap;
use std::sync::Arc;

use model::{ManagementGroup, Subscription};
use store::Snapshot;

/// Who hangs where, found in one pass; groups are known by the name as they have it.
pub(super) struct Tree<'a> {
    groups: HashMap<&'a str, Vec<&'a Arc<ManagementGroup>>>,
    subscriptions: HashMap<&'a str, Vec<&'a Arc<Subscription>>>,
}

impl<'a> Tree<'a> {
    pub(super) fn of(world: &'a Snapshot) -> Self {
        let mut tree = Self { groups: HashMap::new(), subscriptions: HashMap::new() };
        for group in world.management_groups() {
            if let Some(parent) = &group.parent {
                tree.groups.entry(parent).or_default().push(group);
            }
        }
        for subscription in world.subscriptions() {
            tree.subscriptions.entry(&subscription.management_group).or_default().push(subscription);
        }
        tree
    }

    /// The groups directly below, in the order of their names.
    pub(super) fn groups(&self, group: &ManagementGroup) -> &[&'a Arc<ManagementGroup>] {
        self.groups.get(group.name.as_str()).map_or(&[], Vec::as_slice)
    }

    /// The subscriptions directly below, oldest first.
    pub(super) fn subscriptions(&self, group: &ManagementGroup) -> &[&'a Arc<Subscription>] {
        self.subscriptions.get(group.name.as_str()).map_or(&[], Vec::as_slice)
    }

    pub(super) fn has_children(&self, group: &ManagementGroup) -> bool {
        !self.groups(group).is_empty() || !self.subscriptions(group).is_empty()
    }

    /// How many levels of groups there are from this one down, itself included.
    pub(super) fn height(&self, group: &ManagementGroup) -> usize {
        1 + self.groups(group).iter().map(|below| self.height(below)).max().unwrap_or(0)
    }

    /// How many groups and subscriptions hang below, at any depth.
    pub(super) fn descendants(&self, group: &ManagementGroup) -> usize {
        let below = self.groups(group).iter().map(|below| 1 + self.descendants(below)).sum::<usize>();
        below + self.subscriptions(group).len()
    }
}
