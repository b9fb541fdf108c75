//! Query strings as clients send them: encoded names, `+` for blanks, names in any case.

/// The decoded parameters, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Decodes names as well as values: one SDK sends `api%2Dversion` (IAC-WIRE 6).
    pub(crate) fn parse(text: &str) -> Self {
        Self(
            text.split('&')
                .filter(|p| !p.is_empty())
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    let mut name = decode(name);
                    name.make_ascii_lowercase();
                    (name, decode(value))
                })
                .collect(),
        )
    }

    /// The first value of `name`, written in lower case.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The query again, without `name` and with `name=value` at the end: for the link to the next page.
    pub(crate) fn replaced(&self, name: &str, value: &str) -> String {
        let kept = self.0.iter().filter(|(n, _)| n != name).map(|(n, v)| (n.as_str(), v.as_str()));
        let all: Vec<String> =
            kept.chain([(name, value)]).map(|(n, v)| format!("{}={}", encode(n), encode(v))).collect();
        all.join("&")
    }
}

fn decode(text: &str) -> String {
    if !text.contains(['%', '+']) {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let raw = text.as_bytes();
    let mut i = 0;
    while i < raw.len() {
        let hex =
            |k: usize| raw.get(i + k).and_then(|b| char::from(*b).to_digit(16)).and_then(|d| u8::try_from(d).ok());
        match (raw[i], hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(high * 16 + low);
                i += 2;
            }
            (b'+', ..) => bytes.push(b' '),
            (other, ..) => bytes.push(other),
        }
        i += 1;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn encode(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut out, b| {
        match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(b)),
            _ => drop(write!(out, "%{b:02X}")),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_client_s_spelling_is_read() {
        let query = Query::parse("%24filter=name+eq%20'a%26b'&api%2Dversion=2024-11-01&$top=5&odd=%zz");
        assert_eq!(query.get("$filter"), Some("name eq 'a&b'"));
        assert_eq!(query.get("api-version"), Some("2024-11-01"));
        assert_eq!(query.get("odd"), Some("%zz"));
        assert_eq!(
            query.replaced("$skiptoken", "x/y"),
            "%24filter=name%20eq%20%27a%26b%27&api-version=2024-11-01&%24top=5&odd=%25zz&%24skiptoken=x%2Fy"
        );
    }
}
