//! The query of a request. Values may come escaped or bare: Python writes `resource=https://…` as it is
//! (IDENTITY-WIRE 2.3).

use std::borrow::Cow;

use crate::error::Error;

/// Names and values, decoded, in the order in which they came.
pub(crate) struct Query<'r>(Vec<(Cow<'r, str>, Cow<'r, str>)>);

impl<'r> Query<'r> {
    /// Takes a query apart.
    ///
    /// # Errors
    /// [`Error::Repeated`]: a name may stand once (IDENTITY-WIRE 1.1).
    pub(crate) fn parse(text: &'r str) -> Result<Self, Error> {
        let mut pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> = Vec::with_capacity(4);
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            if pairs.len() == MOST || pairs.iter().any(|(known, _)| *known == name) {
                return Err(Error::Repeated);
            }
            pairs.push((name, value));
        }
        Ok(Self(pairs))
    }

    /// The value of `name`; none when absent or empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_ref()).filter(|v| !v.is_empty())
    }
}

/// No client sends more names; the comparison of each with each stays small.
const MOST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_and_bare_values_read_the_same() {
        for text in ["resource=https://management.azure.com/&x=", "x&resource=https%3A%2F%2Fmanagement.azure.com%2f"] {
            let query = Query::parse(text).unwrap();
            assert_eq!(query.get("resource"), Some("https://management.azure.com/"));
            assert_eq!(query.get("x"), None);
        }
    }

    #[test]
    fn a_name_stands_once() {
        assert!(matches!(Query::parse("a=1&b=2&%61=1"), Err(Error::Repeated)));
        let many: Vec<String> = (0..100).map(|n| format!("n{n}=1")).collect();
        assert!(Query::parse(&many.join("&")).is_err());
    }
}
