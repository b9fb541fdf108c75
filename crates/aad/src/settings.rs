//! How the token service behaves where Entra leaves it to the tenant, or to its own load.

use std::sync::Arc;

use crate::throttle::Throttle;

/// Set by `serve`. The default asks nobody for a password and throttles nobody.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// What the sign-in page asks for.
    pub sign_in: SignInMode,
    /// How often a client may ask for tokens.
    pub throttle: Arc<Throttle>,
}

/// What the sign-in page asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SignInMode {
    /// A click on one of the tenant's people.
    #[default]
    OneClick,
    /// A name and the password.
    Password,
}
