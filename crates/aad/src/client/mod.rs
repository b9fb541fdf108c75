//! The client: who asks, and what proves it.
//!
//! What it is: from the parameters of a request to an account of the directory that has proved itself.
//!
//! What it is not: it does not decide what a proven client gets.
//!
//! How to add the next proof: a file here, a field of [`Presented`], and its place in [`proven`].

mod account;
mod assertion;
mod basic;
mod presented;
mod secret;

use tokens::Proof;

use self::presented::Presented;
use crate::error::Aadsts;
use crate::registration::Registration;
use crate::tenant::TenantName;
use crate::token_endpoint::TokenRequest;
pub(crate) use account::Account;
pub(crate) use assertion::check_time;

/// The one kind of assertion that clients prove themselves with (RFC 7523).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client that has proved itself.
pub(crate) struct Client<'r> {
    /// Who it is.
    pub(crate) account: Account<'r>,
    /// By what.
    pub(crate) proof: Proof,
    /// The machine that a managed identity asks from, as its assertion says.
    pub(crate) host: Option<String>,
}

/// The client of a person: proven where it proves itself, believed by its name where it does not. Whether that is enough is the
/// grant's to say.
///
/// # Errors
/// [`Aadsts`].
pub(crate) fn identify<'r>(request: &TokenRequest<'r>) -> Result<(Registration<'r>, Proof), Aadsts> {
    let presented = Presented::by(request)?;
    let registration = Registration::find(request, &presented.client_id)?;
    if request.tenant_name == TenantName::Consumers {
        // Nobody here has a personal account.
        let (client_id, name) = (registration.app_id, registration.name.to_owned());
        return Err(Aadsts::OrganizationsOnly { client_id, name });
    }
    match (presented.has_proof(), registration.application) {
        (false, _) => Ok((registration, Proof::Public)),
        (true, None) => Err(Aadsts::PublicClientWithProof),
        (true, Some(_)) => Ok((registration, proven(request, &presented)?.proof)),
    }
}

/// Lets the client prove itself: by an assertion, by a secret in the form, or by one in the `Authorization` header.
///
/// # Errors
/// [`Aadsts`].
pub(crate) fn prove<'r>(request: &TokenRequest<'r>) -> Result<Client<'r>, Aadsts> {
    proven(request, &Presented::by(request)?)
}

fn proven<'r>(request: &TokenRequest<'r>, presented: &Presented<'r>) -> Result<Client<'r>, Aadsts> {
    if let Some(text) = presented.assertion {
        return match request.form.required("client_assertion_type")? {
            JWT_BEARER => assertion::prove(request, &presented.client_id, text),
            _ => Err(Aadsts::MalformedAssertion),
        };
    }
    let account = Account::find(request, &presented.client_id)?;
    secret::check(request, &account, presented.secret.as_ref().ok_or(Aadsts::NoCredential)?)?;
    Ok(Client { account, proof: Proof::Secret, host: None })
}
