//! How long a decision takes: on the road of every request, so it is to be lost in the noise.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use model::{PrincipalType, RoleAssignment, Scope};
use rbac::{Action, CompiledRole, Grant, PUBLISHED, Plane, Request, builtin_role, builtin_roles, decide, first_grant};
use uuid::{Uuid, uuid};

const CONTRIBUTOR: Uuid = uuid!("b24988ac-6180-42a0-ab88-20f7382dd24c");
const READER: Uuid = uuid!("acdd72a7-3385-48ef-bd42-f606fba81ae7");
const VM: &str = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm";

fn assignment(role: Uuid) -> RoleAssignment {
    RoleAssignment {
        name: role,
        scope: Scope::new("/subscriptions/s"),
        scope_as_written: "/subscriptions/s".to_owned(),
        role_definition_id: role,
        principal_id: role,
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

/// Ten grants of the largest roles, of which none allows the request: every one has to be looked at.
fn ten_grants(c: &mut Criterion) {
    let action = Action::new("Microsoft.Compute/virtualMachines/simulateEviction/action");
    let scope = Scope::new(VM);
    let request = Request { action: &action, plane: Plane::Control, scope: &scope, above: &[] };
    let mut roles: Vec<CompiledRole> = builtin_roles().iter().map(CompiledRole::new).collect();
    roles.retain(|role| role.allows(&action, Plane::Control).allowing_action().is_none());
    let size = |role: &CompiledRole| {
        builtin_role(role.id()).map_or(0, |r| r.permissions.iter().map(|p| p.actions.len()).sum::<usize>())
    };
    roles.sort_by_key(|role| std::cmp::Reverse(size(role)));
    roles.truncate(10);
    let assignments: Vec<_> = roles.iter().map(|role| assignment(role.id())).collect();
    let grants: Vec<_> = assignments.iter().zip(&roles).map(|(assignment, role)| Grant { assignment, role }).collect();

    c.bench_function("first_grant of 10, none grants", |b| {
        b.iter(|| first_grant(black_box(&request), grants.iter().copied()));
    });
    c.bench_function("decide over 10, none grants", |b| {
        b.iter(|| decide(black_box(&request), grants.iter().copied()));
    });
}

fn matching(c: &mut Criterion) {
    let action = Action::new("Microsoft.Compute/virtualMachines/read");
    for (name, id) in [("Contributor", CONTRIBUTOR), ("Reader", READER)] {
        let Some(role) = builtin_role(id).map(CompiledRole::new) else { continue };
        c.bench_function(&format!("{name} allows"), |b| b.iter(|| role.allows(black_box(&action), Plane::Control)));
    }
    c.bench_function("Action::new", |b| b.iter(|| Action::new(black_box("Microsoft.Compute/virtualMachines/read"))));
    c.bench_function("compile 928 roles", |b| {
        b.iter(|| builtin_roles().iter().map(CompiledRole::new).collect::<Vec<_>>());
    });
}

criterion_group!(benches, ten_grants, matching);
criterion_main!(benches);
