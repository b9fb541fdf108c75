//! The certificates of managed identities in the directory, after the first one.
//!
//! What it is: [`renew_due`] replaces those whose time has come, each at its own moment, and takes away those that have
//! ended; [`renew_now`] does not wait for the time, and [`revoke`] takes them away before theirs.
//!
//! What it is not: it does not begin or end identities; Resource Manager does, first certificate included.
//!
//! How to add the next: a file per thing that happens to certificates.

mod renew;
mod renew_now;
mod revoke;

pub use renew::{RenewError, renew_due};
pub use renew_now::renew_now;
pub use revoke::{RevokeError, is_named, revoke};
