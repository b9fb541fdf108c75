//! `/metadata/identity/oauth2/token`: a kept token or a new one (IDENTITY-WIRE 1.10).

use std::sync::Arc;

use axum::http::StatusCode;
use model::{Resource, Time};
use store::Snapshot;
use uuid::Uuid;

use crate::cache::{Token, TokenCache};
use crate::error::Error;
use crate::identity::{Selector, select};
use crate::query::Query;
use crate::reply::Reply;
use crate::revocation::Revocation;
use crate::{Inner, Road};

/// A token that somebody may have.
pub(crate) struct Wanted<'r> {
    /// The tenant's id.
    pub(crate) tenant: Uuid,
    /// The identity's principal (object) id.
    pub(crate) principal: Uuid,
    /// Its client (application) id.
    pub(crate) client: Uuid,
    /// For which audience, as the caller spelt it.
    pub(crate) resource: &'r str,
    /// The VM on which it is asked for.
    pub(crate) vm: Arc<Resource>,
    /// What the caller says about revoked tokens.
    pub(crate) revocation: Revocation<'r>,
    bypass_cache: bool,
}

/// What a request on `vm` asks for. Identities are looked up in the directory every time: with its principal, an
/// identity's kept tokens end at once.
///
/// # Errors
/// [`Error::Resource`], [`Error::BypassCache`] and the refusals of the selection.
pub(crate) fn wanted<'r>(world: &Snapshot, vm: &Arc<Resource>, query: &'r Query<'_>) -> Result<Wanted<'r>, Error> {
    let resource = query.get("resource").ok_or(Error::Resource)?;
    let bypass_cache = match query.get("bypass_cache") {
        None => false,
        Some(value) if value.eq_ignore_ascii_case("true") => true,
        Some(_) => return Err(Error::BypassCache),
    };
    Ok(Wanted { bypass_cache, ..Wanted::of(world, vm, Selector::of(query)?, resource)? })
}

impl<'r> Wanted<'r> {
    /// A token for `resource` of the identity of `vm` that `selector` means.
    ///
    /// # Errors
    /// The refusals of the selection.
    pub(crate) fn of(
        world: &Snapshot,
        vm: &Arc<Resource>,
        selector: Selector<'_>,
        resource: &'r str,
    ) -> Result<Self, Error> {
        let client_of = |principal| world.service_principal(principal).map(|found| found.app_id);
        let principal = select(&vm.identity, selector, client_of)?;
        let client = client_of(principal).ok_or(Error::IdentityNotFound)?;
        let tenant = world.tenant().ok_or(Error::Failure)?.id;
        Ok(Self {
            tenant,
            principal,
            client,
            resource,
            vm: vm.clone(),
            revocation: Revocation::default(),
            bypass_cache: false,
        })
    }
}

impl Road {
    /// The answer with a token.
    ///
    /// # Errors
    /// Those of [`Road::grant`].
    pub(crate) async fn token(&self, wanted: Wanted<'_>, now: Time) -> Result<Reply, Error> {
        let token = self.grant(wanted, now).await?;
        Ok(Reply::json_bytes(StatusCode::OK, token.answer(now.unix_timestamp())))
    }

    /// The kept token while it counts and has more than half its life before it, else a new one.
    ///
    /// # Errors
    /// What the token service answers, or [`Error::Failure`].
    pub(crate) async fn grant(&self, wanted: Wanted<'_>, now: Time) -> Result<Arc<Token>, Error> {
        let kept = self.tokens(&wanted).kept(wanted.principal, wanted.resource);
        if let Some(token) = kept.filter(|token| self.serves(token, &wanted, now)) {
            return Ok(token);
        }
        // Boxed, so that the road of a kept token does not carry the room that an HTTP exchange needs.
        Box::pin(self.new_token(wanted, now)).await
    }

    fn tokens(&self, wanted: &Wanted<'_>) -> &TokenCache {
        if wanted.revocation.is_understood { &self.kept.revocable } else { &self.kept.tokens }
    }

    /// Whether a kept token may be the answer.
    fn serves(&self, token: &Token, wanted: &Wanted<'_>, now: Time) -> bool {
        !wanted.bypass_cache
            && token.is_fresh(now.unix_timestamp())
            && !wanted.revocation.refuses(token.sha256)
            && self.counts(token, wanted, now)
    }

    /// Whether the token would be taken where it is shown. Programs that understand revocation say themselves which token
    /// was refused, and their host waits for that (IDENTITY-WIRE 2.5); nobody else has a word for it.
    fn counts(&self, token: &Token, wanted: &Wanted<'_>, now: Time) -> bool {
        if wanted.revocation.is_understood {
            return true;
        }
        let Inner { store, verifier, .. } = &*self.imds.0;
        let issued = Time::from_unix_timestamp(token.not_before);
        issued.is_ok_and(|issued| store.read().token_revoked_at(wanted.principal, None, issued).is_none())
            && token.kid.as_deref().is_none_or(|kid| verifier.knows(kid, now))
    }

    async fn new_token(&self, wanted: Wanted<'_>, now: Time) -> Result<Arc<Token>, Error> {
        let slot = self.tokens(&wanted).slot(wanted.principal, wanted.resource);
        // Callers that arrive together get one token: the others find it when their turn comes.
        let _turn = slot.turn().await;
        match slot.kept().filter(|token| self.serves(token, &wanted, now)) {
            Some(token) => Ok(token),
            None => Ok(slot.keep(self.imds.0.token_service.ask(&wanted, now).await?)),
        }
    }
}
