//! The parameter `claims`: what a client can do, and what a challenge told it to ask for (OpenID Connect Core, 5.5).

use model::Time;
use serde_json::Value;

use crate::error::Aadsts;
use crate::form::Form;

/// What a client asks of its access token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ClaimsRequest {
    /// What the client understands, such as `CP1`: that a token may be taken back before its end.
    pub(crate) capabilities: Vec<String>,
    /// The token has to be from this moment or later.
    pub(crate) not_before: Option<Time>,
}

impl ClaimsRequest {
    /// Reads the parameter; absent, nothing is asked.
    ///
    /// # Errors
    /// [`Aadsts::Malformed`] when it is no JSON object, or nested deeper than any that is meant.
    pub(crate) fn read(form: &Form<'_>) -> Result<Self, Aadsts> {
        let Some(text) = form.get("claims") else { return Ok(Self::default()) };
        // The parser stops at 128 levels.
        let asked: Value = serde_json::from_str(text).ok().filter(Value::is_object).ok_or(Aadsts::MALFORMED)?;
        let token = &asked["access_token"];
        let capabilities = token["xms_cc"]["values"].as_array().into_iter().flatten();
        let mut capabilities: Vec<String> =
            capabilities.filter_map(Value::as_str).map(str::to_ascii_uppercase).collect();
        capabilities.truncate(8);
        let not_before = match &token["nbf"]["value"] {
            Value::String(text) => text.parse().ok(),
            other => other.as_i64(),
        };
        Ok(Self { capabilities, not_before: not_before.and_then(|at| Time::from_unix_timestamp(at).ok()) })
    }

    /// From when on its token has to be: after what was `revoked`, and as late as is asked, unless that is yet to come.
    pub(crate) fn since(&self, revoked: Option<Time>, now: Time) -> Option<Time> {
        revoked.max(self.not_before.filter(|at| *at <= now))
    }

    /// Whether the client can be told that its token no longer counts.
    pub(crate) fn understands_revocation(&self) -> bool {
        self.capabilities.iter().any(|capability| capability == "CP1")
    }
}
