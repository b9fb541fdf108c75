//! The tenant and its subscriptions.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Time;

/// The directory that everything belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// The tenant's GUID.
    pub id: Uuid,
    /// The name people see.
    pub display_name: String,
    /// Its verified domain, such as `contoso.onmicrosoft.com`.
    pub domain: String,
    /// When it was made; the claim `xms_tcdt` repeats it.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: Time,
}

/// A subscription: where resource groups live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The subscription's GUID.
    pub id: Uuid,
    /// The name people see.
    pub display_name: String,
    /// The management group that it hangs in, by the name as that group has it.
    pub management_group: String,
}
