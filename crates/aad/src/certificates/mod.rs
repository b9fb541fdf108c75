//! The certificates of managed identities in the directory, after the first one.
//!
//! What it is: [`renew_due`] replaces those whose time has come, each at its own moment, and takes away those that have
//! ended; [`revoke`] takes them away before their time.
//!
//! What it is not: it does not begin or end identities; Resource Manager does, first certificate included.
//!
//! How to add the next: a file per thing that happens to certificates.

mod renew;
mod revoke;

pub use renew::{RenewError, renew_due};
pub use revoke::{RevokeError, revoke};
