//! What a client presents: its id, and what is to prove it.

use std::borrow::Cow;

use super::basic;
use crate::error::Aadsts;
use crate::token_endpoint::TokenRequest;

/// Read from the form, and from the `Authorization` header where the form says nothing.
pub(super) struct Presented<'r> {
    pub(super) client_id: Cow<'r, str>,
    pub(super) assertion: Option<&'r str>,
    pub(super) secret: Option<Cow<'r, str>>,
}

impl<'r> Presented<'r> {
    /// By the client of the request.
    ///
    /// # Errors
    /// [`Aadsts::Missing`] without an id.
    pub(super) fn by(request: &TokenRequest<'r>) -> Result<Self, Aadsts> {
        let (id, secret) = basic::credentials(request.headers).unzip();
        let form = request.form;
        let client_id = form.get("client_id").map(Cow::Borrowed).or(id.map(Cow::Owned));
        let in_header = secret.filter(|secret| !secret.is_empty()).map(Cow::Owned);
        Ok(Self {
            client_id: client_id.ok_or(Aadsts::Missing("client_id"))?,
            assertion: form.get("client_assertion"),
            secret: form.get("client_secret").map(Cow::Borrowed).or(in_header),
        })
    }

    /// Whether anything is to prove it.
    pub(super) fn has_proof(&self) -> bool {
        self.assertion.is_some() || self.secret.is_some()
    }
}
