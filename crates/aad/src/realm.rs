//! The tenant that a request is addressed to, with everything that is needed to answer for it.

use model::{JsonMap, Tenant};
use store::Snapshot;

use crate::Aad;
use crate::call::Call;
use crate::error::Aadsts;
use crate::tenant::TenantName;

/// A request's tenant, in the world of its moment.
#[derive(Clone, Copy)]
pub(crate) struct Realm<'r> {
    pub(crate) aad: &'r Aad,
    pub(crate) call: &'r Call,
    /// The directory as it is at the request's moment; no query is made on the way to a token.
    pub(crate) world: &'r Snapshot,
    pub(crate) tenant: &'r Tenant,
    /// What the URL says of the tenant.
    pub(crate) tenant_name: TenantName,
}

impl<'r> Realm<'r> {
    /// The realm that `name` spells in a URL.
    ///
    /// # Errors
    /// As [`TenantName::read`].
    pub(crate) fn of(aad: &'r Aad, call: &'r Call, world: &'r Snapshot, name: &str) -> Result<Self, Aadsts> {
        let tenant = world.tenant().ok_or(Aadsts::Internal)?;
        Ok(Self { aad, call, world, tenant, tenant_name: TenantName::read(name, tenant, false)? })
    }

    /// A token that says `claims`.
    ///
    /// # Errors
    /// [`Aadsts::Internal`].
    pub(crate) fn sign(&self, claims: &JsonMap) -> Result<String, Aadsts> {
        self.aad.signer.sign(claims).map_err(|error| {
            tracing::error!(%error, "a token could not be signed");
            Aadsts::Internal
        })
    }
}
