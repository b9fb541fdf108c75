//! The page where a person types the short code and says yes or no.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode};
use model::{Decision, DeviceCode, GrantKind, PersistedGrant, SignIn, User};
use store::Snapshot;

use crate::Aad;
use crate::answer::Page;
use crate::call::{Answer, Call};
use crate::consent::{self, Wish};
use crate::error::Aadsts;
use crate::form::Form;
use crate::html::{self, escaped, hidden};
use crate::realm::Realm;
use crate::registration::Registration;
use crate::scope::Scopes;
use crate::sign_in::{self, Offer, sign_in_form};
use crate::target::Target;
use crate::token_endpoint::read_form;

/// The field of the short code, in Entra's spelling.
const CODE: &str = "otc";

/// Answers a browser: asks for the code, then for the person, then says what came of it.
pub(crate) async fn answer(aad: &Aad, call: &Call, tenant_name: &str, request: Request) -> Answer {
    match serve(aad, call, tenant_name, request).await {
        Ok(body) => shown(StatusCode::OK, &body),
        Err(error) => shown(error.refusal().status, &asking(Some(&call.description(&error)))),
    }
}

async fn serve(aad: &Aad, call: &Call, tenant_name: &str, request: Request) -> Result<String, Aadsts> {
    let (parts, body) = request.into_parts();
    let body = match parts.method {
        Method::POST => read_form(&parts.headers, body).await?,
        Method::GET | Method::HEAD => parts.uri.query().unwrap_or_default().as_bytes().to_vec(),
        _ => return Err(Aadsts::Malformed(StatusCode::METHOD_NOT_ALLOWED)),
    };
    let form = Form::parse(&body)?;
    let world = aad.store.read();
    let realm = Realm::of(aad, call, &world, tenant_name)?;
    let Some(code) = form.get(CODE).or(form.get("user_code")) else { return Ok(asking(None)) };
    let code = code.to_ascii_uppercase().replace(['-', ' '], "");
    let (_, device) = waiting(&realm, &world, &code)?;
    let client = Registration::find(&realm, &device.client_id.to_string())?;
    let scopes = Scopes::kept(&device.asked)?;
    let target = Target::find(&realm, &scopes.resource)?;
    let wish = Wish { realm: &realm, client: &client, target: &target, scopes: &scopes };
    let is_decision = parts.method == Method::POST && (form.get("login").is_some() || form.get("cancel").is_some());
    if !is_decision {
        return Ok(offering(wish, &device, None));
    }
    let decision = match form.get("cancel") {
        Some(_) if sign_in::is_own_page(call, &parts.headers) => Decision::Declined,
        _ => match agreed(&wish, &parts.headers, &form).await {
            Ok(user) => Decision::Approved(SignIn {
                family: aad.ids.guid(),
                user_id: user.id,
                client_id: client.app_id,
                at: call.now,
            }),
            Err(error) => return Ok(offering(wish, &device, Some(call.description(&error)))),
        },
    };
    let is_approved = matches!(decision, Decision::Approved(_));
    let mut tx = aad.store.begin().await;
    // Once more: somebody else may have decided meanwhile.
    let (grant, device) = waiting(&realm, &tx, &code)?;
    let kind = GrantKind::DeviceCode(DeviceCode { decision: Some(decision), ..device });
    tx.put_persisted_grant(PersistedGrant { kind, ..grant });
    tx.commit().await.map_err(|_| Aadsts::Internal)?;
    Ok(match is_approved {
        true => format!(
            "<h1>{}</h1><p>You have signed in to the {} application on your device. You may now close this window.</p>",
            escaped(client.name),
            escaped(client.name)
        ),
        false => "<h1>Declined</h1><p>The device was not signed in. You may now close this window.</p>".to_owned(),
    })
}

/// The person who types, and agrees by it to what the page shows.
async fn agreed<'r>(wish: &Wish<'_, 'r>, headers: &HeaderMap, form: &Form<'_>) -> Result<&'r User, Aadsts> {
    let user = sign_in::typed(wish.realm, headers, form).await?;
    consent::agree(wish, user.id, sign_in::is_for_everybody(form)).await?;
    Ok(user)
}

/// The code that still waits for somebody's decision.
fn waiting(realm: &Realm<'_>, world: &Snapshot, code: &str) -> Result<(PersistedGrant, DeviceCode), Aadsts> {
    let grant = world.device_code(code).filter(|grant| realm.call.now < grant.expires && !grant.used);
    let grant = grant.ok_or(Aadsts::UserCodeUnknown)?;
    match &grant.kind {
        GrantKind::DeviceCode(device) if device.decision.is_none() => {
            Ok((PersistedGrant::clone(grant), device.clone()))
        }
        _ => Err(Aadsts::UserCodeUnknown),
    }
}

fn asking(error: Option<&str>) -> String {
    let error = error.map(|text| format!("<p class=\"error\">{}</p>", escaped(text))).unwrap_or_default();
    format!(
        "<h1>Enter code</h1><p>Enter the code that your app or device shows.</p>{error}<form method=\"post\">\
         <input name=\"{CODE}\" placeholder=\"Code\" autocomplete=\"off\" maxlength=\"18\" required autofocus>\
         <button class=\"go\">Next</button></form>"
    )
}

fn offering(wish: Wish<'_, '_>, device: &DeviceCode, error: Option<String>) -> String {
    let code = &device.user_code;
    let fields = format!("<p>On the device that shows the code {}.</p>{}", escaped(code), hidden(CODE, code));
    sign_in_form(&Offer { wish, user: None, hint: None, error, fields })
}

fn shown(status: StatusCode, body: &str) -> Answer {
    Answer::Page(Page { status, html: html::page("Sign in to your account", body), script_nonce: None, cookie: None })
}
