//! Which of a VM's identities a request means (IDENTITY-WIRE 1.10). Pure.

use model::{Identity, Scope};
use uuid::Uuid;

use crate::error::Error;
use crate::query::Query;

/// How a request names an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Selector<'q> {
    /// Not at all: the system-assigned one, else the only other.
    Default,
    /// Not at all, where that can mean the system-assigned one and no other: App Service.
    System,
    /// By its client (application) id.
    Client(&'q str),
    /// By its principal (object) id.
    Object(&'q str),
    /// By its ARM id.
    Resource(&'q str),
}

impl<'q> Selector<'q> {
    /// Reads it out of a query. `mi_res_id` is App Service's spelling; an old client sends it here too.
    ///
    /// # Errors
    /// [`Error::ManySelectors`].
    pub(crate) fn of(query: &'q Query<'_>) -> Result<Self, Error> {
        let mut selectors = [
            query.get("client_id").map(Self::Client),
            query.get("object_id").map(Self::Object),
            query.get("msi_res_id").map(Self::Resource),
            query.get("mi_res_id").map(Self::Resource),
        ]
        .into_iter()
        .flatten();
        match (selectors.next(), selectors.next()) {
            (None, _) => Ok(Self::Default),
            (Some(one), None) => Ok(one),
            (Some(_), Some(_)) => Err(Error::ManySelectors),
        }
    }
}

/// The principal (object) id of the identity that `selector` means: the one stored at the attachment, so that an
/// identity made anew under an old name is not found. `client_of` tells the client id of the system-assigned one.
///
/// # Errors
/// [`Error::IdentityNotFound`], [`Error::ManyIdentities`].
pub(crate) fn select(
    identity: &Identity,
    selector: Selector<'_>,
    client_of: impl Fn(Uuid) -> Option<Uuid>,
) -> Result<Uuid, Error> {
    let mut users = identity.user.iter();
    let found = match selector {
        Selector::Default => match (identity.system, identity.user.as_slice()) {
            (Some(system), _) => Some(system),
            (None, [only]) => Some(only.principal_id),
            (None, []) => None,
            (None, _) => return Err(Error::ManyIdentities),
        },
        Selector::System => identity.system,
        Selector::Client(text) => Uuid::parse_str(text).ok().and_then(|id| {
            let system = identity.system.filter(|system| client_of(*system) == Some(id));
            system.or_else(|| users.find(|u| u.client_id == id).map(|u| u.principal_id))
        }),
        Selector::Object(text) => Uuid::parse_str(text).ok().and_then(|id| {
            let system = identity.system.filter(|system| *system == id);
            system.or_else(|| users.find(|u| u.principal_id == id).map(|u| u.principal_id))
        }),
        Selector::Resource(text) => {
            let wanted = Scope::new(text);
            users.find(|u| Scope::new(&u.id) == wanted).map(|u| u.principal_id)
        }
    };
    found.ok_or(Error::IdentityNotFound)
}

#[cfg(test)]
mod tests {
    use model::UserAssigned;

    use super::*;

    const fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn user(n: u128) -> UserAssigned {
        UserAssigned {
            id: format!("/subscriptions/S/resourceGroups/G/u{n}"),
            principal_id: id(n),
            client_id: id(n + 100),
        }
    }

    /// The system-assigned identity is principal 1 with client 101.
    fn outcome(system: bool, users: &[u128], query: &str) -> String {
        let identity = Identity { system: system.then_some(id(1)), user: users.iter().map(|n| user(*n)).collect() };
        let query = Query::parse(query).unwrap();
        let selected = Selector::of(&query)
            .and_then(|selector| select(&identity, selector, |principal| (principal == id(1)).then_some(id(101))));
        selected.map_or_else(|error| format!("{error:?}"), |principal| principal.as_u128().to_string())
    }

    #[test]
    fn the_table_of_selection() {
        let client = |n: u128| format!("client_id={}", id(n));
        let object = |n: u128| format!("object_id={}", id(n));
        for (system, users, query, expected) in [
            (false, &[][..], String::new(), "IdentityNotFound"),
            (false, &[], client(101), "IdentityNotFound"),
            (true, &[], String::new(), "1"),
            (true, &[], client(101), "1"),
            (true, &[], object(1), "1"),
            (true, &[], client(102), "IdentityNotFound"),
            (true, &[2, 3], String::new(), "1"),
            (true, &[2, 3], client(103), "3"),
            (false, &[2], String::new(), "2"),
            (false, &[2], "client_id=".to_owned(), "2"),
            (false, &[2], client(101), "IdentityNotFound"),
            (false, &[2, 3], String::new(), "ManyIdentities"),
            (false, &[2, 3], object(3), "3"),
            (false, &[2, 3], client(2), "IdentityNotFound"),
            (false, &[2, 3], "client_id=nonsense".to_owned(), "IdentityNotFound"),
            (false, &[2, 3], "object_id=nonsense".to_owned(), "IdentityNotFound"),
            (false, &[2, 3], "msi_res_id=/subscriptions/s/resourcegroups/g/U3/".to_owned(), "3"),
            (false, &[2, 3], "mi_res_id=%2Fsubscriptions%2Fs%2FresourceGroups%2Fg%2Fu2".to_owned(), "2"),
            (false, &[2, 3], "msi_res_id=/subscriptions/s/resourcegroups/g/u33".to_owned(), "IdentityNotFound"),
            (false, &[2, 3], format!("{}&{}", client(102), object(2)), "ManySelectors"),
        ] {
            assert_eq!(outcome(system, users, &query), expected, "system {system}, users {users:?}, {query}");
        }
    }
}
