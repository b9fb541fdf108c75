//! May the caller do this? The only maker of [`Authorized`], without which no resource type is asked anything.

use std::sync::Arc;

use model::{Place, Scope};
use rbac::{Action, Attributes, Decision, Mapped, Outcome, Plane, Rules};
use store::Snapshot;
use uuid::Uuid;

use crate::caller::Caller;
use crate::error::ArmError;

/// Proof that the caller may do what it asked; only [`authorize`] makes one.
pub(crate) struct Authorized {
    world: Arc<Snapshot>,
    rules: Arc<Rules>,
    principals: Vec<Uuid>,
    caller: Caller,
}

/// Who is to be authorized, by which rules, in which world.
pub(crate) struct Authority<'a> {
    pub(crate) world: Arc<Snapshot>,
    pub(crate) rules: &'a Arc<Rules>,
    pub(crate) caller: &'a Caller,
}

impl Authority<'_> {
    /// Whether the caller may do what is asked; whether the question is asked at all is the type's to say (a list that
    /// shows what the caller may read asks it item by item). Conditions see `attributes`.
    ///
    /// # Errors
    /// `AuthorizationFailed`, or `DenyAssignmentAuthorizationFailed` where roles would allow what is denied.
    pub(crate) fn authorize(
        self,
        asked: &Mapped,
        attributes: &Attributes,
        is_asked: bool,
    ) -> Result<Authorized, ArmError> {
        let authorized = Authorized {
            principals: self.caller.principals(&self.world),
            world: self.world,
            rules: self.rules.clone(),
            caller: self.caller.clone(),
        };
        let scope = Scope::new(&asked.scope);
        match !is_asked || authorized.outcome(&asked.action, &scope, attributes) == Outcome::Allowed {
            true => Ok(authorized),
            false => Err(authorized.refusal(asked, &scope, attributes)),
        }
    }
}

impl Authorized {
    /// Who was authorized.
    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Whether the caller may also do `action` at `scope`.
    pub(crate) fn may(&self, action: &str, scope: &Scope) -> bool {
        self.may_with(action, scope, &Attributes::default())
    }

    /// The same, where conditions see `attributes`.
    pub(crate) fn may_with(&self, action: &str, scope: &Scope, attributes: &Attributes) -> bool {
        self.outcome(action, scope, attributes) == Outcome::Allowed
    }

    /// Whether nothing but a condition keeps the caller from doing `action` at `scope`.
    pub(crate) fn might(&self, action: &str, scope: &Scope) -> bool {
        self.asked(action, scope, &Attributes::default(), |request| {
            let decision = rbac::decide(request, self.world.access(), &self.rules);
            decision.outcome == Outcome::NotAllowed && !decision.condition_failed.is_empty()
        })
    }

    /// Refuses unless the caller may also do what is asked.
    pub(crate) fn require(&self, asked: &Mapped) -> Result<(), ArmError> {
        let scope = Scope::new(&asked.scope);
        match self.may(&asked.action, &scope) {
            true => Ok(()),
            false => Err(self.refusal(asked, &scope, &Attributes::default())),
        }
    }

    /// Whether the caller holds anything at `scope`, above it or below it: what a list of groups or subscriptions shows.
    pub(crate) fn reaches(&self, scope: &Scope) -> bool {
        let above = self.world.management_groups_above(scope);
        let assignments = &self.world.access().role_assignments;
        // Whoever holds much holds it above mostly: what lies below is looked through last.
        !assignments.reaching(&self.principals, &Place::new(scope, &above)).is_empty()
            || self.principals.iter().flat_map(|id| assignments.of(*id)).any(|a| scope.contains(&a.scope))
    }

    fn outcome(&self, action: &str, scope: &Scope, attributes: &Attributes) -> Outcome {
        self.asked(action, scope, attributes, |request| rbac::outcome(request, self.world.access(), &self.rules))
    }

    /// Asks about an operation of the control plane at a scope.
    fn asked<T>(
        &self,
        action: &str,
        scope: &Scope,
        attributes: &Attributes,
        ask: impl FnOnce(&rbac::Request<'_>) -> T,
    ) -> T {
        let above = self.world.management_groups_above(scope);
        ask(&rbac::Request {
            principals: &self.principals,
            action: &Action::new(action),
            plane: Plane::Control,
            place: &Place::new(scope, &above),
            sub_operation: None,
            attributes,
        })
    }

    /// The refusal. A deny assignment is named only to those whom roles would allow it (RBAC A10).
    fn refusal(&self, asked: &Mapped, scope: &Scope, attributes: &Attributes) -> ArmError {
        let denial = self.asked(&asked.action, scope, attributes, |request| {
            let Decision { granted_by, denied_by, .. } = rbac::decide(request, self.world.access(), &self.rules);
            denied_by.first().filter(|_| !granted_by.is_empty()).map(|deny| Arc::clone(deny))
        });
        let (client, object_id) = (self.caller.name.clone(), self.caller.object_id);
        let (action, scope) = (asked.action.clone(), asked.scope.clone());
        match denial {
            Some(deny) => ArmError::DenyAssignmentAuthorizationFailed { client, object_id, action, scope, deny },
            None => {
                let attributes = Box::new(attributes.clone());
                ArmError::AuthorizationFailed { client, object_id, action, scope, attributes }
            }
        }
    }
}
