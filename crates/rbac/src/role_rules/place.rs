//! Where in a role definition: what a violation, and a finding of the linter, points at.

use model::Permission;

use crate::Plane;

/// One of the four lists of a permission block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum List {
    /// `actions`
    Actions,
    /// `notActions`
    NotActions,
    /// `dataActions`
    DataActions,
    /// `notDataActions`
    NotDataActions,
}

impl List {
    /// All four, in Azure's order.
    pub const ALL: [Self; 4] = [Self::Actions, Self::NotActions, Self::DataActions, Self::NotDataActions];

    /// Azure's name of it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Actions => "actions",
            Self::NotActions => "notActions",
            Self::DataActions => "dataActions",
            Self::NotDataActions => "notDataActions",
        }
    }

    /// The plane whose operations it lists.
    #[must_use]
    pub fn plane(self) -> Plane {
        match self {
            Self::Actions | Self::NotActions => Plane::Control,
            Self::DataActions | Self::NotDataActions => Plane::Data,
        }
    }

    /// The list of this kind in a block.
    #[must_use]
    pub fn of(self, block: &Permission) -> &[String] {
        match self {
            Self::Actions => &block.actions,
            Self::NotActions => &block.not_actions,
            Self::DataActions => &block.data_actions,
            Self::NotDataActions => &block.not_data_actions,
        }
    }

    /// The same, to be filled.
    pub fn of_mut(self, block: &mut Permission) -> &mut Vec<String> {
        match self {
            Self::Actions => &mut block.actions,
            Self::NotActions => &mut block.not_actions,
            Self::DataActions => &mut block.data_actions,
            Self::NotDataActions => &mut block.not_data_actions,
        }
    }
}

/// What in a role definition something is said about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// `roleName`
    Name,
    /// `description`
    Description,
    /// `permissions`
    Permissions,
    /// One of the lists of the block with this number.
    List(usize, List),
    /// One string of such a list.
    Pattern(usize, List, usize),
    /// The condition of the block with this number.
    Condition(usize),
    /// `assignableScopes`
    Scopes,
    /// The assignable scope with this number.
    Scope(usize),
}
