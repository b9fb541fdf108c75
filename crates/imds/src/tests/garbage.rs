//! Whatever comes, the service neither fails nor answers anything but its own shapes.

use axum::body::Body;
use axum::http::{Request, Uri};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use crate::testing::World;

fn step() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => proptest::sample::select(vec![
            "metadata", "instance", "compute", "network", "interface", "0", "tagsList", "identity", "oauth2", "token",
            "info", "versions", "attested", "..", "%2e", "%FF", "storageProfile", "dataDisks",
        ]).prop_map(str::to_owned),
        1 => r"[!$%&'()*+,:;=@A-Za-z0-9._~-]{0,12}",
    ]
}

fn parameter() -> impl Strategy<Value = String> {
    let name = proptest::sample::select(vec![
        "api-version",
        "format",
        "resource",
        "client_id",
        "object_id",
        "msi_res_id",
        "bypass_cache",
        "",
        "%zz",
    ]);
    let value = prop_oneof![
        2 => proptest::sample::select(vec!["2018-02-01", "2021-02-01", "json", "text", "true"]).prop_map(str::to_owned),
        1 => r"[!$%&'()*+,:;=@A-Za-z0-9._~/?-]{0,20}",
    ];
    (name, value).prop_map(|(name, value)| format!("{name}={value}"))
}

#[test]
fn no_request_makes_it_fail() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // Without an identity nothing leads to the token service.
    let world = runtime.block_on(World::new(false, &[]));
    let requests = (
        proptest::collection::vec(step(), 0..8),
        proptest::collection::vec(parameter(), 0..6),
        proptest::option::weighted(0.9, "true|TRUE|false|"),
    );
    let outcome = TestRunner::new(Config { cases: 2000, failure_persistence: None, ..Config::default() }).run(
        &requests,
        |(path, query, header)| {
            let target = format!("/{}?{}", path.join("/"), query.join("&"));
            prop_assume!(target.parse::<Uri>().is_ok());
            let mut request = Request::get(&target);
            if let Some(value) = header {
                request = request.header("Metadata", value);
            }
            let answer = runtime.block_on(world.send(request.body(Body::empty()).unwrap()));
            prop_assert!(answer.status == 200 || answer.status.is_client_error(), "{target}: {}", answer.status);
            let is_text = answer.status == 200 && answer.headers["content-type"] == "text/plain; charset=utf-8";
            prop_assert!(is_text || matches!(answer.json(), Value::Object(_) | Value::Array(_)), "{target}");
            Ok(())
        },
    );
    outcome.unwrap();
}
