//! Who asks.

use store::Snapshot;
use tokens::AccessToken;
use uuid::Uuid;

/// A caller whose token was verified.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Its object id.
    pub object_id: Uuid,
    /// How refusals call it: a person's sign-in name, an application's id.
    pub name: String,
}

impl Caller {
    pub(crate) fn of(token: &AccessToken) -> Self {
        Self { object_id: token.object_id, name: token.caller_name().to_owned() }
    }

    /// Somebody of whom only the object id is known.
    pub(crate) fn known_by_id(object_id: Uuid) -> Self {
        Self { object_id, name: String::new() }
    }

    /// The caller and every group that holds it: whose role assignments count.
    #[must_use]
    pub fn principals(&self, world: &Snapshot) -> Vec<Uuid> {
        world.principals_of(self.object_id)
    }
}
