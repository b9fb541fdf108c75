//! Where each resource type is, and what makes one.

use cloud::{Cloud, assignment, interface, machine};
use serde_json::{Value, json};
use uuid::Uuid;

/// A resource type's paths and body.
pub(super) struct Row {
    pub(super) type_name: &'static str,
    /// The list.
    pub(super) collection: String,
    /// The path of the item with this name: `kept` exists, `victim` comes and goes, `made…` are new.
    pub(super) item: Box<dyn Fn(&str) -> String>,
    /// What makes an item with this name, or does something to it.
    pub(super) body: Box<dyn Fn(&str) -> Value>,
}

/// What is there before anybody asks.
pub(super) struct Stage {
    pub(super) machine: String,
    group: String,
    subscription: String,
    tenant: String,
    principal: String,
    /// Operations that really ran, by the word in their path.
    operations: Vec<String>,
    deployment_operation: String,
    image: String,
}

impl Stage {
    pub(super) async fn set(cloud: &Cloud) -> Self {
        let group = cloud.make_group("rg").await;
        let machine = cloud.make_vm(&group, "kept").await;
        for name in ["victim".to_owned()].into_iter().chain((0..super::CALLERS.len()).map(|n| format!("made{n}"))) {
            cloud.make_interface(&group, &name).await;
        }
        for holder in ["ServiceFabric/clusters", "MachineLearningServices/workspaces"] {
            cloud.arm("PUT", &format!("{group}/providers/Microsoft.{holder}/kept"), located()).await.ok();
        }
        cloud.make_identity(&group, "federated").await;
        let mut operations = Vec::new();
        for (method, path, body) in [
            ("POST", format!("{machine}/restart"), None),
            ("DELETE", format!("{group}/providers/Microsoft.Network/virtualNetworks/none"), None),
            ("PUT", format!("{group}/providers/Microsoft.Network/publicIPAddresses/gone"), Some(located())),
            ("DELETE", format!("{group}/providers/Microsoft.Network/publicIPAddresses/gone"), None),
            ("PUT", format!("{}/resourceGroups/gone", cloud.subscription), Some(located())),
            ("DELETE", format!("{}/resourceGroups/gone", cloud.subscription), None),
            ("PUT", format!("{group}/providers/Microsoft.Resources/deployments/kept"), Some(deployment())),
        ] {
            let answer = cloud.arm(method, &path, body).await.ok();
            for header in ["azure-asyncoperation", "location"] {
                operations.extend(answer.header(header).strip_prefix(cloud::ARM).map(str::to_owned));
            }
        }
        let listed = cloud.arm("GET", &format!("{group}/deployments/kept/operations"), None).await.ok();
        let deployment_operation = listed.body["value"][0]["operationId"].as_str().unwrap().to_owned();
        let images = images(&cloud.subscription);
        let listed = cloud.arm("GET", &images, None).await.ok();
        let image = format!("{images}/{}", listed.body[0]["name"].as_str().unwrap());
        let principal = cloud.make_application("subject").await.principal;
        let subscription = cloud.subscription.clone();
        let tenant = cloud.tenant.clone();
        let stage = Self { machine, group, subscription, tenant, principal, operations, deployment_operation, image };
        stage.make_what_is_kept(cloud).await;
        stage
    }

    /// One of every type that can be made.
    async fn make_what_is_kept(&self, cloud: &Cloud) {
        for row in rows(self) {
            let verbs = arm_api::inventory().find(|t| t.name == row.type_name).map(|t| t.verbs).unwrap_or_default();
            let kept = (row.item)("kept");
            if verbs.contains(&"PUT") && cloud.arm("GET", &kept, None).await.status == 404 {
                cloud.arm("PUT", &kept, (row.body)("kept")).await.ok();
            }
        }
    }

    /// The path of an operation of this kind.
    fn operation(&self, kind: &str) -> String {
        let found = self.operations.iter().find(|o| o.contains(kind));
        found.unwrap_or_else(|| panic!("nothing that was done has an operation {kind}: {:?}", self.operations)).clone()
    }
}

/// Versions of an image that the catalogue has.
fn images(subscription: &str) -> String {
    format!(
        "{subscription}/providers/Microsoft.Compute/locations/westeurope/publishers/Canonical/artifacttypes/vmimage/offers/\
         0001-com-ubuntu-server-jammy/skus/22_04-lts-gen2/versions"
    )
}

fn located() -> Value {
    json!({"location": "westeurope"})
}

fn vault(tenant: Uuid) -> Value {
    let sku = json!({"family": "A", "name": "standard"});
    json!({"location": "westeurope", "properties": {"tenantId": tenant, "sku": sku, "accessPolicies": []}})
}

/// An empty network is all it makes.
fn deployment() -> Value {
    let network = json!({
        "type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-01-01", "name": "deployed",
        "location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}},
    });
    json!({"properties": {"mode": "Incremental", "template": {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0", "resources": [network],
    }}})
}

/// Names of role assignments and definitions are GUIDs.
fn guid(name: &str) -> Uuid {
    let mut bytes = [0; 16];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    Uuid::from_bytes(bytes)
}

/// A type whose items have names below its list.
fn named(type_name: &'static str, collection: String, body: impl Fn(&str) -> Value + 'static) -> Row {
    let below = collection.clone();
    Row { type_name, collection, item: Box::new(move |name| format!("{below}/{name}")), body: Box::new(body) }
}

/// A type that is only looked at, or done something to.
fn fixed(type_name: &'static str, collection: String, item: String) -> Row {
    Row { type_name, collection, item: Box::new(move |_| item.clone()), body: Box::new(|_| json!({})) }
}

/// An operation that can be asked for.
fn operation(type_name: &'static str, path: String) -> Row {
    fixed(type_name, String::new(), path)
}

/// One line a type, in the order of the alphabet.
pub(super) fn rows(stage: &Stage) -> Vec<Row> {
    let (s, g, vm) = (&stage.subscription, &stage.group, &stage.machine);
    let compute = format!("{g}/providers/Microsoft.Compute");
    let network = format!("{g}/providers/Microsoft.Network");
    let authorization = format!("{g}/providers/Microsoft.Authorization");
    let deployments = format!("{g}/providers/Microsoft.Resources/deployments");
    let done = format!("{deployments}/kept/operations");
    let done_old = format!("{g}/deployments/kept/operations");
    let op = &stage.deployment_operation;
    let space =
        || json!({"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}});
    let rule = || {
        json!({"properties": {
            "protocol": "Tcp", "sourcePortRange": "*", "destinationPortRange": "22", "sourceAddressPrefix": "*",
            "destinationAddressPrefix": "*", "access": "Allow", "direction": "Inbound",
        }})
    };
    let subnet = format!("{network}/virtualNetworks/keptVNET/subnets/default");
    let interfaces = format!("{network}/networkInterfaces");
    let identity = format!("{g}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/federated");
    let group_body = |_: &str| located();
    let tenant = Uuid::parse_str(&stage.tenant).unwrap();
    let roles = roles(stage, &authorization);
    let mut rows = vec![
        fixed(
            "Microsoft.Authorization/providerOperations",
            "/providers/Microsoft.Authorization/providerOperations".to_owned(),
            "/providers/Microsoft.Authorization/providerOperations/Microsoft.Batch".to_owned(),
        ),
        named(
            "Microsoft.Authorization/locks",
            format!("{vm}/providers/Microsoft.Authorization/locks"),
            |_| json!({"properties": {"level": "CanNotDelete"}}),
        ),
        named("Microsoft.Compute/availabilitySets", format!("{compute}/availabilitySets"), |_| located()),
        named(
            "Microsoft.Compute/disks",
            format!("{compute}/disks"),
            |_| json!({"location": "westeurope", "properties": {"creationData": {"createOption": "Empty"}, "diskSizeGB": 8}}),
        ),
        operation("Microsoft.Compute/locations/operations", stage.operation("Microsoft.Compute/locations")),
        fixed(
            "Microsoft.Compute/locations/publishers/artifacttypes/offers/skus/versions",
            images(s),
            stage.image.clone(),
        ),
        fixed(
            "Microsoft.Compute/locations/vmSizes",
            format!("{s}/providers/Microsoft.Compute/locations/westeurope/vmSizes"),
            String::new(),
        ),
        named("Microsoft.Compute/virtualMachines", format!("{compute}/virtualMachines"), move |name| {
            machine(name, &format!("{interfaces}/{name}Nic"))
        }),
        fixed("Microsoft.Compute/virtualMachines/instanceView", format!("{vm}/instanceView"), String::new()),
        named("Microsoft.KeyVault/vaults", format!("{g}/providers/Microsoft.KeyVault/vaults"), move |_| vault(tenant)),
        fixed(
            "Microsoft.ManagedIdentity/identities",
            String::new(),
            format!("{vm}/providers/Microsoft.ManagedIdentity/identities/default"),
        ),
        named(
            "Microsoft.ManagedIdentity/userAssignedIdentities",
            format!("{g}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"),
            |_| located(),
        ),
        named(
            "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
            format!("{identity}/federatedIdentityCredentials"),
            |name| {
                let issuer = "https://token.actions.githubusercontent.com";
                json!({"properties": {"issuer": issuer, "subject": name, "audiences": ["api://AzureADTokenExchange"]}})
            },
        ),
        operation("Microsoft.Network/locations/operationResults", stage.operation("/operationResults/")),
        operation(
            "Microsoft.Network/locations/operations",
            stage.operation("Microsoft.Network/locations/westeurope/operations/"),
        ),
        named("Microsoft.Network/networkInterfaces", format!("{network}/networkInterfaces"), move |_| {
            interface(&subnet)
        }),
        named("Microsoft.Network/networkSecurityGroups", format!("{network}/networkSecurityGroups"), |_| located()),
        named(
            "Microsoft.Network/networkSecurityGroups/securityRules",
            format!("{network}/networkSecurityGroups/kept/securityRules"),
            move |name| {
                let mut rule = rule();
                rule["properties"]["priority"] = json!(1000 + u32::from(*name.as_bytes().last().unwrap()));
                rule
            },
        ),
        named("Microsoft.Network/publicIPAddresses", format!("{network}/publicIPAddresses"), |_| located()),
        named("Microsoft.Network/virtualNetworks", format!("{network}/virtualNetworks"), move |_| space()),
        named(
            "Microsoft.Network/virtualNetworks/subnets",
            format!("{network}/virtualNetworks/kept/subnets"),
            |name| json!({"properties": {"addressPrefix": format!("10.0.{}.0/24", name.as_bytes().last().unwrap())}}),
        ),
        named("Microsoft.Resources/deployments", deployments.clone(), |_| deployment()),
        fixed("Microsoft.Resources/deployments/operations", done.clone(), format!("{done}/{op}")),
        operation("Microsoft.Resources/deployments/operationStatuses", stage.operation("/operationStatuses/")),
        fixed("Microsoft.Resources/providers", "/providers".to_owned(), "/providers/Microsoft.Batch".to_owned()),
        fixed(
            "Microsoft.Resources/providers/operations",
            "/providers/Microsoft.ManagedIdentity/operations".to_owned(),
            String::new(),
        ),
        fixed("Microsoft.Resources/subscriptions", "/subscriptions".to_owned(), s.clone()),
        fixed("Microsoft.Resources/subscriptions/locations", format!("{s}/locations"), String::new()),
        operation("Microsoft.Resources/subscriptions/operationresults", stage.operation("/operationresults/")),
        fixed(
            "Microsoft.Resources/subscriptions/providers",
            format!("{s}/providers"),
            format!("{s}/providers/Microsoft.Batch"),
        ),
        named("Microsoft.Resources/subscriptions/resourceGroups", format!("{s}/resourceGroups"), group_body),
        fixed(
            "Microsoft.Resources/subscriptions/resourceGroups/deployments/operations",
            done_old.clone(),
            format!("{done_old}/{op}"),
        ),
        fixed("Microsoft.Resources/subscriptions/resourceGroups/resources", format!("{g}/resources"), String::new()),
        fixed("Microsoft.Resources/subscriptions/resources", format!("{s}/resources"), String::new()),
        fixed("Microsoft.Resources/tenants", "/tenants".to_owned(), String::new()),
    ];
    rows.extend(roles);
    rows.extend(hosts(g));
    rows.extend(rights(stage, &authorization));
    rows.extend(management_groups(stage));
    rows
}

/// Other hosts of managed identities than VMs. What holds two of them is modelled by nobody.
fn hosts(group: &str) -> Vec<Row> {
    let below = |type_name: &str| format!("{group}/providers/{type_name}");
    let fabric = below("Microsoft.ServiceFabric/clusters/kept/applications");
    let learning = below("Microsoft.MachineLearningServices/workspaces/kept/computes");
    let (compute, containers) = (json!({"computeType": "ComputeInstance"}), json!({"containers": [{"name": "one"}]}));
    let with = |properties: Value| move |_: &str| json!({"location": "westeurope", "properties": properties});
    vec![
        named("Microsoft.App/containerApps", below("Microsoft.App/containerApps"), |_| located()),
        named(
            "Microsoft.ContainerInstance/containerGroups",
            below("Microsoft.ContainerInstance/containerGroups"),
            with(containers),
        ),
        named(
            "Microsoft.ContainerService/managedClusters",
            below("Microsoft.ContainerService/managedClusters"),
            |_| located(),
        ),
        named("Microsoft.HybridCompute/machines", below("Microsoft.HybridCompute/machines"), |_| located()),
        named("Microsoft.MachineLearningServices/workspaces/computes", learning, with(compute)),
        named("Microsoft.ServiceFabric/clusters/applications", fabric, |_| located()),
        named("Microsoft.Portal/consoles", "/providers/Microsoft.Portal/consoles".to_owned(), |_| located()),
        named("Microsoft.Web/sites", below("Microsoft.Web/sites"), |_| located()),
    ]
}

/// Management groups, and what is done to their provider.
fn management_groups(stage: &Stage) -> Vec<Row> {
    let provider = "/providers/Microsoft.Management";
    let groups = format!("{provider}/managementGroups");
    let (kept, subscription) = (format!("{groups}/kept"), &stage.subscription);
    let settings = format!("{groups}/{}/settings", stage.tenant);
    let results = format!("{provider}/operationResults/create");
    let provider_action = |type_name| Row {
        type_name,
        collection: String::new(),
        item: Box::new(move |_| provider.to_owned()),
        body: Box::new(|name| json!({"name": name})),
    };
    vec![
        provider_action("Microsoft.Management/checkNameAvailability"),
        provider_action("Microsoft.Management/getEntities"),
        provider_action("Microsoft.Management/startTenantBackfill"),
        provider_action("Microsoft.Management/tenantBackfillStatus"),
        named("Microsoft.Management/managementGroups", groups, |_| json!({})),
        fixed("Microsoft.Management/managementGroups/descendants", format!("{kept}/descendants"), String::new()),
        fixed("Microsoft.Management/managementGroups/settings", settings.clone(), format!("{settings}/default")),
        fixed(
            "Microsoft.Management/managementGroups/subscriptions",
            format!("{kept}/subscriptions"),
            format!("{kept}{subscription}"),
        ),
        operation(
            "Microsoft.Management/operationResults/asyncOperation/managementGroups",
            format!("{results}/asyncOperation/status/managementGroups/kept"),
        ),
        operation("Microsoft.Management/operationResults/managementGroups", format!("{results}/managementGroups/kept")),
    ]
}

/// Deny assignments, and what is asked about rights or taken.
fn rights(stage: &Stage, authorization: &str) -> [Row; 4] {
    let (denies, below) = (format!("{authorization}/denyAssignments"), format!("{authorization}/denyAssignments"));
    let (place, principal) = (authorization.to_owned(), stage.principal.clone());
    [
        Row {
            type_name: "Microsoft.Authorization/denyAssignments",
            collection: denies,
            item: Box::new(move |name| format!("{below}/{}", guid(name))),
            // It denies nothing that another row asks for.
            body: Box::new(move |name| {
                json!({"properties": {
                    "denyAssignmentName": name, "principals": [{"id": guid(name), "type": "User"}],
                    "permissions": [{"actions": ["Microsoft.Network/routeTables/delete"]}],
                }})
            }),
        },
        fixed("Microsoft.Authorization/permissions", format!("{authorization}/permissions"), String::new()),
        Row {
            type_name: "Microsoft.Authorization/checkAccess",
            collection: String::new(),
            item: Box::new(move |_| place.clone()),
            // About somebody else.
            body: Box::new(move |_| {
                let actions = json!([{"Id": "Microsoft.Compute/virtualMachines/read"}]);
                json!({"Subject": {"Attributes": {"ObjectId": principal}}, "Actions": actions})
            }),
        },
        fixed(super::OF_THE_DIRECTORY, String::new(), "/providers/Microsoft.Authorization".to_owned()),
    ]
}

/// Role assignments and definitions: their names are GUIDs, and what they say must be new each time.
fn roles(stage: &Stage, authorization: &str) -> [Row; 2] {
    let (assignments, definitions) =
        (format!("{authorization}/roleAssignments"), format!("{authorization}/roleDefinitions"));
    let (below, below_too) = (assignments.clone(), definitions.clone());
    let (s, g, principal) = (stage.subscription.clone(), stage.group.clone(), stage.principal.clone());
    [
        Row {
            type_name: "Microsoft.Authorization/roleAssignments",
            collection: assignments,
            item: Box::new(move |name| format!("{below}/{}", guid(name))),
            body: Box::new(move |name| match name {
                "kept" => assignment(&s, &principal, cloud::READER),
                name => {
                    // A principal that the directory does not know is taken when its type is said.
                    let mut body = assignment(&s, &guid(name).to_string(), cloud::READER);
                    body["properties"]["principalType"] = json!("ServicePrincipal");
                    body
                }
            }),
        },
        Row {
            type_name: "Microsoft.Authorization/roleDefinitions",
            collection: definitions,
            item: Box::new(move |name| format!("{below_too}/{}", guid(name))),
            body: Box::new(move |name| {
                json!({"properties": {
                    "roleName": format!("Role {name}"), "description": "", "assignableScopes": [g],
                    "permissions": [{"actions": ["Microsoft.Compute/virtualMachines/read"]}],
                }})
            }),
        },
    ]
}
