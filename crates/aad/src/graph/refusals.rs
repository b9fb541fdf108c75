//! Why Graph refused somebody, kept to be explained.

use model::Time;
use store::Snapshot;
use uuid::Uuid;

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
    pub reason: &'static str,
}

impl Refusal {
    pub(super) fn new(world: &Snapshot, at: Time, principal: Uuid, request: String) -> Self {
        let object = world.object(principal);
        let reason = if object.is_none() {
            "The directory no longer has the caller: it was deleted, or made anew with another id."
        } else if world.is_directory_administrator(principal) {
            "Service principals of managed identities are Azure's to change: they follow the resource that has the identity."
        } else if world.user(principal).is_some() {
            "A person may read the directory; only a directory administrator changes it."
        } else {
            "An application reads and changes the directory only as a directory administrator. Roles on Azure resources, \
             Owner included, count for nothing here: Microsoft Graph has rights of its own."
        };
        Self { at, principal, principal_name: object.map(|o| o.display_name().to_owned()), request, reason }
    }
}
