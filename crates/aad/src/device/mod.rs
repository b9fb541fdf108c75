//! Device codes: a program without a browser gets two codes, one for itself and a short one for a person with a browser
//! (RFC 8628).
//!
//! What it is: the endpoint that hands them out, here, and the page where the short one is typed, in [`page`].
//!
//! What it is not: the program asks for its tokens at the token endpoint, by a grant of its own.
//!
//! How to add the next: what the page asks is a field in [`page`].

mod page;

use model::{DeviceCode, GrantKind};
use serde_json::{Value, json};
use time::Duration;

use crate::error::Aadsts;
use crate::opaque::hand_out;
use crate::registration::Registration;
use crate::route::Version;
use crate::scope::Scopes;
use crate::target::Target;
use crate::tenant::TenantName;
use crate::token_endpoint::TokenRequest;

pub(crate) use page::answer as answer_page;

/// How long both codes wait (IDENTITY-WIRE 4.6).
const LIFE: Duration = Duration::minutes(15);
/// How long the program waits between two questions.
pub(crate) const INTERVAL: Duration = Duration::seconds(5);
/// Letters that nobody confuses and that spell no words, as Entra's codes have them.
const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXYZ23456789";
const LENGTH: usize = 9;

/// Hands out both codes.
///
/// # Errors
/// [`Aadsts`].
pub(crate) async fn start(request: &TokenRequest<'_>) -> Result<String, Aadsts> {
    let form = request.form;
    let client = Registration::find(request, form.required("client_id")?)?;
    if request.tenant_name == TenantName::Consumers {
        return Err(Aadsts::OrganizationsOnly { client_id: client.app_id, name: client.name.to_owned() });
    }
    let scopes = Scopes::asked(form, request.version, None)?;
    Target::find(request, &scopes.resource)?;
    let ids = &request.aad.ids;
    let user_code = ids.text(LENGTH, LETTERS);
    let kind = GrantKind::DeviceCode(DeviceCode {
        user_code: user_code.clone(),
        client_id: client.app_id,
        asked: scopes.asked,
        polled: None,
        decision: None,
    });
    let mut tx = request.aad.store.begin().await;
    let device_code = hand_out(&mut tx, ids, kind, request.call.now, LIFE);
    tx.commit().await.map_err(|_| Aadsts::Internal)?;
    let origin = &request.call.origins.login;
    // Each way in has its own short address of the page.
    let address = match origin.as_str() {
        "https://login.microsoftonline.com" => "https://login.microsoft.com/device".to_owned(),
        own => format!("{own}/devicelogin"),
    };
    let message = format!(
        "To sign in, use a web browser to open the page {address} and enter the code {user_code} to authenticate."
    );
    let (life, interval) = (LIFE.whole_seconds(), INTERVAL.whole_seconds());
    // Version 1 spells the address differently, and numbers as texts, as in all its answers.
    let (address_name, life, interval): (&str, Value, Value) = match request.version {
        Version::V1 => ("verification_url", json!(life.to_string()), json!(interval.to_string())),
        Version::V2 => ("verification_uri", json!(life), json!(interval)),
    };
    Ok(json!({
        "user_code": user_code,
        "device_code": device_code,
        address_name: address,
        "expires_in": life,
        "interval": interval,
        "message": message,
    })
    .to_string())
}
