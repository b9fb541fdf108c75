//! The life of managed identities: what may be attached, how it reads, what becomes of principals and certificates.
//! Facts: RECORDED-FACTS 5 and 6, AZ-WIRE 9.3.

use cloud::{Answer, CONTRIBUTOR, Cloud};
use reqwest::Method;
use serde_json::{Value, json};

/// A cloud with a VM and two user-assigned identities.
struct Scene {
    cloud: Cloud,
    group: String,
    vm: String,
    ids: [String; 2],
}

impl Scene {
    async fn set() -> Self {
        Self::on(Cloud::start().await).await
    }

    async fn on(cloud: Cloud) -> Self {
        let group = cloud.make_group("rg").await;
        let vm = cloud.make_vm(&group, "VM1").await;
        for name in ["id1", "id2"] {
            cloud.make_identity(&group, name).await;
        }
        let below = format!("{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities");
        Self { cloud, group, vm, ids: ["id1", "id2"].map(|name| format!("{below}/{name}")) }
    }

    /// The identity block as a GET shows it; null where there is none.
    async fn block(&self) -> Value {
        self.cloud.arm("GET", &self.vm, None).await.ok().body["identity"].clone()
    }

    /// `SystemAssigned, UserAssigned: id1 id2`, or `-`.
    async fn shown(&self) -> String {
        let block = self.block().await;
        let map = block["userAssignedIdentities"].as_object();
        let names: Vec<&str> = map.into_iter().flatten().filter_map(|(id, _)| id.rsplit('/').next()).collect();
        match block["type"].as_str() {
            None => "-".to_owned(),
            Some(kind) => format!("{kind}: {}", names.join(" ")).trim_end_matches([':', ' ']).to_owned(),
        }
    }

    /// Whether the directory holds the principal.
    async fn lives(&self, principal: &str) -> bool {
        self.cloud.graph("GET", &format!("/servicePrincipals/{principal}"), None).await.status == 200
    }

    /// The thumbprints that Graph shows, oldest first.
    async fn thumbprints(&self, principal: &str) -> Vec<String> {
        let shown = self.cloud.graph("GET", &format!("/servicePrincipals/{principal}"), None).await.ok().body;
        let keys = shown["keyCredentials"].as_array().unwrap().iter();
        keys.map(|key| key["customKeyIdentifier"].as_str().unwrap().to_owned()).collect()
    }

    /// A token that no cache has: asked of the token service now.
    async fn uncached_token(&self) -> Answer {
        self.cloud.imds_token(&self.vm, "&bypass_cache=true").await
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// The commands of `az vm identity`, as they are sent, and what the VM has afterwards.
#[tokio::test]
async fn every_way_to_change_the_block() {
    let scene = Scene::set().await;
    let [id1, id2] = &scene.ids;
    let odd1 = id1.to_lowercase();
    for (what, identity, shown) in [
        ("assign", json!({"type": "SystemAssigned"}), "SystemAssigned"),
        (
            "assign --identities id1",
            json!({"type": "SystemAssigned,UserAssigned", "userAssignedIdentities": {id1: {}}}),
            "SystemAssigned, UserAssigned: id1",
        ),
        (
            "assign --identities id2",
            json!({"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {id2: {}}}),
            "SystemAssigned, UserAssigned: id1 id2",
        ),
        (
            "remove --identities id1, in another case",
            json!({"type": "SystemAssigned,UserAssigned", "userAssignedIdentities": {odd1.clone(): null}}),
            "SystemAssigned, UserAssigned: id2",
        ),
        ("remove [system]", json!({"type": "UserAssigned", "userAssignedIdentities": null}), "UserAssigned: id2"),
        (
            "id1 again, in another case",
            json!({"type": "UserAssigned", "userAssignedIdentities": {odd1: {}}}),
            "UserAssigned: id2 id1",
        ),
        ("assign, users dropped", json!({"type": "SystemAssigned"}), "SystemAssigned"),
        ("none", json!({"type": "None", "userAssignedIdentities": null}), "-"),
        (
            "odd case of the type",
            json!({"type": "systemassigned,USERASSIGNED", "userAssignedIdentities": {id1: {}}}),
            "SystemAssigned, UserAssigned: id1",
        ),
        ("users alone gone", json!({"type": "None"}), "-"),
    ] {
        scene.cloud.patch_identity(&scene.vm, identity).await.ok();
        assert_eq!(scene.shown().await, shown, "{what}");
    }
}

#[tokio::test]
async fn the_block_reads_as_recorded() {
    let scene = Scene::set().await;
    let [id1, _] = &scene.ids;
    let identity = scene.cloud.arm("GET", id1, None).await.ok().body;
    let both = json!({"type": "SystemAssigned,UserAssigned", "userAssignedIdentities": {id1: {}}});
    let patched = scene.cloud.patch_identity(&scene.vm, both).await.ok().body["identity"].clone();
    // The answer to the write shows a new entry empty; later reads fill it.
    assert_eq!(patched["userAssignedIdentities"][id1], json!({}));
    let block = scene.block().await;
    let keys: Vec<&String> = block.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["type", "principalId", "tenantId", "userAssignedIdentities"]);
    let properties = &identity["properties"];
    assert_eq!(
        block["userAssignedIdentities"][id1],
        json!({"principalId": properties["principalId"], "clientId": properties["clientId"]})
    );
    assert_eq!(block["tenantId"], json!(scene.cloud.tenant));
    assert_eq!(block["principalId"], patched["principalId"]);
    scene.cloud.patch_identity(&scene.vm, json!({"type": "UserAssigned"})).await.ok();
    let keys: Vec<String> = scene.block().await.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["type", "userAssignedIdentities"]);
    // Every client of the identity's own id sees `resourcegroups`, whatever it wrote.
    assert!(text(&identity["id"]).contains("/resourcegroups/"));
    assert_eq!(identity["tags"], json!({}));
}

#[tokio::test]
async fn the_system_principal_stays_the_same_until_it_ends() {
    let scene = Scene::set().await;
    let [id1, _] = &scene.ids;
    let patch = |identity| scene.cloud.patch_identity(&scene.vm, identity);
    let first = text(&patch(json!({"type": "SystemAssigned"})).await.ok().body["identity"]["principalId"]);
    let both = json!({"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {id1: {}}});
    assert_eq!(patch(both).await.ok().body["identity"]["principalId"], json!(first));
    assert_eq!(patch(json!({"type": "SystemAssigned"})).await.ok().body["identity"]["principalId"], json!(first));
    // A PUT without the block keeps it, and so does a PATCH of something else.
    let interface = format!("{}/providers/Microsoft.Network/networkInterfaces/VM1Nic", scene.group);
    let put = scene.cloud.arm("PUT", &scene.vm, cloud::machine("VM1", &interface)).await.ok();
    assert_eq!((put.status, &put.body["identity"]["principalId"]), (200, &json!(first)));
    let patched = scene.cloud.arm("PATCH", &scene.vm, json!({"tags": {"a": "b"}})).await.ok();
    assert_eq!(patched.body["identity"]["principalId"], json!(first));
    patch(json!({"type": "None"})).await.ok();
    assert!(!scene.lives(&first).await);
    let second = text(&patch(json!({"type": "SystemAssigned"})).await.ok().body["identity"]["principalId"]);
    assert_ne!(second, first);
}

#[tokio::test]
async fn principals_end_with_what_they_belong_to() {
    let scene = Scene::set().await;
    let [id1, id2] = &scene.ids;
    let both = json!({"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {id1: {}, id2: {}}});
    scene.cloud.patch_identity(&scene.vm, both).await.ok();
    let block = scene.block().await;
    let system = text(&block["principalId"]);
    let users = [id1, id2].map(|id| text(&block["userAssignedIdentities"][id]["principalId"]));
    scene.cloud.arm("DELETE", &scene.vm, None).await.ok();
    assert!(!scene.lives(&system).await, "the system-assigned identity outlives its VM");
    assert!(scene.lives(&users[0]).await && scene.lives(&users[1]).await, "user-assigned ones do not end with a VM");
    scene.cloud.arm("DELETE", id1, None).await.ok();
    assert!(!scene.lives(&users[0]).await && scene.lives(&users[1]).await);
    scene.cloud.arm("DELETE", &scene.group, None).await.ok();
    assert!(!scene.lives(&users[1]).await, "the group took the identity and left its principal");
}

/// Azure keeps the attachment of an identity that was deleted; one that is made anew under its name is another.
#[tokio::test]
async fn an_identity_made_anew_is_another() {
    let scene = Scene::set().await;
    let [id1, _] = &scene.ids;
    let attach =
        || scene.cloud.patch_identity(&scene.vm, json!({"type": "UserAssigned", "userAssignedIdentities": {id1: {}}}));
    attach().await.ok();
    scene.cloud.imds_token(&scene.vm, "").await.ok();
    scene.cloud.arm("DELETE", id1, None).await.ok();
    let gone = scene.cloud.imds_token(&scene.vm, "").await;
    assert_eq!((gone.status, gone.message()), (400, "Identity not found"));
    let anew = scene.cloud.make_identity(&scene.group, "id1").await;
    let still = scene.cloud.imds_token(&scene.vm, "").await;
    assert_eq!((still.status, still.message()), (400, "Identity not found"));
    attach().await.ok();
    let token = scene.cloud.imds_token(&scene.vm, "").await.ok();
    assert_eq!(token.body["client_id"], anew["properties"]["clientId"]);
}

#[tokio::test]
async fn what_may_not_be_attached() {
    let scene = Scene::set().await;
    let [id1, _] = &scene.ids;
    let none = id1.replace("id1", "none");
    let wanted = |id: &str| json!({"type": "UserAssigned", "userAssignedIdentities": {id: {}}});
    let refused = scene.cloud.patch_identity(&scene.vm, wanted(&none)).await;
    assert_eq!(refused.summary(), "400 FailedIdentityOperation");
    let expected = format!(
        "Identity operation for resource '{}' failed with error 'Failed to perform resource identity operation. Status: \
         'BadRequest'. Response: '{{\"error\":{{\"code\":\"BadRequest\",\"message\":\"Resource '{none}' was not found.\"}}}}'.'.",
        scene.vm
    );
    assert_eq!(refused.message(), expected);
    // The right to write the VM is not the right to give it an identity.
    let application = scene.cloud.make_application("operator").await;
    scene.cloud.assign(&application.principal, CONTRIBUTOR, &scene.vm).await;
    let caller = scene.cloud.caller(scene.cloud.token_of(&application).await);
    let ask = |id: &str| caller.arm("PATCH", &scene.vm, json!({"identity": wanted(id)}));
    let refused = ask(id1).await;
    assert_eq!(refused.summary(), "403 LinkedAuthorizationFailed");
    let expected = format!(
        "The client '{}' with object id '{}' has permission to perform action 'Microsoft.Compute/virtualMachines/write' on scope \
         '{}'; however, it does not have permission to perform action(s) \
         'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action' on the linked scope(s) '{id1}' (respectively) or the \
         linked scope(s) are invalid.",
        application.client_id, application.principal, scene.vm
    );
    assert_eq!(refused.message(), expected);
    // Whether an identity exists is not told to those who may not attach it.
    assert_eq!(ask(&none).await.summary(), "403 LinkedAuthorizationFailed");
    assert_eq!(scene.shown().await, "-");
    scene.cloud.assign(&application.principal, cloud::MANAGED_IDENTITY_OPERATOR, id1).await;
    ask(id1).await.ok();
    assert_eq!(scene.shown().await, "UserAssigned: id1");
}

/// Any type that carries the block has the same life: nobody modelled storage accounts.
#[tokio::test]
async fn types_that_nobody_modelled_have_identities_too() {
    let scene = Scene::set().await;
    let id = format!("{}/providers/Microsoft.Storage/storageAccounts/account1", scene.group);
    let [id1, _] = &scene.ids;
    let identity = json!({"type": "SystemAssigned,UserAssigned", "userAssignedIdentities": {id1: {}}});
    let body = json!({"location": "westeurope", "identity": identity, "properties": {}});
    let made = scene.cloud.arm("PUT", &id, body).await.ok().body;
    let principal = text(&made["identity"]["principalId"]);
    let shown = scene.cloud.graph("GET", &format!("/servicePrincipals/{principal}"), None).await.ok().body;
    assert_eq!(shown["displayName"], "account1");
    assert_eq!(shown["alternativeNames"], json!(["isExplicit=False", id.replace("resourceGroups", "resourcegroups")]));
    let default = format!("{id}/providers/Microsoft.ManagedIdentity/identities/default");
    let default = scene.cloud.arm("GET", &default, None).await.ok().body;
    assert_eq!(default["properties"]["clientId"], shown["appId"]);
    scene.cloud.arm("DELETE", &id, None).await.ok();
    assert!(!scene.lives(&principal).await);
}

#[tokio::test]
async fn certificates_are_renewed_in_time() {
    let scene = Scene::set().await;
    let patched = scene.cloud.patch_identity(&scene.vm, json!({"type": "SystemAssigned"})).await.ok();
    let principal = text(&patched.body["identity"]["principalId"]);
    let first = scene.thumbprints(&principal).await;
    assert_eq!(first.len(), 1);
    scene.cloud.advance("45d").await;
    assert_eq!(scene.thumbprints(&principal).await, first, "renewed before day 46");
    scene.cloud.advance("2d").await;
    let overlapping = scene.thumbprints(&principal).await;
    assert_eq!((overlapping.len(), &overlapping[0]), (2, &first[0]), "old and new count side by side");
    scene.uncached_token().await.ok();
    // Day 107: the first has ended, the second was renewed on day 92.
    scene.cloud.advance("60d").await;
    let later = scene.thumbprints(&principal).await;
    assert_eq!((later.len(), &later[0]), (2, &overlapping[1]));
    scene.uncached_token().await.ok();
}

#[tokio::test]
async fn certificates_that_are_not_renewed_end() {
    let scene = Scene::on(Cloud::with_renewal(false).await).await;
    let patched = scene.cloud.patch_identity(&scene.vm, json!({"type": "SystemAssigned"})).await.ok();
    let principal = text(&patched.body["identity"]["principalId"]);
    let first = scene.thumbprints(&principal).await;
    scene.cloud.advance("89d").await;
    assert_eq!(scene.thumbprints(&principal).await, first);
    scene.uncached_token().await.ok();
    scene.cloud.advance("2d").await;
    let refused = scene.uncached_token().await;
    assert_eq!((refused.status, refused.code()), (401, "invalid_client"));
    assert!(
        refused.message().starts_with("AADSTS700027") && refused.message().contains("expired"),
        "{}",
        refused.message()
    );
}

/// A program on a VM has no way to say that its token was refused: it gets another one all the same.
#[tokio::test]
async fn a_vm_is_given_no_token_that_is_refused() {
    let scene = Scene::set().await;
    let patched = scene.cloud.patch_identity(&scene.vm, json!({"type": "SystemAssigned"})).await.ok();
    let principal = text(&patched.body["identity"]["principalId"]);
    for (path, body) in [("/tokens/revoke", json!({"principal": principal})), ("/keys/rotate", json!({"forget": true}))]
    {
        let status = async |token: &str| scene.cloud.caller(token).arm("GET", &scene.vm, None).await.status;
        let old = text(&scene.cloud.imds_token(&scene.vm, "").await.ok().body["access_token"]);
        assert_eq!(status(&old).await, 403, "{path}: it counts, and has no rights");
        scene.cloud.control(Method::POST, path, &body).await.ok();
        assert_eq!(status(&old).await, 401, "{path}");
        let new = text(&scene.cloud.imds_token(&scene.vm, "").await.ok().body["access_token"]);
        assert_eq!(status(&new).await, 403, "{path}");
        let kept = text(&scene.cloud.imds_token(&scene.vm, "").await.ok().body["access_token"]);
        assert_eq!(kept, new, "{path}: the new one is kept");
    }
}

#[tokio::test]
async fn a_revoked_certificate_proves_nothing() {
    let scene = Scene::set().await;
    let patched = scene.cloud.patch_identity(&scene.vm, json!({"type": "SystemAssigned"})).await.ok();
    let principal = text(&patched.body["identity"]["principalId"]);
    let cached = scene.cloud.imds_token(&scene.vm, "").await.ok();
    let body = json!({"principal": principal});
    scene.cloud.control(Method::POST, "/certificates/revoke", &body).await.ok();
    assert_eq!(scene.thumbprints(&principal).await, Vec::<String>::new());
    let refused = scene.uncached_token().await;
    assert_eq!((refused.status, refused.code()), (401, "invalid_client"));
    let told = refused.message();
    assert!(told.starts_with("AADSTS700027") && told.contains("The key was not found"), "{told}");
    // What was issued before is good until it ends, as everywhere with signed tokens.
    assert_eq!(scene.cloud.imds_token(&scene.vm, "").await.ok().body["access_token"], cached.body["access_token"]);
}
