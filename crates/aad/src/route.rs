//! The token service's paths (IDENTITY-WIRE 3.1).

use crate::issuers::documents::Document;

/// Which protocol an endpoint speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// Resources; `oauth2/token`.
    V1,
    /// Scopes; `oauth2/v2.0/token`.
    V2,
}

/// What a path names. Tenants and sign-in names keep their spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route<'r> {
    /// Where tokens are asked for.
    Token(&'r str, Version),
    /// Where browsers bring people.
    Authorize(&'r str, Version),
    /// Where programs without a browser begin.
    DeviceCode(&'r str, Version),
    /// Where people type the short code of such a program.
    DeviceLogin(&'r str),
    /// Where people sign out.
    Logout(&'r str),
    /// Who a token's bearer acts for.
    UserInfo,
    /// What the authority's endpoints are.
    OpenidConfiguration(&'r str, Version),
    /// The public keys.
    Keys(&'r str, Version),
    /// Which authorities exist.
    Instance,
    /// Who signs a user in; without a name in the path, the query holds it.
    UserRealm(Option<&'r str>),
    /// What an issuer tells that smalt plays.
    Issuer(&'r str, Document),
}

impl<'r> Route<'r> {
    /// The route of a path; case does not matter, nor do doubled slashes and one at the end.
    pub(crate) fn of(path: &'r str) -> Option<Self> {
        let lower = path.to_ascii_lowercase();
        let words: Vec<&str> = lower.split('/').filter(|s| !s.is_empty()).collect();
        let written = |n: usize| path.split('/').filter(|s| !s.is_empty()).nth(n);
        let first = written(0)?;
        match words.as_slice() {
            ["issuers", _, ".well-known", "openid-configuration"] => {
                written(1).map(|name| Self::Issuer(name, Document::Configuration))
            }
            ["issuers", _, "keys"] => written(1).map(|name| Self::Issuer(name, Document::Keys)),
            [_, "oauth2", "token"] => Some(Self::Token(first, Version::V1)),
            [_, "oauth2", "v2.0", "token"] => Some(Self::Token(first, Version::V2)),
            [_, "oauth2", "authorize"] => Some(Self::Authorize(first, Version::V1)),
            [_, "oauth2", "v2.0", "authorize"] => Some(Self::Authorize(first, Version::V2)),
            [_, "oauth2", "devicecode"] => Some(Self::DeviceCode(first, Version::V1)),
            [_, "oauth2", "v2.0", "devicecode"] => Some(Self::DeviceCode(first, Version::V2)),
            // The short addresses are for whoever types them.
            ["devicelogin" | "device"] => Some(Self::DeviceLogin("common")),
            [_, "oauth2", "deviceauth"] | [_, "oauth2", "v2.0", "deviceauth"] => Some(Self::DeviceLogin(first)),
            [_, "oauth2", "logout"] | [_, "oauth2", "v2.0", "logout"] => Some(Self::Logout(first)),
            [_, "openid", "userinfo"] => Some(Self::UserInfo),
            [_, ".well-known", "openid-configuration"] => Some(Self::OpenidConfiguration(first, Version::V1)),
            [_, "v2.0", ".well-known", "openid-configuration"] => Some(Self::OpenidConfiguration(first, Version::V2)),
            [_, "discovery", "keys"] => Some(Self::Keys(first, Version::V1)),
            [_, "discovery", "v2.0", "keys"] => Some(Self::Keys(first, Version::V2)),
            ["common", "discovery", "instance"] => Some(Self::Instance),
            ["common", "userrealm", _] => Some(Self::UserRealm(written(2))),
            ["common", "userrealm"] => Some(Self::UserRealm(None)),
            _ => None,
        }
    }

    /// The methods that it takes, as `Allow` lists them (RFC 9110, 10.2.1).
    pub(crate) fn methods(self) -> &'static str {
        match self {
            Self::Token(..) | Self::DeviceCode(..) => "POST, OPTIONS",
            Self::Authorize(..) | Self::DeviceLogin(_) => "GET, HEAD, POST",
            Self::Logout(_) | Self::UserInfo => "GET, HEAD, POST, OPTIONS",
            Self::OpenidConfiguration(..) | Self::Keys(..) | Self::Instance | Self::UserRealm(_) | Self::Issuer(..) => {
                "GET, HEAD, OPTIONS"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_slashes_do_not_matter() {
        for (path, route) in [
            ("/T/oauth2/token", Some(Route::Token("T", Version::V1))),
            ("//T//OAuth2/Token/", Some(Route::Token("T", Version::V1))),
            ("/T/oauth2/V2.0/token", Some(Route::Token("T", Version::V2))),
            ("/T/.well-known/openid-configuration", Some(Route::OpenidConfiguration("T", Version::V1))),
            ("/T/v2.0/.well-known/OpenID-Configuration", Some(Route::OpenidConfiguration("T", Version::V2))),
            ("/T/discovery/keys", Some(Route::Keys("T", Version::V1))),
            ("/T/discovery/v2.0/keys", Some(Route::Keys("T", Version::V2))),
            ("/issuers/ci/.well-known/openid-configuration", Some(Route::Issuer("ci", Document::Configuration))),
            ("/issuers/discovery/keys", Some(Route::Issuer("discovery", Document::Keys))),
            ("/Common/Discovery/Instance", Some(Route::Instance)),
            ("/common/UserRealm/Ada@t.example", Some(Route::UserRealm(Some("Ada@t.example")))),
            ("/common/userrealm/", Some(Route::UserRealm(None))),
            ("/organizations/oauth2/V2.0/Authorize", Some(Route::Authorize("organizations", Version::V2))),
            ("/T/oauth2/devicecode", Some(Route::DeviceCode("T", Version::V1))),
            ("/common/oauth2/deviceauth", Some(Route::DeviceLogin("common"))),
            ("/DeviceLogin", Some(Route::DeviceLogin("common"))),
            ("/T/oauth2/logout", Some(Route::Logout("T"))),
            ("/", None),
            ("/T/oauth2", None),
            ("/T/oauth2/token/more", None),
            ("/%ff", None),
        ] {
            assert_eq!(Route::of(path), route, "{path}");
        }
    }
}
