//! Documents that tell clients how to find and trust the token service.
//!
//! What it is: one file per document, each a pure function of the request's own host and tenant, so that every way in
//! stays a closed circle.
//!
//! What it is not: nothing here needs a proof, and nothing here is a token.
//!
//! How to add the next: a file with its document, a [`Route`], and its place in [`answer`].

mod instance;
mod kept;
mod keys;
mod openid_configuration;
mod user_realm;

pub use self::kept::KeptMetadata;

use crate::call::{Answer, Call};
use crate::error::Aadsts;
use crate::form::Form;
use crate::route::Route;
use crate::tenant::TenantName;
use crate::{Aad, issuers};

/// The document that a GET names.
///
/// # Errors
/// [`Aadsts`].
pub(crate) fn answer(aad: &Aad, call: &Call, route: Route<'_>, query: &str) -> Result<Answer, Aadsts> {
    let world = aad.store.read();
    let tenant = world.tenant().ok_or(Aadsts::Internal)?;
    let document = match route {
        Route::OpenidConfiguration(name, version) => {
            let name = TenantName::read(name, tenant, true)?;
            let write = || openid_configuration::document(&call.origins, name, tenant, version);
            return Ok(Answer::Document(aad.metadata.get(&call.origins.login, name, version, write)));
        }
        Route::Keys(name, version) => {
            let name = TenantName::read(name, tenant, true)?;
            keys::document(&aad.signer.published(call.now), &call.origins, name, tenant, version)
        }
        Route::Instance => instance::document(call, aad.ports, &Form::parse(query.as_bytes())?)?.to_string(),
        Route::UserRealm(name) => user_realm::document(name, tenant, &Form::parse(query.as_bytes())?)?.to_string(),
        Route::Issuer(name, document) => issuers::documents::document(call, &world, name, document)?.to_string(),
        // Not documents: they do not come here.
        Route::Token(..) | Route::Authorize(..) | Route::DeviceCode(..) => return Err(Aadsts::Internal),
        Route::DeviceLogin(_) | Route::Logout(_) | Route::UserInfo => return Err(Aadsts::Internal),
    };
    Ok(Answer::Document(document.into()))
}
