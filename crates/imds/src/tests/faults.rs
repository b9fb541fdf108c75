//! Failures that somebody wants, and limits that somebody switched on.

use axum::body::Body;
use axum::http::Request;
use time::Duration;

use crate::testing::World;
use crate::{Fault, FaultKind};

const TOKEN: &str = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/";
const INSTANCE: &str = "/metadata/instance?api-version=2021-02-01";

#[tokio::test]
async fn a_service_fails_as_it_is_told_to() {
    let world = World::new(true, &[]).await;
    let mut told = Vec::new();
    for (name, kind) in FaultKind::ALL {
        world.change_vm(|vm| Fault::set(vm, Some(&Fault { kind, until: None })).unwrap()).await;
        for target in [TOKEN, INSTANCE] {
            let answer = world.get(target).await;
            let header =
                |name: &str| answer.headers.get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
            let shown =
                [name, answer.status.as_str(), &header("server"), &header("retry-after"), &answer.body].join(" ");
            told.push(shown);
        }
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    gone 410 IMDS/150.870.65.1854  {"error":"invalid_request","error_description":"The metadata service is being updated"}
    gone 410 IMDS/150.870.65.1854  {"error":"The metadata service is being updated"}
    updating 404 IMDS/150.870.65.1854  {"error":"invalid_request","error_description":"The metadata service is not available now"}
    updating 404 IMDS/150.870.65.1854  {"error":"The metadata service is not available now"}
    restarting 500 Microsoft-IIS/10.0  The service is unavailable.
    restarting 500 Microsoft-IIS/10.0  The service is unavailable.
    unavailable 503 IMDS/150.870.65.1854  {"error":"server_error","error_description":"Internal service unavailable. Please retry later"}
    unavailable 503 IMDS/150.870.65.1854  {"error":"Internal service unavailable. Please retry later"}
    throttled 429 IMDS/150.870.65.1854 1 {"error":"invalid_request","error_description":"Temporarily throttled, too many requests"}
    throttled 429 IMDS/150.870.65.1854 1 {"error":"Too many requests"}
    "#);
    world.change_vm(|vm| Fault::set(vm, None).unwrap()).await;
    assert_eq!(world.get(TOKEN).await.status, 200);
}

#[tokio::test]
async fn a_failure_ends_at_its_time() {
    let world = World::new(true, &[]).await;
    let until = Some(world.clock.now() + Duration::seconds(70));
    world.change_vm(|vm| Fault::set(vm, Some(&Fault { kind: FaultKind::Gone, until })).unwrap()).await;
    world.advance(Duration::seconds(69));
    assert_eq!(world.get(INSTANCE).await.status, 410);
    world.advance(Duration::seconds(1));
    assert_eq!(world.get(INSTANCE).await.status, 200);
}

/// Who cannot show to be on the VM is told so before all else (IDENTITY-WIRE, conformance 1).
#[tokio::test]
async fn what_the_guard_refuses_meets_no_fault_and_uses_up_no_limit() {
    let world = World::new(true, &[]).await;
    let mut tx = world.store.begin().await;
    tx.put_throttling(true);
    tx.commit().await.unwrap();
    let refused: [&[(&str, &str)]; 3] = [
        &[],
        &[("Metadata", "true"), ("X-Forwarded-For", "1.2.3.4")],
        &[("Metadata", "true"), ("Host", "evil.example")],
    ];
    for target in [TOKEN, INSTANCE] {
        for headers in refused {
            // More than any limit admits in a second.
            for _ in 0..30 {
                let request = headers.iter().fold(Request::get(target), |r, (name, value)| r.header(*name, *value));
                let answer = world.send(request.body(Body::empty()).unwrap()).await;
                assert_eq!(answer.status, 400, "{target} {headers:?}: {}", answer.body);
            }
        }
        assert_eq!(world.get(target).await.status, 200, "{target}");
    }
    world.change_vm(|vm| Fault::set(vm, Some(&Fault { kind: FaultKind::Gone, until: None })).unwrap()).await;
    let answer = world.send(Request::get(TOKEN).body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn limits_hold_where_they_are_switched_on() {
    let world = World::new(true, &[]).await;
    for _ in 0..30 {
        assert_eq!(
            (world.get(TOKEN).await.status, world.get(INSTANCE).await.status),
            (200.try_into().unwrap(), 200.try_into().unwrap())
        );
    }
    let mut tx = world.store.begin().await;
    tx.put_throttling(true);
    tx.commit().await.unwrap();
    for (target, rate) in [(TOKEN, 20), (INSTANCE, 5)] {
        let mut admitted = 0;
        let refused = loop {
            let answer = world.get(target).await;
            match answer.status.as_u16() {
                200 => admitted += 1,
                _ => break answer,
            }
            assert!(admitted < 1000, "there is no limit");
        };
        assert!(admitted >= rate, "{admitted}");
        assert_eq!((refused.status.as_u16(), refused.headers["retry-after"].to_str().unwrap()), (429, "1"));
    }
}
