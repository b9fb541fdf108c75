//! The parameters of a request, form-encoded in a body or a query.

use std::borrow::Cow;

use axum::http::StatusCode;

use crate::error::Aadsts;

/// No client sends more names; the comparison of each with each stays small.
const MOST: usize = 64;

/// Names and values, decoded.
#[derive(Debug)]
pub(crate) struct Form<'r>(Vec<(Cow<'r, str>, Cow<'r, str>)>);

impl<'r> Form<'r> {
    /// Reads what a client sent.
    ///
    /// # Errors
    /// [`Aadsts::Malformed`] when it is no text or has far too many names, [`Aadsts::Duplicated`].
    pub(crate) fn parse(bytes: &'r [u8]) -> Result<Self, Aadsts> {
        let malformed = Aadsts::Malformed(StatusCode::BAD_REQUEST);
        if std::str::from_utf8(bytes).is_err() {
            return Err(malformed);
        }
        let mut pairs: Vec<(Cow<'r, str>, Cow<'r, str>)> = Vec::with_capacity(8);
        for (name, value) in form_urlencoded::parse(bytes) {
            if pairs.len() == MOST {
                return Err(malformed);
            }
            if pairs.iter().any(|(known, _)| *known == name) {
                return Err(Aadsts::Duplicated(name.into_owned()));
            }
            pairs.push((name, value));
        }
        Ok(Self(pairs))
    }

    /// The value of `name`; one that is empty counts as absent (RFC 6749, 3.2).
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_ref()).filter(|v| !v.is_empty())
    }

    /// The value of `name`.
    ///
    /// # Errors
    /// [`Aadsts::Missing`].
    pub(crate) fn required(&self, name: &'static str) -> Result<&str, Aadsts> {
        self.get(name).ok_or(Aadsts::Missing(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_or_refused() {
        let form = Form::parse(b"scope=https%3A%2F%2Fa%2F.default+openid&empty=&bare").unwrap();
        assert_eq!(form.get("scope"), Some("https://a/.default openid"));
        assert_eq!((form.get("empty"), form.get("bare")), (None, None));
        assert_eq!(form.required("resource"), Err(Aadsts::Missing("resource")));
        let twice = Form::parse(b"a=1&%61=2").unwrap_err();
        assert_eq!(twice, Aadsts::Duplicated("a".to_owned()));
        let many: Vec<String> = (0..100).map(|n| format!("n{n}=")).collect();
        for malformed in [many.join("&").as_bytes(), b"a=\xff"] {
            assert_eq!(Form::parse(malformed).unwrap_err(), Aadsts::Malformed(StatusCode::BAD_REQUEST));
        }
    }
}
