//! Whatever comes, the service neither fails nor answers anything but its own shapes.

use axum::body::Body;
use axum::http::{Request, Uri};
use proptest::prelude::*;

use crate::testing::World;

fn step() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => proptest::sample::select(vec![
            "metadata", "instance", "compute", "network", "interface", "0", "tagsList", "identity", "oauth2", "token",
            "info", "versions", "attested", "..", "%2e", "%FF", "storageProfile", "dataDisks",
        ]).prop_map(str::to_owned),
        1 => "[!-~]{0,12}",
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
        1 => "[!-~]{0,20}",
    ];
    (name, value).prop_map(|(name, value)| format!("{name}={value}"))
}

proptest! {
    #[test]
    fn no_request_makes_it_fail(
        path in proptest::collection::vec(step(), 0..8),
        query in proptest::collection::vec(parameter(), 0..6),
        header in proptest::option::weighted(0.9, "true|TRUE|false|"),
    ) {
        let target = format!("/{}?{}", path.join("/"), query.join("&"));
        prop_assume!(target.parse::<Uri>().is_ok());
        let mut request = Request::get(&target);
        if let Some(value) = header {
            request = request.header("Metadata", value);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        // Without an identity nothing leads to the token service.
        let answer = runtime.block_on(async {
            World::new(false, &[]).await.send(request.body(Body::empty()).unwrap()).await
        });
        prop_assert!(!answer.status.is_server_error(), "{}: {}", target, answer.status);
        let is_text = answer.headers["content-type"] == "text/plain; charset=utf-8";
        prop_assert_eq!(is_text && answer.status == 200 || answer.json().is_object() || answer.json().is_array(), true);
    }
}
