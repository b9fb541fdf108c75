//! Who the person in front of the browser is.
//!
//! What it is: a session's cookie, or the sign-in page and what was typed there.
//!
//! What it is not: it does not know what the person signs in for, beyond showing it to them.
//!
//! How to add the next way to sign in: a field of the page, and its place in [`typed`].

mod page;
mod session;

use axum::http::{HeaderMap, StatusCode, header};
use model::{Time, User};

use crate::answer::Page;
use crate::authorize::Prompt;
use crate::call::{Answer, Call};
use crate::consent::{self, Consent, Wish};
use crate::error::Aadsts;
use crate::form::Form;
use crate::html;
use crate::people;
use crate::realm::Realm;

pub(crate) use page::{Offer, sign_in_form};
pub(crate) use session::end as end_session;

/// What the sign-in page asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SignInMode {
    /// A click on one of the tenant's people.
    #[default]
    OneClick,
    /// A name and the password.
    Password,
}

/// What a client asks of the person in front of the browser.
pub(crate) struct Asked<'a, 'r> {
    pub(crate) wish: Wish<'a, 'r>,
    pub(crate) prompt: &'a Prompt,
    /// The name that the client expects.
    pub(crate) hint: Option<&'a str>,
    pub(crate) headers: &'a HeaderMap,
    /// What came from the page.
    pub(crate) typed: Option<&'a Form<'a>>,
}

/// What came of it.
pub(crate) enum Outcome<'r> {
    /// Somebody is signed in.
    SignedIn {
        /// Who.
        user: &'r User,
        /// Since when.
        at: Time,
        /// What the browser is to remember.
        cookie: Option<String>,
    },
    /// Something is to be asked first.
    Page(Page),
}

/// Finds out who the person is.
///
/// # Errors
/// For the client: [`Aadsts::LoginRequired`], [`Aadsts::InteractionRequired`], [`Aadsts::Declined`]. What the person can mend is
/// said on the page.
pub(crate) async fn who<'r>(asked: &Asked<'_, 'r>) -> Result<Outcome<'r>, Aadsts> {
    let Wish { realm, client, .. } = asked.wish;
    if let Some(form) = asked.typed {
        if form.get("cancel").is_some() {
            return Err(Aadsts::Declined);
        }
        let user = match typed(realm, asked.headers, form).await {
            Ok(user) => user,
            Err(error) => return Ok(Outcome::Page(drawn(asked, None, Some(&error)))),
        };
        // Whoever signs in on the page agrees to what it shows.
        match consent::agree(&asked.wish, user.id, is_for_everybody(form)).await {
            Err(error @ Aadsts::AdministratorNeeded) => return Ok(Outcome::Page(drawn(asked, None, Some(&error)))),
            agreed => agreed?,
        }
        let cookie = session::begin(realm, user).await?;
        return Ok(Outcome::SignedIn { user, at: realm.call.now, cookie: Some(cookie) });
    }
    let known = session::of(realm, asked.headers);
    let is_expected =
        |user: &User| asked.hint.is_none_or(|hint| user.user_principal_name.eq_ignore_ascii_case(hint.trim()));
    match known {
        Some((user, at)) if !asked.prompt.again && is_expected(user) => {
            let consent = Consent::of(&asked.wish, Some(user.id))?;
            match (consent.is_given(), asked.prompt.nothing) {
                (true, _) => Ok(Outcome::SignedIn { user, at, cookie: None }),
                (false, true) => {
                    Err(Aadsts::ConsentRequired { client_id: client.app_id, name: client.name.to_owned() })
                }
                (false, false) => Ok(Outcome::Page(drawn(asked, Some(user), None))),
            }
        }
        Some(_) if asked.prompt.nothing => {
            let hint = asked.hint.unwrap_or_default().to_owned();
            Err(Aadsts::InteractionRequired { hint, client_id: client.app_id })
        }
        None if asked.prompt.nothing => Err(Aadsts::LoginRequired),
        _ => Ok(Outcome::Page(drawn(asked, None, None))),
    }
}

/// Whether the person agrees for everybody in the tenant.
pub(crate) fn is_for_everybody(form: &Form<'_>) -> bool {
    form.get(page::FOR_EVERYBODY).is_some()
}

/// The person that a page's form names and proves.
///
/// # Errors
/// [`Aadsts`].
pub(crate) async fn typed<'r>(realm: &Realm<'r>, headers: &HeaderMap, form: &Form<'_>) -> Result<&'r User, Aadsts> {
    if !is_own_page(realm.call, headers) {
        return Err(Aadsts::MALFORMED);
    }
    let name = form.required("login")?;
    match realm.aad.sign_in {
        SignInMode::OneClick => people::named(realm, name),
        SignInMode::Password => people::with_password(realm, name, form.required("passwd")?).await,
    }
}

/// Whether the form stood on a page of ours: another site's page may not sign anybody in. Programs send no origin.
pub(crate) fn is_own_page(call: &Call, headers: &HeaderMap) -> bool {
    let origin = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok());
    origin.is_none_or(|origin| origin.eq_ignore_ascii_case(&format!("https://{}", call.host)))
}

/// The page, for `user` if it is known who that is.
fn drawn(asked: &Asked<'_, '_>, user: Option<&User>, error: Option<&Aadsts>) -> Page {
    let realm = asked.wish.realm;
    let offer = Offer {
        wish: asked.wish,
        user,
        hint: asked.hint,
        error: error.map(|error| realm.call.description(error)),
        fields: String::new(),
    };
    Page {
        // The person may try again on the same page.
        status: StatusCode::OK,
        html: html::page("Sign in to your account", &sign_in_form(&offer)),
        script_nonce: None,
        cookie: None,
    }
}

/// A refusal for the person to read: the client is not to be trusted with it.
pub(crate) fn refusal(call: &Call, error: &Aadsts) -> Answer {
    let body = format!(
        "<h1>Sorry, but we're having trouble signing you in.</h1><p class=\"error\">{}</p>",
        html::escaped(&call.description(error))
    );
    let html = html::page("Sign in to your account", &body);
    Answer::Page(Page { status: error.refusal().status, html, script_nonce: None, cookie: None })
}
