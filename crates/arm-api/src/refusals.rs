//! The latest refusals, kept so that they can be explained: who asked for what, and the world as it was.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use model::Time;
use rbac::{Attributes, Mapped};
use store::Snapshot;
use tokens::AccessToken;
use uuid::Uuid;

use crate::error::ArmError;

/// How many refusals are kept. Memory only: what was refused long ago is explained by asking again.
const MOST: usize = 1_000;

/// The latest 403s, by the id that their answers carry.
#[derive(Default)]
pub struct Refusals(Mutex<VecDeque<(Uuid, Arc<Refusal>)>>);

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

impl Refusals {
    /// The refusal with this id, while it is kept.
    #[must_use]
    pub fn get(&self, id: Uuid) -> Option<Arc<Refusal>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(of, _)| *of == id).map(|(_, refusal)| refusal.clone())
    }

    /// Keeps a refusal, if the error is one for want of rights.
    pub(crate) fn remember(&self, id: Uuid, error: &ArmError, token: &AccessToken, at: Time, world: Arc<Snapshot>) {
        let Some((refused, attributes)) = error.refused() else { return };
        let claim = |name: &str| token.claims.get(name);
        let refusal = Refusal {
            at,
            principal: token.object_id,
            token_issued_at: claim("iat").and_then(|v| Time::from_unix_timestamp(v.as_i64()?).ok()),
            identity_of: claim("xms_mirid").and_then(|v| v.as_str()).map(str::to_owned),
            refused,
            is_linked: matches!(error, ArmError::LinkedAuthorizationFailed { .. }),
            attributes,
            world,
        };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(MOST - 1);
        kept.push_front((id, Arc::new(refusal)));
    }
}
