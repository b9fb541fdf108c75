//! Every noun of Graph with its routes.

use super::entity::Kind;
use super::route::Route;
use super::{
    applications, credentials, directory_objects, domains, federated_identity_credentials, groups, memberships,
    organization, owners, service_principals, users,
};

/// A noun: what its paths begin with and what can be done below.
pub(super) struct Noun {
    /// What its objects are.
    pub(super) kind: Kind,
    /// Routes below the noun's name.
    pub(super) routes: &'static [&'static [Route]],
}

/// The nouns. `/me` is a person of `users`.
pub(super) const ALL: [Noun; 7] = [
    Noun {
        kind: Kind::Application,
        routes: &[applications::ROUTES, credentials::ROUTES, federated_identity_credentials::ROUTES, owners::ROUTES],
    },
    Noun {
        kind: Kind::ServicePrincipal,
        routes: &[
            service_principals::ROUTES,
            credentials::ROUTES,
            owners::ROUTES,
            owners::OWNED_ROUTES,
            memberships::ROUTES,
            memberships::QUESTIONS,
        ],
    },
    Noun {
        kind: Kind::User,
        routes: &[users::ROUTES, owners::OWNED_ROUTES, memberships::ROUTES, memberships::QUESTIONS],
    },
    Noun { kind: Kind::Group, routes: &[groups::ROUTES, owners::ROUTES, memberships::ROUTES, memberships::QUESTIONS] },
    Noun { kind: Kind::DirectoryObject, routes: &[directory_objects::ROUTES, memberships::QUESTIONS] },
    Noun { kind: Kind::Organization, routes: &[organization::ROUTES] },
    Noun { kind: Kind::Domain, routes: &[domains::ROUTES] },
];
