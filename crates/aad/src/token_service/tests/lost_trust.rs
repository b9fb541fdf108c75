//! What a new password and a disabled account end.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use axum::response::Response;
use model::{DirectoryRoleAssignment, GLOBAL_ADMINISTRATOR};
use serde_json::{Value, json};
use time::Duration;
use tower::ServiceExt;

use super::people::{ADA, PASSWORD, peopled, refusal};
use crate::testing::{APP, APP_PRINCIPAL, SECRET, World};

const GRAPH: &str = "https://graph.microsoft.com/.default";

async fn ask_graph(graph: &Router, token: &Value, method: Method, path: &str, body: &Value) -> Response {
    let request = Request::builder().method(method).uri(path).header("host", "localhost:8445");
    let request = request.header("authorization", format!("Bearer {}", token.as_str().unwrap()));
    graph.clone().oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap()
}

/// A token of an application that is a global administrator.
async fn administrator(world: &World) -> Value {
    let mut tx = world.aad.store.begin().await;
    let role = DirectoryRoleAssignment { role_id: GLOBAL_ADMINISTRATOR, principal_id: APP_PRINCIPAL };
    tx.put_directory_role_assignment(role);
    tx.commit().await.unwrap();
    let app = APP.to_string();
    let form = [("grant_type", "client_credentials"), ("client_id", &app), ("client_secret", SECRET), ("scope", GRAPH)];
    world.post("v2", &form).await.json()["access_token"].clone()
}

#[tokio::test]
async fn who_loses_the_password_or_the_account_signs_in_again() {
    let ada = format!("/v1.0/users/{ADA}");
    let own = "/v1.0/me/changePassword".to_owned();
    let password = json!({"passwordProfile": {"password": "new"}});
    let change = json!({"currentPassword": PASSWORD, "newPassword": "new"});
    for (by_herself, method, path, body, ends) in [
        (false, Method::PATCH, &ada, password, Some("400 invalid_grant 50173")),
        (true, Method::POST, &own, change, Some("400 invalid_grant 50173")),
        (false, Method::PATCH, &ada, json!({"accountEnabled": false}), Some("400 invalid_grant 50057")),
        (false, Method::PATCH, &ada, json!({"accountEnabled": true}), None),
        (false, Method::PATCH, &ada, json!({"passwordProfile": {"forceChangePasswordNextSignIn": true}}), None),
    ] {
        let world = peopled().await;
        let graph = crate::graph(world.aad.clone());
        let administrator = administrator(&world).await;
        let first = world.tokens_of_ada().await["refresh_token"].as_str().unwrap().to_owned();
        let tokens = world.refresh(&first, GRAPH).await.json();
        let refresh_token = tokens["refresh_token"].as_str().unwrap();
        world.aad.clock.set_state(world.aad.clock.state_at(world.aad.clock.now() + Duration::minutes(20)));
        let by = if by_herself { &tokens["access_token"] } else { &administrator };
        let done = ask_graph(&graph, by, method, path, &body).await;
        assert_eq!(done.status(), StatusCode::NO_CONTENT, "{body}");
        let seen = ask_graph(&graph, &tokens["access_token"], Method::GET, "/v1.0/me", &json!({})).await;
        let refreshed = world.refresh(refresh_token, GRAPH).await;
        match ends {
            None => assert_eq!((seen.status(), refreshed.status), (StatusCode::OK, StatusCode::OK), "{body}"),
            Some(code) => {
                assert_eq!(seen.status(), StatusCode::UNAUTHORIZED, "{body}");
                let challenge = seen.headers()["www-authenticate"].to_str().unwrap();
                assert!(challenge.contains(r#"error="insufficient_claims", claims=""#), "{body}: {challenge}");
                assert_eq!(refusal(&refreshed), code, "{body}");
            }
        }
        // Enabled again, an account does not have its old sign-ins back.
        if body == json!({"accountEnabled": false}) {
            ask_graph(&graph, &administrator, Method::PATCH, &ada, &json!({"accountEnabled": true})).await;
            assert_eq!(refusal(&world.refresh(refresh_token, GRAPH).await), "400 invalid_grant 50173");
        }
    }
}
