//! How fast a whole `smalt serve` is, against baselines measured in the same run: a bare axum handler that answers the
//! same bytes over the same stack, and the machine's raw RSA-2048 signing rate. Machines are noisy; ratios are not.
//!
//!     cargo bench -p smalt                  # everything
//!     cargo bench -p smalt -- fleet         # one theme alone: start, machines, tokens, documents, tenant or fleet

mod fleet;
mod http;
mod machines;
mod server;
mod tenant;
mod token_service;

use crate::http::{ROUNDS, median};
use crate::server::Server;

fn main() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    // Cargo adds an option of its own.
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let wants = |theme: &str| asked.is_empty() || asked.iter().any(|name| name == theme);
    runtime.block_on(async {
        if wants("start") {
            start().await;
        }
        let state = tempfile::tempdir().expect("a directory");
        let server = Server::start(state.path()).await;
        if wants("machines") {
            for n in 1..=10 {
                server.make_machine(n).await;
            }
            println!("resident memory with 10 VMs                 {:>8.1} MB", server.resident_megabytes());
            server.enabling().await;
            server.imds().await;
            server.arm_get().await;
        }
        if wants("tokens") {
            server.token_endpoint().await;
        }
        if wants("documents") {
            server.documents().await;
        }
        drop(server);
        if wants("tenant") {
            tenant::compare().await;
        }
        if wants("fleet") {
            fleet::measure().await;
        }
    });
}

async fn start() {
    let (mut fresh, mut existing) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let own = tempfile::tempdir().expect("a directory");
        fresh.push(Server::start(own.path()).await.first_token);
        existing.push(Server::start(own.path()).await.first_token);
    }
    println!("start, fresh state, to the first token      {:>8.0} ms", median(&mut fresh) * 1e3);
    println!("start, existing state, to the first token   {:>8.0} ms", median(&mut existing) * 1e3);
}
