//! The directory's built-in roles that mean something to what smalt has; ids and names are the same in every tenant.

use model::GLOBAL_ADMINISTRATOR;
use uuid::{Uuid, uuid};

use super::access::{Area, Reach, Rights};

/// A role.
pub(super) struct Role {
    /// Its template id.
    pub(super) id: Uuid,
    /// The name people see.
    pub(super) name: &'static str,
    /// What it is for.
    pub(super) description: &'static str,
    /// What it allows.
    pub(super) rights: Rights,
}

const fn role(id: Uuid, name: &'static str, description: &'static str, rights: Rights) -> Role {
    Role { id, name, description, rights }
}

/// To read everything and to change `areas`.
const fn changes(areas: &[Area]) -> Rights {
    Rights::READ.and(areas, Reach::All, Reach::All)
}

/// The roles, in the order of their names.
pub(super) const CATALOGUE: [Role; 10] = [
    role(
        uuid!("9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"),
        "Application Administrator",
        "Manages all applications and service principals, and consents to delegated permissions.",
        changes(&[Area::Applications, Area::Grants]),
    ),
    role(
        uuid!("cf1c38e5-3621-4004-a7cb-879624dced7c"),
        "Application Developer",
        "Registers applications where members may not.",
        Rights::READ.and(&[Area::Applications], Reach::All, Reach::Own),
    ),
    role(
        uuid!("158c047a-c907-4556-b7ef-446551a6b5f7"),
        "Cloud Application Administrator",
        "Manages all applications and service principals except the application proxy.",
        changes(&[Area::Applications, Area::Grants]),
    ),
    role(uuid!("88d8e3e3-8f55-4a1e-953a-9b9898b8876b"), "Directory Readers", "Reads the directory.", Rights::READ),
    role(
        uuid!("9360feb5-f418-4baa-8175-e2a00bac4301"),
        "Directory Writers",
        "Reads the directory and changes groups and their members.",
        changes(&[Area::Groups, Area::Members]),
    ),
    role(GLOBAL_ADMINISTRATOR, "Global Administrator", "Manages the whole directory.", Rights::ALL),
    role(uuid!("f2ef992c-3afb-46b9-b7cf-a126ee74c451"), "Global Reader", "Reads the whole directory.", Rights::READ),
    role(
        uuid!("fdd7a751-b60b-444a-984c-02652fe8fa1c"),
        "Groups Administrator",
        "Manages groups and their members.",
        changes(&[Area::Groups, Area::Members]),
    ),
    role(
        uuid!("e8611ab8-c189-46e8-94e1-60213ab1f814"),
        "Privileged Role Administrator",
        "Gives directory roles, and consents to any permission.",
        changes(&[Area::Roles, Area::AppRoles, Area::Grants]),
    ),
    role(
        uuid!("fe930be7-5e62-47db-91af-98c3a49a38b1"),
        "User Administrator",
        "Manages people and groups.",
        changes(&[Area::Users, Area::Groups, Area::Members]),
    ),
];
