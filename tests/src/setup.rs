//! What several tests need to be there.

use serde_json::{Value, json};

use crate::{ARM, Answer, Cloud, GRAPH};

/// Azure's built-in role Owner.
pub const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
/// Azure's built-in role Contributor.
pub const CONTRIBUTOR: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";
/// Azure's built-in role Reader.
pub const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
/// Azure's built-in role User Access Administrator.
pub const USER_ACCESS_ADMINISTRATOR: &str = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9";
/// Azure's built-in role Managed Identity Operator.
pub const MANAGED_IDENTITY_OPERATOR: &str = "f1a07417-d97a-45cb-824c-7a7467783830";

/// An application with a service principal and a secret.
#[derive(Debug, Clone)]
pub struct Application {
    /// Application (client) id.
    pub client_id: String,
    /// The service principal's object id.
    pub principal: String,
    /// The application's object id.
    pub object_id: String,
    /// Its secret.
    pub secret: String,
}

impl Cloud {
    /// A resource group; answers its id.
    pub async fn make_group(&self, name: &str) -> String {
        let id = format!("{}/resourceGroups/{name}", self.subscription);
        self.arm("PUT", &id, json!({"location": "westeurope"})).await.ok();
        id
    }

    /// A running VM with its network interface; answers its id once its metadata service listens.
    pub async fn make_vm(&self, group: &str, name: &str) -> String {
        let id = self.make_silent_vm(group, name).await;
        self.wait_for(self.imds_address(&id)).await;
        id
    }

    /// A running VM whose metadata service perhaps does not listen yet; answers its id.
    pub async fn make_silent_vm(&self, group: &str, name: &str) -> String {
        let interface = self.make_interface(group, name).await;
        let id = format!("{group}/providers/Microsoft.Compute/virtualMachines/{name}");
        self.arm("PUT", &id, machine(name, &interface)).await.ok();
        id
    }

    /// A network interface in a network of its own; answers its id.
    pub async fn make_interface(&self, group: &str, vm: &str) -> String {
        let network = format!("{group}/providers/Microsoft.Network");
        let subnets = json!([{"name": "default", "properties": {"addressPrefix": "10.0.0.0/24"}}]);
        let properties = json!({"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": subnets});
        let body = json!({"location": "westeurope", "properties": properties});
        self.arm("PUT", &format!("{network}/virtualNetworks/{vm}VNET"), body).await.ok();
        let subnet = format!("{network}/virtualNetworks/{vm}VNET/subnets/default");
        let id = format!("{network}/networkInterfaces/{vm}Nic");
        self.arm("PUT", &id, interface(&subnet)).await.ok();
        id
    }

    /// A user-assigned identity; answers it.
    pub async fn make_identity(&self, group: &str, name: &str) -> Value {
        let id = format!("{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}");
        self.arm("PUT", &id, json!({"location": "westeurope"})).await.ok().body
    }

    /// Changes the identity block of a VM.
    pub async fn patch_identity(&self, vm: &str, identity: Value) -> Answer {
        self.arm("PATCH", vm, json!({"identity": identity})).await
    }

    /// An application, made through Graph as `az ad sp create-for-rbac` does.
    pub async fn make_application(&self, name: &str) -> Application {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let made = self.graph("POST", "/applications", json!({"displayName": name})).await.ok().body;
        let (object_id, client_id) = (text(&made["id"]), text(&made["appId"]));
        let principal = self.graph("POST", "/servicePrincipals", json!({"appId": client_id})).await.ok().body;
        let path = format!("/applications/{object_id}/addPassword");
        let secret = self.graph("POST", &path, json!({"passwordCredential": {"displayName": "test"}})).await.ok().body;
        Application { client_id, principal: text(&principal["id"]), object_id, secret: text(&secret["secretText"]) }
    }

    /// The application's token for Resource Manager.
    pub async fn token_of(&self, application: &Application) -> String {
        let answer = self.token_by_secret(&application.client_id, &application.secret, ARM).await.ok();
        answer.body["access_token"].as_str().unwrap().to_owned()
    }

    /// A group in the directory; answers its object id.
    pub async fn make_directory_group(&self, name: &str, members: &[&str]) -> String {
        let body = json!({"displayName": name, "mailNickname": name, "mailEnabled": false, "securityEnabled": true});
        let made = self.graph("POST", "/groups", body).await.ok().body;
        let id = made["id"].as_str().unwrap().to_owned();
        for member in members {
            let reference = json!({"@odata.id": format!("{GRAPH}/v1.0/directoryObjects/{member}")});
            self.graph("POST", &format!("/groups/{id}/members/$ref"), reference).await.ok();
        }
        id
    }

    /// Assigns a built-in role; answers the assignment's id.
    pub async fn assign(&self, principal: &str, role: &str, scope: &str) -> String {
        let name = self.server.cloud.ids.guid();
        let id = format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{name}");
        self.arm("PUT", &id, assignment(&self.subscription, principal, role)).await.ok();
        id
    }
}

/// The body of a role assignment.
#[must_use]
pub fn assignment(subscription: &str, principal: &str, role: &str) -> Value {
    let role = format!("{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}");
    json!({"properties": {"roleDefinitionId": role, "principalId": principal}})
}

/// The body of a network interface in `subnet`.
#[must_use]
pub fn interface(subnet: &str) -> Value {
    let configuration = json!({"name": "ipconfig1", "properties": {"subnet": {"id": subnet}}});
    json!({"location": "westeurope", "properties": {"ipConfigurations": [configuration]}})
}

/// The body of a Linux VM on `interface`.
#[must_use]
pub fn machine(name: &str, interface: &str) -> Value {
    json!({"location": "westeurope", "properties": {
        "hardwareProfile": {"vmSize": "Standard_DS1_v2"},
        "storageProfile": {"imageReference": {
            "publisher": "Canonical", "offer": "0001-com-ubuntu-server-jammy", "sku": "22_04-lts-gen2", "version": "latest",
        }},
        "osProfile": {"computerName": name, "adminUsername": "sim"},
        "networkProfile": {"networkInterfaces": [{"id": interface}]},
    }})
}
