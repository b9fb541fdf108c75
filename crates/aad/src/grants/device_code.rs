//! Device code: the client polls while a person decides elsewhere (RFC 8628, 3.4).

use model::{Clock, Decision, DeviceCode, GrantKind, PersistedGrant, Time};
use tokens::Proof;

use super::delegated::{self, Delegation};
use crate::client;
use crate::device::INTERVAL;
use crate::error::Aadsts;
use crate::opaque;
use crate::scope::Scopes;
use crate::token_endpoint::TokenRequest;

/// The body of the answer, once the person has decided.
///
/// # Errors
/// [`Aadsts`].
pub(super) async fn answer(request: &TokenRequest<'_>) -> Result<String, Aadsts> {
    let form = request.form;
    // Version 1 clients call it `code`.
    let text = form.get("device_code").or(form.get("code")).ok_or(Aadsts::Missing("device_code"))?;
    let (client, proof) = client::identify(request)?;
    if proof == Proof::Public && !client.is_public() {
        return Err(Aadsts::NoCredential);
    }
    let mut tx = request.aad.store.begin().await;
    let grant = opaque::brought_back(&tx, text).cloned().ok_or(Aadsts::BadVerificationCode)?;
    let GrantKind::DeviceCode(device) = &grant.kind else { return Err(Aadsts::BadVerificationCode) };
    if device.client_id != client.app_id {
        return Err(Aadsts::BadVerificationCode);
    }
    let now = request.call.now;
    if grant.used {
        return Err(Aadsts::CodeRedeemed);
    }
    if now >= grant.expires {
        return Err(Aadsts::DeviceCodeExpired);
    }
    let sign_in = match &device.decision {
        Some(Decision::Approved(sign_in)) => sign_in.clone(),
        Some(Decision::Declined) => return Err(Aadsts::AuthorizationDeclined),
        None => {
            let kind = GrantKind::DeviceCode(DeviceCode { polled: Some(now), ..device.clone() });
            tx.put_persisted_grant(PersistedGrant { kind, ..PersistedGrant::clone(&grant) });
            tx.commit().await.map_err(|_| Aadsts::Internal)?;
            let is_too_fast = polls_too_fast(&request.aad.clock, device.polled, now);
            return Err(if is_too_fast { Aadsts::SlowDown } else { Aadsts::AuthorizationPending });
        }
    };
    let delegation =
        Delegation { sign_in, client, proof, scopes: Scopes::kept(&device.asked)?, nonce: None, refresh_until: None };
    let body = delegated::answer(request, &mut tx, &delegation)?;
    tx.put_persisted_grant(PersistedGrant { used: true, ..PersistedGrant::clone(&grant) });
    tx.commit().await.map_err(|_| Aadsts::Internal)?;
    Ok(body)
}

/// Whether the client asks more often than it was told. While the clock stands still, nobody asks too often.
fn polls_too_fast(clock: &Clock, polled: Option<Time>, now: Time) -> bool {
    // A second of grace: the client counts from when our answer came.
    let least = INTERVAL - time::Duration::SECOND;
    clock.state().frozen_at_ns.is_none() && polled.is_some_and(|last| now - last < least)
}
