//! What a request costs in a large tenant, against one in a small tenant.

use std::path::Path;

use model::{PrincipalType, RoleAssignment, Scope};
use store::{Durability, Store};
use uuid::Uuid;

use crate::http::{ROUND, ROUNDS, median, rate};
use crate::server::Server;

const READER: Uuid = uuid::uuid!("acdd72a7-3385-48ef-bd42-f606fba81ae7");

/// The server's CPU time for an authorized GET of a VM, with 100,000 role assignments in the tenant and with 10.
pub(crate) async fn compare() {
    let small = tenant(10, 28443).await;
    let large = tenant(100_000, 29443).await;
    let (mut few, mut many) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        few.push(small.1.cost_of_a_get().await);
        many.push(large.1.cost_of_a_get().await);
    }
    let (few, many) = (median(&mut few), median(&mut many));
    println!(
        "ARM GET with 100,000 role assignments: {:.1} us of CPU, with 10: {:.1} us = {:.3} (wanted: at most 1.05)",
        many * 1e6,
        few * 1e6,
        many / few
    );
}

/// A server whose tenant has as many assignments more than a fresh one, spread over groups of its subscription.
async fn tenant(assignments: u128, base: u16) -> (tempfile::TempDir, Server) {
    let state = tempfile::tempdir().expect("a directory");
    let server = Server::start_at(state.path(), base).await;
    server.make_machine(1).await;
    let subscription = server.variable("SMALT_SUBSCRIPTION_ID").to_owned();
    drop(server);
    fill(state.path(), assignments, &subscription).await;
    let server = Server::start_at(state.path(), base).await;
    (state, server)
}

async fn fill(state: &Path, assignments: u128, subscription: &str) {
    let store = Store::open(state, Durability::Ephemeral).await.expect("a store");
    let mut tx = store.begin().await;
    let template = tx.role_assignments().next().expect("the owner's").as_ref().clone();
    for n in 0..assignments {
        let scope = format!("/subscriptions/{subscription}/resourceGroups/rg{}", n % 1_000);
        tx.put_role_assignment(RoleAssignment {
            name: Uuid::from_u128(n),
            scope: Scope::new(&scope),
            scope_as_written: scope,
            role_definition_id: READER,
            principal_id: Uuid::from_u128(n / 10),
            principal_type: PrincipalType::User,
            ..template.clone()
        });
    }
    tx.commit().await.expect("a commit");
}

impl Server {
    async fn cost_of_a_get(&self) -> f64 {
        let request = self.arm_request("GET", &self.machine(1), "");
        let before = self.cpu_seconds();
        let rate = rate(&request, || async { Ok(self.connect(self.base).await) }).await;
        (self.cpu_seconds() - before) / (rate * ROUND.as_secs_f64())
    }
}
