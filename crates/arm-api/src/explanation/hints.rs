//! What people who meet a refusal mostly have mistaken, found in the world.

use std::collections::HashSet;

use model::{DirectoryObject, Identity, Scope};
use rbac::{DenyFinding, Explanation, Finding, Outcome, Request, Rules};
use store::Snapshot;
use uuid::Uuid;

use super::{name, principals};
use crate::refusals::Refusal;
use crate::render::moment;

/// Sentences for a person, the likeliest first; none where the request is allowed.
pub(super) fn hints(
    world: &Snapshot,
    rules: &Rules,
    request: &Request<'_>,
    principal: Uuid,
    explanation: &Explanation,
) -> Vec<String> {
    if explanation.decision == Outcome::Allowed {
        return Vec::new();
    }
    let mut hints = Vec::new();
    hints.extend(denials(explanation));
    hints.extend(not_a_principal(world, principal));
    hints.extend(near_misses(explanation));
    let holders = rbac::holders(request, world.access(), rules);
    let others: HashSet<Uuid> =
        holders.iter().map(|c| c.principal_id).filter(|id| !request.principals.contains(id)).collect();
    for other in others {
        hints.extend(held_by_its_application(world, principal, other));
        hints.extend(held_by_another_group(world, request.principals, principal, other));
    }
    hints
}

/// The directory does not have the principal: whose id is it?
fn not_a_principal(world: &Snapshot, id: Uuid) -> Option<String> {
    match world.object(id).map(AsRef::as_ref) {
        None => Some(match world.service_principal_by_app_id(id) {
            Some(sp) => format!(
                "{id} is the application (client) id of '{}'. Roles are held by object ids: that of its service \
                 principal is {}.",
                sp.display_name, sp.id
            ),
            None => format!(
                "The directory has no principal {id}. Whoever held it was deleted, or made anew with another id: \
                 assignments do not follow, and tokens from before name the old one."
            ),
        }),
        Some(DirectoryObject::Application(application)) => {
            let sp = world.service_principal_by_app_id(application.app_id);
            Some(format!(
                "{id} is the object id of the application '{}', which holds no roles. Its service principal {}.",
                application.display_name,
                sp.map_or_else(|| "does not exist yet".to_owned(), |sp| format!("is {}", sp.id))
            ))
        }
        Some(_) => None,
    }
}

/// What denies, whatever is held.
fn denials(explanation: &Explanation) -> impl Iterator<Item = String> {
    let is_granted = explanation.role_assignments.iter().any(|held| matches!(held.finding, Finding::Granted { .. }));
    explanation.deny_assignments.iter().filter(|d| matches!(d.finding, DenyFinding::Denies { .. })).map(move |deny| {
        format!(
            "The deny assignment '{}' at {} forbids it to everybody that it names and does not except, whatever roles they \
             hold{}",
            deny.name,
            deny.scope,
            if is_granted { ": another role does not help." } else { "; besides, no role allows it." }
        )
    })
}

/// What the caller holds, and why it does not do.
fn near_misses(explanation: &Explanation) -> impl Iterator<Item = String> {
    explanation.role_assignments.iter().filter_map(|held| {
        let role = held.role_name.as_deref().unwrap_or("a role that no longer exists");
        let at = &held.scope;
        match &held.finding {
            Finding::ConditionNotSatisfied { conditions, .. } => {
                let missing: Vec<_> = conditions.iter().flat_map(|c| c.missing.clone()).collect();
                Some(match missing.is_empty() {
                    true => format!("{role} at {at} would allow it, but its condition does not hold."),
                    false => format!(
                        "{role} at {at} would allow it, but its condition asks for {}, which the request does not give.",
                        missing.join(", ")
                    ),
                })
            }
            Finding::TakenOut { action, not_action } => Some(format!(
                "{role} at {at} lists it by '{action}' and takes it out again by '{not_action}'. That is no deny: \
                 another role may still allow it."
            )),
            Finding::WrongPlane { action } => Some(format!(
                "{role} at {at} lists '{action}' in the other plane only. What a resource holds (blobs, secrets) needs \
                 dataActions, managing the resource needs actions; neither stands for the other."
            )),
            Finding::ScopeDoesNotCover { role_allows: true } => Some(format!(
                "{role} is assigned at {at}, which is neither this scope nor above it. Roles reach downward only."
            )),
            _ => None,
        }
    })
}

/// Somebody assigned the role to the application object instead of its service principal.
fn held_by_its_application(world: &Snapshot, principal: Uuid, other: Uuid) -> Option<String> {
    let sp = world.service_principal(principal)?;
    let application = world.application_by_app_id(sp.app_id);
    let whose = match (application.is_some_and(|a| a.id == other), sp.app_id == other) {
        (true, _) => "object id of the application",
        (_, true) => "application (client) id",
        _ => return None,
    };
    Some(format!(
        "A role that allows it is assigned to {other}, which is the {whose} of '{}'. It must be assigned to its service \
         principal, {principal}.",
        sp.display_name
    ))
}

/// A group holds what would allow it, and the caller is not in that group.
fn held_by_another_group(world: &Snapshot, own: &[Uuid], principal: Uuid, other: Uuid) -> Option<String> {
    let group = &world.group(other)?.display_name;
    let caller = name(world, principal).unwrap_or_else(|| principal.to_string());
    // The other way round: what the caller is in holds the group, and membership goes upward only.
    let outer =
        world.transitive_groups_of(other).into_iter().find(|id| own.contains(id)).and_then(|id| name(world, id));
    Some(match outer {
        Some(outer) => format!(
            "The group '{group}' holds a role that allows it. '{caller}' is in '{outer}', and '{group}' is a member of \
             '{outer}', not the reverse: members of the outer group hold nothing of the inner one."
        ),
        None => format!(
            "The group '{group}' holds a role that allows it, and '{caller}' is not in it, neither directly nor through \
             another group."
        ),
    })
}

/// What the request and its token, and what has happened since, tell of a refusal.
pub(super) fn of_the_request(refusal: &Refusal, now: &Snapshot) -> Vec<String> {
    let mut hints = Vec::new();
    if refusal.is_linked {
        hints.push(
            "The request itself is allowed. What is missing is a right on what it refers to, which is checked beside it: \
             who writes a resource may not for that attach any identity or join any subnet."
                .to_owned(),
        );
    }
    if let Some(resource) = &refusal.identity_of {
        hints.extend(renewed_identity(now, resource, refusal.principal));
    }
    let held = principals(now, refusal.principal);
    let held = held.iter().flat_map(|id| now.role_assignments_of(*id));
    let since = held.filter(|a| refusal.world.role_assignment(a.name).is_none()).map(|a| {
        format!(
            "A role was assigned to it after this request, at {} ({}). Ask again; Azure itself may take ten minutes and \
             a new token.",
            a.scope_as_written,
            moment(a.created_on)
        )
    });
    hints.extend(since);
    hints
}

/// The token is of an identity that the resource no longer has.
fn renewed_identity(now: &Snapshot, resource: &str, principal: Uuid) -> Option<String> {
    if now.object(principal).is_some() {
        return None;
    }
    let identity = now.resource(&Scope::new(resource)).map(|r| &r.identity).and_then(own_identity);
    Some(match identity {
        Some(identity) => format!(
            "The token is from before a change: it names {principal}, which was the identity of {resource}. Its identity \
             is now {identity}. Take a new token; roles have to be assigned anew."
        ),
        None => format!(
            "The token is from before a change: it names {principal}, which was the identity of {resource}. It has none now."
        ),
    })
}

fn own_identity(identity: &Identity) -> Option<Uuid> {
    identity.system
}
