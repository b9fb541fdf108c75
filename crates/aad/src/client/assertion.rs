//! Proof by an assertion that a certificate of the directory signed (IDENTITY-WIRE 3.8, whose order this follows).

use model::{KeyCredential, Time};
use time::Duration;
use tokens::{Assertion, AssertionError, Authority, ParsedCertificate, Proof, Thumbprint};

use super::{Account, Client};
use crate::error::Aadsts;
use crate::federation;
use crate::token_endpoint::TokenRequest;

/// How far the clocks of client and service may differ.
const SKEW: Duration = Duration::minutes(5);

/// Takes the assertion as proof that the client is `client_id`.
///
/// # Errors
/// [`Aadsts`], the first that holds.
pub(super) fn prove<'r>(request: &TokenRequest<'r>, client_id: &str, text: &str) -> Result<Client<'r>, Aadsts> {
    let assertion = Assertion::parse(text).map_err(|error| match error {
        AssertionError::Type => Aadsts::AssertionType,
        AssertionError::Malformed | AssertionError::Algorithm => Aadsts::MalformedAssertion,
    })?;
    let is_client = |name: &str| name.eq_ignore_ascii_case(client_id);
    if !is_client(&assertion.issuer) && assertion.issuer.starts_with("https://") {
        // Somebody else vouches for the client. The client must exist before anybody can.
        let account = Account::find(request, client_id)?;
        federation::prove(request, &account, &assertion)?;
        return Ok(Client { account, proof: Proof::Certificate, host: None });
    }
    if !is_client(&assertion.issuer) || !is_client(&assertion.subject) {
        return Err(Aadsts::AssertionOfAnother);
    }
    let account = Account::find(request, client_id)?;
    let now = request.call.now;
    check_signature(&account, &assertion, now)?;
    check_audience(request, &assertion)?;
    check_time(&assertion, now)?;
    let host = assertion.claim("xms_az_rid").map(str::to_owned);
    let host = host.filter(|_| account.principal.managed_identity.is_some());
    Ok(Client { account, proof: Proof::Certificate, host })
}

/// Whether the assertion counts now.
///
/// # Errors
/// [`Aadsts::AssertionTime`].
pub(crate) fn check_time(assertion: &Assertion, now: Time) -> Result<(), Aadsts> {
    // Compared so that no sum can leave the calendar, whatever the assertion says.
    if assertion.expires < now - SKEW || assertion.not_before.is_some_and(|from| from > now + SKEW) {
        let (not_before, expires) = (assertion.not_before, assertion.expires);
        return Err(Aadsts::AssertionTime { now, not_before, expires });
    }
    Ok(())
}

fn check_signature(account: &Account<'_>, assertion: &Assertion, now: Time) -> Result<(), Aadsts> {
    let found = assertion.thumbprint.as_ref().and_then(|thumbprint| registered(account, thumbprint, now));
    let Some((key, certificate)) = found else {
        let thumbprint = assertion.thumbprint.clone();
        return Err(Aadsts::KeyNotFound { client_id: account.principal.app_id, thumbprint });
    };
    let (thumbprint, start, end) = (key.thumbprint.clone(), key.start, key.end);
    if !counts(key, now) {
        return Err(Aadsts::KeyExpired { thumbprint, start, end });
    }
    match assertion.is_signed_by(&certificate.public_der) {
        true => Ok(()),
        false => Err(Aadsts::WrongSignature { thumbprint, start, end }),
    }
}

/// The certificate with this thumbprint. One may be registered twice with different dates: then one that counts.
fn registered<'r>(
    account: &Account<'r>,
    thumbprint: &Thumbprint,
    now: Time,
) -> Option<(&'r KeyCredential, ParsedCertificate)> {
    let hex = thumbprint.hex();
    let matching = account.keys().filter_map(|key| {
        if matches!(thumbprint, Thumbprint::Sha1(_)) && !key.thumbprint.eq_ignore_ascii_case(&hex) {
            return None;
        }
        let (certificate, _) = ParsedCertificate::from_text(&key.certificate).ok()?;
        let is_it = match thumbprint {
            Thumbprint::Sha1(_) => true,
            Thumbprint::Sha256(bytes) => certificate.sha256 == *bytes,
        };
        is_it.then_some((key, certificate))
    });
    let mut best = None;
    for found in matching {
        if counts(found.0, now) {
            return Some(found);
        }
        best = best.or(Some(found));
    }
    best
}

fn counts(key: &KeyCredential, now: Time) -> bool {
    (key.start..=key.end).contains(&now)
}

/// The audience is this tenant's, at the host that the client named or at the address that documents give to it.
fn check_audience(request: &TokenRequest<'_>, assertion: &Assertion) -> Result<(), Aadsts> {
    let authority = Authority { tenant: request.tenant.id, domain: request.tenant.domain.clone() };
    let advertised = request.call.origins.login.trim_start_matches("https://");
    let is_own =
        |aud: &String| [request.call.host.as_str(), advertised].iter().any(|own| authority.is_audience(aud, own));
    let fits = assertion.audiences.iter().any(is_own);
    if fits { Ok(()) } else { Err(Aadsts::AssertionAudience) }
}
