//! Microsoft Graph's permissions that have to do with the directory, and what they allow.
//!
//! Application and delegated permissions have the same names; a delegated one allows what the person may as well.

use super::rights::{Area, Reach, Rights};
use super::{Need, Rights as R};

const APPLICATIONS: &[Area] = &[Area::Applications];
const USERS: &[Area] = &[Area::Users];
const GROUPS: &[Area] = &[Area::Groups, Area::Members];
/// What `Directory.ReadWrite.All` changes; consents to application permissions and directory roles are not in it.
const DIRECTORY: &[Area] = &[Area::Applications, Area::Users, Area::Groups, Area::Members, Area::Grants, Area::Tenant];

/// Every permission that counts for something here.
const PERMISSIONS: &[(&str, Rights)] = &[
    ("Application.Read.All", R::only(&[Area::Applications, Area::AppRoles], Reach::All, Reach::None)),
    ("Application.ReadWrite.All", R::only(APPLICATIONS, Reach::All, Reach::All)),
    ("Application.ReadWrite.OwnedBy", R::only(APPLICATIONS, Reach::All, Reach::Own)),
    ("AppRoleAssignment.ReadWrite.All", R::only(&[Area::AppRoles], Reach::All, Reach::All)),
    ("DelegatedPermissionGrant.Read.All", R::only(&[Area::Grants], Reach::All, Reach::None)),
    ("DelegatedPermissionGrant.ReadWrite.All", R::only(&[Area::Grants], Reach::All, Reach::All)),
    ("Directory.AccessAsUser.All", R::ALL),
    ("Directory.Read.All", R::READ),
    ("Directory.ReadWrite.All", R::READ.and(DIRECTORY, Reach::All, Reach::All)),
    ("Domain.Read.All", R::only(&[Area::Tenant], Reach::All, Reach::None)),
    ("Domain.ReadWrite.All", R::only(&[Area::Tenant], Reach::All, Reach::All)),
    ("Group.Create", R::only(&[Area::Groups], Reach::Own, Reach::Own)),
    ("Group.Read.All", R::only(GROUPS, Reach::All, Reach::None)),
    ("Group.ReadWrite.All", R::only(GROUPS, Reach::All, Reach::All)),
    ("GroupMember.Read.All", R::only(GROUPS, Reach::All, Reach::None)),
    (
        "GroupMember.ReadWrite.All",
        R::only(&[Area::Groups], Reach::All, Reach::None).and(&[Area::Members], Reach::All, Reach::All),
    ),
    ("Organization.Read.All", R::only(&[Area::Tenant], Reach::All, Reach::None)),
    ("Organization.ReadWrite.All", R::only(&[Area::Tenant], Reach::All, Reach::All)),
    ("RoleManagement.Read.All", R::only(&[Area::Roles], Reach::All, Reach::None)),
    ("RoleManagement.Read.Directory", R::only(&[Area::Roles], Reach::All, Reach::None)),
    ("RoleManagement.ReadWrite.Directory", R::only(&[Area::Roles], Reach::All, Reach::All)),
    ("User-PasswordProfile.ReadWrite.All", R::only(&[Area::Passwords], Reach::None, Reach::All)),
    ("User.Read", R::only(USERS, Reach::Own, Reach::None)),
    ("User.Read.All", R::only(USERS, Reach::All, Reach::None)),
    ("User.ReadBasic.All", R::only(USERS, Reach::All, Reach::None)),
    ("User.ReadWrite", R::only(USERS, Reach::Own, Reach::Own)),
    ("User.ReadWrite.All", R::only(USERS, Reach::All, Reach::All)),
];

/// What permissions with these names allow together.
pub(super) fn rights_of<'n>(names: impl Iterator<Item = &'n str>) -> Rights {
    let rights = |name: &str| PERMISSIONS.iter().find(|(known, _)| *known == name).map(|(_, rights)| *rights);
    Rights::union(names.filter_map(rights))
}

/// The permissions that allow `need` with any object.
pub(in super::super) fn that_allow(need: Need) -> impl Iterator<Item = &'static str> {
    let allows = move |rights: &Rights| rights.reach(need.area, need.writes) == Reach::All;
    PERMISSIONS.iter().filter(move |(_, rights)| allows(rights)).map(|(name, _)| *name)
}
