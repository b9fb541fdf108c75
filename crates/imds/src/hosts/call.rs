//! A request to a host's endpoint, and what every door asks of it.

use std::sync::Arc;

use axum::http::Method;
use axum::http::request::Parts;
use model::{ENDPOINT_SECRET, JsonMap, Resource, Time};
use serde_json::Value;
use uuid::Uuid;

use super::refusal::Refusal;
use crate::cache::Token;
use crate::identity::Selector;
use crate::query::Query;
use crate::revocation::Revocation;
use crate::token::Wanted;
use crate::{Road, guard};

pub(super) struct Call<'r> {
    pub(super) road: &'r Road,
    pub(super) parts: &'r Parts,
    pub(super) body: &'r [u8],
    /// The host.
    pub(super) resource: Arc<Resource>,
    pub(super) request_id: Uuid,
    pub(super) now: Time,
}

impl<'r> Call<'r> {
    /// The path must be this one, whatever its case and slashes, and the verb as well.
    ///
    /// # Errors
    /// [`Refusal::Path`], [`Refusal::Method`].
    pub(super) fn check_target(&self, path: &str, method: &Method) -> Result<(), Refusal> {
        let words = |text: &'r str| text.split('/').filter(|word| !word.is_empty()).map(str::to_ascii_lowercase);
        if !words(self.parts.uri.path())
            .eq(path.split('/').filter(|word| !word.is_empty()).map(str::to_ascii_lowercase))
        {
            return Err(Refusal::Path);
        }
        if self.parts.method == *method { Ok(()) } else { Err(Refusal::Method) }
    }

    /// The query's parameters.
    ///
    /// # Errors
    /// [`Refusal::Query`].
    pub(super) fn query(&self) -> Result<Query<'r>, Refusal> {
        Ok(Query::parse(self.parts.uri.query().unwrap_or_default())?)
    }

    /// A header's value, if it is text.
    pub(super) fn header(&self, name: &str) -> Option<&'r str> {
        self.parts.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether the header `Metadata: true` is there, and no proxy's: all the proof that is asked for where there is no
    /// secret.
    ///
    /// # Errors
    /// [`Refusal::NoMetadata`], [`Refusal::Forwarded`].
    pub(super) fn check_metadata(&self) -> Result<(), Refusal> {
        Ok(guard::check_headers(&self.parts.headers)?)
    }

    /// Whether a header has the secret that the host's programs were told.
    ///
    /// # Errors
    /// [`Refusal::NoSecret`], [`Refusal::WrongSecret`].
    pub(super) fn check_secret(&self, header: &str) -> Result<(), Refusal> {
        let given = self.header(header).filter(|value| !value.is_empty()).ok_or(Refusal::NoSecret)?;
        let secret = self.resource.runtime.get(ENDPOINT_SECRET).and_then(Value::as_str).unwrap_or_default();
        if is_same(given.as_bytes(), secret.as_bytes()) { Ok(()) } else { Err(Refusal::WrongSecret) }
    }

    /// The host must have the identity that `selector` means.
    ///
    /// # Errors
    /// The refusals of the selection.
    pub(super) fn check_identity(&self, selector: Selector<'_>) -> Result<(), Refusal> {
        let world = self.road.imds.0.store.read();
        Ok(Wanted::of(&world, &self.resource, selector, "").map(drop)?)
    }

    /// A token for `resource`.
    ///
    /// # Errors
    /// The refusals of the selection and of the token service.
    pub(super) async fn token(&self, selector: Selector<'_>, resource: &str) -> Result<Arc<Token>, Refusal> {
        self.token_beside(selector, resource, Revocation::default()).await
    }

    /// The same for a program that speaks of revoked tokens.
    ///
    /// # Errors
    /// The refusals of the selection and of the token service.
    pub(super) async fn token_beside(
        &self,
        selector: Selector<'_>,
        resource: &str,
        revocation: Revocation<'_>,
    ) -> Result<Arc<Token>, Refusal> {
        let world = self.road.imds.0.store.read();
        let mut wanted = Wanted::of(&world, &self.resource, selector, resource)?;
        wanted.revocation = revocation;
        drop(world);
        Ok(self.road.grant(wanted, self.now).await?)
    }

    /// All that IMDS would say of the token.
    pub(super) fn members(&self, token: &Token) -> JsonMap {
        token.members(self.now.unix_timestamp())
    }

    /// Of that, the members with these names, in this order.
    pub(super) fn pick(&self, token: &Token, names: &[&str]) -> JsonMap {
        let mut members = self.members(token);
        names.iter().filter_map(|name| Some(((*name).to_owned(), members.get_mut(*name)?.take()))).collect()
    }
}

/// Compares without telling by its duration where the first difference is.
pub(super) fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}
