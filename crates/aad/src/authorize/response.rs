//! How the answer travels back through the browser: in the address, behind its `#`, in a form that posts itself, or shown to
//! the person where nobody listens (OAuth 2.0 Multiple Response Types, 2; OAuth 2.0 Form Post Response Mode).

use axum::http::StatusCode;
use form_urlencoded::Serializer;

use crate::answer::{Page, Redirect};
use crate::call::{Answer, Call};
use crate::error::Aadsts;
use crate::form::Form;
use crate::html;
use crate::redirect_uri::RedirectUri;

/// The four ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ResponseMode {
    Query,
    Fragment,
    FormPost,
    Shown,
}

/// Carries answers to an address that is the client's own.
pub(super) struct Carrier {
    address: String,
    mode: ResponseMode,
    state: Option<String>,
}

impl Carrier {
    /// By the way that the request names, or the usual one: behind the `#` whatever holds tokens.
    pub(super) fn of(address: &str, asked: &Form<'_>) -> Self {
        let has_tokens = asked.get("response_type").is_some_and(|types| types.contains("token"));
        let mode = match asked.get("response_mode") {
            _ if RedirectUri::is_out_of_band(address) => ResponseMode::Shown,
            Some("form_post") => ResponseMode::FormPost,
            Some("fragment") => ResponseMode::Fragment,
            _ if has_tokens => ResponseMode::Fragment,
            _ => ResponseMode::Query,
        };
        Self { address: address.to_owned(), mode, state: asked.get("state").map(str::to_owned) }
    }

    /// Carries a refusal.
    pub(super) fn refuse(&self, call: &Call, error: &Aadsts, cookie: Option<String>) -> Answer {
        let refusal = error.refusal();
        let mut values = vec![("error", refusal.error.to_owned()), ("error_description", call.description(error))];
        if refusal.has_page() {
            values.push(("error_uri", refusal.page()));
        }
        self.carry(call, values, cookie)
    }

    /// Carries values, and the client's own state.
    pub(super) fn carry(&self, call: &Call, mut values: Vec<(&'static str, String)>, cookie: Option<String>) -> Answer {
        if let Some(state) = &self.state {
            values.push(("state", state.clone()));
        }
        let encoded = || Serializer::new(String::new()).extend_pairs(&values).finish();
        let address = &self.address;
        match self.mode {
            ResponseMode::Query => {
                let joint = if address.contains('?') { '&' } else { '?' };
                Answer::Redirect(Redirect { to: format!("{address}{joint}{}", encoded()), cookie })
            }
            ResponseMode::Fragment => Answer::Redirect(Redirect { to: format!("{address}#{}", encoded()), cookie }),
            ResponseMode::FormPost => {
                let nonce = call.script_nonce();
                let html = html::self_posting(address, &values, &nonce);
                Answer::Page(Page { status: StatusCode::OK, html, script_nonce: Some(nonce), cookie })
            }
            ResponseMode::Shown => {
                // Programs read the window's title.
                let is_success = values.iter().any(|(name, _)| *name == "code");
                let title = format!("{} {}", if is_success { "Success" } else { "Denied" }, encoded());
                let html = html::shown(&title, &values);
                Answer::Page(Page { status: StatusCode::OK, html, script_nonce: None, cookie })
            }
        }
    }
}
