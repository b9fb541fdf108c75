//! Hanging a group or a subscription elsewhere: who may, and where it can go.

use std::sync::Arc;

use model::{ManagementGroup, Scope, Subscription};
use store::Snapshot;

use super::shown::subscription_id;
use super::tree::Tree;
use super::{WRITE, refusal};
use crate::error::ArmError;
use crate::resource_types::Write;

/// Levels of groups below the root group (Azure docs, "Important facts about management groups").
const DEEPEST: usize = 6;

/// What is moved.
pub(super) enum Child<'a> {
    Group(&'a ManagementGroup),
    Subscription(&'a Subscription),
}

impl Child<'_> {
    fn id(&self) -> String {
        match self {
            Self::Group(group) => group.id(),
            Self::Subscription(subscription) => subscription_id(subscription),
        }
    }
}

/// Three rights are needed: to write and delete role assignments on what moves, for its access changes with the move, and
/// to write in the group it leaves and in the group it comes to, except in the root group, from and to which all may move
/// what is theirs (Azure docs, "Move management groups and subscriptions").
pub(super) fn check_rights(
    write: &Write<'_>,
    child: &Child<'_>,
    from: &ManagementGroup,
    to: &ManagementGroup,
) -> Result<(), ArmError> {
    let may = |action: &str, id: &str| write.authorized.may(action, &Scope::new(id));
    let id = child.id();
    let of_access = ["Microsoft.Authorization/roleAssignments/write", "Microsoft.Authorization/roleAssignments/delete"];
    if !of_access.into_iter().all(|action| may(action, &id)) {
        let (kind, about) = match child {
            Child::Group(_) => ("management group", "Management Group ID"),
            Child::Subscription(_) => ("subscription", "Subscription ID"),
        };
        return Err(refusal::bad_about(
            format!(
                "Permission to write and delete on resources of type 'Microsoft.Authorization/roleAssignments' is required on the {kind} or its ancestors."
            ),
            format!("{about}: '{id}'"),
        ));
    }
    match [from, to].into_iter().find(|group| !group.is_root() && !may(WRITE, &group.id())) {
        None => Ok(()),
        Some(group) => Err(refusal::bad_about(
            "Permission to write on resources of type 'Microsoft.Management/managementGroups' is required on the management group or its ancestors.",
            format!("Management Group ID: '{}'", group.id()),
        )),
    }
}

/// A group hangs neither below itself nor too deep.
pub(super) fn check_place(
    world: &Snapshot,
    group: &ManagementGroup,
    to: &Arc<ManagementGroup>,
) -> Result<(), ArmError> {
    let is_below =
        std::iter::once(to).chain(world.management_group_ancestors(to)).any(|above| above.name == group.name);
    if is_below {
        let message = format!("The management group '{}' cannot be moved below itself.", group.name);
        return Err(refusal::bad_about(message, format!("Parent ID: '{}'", to.id())));
    }
    check_depth(world, to, Tree::of(world).height(group))
}

/// Whether so many levels of groups fit below `parent`.
pub(super) fn check_depth(world: &Snapshot, parent: &ManagementGroup, levels: usize) -> Result<(), ArmError> {
    match world.management_group_ancestors(parent).count() + levels <= DEEPEST {
        true => Ok(()),
        false => Err(refusal::bad_about(
            format!("A management group tree can have up to {DEEPEST} levels below the root management group."),
            format!("Parent ID: '{}'", parent.id()),
        )),
    }
}

/// A move must not part an assignment of a custom role from the scopes where the role can be assigned (Azure docs, "Issues
/// with breaking the role definition and assignment hierarchy path").
pub(super) fn check_custom_roles(before: &Snapshot, after: &Snapshot) -> Result<(), ArmError> {
    let is_reached = |world: &Snapshot, scope: &Scope, assignable: &[String]| {
        let above = world.management_groups_above(scope);
        assignable.iter().map(|text| Scope::new(text)).any(|s| s.contains(scope) || above.contains(&s))
    };
    let parted = after.role_assignments().find(|assignment| {
        after.custom_role(assignment.role_definition_id).is_some_and(|role| {
            let assignable = &role.assignable_scopes;
            is_reached(before, &assignment.scope, assignable) && !is_reached(after, &assignment.scope, assignable)
        })
    });
    match parted {
        None => Ok(()),
        Some(assignment) => Err(refusal::bad_about(
            "Failed to complete the move operation",
            format!(
                "The role assignment '{}' at '{}' is of a custom role that could no longer be assigned there.",
                assignment.name, assignment.scope_as_written
            ),
        )),
    }
}
