//! Authorization code: a person signed in to the client, and it redeems what the browser brought (RFC 6749, 4.1; RFC 7636).

use model::{AuthorizationCode, CodeChallenge, GrantKind, PersistedGrant};
use tokens::{Proof, fingerprint};

use super::delegated::{self, BROWSER_LIFE, Delegation};
use crate::client;
use crate::error::Aadsts;
use crate::opaque;
use crate::scope::Scopes;
use crate::token_endpoint::TokenRequest;

/// The body of the answer. A code counts once; the second time takes back everything that the first one gave.
///
/// # Errors
/// [`Aadsts`]: first for the request, then for the client, then for the code.
pub(super) async fn answer(request: &TokenRequest<'_>) -> Result<String, Aadsts> {
    let form = request.form;
    let text = form.required("code")?;
    let (client, proof) = client::identify(request)?;
    let mut tx = request.aad.store.begin().await;
    let grant = opaque::brought_back(&tx, text).cloned().ok_or(Aadsts::InvalidGrant)?;
    let GrantKind::AuthorizationCode(code) = &grant.kind else { return Err(Aadsts::InvalidGrant) };
    if code.sign_in.client_id != client.app_id {
        return Err(Aadsts::InvalidGrant);
    }
    check_client(request, code, proof)?;
    let now = request.call.now;
    if grant.used {
        tx.revoke_tokens(code.sign_in.family, now);
        tx.commit().await.map_err(|_| Aadsts::Internal)?;
        return Err(Aadsts::CodeRedeemed);
    }
    if now >= grant.expires {
        return Err(Aadsts::CodeExpired);
    }
    let address = form.required("redirect_uri")?;
    if address != code.redirect_uri {
        return Err(Aadsts::ReplyAddressMismatch { asked: address.to_owned(), sent: code.redirect_uri.clone() });
    }
    check_verifier(code, form.get("code_verifier"))?;
    let delegation = Delegation {
        sign_in: code.sign_in.clone(),
        client,
        proof,
        scopes: Scopes::asked(form, request.version, Some(&code.asked))?,
        nonce: code.nonce.clone(),
        refresh_until: code.is_single_page.then_some(now + BROWSER_LIFE),
    };
    let body = delegated::answer(request, &mut tx, &delegation)?;
    tx.put_persisted_grant(PersistedGrant { used: true, ..PersistedGrant::clone(&grant) });
    tx.commit().await.map_err(|_| Aadsts::Internal)?;
    Ok(body)
}

/// Whether the client is of the kind that the code's address belongs to.
fn check_client(request: &TokenRequest<'_>, code: &AuthorizationCode, proof: Proof) -> Result<(), Aadsts> {
    match (code.is_confidential, code.is_single_page) {
        (true, _) if proof == Proof::Public => Err(Aadsts::NoCredential),
        (false, _) if proof != Proof::Public => Err(Aadsts::PublicClientWithProof),
        (_, true) if !request.call.is_cross_origin => Err(Aadsts::CrossOriginOnly),
        (_, false) if request.call.is_cross_origin => Err(Aadsts::CrossOriginRefused),
        _ => Ok(()),
    }
}

/// Whether the verifier is that of the challenge. One without the other is refused as well: neither side may be talked out of
/// it.
fn check_verifier(code: &AuthorizationCode, verifier: Option<&str>) -> Result<(), Aadsts> {
    let (Some(challenge), Some(verifier)) = (&code.challenge, verifier) else {
        return if code.challenge.is_none() && verifier.is_none() { Ok(()) } else { Err(Aadsts::VerifierUnexpected) };
    };
    let fits = match challenge {
        CodeChallenge::Plain(expected) => expected == verifier,
        CodeChallenge::S256(expected) => *expected == fingerprint(verifier),
    };
    if fits { Ok(()) } else { Err(Aadsts::VerifierMismatch) }
}
