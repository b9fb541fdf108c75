//! Where an authorization answer may be sent: the addresses of a registration, compared exactly.

use axum::http::Uri;

/// What kind of client answers at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Platform {
    /// A server, which keeps a secret.
    Web,
    /// A script in a browser.
    SinglePage,
    /// A program on a person's machine.
    Public,
}

/// An address that a client asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RedirectUri<'u> {
    text: &'u str,
    /// The same without its port, when it leads to the machine itself over plain HTTP.
    loopback: Option<String>,
}

impl<'u> RedirectUri<'u> {
    /// What Microsoft's programs register.
    pub(crate) const OF_FIRST_PARTIES: [&'static str; 4] = [
        "http://localhost",
        "http://127.0.0.1",
        "urn:ietf:wg:oauth:2.0:oob",
        "https://login.microsoftonline.com/common/oauth2/nativeclient",
    ];

    /// Reads an address. None where no answer may go whatever is registered: with a fragment, with a user's name, with
    /// anything but printable ASCII, or by way of a scheme that browsers run.
    pub(crate) fn parse(text: &'u str) -> Option<Self> {
        let scheme = text.split_once(':')?.0.to_ascii_lowercase();
        let is_printable = text.bytes().all(|b| b.is_ascii_graphic());
        if !is_printable || text.contains('#') || matches!(scheme.as_str(), "javascript" | "data" | "vbscript" | "file")
        {
            return None;
        }
        if !matches!(scheme.as_str(), "http" | "https") {
            return Some(Self { text, loopback: None });
        }
        // Browsers read a backslash as a slash; the parser of others does not.
        let uri: Uri = text.parse().ok().filter(|_| !text.contains('\\'))?;
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'))?;
        let is_local = scheme == "http" && matches!(authority.host(), "localhost" | "127.0.0.1" | "[::1]");
        let loopback = is_local.then(|| {
            let rest = text.split_once("//").map_or("", |(_, rest)| rest);
            format!("http://{}{}", authority.host(), &rest[authority.as_str().len()..])
        });
        Some(Self { text, loopback })
    }

    /// Whether it is the registered one. The port does not matter on the machine itself, where programs take any that is
    /// free (RFC 8252, 7.3); nor does a bare slash after it.
    pub(crate) fn is(&self, registered: &str, platform: Platform) -> bool {
        if self.text == registered {
            return true;
        }
        let without_port = RedirectUri::parse(registered).and_then(|registered| registered.loopback);
        let (Some(asked), Some(known)) = (&self.loopback, &without_port) else { return false };
        platform != Platform::SinglePage && asked.trim_end_matches('/') == known.trim_end_matches('/')
    }

    /// Whether nobody listens there: the client takes the answer out of the browser's address line.
    pub(crate) fn is_out_of_band(text: &str) -> bool {
        text.starts_with("urn:ietf:wg:oauth:2.0:oob")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_registered_address_is_it() {
        let is = |asked: &str, registered: &str, platform| {
            RedirectUri::parse(asked).is_some_and(|asked| asked.is(registered, platform))
        };
        for (asked, registered, platform, expected) in [
            ("https://app.example/cb", "https://app.example/cb", Platform::Web, true),
            ("https://app.example/CB", "https://app.example/cb", Platform::Web, false),
            ("https://app.example/cb/", "https://app.example/cb", Platform::Web, false),
            ("https://app.example/cb/../x", "https://app.example/cb", Platform::Web, false),
            ("https://app.example/cb?x=1", "https://app.example/cb", Platform::Web, false),
            ("https://app.example/cb#x", "https://app.example/cb", Platform::Web, false),
            ("https://app.example.evil.example/cb", "https://app.example/cb", Platform::Web, false),
            ("https://app.example@evil.example/cb", "https://app.example/cb", Platform::Web, false),
            ("https://evil.example\\@app.example/cb", "https://app.example/cb", Platform::Web, false),
            ("http://app.example/cb", "https://app.example/cb", Platform::Web, false),
            ("https://app.example:444/cb", "https://app.example/cb", Platform::Web, false),
            ("http://localhost:5000", "http://localhost", Platform::Public, true),
            ("http://localhost:5000/", "http://localhost", Platform::Public, true),
            ("http://localhost:5000/x", "http://localhost", Platform::Public, false),
            ("http://localhost:5000/x", "http://localhost:80/x", Platform::Web, true),
            ("http://localhost:5000/x", "http://localhost:80/x", Platform::SinglePage, false),
            ("http://localhost.evil.example:5000", "http://localhost", Platform::Public, false),
            ("http://localhost:5000@evil.example", "http://localhost", Platform::Public, false),
            ("https://localhost:5000", "http://localhost", Platform::Public, false),
            ("http://127.0.0.1:5000", "http://localhost", Platform::Public, false),
            ("urn:ietf:wg:oauth:2.0:oob", "urn:ietf:wg:oauth:2.0:oob", Platform::Public, true),
            ("javascript:alert(1)", "javascript:alert(1)", Platform::Public, false),
            ("msal1://auth", "msal1://auth", Platform::Public, true),
            ("https://app.example/\r\nx", "https://app.example/\r\nx", Platform::Web, false),
            ("", "", Platform::Web, false),
        ] {
            assert_eq!(is(asked, registered, platform), expected, "{asked} for {registered}");
        }
    }
}
