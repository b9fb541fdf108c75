//! How fast a whole `smalt serve` is, against baselines measured in the same run: a bare axum handler that answers the
//! same bytes over the same stack, and the machine's raw RSA-2048 signing rate. Machines are noisy; ratios are not.
//!
//!     cargo bench -p smalt                  # everything
//!     cargo bench -p smalt -- fleet         # ten thousand VMs alone

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
    runtime.block_on(async {
        // Cargo adds an option of its own.
        if !std::env::args().skip(1).any(|argument| argument == "fleet") {
            measure().await;
        }
        fleet::measure().await;
    });
}

async fn measure() {
    let state = tempfile::tempdir().expect("a directory");
    let (mut fresh, mut existing) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let own = tempfile::tempdir().expect("a directory");
        fresh.push(Server::start(own.path()).await.first_token);
        existing.push(Server::start(own.path()).await.first_token);
    }
    println!("start, fresh state, to the first token      {:>8.0} ms", median(&mut fresh) * 1e3);
    println!("start, existing state, to the first token   {:>8.0} ms", median(&mut existing) * 1e3);

    let server = Server::start(state.path()).await;
    for n in 1..=10 {
        server.make_machine(n).await;
    }
    println!("resident memory with 10 VMs                 {:>8.1} MB", server.resident_megabytes());
    server.enabling().await;
    server.imds().await;
    server.arm_get().await;
    server.token_endpoint().await;
    server.documents().await;
    drop(server);
    tenant::compare().await;
}
