//! A vault, as its data plane sees it.

use std::sync::Arc;

use model::{Resource, Scope};
use serde_json::Value;

/// The resource, and what its properties mean.
#[derive(Debug, Clone)]
pub(crate) struct Vault(pub(crate) Arc<Resource>);

impl Vault {
    pub(crate) fn name(&self) -> &str {
        &self.0.name
    }

    pub(crate) fn scope(&self) -> Scope {
        self.0.scope()
    }

    pub(crate) fn region(&self) -> &str {
        self.0.location.as_deref().unwrap_or_default()
    }

    /// Whether roles decide who may do what, or access policies.
    pub(crate) fn uses_roles(&self) -> bool {
        self.is("enableRbacAuthorization")
    }

    /// Who may do what, where roles do not decide it.
    pub(crate) fn policies(&self) -> &[Value] {
        self.property("accessPolicies").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// For how many days what is deleted can come back; none where it cannot.
    pub(crate) fn retention(&self) -> Option<i64> {
        let days = self.property("softDeleteRetentionInDays").and_then(Value::as_i64);
        days.filter(|_| self.is("enableSoftDelete"))
    }

    /// Whether nobody can make what is deleted go before its time.
    pub(crate) fn is_protected(&self) -> bool {
        self.is("enablePurgeProtection")
    }

    /// The same three, in Key Vault's words.
    pub(crate) fn recovery_level(&self) -> &'static str {
        match (self.retention(), self.is_protected()) {
            (None, _) => "Purgeable",
            (Some(90), false) => "Recoverable+Purgeable",
            (Some(90), true) => "Recoverable",
            (Some(_), false) => "CustomizedRecoverable+Purgeable",
            (Some(_), true) => "CustomizedRecoverable",
        }
    }

    fn property(&self, name: &str) -> Option<&Value> {
        self.0.spec.get(name)
    }

    fn is(&self, name: &str) -> bool {
        self.property(name).and_then(Value::as_bool).unwrap_or(false)
    }
}
