//! Azure RBAC: may this caller do this here, and why.
//!
//! What it is, along the road of a request:
//!
//! 1. [`operation`] turns an HTTP verb and a path into the action that is checked and the scope where, [`linked`] a
//!    body into the checks of what it refers to;
//! 2. [`outcome`] answers a [`Request`] from a tenant's access control, at the least cost; [`decide`] names what led to it;
//! 3. [`explain`] says of everything that could bear on it what it does, [`holders`] turns the question round;
//! 4. [`CompiledRole`], [`Condition`] and [`ActionPattern`] are what these ask; [`Rules`] keeps them made;
//! 5. [`Universe`] lists the operations there are: what a role allows in all, and the least role for an action;
//! 6. [`violations`] and [`lint_role`] say what is wrong with a custom role, to Azure and to a reader;
//! 7. [`questions`] asks all of this over worlds given as data.
//!
//! What it is not: it reads no store and no clock, and knows neither tokens nor HTTP. Who the caller is, which groups
//! hold the caller and which management groups stand above a subscription are given to it.
//!
//! How to add the next rule: where it changes what a role lists, `role.rs`; what a deny does, `deny.rs`; whether an
//! assignment counts, `standing` in `decide.rs`, and then the naive evaluator in `tests/naive`, which must agree.

mod action;
mod builtin;
mod condition;
mod decide;
mod deny;
mod explain;
mod linked;
mod lint;
mod mapping;
mod operations;
mod pattern_set;
pub mod questions;
mod request;
mod role;
mod role_rules;
mod rules;

pub use action::{Action, ActionPattern, Plane};
pub use builtin::{PUBLISHED, builtin_role, builtin_roles, compiled_builtin_role};
pub use condition::{
    AttributeValue, Attributes, Condition, ConditionError, ConditionRule, ConditionViolation, Facts, Scalar, Source,
    Trace, TraceKind, Truth, condition_violations,
};
pub use decide::{Decision, Outcome, decide, outcome};
pub use explain::{
    ConditionOf, Considered, ConsideredDeny, DenyFinding, Evaluated, Explanation, Finding, explain, holders,
};
pub use linked::linked;
pub use lint::{LintFinding, Severity, lint_role};
pub use mapping::{Mapped, operation};
pub use operations::{Operation, OperationSet, Universe, least_roles};
pub use request::Request;
pub use role::{Allowance, CompiledRole};
pub use role_rules::{List, Place, Rule, Violation, broken_by_pattern, violations};
pub use rules::Rules;
