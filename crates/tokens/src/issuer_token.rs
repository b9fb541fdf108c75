//! Tokens of an issuer that is not Entra: what a CI job or a pod is given to prove itself with.

use model::{Ids, JsonMap, Time};
use serde_json::{Value, json};
use time::Duration;

use crate::jwt::{signed, unsigned};
use crate::{Algorithm, KeyError, RsaKey};

/// What such a token says.
#[derive(Debug, Clone, Copy)]
pub struct IssuerClaims<'a> {
    /// Who speaks: the issuer's URL.
    pub issuer: &'a str,
    /// Of whom: a repository's branch, a service account.
    pub subject: &'a str,
    /// To whom.
    pub audience: &'a str,
    /// How long it counts.
    pub lifetime: Duration,
}

/// A token of the issuer that holds `key`, which its documents call `kid`.
///
/// # Errors
/// [`KeyError`] when signing fails.
pub fn issuer_token(
    key: &RsaKey,
    kid: &str,
    claims: IssuerClaims<'_>,
    now: Time,
    ids: &Ids,
) -> Result<String, KeyError> {
    let header = json!({"typ": "JWT", "alg": "RS256", "kid": kid});
    let mut body = JsonMap::new();
    let mut say = |name: &str, value: Value| drop(body.insert(name.to_owned(), value));
    say("iss", json!(claims.issuer));
    say("sub", json!(claims.subject));
    say("aud", json!(claims.audience));
    say("iat", json!(now.unix_timestamp()));
    say("nbf", json!(now.unix_timestamp()));
    say("exp", json!((now + claims.lifetime).unix_timestamp()));
    say("jti", json!(ids.guid()));
    for (name, value) in told_by_subject(claims) {
        say(name, value);
    }
    let message = unsigned(&header, &body);
    let signature = key.sign(Algorithm::Rs256, message.as_bytes())?;
    Ok(signed(message, &signature))
}

/// What the issuers that smalt plays say beside the subject: a cluster of the pod's service account (and its audience is
/// a list), GitHub of the repository and the branch or environment. Entra looks at none of it.
fn told_by_subject(claims: IssuerClaims<'_>) -> Vec<(&'static str, Value)> {
    match claims.subject.splitn(4, ':').collect::<Vec<_>>().as_slice() {
        ["system", "serviceaccount", namespace, name] => vec![
            ("aud", json!([claims.audience])),
            ("kubernetes.io", json!({"namespace": namespace, "serviceaccount": {"name": name}})),
        ],
        ["repo", repository, rest @ ..] => {
            let owner = repository.split('/').next().unwrap_or_default();
            let mut told = vec![("repository", json!(repository)), ("repository_owner", json!(owner))];
            match rest {
                ["ref", name] => told.push(("ref", json!(name))),
                ["environment", name] => told.push(("environment", json!(name))),
                _ => {}
            }
            told
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Assertion, KeySet, Unverified, decode};

    fn token(key: &RsaKey, kid: &str, subject: &str) -> String {
        let claims = IssuerClaims {
            issuer: "https://issuer.example",
            subject,
            audience: "api://AzureADTokenExchange",
            lifetime: Duration::minutes(10),
        };
        issuer_token(key, kid, claims, Time::UNIX_EPOCH, &Ids::seeded(1)).unwrap()
    }

    #[test]
    fn each_issuer_tells_what_it_tells() {
        let key = RsaKey::generate().unwrap();
        for (subject, told) in [
            (
                "repo:o/r:ref:refs/heads/main",
                json!({"repository": "o/r", "repository_owner": "o", "ref": "refs/heads/main"}),
            ),
            ("repo:o/r:environment:prod", json!({"repository": "o/r", "repository_owner": "o", "environment": "prod"})),
            ("repo:o/r:pull_request", json!({"repository": "o/r", "repository_owner": "o"})),
            (
                "system:serviceaccount:ns:web",
                json!({"kubernetes.io": {"namespace": "ns", "serviceaccount": {"name": "web"}}}),
            ),
            ("somebody", json!({})),
        ] {
            let mut claims = decode(&token(&key, "k", subject)).unwrap().claims;
            assert_eq!((claims["exp"].as_i64(), &claims["sub"]), (Some(600), &json!(subject)));
            assert_eq!(claims["aud"].is_array(), subject.starts_with("system:"), "{subject}");
            claims.retain(|name, _| !["iss", "sub", "aud", "iat", "nbf", "exp", "jti"].contains(&name.as_str()));
            assert_eq!(Value::Object(claims), told, "{subject}");
        }
    }

    #[test]
    fn a_token_is_verified_by_its_issuer_s_own_document() {
        let (key, other) = (RsaKey::generate().unwrap(), RsaKey::generate().unwrap());
        let keys = KeySet::of_key("k", &key.public_der().unwrap()).unwrap();
        assert_eq!(KeySet::parse(keys.document().to_string().as_bytes()), Some(keys.clone()));
        let judge = |text: &str| keys.verify(&Assertion::parse(text).unwrap());
        assert_eq!(judge(&token(&key, "k", "s")), Ok(()));
        assert_eq!(judge(&token(&other, "k", "s")), Err(Unverified::WrongSignature));
        assert_eq!(judge(&token(&key, "l", "s")), Err(Unverified::UnknownKey));
    }

    #[test]
    fn a_document_gives_the_keys_that_can_be_used() {
        let rsa = json!({"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "a"});
        let with = |name: &str, value: Value| {
            let mut changed = rsa.clone();
            changed[name] = value;
            changed
        };
        let odd = [
            with("kty", json!("EC")),
            with("use", json!("enc")),
            with("n", json!("?")),
            json!(1),
            with("e", Value::Null),
        ];
        let set = json!({"keys": odd.iter().chain([&rsa]).collect::<Vec<_>>()});
        let read = KeySet::parse(set.to_string().as_bytes()).unwrap();
        assert_eq!(read.document()["keys"].as_array().unwrap().len(), 1);
        for none in ["", "[]", "{}", r#"{"keys": 1}"#] {
            assert_eq!(KeySet::parse(none.as_bytes()), None, "{none}");
        }
    }
}
