//! Azure RBAC: may this caller do this here, and why.
//!
//! What it is, along the road of a request:
//!
//! 1. [`operation`] turns an HTTP verb and a path into the action that is checked and the scope where, [`linked`] a
//!    body into the checks of what it refers to;
//! 2. [`builtin_role`] and [`CompiledRole`] hold what roles allow, as patterns over actions ([`ActionPattern`]);
//! 3. [`decide`] answers a [`Request`] from the caller's [`Grant`]s, [`first_grant`] does so at the least cost;
//! 4. [`explain`] says of every grant why it does or does not allow the request;
//! 5. [`Universe`] lists the operations there are: what a role allows in all, and the least role for an action;
//! 6. [`violations`] and [`lint_role`] say what is wrong with a custom role, to Azure and to a reader.
//!
//! What it is not: it reads no store and no clock, and knows neither tokens nor HTTP. Who the caller is, which groups
//! hold the caller and which management groups stand above a subscription are given to it. It does not yet evaluate
//! attribute conditions: what depends on one is refused.
//!
//! How to add the next rule: where it changes what a role lists, `role.rs`; where it changes whether a grant applies,
//! [`Grant::allowance`], the one place from which decision and explanation are both made.

mod action;
mod builtin;
mod condition;
mod decide;
mod explain;
mod linked;
mod lint;
mod mapping;
mod operations;
mod pattern_set;
mod role;
mod role_rules;

pub use action::{Action, ActionPattern, Plane};
pub use builtin::{PUBLISHED, builtin_role, builtin_roles, compiled_builtin_role};
pub use condition::{
    AttributeValue, Attributes, Condition, ConditionError, Facts, Scalar, Source, Trace, TraceKind, Truth,
};
pub use decide::{Decision, Grant, Outcome, Request, decide, first_grant};
pub use explain::{Considered, Finding, explain};
pub use linked::linked;
pub use lint::{LintFinding, Severity, lint_role};
pub use mapping::{Mapped, operation};
pub use operations::{Operation, OperationSet, Universe, least_roles};
pub use role::{Allowance, CompiledRole};
pub use role_rules::{List, Place, Rule, Violation, violations};
