//! What permissions and directory roles allow.

use serde_json::{Value, json};
use uuid::{Uuid, uuid};

use crate::graph::in_process::{ADMINISTRATOR, AUDIENCE, Cloud, MACHINE, PERSON};

/// What is tried: the verb, the path and the body.
type Trial = (&'static str, String, Option<Value>);

async fn trials(cloud: &Cloud) -> Vec<(&'static str, Trial)> {
    let (application, _) = cloud.application("app").await;
    let group = cloud.group("group").await;
    let person = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/users/{PERSON}")});
    let change = || Some(json!({"description": "d"}));
    vec![
        ("list applications", ("GET", "/v1.0/applications".into(), None)),
        ("change an application", ("PATCH", format!("/v1.0/applications/{application}"), change())),
        ("list people", ("GET", "/v1.0/users".into(), None)),
        ("change a person", ("PATCH", format!("/v1.0/users/{PERSON}"), Some(json!({"jobTitle": "j"})))),
        ("list groups", ("GET", "/v1.0/groups".into(), None)),
        ("change a group", ("PATCH", format!("/v1.0/groups/{group}"), change())),
        ("list members", ("GET", format!("/v1.0/groups/{group}/members"), None)),
        ("add a member", ("POST", format!("/v1.0/groups/{group}/members/$ref"), Some(person))),
        ("list roles", ("GET", "/v1.0/directoryRoles".into(), None)),
        ("see the tenant", ("GET", "/v1.0/organization".into(), None)),
    ]
}

/// The trials that a caller is not refused.
async fn allowed(cloud: &Cloud, token: &str, trials: &[(&'static str, Trial)]) -> Vec<&'static str> {
    let mut found = Vec::new();
    for (name, (verb, path, body)) in trials {
        let reply = cloud.ask_with(token, verb, path, body.clone()).await;
        if reply.status != 403 {
            found.push(*name);
        } else {
            assert_eq!(reply.code(), "Authorization_RequestDenied");
            assert_eq!(reply.body["error"]["message"], "Insufficient privileges to complete the operation.");
        }
    }
    found
}

#[tokio::test]
async fn an_application_may_what_its_permissions_say() {
    let cloud = Cloud::new().await;
    let trials = trials(&cloud).await;
    for (permission, expected) in [
        ("User.Read.All", vec!["list people"]),
        ("User.ReadWrite.All", vec!["list people", "change a person"]),
        ("Group.Read.All", vec!["list groups", "list members"]),
        ("GroupMember.ReadWrite.All", vec!["list groups", "list members", "add a member"]),
        ("Application.Read.All", vec!["list applications"]),
        ("Application.ReadWrite.OwnedBy", vec!["list applications"]),
        ("Application.ReadWrite.All", vec!["list applications", "change an application"]),
        (
            "Directory.Read.All",
            vec!["list applications", "list people", "list groups", "list members", "list roles", "see the tenant"],
        ),
        ("Organization.Read.All", vec!["see the tenant"]),
        ("Mail.Read", vec![]),
    ] {
        let token = cloud.token_that_says(MACHINE, AUDIENCE, &json!({"roles": [permission]}));
        assert_eq!(allowed(&cloud, &token, &trials).await, expected, "{permission}");
    }
}

#[tokio::test]
async fn a_directory_role_allows_without_a_permission() {
    let cloud = Cloud::new().await;
    let trials = trials(&cloud).await;
    let reads = ["list applications", "list people", "list groups", "list members", "list roles", "see the tenant"];
    for (role, more) in [
        ("88d8e3e3-8f55-4a1e-953a-9b9898b8876b", vec![]),
        ("9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", vec!["change an application"]),
        ("fdd7a751-b60b-444a-984c-02652fe8fa1c", vec!["change a group", "add a member"]),
    ] {
        let wanted = json!({"roleDefinitionId": role, "principalId": MACHINE, "directoryScopeId": "/"});
        let made = cloud.post("/v1.0/roleManagement/directory/roleAssignments", wanted.clone()).await;
        assert_eq!(made.status.as_u16(), 201, "{}", made.body);
        let found = allowed(&cloud, &cloud.token(MACHINE, AUDIENCE), &trials).await;
        let expected: Vec<&str> =
            trials.iter().map(|(name, _)| *name).filter(|name| reads.contains(name) || more.contains(name)).collect();
        assert_eq!(found, expected, "{role}");
        let again = cloud.post("/v1.0/roleManagement/directory/roleAssignments", wanted).await;
        assert_eq!(again.code(), "Request_BadRequest");
        let path = format!("/v1.0/roleManagement/directory/roleAssignments/{}", made.text("id"));
        assert_eq!(cloud.get(&path).await.text("principalId"), MACHINE.to_string());
        assert_eq!(cloud.delete(&path).await.status.as_u16(), 204);
    }
}

#[tokio::test]
async fn a_client_reaches_no_further_than_its_person_and_its_scopes() {
    let cloud = Cloud::new().await;
    let trials = trials(&cloud).await;
    let all: Vec<&str> = trials.iter().map(|(name, _)| *name).collect();
    let administrator = uuid!("62e90394-69f5-4237-9190-012177145e10");
    let reads = vec!["list people"];
    for (scopes, before, after) in [
        ("User.Read openid", vec![], vec![]),
        // The portal's own permission, and a name that Graph does not know, open nothing.
        ("user_impersonation", vec![], vec![]),
        ("user_impersonation Planets.Read", vec![], vec![]),
        ("User.Read.All", reads.clone(), reads),
        (
            "Group.ReadWrite.All",
            vec!["list groups", "list members"],
            vec!["list groups", "change a group", "list members", "add a member"],
        ),
        (
            "Directory.AccessAsUser.All",
            all.iter().copied().filter(|name| name.starts_with("list") || name.starts_with("see")).collect(),
            all.clone(),
        ),
    ] {
        let token = cloud.token_that_says(PERSON, AUDIENCE, &json!({"scp": scopes}));
        // Ada may change herself, and an administrator anybody.
        let others =
            |names: Vec<&'static str>| names.into_iter().filter(|n| *n != "change a person").collect::<Vec<_>>();
        assert_eq!(others(allowed(&cloud, &token, &trials).await), others(before), "{scopes}");
        let role = format!("/v1.0/directoryRoles/roleTemplateId={administrator}/members");
        let role = role.replace("/roleTemplateId=", "(roleTemplateId='").replace("/members", "')/members");
        let person = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/users/{PERSON}")});
        assert_eq!(cloud.post(&format!("{role}/$ref"), person).await.status.as_u16(), 204);
        assert_eq!(cloud.get(&role).await.values("id"), [ADMINISTRATOR.to_string(), PERSON.to_string()]);
        assert_eq!(others(allowed(&cloud, &token, &trials).await), others(after), "{scopes}");
        assert_eq!(cloud.delete(&format!("{role}/{PERSON}/$ref")).await.status.as_u16(), 204);
    }
}

#[tokio::test]
async fn of_what_a_caller_may_not_read_it_sees_the_type_and_the_id() {
    let cloud = Cloud::new().await;
    let (application, _) = cloud.application("app").await;
    let (gone, _) = cloud.application("gone").await;
    cloud.delete(&format!("/v1.0/applications/{gone}")).await;
    let group = json!({"displayName": "group", "mailNickname": "g", "mailEnabled": false, "securityEnabled": true,
        "isAssignableToRole": true});
    let group = cloud.post("/v1.0/groups", group).await.text("id");
    let reference = |id: &str| json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}")});
    cloud.post(&format!("/v1.0/groups/{group}/members/$ref"), reference(&PERSON.to_string())).await;
    cloud.post(&format!("/v1.0/groups/{group}/owners/$ref"), reference(&MACHINE.to_string())).await;
    let reader = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b";
    cloud.post(&format!("/v1.0/directoryRoles/{reader}/members/$ref"), reference(&PERSON.to_string())).await;
    let person = format!("/v1.0/users/{PERSON}");
    let all = json!({"ids": [PERSON, group, application]});
    for (permission, verb, path, seen) in [
        ("GroupMember.Read.All", "POST", "/v1.0/directoryObjects/getByIds".to_owned(), vec!["group"]),
        ("User.Read.All", "POST", "/v1.0/directoryObjects/getByIds".to_owned(), vec!["Ada"]),
        ("Directory.Read.All", "POST", "/v1.0/directoryObjects/getByIds".to_owned(), vec!["Ada", "app", "group"]),
        ("GroupMember.Read.All", "GET", "/v1.0/directory/deletedItems".to_owned(), vec![]),
        ("Application.Read.All", "GET", "/v1.0/directory/deletedItems".to_owned(), vec!["gone"]),
        ("GroupMember.Read.All", "GET", format!("/v1.0/groups/{group}/members"), vec![]),
        ("GroupMember.Read.All", "GET", format!("/v1.0/groups/{group}/transitiveMembers"), vec![]),
        ("Directory.Read.All", "GET", format!("/v1.0/groups/{group}/members"), vec!["Ada"]),
        ("GroupMember.Read.All", "GET", format!("/v1.0/groups/{group}/owners"), vec![]),
        ("User.Read.All", "GET", format!("{person}/memberOf"), vec![]),
        ("RoleManagement.Read.Directory", "GET", format!("/v1.0/directoryRoles/{reader}/members"), vec![]),
        ("Directory.Read.All", "GET", format!("{person}/memberOf"), vec!["Directory Readers", "group"]),
    ] {
        let token = cloud.token_that_says(MACHINE, AUDIENCE, &json!({"roles": [permission]}));
        let reply = cloud.ask_with(&token, verb, &path, Some(all.clone())).await;
        let items = reply.body["value"].as_array().unwrap();
        assert!(!items.is_empty(), "{permission}: {path}");
        let mut names = Vec::new();
        for item in items {
            assert!(item["id"].is_string() && item["@odata.type"].is_string(), "{permission}: {path}: {item}");
            let properties =
                item.as_object().unwrap().iter().filter(|(name, _)| *name != "id" && !name.starts_with('@'));
            match item["displayName"].as_str() {
                Some(name) => names.push(name),
                None => assert!(properties.clone().all(|(_, value)| value.is_null()), "{permission}: {path}: {item}"),
            }
            assert_ne!(properties.count(), 0, "what is hidden is null, not left out");
        }
        names.sort_unstable();
        assert_eq!(names, seen, "{permission}: {path}");
    }
    for (permission, seen) in [("GroupMember.Read.All", Value::Null), ("Directory.Read.All", json!("Ada"))] {
        let token = cloud.token_that_says(MACHINE, AUDIENCE, &json!({"roles": [permission]}));
        let expanded = cloud.ask_with(&token, "GET", &format!("/v1.0/groups/{group}?$expand=members"), None).await;
        assert_eq!(expanded.body["members"][0]["displayName"], seen, "{permission}");
        assert_eq!(expanded.body["members"][0]["id"], json!(PERSON), "{permission}");
    }
}

#[tokio::test]
async fn what_somebody_makes_they_own() {
    let cloud = Cloud::new().await;
    let token = cloud.token_that_says(MACHINE, AUDIENCE, &json!({"roles": ["Application.ReadWrite.OwnedBy"]}));
    let made = cloud.ask_with(&token, "POST", "/v1.0/applications", Some(json!({"displayName": "mine"}))).await;
    let path = format!("/v1.0/applications/{}", made.text("id"));
    assert_eq!(cloud.get(&format!("{path}/owners")).await.values("id"), [MACHINE.to_string()]);
    let change = Some(json!({"displayName": "still mine"}));
    assert_eq!(cloud.ask_with(&token, "PATCH", &path, change.clone()).await.status.as_u16(), 204);
    assert_eq!(cloud.delete(&format!("{path}/owners/{MACHINE}/$ref")).await.status.as_u16(), 204);
    assert_eq!(cloud.ask_with(&token, "PATCH", &path, change).await.status.as_u16(), 403);
    let group = json!({"displayName": "g", "mailNickname": "g", "mailEnabled": false, "securityEnabled": true});
    let made = cloud.ask_as(PERSON, "POST", "/v1.0/groups", Some(group)).await;
    let owners = cloud.get(&format!("/v1.0/groups/{}/owners", made.text("id"))).await;
    assert_eq!(owners.values("id"), [PERSON.to_string()]);
}

#[tokio::test]
async fn nobody_makes_the_principal_of_somebody_elses_application() {
    let cloud = Cloud::new().await;
    let owned_by = json!({"roles": ["Application.ReadWrite.OwnedBy"]});
    for token in [cloud.token(PERSON, AUDIENCE), cloud.token_that_says(MACHINE, AUDIENCE, &owned_by)] {
        let (_, other) = cloud.application("other").await;
        let make =
            |app_id: String| cloud.ask_with(&token, "POST", "/v1.0/servicePrincipals", Some(json!({"appId": app_id})));
        assert_eq!(make(other.clone()).await.code(), "Authorization_RequestDenied");
        let own = cloud.ask_with(&token, "POST", "/v1.0/applications", Some(json!({"displayName": "own"}))).await;
        assert_eq!(make(own.text("appId")).await.status.as_u16(), 201);
        assert_eq!(cloud.post("/v1.0/servicePrincipals", json!({"appId": other})).await.status.as_u16(), 201);
    }
}

#[tokio::test]
async fn guests_know_themselves_alone() {
    let cloud = Cloud::new().await;
    cloud.patch(&format!("/v1.0/users/{PERSON}"), json!({"userType": "Guest"})).await;
    assert_eq!(cloud.ask_as(PERSON, "GET", "/v1.0/me", None).await.text("displayName"), "Ada");
    assert_eq!(cloud.ask_as(PERSON, "GET", "/v1.0/users", None).await.code(), "Authorization_RequestDenied");
    assert_eq!(cloud.ask_as(PERSON, "GET", "/v1.0/groups", None).await.code(), "Authorization_RequestDenied");
}

#[tokio::test]
async fn a_role_goes_through_a_group_that_may_hold_roles() {
    let cloud = Cloud::new().await;
    let plain = cloud.group("plain").await;
    let group = json!({"displayName": "readers", "mailNickname": "r", "mailEnabled": false, "securityEnabled": true,
        "isAssignableToRole": true});
    let group = cloud.post("/v1.0/groups", group).await.text("id");
    let reader = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";
    let role = |to: &str| json!({"roleDefinitionId": reader, "principalId": to, "directoryScopeId": "/"});
    const ASSIGNMENTS: &str = "/v1.0/roleManagement/directory/roleAssignments";
    assert_eq!(cloud.post(ASSIGNMENTS, role(&plain)).await.code(), "Request_BadRequest");
    assert_eq!(cloud.post(ASSIGNMENTS, role(&group)).await.status.as_u16(), 201);
    assert_eq!(cloud.ask_as(MACHINE, "GET", "/v1.0/groups", None).await.status.as_u16(), 403);
    let member = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{MACHINE}")});
    cloud.post(&format!("/v1.0/groups/{group}/members/$ref"), member).await;
    assert_eq!(cloud.ask_as(MACHINE, "GET", "/v1.0/groups", None).await.status.as_u16(), 200);
    let held = cloud.get(&format!("/v1.0/servicePrincipals/{MACHINE}/memberOf")).await;
    assert_eq!(held.values("@odata.type"), ["#microsoft.graph.directoryRole", "#microsoft.graph.group"]);
    let objects = format!("/v1.0/servicePrincipals/{MACHINE}/getMemberObjects");
    let objects = cloud.post(&objects, json!({"securityEnabledOnly": false})).await;
    let mut expected = [json!(group), json!(Uuid::parse_str(reader).unwrap())];
    expected.sort_by_key(ToString::to_string);
    let mut found = objects.body["value"].as_array().unwrap().clone();
    found.sort_by_key(ToString::to_string);
    assert_eq!(found, expected);
}

#[tokio::test]
async fn only_who_gives_roles_changes_a_group_that_may_hold_them() {
    const ROLES: &str = "/v1.0/roleManagement/directory/roleAssignments";
    let cloud = Cloud::new().await;
    let group = json!({"displayName": "admins", "mailNickname": "a", "mailEnabled": false, "securityEnabled": true,
        "isAssignableToRole": true});
    let id = cloud.post("/v1.0/groups", group.clone()).await.text("id");
    let plain = cloud.group("plain").await;
    let path = format!("/v1.0/groups/{id}");
    let groups_administrator = "fdd7a751-b60b-444a-984c-02652fe8fa1c";
    let role = json!({"roleDefinitionId": groups_administrator, "principalId": MACHINE, "directoryScopeId": "/"});
    assert_eq!(cloud.post(ROLES, role).await.status.as_u16(), 201);
    let says = |id: Uuid, more: Value| cloud.token_that_says(id, AUDIENCE, &more);
    let directory = || json!({"roles": ["Directory.ReadWrite.All", "Group.ReadWrite.All"]});
    let reference =
        |id: &str| Some(json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}")}));
    let person = PERSON.to_string();
    for (name, token, passes) in [
        ("a member of the tenant", says(PERSON, json!({})), false),
        ("a groups administrator", says(MACHINE, json!({})), false),
        ("an application for groups", says(MACHINE, directory()), false),
        ("an application for roles", says(MACHINE, json!({"roles": ["RoleManagement.ReadWrite.Directory"]})), true),
        ("a global administrator", says(ADMINISTRATOR, json!({})), true),
    ] {
        for (verb, path, body) in [
            ("POST", format!("{path}/members/$ref"), reference(&person)),
            ("DELETE", format!("{path}/members/{PERSON}/$ref"), None),
            ("POST", format!("{path}/owners/$ref"), reference(&person)),
            ("DELETE", format!("{path}/owners/{PERSON}/$ref"), None),
            ("PATCH", path.clone(), Some(json!({"description": "d"}))),
            ("PATCH", path.clone(), Some(json!({"members@odata.bind": []}))),
        ] {
            let reply = cloud.ask_with(&token, verb, &path, body.clone()).await;
            let expected = if passes { 204 } else { 403 };
            assert_eq!(reply.status.as_u16(), expected, "{name}: {verb} {path} {body:?}: {}", reply.body);
        }
        if !passes {
            for path in [path.clone(), format!("/v1.0/directoryObjects/{id}")] {
                assert_eq!(cloud.ask_with(&token, "DELETE", &path, None).await.status.as_u16(), 403, "{name}: {path}");
            }
            let made = cloud.ask_with(&token, "POST", "/v1.0/groups", Some(group.clone())).await;
            assert_eq!(made.code(), "Authorization_RequestDenied", "{name}");
        }
    }
    for (group, flag) in [(&plain, true), (&id, false)] {
        let change = cloud.patch(&format!("/v1.0/groups/{group}"), json!({"isAssignableToRole": flag})).await;
        let text = "Property 'isAssignableToRole' is read-only and cannot be set.";
        assert_eq!(change.body["error"]["message"], text);
    }
    assert_eq!(cloud.patch(&path, json!({"isAssignableToRole": true})).await.status.as_u16(), 204, "as it is");
    assert_eq!(cloud.patch(&path, json!({"isAssignableToRole": "yes"})).await.code(), "Request_BadRequest");
}

#[tokio::test]
async fn the_owner_of_a_group_that_may_hold_roles_changes_who_is_in_it() {
    let cloud = Cloud::new().await;
    let group = json!({"displayName": "admins", "mailNickname": "a", "mailEnabled": false, "securityEnabled": true,
        "isAssignableToRole": true, "owners@odata.bind": [format!("https://graph.microsoft.com/v1.0/users/{PERSON}")]});
    let path = format!("/v1.0/groups/{}/members/$ref", cloud.post("/v1.0/groups", group).await.text("id"));
    let member = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{MACHINE}")});
    for (scopes, status) in [("Group.ReadWrite.All", 403), ("RoleManagement.ReadWrite.Directory", 204)] {
        let token = cloud.token_that_says(PERSON, AUDIENCE, &json!({"scp": scopes}));
        let reply = cloud.ask_with(&token, "POST", &path, Some(member.clone())).await;
        assert_eq!(reply.status.as_u16(), status, "{scopes}");
    }
}

#[tokio::test]
async fn well_known_roles_are_found_by_their_names() {
    let cloud = Cloud::new().await;
    let path = "/v1.0/roleManagement/directory/roleDefinitions?$filter=displayName eq 'Security Reader'";
    assert_eq!(cloud.get(path).await.values("id"), ["5d6b6bb7-de71-4623-b4af-96380a352509"]);
    let all = cloud.get("/v1.0/directoryRoleTemplates").await;
    let mut ids = all.values("id");
    ids.dedup();
    assert_eq!(ids.len(), all.body["value"].as_array().unwrap().len(), "no id stands twice");
}
