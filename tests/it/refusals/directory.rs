//! The token service and Graph.

use cloud::{ARM, Cloud, GRAPH, LOGIN};
use serde_json::json;

use super::{Shape, Table, five_megabytes, stored};

#[tokio::test]
async fn the_token_service() {
    let cloud = Cloud::start().await;
    let before = stored(&cloud).await;
    let owner = smalt::world::owner_of(&cloud.server.cloud.store);
    let (id, secret, scope) = (owner.client_id.as_str(), owner.client_secret.as_str(), format!("{ARM}/.default"));
    let good = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret), ("scope", &scope)];
    let token = format!("{LOGIN}/{}/oauth2/v2.0/token", cloud.tenant);
    let mut table = Table::new();
    for (case, name, value) in [
        ("no grant_type", "grant_type", None),
        ("an unknown grant_type", "grant_type", Some("magic")),
        ("no client_id", "client_id", None),
        ("an unknown client_id", "client_id", Some("11111111-1111-4111-8111-111111111111")),
        ("no secret", "client_secret", None),
        ("a wrong secret", "client_secret", Some("wrong")),
        ("no scope", "scope", None),
        ("a scope that is no resource", "scope", Some("https://nowhere.example/.default")),
        ("a scope of one permission", "scope", Some("https://management.azure.com/user_impersonation")),
    ] {
        let form: Vec<_> = good.iter().filter(|(n, _)| *n != name).copied().chain(value.map(|v| (name, v))).collect();
        table.refused(Shape::Login, case, cloud.http.post(&token).form(&form)).await;
    }
    let twice: Vec<_> = good.iter().chain(&good[..1]).collect();
    table.refused(Shape::Login, "a parameter twice", cloud.http.post(&token).form(&twice)).await;
    table
        .refused(
            Shape::Login,
            "a JSON body",
            cloud.http.post(&token).json(&json!({"grant_type": "client_credentials"})),
        )
        .await;
    table.refused(Shape::Login, "a body of 5 MB", cloud.http.post(&token).body(five_megabytes())).await;
    table.refused(Shape::Login, "GET", cloud.http.get(&token)).await;
    table.refused(Shape::Login, "FOO", cloud.http.request("FOO".parse().unwrap(), &token).form(&good)).await;
    for path in [
        "nowhere.example/oauth2/v2.0/token".to_owned(),
        "11111111-1111-4111-8111-111111111111/oauth2/v2.0/token".to_owned(),
        "common/oauth2/v2.0/token".to_owned(),
        format!("{}%2Foauth2/v2.0/token", cloud.tenant),
        format!("{}/oauth2/v9.0/token", cloud.tenant),
        "%ff/oauth2/v2.0/token".to_owned(),
        "nonsense".to_owned(),
    ] {
        let shown = path.replace(&cloud.tenant, "{tenant}");
        table
            .refused(Shape::Login, &format!("POST /{shown}"), cloud.http.post(format!("{LOGIN}/{path}")).form(&good))
            .await;
    }
    assert_eq!(stored(&cloud).await, before, "something was stored");
    insta::assert_snapshot!("login", table.text);
}

#[tokio::test]
async fn graph() {
    let cloud = Cloud::start().await;
    let before = stored(&cloud).await;
    let owner = smalt::world::owner_of(&cloud.server.cloud.store);
    let token = cloud.token_by_secret(&owner.client_id, &owner.client_secret, GRAPH).await.ok();
    let owner = cloud.caller(token.body["access_token"].as_str().unwrap());
    let mut table = Table::new();
    for path in ["/applications", "/servicePrincipals", "/groups", "/users"] {
        for body in [
            "",
            "displayName=new",
            "{\"displayName\":",
            "[]",
            "null",
            "{}",
            "{\"displayName\":7}",
            "{\"displayName\":{}}",
        ] {
            let request = owner.request("POST", &format!("{GRAPH}/v1.0{path}"));
            let request = request.header("Content-Type", "application/json").body(body);
            table.refused(Shape::Graph, &format!("POST {path} {body}"), request).await;
        }
    }
    table
        .refused(
            Shape::Graph,
            "POST /applications 5 MB",
            owner.request("POST", &format!("{GRAPH}/v1.0/applications")).body(five_megabytes()),
        )
        .await;
    let unknown = "11111111-1111-4111-8111-111111111111";
    for (method, path) in [
        ("GET", "/v1.0/nothings".to_owned()),
        ("GET", "/v9.9/users".to_owned()),
        ("GET", "/".to_owned()),
        ("GET", format!("/v1.0/users/{unknown}")),
        ("GET", "/v1.0/servicePrincipals/nonsense".to_owned()),
        ("GET", "/v1.0/users%2Fx".to_owned()),
        ("GET", "/v1.0/users/%ff".to_owned()),
        ("GET", "/v1.0/users?$filter=displayName%20is%20'x'".to_owned()),
        ("GET", "/v1.0/users?$top=many".to_owned()),
        ("PUT", "/v1.0/users".to_owned()),
        ("DELETE", "/v1.0/users".to_owned()),
        ("DELETE", format!("/v1.0/users/{unknown}")),
        ("PATCH", format!("/v1.0/applications/{unknown}")),
        ("FOO", "/v1.0/users".to_owned()),
    ] {
        let request = owner.request(method, &format!("{GRAPH}{path}")).json(&json!({"displayName": "new"}));
        table.refused(Shape::Graph, &format!("{method} {path}"), request).await;
    }
    assert_eq!(stored(&cloud).await, before, "something was stored");
    insta::assert_snapshot!("graph", table.text);
}
