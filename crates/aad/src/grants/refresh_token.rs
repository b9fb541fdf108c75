//! Refresh: new tokens without the person, for any resource (RFC 6749, 6). Each refresh token counts once and has a
//! successor; one that comes back a second time was stolen or is being replayed, so its whole family ends.

use model::{GrantKind, PersistedGrant, SignIn};
use tokens::Proof;
use uuid::Uuid;

use super::delegated::{self, Delegation};
use crate::client;
use crate::error::Aadsts;
use crate::opaque;
use crate::people;
use crate::registration::Registration;
use crate::scope::Scopes;
use crate::token_endpoint::TokenRequest;

/// The body of the answer.
///
/// # Errors
/// [`Aadsts`].
pub(super) async fn answer(request: &TokenRequest<'_>) -> Result<String, Aadsts> {
    let form = request.form;
    let text = form.required("refresh_token")?;
    let (client, proof) = client::identify(request)?;
    let mut tx = request.aad.store.begin().await;
    let grant = opaque::brought_back(&tx, text).cloned().ok_or(Aadsts::InvalidGrant)?;
    let GrantKind::RefreshToken(token) = &grant.kind else { return Err(Aadsts::InvalidGrant) };
    if !is_for(token.sign_in.client_id, &client) {
        return Err(Aadsts::InvalidGrant);
    }
    if token.is_confidential && proof == Proof::Public {
        return Err(Aadsts::NoCredential);
    }
    if token.is_single_page && !request.call.is_cross_origin {
        return Err(Aadsts::CrossOriginOnly);
    }
    let now = request.call.now;
    people::of_sign_in(request, &tx, &token.sign_in)?;
    if grant.used {
        tx.revoke_tokens(token.sign_in.family, now);
        tx.commit().await.map_err(|_| Aadsts::Internal)?;
        return Err(Aadsts::RefreshTokenReused);
    }
    if now >= grant.expires {
        let issued = grant.issued;
        return Err(match token.is_single_page {
            true => Aadsts::BrowserRefreshTokenExpired { issued },
            false => Aadsts::RefreshTokenExpired { issued },
        });
    }
    let mut scopes = Scopes::asked(form, request.version, Some(&token.asked))?;
    // It was given once; a client that goes on need not ask for the next one.
    scopes.keep_offline_access();
    let delegation = Delegation {
        sign_in: SignIn { client_id: client.app_id, ..token.sign_in.clone() },
        client,
        proof,
        scopes,
        nonce: None,
        refresh_until: token.is_single_page.then_some(grant.expires),
    };
    let body = delegated::answer(request, &mut tx, &delegation)?;
    tx.put_persisted_grant(PersistedGrant { used: true, ..PersistedGrant::clone(&grant) });
    tx.commit().await.map_err(|_| Aadsts::Internal)?;
    Ok(body)
}

/// Whether a token that was given to the client `owner` is good for `client`: its own, or one of its family.
fn is_for(owner: Uuid, client: &Registration<'_>) -> bool {
    owner == client.app_id || (client.is_of_family() && Registration::is_family(owner))
}
