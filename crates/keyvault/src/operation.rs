//! The operations there are: path, verb, and the right that each takes.

use std::future::Future;
use std::iter;
use std::pin::Pin;

use axum::http::Method;

use crate::answer::Answer;
use crate::call::Call;
use crate::error::VaultError;
use crate::noun::Noun;
use crate::{certificates, secrets};

/// What an operation does, once it is known that the caller may.
pub(crate) type Act = for<'a> fn(&'a Call) -> Pin<Box<dyn Future<Output = Result<Answer, VaultError>> + Send + 'a>>;

/// One operation.
pub(crate) struct Operation {
    pub(crate) method: Method,
    /// Where below the vault.
    pub(crate) collection: &'static str,
    /// Where in the collection; `{…}` stands for any name.
    pub(crate) path: &'static str,
    pub(crate) right: Right,
    pub(crate) act: Act,
}

/// What a caller must hold, in the words of roles and in those of access policies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Right {
    /// `secrets` or `certificates`: the type below the vault, and the policy's list.
    pub(crate) collection: &'static str,
    /// The data action behind the type, such as `getSecret/action`.
    pub(crate) action: &'static str,
    /// The permission, such as `get`.
    pub(crate) permission: &'static str,
}

impl Right {
    /// A right to things of one noun.
    pub(crate) const fn of<T: Noun>(action: &'static str, permission: &'static str) -> Self {
        Self { collection: T::COLLECTION, action, permission }
    }
}

/// Every operation; in a collection what is spelt out stands before what is any name.
static ALL: [&[Operation]; 4] =
    [&secrets::SHARED, &secrets::OPERATIONS, &certificates::SHARED, &certificates::OPERATIONS];

/// The operation that a request asks for.
pub(crate) fn find(method: &Method, words: &[String]) -> Result<&'static Operation, VaultError> {
    let known = || ALL.iter().flat_map(|noun| noun.iter()).filter(|operation| operation.is_at(words));
    known().find(|operation| operation.method == *method).ok_or_else(|| match known().next() {
        Some(_) => VaultError::MethodNotAllowed(method.to_string()),
        None => VaultError::NoSuchOperation(words.join("/")),
    })
}

impl Operation {
    pub(crate) const fn new(
        method: Method,
        collection: &'static str,
        path: &'static str,
        right: Right,
        act: Act,
    ) -> Self {
        Self { method, collection, path, right, act }
    }

    fn is_at(&self, words: &[String]) -> bool {
        let pattern = || iter::once(self.collection).chain(self.path.split_terminator('/'));
        pattern().count() == words.len()
            && pattern().zip(words).all(|(known, word)| known.starts_with('{') || known.eq_ignore_ascii_case(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spelt_out_is_no_name() {
        for (method, path, expected) in [
            (Method::GET, "secrets", Some(("secrets", ""))),
            (Method::GET, "secrets/a/versions", Some(("secrets", "{name}/versions"))),
            (Method::GET, "Secrets/a/abc", Some(("secrets", "{name}/{version}"))),
            (Method::GET, "certificates/a/pending", Some(("certificates", "{name}/pending"))),
            (Method::GET, "certificates/contacts", Some(("certificates", "contacts"))),
            (Method::GET, "deletedCertificates/contacts", Some(("deletedcertificates", "{name}"))),
            (Method::DELETE, "secrets/a/abc", None),
            (Method::GET, "secrets/a/b/c", None),
        ] {
            let words: Vec<String> = path.split('/').map(str::to_owned).collect();
            assert_eq!(find(&method, &words).ok().map(|o| (o.collection, o.path)), expected, "{method} {path}");
        }
    }

    /// A right that no role can list would be nobody's.
    #[test]
    fn every_right_is_a_data_action_of_azure() {
        for operation in ALL.iter().flat_map(|noun| noun.iter()) {
            let action = operation.right.full_action();
            assert!(rbac::Universe::known().contains(&action, rbac::Plane::Data), "{action}");
        }
    }
}
