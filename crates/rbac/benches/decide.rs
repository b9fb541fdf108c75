//! How long a decision takes, and what the index that finds its assignments costs: a tenant of 10 to a million.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use model::{AccessControl, Place, PrincipalType, RoleAssignment, Scope};
use rbac::{
    Action, Attributes, CompiledRole, PUBLISHED, Plane, Request, Rules, builtin_role, builtin_roles, decide, outcome,
};
use uuid::{Uuid, uuid};

const CONTRIBUTOR: Uuid = uuid!("b24988ac-6180-42a0-ab88-20f7382dd24c");
const READER: Uuid = uuid!("acdd72a7-3385-48ef-bd42-f606fba81ae7");
const SIZES: [u64; 4] = [10, 1_000, 100_000, 1_000_000];

/// A pseudo-random number that depends on `n` alone.
fn scattered(n: u64) -> u64 {
    let mut x = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 31)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    x ^ (x >> 32)
}

fn principal(n: u64) -> Uuid {
    Uuid::from_u64_pair(scattered(n), scattered(n + 1_000_003))
}

/// A tenant with `size` assignments, 250 in each subscription, spread over groups and machines, a tenth of them on
/// management groups; ten assignments a principal on average.
struct Tenant {
    assignments: Vec<Arc<RoleAssignment>>,
    roles: Vec<Uuid>,
    principals: u64,
    subscriptions: u64,
    /// As many as Azure's limit of 500 assignments each wants.
    groups: u64,
}

impl Tenant {
    fn new(size: u64) -> Self {
        let roles: Vec<Uuid> = builtin_roles().iter().step_by(9).map(|role| role.id).collect();
        let mut tenant = Self {
            assignments: Vec::new(),
            roles,
            principals: (size / 10).max(20),
            subscriptions: (size / 250).max(1),
            groups: (size / 4_000).max(1),
        };
        tenant.assignments = (0..size).map(|n| Arc::new(tenant.assignment(n))).collect();
        tenant
    }

    fn subscription(&self, n: u64) -> String {
        format!("/subscriptions/{}", Uuid::from_u128(u128::from(n % self.subscriptions)))
    }

    fn management_group(&self, n: u64) -> String {
        format!("/providers/Microsoft.Management/managementGroups/mg{}", n % self.groups)
    }

    fn assignment(&self, n: u64) -> RoleAssignment {
        let r = scattered(n);
        let subscription = self.subscription(r >> 8);
        let scope = match r % 10 {
            0 => self.management_group(r >> 16),
            1 | 2 => subscription,
            3..=6 => format!("{subscription}/resourceGroups/rg{}", (r >> 20) % 20),
            _ => machine(&subscription, r >> 20),
        };
        RoleAssignment {
            name: Uuid::from_u64_pair(r, n),
            scope: Scope::new(&scope),
            scope_as_written: scope,
            role_definition_id: self.roles[usize::try_from(r >> 40).unwrap_or(0) % self.roles.len()],
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

    fn access(&self) -> AccessControl {
        AccessControl { role_assignments: self.assignments.iter().cloned().collect(), ..AccessControl::default() }
    }

    /// Who asks (a principal in ten groups), where, and what stands above.
    fn question(&self, n: u64) -> (Vec<Uuid>, Scope, Vec<Scope>) {
        let r = scattered(n + 77);
        let principals = (0..11).map(|g| principal(scattered(r + g) % self.principals)).collect();
        let scope = Scope::new(&machine(&self.subscription(r >> 8), r >> 20));
        (principals, scope, vec![Scope::new(&self.management_group(r >> 16)), Scope::new(&self.management_group(0))])
    }
}

fn machine(subscription: &str, n: u64) -> String {
    format!("{subscription}/resourceGroups/rg{}/providers/Microsoft.Compute/virtualMachines/vm{}", n % 20, n % 50)
}

fn decisions(c: &mut Criterion) {
    let rules = Rules::default();
    let attributes = Attributes::default();
    let actions: Vec<Action> = [
        "Microsoft.Compute/virtualMachines/read",
        "Microsoft.Compute/virtualMachines/write",
        "Microsoft.Compute/virtualMachines/start/action",
        "Microsoft.Authorization/roleAssignments/write",
    ]
    .map(Action::new)
    .into();
    for size in SIZES {
        let tenant = Tenant::new(size);
        let access = tenant.access();
        let questions: Vec<_> = (0..4096).map(|n| tenant.question(n)).collect();
        let mut n = 0;
        let mut ask = |whole: bool| {
            n = (n + 1) % questions.len();
            let (principals, scope, above) = &questions[n];
            let place = Place::new(scope, above);
            let request = Request {
                principals,
                action: &actions[n % actions.len()],
                plane: Plane::Control,
                place: &place,
                sub_operation: None,
                attributes: &attributes,
            };
            match whole {
                true => decide(black_box(&request), &access, &rules).outcome,
                false => outcome(black_box(&request), &access, &rules),
            }
        };
        c.bench_with_input(BenchmarkId::new("outcome", size), &(), |b, ()| b.iter(|| ask(false)));
        c.bench_with_input(BenchmarkId::new("decide", size), &(), |b, ()| b.iter(|| ask(true)));
    }
}

fn index(c: &mut Criterion) {
    let mut group = c.benchmark_group("index");
    group.sample_size(10);
    for size in [1_000, 100_000, 1_000_000] {
        let tenant = Tenant::new(size);
        group.bench_with_input(BenchmarkId::new("build", size), &(), |b, ()| b.iter(|| tenant.access()));
        let access = tenant.access();
        let mut n = size;
        group.bench_with_input(BenchmarkId::new("add and remove one, as a commit does", size), &(), |b, ()| {
            b.iter_batched(
                || {
                    n += 1;
                    Arc::new(tenant.assignment(n))
                },
                |assignment| {
                    let mut next = access.clone();
                    let name = assignment.name;
                    next.role_assignments.insert(assignment);
                    let mut after = next.clone();
                    after.role_assignments.remove(name);
                    (next, after)
                },
                BatchSize::SmallInput,
            );
        });
    }
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

criterion_group!(benches, decisions, index, matching);
criterion_main!(benches);
