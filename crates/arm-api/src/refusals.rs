//! Refusals, kept so that they can be explained: who asked for what, and the world as it was.

use std::sync::Arc;

use model::Time;
use rbac::{Attributes, Mapped};
use store::Snapshot;
use tokens::AccessToken;
use uuid::Uuid;

use crate::error::ArmError;

/// A request that was refused for want of rights.
pub struct Refusal {
    /// When.
    pub at: Time,
    /// The caller's object id.
    pub principal: Uuid,
    /// When its token was issued.
    pub token_issued_at: Option<Time>,
    /// The resource whose managed identity the token says that the caller is.
    pub identity_of: Option<String>,
    /// What the caller may not do, and where.
    pub refused: Vec<Mapped>,
    /// Whether the request itself is allowed, and these are rights on what it refers to.
    pub is_linked: bool,
    /// What conditions could ask of the request.
    pub attributes: Attributes,
    /// The world as it was. It shares what has not changed since.
    pub world: Arc<Snapshot>,
}

impl Refusal {
    /// The refusal that an error is; none where it is no want of rights.
    pub(crate) fn of(error: &ArmError, token: &AccessToken, at: Time, world: Arc<Snapshot>) -> Option<Self> {
        let (refused, attributes) = error.refused()?;
        let claim = |name: &str| token.claims.get(name);
        Some(Self {
            at,
            principal: token.object_id,
            token_issued_at: claim("iat").and_then(|v| Time::from_unix_timestamp(v.as_i64()?).ok()),
            identity_of: claim("xms_mirid").and_then(|v| v.as_str()).map(str::to_owned),
            refused,
            is_linked: matches!(error, ArmError::LinkedAuthorizationFailed { .. }),
            attributes,
            world,
        })
    }
}
