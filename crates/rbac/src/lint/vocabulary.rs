//! The members that role files have, in each of their forms.

use crate::List;

/// What a member means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    /// The name; `name` is it only where there is no `roleName`, beside which it is the role's GUID.
    Name,
    RoleName,
    Description,
    List(List),
    Permissions,
    Scopes,
    Condition,
    /// What the server sets or no rule speaks of.
    Other,
}

pub(super) type Vocabulary = [(&'static str, Member)];

/// A block of `permissions`.
pub(super) const BLOCK: &Vocabulary = &[
    ("actions", Member::List(List::Actions)),
    ("notActions", Member::List(List::NotActions)),
    ("dataActions", Member::List(List::DataActions)),
    ("notDataActions", Member::List(List::NotDataActions)),
    ("condition", Member::Condition),
    ("conditionVersion", Member::Other),
];

/// `properties` of Resource Manager's form.
pub(super) const PROPERTIES: &Vocabulary = &[
    ("roleName", Member::RoleName),
    ("description", Member::Description),
    ("permissions", Member::Permissions),
    ("assignableScopes", Member::Scopes),
    ("type", Member::Other),
    ("createdOn", Member::Other),
    ("createdBy", Member::Other),
    ("updatedOn", Member::Other),
    ("updatedBy", Member::Other),
];

/// What stands around `properties`.
pub(super) const ENVELOPE: &Vocabulary = &[
    ("properties", Member::Other),
    ("id", Member::Other),
    ("name", Member::Other),
    ("type", Member::Other),
    ("apiVersion", Member::Other),
    ("scope", Member::Other),
    ("dependsOn", Member::Other),
];

/// What the command-line tools' form has beside the members of `properties` and of a block, which it has as well.
pub(super) const FLAT: &Vocabulary =
    &[("name", Member::Name), ("id", Member::Other), ("isCustom", Member::Other), ("roleType", Member::Other)];
