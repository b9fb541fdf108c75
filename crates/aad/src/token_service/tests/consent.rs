//! What clients may do in people's names: only what somebody agreed to.

use axum::http::StatusCode;
use model::{DirectoryObject, User};
use serde_json::{Value, json};
use uuid::{Uuid, uuid};

use super::people::{ADA, ADA_NAME, CLI, PASSWORD, WEB, carried, claims, peopled, query, refusal};
use crate::testing::{APP, BEGIN, SECRET, World};

const GLOBAL_ADMINISTRATOR: Uuid = uuid!("62e90394-69f5-4237-9190-012177145e10");
const CAROL: Uuid = Uuid::from_u128(0xca_201);
const CAROL_NAME: &str = "carol@t.example";
const USER_READ: &str = "https://graph.microsoft.com/User.Read";
const DIRECTORY_READ: &str = "https://graph.microsoft.com/Directory.Read.All";

/// The usual people with Carol, an administrator, and Microsoft's resources.
async fn tenant() -> World {
    let world = peopled().await;
    crate::ensure_first_party(&world.aad.store, BEGIN).await.unwrap();
    let mut tx = world.aad.store.begin().await;
    tx.put_object(DirectoryObject::User(User {
        id: CAROL,
        user_principal_name: CAROL_NAME.to_owned(),
        display_name: "Carol".to_owned(),
        password_hash: Some(tokens::password_hash(PASSWORD, [1; 16])),
        account_enabled: true,
        created_at: BEGIN,
        manager: None,
        other: Default::default(),
    }));
    tx.put_directory_role_assignment(model::DirectoryRoleAssignment {
        role_id: GLOBAL_ADMINISTRATOR,
        principal_id: CAROL,
    });
    tx.commit().await.unwrap();
    world
}

fn asking<'a>(client: &'a str, scope: &'a str) -> Vec<(&'a str, &'a str)> {
    let address = if client == CLI { "http://localhost:8400" } else { WEB };
    vec![("client_id", client), ("response_type", "code"), ("redirect_uri", address), ("scope", scope)]
}

impl World {
    /// `scp` of the token that a password leads to, or the refusal.
    async fn by_password(&self, client: &str, name: &str, scope: &str) -> String {
        let mut form = vec![("grant_type", "password"), ("client_id", client), ("scope", scope)];
        form.extend([("username", name), ("password", PASSWORD)]);
        if client != CLI {
            form.push(("client_secret", SECRET));
        }
        let reply = self.post("v2", &form).await;
        match reply.status {
            StatusCode::OK => claims(&reply.json()["access_token"])["scp"].as_str().unwrap().to_owned(),
            _ => {
                let refused = refusal(&reply);
                assert_eq!(reply.json()["suberror"] == "consent_required", refused.ends_with(" 65001"), "{refused}");
                refused
            }
        }
    }

    /// Client, person and permissions of every grant.
    fn grants(&self) -> Vec<String> {
        let world = self.aad.store.read();
        let told = world.permission_grants().map(|grant| {
            let client = world.service_principal(grant.client_id).map(|found| found.display_name.clone());
            let person = grant.principal_id.and_then(|id| world.user(id)).map(|user| user.user_principal_name.clone());
            let person = person.unwrap_or_else(|| "everybody".to_owned());
            format!("{}, {person}: {}", client.unwrap_or_default(), grant.scope)
        });
        told.collect()
    }
}

#[tokio::test]
async fn signing_in_on_the_page_is_agreeing_to_what_it_shows() {
    let world = tenant().await;
    let app = APP.to_string();
    assert_eq!(world.by_password(&app, ADA_NAME, USER_READ).await, "400 invalid_grant 65001");
    let page = world.get(crate::testing::HOST, &query(&asking(&app, USER_READ))).await;
    assert!(page.text.contains("User.Read at https://graph.microsoft.com"), "{}", page.text);
    assert!(world.grants().is_empty());

    let signed_in = world.type_in(&query(&asking(&app, USER_READ)), &[("login", ADA_NAME)]).await;
    assert!(carried(&signed_in)["code"].is_string());
    assert_eq!(world.grants(), ["app1, ada@t.example: User.Read"]);
    assert_eq!(world.by_password(&app, ADA_NAME, USER_READ).await, "User.Read");
    // Her word is hers alone.
    assert_eq!(world.by_password(&app, CAROL_NAME, USER_READ).await, "400 invalid_grant 65001");

    // What she agreed to is not asked again; what is new is, and silently it is refused.
    let cookie = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
    let known = world.get_with(&query(&asking(&app, USER_READ)), "cookie", &cookie).await;
    assert!(carried(&known)["code"].is_string());
    let more = asking(&app, "https://graph.microsoft.com/Calendars.Read");
    assert_eq!(world.get_with(&query(&more), "cookie", &cookie).await.status, StatusCode::OK);
    let silently = [more, vec![("prompt", "none")]].concat();
    let refused = carried(&world.get_with(&query(&silently), "cookie", &cookie).await);
    assert_eq!(refused["error"], "interaction_required");
    assert!(refused["error_description"].as_str().unwrap().starts_with("AADSTS65001"), "{refused}");
}

#[tokio::test]
async fn some_things_an_administrator_alone_agrees_to() {
    let world = tenant().await;
    let app = APP.to_string();
    let asked = query(&asking(&app, DIRECTORY_READ));
    let refused = world.type_in(&asked, &[("login", ADA_NAME)]).await;
    assert!(refused.status == StatusCode::OK && refused.text.contains("AADSTS90094"), "{}", refused.text);
    let small = query(&asking(&app, USER_READ));
    let refused = world.type_in(&small, &[("login", ADA_NAME), ("everybody", "1")]).await;
    assert!(refused.text.contains("AADSTS90094"), "{}", refused.text);
    assert!(world.grants().is_empty());

    carried(&world.type_in(&asked, &[("login", CAROL_NAME)]).await);
    assert_eq!(world.grants(), ["app1, carol@t.example: Directory.Read.All"]);
    assert_eq!(world.by_password(&app, ADA_NAME, DIRECTORY_READ).await, "400 invalid_grant 65001");
    // What she agreed to for herself she may agree to for everybody.
    carried(&world.type_in(&asked, &[("login", CAROL_NAME), ("everybody", "1")]).await);
    assert_eq!(world.by_password(&app, ADA_NAME, DIRECTORY_READ).await, "Directory.Read.All");

    let mut tx = world.aad.store.begin().await;
    let grant = tx.permission_grants().find(|grant| grant.principal_id.is_none()).unwrap().as_ref().clone();
    tx.delete_permission_grant(&grant);
    tx.commit().await.unwrap();
    assert_eq!(world.by_password(&app, ADA_NAME, DIRECTORY_READ).await, "400 invalid_grant 65001");
}

#[tokio::test]
async fn all_that_a_client_registered_may_be_nothing() {
    let world = tenant().await;
    let app = APP.to_string();
    let arm = "https://management.azure.com/.default";
    let refused = carried(&world.type_in(&query(&asking(&app, arm)), &[("login", ADA_NAME)]).await);
    assert_eq!(refused["error"], "invalid_resource");
    assert!(refused["error_description"].as_str().unwrap().starts_with("AADSTS650057"), "{refused}");

    let mut tx = world.aad.store.begin().await;
    let mut registered = tx.application_by_app_id(APP).unwrap().clone();
    registered.other.insert(
        "requiredResourceAccess".to_owned(),
        json!([{
            "resourceAppId": "797f4846-ba00-4fd7-ba43-dac1f8f63013",
            "resourceAccess": [{"id": "41094075-9dad-400e-a0bd-54e686782033", "type": "Scope"}],
        }]),
    );
    tx.put_object(DirectoryObject::Application(registered));
    tx.commit().await.unwrap();
    assert_eq!(world.by_password(&app, ADA_NAME, arm).await, "400 invalid_grant 65001");
    carried(&world.type_in(&query(&asking(&app, arm)), &[("login", ADA_NAME)]).await);
    assert_eq!(world.by_password(&app, ADA_NAME, arm).await, "user_impersonation");
}

#[tokio::test]
async fn microsofts_programs_are_asked_about_by_the_tenants_own_applications() {
    let world = tenant().await;
    let act = format!("api://{APP}/act");
    assert_eq!(world.by_password(CLI, ADA_NAME, "https://management.azure.com/.default").await, "user_impersonation");
    assert_eq!(world.by_password(CLI, ADA_NAME, &act).await, "400 invalid_grant 65001");
    carried(&world.type_in(&query(&asking(CLI, &act)), &[("login", ADA_NAME)]).await);
    assert_eq!(world.grants(), ["Microsoft Azure CLI, ada@t.example: act"]);
    assert_eq!(world.by_password(CLI, ADA_NAME, &act).await, "act");

    // The application may trust the program without asking anybody.
    let id = Value::String(Uuid::from_u128(0xac7).to_string());
    let mut tx = world.aad.store.begin().await;
    let mut registered = tx.application_by_app_id(APP).unwrap().clone();
    let api = registered.other.get_mut("api").unwrap();
    api["oauth2PermissionScopes"][0]["id"] = id.clone();
    api["preAuthorizedApplications"] = json!([{"appId": CLI, "delegatedPermissionIds": [id]}]);
    tx.put_object(DirectoryObject::Application(registered));
    tx.commit().await.unwrap();
    assert_eq!(world.by_password(CLI, CAROL_NAME, &act).await, "act");
    assert_eq!(ADA, world.aad.store.read().permission_grants().next().unwrap().principal_id.unwrap());
}

/// Where nobody's consent is needed, a name is held against what the resource offers all the same.
#[tokio::test]
async fn a_token_says_no_permission_that_nobody_offers() {
    let world = tenant().await;
    let app = APP.to_string();
    let none = "400 invalid_client 650053";
    for (client, scope, expected) in [
        (CLI, "https://management.azure.com/Bogus".to_owned(), none),
        (CLI, "https://management.azure.com/USER_IMPERSONATION".to_owned(), "user_impersonation"),
        (CLI, "https://servicebus.azure.net/Bogus".to_owned(), none),
        (CLI, "https://servicebus.azure.net/user_impersonation".to_owned(), "user_impersonation"),
        (CLI, "https://api.loganalytics.io/Data.Read".to_owned(), "Data.Read"),
        (CLI, "https://graph.microsoft.com/user_impersonation".to_owned(), none),
        (CLI, "https://graph.microsoft.com/Bogus".to_owned(), none),
        (CLI, "https://graph.microsoft.com/mail.read".to_owned(), "Mail.Read"),
        (CLI, "https://graph.microsoft.com/Chat.Read".to_owned(), "Chat.Read"),
        (&app, "https://graph.microsoft.com/user_impersonation".to_owned(), none),
        (&app, "https://graph.microsoft.com/a..b".to_owned(), none),
        (&app, "https://graph.microsoft.com/Chat.Read".to_owned(), "400 invalid_grant 65001"),
        (&app, format!("api://{APP}/Whatever"), none),
        (&app, format!("api://{APP}/act"), "act"),
        (&app, format!("{APP}/.default"), "act"),
    ] {
        assert_eq!(world.by_password(client, ADA_NAME, &scope).await, expected, "{client} {scope}");
    }
}

/// What Graph lists for applications counts there, so that nobody but an administrator lets a client have it.
#[tokio::test]
async fn a_permission_of_applications_takes_an_administrator() {
    let world = tenant().await;
    let app = APP.to_string();
    let asked = query(&asking(&app, "https://graph.microsoft.com/RoleManagement.Read.All"));
    let refused = world.type_in(&asked, &[("login", ADA_NAME)]).await;
    assert!(refused.text.contains("AADSTS90094"), "{}", refused.text);
    carried(&world.type_in(&asked, &[("login", CAROL_NAME)]).await);
    assert_eq!(world.grants(), ["app1, carol@t.example: RoleManagement.Read.All"]);
}
