//! Who an application is open to, and what was granted to a client beforehand.

use axum::http::StatusCode;
use model::{
    AppRoleAssignment, DirectoryObject, DirectoryRoleAssignment, GLOBAL_ADMINISTRATOR, Group, PermissionGrant,
};
use serde_json::json;
use uuid::Uuid;

use super::people::{ADA, ADA_NAME, CLI, LOCAL, PASSWORD, WEB, carried, claims, peopled, query, refusal};
use crate::testing::{APP, APP_PRINCIPAL, BEGIN, SECRET, TENANT, World};

const GRAPH: &str = "https://graph.microsoft.com/.default";

/// Closes the application to everybody who has none of its roles.
async fn close(world: &World) {
    let mut tx = world.aad.store.begin().await;
    let mut principal = tx.service_principal(APP_PRINCIPAL).unwrap().clone();
    principal.other.insert("appRoleAssignmentRequired".to_owned(), json!(true));
    tx.put_object(DirectoryObject::ServicePrincipal(principal));
    tx.commit().await.unwrap();
}

/// Gives the nil role of the application, which means access alone.
async fn assign(world: &World, principal_id: Uuid) {
    let mut tx = world.aad.store.begin().await;
    let (number, app_role_id) = (Uuid::from_u128(1), Uuid::nil());
    let resource_id = APP_PRINCIPAL;
    tx.put_app_role_assignment(AppRoleAssignment { principal_id, number, resource_id, app_role_id, created_at: BEGIN });
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_closed_application_gives_tokens_to_those_with_a_role() {
    let world = peopled().await;
    close(&world).await;
    let (app, scope) = (APP.to_string(), format!("{APP}/.default"));
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", app.as_str()),
        ("client_secret", SECRET),
        ("scope", &scope),
    ];
    let refused = world.post("v2", &form).await;
    assert_eq!(refusal(&refused), "400 invalid_grant 501051");
    let text =
        format!("AADSTS501051: Application '{APP}'(app1) is not assigned to a role for the application '{APP}'(app1).");
    assert!(refused.text.contains(&text), "{}", refused.text);
    assign(&world, APP_PRINCIPAL).await;
    assert_eq!(world.post("v2", &form).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_closed_application_lets_people_with_a_role_in() {
    for holder in [ADA, Uuid::from_u128(0x90)] {
        let world = peopled().await;
        close(&world).await;
        let (app, scope) = (APP.to_string(), format!("{APP}/act"));
        // As the client of a browser, and as the resource of another client.
        let asked =
            [("client_id", app.as_str()), ("response_type", "code"), ("redirect_uri", WEB), ("scope", "openid")];
        let page = query(&asked);
        let form = [
            ("grant_type", "password"),
            ("client_id", CLI),
            ("username", ADA_NAME),
            ("password", PASSWORD),
            ("scope", &scope),
        ];
        let sent = carried(&world.type_in(&page, &[("login", ADA_NAME)]).await);
        assert!(sent["error_description"].as_str().unwrap().starts_with("AADSTS50105: "), "{sent}");
        assert_eq!(refusal(&world.post("v2", &form).await), "400 invalid_grant 50105");
        assign(&world, holder).await;
        assert!(carried(&world.type_in(&page, &[("login", ADA_NAME)]).await)["code"].is_string());
        let cli = [("client_id", CLI), ("response_type", "code"), ("redirect_uri", LOCAL), ("scope", &scope)];
        assert!(world.sign_in(&cli).await["code"].is_string());
        assert_eq!(world.post("v2", &form).await.status, StatusCode::OK);
    }
}

/// An id token tells the client what the person is to it: by its own roles, and by groups where its registration wants them.
#[tokio::test]
async fn an_id_token_says_roles_and_groups() {
    let (analysts, role_id) = (Uuid::from_u128(0x90), Uuid::from_u128(0xa0));
    let overage = format!("https://graph.windows.net/{TENANT}/users/{ADA}/getMemberObjects");
    for (wish, more_groups, groups, endpoint) in [
        (json!(null), 0, json!(null), json!(null)),
        (json!("None"), 0, json!(null), json!(null)),
        (json!("SecurityGroup"), 0, json!([analysts]), json!(null)),
        (json!("All"), 200, json!(null), json!(overage)),
    ] {
        let world = peopled().await;
        let mut tx = world.aad.store.begin().await;
        let mut app = tx.application_by_app_id(APP).unwrap().clone();
        app.other.insert("groupMembershipClaims".to_owned(), wish.clone());
        app.other.insert("appRoles".to_owned(), json!([{"id": role_id, "value": "Task.Write", "isEnabled": true}]));
        tx.put_object(DirectoryObject::Application(app));
        let DirectoryObject::Group(group) = tx.object(analysts).unwrap().as_ref().clone() else { panic!() };
        for n in 0..more_groups {
            tx.put_object(DirectoryObject::Group(Group { id: Uuid::from_u128(0x1000 + n), ..group.clone() }));
        }
        tx.put_app_role_assignment(AppRoleAssignment {
            principal_id: analysts,
            number: Uuid::from_u128(1),
            resource_id: APP_PRINCIPAL,
            app_role_id: role_id,
            created_at: BEGIN,
        });
        tx.commit().await.unwrap();
        let app = APP.to_string();
        let asked = [
            ("client_id", app.as_str()),
            ("response_type", "id_token"),
            ("redirect_uri", WEB),
            ("scope", "openid"),
            ("nonce", "n"),
        ];
        let in_front = claims(&world.sign_in(&asked).await["id_token"]);
        let form = [
            ("grant_type", "password"),
            ("client_id", app.as_str()),
            ("client_secret", SECRET),
            ("username", ADA_NAME),
            ("password", PASSWORD),
            ("resource", &app),
        ];
        let behind = claims(&world.post("v1", &form).await.json()["id_token"]);
        for said in [in_front, behind] {
            let found = [&said["roles"], &said["groups"], &said["_claim_sources"]["src1"]["endpoint"]];
            assert_eq!(found, [&json!(["Task.Write"]), &groups, &endpoint], "{wish}: {said}");
        }
        // The roles of one application are nothing to another client.
        let elsewhere = claims(&world.tokens_of_ada().await["id_token"]);
        assert_eq!((elsewhere.get("roles"), elsewhere.get("groups")), (None, None));
    }
}

/// `.default` is whatever was granted before, for everybody or for the person (DOC-ENTRA, the .default scope).
#[tokio::test]
async fn what_an_administrator_granted_stands_in_the_token() {
    let world = peopled().await;
    crate::ensure_first_party(&world.aad.store, BEGIN).await.unwrap();
    let mut tx = world.aad.store.begin().await;
    let resource_id = tx.service_principal_by_app_id(tokens::ResourceApp::Graph.app_id()).unwrap().id;
    for (principal_id, scope) in
        [(None, "Group.Read.All User.Read"), (Some(ADA), "User.Read.All"), (Some(APP), "Domain.Read.All")]
    {
        let scope = scope.to_owned();
        tx.put_permission_grant(PermissionGrant { client_id: APP_PRINCIPAL, resource_id, principal_id, scope });
    }
    tx.commit().await.unwrap();
    let app = APP.to_string();
    let asked = [("client_id", app.as_str()), ("response_type", "code"), ("redirect_uri", WEB), ("scope", GRAPH)];
    let code = world.sign_in(&asked).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", &app),
        ("client_secret", SECRET),
        ("redirect_uri", WEB),
        ("code", code["code"].as_str().unwrap()),
    ];
    let tokens = world.post("v2", &form).await.json();
    assert_eq!(claims(&tokens["access_token"])["scp"], "Group.Read.All User.Read User.Read.All");
}

/// Graph's tokens say every directory role; Resource Manager's say those of people alone.
#[tokio::test]
async fn directory_roles_stand_in_tokens() {
    let world = peopled().await;
    let reader = Uuid::from_u128(0x88);
    let mut tx = world.aad.store.begin().await;
    for (role_id, principal_id) in [(GLOBAL_ADMINISTRATOR, APP_PRINCIPAL), (reader, APP_PRINCIPAL), (reader, ADA)] {
        tx.put_directory_role_assignment(DirectoryRoleAssignment { role_id, principal_id });
    }
    tx.commit().await.unwrap();
    let app = APP.to_string();
    for (scope, wids) in
        [(GRAPH, json!([reader, GLOBAL_ADMINISTRATOR])), ("https://management.azure.com/.default", json!(null))]
    {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", app.as_str()),
            ("client_secret", SECRET),
            ("scope", scope),
        ];
        assert_eq!(claims(&world.post("v2", &form).await.json()["access_token"])["wids"], wids, "{scope}");
    }
    let tokens = world.tokens_of_ada().await;
    let member = "b79fbf4d-3ef9-4689-8143-76b194e85509";
    assert_eq!(claims(&tokens["access_token"])["wids"], json!([reader, member]));
}
