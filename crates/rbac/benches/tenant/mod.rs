//! A tenant of any size, the same each time, and questions about it: for whatever is measured on it.

use std::sync::Arc;

use model::{AccessControl, PrincipalType, RoleAssignment, Scope};
use rbac::{Action, PUBLISHED, builtin_roles};
use uuid::{Uuid, uuid};

/// How many assignments the tenants have.
pub(crate) const SIZES: [u64; 4] = [10, 1_000, 100_000, 1_000_000];

/// What is asked for.
pub(crate) const ACTIONS: [&str; 4] = [
    "Microsoft.Compute/virtualMachines/read",
    "Microsoft.Compute/virtualMachines/write",
    "Microsoft.Compute/virtualMachines/start/action",
    "Microsoft.Authorization/roleAssignments/write",
];

/// Owner, Contributor, Reader.
const BASIC: [Uuid; 3] = [
    uuid!("8e3af657-a8ff-443c-a75c-2fe8c4bcb635"),
    uuid!("b24988ac-6180-42a0-ab88-20f7382dd24c"),
    uuid!("acdd72a7-3385-48ef-bd42-f606fba81ae7"),
];

/// A pseudo-random number that depends on `n` alone.
fn scattered(n: u64) -> u64 {
    let mut x = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 31)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    x ^ (x >> 32)
}

fn principal(n: u64) -> Uuid {
    Uuid::from_u64_pair(scattered(n), scattered(n + 1_000_003))
}

/// A tenant with `size` assignments: 250 in each subscription, spread over its groups and machines, and a tenth of them on
/// management groups; ten assignments a principal on average. Below the first management group stand all others, below
/// them the subscriptions.
pub(crate) struct Tenant {
    pub(crate) assignments: Vec<Arc<RoleAssignment>>,
    /// The roles that are assigned, each once, the basic ones first.
    pub(crate) roles: Vec<Uuid>,
    principals: u64,
    subscriptions: u64,
    /// How many management groups: as many as Azure's limit of 500 assignments each wants.
    groups: u64,
}

/// May one of these principals do this here?
pub(crate) struct Question {
    /// The caller and the ten groups that it is in.
    pub(crate) principals: Vec<Uuid>,
    pub(crate) action: Action,
    pub(crate) scope: Scope,
    /// The management groups above, nearest first.
    pub(crate) above: Vec<Scope>,
}

impl Tenant {
    pub(crate) fn new(size: u64) -> Self {
        let mut tenant = Self {
            assignments: Vec::new(),
            roles: BASIC
                .into_iter()
                .chain(builtin_roles().iter().step_by(9).map(|role| role.id).filter(|id| !BASIC.contains(id)))
                .collect(),
            principals: (size / 10).max(20),
            subscriptions: (size / 250).max(1),
            groups: (size / 4_000).max(1),
        };
        tenant.assignments = (0..size).map(|n| Arc::new(tenant.assignment(n))).collect();
        tenant
    }

    pub(crate) fn access(&self) -> AccessControl {
        AccessControl { role_assignments: self.assignments.iter().cloned().collect(), ..AccessControl::default() }
    }

    /// The nth assignment, also beyond those that the tenant has.
    pub(crate) fn assignment(&self, n: u64) -> RoleAssignment {
        let r = scattered(n);
        let subscription = subscription(self.nth_subscription(r));
        let scope = match r % 10 {
            0 => management_group((r >> 16) % self.groups),
            1 | 2 => subscription,
            3..=6 => format!("{subscription}/resourceGroups/rg{}", (r >> 20) % 20),
            _ => machine(&subscription, r >> 20),
        };
        // A quarter is of the basic roles, as in most tenants.
        let roles = if (r >> 50).is_multiple_of(4) { &self.roles[..BASIC.len()] } else { &self.roles };
        RoleAssignment {
            name: Uuid::from_u64_pair(r, n),
            scope: Scope::new(&scope),
            scope_as_written: scope,
            role_definition_id: roles[usize::try_from(r >> 40).unwrap_or(0) % roles.len()],
            principal_id: principal((r >> 12) % self.principals),
            principal_type: PrincipalType::User,
            condition: None,
            condition_version: None,
            description: None,
            delegated_managed_identity_resource_id: None,
            created_on: PUBLISHED,
            updated_on: PUBLISHED,
            created_by: None,
            updated_by: None,
        }
    }

    /// Every other question is asked by someone who holds a role there, through one of the groups.
    pub(crate) fn question(&self, n: u64) -> Question {
        let r = scattered(n + 77);
        let mut principals: Vec<Uuid> = (0..11).map(|g| principal(scattered(r + g) % self.principals)).collect();
        let mut scope = machine(&subscription(self.nth_subscription(r)), r >> 20);
        if n % 2 == 1 {
            let held = self.assignment(r % self.assignments.len() as u64);
            principals[5] = held.principal_id;
            scope = machine_below(&held.scope_as_written, r >> 20);
        }
        let scope = Scope::new(&scope);
        Question {
            principals,
            action: Action::new(ACTIONS[usize::try_from(n / 2).unwrap_or(0) % ACTIONS.len()]),
            above: self.above(&scope),
            scope,
        }
    }

    /// The management groups above a scope, nearest first.
    pub(crate) fn above(&self, scope: &Scope) -> Vec<Scope> {
        let mut groups = match scope.as_str().split('/').collect::<Vec<_>>()[..] {
            ["", "subscriptions", id, ..] => {
                let number = id.parse().map_or(0, |id: Uuid| id.as_u64_pair().1);
                vec![number % self.groups, 0]
            }
            [.., "mg0"] => Vec::new(),
            _ => vec![0],
        };
        groups.dedup();
        groups.into_iter().map(|group| Scope::new(&management_group(group))).collect()
    }

    fn nth_subscription(&self, r: u64) -> u64 {
        (r >> 8) % self.subscriptions
    }
}

fn subscription(number: u64) -> String {
    format!("/subscriptions/{}", Uuid::from_u128(number.into()))
}

fn management_group(number: u64) -> String {
    format!("/providers/Microsoft.Management/managementGroups/mg{number}")
}

fn machine(subscription: &str, n: u64) -> String {
    format!("{subscription}/resourceGroups/rg{}/providers/Microsoft.Compute/virtualMachines/vm{}", n % 20, n % 50)
}

/// A machine at or below a scope where something is assigned.
fn machine_below(scope: &str, n: u64) -> String {
    match scope.split('/').collect::<Vec<_>>()[..] {
        // The subscription of the same number lies in it.
        ["", "providers", .., group] => {
            machine(&subscription(group.trim_start_matches("mg").parse().unwrap_or_default()), n)
        }
        [_, _, _] => machine(scope, n),
        [_, _, _, _, _] => format!("{scope}/providers/Microsoft.Compute/virtualMachines/vm{}", n % 50),
        _ => scope.to_owned(),
    }
}
