//! Custom roles in Resource Manager: what is kept, what is refused in which words, and from where a role is seen.

use cloud::{Answer, Cloud};
use model::{Permission, RoleDefinition, RoleKind, Time};
use serde_json::{Value, json};
use uuid::Uuid;

const NAMES: &str = "providers/Microsoft.Authorization/roleDefinitions";

/// The id of the role with this number, seen from `scope`.
fn id(scope: &str, number: u128) -> String {
    format!("{scope}/{NAMES}/{}", Uuid::from_u128(number))
}

/// `properties` of a good role, with the members of `change` in place of its own.
fn role(scope: &str, change: &Value) -> Value {
    let mut properties = json!({
        "roleName": "Tester", "description": "", "assignableScopes": [scope],
        "permissions": [{"actions": ["Microsoft.Compute/*/read"], "notActions": null}],
    });
    for (name, value) in change.as_object().unwrap() {
        properties[name] = value.clone();
    }
    json!({"properties": properties})
}

fn permission(member: &str, strings: &[&str]) -> Value {
    json!({"permissions": [{member: strings}]})
}

#[tokio::test]
async fn what_is_written_is_kept_or_refused() {
    let cloud = Cloud::start().await;
    let s = cloud.subscription.clone();
    let group = |name: &str| format!("/providers/Microsoft.Management/managementGroups/{name}");
    cloud.arm("PUT", &id(&s, 1), role(&s, &json!({"roleName": "Taken"}))).await.ok();
    let long = |length: usize| "x".repeat(length);
    let mut table = String::new();
    for (case, change) in [
        ("good", json!({})),
        ("the same again", json!({"description": "changed"})),
        ("another name", json!({"roleName": "Renamed", "type": "CustomRole"})),
        ("one wildcard at the end", permission("actions", &["Microsoft.Compute/*"])),
        ("one wildcard in the middle", permission("actions", &["Microsoft.Network/*/read"])),
        ("two wildcards", permission("actions", &["Microsoft.Network/*/subnets/*"])),
        ("unknown action", permission("actions", &["Microsoft.Compute/virtualMachines/fly/action"])),
        ("unknown notAction", permission("notActions", &["Microsoft.Nobody/*"])),
        ("data operation as an action", permission("actions", &["Microsoft.KeyVault/vaults/secrets/getSecret/action"])),
        ("action as a data operation", permission("dataActions", &["Microsoft.Compute/virtualMachines/read"])),
        ("no permissions", json!({"permissions": []})),
        ("no name", json!({"roleName": ""})),
        ("name of 512 characters", json!({"roleName": long(512)})),
        ("name of 513 characters", json!({"roleName": long(513)})),
        ("description of 2049 characters", json!({"description": long(2049)})),
        ("name of another", json!({"roleName": "taken"})),
        ("name of a built-in role", json!({"roleName": "READER"})),
        ("type of a built-in role", json!({"type": "BuiltInRole"})),
        ("no scope", json!({"assignableScopes": null})),
        ("root", json!({"assignableScopes": ["/"]})),
        ("wildcard in a scope", json!({"assignableScopes": [format!("{s}/*")]})),
        ("no path", json!({"assignableScopes": [s, "Invalid_Scope"]})),
        ("2001 scopes", json!({"assignableScopes": vec![s.clone(); 2001]})),
        ("a management group that is not there", json!({"assignableScopes": [group("none")]})),
        ("two management groups", json!({"assignableScopes": [group("a"), group("b")]})),
        (
            "data actions in a management group",
            json!({
                "assignableScopes": [group("a")],
                "permissions": [{"dataActions": ["Microsoft.KeyVault/vaults/secrets/*"]}],
            }),
        ),
        ("wrong types", json!({"roleName": 7})),
        ("wrong types too", json!({"assignableScopes": s})),
        ("wrong types as well", json!({"permissions": {"actions": []}})),
    ] {
        let answer = cloud.arm("PUT", &id(&s, 2), role(&s, &change)).await;
        table.push_str(&line(&cloud, case, &answer));
    }
    let built_in = format!("{s}/{NAMES}/{}", cloud::READER);
    for (case, verb, path) in [
        ("change a built-in role", "PUT", built_in.as_str()),
        ("delete a built-in role", "DELETE", &built_in),
        ("no GUID", "PUT", &format!("{s}/{NAMES}/mine")),
    ] {
        let answer = cloud.arm(verb, path, (verb == "PUT").then(|| role(&s, &json!({})))).await;
        table.push_str(&line(&cloud, case, &answer));
    }
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!("custom_roles", table) });
}

fn line(cloud: &Cloud, case: &str, answer: &Answer) -> String {
    let message = answer.message().replace(&cloud.subscription, "{s}");
    format!("{case:<37} {} {}", answer.summary(), message).trim_end().to_owned() + "\n"
}

#[tokio::test]
async fn an_old_api_version_knows_no_data_actions() {
    let cloud = Cloud::start().await;
    let s = &cloud.subscription;
    let old = |id: String| format!("{id}?api-version=2015-07-01");
    let with_data = role(s, &permission("dataActions", &["Microsoft.KeyVault/vaults/secrets/*"]));
    let refused = cloud.arm("PUT", &old(id(s, 1)), with_data.clone()).await;
    assert_eq!(
        (refused.summary().as_str(), refused.message()),
        (
            "400 UnsupportedApiVersionForRoleDefinitionHasDataActions",
            "DataActions and NotDataActions are not supported on API version '2015-07-01'. The minimum required API version for this operation \
             is '2018-01-01-preview'."
        )
    );
    cloud.arm("PUT", &id(s, 1), with_data).await.ok();
    let block = |answer: &Answer| answer.body["properties"]["permissions"][0].clone();
    let shown = cloud.arm("GET", &old(id(s, 1)), None).await.ok();
    assert_eq!(block(&shown), json!({"actions": [], "notActions": []}));
    let shown = cloud.arm("GET", &format!("{}?api-version=2018-01-01-preview", id(s, 1)), None).await.ok();
    let secrets = ["Microsoft.KeyVault/vaults/secrets/*"];
    assert_eq!(block(&shown), json!({"actions": [], "notActions": [], "dataActions": secrets, "notDataActions": []}));
}

#[tokio::test]
async fn a_role_is_seen_where_it_can_be_assigned() {
    let cloud = Cloud::start().await;
    let s = cloud.subscription.clone();
    let (here, there) = (cloud.make_group("here").await, cloud.make_group("there").await);
    cloud.arm("PUT", &id(&here, 1), role(&here, &json!({}))).await.ok();
    let root = format!("/providers/Microsoft.Management/managementGroups/{}", cloud.tenant);
    cloud.arm("PUT", &id(&root, 2), role(&root, &json!({"roleName": "Everywhere"}))).await.ok();
    let mut table = String::new();
    let vm = format!("{here}/providers/Microsoft.Compute/virtualMachines/vm");
    for (place, scope) in [("here", &here), ("below", &vm), ("there", &there), ("above", &s), ("root group", &root)] {
        let mut seen = Vec::new();
        for filter in ["type eq 'CustomRole'", "atScopeAndBelow() and type eq 'CustomRole'"] {
            let listed = cloud.arm("GET", &format!("{scope}/{NAMES}?$filter={filter}"), None).await.ok();
            let roles = listed.body["value"].as_array().unwrap();
            let mut names: Vec<_> = roles.iter().map(|r| r["properties"]["roleName"].as_str().unwrap()).collect();
            names.sort_unstable();
            seen.push(names.join("+"));
        }
        let found = cloud.arm("GET", &id(scope, 1), None).await;
        table.push_str(&format!("{place}: {}; with what is below: {}; by id: {}\n", seen[0], seen[1], found.summary()));
    }
    insta::assert_snapshot!(table, @r"
    here: Everywhere+Tester; with what is below: Everywhere+Tester; by id: 200
    below: Everywhere+Tester; with what is below: Everywhere+Tester; by id: 200
    there: Everywhere; with what is below: Everywhere; by id: 404 RoleDefinitionDoesNotExist
    above: Everywhere; with what is below: Everywhere+Tester; by id: 200
    root group: Everywhere; with what is below: Everywhere+Tester; by id: 200
    ");
    assert_eq!(cloud.arm("DELETE", &id(&there, 1), None).await.status, 204);
    assert_eq!(cloud.arm("DELETE", &id(&s, 1), None).await.status, 200);
}

#[tokio::test]
async fn a_tenant_has_five_thousand_roles() {
    let cloud = Cloud::start().await;
    let s = &cloud.subscription;
    let mut tx = cloud.server.cloud.store.begin().await;
    for number in 0..5000 {
        tx.put_custom_role(RoleDefinition {
            id: Uuid::from_u128(number),
            role_name: format!("Role {number}"),
            kind: RoleKind::Custom,
            description: String::new(),
            permissions: vec![Permission::default()],
            assignable_scopes: vec![s.clone()],
            created_on: Time::UNIX_EPOCH,
            updated_on: Time::UNIX_EPOCH,
            created_by: None,
            updated_by: None,
        });
    }
    tx.commit().await.unwrap();
    assert_eq!(cloud.arm("PUT", &id(s, 4999), role(s, &json!({}))).await.status, 201, "one that is there is changed");
    let refused = cloud.arm("PUT", &id(s, 5000), role(s, &json!({"roleName": "One too many"}))).await;
    let said = "Role definition limit exceeded. No more role definitions can be created.";
    assert_eq!((refused.summary().as_str(), refused.message()), ("400 RoleDefinitionLimitExceeded", said));
    cloud.arm("DELETE", &id(s, 4999), None).await.ok();
    cloud.arm("PUT", &id(s, 5000), role(s, &json!({}))).await.ok();
}

#[tokio::test]
async fn providers_tell_their_operations() {
    const PATH: &str = "/providers/Microsoft.Authorization/providerOperations";
    let cloud = Cloud::start().await;
    let ask = async |path: &str| cloud.arm("GET", &format!("{PATH}{path}"), None).await;
    let vault = ask("/microsoft.keyvault?$expand=resourceTypes&api-version=2022-04-01").await.ok().body;
    let register = json!({
        "name": "Microsoft.KeyVault/register/action", "displayName": "Register Microsoft Key Vault", "description": "",
        "origin": "user,system", "properties": null, "isDataAction": false,
    });
    assert_eq!((&vault["operations"][0], &vault["name"]), (&register, &json!("Microsoft.KeyVault")));
    let names =
        |of: &Value| of["resourceTypes"].as_array().unwrap().iter().map(|t| t["name"].clone()).collect::<Vec<_>>();
    let keys = vault["resourceTypes"].as_array().unwrap().iter().find(|t| t["name"] == "vaults/keys").unwrap();
    let reads: Vec<_> = keys["operations"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|o| o["name"] == "Microsoft.KeyVault/vaults/keys/read")
        .collect();
    assert_eq!(reads.iter().map(|o| &o["isDataAction"]).collect::<Vec<_>>(), [false, true], "in both planes");
    let old = ask("/Microsoft.KeyVault?$expand=resourceTypes&api-version=2015-07-01").await.ok().body;
    assert!(!old.to_string().contains("ataAction"), "an old api-version tells no planes apart");
    assert!(!old.to_string().contains("getSecret"), "and has none of the data plane");
    assert!(names(&old).len() < names(&vault).len());
    assert_eq!(names(&ask("/Microsoft.KeyVault").await.ok().body), [""; 0], "types come when they are asked for");
    let all = ask("?$expand=resourceTypes").await.ok().body;
    assert_eq!(all["value"].as_array().unwrap().len(), 335);
    assert_eq!(all.get("nextLink"), None);
    let none = ask("/Microsoft.Nobody").await;
    assert_eq!(
        (none.summary().as_str(), none.message()),
        ("404 ProviderNotFound", "Provider 'Microsoft.Nobody' not found.")
    );
}
