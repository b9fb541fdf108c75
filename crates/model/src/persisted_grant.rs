//! What the token service handed out and will be asked about again. Clients hold the text, the world only its hash.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Time;

/// A code, a refresh token, a device code or a browser's session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersistedGrant {
    /// SHA-256 of what was handed out, base64url.
    pub hash: String,
    /// When it was handed out.
    #[serde(with = "time::serde::rfc3339")]
    pub issued: Time,
    /// Until when it counts.
    #[serde(with = "time::serde::rfc3339")]
    pub expires: Time,
    /// Whether it was brought back. It is kept until its end, so that a second time is noticed.
    pub used: bool,
    /// What it is.
    pub kind: GrantKind,
}

/// What a grant is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum GrantKind {
    /// Redeemed once, at the token endpoint (RFC 6749, 4.1).
    AuthorizationCode(AuthorizationCode),
    /// Redeemed once; its successor comes with the tokens (RFC 6749, 6).
    RefreshToken(RefreshToken),
    /// Polled for until a person has decided (RFC 8628).
    DeviceCode(DeviceCode),
    /// The cookie of somebody who signed in.
    Session {
        /// Their object id.
        user_id: Uuid,
    },
}

/// One sign-in of a person to a client. Everything that is issued because of it is its family, and falls with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignIn {
    /// The claim `sid`.
    pub family: Uuid,
    /// The person's object id.
    pub user_id: Uuid,
    /// The client's application id.
    pub client_id: Uuid,
    /// When the person signed in.
    #[serde(with = "time::serde::rfc3339")]
    pub at: Time,
}

/// What a client asked for, in the words of the endpoint that it asked. It may bring its grant back to the other one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AskedScope {
    /// The scopes, or the resource.
    pub scope: String,
    /// Whether it is a resource: the endpoint without a version number was asked.
    #[serde(default)]
    pub is_resource: bool,
}

/// An authorization code, bound to the request that it answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizationCode {
    /// Whose.
    pub sign_in: SignIn,
    /// Where it was sent.
    pub redirect_uri: String,
    /// Whether that address belongs to a web application, which has to prove itself.
    pub is_confidential: bool,
    /// Whether that address belongs to a script in a browser.
    pub is_single_page: bool,
    /// What it gives tokens for.
    #[serde(flatten)]
    pub asked: AskedScope,
    /// Repeated in the id token.
    pub nonce: Option<String>,
    /// What the redeemer has to know (RFC 7636).
    pub challenge: Option<CodeChallenge>,
}

/// A challenge whose verifier proves that the redeemer is who asked (RFC 7636).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", content = "challenge")]
pub enum CodeChallenge {
    /// The verifier itself.
    Plain(String),
    /// SHA-256 of the verifier, base64url.
    S256(String),
}

/// A refresh token. Not bound to a resource: it gives tokens for any that its client may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefreshToken {
    /// Whose.
    pub sign_in: SignIn,
    /// What was asked for last; asked again when the client names nothing.
    #[serde(flatten)]
    pub asked: AskedScope,
    /// Whether it belongs to a script in a browser: then it ends a day after the sign-in, whatever its successors.
    pub is_single_page: bool,
    /// Whether the client proved itself when it was given: then it has to do so again.
    #[serde(default)]
    pub is_confidential: bool,
}

/// A device code, with the short one that a person types.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceCode {
    /// What the person types, in upper case.
    pub user_code: String,
    /// The client's application id.
    pub client_id: Uuid,
    /// What it gives tokens for.
    #[serde(flatten)]
    pub asked: AskedScope,
    /// When the client asked last whether the person has decided.
    #[serde(with = "time::serde::rfc3339::option")]
    pub polled: Option<Time>,
    /// What the person decided.
    pub decision: Option<Decision>,
}

/// What a person decided on a device code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Decision {
    /// To sign in.
    Approved(SignIn),
    /// Not to.
    Declined,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worlds outlive the program that wrote them.
    #[test]
    fn grants_of_older_worlds_are_read() {
        let id = Uuid::nil();
        let sign_in = format!(r#"{{"family":"{id}","userId":"{id}","clientId":"{id}","at":"2026-08-01T10:11:00Z"}}"#);
        let token = format!(r#"{{"kind":"refreshToken","signIn":{sign_in},"scope":"a/b","isSinglePage":false}}"#);
        let read = serde_json::from_str(&token).unwrap();
        let GrantKind::RefreshToken(token) = &read else { panic!("{read:?}") };
        assert_eq!(token.asked, AskedScope { scope: "a/b".to_owned(), is_resource: false });
        let device = r#"{"kind":"deviceCode","userCode":"B","clientId":"00000000-0000-0000-0000-000000000000",
            "scope":"https://a/","isResource":true,"polled":null,"decision":null}"#;
        let read: GrantKind = serde_json::from_str(device).unwrap();
        let GrantKind::DeviceCode(device) = &read else { panic!("{read:?}") };
        assert_eq!(device.asked, AskedScope { scope: "https://a/".to_owned(), is_resource: true });
        let written = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<GrantKind>(&written).unwrap(), read);
    }
}
