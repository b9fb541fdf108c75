//! Every noun of Graph with its routes.

use super::access::Area;
use super::entity::Kind;
use super::route::Route;
use super::target::Segment;
use super::{
    app_role_assignments, applications, credentials, deleted_items, directory_objects, directory_roles, domains,
    federated_identity_credentials, groups, key_rolling, managers, memberships, organization, owners, passwords,
    permission_grants, relations, service_principals, users,
};

/// A noun: what its paths begin with and what can be done below.
pub(super) struct Noun {
    /// What its paths begin with.
    pub(super) path: &'static str,
    /// What its objects are.
    pub(super) kind: Kind,
    /// What part of the directory it is.
    pub(super) area: Area,
    /// Routes below the noun's path.
    pub(super) routes: &'static [&'static [Route]],
}

impl Noun {
    /// What of a path follows the noun; none when the path is of another.
    pub(super) fn below<'s>(&self, segments: &'s [Segment]) -> Option<&'s [Segment]> {
        let words: Vec<&str> = self.path.split('/').collect();
        let (first, rest) = segments.split_at_checked(words.len())?;
        let fits = |(word, segment): (&&str, &Segment)| segment.word().is_some_and(|w| w.eq_ignore_ascii_case(word));
        words.iter().zip(first).all(fits).then_some(rest)
    }
}

const fn noun(kind: Kind, path: &'static str, area: Area, routes: &'static [&'static [Route]]) -> Noun {
    Noun { path, kind, area, routes }
}

/// The nouns. `/me` is a person of `users`.
pub(super) const ALL: [Noun; 13] = [
    noun(
        Kind::Application,
        "applications",
        Area::Applications,
        &[
            applications::ROUTES,
            credentials::ROUTES,
            federated_identity_credentials::ROUTES,
            key_rolling::ROUTES,
            owners::ROUTES,
            relations::OWNERS,
        ],
    ),
    noun(
        Kind::ServicePrincipal,
        "servicePrincipals",
        Area::Applications,
        &[
            service_principals::ROUTES,
            credentials::ROUTES,
            key_rolling::ROUTES,
            owners::ROUTES,
            relations::OWNERS,
            relations::OWNED,
            relations::MEMBER_OF,
            relations::APP_ROLES,
            relations::APP_ROLES_ON,
            relations::GRANTS,
            memberships::QUESTIONS,
            app_role_assignments::ROUTES,
            app_role_assignments::RESOURCE_ROUTES,
        ],
    ),
    noun(
        Kind::User,
        "users",
        Area::Users,
        &[
            users::ROUTES,
            managers::ROUTES,
            passwords::ROUTES,
            relations::MANAGER,
            relations::OWNED,
            relations::MEMBER_OF,
            relations::APP_ROLES,
            relations::GRANTS,
            memberships::QUESTIONS,
            app_role_assignments::ROUTES,
        ],
    ),
    noun(
        Kind::Group,
        "groups",
        Area::Groups,
        &[
            groups::ROUTES,
            owners::ROUTES,
            relations::OWNERS,
            relations::MEMBERS,
            relations::MEMBER_OF,
            relations::APP_ROLES,
            memberships::QUESTIONS,
            app_role_assignments::ROUTES,
        ],
    ),
    noun(Kind::DirectoryObject, "directoryObjects", Area::Users, &[directory_objects::ROUTES, memberships::QUESTIONS]),
    noun(Kind::DirectoryObject, "directory/deletedItems", Area::Users, &[deleted_items::ROUTES]),
    noun(Kind::PermissionGrant, "oauth2PermissionGrants", Area::Grants, &[permission_grants::ROUTES]),
    noun(Kind::DirectoryRole, "directoryRoles", Area::Roles, &[directory_roles::ROUTES]),
    noun(Kind::DirectoryRoleTemplate, "directoryRoleTemplates", Area::Roles, &[directory_roles::TEMPLATES]),
    noun(
        Kind::RoleDefinition,
        "roleManagement/directory/roleDefinitions",
        Area::Roles,
        &[directory_roles::DEFINITIONS],
    ),
    noun(
        Kind::RoleAssignment,
        "roleManagement/directory/roleAssignments",
        Area::Roles,
        &[directory_roles::ASSIGNMENTS],
    ),
    noun(Kind::Organization, "organization", Area::Tenant, &[organization::ROUTES]),
    noun(Kind::Domain, "domains", Area::Tenant, &[domains::ROUTES]),
];
