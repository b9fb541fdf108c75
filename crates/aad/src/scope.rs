//! What a client asks for on a person's behalf: one resource, permissions there, and knowledge about the person.

use model::AskedScope;

use crate::error::Aadsts;
use crate::form::Form;
use crate::route::Version;

/// The resource of scopes that name none (`User.Read`).
const GRAPH: &str = "https://graph.microsoft.com";
/// The resource of version 1 requests that name none: Azure AD Graph by its id, as tokens in people's questions have it
/// (ISS:DuendeArchive/IdentityModel#74).
pub(crate) const DIRECTORY: &str = "00000002-0000-0000-c000-000000000000";

/// Scopes about the user (OpenID Connect Core, 5.4).
pub(crate) const ABOUT_THE_USER: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// A request's scopes, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scopes {
    /// As asked.
    pub(crate) asked: AskedScope,
    /// The resource in the caller's spelling.
    pub(crate) resource: String,
    /// Names of permissions; `.default` stands for all that the client has.
    pub(crate) permissions: Vec<String>,
    /// Which of [`ABOUT_THE_USER`] are asked for.
    about: [bool; 4],
}

impl Scopes {
    /// What a form or a query asks for; `before` is what was asked for the last time, at whichever endpoint, when the client
    /// may leave this out.
    ///
    /// # Errors
    /// [`Aadsts::Missing`], [`Aadsts::ResourceAtVersion2`], [`Aadsts::SeveralResources`], [`Aadsts::InvalidScope`].
    pub(crate) fn asked(form: &Form<'_>, version: Version, before: Option<&AskedScope>) -> Result<Self, Aadsts> {
        let named = match version {
            Version::V1 => form.get("resource").map(|resource| Ok(Self::of_resource(resource))),
            Version::V2 if form.get("resource").is_some() => return Err(Aadsts::ResourceAtVersion2),
            Version::V2 => form.get("scope").map(Self::parse),
        };
        named.or_else(|| before.map(Self::kept)).unwrap_or_else(|| match version {
            Version::V1 => Ok(Self::of_resource(DIRECTORY)),
            Version::V2 => Err(Aadsts::Missing("scope")),
        })
    }

    /// What was asked for before.
    ///
    /// # Errors
    /// As [`Self::asked`].
    pub(crate) fn kept(before: &AskedScope) -> Result<Self, Aadsts> {
        match before.is_resource {
            true => Ok(Self::of_resource(&before.scope)),
            false => Self::parse(&before.scope),
        }
    }

    fn of_resource(resource: &str) -> Self {
        // The version 1 endpoint gives whatever it has.
        Self {
            asked: AskedScope { scope: resource.to_owned(), is_resource: true },
            resource: resource.to_owned(),
            permissions: vec![".default".to_owned()],
            about: [true; 4],
        }
    }

    fn parse(text: &str) -> Result<Self, Aadsts> {
        let mut resource: Option<&str> = None;
        let (mut permissions, mut about) = (Vec::new(), [false; 4]);
        for scope in text.split_whitespace() {
            if let Some(known) = ABOUT_THE_USER.iter().position(|name| name.eq_ignore_ascii_case(scope)) {
                about[known] = true;
                continue;
            }
            let (of, permission) = scope.rsplit_once('/').unwrap_or((GRAPH, scope));
            if of.is_empty() || permission.is_empty() {
                return Err(Aadsts::InvalidScope(text.to_owned()));
            }
            if resource.is_some_and(|other| other != of) {
                return Err(Aadsts::SeveralResources(text.to_owned()));
            }
            resource = Some(of);
            permissions.push(permission.to_owned());
        }
        if permissions.len() > 1 && permissions.iter().any(|permission| permission == ".default") {
            return Err(Aadsts::DefaultWithOthers(text.to_owned()));
        }
        if permissions.is_empty() && about == [false; 4] {
            return Err(Aadsts::InvalidScope(text.to_owned()));
        }
        let resource = resource.unwrap_or(GRAPH).to_owned();
        let asked = AskedScope { scope: text.to_owned(), is_resource: false };
        Ok(Self { asked, resource, permissions, about })
    }

    /// Whether an id token is asked for.
    pub(crate) fn has_openid(&self) -> bool {
        self.about[0]
    }

    /// Whether the person's names are asked for.
    pub(crate) fn has_profile(&self) -> bool {
        self.about[1]
    }

    /// Whether the person's address is asked for.
    pub(crate) fn has_email(&self) -> bool {
        self.about[2]
    }

    /// Whether a refresh token is asked for.
    pub(crate) fn has_offline_access(&self) -> bool {
        self.about[3]
    }

    /// Asks for a refresh token too.
    pub(crate) fn keep_offline_access(&mut self) {
        self.about[3] = true;
    }

    /// Which of [`ABOUT_THE_USER`] are asked for, by name; a refresh token is no permission.
    pub(crate) fn about_the_user(&self) -> impl Iterator<Item = &'static str> {
        ABOUT_THE_USER.into_iter().zip(self.about).take(3).filter_map(|(name, asked)| asked.then_some(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_name_one_resource() {
        let read = |text: &str| Scopes::parse(text).map(|scopes| (scopes.resource, scopes.permissions.join(" ")));
        let ok = |resource: &str, permissions: &str| Ok((resource.to_owned(), permissions.to_owned()));
        assert_eq!(
            read("https://management.core.windows.net//.default openid profile offline_access"),
            ok("https://management.core.windows.net/", ".default")
        );
        assert_eq!(read("User.Read https://graph.microsoft.com/Mail.Read"), ok(GRAPH, "User.Read Mail.Read"));
        assert_eq!(read("openid email"), ok(GRAPH, ""));
        assert_eq!(read("api://a/b api://c/d").unwrap_err().refusal().code, 28_000);
        assert_eq!(read("api://a/.default api://a/d").unwrap_err().refusal().code, 70_011);
        for nothing in ["", " ", "/x", "x/"] {
            assert_eq!(read(nothing).unwrap_err().refusal().code, 70_011, "{nothing}");
        }
    }
}
