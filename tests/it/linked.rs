//! Linked checks over HTTP: what a request brings along must be allowed as well (RBAC A9).

use cloud::{CONTRIBUTOR, Cloud, interface};
use serde_json::{Value, json};

/// Somebody who may do everything in `mine` and nothing in `theirs`.
#[tokio::test]
async fn what_a_request_brings_along_is_checked() {
    let cloud = Cloud::start().await;
    let (mine, theirs) = (cloud.make_group("mine").await, cloud.make_group("theirs").await);
    let nic = cloud.make_interface(&theirs, "vm").await;
    let subnet = format!("{theirs}/providers/Microsoft.Network/virtualNetworks/vmVNET/subnets/default");
    let rules = format!("{theirs}/providers/Microsoft.Network/networkSecurityGroups/rules");
    cloud.arm("PUT", &rules, json!({"location": "westeurope"})).await.ok();
    let application = cloud.make_application("worker").await;
    cloud.assign(&application.principal, CONTRIBUTOR, &mine).await;
    let caller = cloud.caller(cloud.token_of(&application).await);
    let located = |properties: Value| json!({"location": "westeurope", "properties": properties});
    let network =
        |subnets: Value| located(json!({"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": subnets}));
    let mut both = interface(&subnet);
    both["properties"]["networkSecurityGroup"] = json!({"id": rules});
    let inline = json!([
        {"name": "a", "properties": {"addressPrefix": "10.0.0.0/24", "networkSecurityGroup": {"id": rules}}},
        {"name": "b", "properties": {"addressPrefix": "10.0.1.0/24", "networkSecurityGroup": {"id": rules}}},
    ]);
    let join = "Microsoft.Network/virtualNetworks/subnets/join/action";
    let join_rules = "Microsoft.Network/networkSecurityGroups/join/action";
    for (name, body, actions, scopes) in [
        ("Microsoft.Network/networkInterfaces/nic", both, format!("{join},{join_rules}"), format!("{subnet},{rules}")),
        ("Microsoft.Network/virtualNetworks/net", network(inline), join_rules.to_owned(), rules.clone()),
        (
            "Microsoft.Compute/virtualMachines/vm",
            cloud::machine("vm", &nic),
            "Microsoft.Network/networkInterfaces/join/action".to_owned(),
            nic.clone(),
        ),
        // Nobody modelled these.
        (
            "Microsoft.Storage/storageAccounts/account",
            located(json!({"networkAcls": {"virtualNetworkRules": [{"id": subnet}, {"id": subnet.to_uppercase()}]}})),
            "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action".to_owned(),
            subnet.clone(),
        ),
        (
            "Microsoft.ContainerService/managedClusters/aks",
            located(json!({"agentPoolProfiles": [{"vnetSubnetID": subnet}, {"vnetSubnetID": format!("{subnet}2")}]})),
            join.to_owned(),
            format!("{subnet},{subnet}2"),
        ),
    ] {
        let id = format!("{mine}/providers/{name}");
        let refused = caller.arm("PUT", &id, body).await;
        assert_eq!(refused.summary(), "403 LinkedAuthorizationFailed", "{name}: {}", refused.text);
        assert_eq!(refused.header("x-ms-failure-cause"), "gateway");
        let (type_name, _) = name.rsplit_once('/').unwrap();
        let expected = format!(
            "The client '{client}' with object id '{object}' has permission to perform action '{type_name}/write' on scope '{id}'; \
             however, it does not have permission to perform action(s) '{actions}' on the linked scope(s) '{scopes}' (respectively) \
             or the linked scope(s) are invalid.",
            client = application.client_id,
            object = application.principal,
        );
        assert_eq!(refused.message(), expected);
        assert_eq!(cloud.arm("GET", &id, None).await.status, 404, "{name} was not made");
    }
    cloud.assign(&application.principal, CONTRIBUTOR, &theirs).await;
    caller
        .arm("PUT", &format!("{mine}/providers/Microsoft.Network/networkInterfaces/nic"), interface(&subnet))
        .await
        .ok();
}
