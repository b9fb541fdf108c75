//! Users, groups, who is in them, and the tenant itself.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::graph::in_process::{ADMINISTRATOR, Cloud, MACHINE, PERSON, TENANT};

fn grace() -> Value {
    json!({
        "userPrincipalName": "grace@smalt.example",
        "displayName": "Grace",
        "mailNickname": "grace",
        "accountEnabled": true,
        "passwordProfile": {"password": "Test1234!!", "forceChangePasswordNextSignIn": false},
        "extension_0a1b_level": {"deep": [1]},
    })
}

#[tokio::test]
async fn a_user_shows_eleven_properties_until_asked_for_more() {
    let cloud = Cloud::new().await;
    let made = cloud.post("/v1.0/users", grace()).await;
    assert_eq!(made.status, StatusCode::CREATED);
    insta::assert_json_snapshot!(made.body, @r#"
    {
      "@odata.context": "https://localhost:8445/v1.0/$metadata#users/$entity",
      "businessPhones": [],
      "displayName": "Grace",
      "givenName": null,
      "jobTitle": null,
      "mail": null,
      "mobilePhone": null,
      "officeLocation": null,
      "preferredLanguage": null,
      "surname": null,
      "userPrincipalName": "grace@smalt.example",
      "id": "b621629e-ad61-4245-a06b-b0bc4f577df3"
    }
    "#);
    let id = made.text("id");
    let location = format!("https://localhost:8445/v2/{TENANT}/directoryObjects/{id}/Microsoft.DirectoryServices.User");
    assert_eq!(made.headers["location"], location.as_str());
    let selected = cloud.get("/v1.0/users/Grace@smalt.example?$select=id,accountEnabled,extension_0a1b_level").await;
    assert_eq!(selected.body["extension_0a1b_level"], json!({"deep": [1]}));
    let stored = cloud.aad.store.read();
    let user = stored.user(id.parse().unwrap()).unwrap();
    assert!(tokens::is_password("Test1234!!", user.password_hash.as_ref().unwrap()));
    assert!(!format!("{:?}", user.other).contains("Test1234"));
    assert_eq!(cloud.post("/v1.0/users", grace()).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_user_changes_and_goes() {
    let cloud = Cloud::new().await;
    cloud.post("/v1.0/users", grace()).await;
    let path = "/v1.0/users/grace@smalt.example";
    let change = json!({"jobTitle": "Admiral", "userPrincipalName": "hopper@smalt.example", "accountEnabled": false});
    assert_eq!(cloud.patch(path, change).await.status, StatusCode::NO_CONTENT);
    assert_eq!(cloud.get(path).await.status, StatusCode::NOT_FOUND);
    let path = "/beta/users/hopper@smalt.example";
    assert_eq!(cloud.get(path).await.body["jobTitle"], "Admiral");
    assert_eq!(cloud.get(&format!("{path}?$select=accountEnabled")).await.body["accountEnabled"], false);
    assert_eq!(cloud.delete(path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(cloud.get(path).await.code(), "Request_ResourceNotFound");
}

#[tokio::test]
async fn me_is_for_people() {
    let cloud = Cloud::new().await;
    let me = cloud.ask_as(PERSON, "GET", "/v1.0/me", None).await;
    assert_eq!(me.text("userPrincipalName"), "ada@smalt.example");
    assert_eq!(me.text("@odata.context"), "https://localhost:8445/v1.0/$metadata#users/$entity");
    assert_eq!(cloud.ask_as(PERSON, "GET", "/v1.0/me/ownedObjects", None).await.body["value"], json!([]));
    let machine = cloud.ask_as(MACHINE, "GET", "/v1.0/me", None).await;
    assert_eq!(machine.body["error"]["message"], "/me request is only valid with delegated authentication flow.");
}

#[tokio::test]
async fn a_group_has_azures_shape() {
    let cloud = Cloud::new().await;
    let group = cloud.group("readers").await;
    let reply = cloud.get(&format!("/beta/groups/{group}")).await;
    insta::assert_json_snapshot!(reply.body, @r#"
    {
      "@odata.context": "https://localhost:8445/beta/$metadata#groups/$entity",
      "id": "cdbc8b0f-4632-4424-99a0-dfa60568e28a",
      "deletedDateTime": null,
      "classification": null,
      "createdDateTime": "2026-05-01T13:34:30Z",
      "creationOptions": [],
      "description": null,
      "displayName": "readers",
      "expirationDateTime": null,
      "groupTypes": [],
      "isAssignableToRole": null,
      "mail": null,
      "mailEnabled": false,
      "mailNickname": "readers",
      "membershipRule": null,
      "membershipRuleProcessingState": null,
      "onPremisesDomainName": null,
      "onPremisesLastSyncDateTime": null,
      "onPremisesNetBiosName": null,
      "onPremisesSamAccountName": null,
      "onPremisesSecurityIdentifier": null,
      "onPremisesSyncEnabled": null,
      "preferredDataLocation": null,
      "preferredLanguage": null,
      "proxyAddresses": [],
      "renewedDateTime": "2026-05-01T13:34:30Z",
      "resourceBehaviorOptions": [],
      "resourceProvisioningOptions": [],
      "securityEnabled": true,
      "securityIdentifier": "S-1-12-1-3451685647-1143227954-2799673497-2330093573",
      "theme": null,
      "visibility": null,
      "onPremisesProvisioningErrors": []
    }
    "#);
    let found = cloud.get("/v1.0/groups?$filter=displayName eq 'Readers' and mailNickname eq 'readers'").await;
    assert_eq!(found.values("id"), [group]);
}

#[tokio::test]
async fn members_come_and_go() {
    let cloud = Cloud::new().await;
    let (inner, outer) = (cloud.group("inner").await, cloud.group("outer").await);
    let add = |id: String| json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}")});
    let (inner_members, outer_members) =
        (format!("/v1.0/groups/{inner}/members"), format!("/beta/groups/{outer}/members"));
    for (list, member) in [
        (&inner_members, MACHINE.to_string()),
        (&inner_members, PERSON.to_string()),
        (&outer_members, inner.clone()),
        (&inner_members, outer.clone()),
    ] {
        assert_eq!(cloud.post(&format!("{list}/$ref"), add(member)).await.status, StatusCode::NO_CONTENT);
    }
    let again = cloud.post(&format!("{inner_members}/$ref"), add(MACHINE.to_string())).await;
    assert_eq!(
        again.body["error"]["message"],
        "One or more added object references already exist for the following modified properties: 'members'."
    );
    assert_eq!(cloud.post(&format!("{inner_members}/$ref"), add(TENANT.to_string())).await.status, 404);
    let (application, _) = cloud.application("none").await;
    assert_eq!(cloud.post(&format!("{inner_members}/$ref"), add(application)).await.status, 400);

    let listed = cloud.get(&inner_members).await;
    assert_eq!(
        listed.values("@odata.type"),
        ["#microsoft.graph.group", "#microsoft.graph.servicePrincipal", "#microsoft.graph.user"]
    );
    assert_eq!(cloud.get(&format!("{inner_members}/microsoft.graph.user")).await.values("displayName"), ["Ada"]);
    assert_eq!(cloud.get_eventually(&format!("{inner_members}/$count")).await.body, json!(3));
    let everybody = cloud.get(&format!("/v1.0/groups/{outer}/transitiveMembers")).await;
    assert_eq!(everybody.values("displayName"), ["Ada", "inner", "outer", "vm1"]);
    let direct = cloud.get(&format!("/v1.0/servicePrincipals/{MACHINE}/memberOf")).await;
    assert_eq!(direct.values("displayName"), ["inner"]);
    let all = cloud.get(&format!("/v1.0/servicePrincipals/{MACHINE}/transitiveMemberOf")).await;
    assert_eq!(all.values("displayName"), ["inner", "outer"]);

    let object = format!("/v1.0/directoryObjects/{MACHINE}");
    let checked = cloud.post(&format!("{object}/checkMemberGroups"), json!({"groupIds": [outer, TENANT]})).await;
    assert_eq!(checked.body["value"], json!([outer]));
    let got = cloud.post(&format!("/v1.0/groups/{inner}/getMemberGroups"), json!({"securityEnabledOnly": true})).await;
    assert_eq!(got.body["value"], json!([outer]));

    let gone = format!("{inner_members}/{MACHINE}/$ref");
    assert_eq!(cloud.delete(&gone).await.status, StatusCode::NO_CONTENT);
    assert_eq!(cloud.delete(&gone).await.code(), "Request_ResourceNotFound");
    assert_eq!(cloud.delete(&format!("/v1.0/groups/{inner}")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(cloud.get(&outer_members).await.body["value"], json!([]));
}

#[tokio::test]
async fn what_is_bound_counts_or_is_refused() {
    let cloud = Cloud::new().await;
    let (application, app_id) = cloud.application("a").await;
    let principal = cloud.post("/v1.0/servicePrincipals", json!({"appId": app_id})).await.text("id");
    let (group, inner) = (cloud.group("g").await, cloud.group("inner").await);
    let person = cloud.post("/v1.0/users", grace()).await.text("id");
    let url = |id: &str| json!(format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}"));
    let new = |noun: &str| match noun {
        "groups" => json!({"displayName": "n", "mailNickname": "n", "mailEnabled": false, "securityEnabled": true}),
        _ => json!({"displayName": "n"}),
    };
    for (noun, id) in [("applications", &application), ("servicePrincipals", &principal), ("groups", &group)] {
        let path = format!("/v1.0/{noun}/{id}");
        for (wrong, owner) in [("an application", &application), ("a group", &inner)] {
            let bound = json!({"owners@odata.bind": [url(owner)]});
            assert_eq!(cloud.patch(&path, bound.clone()).await.code(), "Request_BadRequest", "{noun}: {wrong}");
            let mut made = new(noun);
            made.as_object_mut().unwrap().extend(bound.as_object().unwrap().clone());
            assert_eq!(
                cloud.post(&format!("/v1.0/{noun}"), made).await.code(),
                "Request_BadRequest",
                "{noun}: {wrong}"
            );
            let reference = json!({"@odata.id": url(owner)});
            let added = cloud.post(&format!("{path}/owners/$ref"), reference).await;
            assert_eq!(added.code(), "Request_BadRequest", "{noun}: {wrong}");
        }
        let bound = json!({"owners@odata.bind": [url(&person), url(&MACHINE.to_string())]});
        assert_eq!(cloud.patch(&path, bound).await.status, StatusCode::NO_CONTENT, "{noun}");
        let owners = cloud.get(&format!("{path}/owners")).await.values("id");
        assert_eq!(BTreeSet::from_iter(owners), BTreeSet::from([person.clone(), MACHINE.to_string()]), "{noun}");
        let unknown = cloud.patch(&path, json!({"memberOf@odata.bind": [url(&inner)]})).await;
        assert_eq!((unknown.status.as_u16(), unknown.code()), (400, "BadRequest"), "{noun}");
    }
    let path = format!("/v1.0/users/{PERSON}");
    let charge = |id: &str| json!({"manager@odata.bind": url(id)});
    assert_eq!(cloud.patch(&path, charge(&person)).await.status, StatusCode::NO_CONTENT);
    assert_eq!(cloud.get(&format!("{path}/manager")).await.text("id"), person);
    assert_eq!(cloud.patch(&path, charge(&group)).await.code(), "Request_BadRequest");
    assert_eq!(cloud.patch(&path, json!({"manager@odata.bind": []})).await.status, StatusCode::BAD_REQUEST);
    let typed = json!({"@odata.type": "#microsoft.graph.user", "skills@odata.type": "#Collection(String)"});
    assert_eq!(cloud.patch(&path, typed).await.status, StatusCode::NO_CONTENT, "what SDKs say of types binds nothing");
}

#[tokio::test]
async fn a_group_is_no_member_of_itself() {
    let cloud = Cloud::new().await;
    let group = cloud.group("g").await;
    let path = format!("/v1.0/groups/{group}");
    let itself = format!("https://graph.microsoft.com/v1.0/groups/{group}");
    let text = "Invalid value specified for property 'members' of resource 'Group'.";
    let added = cloud.post(&format!("{path}/members/$ref"), json!({"@odata.id": itself})).await;
    assert_eq!(added.body["error"]["message"], text);
    assert_eq!(cloud.patch(&path, json!({"members@odata.bind": [itself]})).await.body["error"]["message"], text);
    assert!(cloud.get(&format!("{path}/members")).await.values("id").is_empty());
}

#[tokio::test]
async fn security_groups_alone_are_asked_for() {
    let cloud = Cloud::new().await;
    let unified = json!({"displayName": "u", "mailNickname": "u", "mailEnabled": true, "securityEnabled": false,
        "groupTypes": ["Unified"]});
    let (security, unified) = (cloud.group("s").await, cloud.post("/v1.0/groups", unified).await.text("id"));
    let role = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b";
    let person = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/users/{PERSON}")});
    for holder in [format!("groups/{security}"), format!("groups/{unified}"), format!("directoryRoles/{role}")] {
        cloud.post(&format!("/v1.0/{holder}/members/$ref"), person.clone()).await;
    }
    for (action, only_security, expected) in [
        ("getMemberGroups", true, vec![security.as_str()]),
        ("getMemberGroups", false, vec![&security, &unified]),
        ("getMemberObjects", true, vec![&security]),
        ("getMemberObjects", false, vec![&security, &unified, role]),
    ] {
        let path = format!("/v1.0/users/{PERSON}/{action}");
        let found = cloud.post(&path, json!({"securityEnabledOnly": only_security})).await;
        let found: BTreeSet<&str> = found.body["value"].as_array().unwrap().iter().flat_map(Value::as_str).collect();
        assert_eq!(found, BTreeSet::from_iter(expected), "{action} {only_security}");
    }
}

#[tokio::test]
async fn objects_are_found_by_their_ids() {
    let cloud = Cloud::new().await;
    let ask = json!({
        "ids": [PERSON, MACHINE, TENANT],
        "types": ["user", "group", "servicePrincipal", "directoryObjectPartnerReference"],
    });
    let found = cloud.post("/v1.0/directoryObjects/getByIds", ask).await;
    assert_eq!(found.values("displayName"), ["Ada", "vm1"]);
    assert_eq!(found.headers["location"], "https://localhost:8445");
    assert_eq!(found.body["value"][0].as_object().unwrap().len(), 12);
    let people =
        cloud.post("/v1.0/directoryObjects/getByIds", json!({"ids": [PERSON, MACHINE], "types": ["user"]})).await;
    assert_eq!(people.values("displayName"), ["Ada"]);
    let one = cloud.get(&format!("/v1.0/directoryObjects('{ADMINISTRATOR}')")).await;
    assert_eq!(one.text("@odata.type"), "#microsoft.graph.servicePrincipal");
}

#[tokio::test]
async fn the_tenant_says_who_it_is() {
    let cloud = Cloud::new().await;
    assert_eq!(cloud.get("/v1.0/organization").await.values("id"), [TENANT.to_string()]);
    assert_eq!(cloud.get(&format!("/v1.0/organization/{TENANT}")).await.text("displayName"), "Smalt");
    assert_eq!(cloud.get("/v1.0/domains").await.values("id"), ["smalt.example"]);
    assert_eq!(cloud.get("/v1.0/domains/Smalt.example").await.body["isVerified"], true);
}
