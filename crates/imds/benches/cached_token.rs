//! A kept token through the whole service, against a bare axum handler that answers the same bytes with the same
//! headers. Both are asked in turns, so that the machine's moods meet both; the ratio is printed at the end.

use std::hint::black_box;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request};
use axum::routing::get;
use criterion::{Criterion, criterion_group, criterion_main};
use http_body_util::BodyExt;
use imds::{Attestor, Imds, Service};
use model::Scope;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

#[expect(dead_code, clippy::unwrap_used, reason = "the tests use more of it, and it is written for them")]
#[path = "../src/testing.rs"]
mod testing;

const TARGET: &str = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/";

async fn ask(service: &Service) -> Bytes {
    let request = Request::get(TARGET).header("Metadata", "true").header("Host", "169.254.169.254");
    let request = request.body(Body::empty()).expect("the request is well-formed");
    let response = match service.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    response.into_body().collect().await.expect("the body is in memory").to_bytes()
}

fn bare(headers: HeaderMap, body: Bytes) -> Service {
    let handler = move || async move { (headers.clone(), body.clone()) };
    Service::new(Router::new().route("/metadata/identity/oauth2/token", get(handler)))
}

/// The time of `count` requests.
fn timed(runtime: &Runtime, service: &Service, count: u32) -> Duration {
    runtime.block_on(async {
        let start = Instant::now();
        for _ in 0..count {
            black_box(ask(service).await);
        }
        start.elapsed()
    })
}

fn cached_token(c: &mut Criterion) {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let world = runtime.block_on(testing::World::new(true, &[]));
    let first = runtime.block_on(world.get(TARGET));
    assert_eq!(first.status, 200, "{}", first.body);
    let service = world.imds.service(Scope::new(testing::VM));
    let bare = bare(first.headers, first.body.clone().into());
    assert_eq!(runtime.block_on(ask(&service)), runtime.block_on(ask(&bare)));

    c.bench_function("cached token", |b| b.iter(|| runtime.block_on(ask(&service))));
    c.bench_function("bare handler", |b| b.iter(|| runtime.block_on(ask(&bare))));

    let (mut of_service, mut of_bare) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..100 {
        of_service += timed(&runtime, &service, 1000);
        of_bare += timed(&runtime, &bare, 1000);
    }
    let share = 100.0 * of_bare.as_secs_f64() / of_service.as_secs_f64();
    println!("cached token at {share:.0} % of the bare handler's rate");
}

criterion_group!(benches, cached_token);
criterion_main!(benches);
