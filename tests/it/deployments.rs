//! Deployments over HTTP: the template of `az vm create`, failures half-way, rights, reruns, secrets.

use cloud::{Answer, CONTRIBUTOR, Cloud, READER};
use serde_json::{Value, json};

const VM_CREATE: &str = include_str!("../../fixtures/templates/vm-create.json");
const PASSWORD: &str = "Correct-Horse-7-Battery";

/// A cloud with a resource group into which things are deployed.
struct Scene {
    cloud: Cloud,
    group: String,
}

impl Scene {
    async fn set() -> Self {
        let cloud = Cloud::start().await;
        let group = cloud.make_group("rg").await;
        Self { cloud, group }
    }

    /// What `az vm create` sends, for this group.
    fn vm_create(&self) -> Value {
        let there = "/subscriptions/11111111-1111-4111-8111-111111111111";
        let text =
            VM_CREATE.replace(there, &self.cloud.subscription).replace("/resourceGroups/shop-rg", "/resourceGroups/rg");
        let template: Value = serde_json::from_str(&text).unwrap();
        let parameters = json!({"adminPassword": {"value": PASSWORD}});
        json!({"properties": {"mode": "incremental", "template": template, "parameters": parameters}})
    }

    fn path(&self, name: &str) -> String {
        format!("{}/providers/Microsoft.Resources/deployments/{name}", self.group)
    }

    async fn deploy(&self, name: &str, body: Value) -> Answer {
        self.cloud.arm("PUT", &self.path(name), body).await
    }

    async fn deployment(&self, name: &str) -> Value {
        self.cloud.arm("GET", &self.path(name), None).await.ok().body
    }

    /// `type/name` of everything in the group, in the order of the alphabet.
    async fn resources(&self) -> Vec<String> {
        let listed = self.cloud.arm("GET", &format!("{}/resources", self.group), None).await.ok().body;
        let shown = listed["value"].as_array().unwrap().iter();
        let mut names: Vec<String> =
            shown.map(|r| format!("{}/{}", r["type"].as_str().unwrap(), r["name"].as_str().unwrap())).collect();
        names.sort();
        names
    }

    /// Resources and states of a deployment's operations, in the order of the list.
    async fn operations(&self, path: &str) -> Vec<String> {
        let listed = self.cloud.arm("GET", path, None).await.ok().body;
        let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let shown = listed["value"].as_array().unwrap().iter().map(|operation| &operation["properties"]);
        let line = |p: &Value| {
            let target = &p["targetResource"];
            format!(
                "{} {} {} {}",
                word(&p["provisioningState"]),
                word(&p["statusCode"]),
                word(&target["resourceType"]),
                word(&target["resourceName"])
            )
        };
        shown.map(line).collect()
    }
}

/// An incremental deployment of these resources.
fn template(resources: &Value) -> Value {
    json!({"properties": {"mode": "Incremental", "template": {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": resources,
    }}})
}

fn network(name: &str) -> Value {
    json!({
        "type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-01-01", "name": name, "location": "westeurope",
        "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}},
    })
}

#[tokio::test]
async fn az_vm_create_deploys() {
    let scene = Scene::set().await;
    let answer = scene.deploy("vm_deploy_1", scene.vm_create()).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.body["properties"]["provisioningState"], "Accepted");
    assert!(answer.header("location").is_empty());
    let url = answer.header("azure-asyncoperation").strip_prefix(cloud::ARM).unwrap().to_owned();
    assert_eq!(scene.cloud.arm("GET", &url, None).await.ok().body["status"], "Succeeded");
    // A disk gets its name from its machine and an id.
    let resources: Vec<String> =
        scene.resources().await.iter().map(|r| r.split('_').next().unwrap().to_owned()).collect();
    assert_eq!(
        resources,
        [
            "Microsoft.Compute/disks/shop",
            "Microsoft.Compute/virtualMachines/shop",
            "Microsoft.Network/networkInterfaces/shopVMNic",
            "Microsoft.Network/publicIPAddresses/shopPublicIP",
            "Microsoft.Network/virtualNetworks/shopVNET",
        ]
    );
    let vm = format!("{}/providers/Microsoft.Compute/virtualMachines/shop", scene.group);
    let shown = scene.cloud.arm("GET", &format!("{vm}?$expand=instanceView"), None).await.ok().body;
    let statuses = shown["properties"]["instanceView"]["statuses"].as_array().unwrap();
    assert!(statuses.iter().any(|status| status["displayStatus"] == "VM running"), "{statuses:?}");
    // The role assignment names the principal that the same template made: `reference(…)` was evaluated.
    let principal = shown["identity"]["principalId"].as_str().unwrap();
    let filter = format!(
        "{}/providers/Microsoft.Authorization/roleAssignments?$filter=principalId%20eq%20'{principal}'",
        scene.group
    );
    let assigned = scene.cloud.arm("GET", &filter, None).await.ok().body;
    assert!(assigned["value"][0]["properties"]["roleDefinitionId"].as_str().unwrap().ends_with(READER), "{assigned}");
    scene.cloud.wait_for(scene.cloud.imds_address(&vm)).await;
    let token = scene.cloud.imds_token(&vm, "").await.ok().body["access_token"].as_str().unwrap().to_owned();
    scene.cloud.caller(token).arm("GET", &vm, None).await.ok();
}

#[tokio::test]
async fn a_rerun_is_an_update() {
    let scene = Scene::set().await;
    assert_eq!(scene.deploy("one", scene.vm_create()).await.status, 201);
    let (before, vm) =
        (scene.resources().await, format!("{}/providers/Microsoft.Compute/virtualMachines/shop", scene.group));
    let first = scene.cloud.arm("GET", &vm, None).await.ok().body;
    // Under its own name, as a retry does, and under another, as `az vm create` again does.
    assert_eq!(scene.deploy("one", scene.vm_create()).await.status, 200);
    assert_eq!(scene.deploy("two", scene.vm_create()).await.status, 201);
    assert_eq!(scene.deployment("two").await["properties"]["provisioningState"], "Succeeded");
    assert_eq!(scene.resources().await, before, "something was made twice, a disk perhaps");
    let second = scene.cloud.arm("GET", &vm, None).await.ok().body;
    for same in [
        "/properties/vmId",
        "/identity/principalId",
        "/properties/storageProfile/osDisk/managedDisk/id",
        "/properties/timeCreated",
    ] {
        assert!(first.pointer(same).is_some_and(Value::is_string), "{same}");
        assert_eq!(first.pointer(same), second.pointer(same), "{same}");
    }
}

#[tokio::test]
async fn a_failure_in_the_middle_leaves_what_was_before_it() {
    let scene = Scene::set().await;
    let resources = json!([
        network("first"),
        {"type": "Microsoft.Network/networkInterfaces", "apiVersion": "2024-01-01", "name": "second", "location": "westeurope",
         "dependsOn": ["first"], "properties": {"ipConfigurations": [{"name": "a", "properties": {
             "subnet": {"id": format!("{}/providers/Microsoft.Network/virtualNetworks/first/subnets/none", scene.group)}}}]}},
        {"type": "Microsoft.ManagedIdentity/userAssignedIdentities", "apiVersion": "2023-01-31", "name": "third",
         "location": "westeurope", "dependsOn": ["second"]},
    ]);
    let answer = scene.deploy("broken", template(&resources)).await;
    assert_eq!((answer.status, &answer.body["properties"]["provisioningState"]), (201, &json!("Accepted")));
    let url = answer.header("azure-asyncoperation").strip_prefix(cloud::ARM).unwrap().to_owned();
    let status = scene.cloud.arm("GET", &url, None).await;
    assert_eq!((status.status, &status.body["status"]), (200, &json!("Failed")), "a failed operation is a good answer");
    assert_eq!(status.body["error"]["code"], "DeploymentFailed");
    let shown = scene.deployment("broken").await;
    assert_eq!(shown["properties"]["provisioningState"], "Failed");
    assert_eq!(shown["properties"]["error"]["code"], "DeploymentFailed");
    assert_eq!(scene.resources().await, ["Microsoft.Network/virtualNetworks/first"]);
    let operations = scene.operations(&format!("{}/operations", scene.path("broken"))).await;
    assert_eq!(
        operations,
        [
            "Succeeded Created Microsoft.Network/virtualNetworks first",
            "Failed BadRequest Microsoft.Network/networkInterfaces second",
        ]
    );
    // What was wrong is put right, and the same deployment goes through.
    let mut fixed = resources;
    fixed[0]["properties"]["subnets"] = json!([{"name": "none", "properties": {"addressPrefix": "10.0.0.0/24"}}]);
    assert_eq!(scene.deploy("broken", template(&fixed)).await.status, 200);
    assert_eq!(scene.deployment("broken").await["properties"]["provisioningState"], "Succeeded");
    assert_eq!(scene.resources().await.len(), 3);
}

#[tokio::test]
async fn operations_are_listed_at_both_paths() {
    let scene = Scene::set().await;
    scene.deploy("one", scene.vm_create()).await.ok();
    let new = scene.operations(&format!("{}/operations", scene.path("one"))).await;
    let old = scene.operations(&format!("{}/deployments/one/operations", scene.group)).await;
    assert_eq!(new, old);
    assert_eq!(
        new,
        [
            "Succeeded Created Microsoft.Network/virtualNetworks shopVNET",
            "Succeeded Created Microsoft.Network/publicIPAddresses shopPublicIP",
            "Succeeded Created Microsoft.Network/networkInterfaces shopVMNic",
            "Succeeded Created Microsoft.Compute/virtualMachines shop",
            "Succeeded Created Microsoft.Authorization/roleAssignments 0b0f5a3c-6f0e-4f5e-9d58-3b1de0b6a001",
            // The evaluation of the outputs.
            "Succeeded OK - -",
        ]
    );
}

#[tokio::test]
async fn a_template_is_no_way_round_rights() {
    let scene = Scene::set().await;
    let application = scene.cloud.make_application("deployer").await;
    scene.cloud.assign(&application.principal, READER, &scene.group).await;
    let caller = scene.cloud.caller(scene.cloud.token_of(&application).await);
    let put = |name: &str, body: Value| {
        let path = scene.path(name);
        let caller = caller.clone();
        async move { caller.arm("PUT", &path, body).await }
    };
    assert_eq!(put("reader", template(&json!([network("a")]))).await.summary(), "403 AuthorizationFailed");
    // A Contributor may deploy, and may not assign roles: the whole is refused before any of it is made.
    scene.cloud.assign(&application.principal, CONTRIBUTOR, &scene.group).await;
    let refused = put("contributor", scene.vm_create()).await;
    assert_eq!(refused.summary(), "403 InvalidTemplateDeployment");
    let told = refused.message();
    assert!(
        told.contains("'Microsoft.Authorization/roleAssignments/write'") && told.contains(&application.principal),
        "{told}"
    );
    assert_eq!(scene.cloud.arm("GET", &scene.path("contributor"), None).await.summary(), "404 DeploymentNotFound");
    assert_eq!(scene.resources().await, Vec::<String>::new());
    let validated = caller.arm("POST", &format!("{}/validate", scene.path("contributor")), scene.vm_create()).await;
    assert_eq!(validated.summary(), "403 InvalidTemplateDeployment");
    assert_eq!(put("allowed", template(&json!([network("a")]))).await.status, 201);
    // What a resource brings along is asked for when its turn comes: the identity of another group.
    let elsewhere = scene.cloud.make_group("elsewhere").await;
    let identity = scene.cloud.make_identity(&elsewhere, "id1").await["id"].as_str().unwrap().to_owned();
    let account = json!([{
        "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2024-01-01", "name": "account1", "location": "westeurope",
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {identity: {}}}, "properties": {},
    }]);
    put("linked", template(&account)).await.ok();
    let shown = scene.deployment("linked").await;
    assert_eq!(shown["properties"]["error"]["details"][0]["code"], "LinkedAuthorizationFailed", "{shown}");
}

#[tokio::test]
async fn a_secure_parameter_never_shows() {
    let scene = Scene::set().await;
    let mut shown = vec![scene.deploy("one", scene.vm_create()).await.ok().text];
    for path in [
        scene.path("one"),
        format!("{}/operations", scene.path("one")),
        format!("{}/deployments/one/operations", scene.group),
        format!("{}/providers/Microsoft.Resources/deployments", scene.group),
        format!("{}/providers/Microsoft.Compute/virtualMachines/shop", scene.group),
        format!("{}/resources", scene.group),
    ] {
        shown.push(scene.cloud.arm("GET", &path, None).await.ok().text);
    }
    for action in ["validate", "whatIf", "exportTemplate"] {
        let answer = scene.cloud.arm("POST", &format!("{}/{action}", scene.path("one")), scene.vm_create()).await.ok();
        shown.push(answer.text);
    }
    for text in shown {
        assert!(!text.contains(PASSWORD), "{text}");
    }
    let parameter = scene.deployment("one").await["properties"]["parameters"]["adminPassword"].clone();
    assert_eq!(parameter, json!({"type": "SecureString"}));
    // Nor is it written down anywhere in the state directory.
    for file in ["smalt.sqlite", "smalt.sqlite-wal"] {
        let bytes = std::fs::read(scene.cloud.server.directory.join(file)).unwrap();
        let found = bytes.windows(PASSWORD.len()).any(|window| window == PASSWORD.as_bytes());
        assert!(!found, "{file} holds the password");
    }
}
