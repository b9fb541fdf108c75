//! Signing out: the browser's session ends, and the browser goes back where the client wants it (OpenID Connect RP-Initiated
//! Logout, 2).

use axum::extract::Request;
use axum::http::{Method, StatusCode};

use crate::Aad;
use crate::answer::{Page, Redirect};
use crate::call::{Answer, Call};
use crate::error::Aadsts;
use crate::form::Form;
use crate::html;
use crate::realm::Realm;
use crate::redirect_uri::RedirectUri;
use crate::registration::Registration;
use crate::sign_in;
use crate::token_endpoint::read_form;

/// Ends the session. The browser is sent on to a registered address alone; to any other address it is not.
///
/// # Errors
/// [`Aadsts`].
pub(crate) async fn answer(aad: &Aad, call: &Call, tenant_name: &str, request: Request) -> Result<Answer, Aadsts> {
    let (parts, body) = request.into_parts();
    let text = match parts.method {
        Method::POST => read_form(&parts.headers, body).await?,
        Method::GET | Method::HEAD => parts.uri.query().unwrap_or_default().as_bytes().to_vec(),
        _ => return Err(Aadsts::Malformed(StatusCode::METHOD_NOT_ALLOWED)),
    };
    let asked = Form::parse(&text)?;
    // Read only now: much may change while a body is on its way.
    let world = aad.store.read();
    let realm = Realm::of(aad, call, &world, tenant_name)?;
    let cookie = Some(sign_in::end_session(&realm, &parts.headers).await?);
    let address = asked.get("post_logout_redirect_uri").filter(|address| is_registered(&realm, &asked, address));
    Ok(match address {
        Some(address) => {
            let state = asked.get("state").map(|state| {
                let pair = form_urlencoded::Serializer::new(String::new()).append_pair("state", state).finish();
                format!("{}{pair}", if address.contains('?') { '&' } else { '?' })
            });
            Answer::Redirect(Redirect { to: format!("{address}{}", state.unwrap_or_default()), cookie })
        }
        None => {
            let body = "<h1>You signed out of your account</h1><p>It's a good idea to close all browser windows.</p>";
            let html = html::page("Sign out", body);
            Answer::Page(Page { status: StatusCode::OK, html, script_nonce: None, cookie })
        }
    })
}

/// Whether the address is one of the client's. Which client, `client_id` or the id token says; the word of neither is trusted
/// further than to an address that some client here registered.
fn is_registered(realm: &Realm<'_>, asked: &Form<'_>, address: &str) -> bool {
    let hint = asked.get("id_token_hint").and_then(tokens::decode);
    let hinted = hint.as_ref().and_then(|token| token.claims.get("aud")?.as_str());
    let client = asked.get("client_id").or(hinted).and_then(|id| Registration::find(realm, id).ok());
    let is_http = RedirectUri::parse(address).is_some() && address.to_ascii_lowercase().starts_with("http");
    is_http && client.is_some_and(|client| client.redirect_uri(address).is_ok() || client.is_logout_uri(address))
}
