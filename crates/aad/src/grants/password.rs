//! Resource owner password: the client was told the person's password (RFC 6749, 4.3).

use model::SignIn;
use tokens::Proof;

use super::delegated::{self, Delegation};
use crate::client;
use crate::error::Aadsts;
use crate::people;
use crate::scope::Scopes;
use crate::tenant::TenantName;
use crate::token_endpoint::TokenRequest;

/// The body of the answer.
///
/// # Errors
/// [`Aadsts`].
pub(super) async fn answer(request: &TokenRequest<'_>) -> Result<String, Aadsts> {
    if matches!(request.tenant_name, TenantName::Common | TenantName::Consumers) {
        return Err(Aadsts::TenantNeeded);
    }
    let form = request.form;
    let (name, password) = (form.required("username")?, form.required("password")?);
    let scopes = Scopes::asked(form, request.version, None)?;
    let (client, proof) = client::identify(request)?;
    if proof == Proof::Public && !client.is_public() {
        return Err(Aadsts::NoCredential);
    }
    let user = people::with_password(request, name, password).await?;
    let sign_in =
        SignIn { family: request.aad.ids.guid(), user_id: user.id, client_id: client.app_id, at: request.call.now };
    let delegation = Delegation { sign_in, client, proof, scopes, nonce: None, refresh_until: None };
    let mut tx = request.aad.store.begin().await;
    let body = delegated::answer(request, &mut tx, &delegation)?;
    tx.commit().await.map_err(|_| Aadsts::Internal)?;
    Ok(body)
}
