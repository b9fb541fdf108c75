//! Why Graph refused somebody, kept to be explained.

use model::Time;
use store::Snapshot;
use uuid::Uuid;

use super::access::{Denial, Need, that_allow};

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
            Denial::Managed => {
                "Service principals of managed identities are Azure's to change: they follow the resource \
                                that has the identity."
                    .to_owned()
            }
            Denial::Beyond(need) if world.user(principal).is_some() => format!(
                "A person changes what they own, and more only by a directory role such as Global Administrator; and \
                 their client only what its delegated permissions reach: {}.",
                permissions(need)
            ),
            Denial::Beyond(need) => format!(
                "An application needs a permission on Microsoft Graph for this, an app role that is assigned to its \
                 service principal ({}), and a token that was issued since; or a directory role. Roles on Azure resources, \
                 Owner included, count for nothing here.",
                permissions(need)
            ),
        };
        Self { at, principal, principal_name, request, reason }
    }
}

fn permissions(need: Need) -> String {
    that_allow(need).collect::<Vec<_>>().join(", ")
}
