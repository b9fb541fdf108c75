//! The rules, each with Azure's code and sentence.

use crate::Plane;

/// Characters in a name.
pub(super) const NAME: usize = 512;
/// Characters in a description.
pub(super) const DESCRIPTION: usize = 2048;
/// Assignable scopes of a role.
pub(super) const SCOPES: usize = 2000;

/// A rule that is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// There is no name.
    NameMissing,
    /// The name is longer than 512 characters.
    NameTooLong,
    /// The description is longer than 2,048 characters.
    DescriptionTooLong,
    /// There is no permission block.
    PermissionsMissing,
    /// There is no assignable scope.
    ScopesMissing,
    /// There are more than 2,000 assignable scopes.
    TooManyScopes,
    /// An assignable scope is the tenant's root, which is for built-in roles.
    RootScope,
    /// An assignable scope has a wildcard.
    WildcardScope(String),
    /// An assignable scope is no scope; its number, and the text.
    MalformedScope(usize, String),
    /// A second management group.
    SeveralManagementGroups,
    /// A management group for a role with data actions.
    DataActionsInManagementGroup,
    /// A second wildcard.
    SeveralWildcards(String),
    /// No provider has an operation in this plane that the string stands for.
    UnknownOperation(String, Plane),
}

impl Rule {
    /// Azure's code. Those for lengths, counts and forbidden scopes were never seen and are smalt's own choice.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NameMissing => "RoleDefinitionNameNullOrEmpty",
            Self::NameTooLong => "InvalidRoleDefinitionName",
            Self::DescriptionTooLong => "InvalidRoleDefinitionDescription",
            Self::PermissionsMissing => "InvalidRoleDefinition",
            Self::ScopesMissing => "MissingAssignableScopes",
            Self::TooManyScopes
            | Self::RootScope
            | Self::WildcardScope(_)
            | Self::SeveralManagementGroups
            | Self::DataActionsInManagementGroup => "InvalidAssignableScopes",
            Self::MalformedScope(..) => "LinkedInvalidPropertyId",
            Self::SeveralWildcards(_) | Self::UnknownOperation(..) => "InvalidActionOrNotAction",
        }
    }

    /// Azure's sentence, or smalt's where Azure's was never seen.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::NameMissing => "The role definition's 'roleName' is required.".to_owned(),
            Self::NameTooLong => format!("The role name must not be longer than {NAME} characters."),
            Self::DescriptionTooLong => format!("The description must not be longer than {DESCRIPTION} characters."),
            Self::PermissionsMissing => "The role definition's 'permissions' is required.".to_owned(),
            Self::ScopesMissing => "The role definition must have at least one assignable scope.".to_owned(),
            Self::TooManyScopes => format!("The role definition must not have more than {SCOPES} assignable scopes."),
            Self::RootScope => "The root scope '/' cannot be an assignable scope of a custom role.".to_owned(),
            Self::WildcardScope(scope) => {
                format!("The assignable scope '{scope}' contains a wildcard. Wildcards are not supported.")
            }
            Self::MalformedScope(number, scope) => format!(
                "Property id '{scope}' at path 'properties.assignableScopes[{number}]' is invalid. Expect fully qualified resource Id that \
                 start with '/subscriptions/{{subscriptionId}}' or '/providers/{{resourceProviderNamespace}}/'."
            ),
            Self::SeveralManagementGroups => {
                "The role definition must not have more than one management group in its assignable scopes.".to_owned()
            }
            Self::DataActionsInManagementGroup => {
                "A role definition with DataActions or NotDataActions cannot have a management group in its assignable \
                 scopes."
                    .to_owned()
            }
            Self::SeveralWildcards(text) => format!("'{text}' contains multiple wildcards. Only one is allowed."),
            Self::UnknownOperation(text, _) => {
                format!("'{text}' does not match any of the actions supported by the providers.")
            }
        }
    }
}
