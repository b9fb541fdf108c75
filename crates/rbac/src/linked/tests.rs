use serde_json::json;

use super::*;

const RG: &str = "/subscriptions/s/resourceGroups/g";

/// The checks of a PUT in the group, as `action scope` with the group's id as `~`.
fn put(resource: &str, body: &Value) -> Vec<String> {
    let path = ArmPath::parse(&format!("{RG}/providers/{resource}")).unwrap();
    let checks = linked("PUT", &path, body);
    checks.into_iter().map(|c| format!("{} {}", c.action, c.scope.replace(RG, "~"))).collect()
}

/// The id of a resource of `Microsoft.Network` in the group.
fn network(what: &str) -> Value {
    json!({"id": format!("{RG}/providers/Microsoft.Network/{what}")})
}

#[test]
fn checks_stand_in_the_order_of_their_rights_and_then_of_the_body() {
    let subnet = |name: &str| json!({"properties": {"subnet": network(&format!("virtualNetworks/v/subnets/{name}"))}});
    let mut first = subnet("b");
    first["properties"]["publicIPAddress"] = network("publicIPAddresses/p");
    let body = json!({
        "identity": {"userAssignedIdentities": {format!("{RG}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"): {}}},
        "properties": {
            "networkSecurityGroup": network("networkSecurityGroups/n"),
            "ipConfigurations": [first, subnet("a"), subnet("B")],
        },
    });
    assert_eq!(
        put("Microsoft.Network/networkInterfaces/i", &body),
        [
            "Microsoft.Network/virtualNetworks/subnets/join/action ~/providers/Microsoft.Network/virtualNetworks/v/subnets/b",
            "Microsoft.Network/virtualNetworks/subnets/join/action ~/providers/Microsoft.Network/virtualNetworks/v/subnets/a",
            "Microsoft.Network/publicIPAddresses/join/action ~/providers/Microsoft.Network/publicIPAddresses/p",
            "Microsoft.Network/networkSecurityGroups/join/action ~/providers/Microsoft.Network/networkSecurityGroups/n",
            "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action ~/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i",
        ],
        "subnet B is subnet b"
    );
}

#[test]
fn each_kind_of_place_is_found() {
    let id = |what: &str| format!("{RG}/providers/{what}");
    let des = id("Microsoft.Compute/diskEncryptionSets/d");
    for (resource, body, expected) in [
        // Anywhere below.
        (
            "Microsoft.Compute/virtualMachines/v",
            json!({"properties": {"storageProfile": {
                "osDisk": {"managedDisk": {"diskEncryptionSet": {"id": des}}},
                "dataDisks": [{"managedDisk": {"diskEncryptionSet": {"id": id("Microsoft.Compute/diskEncryptionSets/e")}}}],
            }}}),
            vec![
                "Microsoft.Compute/diskEncryptionSets/read ~/providers/Microsoft.Compute/diskEncryptionSets/d",
                "Microsoft.Compute/diskEncryptionSets/read ~/providers/Microsoft.Compute/diskEncryptionSets/e",
            ],
        ),
        // In a member of any name, whose parent has a case of its own.
        (
            "Microsoft.Logic/workflows/w",
            json!({"Properties": {"parameters": {"$connections": {"value": {
                "mail": {"ConnectionID": id("Microsoft.Web/connections/c")},
            }}}}}),
            vec!["Microsoft.Web/connections/Join/Action ~/providers/Microsoft.Web/connections/c"],
        ),
        // A list of plain ids.
        (
            "Microsoft.Insights/scheduledQueryRules/r",
            json!({"properties": {"actions": {"actionGroups": [id("microsoft.insights/actionGroups/a")]}}}),
            vec!["Microsoft.Insights/ActionGroups/Read ~/providers/microsoft.insights/actionGroups/a"],
        ),
        // The right of what is referred to.
        (
            "Microsoft.App/containerApps/a",
            json!({"properties": {"environmentId": id("Microsoft.App/connectedEnvironments/e")}}),
            vec!["Microsoft.App/connectedEnvironments/join/action ~/providers/Microsoft.App/connectedEnvironments/e"],
        ),
        // A write of any type, of a child and of an extension.
        (
            "A.B/c/d/providers/C.D/e/f/g/h",
            json!({"identity": {"userAssignedIdentities": {
                id("Microsoft.ManagedIdentity/userAssignedIdentities/gone"): null,
                id("Microsoft.ManagedIdentity/userAssignedIdentities/kept"): {},
            }}}),
            vec![
                "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action \
                 ~/providers/Microsoft.ManagedIdentity/userAssignedIdentities/kept",
            ],
        ),
    ] {
        assert_eq!(put(resource, &body), expected, "{resource}");
    }
}

#[test]
fn what_is_no_id_is_no_reference() {
    for id in ["", "/", "*", "vnet/subnet", "/providers", "/subscriptions/s/providers/A.B/cs", "a\u{0}b", "%zz"] {
        let body = json!({"properties": {"subnet": {"id": id}}});
        assert_eq!(put("Microsoft.Network/privateEndpoints/p", &body), Vec::<String>::new(), "{id}");
    }
    // Resources are found by ids without the first slash, so these are checked as well.
    let bare = json!({"properties": {"subnet": {"id": &RG[1..]}}});
    assert_eq!(put("Microsoft.Network/privateEndpoints/p", &bare).len(), 1);
    for body in
        [json!(null), json!([]), json!({"properties": {"subnet": "x"}}), json!({"properties": {"subnet": {"id": 1}}})]
    {
        assert_eq!(put("Microsoft.Network/privateEndpoints/p", &body), Vec::<String>::new(), "{body}");
    }
}

#[test]
fn only_writes_and_actions_refer_to_anything() {
    let path = ArmPath::parse(&format!("{RG}/providers/A.B/c/d")).unwrap();
    let identity = format!("{RG}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i");
    let body = json!({"identity": {"userAssignedIdentities": {identity: {}}}});
    for (method, count) in [("PUT", 1), ("PATCH", 1), ("GET", 0), ("DELETE", 0), ("OPTIONS", 0)] {
        assert_eq!(linked(method, &path, &body).len(), count, "{method}");
    }
}
