//! Client id and secret in the `Authorization` header (RFC 6749, 2.3.1).

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The id and the secret, when the header holds them. Both are form-encoded before base64.
pub(super) fn credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((decoded(id), decoded(secret)))
}

/// A value alone is a form with one nameless parameter.
fn decoded(value: &str) -> String {
    form_urlencoded::parse(format!("={value}").as_bytes()).next().map(|(_, v)| v.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_and_a_secret_are_read() {
        let read = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            credentials(&headers)
        };
        let encoded = STANDARD.encode("a%2Db:s8Q~%26%3D%2B.");
        assert_eq!(read(&format!("basic {encoded}")), Some(("a-b".to_owned(), "s8Q~&=+.".to_owned())));
        for other in ["Bearer abc", "Basic", "Basic !", &format!("Basic {}", STANDARD.encode("nothing"))] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
