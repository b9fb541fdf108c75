//! How long a decision takes, and what the index that finds its assignments costs: a tenant of 10 to a million.

mod tenant;

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use model::Place;
use rbac::{Action, Attributes, CompiledRole, Plane, Request, Rules, builtin_role, builtin_roles, decide, outcome};
use tenant::{Question, SIZES, Tenant};
use uuid::{Uuid, uuid};

const CONTRIBUTOR: Uuid = uuid!("b24988ac-6180-42a0-ab88-20f7382dd24c");
const READER: Uuid = uuid!("acdd72a7-3385-48ef-bd42-f606fba81ae7");
fn decisions(c: &mut Criterion) {
    let rules = Rules::default();
    let attributes = Attributes::default();
    for size in SIZES {
        let tenant = Tenant::new(size);
        let access = tenant.access();
        let questions: Vec<Question> = (0..4096).map(|n| tenant.question(n)).collect();
        let mut n = 0;
        let mut ask = |whole: bool| {
            n = (n + 1) % questions.len();
            let Question { principals, action, scope, above } = &questions[n];
            let place = Place::new(scope, above);
            let request = Request {
                principals,
                action,
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
