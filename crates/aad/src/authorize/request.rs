//! What the client wants: everything of the request that it is to be told about when it is wrong.

use model::CodeChallenge;

use crate::error::Aadsts;
use crate::form::Form;
use crate::redirect_uri::Platform;
use crate::registration::Registration;
use crate::route::Version;
use crate::scope::Scopes;

/// Lengths that a challenge may have (RFC 7636, 4.1 and 4.2).
const CHALLENGE_SIZES: std::ops::RangeInclusive<usize> = 43..=128;

/// What comes back: `response_type`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Kinds {
    pub(super) code: bool,
    pub(super) id_token: bool,
    pub(super) token: bool,
}

/// What the person is to be asked: `prompt`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Prompt {
    /// Nothing; whoever is not signed in is refused.
    pub(crate) nothing: bool,
    /// Who they are, although they are signed in.
    pub(crate) again: bool,
}

/// A request of a client that is known, to an address that is its own.
pub(super) struct AuthorizeRequest<'r> {
    pub(super) client: Registration<'r>,
    pub(super) platform: Platform,
    /// Where the answer goes.
    pub(super) address: String,
    pub(super) version: Version,
    pub(super) kinds: Kinds,
    pub(super) scopes: Scopes,
    pub(super) prompt: Prompt,
    pub(super) nonce: Option<String>,
    pub(super) challenge: Option<CodeChallenge>,
}

impl<'r> AuthorizeRequest<'r> {
    /// Reads the parameters.
    ///
    /// # Errors
    /// [`Aadsts`], the first that holds.
    pub(super) fn read(
        client: Registration<'r>,
        platform: Platform,
        address: &str,
        asked: &Form<'_>,
        version: Version,
    ) -> Result<Self, Aadsts> {
        let kinds = Kinds::read(asked, &client)?;
        let is_secret = kinds.id_token || kinds.token;
        match asked.get("response_mode") {
            None | Some("fragment" | "form_post") => {}
            Some("query") if !is_secret => {}
            Some(other) => return Err(Aadsts::ResponseMode(other.to_owned())),
        }
        let scopes = Scopes::asked(asked, version, None)?;
        let nonce = asked.get("nonce").map(str::to_owned);
        if kinds.id_token && nonce.is_none() {
            return Err(Aadsts::MissingInQuery("nonce"));
        }
        let challenge = challenge(asked)?;
        if platform == Platform::SinglePage && kinds.code && challenge.is_none() {
            return Err(Aadsts::ChallengeRequired);
        }
        let address = address.to_owned();
        let prompt = Prompt::read(asked)?;
        Ok(Self { client, platform, address, version, kinds, scopes, prompt, nonce, challenge })
    }
}

impl Kinds {
    fn read(asked: &Form<'_>, client: &Registration<'_>) -> Result<Self, Aadsts> {
        let text = asked.get("response_type").ok_or(Aadsts::MissingInQuery("response_type"))?;
        let mut kinds = Self::default();
        for kind in text.split_whitespace() {
            match kind {
                "code" => kinds.code = true,
                "id_token" => kinds.id_token = true,
                "token" => kinds.token = true,
                _ => return Err(Aadsts::UnsupportedResponseType(text.to_owned())),
            }
        }
        if kinds == Self::default() {
            return Err(Aadsts::MissingInQuery("response_type"));
        }
        if kinds.id_token && !client.is_implicit_allowed("enableIdTokenIssuance") {
            return Err(Aadsts::IdTokenNotEnabled);
        }
        if kinds.token && !client.is_implicit_allowed("enableAccessTokenIssuance") {
            return Err(Aadsts::TokenNotEnabled);
        }
        Ok(kinds)
    }
}

impl Prompt {
    fn read(asked: &Form<'_>) -> Result<Self, Aadsts> {
        let text = asked.get("prompt").unwrap_or_default();
        let mut prompt = Self::default();
        for word in text.split_whitespace() {
            match word {
                "none" => prompt.nothing = true,
                "login" | "select_account" | "consent" | "admin_consent" | "create" => prompt.again = true,
                _ => return Err(Aadsts::UnsupportedPrompt(text.to_owned())),
            }
        }
        // Nothing and something at once (OpenID Connect Core, 3.1.2.1).
        if prompt.nothing && prompt.again { Err(Aadsts::UnsupportedPrompt(text.to_owned())) } else { Ok(prompt) }
    }
}

fn challenge(asked: &Form<'_>) -> Result<Option<CodeChallenge>, Aadsts> {
    let method = asked.get("code_challenge_method");
    let Some(challenge) = asked.get("code_challenge") else {
        return if method.is_some() { Err(Aadsts::MissingInQuery("code_challenge")) } else { Ok(None) };
    };
    if !CHALLENGE_SIZES.contains(&challenge.len()) {
        return Err(Aadsts::ChallengeSize);
    }
    match method {
        None | Some("plain") => Ok(Some(CodeChallenge::Plain(challenge.to_owned()))),
        Some("S256") => Ok(Some(CodeChallenge::S256(challenge.to_owned()))),
        Some(_) => Err(Aadsts::ChallengeMethod),
    }
}
