//! Trust in another issuer's tokens: whoever it says is this subject, is this application or managed identity.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ClaimsMatchingExpression;

/// A federated identity credential (IDENTITY-WIRE 3.9). An assertion fits when issuer, subject and audience are equal to
/// the last character, case included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FederatedIdentityCredential {
    /// Its id in the directory.
    pub id: Uuid,
    /// Its name, which never changes.
    pub name: String,
    /// The URL below which the issuer publishes its keys: the assertion's `iss`.
    pub issuer: String,
    /// Whom the issuer speaks of: the assertion's `sub`. None where an expression says whom.
    pub subject: Option<String>,
    /// What the assertion's claims must be, in place of a subject.
    #[serde(default)]
    pub claims_matching_expression: Option<ClaimsMatchingExpression>,
    /// Whom the assertion is meant for: exactly one.
    pub audiences: Vec<String>,
    /// What people say of it.
    pub description: Option<String>,
}

impl FederatedIdentityCredential {
    /// How many an application or a user-assigned identity may have (IDENTITY-WIRE 3.9).
    pub const MOST: usize = 20;
    /// How many characters issuer, subject and audience have at most (IDENTITY-WIRE 3.9).
    pub const LONGEST: usize = 600;

    /// Whether `name` can be one: up to 120 letters, digits, dashes and underscores, the first none of the latter two
    /// (IDENTITY-WIRE 3.9).
    #[must_use]
    pub fn is_name(name: &str) -> bool {
        name.len() <= 120
            && name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    }

    /// Whether keys can be found below `issuer`: an `https` URL with a host and nothing behind its path.
    #[must_use]
    pub fn is_issuer(issuer: &str) -> bool {
        let Some(rest) = issuer.strip_prefix("https://") else { return false };
        let host = rest.split('/').next().unwrap_or_default();
        issuer.len() <= Self::LONGEST
            && host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')
            && !host.contains('@')
            && rest.bytes().all(|b| b.is_ascii_graphic() && !b"?#\\\"<>^`{|}".contains(&b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_issuers_are_told_from_others() {
        for (name, is_one) in
            [("fic1", true), ("9-a_B", true), ("", false), ("-a", false), ("_a", false), ("a b", false), ("a.b", false)]
        {
            assert_eq!(FederatedIdentityCredential::is_name(name), is_one, "{name}");
        }
        for (issuer, is_one) in [
            ("https://token.actions.githubusercontent.com", true),
            ("https://oidc.prod-aks.azure.com/00000000-0000-0000-0000-000000000000/", true),
            ("https://localhost:8444/issuers/ci", true),
            ("https://[::1]/x", true),
            ("http://token.actions.githubusercontent.com", false),
            ("HTTPS://a.example", false),
            ("https://", false),
            ("https:///path", false),
            ("https://user@a.example", false),
            ("https://a.example/?q", false),
            ("https://a.example/#f", false),
            ("https://a.example/ b", false),
            ("ftp://a.example", false),
        ] {
            assert_eq!(FederatedIdentityCredential::is_issuer(issuer), is_one, "{issuer}");
        }
    }
}
