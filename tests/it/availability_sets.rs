//! Availability sets, and the operations that a provider lists.

use cloud::{Cloud, READER};
use serde_json::json;

#[tokio::test]
async fn a_set_spreads_machines_and_knows_them() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let set = format!("{group}/providers/Microsoft.Compute/availabilitySets/set1");
    let made = cloud.arm("PUT", &set, json!({"location": "westeurope"})).await;
    assert_eq!(made.status, 200, "{}", made.text);
    assert_eq!(made.body["properties"], json!({"platformUpdateDomainCount": 5, "platformFaultDomainCount": 3}));
    assert_eq!(made.body["sku"], json!({"name": "Classic"}));
    let interface = cloud.make_interface(&group, "vm1").await;
    let mut machine = cloud::machine("vm1", &interface);
    machine["properties"]["availabilitySet"] = json!({"id": set});
    let vm = format!("{group}/providers/Microsoft.Compute/virtualMachines/vm1");
    cloud.arm("PUT", &vm, machine).await.ok();
    let shown = cloud.arm("GET", &set, None).await.ok();
    assert_eq!(shown.body["properties"]["virtualMachines"], json!([{"id": vm}]));
}

#[tokio::test]
async fn everybody_may_ask_what_operations_a_provider_has() {
    let cloud = Cloud::start().await;
    let application = cloud.make_application("asks").await;
    let caller = cloud.caller(cloud.token_of(&application).await);
    let listed = caller.arm("GET", "/providers/microsoft.managedidentity/operations", None).await.ok();
    let operations = listed.body["value"].as_array().unwrap();
    let assign = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action";
    let found = operations.iter().find(|operation| operation["name"] == assign).unwrap();
    assert_eq!(
        found["display"],
        json!({
            "provider": "Microsoft Managed Identity", "resource": "User Assigned Identities",
            "operation": "Assign User Assigned Identities", "description": "",
        })
    );
    let secrets = caller.arm("GET", "/providers/Microsoft.KeyVault/operations", None).await.ok();
    let data = |name: &str| {
        let operations = secrets.body["value"].as_array().unwrap();
        operations.iter().find(|operation| operation["name"] == name).unwrap()["isDataAction"].clone()
    };
    assert_eq!(data("Microsoft.KeyVault/vaults/secrets/getSecret/action"), json!(true));
    assert_eq!(data("Microsoft.KeyVault/vaults/write"), json!(null));
    let unknown = caller.arm("GET", "/providers/Microsoft.Nothing/operations", None).await;
    assert_eq!(unknown.summary(), "404 InvalidResourceNamespace");
    // In a subscription it is no such list.
    cloud.assign(&application.principal, READER, &cloud.subscription).await;
    let elsewhere = format!("{}/providers/Microsoft.ManagedIdentity/operations", cloud.subscription);
    assert_eq!(caller.arm("GET", &elsewhere, None).await.status, 404);
}
