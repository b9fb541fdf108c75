//! Why Graph refused somebody, kept to be explained.

use model::Time;
use store::Snapshot;
use uuid::Uuid;

use super::access::{Denial, that_allow};
use super::first_party;

/// A request that Graph refused for want of rights.
#[derive(Debug)]
pub struct Refusal {
    /// When.
    pub at: Time,
    /// The caller's object id.
    pub principal: Uuid,
    /// The name that people know the caller by; none where the directory does not have it.
    pub principal_name: Option<String>,
    /// Such as `POST /v1.0/groups`.
    pub request: String,
    /// Why, in a sentence for a person.
    pub reason: String,
}

impl Refusal {
    pub(super) fn new(world: &Snapshot, at: Time, principal: Uuid, request: String, denial: Denial) -> Self {
        let object = world.object(principal);
        let principal_name = object.map(|object| object.display_name().to_owned());
        let reason = match denial {
            Denial::Gone => {
                "The directory no longer has the caller: it was deleted, or made anew with another id.".to_owned()
            }
            Denial::Administrator => {
                "The person holds a directory role, or is in a group that may hold one or owns it: only \
                                      a Global or Privileged Authentication Administrator changes what opens their \
                                      account, and no permission does in place of such a role."
                    .to_owned()
            }
            Denial::NotOneself => "People change their own password alone; who may set that of others sends their \
                                   `passwordProfile`."
                .to_owned(),
            Denial::Managed => {
                "Service principals of managed identities are Azure's to change: they follow the resource \
                                that has the identity."
                    .to_owned()
            }
            Denial::Beyond(need) if world.user(principal).is_some() => format!(
                "A person changes what they own, and more only by a directory role such as Global Administrator; and \
                 their client reaches only as far as its delegated permissions: for this, {}.",
                listed(that_allow(need))
            ),
            Denial::Beyond(need) => format!(
                "An application needs a permission on Microsoft Graph for this, an app role that is assigned to its \
                 service principal ({}), and a token that was issued since; or a directory role. Roles on Azure resources, \
                 Owner included, count for nothing here.",
                listed(that_allow(need).filter(|name| first_party::is_app_role(name)))
            ),
        };
        Self { at, principal, principal_name, request, reason }
    }
}

fn listed(names: impl Iterator<Item = &'static str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}
