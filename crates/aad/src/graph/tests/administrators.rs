//! What opens an account: who changes it of whom.

use serde_json::{Value, json};
use uuid::{Uuid, uuid};

use crate::graph::in_process::{ADMINISTRATOR, AUDIENCE, Cloud, MACHINE, PERSON};

const GLOBAL: Uuid = uuid!("62e90394-69f5-4237-9190-012177145e10");
const HELPDESK: Uuid = uuid!("729827e3-9c14-49f7-bb1b-9608f156bbb8");
const PASSWORD: Uuid = uuid!("966707d0-3269-4727-9be2-8c3a10f19b9d");
const AUTHENTICATION: Uuid = uuid!("c4e39bd9-1100-46d3-8c65-fb160da0071f");
const PRIVILEGED_AUTHENTICATION: Uuid = uuid!("7be44c8a-adaf-4e2a-84d6-ab2649e08a13");
const USER: Uuid = uuid!("fe930be7-5e62-47db-91af-98c3a49a38b1");
const READERS: Uuid = uuid!("88d8e3e3-8f55-4a1e-953a-9b9898b8876b");

async fn person(cloud: &Cloud, name: &str) -> String {
    let body = json!({"displayName": name, "userPrincipalName": format!("{name}@smalt.example"), "mailNickname": name,
        "accountEnabled": true, "passwordProfile": {"password": "Test1234!!"}});
    cloud.post("/v1.0/users", body).await.text("id")
}

/// Gives a role, and tells how to take it back.
async fn give(cloud: &Cloud, role: Uuid, to: &str) -> String {
    const ASSIGNMENTS: &str = "/v1.0/roleManagement/directory/roleAssignments";
    let wanted = json!({"roleDefinitionId": role, "principalId": to, "directoryScopeId": "/"});
    format!("{ASSIGNMENTS}/{}", cloud.post(ASSIGNMENTS, wanted).await.text("id"))
}

/// Three who have, or can come by, a role: by its assignment, in a group that may hold one, owning such a group.
async fn administrators(cloud: &Cloud) -> [String; 3] {
    let all = [person(cloud, "holder").await, person(cloud, "member").await, person(cloud, "owner").await];
    give(cloud, READERS, &all[0]).await;
    let bind = |id: &str| json!([format!("https://graph.microsoft.com/v1.0/users/{id}")]);
    let group = json!({"displayName": "g", "mailNickname": "g", "mailEnabled": false, "securityEnabled": true,
        "isAssignableToRole": true, "members@odata.bind": bind(&all[1]), "owners@odata.bind": bind(&all[2])});
    assert_eq!(cloud.post("/v1.0/groups", group).await.status.as_u16(), 201);
    all
}

fn new_password() -> Value {
    json!({"passwordProfile": {"password": "Another1234!!", "forceChangePasswordNextSignIn": false}})
}

#[tokio::test]
async fn a_password_is_reset_by_who_may_and_an_administrators_by_few() {
    let cloud = Cloud::new().await;
    let administrators = administrators(&cloud).await;
    for (name, role, says, (plain, administrator)) in [
        ("no right", None, json!({}), (403, 403)),
        ("User.ReadWrite.All", None, json!({"roles": ["User.ReadWrite.All"]}), (403, 403)),
        ("Directory.ReadWrite.All", None, json!({"roles": ["Directory.ReadWrite.All"]}), (403, 403)),
        ("the permission", None, json!({"roles": ["User-PasswordProfile.ReadWrite.All"]}), (204, 403)),
        ("Helpdesk Administrator", Some(HELPDESK), json!({}), (204, 403)),
        ("Password Administrator", Some(PASSWORD), json!({}), (204, 403)),
        ("Authentication Administrator", Some(AUTHENTICATION), json!({}), (204, 403)),
        ("User Administrator", Some(USER), json!({}), (204, 403)),
        ("Privileged Authentication Administrator", Some(PRIVILEGED_AUTHENTICATION), json!({}), (204, 204)),
        ("Global Administrator", Some(GLOBAL), json!({}), (204, 204)),
    ] {
        let taken = match role {
            Some(role) => Some(give(&cloud, role, &MACHINE.to_string()).await),
            None => None,
        };
        let token = cloud.token_that_says(MACHINE, AUDIENCE, &says);
        let persons = administrators.iter().map(|id| (id.clone(), administrator));
        for (id, expected) in persons.chain([(PERSON.to_string(), plain)]) {
            let reply = cloud.ask_with(&token, "PATCH", &format!("/v1.0/users/{id}"), Some(new_password())).await;
            assert_eq!(reply.status.as_u16(), expected, "{name}: {id}: {}", reply.body);
            if expected == 403 {
                assert_eq!(reply.code(), "Authorization_RequestDenied");
            }
        }
        if let Some(path) = taken {
            cloud.delete(&path).await;
        }
    }
}

#[tokio::test]
async fn who_resets_passwords_changes_nothing_else() {
    let cloud = Cloud::new().await;
    give(&cloud, HELPDESK, &MACHINE.to_string()).await;
    let path = format!("/v1.0/users/{PERSON}");
    let mut both = new_password();
    both["jobTitle"] = json!("j");
    for body in [both, json!({"jobTitle": "j"}), json!({})] {
        let reply = cloud.ask_as(MACHINE, "PATCH", &path, Some(body.clone())).await;
        assert_eq!(reply.status.as_u16(), 403, "{body}");
    }
}

#[tokio::test]
async fn a_client_resets_passwords_for_an_administrator_when_it_may() {
    let cloud = Cloud::new().await;
    let [holder, ..] = administrators(&cloud).await;
    give(&cloud, GLOBAL, &PERSON.to_string()).await;
    for (scopes, expected) in
        [("User.ReadWrite.All", 403), ("User-PasswordProfile.ReadWrite.All", 204), ("Directory.AccessAsUser.All", 204)]
    {
        let token = cloud.token_that_says(PERSON, AUDIENCE, &json!({"scp": scopes}));
        let reply = cloud.ask_with(&token, "PATCH", &format!("/v1.0/users/{holder}"), Some(new_password())).await;
        assert_eq!(reply.status.as_u16(), expected, "{scopes}");
    }
}

#[tokio::test]
async fn what_opens_an_administrators_account_is_changed_by_few() {
    let cloud = Cloud::new().await;
    let administrators = administrators(&cloud).await;
    give(&cloud, USER, &MACHINE.to_string()).await;
    let all = json!({"roles": ["User.ReadWrite.All", "Directory.ReadWrite.All"]});
    let token = cloud.token_that_says(MACHINE, AUDIENCE, &all);
    for id in &administrators {
        let path = format!("/v1.0/users/{id}");
        for (verb, path, body) in [
            ("PATCH", &path, Some(json!({"accountEnabled": false}))),
            ("PATCH", &path, Some(json!({"userPrincipalName": "x@smalt.example"}))),
            ("PATCH", &path, Some(json!({"jobTitle": "j", "mobilePhone": "1"}))),
            ("DELETE", &path, None),
            ("DELETE", &format!("/v1.0/directoryObjects/{id}"), None),
        ] {
            let reply = cloud.ask_with(&token, verb, path, body.clone()).await;
            assert_eq!(reply.status.as_u16(), 403, "{verb} {path} {body:?}");
        }
        let rest = cloud.ask_with(&token, "PATCH", &path, Some(json!({"jobTitle": "j"}))).await;
        assert_eq!(rest.status.as_u16(), 204, "what opens no account");
        assert_eq!(cloud.patch(&path, json!({"accountEnabled": false})).await.status.as_u16(), 204);
        assert_eq!(cloud.ask_as(ADMINISTRATOR, "DELETE", &path, None).await.status.as_u16(), 204);
    }
    let plain = format!("/v1.0/users/{PERSON}");
    assert_eq!(
        cloud.ask_with(&token, "PATCH", &plain, Some(json!({"accountEnabled": true}))).await.status.as_u16(),
        204
    );
    assert_eq!(cloud.ask_with(&token, "DELETE", &plain, None).await.status.as_u16(), 204);
}
