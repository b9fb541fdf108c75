//! Resource Manager: bodies, paths, versions, verbs.

use cloud::{ARM, Cloud};
use serde_json::{Value, json};

use super::{Shape, Table, five_megabytes, stored};

/// Bodies that a PUT must not take, by the path that is written.
fn bodies() -> Vec<(&'static str, &'static str, String)> {
    const GROUP: &str = "resourceGroups/new";
    const VM: &str = "resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/new";
    const IDENTITY: &str = "resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/new";
    const GENERIC: &str = "resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/new";
    const ASSIGNMENT: &str =
        "resourceGroups/rg/providers/Microsoft.Authorization/roleAssignments/11111111-1111-4111-8111-111111111111";
    const DEPLOYMENT: &str = "resourceGroups/rg/providers/Microsoft.Resources/deployments/new";
    let mut all: Vec<(&str, &str, String)> = Vec::new();
    for (what, path) in [
        ("group", GROUP),
        ("VM", VM),
        ("identity", IDENTITY),
        ("generic", GENERIC),
        ("assignment", ASSIGNMENT),
        ("deployment", DEPLOYMENT),
    ] {
        for body in ["", "location=westeurope", "{\"location\":", "[]", "\"westeurope\"", "null", "7"] {
            all.push((what, path, body.to_owned()));
        }
        all.push((what, path, five_megabytes()));
    }
    for (what, path) in [("group", GROUP), ("VM", VM), ("identity", IDENTITY), ("generic", GENERIC)] {
        for body in [
            json!({"location": 7}),
            json!({"location": ["westeurope"]}),
            json!({"location": "westeurope", "tags": ["a"]}),
            json!({"location": "westeurope", "tags": {"a": {"b": 1}}}),
            json!({"location": "westeurope", "properties": "text"}),
        ] {
            all.push((what, path, body.to_string()));
        }
    }
    for (what, path) in [("group", GROUP), ("VM", VM), ("identity", IDENTITY)] {
        all.push((what, path, json!({"location": "atlantis"}).to_string()));
    }
    for (what, path) in [("VM", VM), ("generic", GENERIC)] {
        for identity in [
            json!({}),
            json!("SystemAssigned"),
            json!({"type": 7}),
            json!({"type": "Everything"}),
            json!({"type": "UserAssigned", "userAssignedIdentities": ["/x"]}),
            json!({"type": "UserAssigned", "userAssignedIdentities": {"nonsense": {}}}),
        ] {
            all.push((what, path, json!({"location": "westeurope", "identity": identity}).to_string()));
        }
    }
    for properties in [
        Value::Null,
        json!({"principalId": "wow", "roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{}", cloud::READER)}),
        json!({"principalId": "11111111-1111-4111-8111-111111111111"}),
        json!({"principalId": 7, "roleDefinitionId": 7}),
        json!({"principalId": "11111111-1111-4111-8111-111111111111",
               "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/11111111-1111-4111-8111-111111111111"}),
        json!({"principalId": "11111111-1111-4111-8111-111111111111",
               "roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{}", cloud::READER)}),
    ] {
        all.push(("assignment", ASSIGNMENT, json!({"properties": properties}).to_string()));
    }
    for properties in [
        json!({"mode": "Incremental"}),
        json!({"mode": 7, "template": {}}),
        json!({"mode": "Incremental", "template": {"resources": 7}}),
    ] {
        all.push(("deployment", DEPLOYMENT, json!({"properties": properties}).to_string()));
    }
    all
}

#[tokio::test]
async fn bodies_that_are_none() {
    let cloud = Cloud::start().await;
    cloud.make_group("rg").await;
    let before = stored(&cloud).await;
    let owner = cloud.owner().await;
    let mut table = Table::new();
    for (what, path, body) in bodies() {
        let shown = if body.len() > 1000 { format!("{} MB", body.len() / 1024 / 1024) } else { body.clone() };
        let url = format!("{ARM}{}/{path}?api-version=2024-11-01", cloud.subscription);
        let request = owner.request("PUT", &url).header("Content-Type", "application/json").body(body);
        table.refused(Shape::Arm, &format!("{what} {shown}"), request).await;
    }
    let url = format!("{ARM}{}/resourceGroups/new?api-version=2024-11-01", cloud.subscription);
    table
        .refused(
            Shape::Arm,
            "group, not UTF-8",
            owner.request("PUT", &url).body(b"{\"location\":\"\xff\xfe\"}".to_vec()),
        )
        .await;
    assert_eq!(stored(&cloud).await, before, "something was stored");
    insta::assert_snapshot!("arm_bodies", table.text);
}

#[tokio::test]
async fn paths_versions_and_verbs() {
    let cloud = Cloud::start().await;
    cloud.make_group("rg").await;
    cloud.make_identity(&format!("{}/resourceGroups/rg", cloud.subscription), "id1").await;
    let before = stored(&cloud).await;
    let owner = cloud.owner().await;
    let s = &cloud.subscription;
    let mut table = Table::new();
    for (method, path, query) in [
        ("GET", "{s}/resourceGroups", ""),
        ("PUT", "{s}/resourceGroups/new", ""),
        ("PUT", "{s}/resourceGroups/new", "?api-version="),
        ("PUT", "{s}/resourceGroups/new", "?api-version=latest"),
        ("PUT", "{s}/resourceGroups/new", "?api-version=2024-13-01"),
        ("PUT", "{s}/resourceGroups/new", "?api-version=2024-11-01-"),
        ("PUT", "{s}/resourceGroups/a%2Fb", "?"),
        ("PUT", "{s}/resourceGroups/rg%2Fproviders%2FMicrosoft.Storage/storageAccounts/new", "?"),
        ("PUT", "{s}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/a%2Fb", "?"),
        ("PUT", "{s}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/a%00b", "?"),
        ("PUT", "{s}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/a%zzb", "?"),
        ("PUT", "{s}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/a%ffb", "?"),
        ("PUT", "{s}/resourceGroups/~`1", "?"),
        ("GET", "/subscriptions/nonsense/resourceGroups", "?"),
        ("PUT", "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/new", "?"),
        ("PUT", "{s}/resourceGroups/none/providers/Microsoft.Storage/storageAccounts/new", "?"),
        ("PUT", "{s}/resourceGroups/rg/providers/Microsoft.Nothing/things/new", "?"),
        ("GET", "{s}/resourceGroups/rg/providers/Microsoft.Nothing/things/new", "?"),
        ("PUT", "{s}/resourceGroups/rg/providers/Microsoft.Compute/nothings/new", "?"),
        ("PUT", "{s}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/none/subnets/new", "?"),
        ("GET", "{s}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/none", "?"),
        ("GET", "{s}/resourceGroups/none", "?"),
        ("GET", "/nonsense", "?"),
        ("PUT", "/", "?"),
        ("FOO", "{s}/resourceGroups/new", "?"),
        ("PUT", "{s}/resourceGroups", "?"),
        ("DELETE", "{s}/resourceGroups", "?"),
        ("PUT", "{s}/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities", "?"),
        ("PUT", "{s}/resources", "?"),
        ("PUT", "{s}", "?"),
        ("POST", "{s}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/none/explode", "?"),
        ("POST", "{s}/resourceGroups/rg", "?"),
        ("PATCH", "{s}/providers/Microsoft.Authorization/roleAssignments/11111111-1111-4111-8111-111111111111", "?"),
        ("TRACE", "{s}/resourceGroups", "?"),
    ] {
        let query = if query == "?" { "?api-version=2024-11-01" } else { query };
        let url = format!("{ARM}{}{query}", path.replace("{s}", s));
        let request = owner.request(method, &url).json(&json!({"location": "westeurope"}));
        table.refused(Shape::Arm, &format!("{method} {path}{query}"), request).await;
    }
    assert_eq!(stored(&cloud).await, before, "something was stored");
    insta::assert_snapshot!("arm_paths", table.text);
}

/// ARM's paths ignore case, and clients double slashes.
#[tokio::test]
async fn paths_that_look_odd_and_work() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    cloud.make_identity(&group, "Id1").await;
    let s = &cloud.subscription;
    let upper = s.to_uppercase();
    for path in [
        format!("/{s}//resourcegroups///rg"),
        format!("{upper}/RESOURCEGROUPS/RG/"),
        format!("{s}/resourceGroups/rg/PROVIDERS/microsoft.managedidentity/USERASSIGNEDIDENTITIES/iD1"),
        format!("/{s}/resourceGroups/rg/providers//Microsoft.ManagedIdentity/userAssignedIdentities//"),
        format!("{s}/resourceGroups/r%67/providers/Microsoft%2EManagedIdentity/userAssignedIdentities/Id1"),
        format!("{s}/resourceGroups/rg?API-VERSION=2024-11-01&api-version=2024-11-01"),
    ] {
        let answer = cloud.arm("GET", &path, None).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    }
    // Written in another case it is the same thing, and keeps the name it was given first.
    let again = cloud.arm("PUT", &format!("{upper}/RESOURCEGROUPS//RG"), json!({"location": "westeurope"})).await;
    assert_eq!((again.status, &again.body["name"]), (200, &json!("rg")));
    assert_eq!(
        cloud.arm("GET", &format!("{s}/resourceGroups"), None).await.ok().body["value"].as_array().unwrap().len(),
        1
    );
}
