//! The directory's built-in roles: those that mean something to what smalt has, and the best known of the others. Ids and
//! names are the same in every tenant.

use model::GLOBAL_ADMINISTRATOR;
use uuid::{Uuid, uuid};

use super::access::{Area, Reach, Rights};

/// Beside a Global Administrator the only role that changes what opens an administrator's account.
pub(super) const PRIVILEGED_AUTHENTICATION_ADMINISTRATOR: Uuid = uuid!("7be44c8a-adaf-4e2a-84d6-ab2649e08a13");

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

/// A role over what smalt does not have: it shows who has it, and lets them read.
const fn other(id: Uuid, name: &'static str, description: &'static str) -> Role {
    role(id, name, description, Rights::READ)
}

/// To read everything and to change `areas`.
const fn changes(areas: &[Area]) -> Rights {
    Rights::READ.and(areas, Reach::All, Reach::All)
}

/// The roles, in the order of their names.
pub(super) const CATALOGUE: [Role; 31] = [
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
        uuid!("c4e39bd9-1100-46d3-8c65-fb160da0071f"),
        "Authentication Administrator",
        "Sees and changes how people who are no administrators prove themselves.",
        changes(&[Area::Passwords]),
    ),
    other(
        uuid!("b0f54661-2d74-4c50-afa3-1ec803f12efe"),
        "Billing Administrator",
        "Pays and manages subscriptions to Microsoft's services.",
    ),
    role(
        uuid!("158c047a-c907-4556-b7ef-446551a6b5f7"),
        "Cloud Application Administrator",
        "Manages all applications and service principals except the application proxy.",
        changes(&[Area::Applications, Area::Grants]),
    ),
    other(
        uuid!("7698a772-787b-4ac8-901f-60d6b08affd2"),
        "Cloud Device Administrator",
        "Manages devices in the directory.",
    ),
    other(
        uuid!("17315797-102d-40b4-93e0-432062caca18"),
        "Compliance Administrator",
        "Manages compliance settings and reports.",
    ),
    other(
        uuid!("b1be1c3e-b65d-4f19-8427-f6fa0d97feb9"),
        "Conditional Access Administrator",
        "Manages conditional access.",
    ),
    role(uuid!("88d8e3e3-8f55-4a1e-953a-9b9898b8876b"), "Directory Readers", "Reads the directory.", Rights::READ),
    role(
        uuid!("9360feb5-f418-4baa-8175-e2a00bac4301"),
        "Directory Writers",
        "Reads the directory and changes groups and their members.",
        changes(&[Area::Groups, Area::Members]),
    ),
    other(uuid!("29232cdf-9323-42fd-ade2-1d097af3e4de"), "Exchange Administrator", "Manages Exchange."),
    role(GLOBAL_ADMINISTRATOR, "Global Administrator", "Manages the whole directory.", Rights::ALL),
    role(uuid!("f2ef992c-3afb-46b9-b7cf-a126ee74c451"), "Global Reader", "Reads the whole directory.", Rights::READ),
    role(
        uuid!("fdd7a751-b60b-444a-984c-02652fe8fa1c"),
        "Groups Administrator",
        "Manages groups and their members.",
        changes(&[Area::Groups, Area::Members]),
    ),
    other(uuid!("95e79109-95c0-4d8e-aee3-d01accf2d47b"), "Guest Inviter", "Invites guests, whatever members may."),
    role(
        uuid!("729827e3-9c14-49f7-bb1b-9608f156bbb8"),
        "Helpdesk Administrator",
        "Resets passwords of people who are no administrators.",
        changes(&[Area::Passwords]),
    ),
    other(
        uuid!("8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2"),
        "Hybrid Identity Administrator",
        "Manages synchronization with directories on premises.",
    ),
    other(
        uuid!("45d8d3c5-c802-45c6-b32a-1d70b5e1e86e"),
        "Identity Governance Administrator",
        "Manages governance of access.",
    ),
    other(uuid!("3a2c62db-5318-420d-8d74-23affee5d9d5"), "Intune Administrator", "Manages Intune."),
    other(
        uuid!("4d6ac14f-3453-41d0-bef9-a3e0c569773a"),
        "License Administrator",
        "Gives licences to people and groups.",
    ),
    role(
        uuid!("966707d0-3269-4727-9be2-8c3a10f19b9d"),
        "Password Administrator",
        "Resets passwords of people without roles.",
        changes(&[Area::Passwords]),
    ),
    role(
        PRIVILEGED_AUTHENTICATION_ADMINISTRATOR,
        "Privileged Authentication Administrator",
        "Sees and changes how anybody proves themselves.",
        changes(&[Area::Passwords]),
    ),
    role(
        uuid!("e8611ab8-c189-46e8-94e1-60213ab1f814"),
        "Privileged Role Administrator",
        "Gives directory roles, and consents to any permission.",
        changes(&[Area::Roles, Area::AppRoles, Area::Grants]),
    ),
    other(uuid!("4a5d8f65-41da-4de4-8968-e035b65339cf"), "Reports Reader", "Reads reports of use and sign-ins."),
    other(
        uuid!("194ae4cb-b126-40b2-bd5b-6091b380977d"),
        "Security Administrator",
        "Reads security information and manages security settings.",
    ),
    other(uuid!("5f2222b1-57c3-48ba-8ad5-d4759f1fde6f"), "Security Operator", "Handles security alerts."),
    other(uuid!("5d6b6bb7-de71-4623-b4af-96380a352509"), "Security Reader", "Reads security information."),
    other(
        uuid!("f023fd81-a637-4b56-95fd-791ac0226033"),
        "Service Support Administrator",
        "Opens tickets and reads the health of services.",
    ),
    other(uuid!("f28a1f50-f6e7-4571-818b-6a12f2af6b6c"), "SharePoint Administrator", "Manages SharePoint."),
    other(uuid!("69091246-20e8-4a56-aa4d-066075b2a7a8"), "Teams Administrator", "Manages Teams."),
    role(
        uuid!("fe930be7-5e62-47db-91af-98c3a49a38b1"),
        "User Administrator",
        "Manages people and groups.",
        changes(&[Area::Users, Area::Passwords, Area::Groups, Area::Members]),
    ),
];
