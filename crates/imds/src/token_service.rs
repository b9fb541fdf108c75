//! The other side: the token service, asked over HTTP as a real host asks Entra, with a certificate's assertion
//! (IDENTITY-WIRE 3.5).

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::StatusCode;
use model::{Ids, Time};
use serde::Deserialize;
use serde_json::Value;
use store::Store;
use tokens::{AssertionClaims, RsaKey, client_assertion};

use crate::cache::Token;
use crate::error::Error;
use crate::token::Wanted;

/// How long the machine may take for an answer. In its own time: the simulated clock may jump or stand still.
const PATIENCE: Duration = Duration::from_secs(30);
/// What asks for a token that may be taken back (OpenID Connect Core, 5.5).
const REVOCABLE: &str = r#"{"access_token":{"xms_cc":{"values":["CP1"]}}}"#;
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The service that stands in no region.
const GLOBAL: &str = "https://login.microsoftonline.com/";

/// Asks for tokens in the name of managed identities.
pub(crate) struct TokenService {
    store: Store,
    ids: Arc<Ids>,
    client: reqwest::Client,
    authority: String,
}

/// A grant of the endpoint without a version number: every value is a text (IDENTITY-WIRE 3.6).
#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_on: String,
    not_before: String,
    ext_expires_in: String,
}

impl TokenService {
    /// The service at `authority`.
    pub(crate) fn new(store: Store, ids: Arc<Ids>, client: reqwest::Client, authority: &str) -> Self {
        Self { store, ids, client, authority: authority.trim_end_matches('/').to_owned() }
    }

    /// A new token.
    ///
    /// # Errors
    /// [`Error::TokenService`] with whatever the service answered; [`Error::Failure`] when it could not be asked.
    pub(crate) async fn ask(&self, wanted: &Wanted<'_>, now: Time) -> Result<Token, Error> {
        let endpoint = format!("{}/{}/oauth2/token", self.authority, wanted.tenant);
        let assertion = self.assertion(wanted, &endpoint, now).await?;
        let client_id = wanted.client.to_string();
        let mut form = vec![
            ("grant_type", "client_credentials"),
            ("client_id", &client_id),
            ("resource", wanted.resource),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", &assertion),
        ];
        if wanted.revocation.is_understood {
            form.push(("claims", REVOCABLE));
        }
        let unreachable = |error| failure("the token service does not answer", &error);
        let answer = self.client.post(&endpoint).timeout(PATIENCE).form(&form).send().await.map_err(unreachable)?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(unreachable)?;
        if !status.is_success() {
            return Err(refusal(status, body, wanted.vm.location.as_deref()));
        }
        let unreadable = |error: &dyn std::fmt::Display| failure("the token service's grant cannot be read", error);
        let granted: Granted = serde_json::from_slice(&body).map_err(|error| unreadable(&error))?;
        let second = |text: &str| text.parse().map_err(|error| unreadable(&error));
        Ok(Token::new(
            granted.access_token,
            wanted.client,
            wanted.resource.to_owned(),
            second(&granted.not_before)?,
            second(&granted.expires_on)?,
            granted.ext_expires_in,
        ))
    }

    /// The identity's proof. It is made even of a certificate that the directory has lost: to refuse it is the token
    /// service's affair.
    async fn assertion(&self, wanted: &Wanted<'_>, endpoint: &str, now: Time) -> Result<String, Error> {
        let key = self.store.managed_identity_key(wanted.principal).await;
        let key = key.map_err(|error| failure("a managed identity's key cannot be read", &error))?;
        let key = key.ok_or_else(|| failure("a managed identity has no key", &wanted.principal))?;
        let unusable = |error| failure("a managed identity's key cannot be used", &error);
        let private = RsaKey::from_base64(&key.private_key).map_err(unusable)?;
        let host = claimed_host(&wanted.vm.id);
        let claims = AssertionClaims { client_id: wanted.client, audience: endpoint, host: &host };
        client_assertion(&private, &key.certificate, claims, now, &self.ids).map_err(unusable)
    }
}

/// The VM's id as the claim `xms_az_rid` spells it: `resourcegroups` in lower case (IDENTITY-WIRE 4.2).
fn claimed_host(id: &str) -> String {
    let segments = id.split('/').map(|s| if s.eq_ignore_ascii_case("resourceGroups") { "resourcegroups" } else { s });
    segments.collect::<Vec<_>>().join("/")
}

/// What the caller gets of a refusal: the service's own words, unless they are no JSON object. A real host asks the
/// service of its own region, whose name stands in the address of the page about the error (IDENTITY-WIRE 1.10).
fn refusal(status: StatusCode, body: Bytes, region: Option<&str>) -> Error {
    match serde_json::from_slice(&body) {
        Ok(Value::Object(mut told)) => {
            let page = told.get("error_uri").and_then(Value::as_str).and_then(|uri| uri.strip_prefix(GLOBAL));
            let page = region.zip(page).map(|(region, page)| format!("https://{region}.login.microsoft.com/{page}"));
            let Some(page) = page else { return Error::TokenService { status, body } };
            told.insert("error_uri".to_owned(), page.into());
            Error::TokenService { status, body: Value::Object(told).to_string().into() }
        }
        _ => failure("the token service's refusal cannot be read", &status),
    }
}

fn failure(what: &str, why: &dyn std::fmt::Display) -> Error {
    tracing::error!("{what}: {why}");
    Error::Failure
}
