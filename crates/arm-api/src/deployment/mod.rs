//! Deployments: a template is planned, kept, and then its resources go down the road one by one.
//!
//! What it is: the reading of a request ([`wanted`]), the check that its caller may write everything in it
//! ([`preflight`]), the kept record of a deployment ([`record`]), the run itself ([`run`], with what Complete mode
//! takes away in [`complete_mode`]), and the comparison without a run ([`what_if`]).
//!
//! What it is not: it knows no template language (that is the crate `template`) and writes no resource itself: each one
//! is a request of its own on the road, authorized as its caller's. A template is no way round RBAC.
//!
//! How to add the next thing a deployment answers with: a member in [`summary`] if it is known before the run, in
//! [`record`]'s ending if after.

mod behalf;
mod complete_mode;
mod delta;
mod lookup;
mod preflight;
mod record;
mod refusal;
mod run;
mod summary;
mod times;
mod wanted;
mod what_if;

pub(crate) use behalf::Behalf;
pub(crate) use lookup::Live;
pub(crate) use preflight::check as check_rights;
pub use record::settle_interrupted_deployments;
pub(crate) use record::{Record, cancel, check_not_active, operations, template};
pub(crate) use refusal::{check_name, not_found};
pub(crate) use run::Run;
pub(crate) use summary::validated;
pub(crate) use times::american;
pub(crate) use wanted::Wanted;
pub(crate) use what_if::changes;

/// The type of every deployment's record.
pub(crate) const TYPE: &str = "Microsoft.Resources/deployments";
