//! The story. Whatever it says is read off an answer; whatever must hold is checked, and the first thing that does not
//! hold ends it with an error.

use anyhow::{Context, bail, ensure};
use axum::http::StatusCode;
use rbac::{Attributes, Plane};
use serde_json::{Value, json};

use super::client::{ARM, Client, GRAPH};
use super::narrator::Narrator;
use crate::cli::token::describe;
use crate::ports::loopback;
use crate::server::Server;

const COMPUTE: &str = "api-version=2024-11-01";
const IDENTITY: &str = "api-version=2024-11-30";
const ROLES: &str = "api-version=2022-04-01";
const RESOURCES: &str = "api-version=2021-04-01";
/// Azure's built-in role Reader.
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

/// One of the two identities that the story follows.
struct Actor {
    kind: &'static str,
    principal: String,
    client_id: String,
    /// What an app adds to its question to get this identity's token.
    selector: String,
    /// What the token says whose it is.
    resource_id: String,
}

pub(super) async fn tell(server: &Server, client: &Client, to: &mut Narrator) -> anyhow::Result<()> {
    to.title("The life of a managed identity, in seven steps. Nothing is staged: every line is read off an answer.");
    let token = client.owner_token(ARM).await?;
    let subscription = server.cloud.store.read().subscriptions().next().map(|s| s.id).context("no subscription")?;
    let group = format!("/subscriptions/{subscription}/resourceGroups/MI-RG");
    let machine = format!("{group}/providers/Microsoft.Compute/virtualMachines/VM1");
    prepare(client, &token, &group, &machine).await?;
    let imds = {
        let offset =
            server.cloud.store.read().imds_port(&model::Scope::new(&machine)).context("VM1 has no metadata service")?;
        loopback(server.cloud.ports.imds(offset).context("no port is left")?)
    };
    let scene = Scene { server, client, token, group, machine, imds };

    let actors = scene.enable(to).await?;
    scene.principals(to, &actors).await?;
    scene.metadata_service(to, &actors).await?;
    let early = scene.refused_then_assigned(to, &actors).await?;
    let tokens = scene.tokens(to, &actors).await?;
    ensure!(early == tokens, "IMDS kept the tokens that it had");
    scene.proof(to, &tokens).await?;
    scene.allowed(to, &actors, &tokens).await?;
    scene.what_remains(to, &actors, &tokens).await?;
    to.title("All seven steps hold, for the system-assigned and for the user-assigned identity.");
    Ok(())
}

/// What is there before the story begins: a group, a network, a machine without an identity.
async fn prepare(client: &Client, token: &str, group: &str, machine: &str) -> anyhow::Result<()> {
    let network = format!("{group}/providers/Microsoft.Network");
    let subnet = format!("{network}/virtualNetworks/VM1VNET/subnets/VM1Subnet");
    let steps = [
        (group.to_owned(), RESOURCES, json!({"location": "westeurope"})),
        (
            format!("{network}/virtualNetworks/VM1VNET"),
            COMPUTE,
            json!({"location": "westeurope", "properties": {
                "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
                "subnets": [{"name": "VM1Subnet", "properties": {"addressPrefix": "10.0.0.0/24"}}]}}),
        ),
        (
            format!("{network}/networkInterfaces/VM1VMNic"),
            COMPUTE,
            json!({"location": "westeurope", "properties": {
                "ipConfigurations": [{"name": "ipconfigVM1", "properties": {"subnet": {"id": subnet}}}]}}),
        ),
        (
            machine.to_owned(),
            COMPUTE,
            json!({"location": "westeurope", "properties": {
                "hardwareProfile": {"vmSize": "Standard_DS1_v2"},
                "storageProfile": {"imageReference": {"publisher": "Canonical", "offer": "0001-com-ubuntu-server-jammy",
                                                      "sku": "22_04-lts-gen2", "version": "latest"}},
                "osProfile": {"computerName": "VM1", "adminUsername": "sim"},
                "networkProfile": {"networkInterfaces": [{"id": format!("{network}/networkInterfaces/VM1VMNic")}]}}}),
        ),
    ];
    for (id, version, body) in steps {
        let (status, answer) = client.call("PUT", &format!("{ARM}{id}?{version}"), token, Some(&body)).await?;
        ensure!(status.is_success(), "{id} could not be made: {answer}");
    }
    Ok(())
}

struct Scene<'a> {
    server: &'a Server,
    client: &'a Client,
    token: String,
    group: String,
    machine: String,
    imds: std::net::SocketAddr,
}

impl Scene<'_> {
    /// The owner asks Resource Manager.
    async fn arm(
        &self,
        method: &str,
        path: &str,
        version: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<(StatusCode, Value)> {
        self.client.call(method, &format!("{ARM}{path}?{version}"), &self.token, body).await
    }

    async fn enable(&self, to: &mut Narrator) -> anyhow::Result<[Actor; 2]> {
        to.step("Resource Manager is asked to enable managed identities on a VM");
        let identity = format!("{}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id1", self.group);
        to.say("A user-assigned identity is a resource of its own:");
        to.request("PUT", &format!("{ARM}{identity}"));
        let (status, made) = self.arm("PUT", &identity, IDENTITY, Some(&json!({"location": "westeurope"}))).await?;
        to.answer(status, made["properties"]["principalId"].as_str().unwrap_or_default());
        ensure!(status == StatusCode::CREATED, "the identity was not made: {made}");
        to.say("The VM gets both: a system-assigned identity of its own, and that user-assigned one:");
        let body = json!({"identity": {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {identity.clone(): {}}}});
        to.request("PATCH", &format!("{ARM}{}", self.machine));
        let (status, patched) = self.arm("PATCH", &self.machine, COMPUTE, Some(&body)).await?;
        to.answer(
            status,
            &format!(
                "\"type\": {}, \"principalId\": {}",
                patched["identity"]["type"], patched["identity"]["principalId"]
            ),
        );
        ensure!(
            patched["identity"]["type"] == "SystemAssigned, UserAssigned",
            "the VM has no such identities: {patched}"
        );
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let system = text(&patched["identity"]["principalId"]);
        let (_, default) = self
            .arm(
                "GET",
                &format!("{}/providers/Microsoft.ManagedIdentity/identities/default", self.machine),
                IDENTITY,
                None,
            )
            .await?;
        let client_id = text(&made["properties"]["clientId"]);
        to.verified("the answer names both identities");
        Ok([
            Actor {
                kind: "system-assigned",
                principal: system,
                client_id: text(&default["properties"]["clientId"]),
                selector: String::new(),
                resource_id: self.machine.replacen("resourceGroups", "resourcegroups", 1),
            },
            Actor {
                kind: "user-assigned",
                principal: text(&made["properties"]["principalId"]),
                selector: format!("&client_id={client_id}"),
                client_id,
                resource_id: identity.replacen("resourceGroups", "resourcegroups", 1),
            },
        ])
    }

    async fn principals(&self, to: &mut Narrator, actors: &[Actor; 2]) -> anyhow::Result<()> {
        to.step("Each identity is a service principal in the tenant's directory, with a certificate");
        let token = self.client.owner_token(GRAPH).await?;
        for actor in actors {
            let url = format!("{GRAPH}/v1.0/servicePrincipals/{}", actor.principal);
            to.request("GET", &url);
            let (status, principal) = self.client.call("GET", &url, &token, None).await?;
            to.answer(status, &format!("the {} identity", actor.kind));
            let key = &principal["keyCredentials"][0];
            for (name, value) in [
                ("displayName", &principal["displayName"]),
                ("servicePrincipalType", &principal["servicePrincipalType"]),
                ("appId", &principal["appId"]),
                ("alternativeNames", &principal["alternativeNames"]),
                ("certificate", &key["displayName"]),
                ("thumbprint", &key["customKeyIdentifier"]),
                ("valid until", &key["endDateTime"]),
            ] {
                to.fact(name, value);
            }
            ensure!(principal["servicePrincipalType"] == "ManagedIdentity", "no managed identity: {principal}");
            ensure!(principal["appId"] == actor.client_id.as_str(), "another client id: {principal}");
            ensure!(key["endDateTime"].is_string(), "no certificate: {principal}");
        }
        to.verified("two principals of type ManagedIdentity, a certificate of 90 days each, no secret anywhere");
        Ok(())
    }

    async fn metadata_service(&self, to: &mut Narrator, actors: &[Actor; 2]) -> anyhow::Result<()> {
        to.step("The VM's metadata service knows the identities, and holds the private keys of their certificates");
        to.say(&format!(
            "Inside VM1 it is http://169.254.169.254; on this machine the same service is http://{}.",
            self.imds
        ));
        let path = "/metadata/identity/info?api-version=2018-02-01";
        to.request("GET", &format!("http://169.254.169.254{path}"));
        let (status, info) = self.client.metadata(self.imds, path).await?;
        to.answer(status, &info.to_string());
        ensure!(status == StatusCode::OK, "no identity information: {info}");
        for actor in actors {
            let principal = actor.principal.parse().context("a principal id is no GUID")?;
            let key = self.server.cloud.store.managed_identity_key(principal).await?.context("no private key")?;
            to.fact(
                &format!("{} key", actor.kind),
                &json!(format!("renewed from {}, ends {}", key.renew_after.date(), key.not_after.date())),
            );
        }
        to.verified("a private key for each, where no app and no administrator sees it");
        Ok(())
    }

    /// Before and after the assignment; answers the tokens that were refused, which the very same are allowed later.
    async fn refused_then_assigned(&self, to: &mut Narrator, actors: &[Actor; 2]) -> anyhow::Result<Vec<String>> {
        to.step("An administrator assigns a role; before that, every right is missing");
        let mut tokens = Vec::new();
        for actor in actors {
            let token = self.imds_token(actor).await?.1;
            let url = format!("{ARM}{}/resources?{RESOURCES}", self.group);
            to.request("GET", &format!("{url}   as the {} identity", actor.kind));
            let (status, refused) = self.client.call("GET", &url, &token, None).await?;
            to.answer(status, refused["error"]["code"].as_str().unwrap_or_default());
            to.say(refused["error"]["message"].as_str().unwrap_or_default());
            ensure!(
                status == StatusCode::FORBIDDEN && refused["error"]["code"] == "AuthorizationFailed",
                "not refused: {refused}"
            );
            tokens.push(token);
        }
        for actor in actors {
            let name = self.server.cloud.ids.guid();
            let path = format!("{}/providers/Microsoft.Authorization/roleAssignments/{name}", self.group);
            let role = format!("{}/providers/Microsoft.Authorization/roleDefinitions/{READER}", self.group);
            to.request("PUT", &format!("{ARM}{path}"));
            let body = json!({"properties": {"roleDefinitionId": role, "principalId": actor.principal}});
            let (status, assigned) = self.arm("PUT", &path, ROLES, Some(&body)).await?;
            to.answer(status, &format!("Reader for the {} identity at {}", actor.kind, self.group));
            ensure!(status == StatusCode::CREATED, "not assigned: {assigned}");
        }
        to.verified("403 AuthorizationFailed before, Reader assigned after");
        Ok(tokens)
    }

    async fn tokens(&self, to: &mut Narrator, actors: &[Actor; 2]) -> anyhow::Result<Vec<String>> {
        to.step("An app on the VM asks its metadata service for a token, with no secret");
        let mut tokens = Vec::new();
        for actor in actors {
            let (shown, token) = self.imds_token(actor).await?;
            to.request("GET", &format!("http://169.254.169.254{shown}"));
            to.say("  Metadata: true");
            to.answer(
                StatusCode::OK,
                &format!("{}… ({} characters), the {} identity", &token[..24], token.len(), actor.kind),
            );
            let decoded = tokens::decode(&token).context("no token")?;
            for line in describe(&decoded).lines() {
                to.say(line);
            }
            ensure!(decoded.claims["oid"] == actor.principal.as_str(), "another principal");
            ensure!(
                decoded.claims["xms_mirid"] == actor.resource_id.as_str(),
                "another identity: {}",
                decoded.claims["xms_mirid"]
            );
            tokens.push(token);
        }
        to.verified("oid is the principal, xms_mirid the identity's resource");
        Ok(tokens)
    }

    async fn proof(&self, to: &mut Narrator, tokens: &[String]) -> anyhow::Result<()> {
        to.step("Behind that answer, IMDS proved itself to the token service with the certificate");
        let keys = self.client.keys().await?;
        for token in tokens {
            let decoded = tokens::decode(token).context("no token")?;
            ensure!(decoded.claims["appidacr"] == "2", "not proved by certificate");
            let kid = &decoded.header["kid"];
            ensure!(
                keys["keys"].as_array().is_some_and(|all| all.iter().any(|k| &k["kid"] == kid)),
                "an unknown key signed"
            );
        }
        to.say("POST /oauth2/token with client_id and a JWT signed by the private key; the token service looked the thumbprint");
        to.say("up among the principal's keyCredentials, checked signature, times and audience: appidacr is 2, a certificate.");
        to.say("The proof of it: a third identity, whose certificate is taken out of the directory, gets nothing:");
        let scratch = format!("{}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/scratch", self.group);
        let (_, made) = self.arm("PUT", &scratch, IDENTITY, Some(&json!({"location": "westeurope"}))).await?;
        let attach = json!({"identity": {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {scratch.clone(): {}}}});
        self.arm("PATCH", &self.machine, COMPUTE, Some(&attach)).await?;
        let principal =
            made["properties"]["principalId"].as_str().and_then(|p| p.parse().ok()).context("no scratch identity")?;
        let revoked = aad::certificates::revoke(&self.server.cloud.store, principal, None).await?;
        to.fact("revoked thumbprint", &json!(revoked.first().map(|k| k.thumbprint.clone())));
        let path = token_path(&format!("&client_id={}", made["properties"]["clientId"].as_str().unwrap_or_default()));
        let (status, refused) = self.client.metadata(self.imds, &path).await?;
        let why = refused["error_description"].as_str().unwrap_or_default();
        to.answer(status, why);
        ensure!(
            status.is_client_error() && why.contains("AADSTS700027"),
            "an unknown certificate was taken: {refused}"
        );
        let detach = json!({"identity": {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {scratch.clone(): null}}});
        self.arm("PATCH", &self.machine, COMPUTE, Some(&detach)).await?;
        self.arm("DELETE", &scratch, IDENTITY, None).await?;
        to.verified("with the certificate a token, without it AADSTS700027");
        Ok(())
    }

    async fn allowed(&self, to: &mut Narrator, actors: &[Actor; 2], tokens: &[String]) -> anyhow::Result<()> {
        to.step("The app calls Resource Manager with the token; the signature is verified and RBAC decides");
        for (actor, token) in actors.iter().zip(tokens) {
            let url = format!("{ARM}{}/resources?{RESOURCES}", self.group);
            to.request("GET", &format!("{url}   as the {} identity", actor.kind));
            let (status, listed) = self.client.call("GET", &url, token, None).await?;
            let names: Vec<&str> =
                listed["value"].as_array().into_iter().flatten().filter_map(|r| r["name"].as_str()).collect();
            to.answer(status, &format!("{} resources: {}", names.len(), names.join(", ")));
            ensure!(status == StatusCode::OK && names.contains(&"VM1"), "not allowed: {listed}");
            let question = arm_api::Question {
                principal: actor.principal.parse()?,
                action: "Microsoft.Compute/virtualMachines/read",
                scope: &self.machine,
                plane: Plane::Control,
                attributes: &Attributes::default(),
            };
            let cloud = &self.server.cloud;
            let decision = arm_api::explain(&cloud.store.read(), &cloud.arm.rules, &question);
            for line in crate::cli::explain::explanation(&decision).lines() {
                to.say(line);
            }
            ensure!(decision["decision"] == "Allowed", "the decision is another: {decision}");
        }
        let mut forged = tokens[0].clone();
        let flipped = if forged.ends_with('A') { "B" } else { "A" };
        forged.replace_range(forged.len() - 10..forged.len() - 9, flipped);
        if forged == tokens[0] {
            bail!("the forged token is the true one");
        }
        let (status, refused) =
            self.client.call("GET", &format!("{ARM}{}?{RESOURCES}", self.group), &forged, None).await?;
        to.say("The same token with one character changed:");
        to.answer(status, refused["error"]["code"].as_str().unwrap_or_default());
        ensure!(status == StatusCode::UNAUTHORIZED, "a forged token was taken: {refused}");
        to.verified("200 by the role Reader, where it was 403 before; 401 for a forged token");
        Ok(())
    }

    async fn what_remains(&self, to: &mut Narrator, actors: &[Actor; 2], tokens: &[String]) -> anyhow::Result<()> {
        to.afterwards("What remains when the VM is deleted");
        to.request("DELETE", &format!("{ARM}{}", self.machine));
        let (status, _) = self.arm("DELETE", &self.machine, COMPUTE, None).await?;
        to.answer(status, "");
        let graph = self.client.owner_token(GRAPH).await?;
        for (actor, gone) in actors.iter().zip([true, false]) {
            let url = format!("{GRAPH}/v1.0/servicePrincipals/{}", actor.principal);
            to.request("GET", &url);
            let (status, answer) = self.client.call("GET", &url, &graph, None).await?;
            let fate = if gone { "has gone with its VM" } else { "lives on: it is a resource of its own" };
            to.answer(status, &format!("the {} identity {fate}", actor.kind));
            ensure!((status == StatusCode::NOT_FOUND) == gone, "unexpected: {answer}");
        }
        let url = format!("{ARM}{}?{RESOURCES}", self.group);
        let (status, _) = self.client.call("GET", &url, &tokens[0], None).await?;
        to.say("The token that VM1's own identity still holds:");
        to.answer(status, "a principal that is gone has no rights");
        ensure!(status == StatusCode::FORBIDDEN, "the dead identity still acts");
        let asked = self.client.metadata(self.imds, &token_path("")).await;
        ensure!(!matches!(asked, Ok((StatusCode::OK, _))), "the metadata service outlives its VM");
        to.verified("the system-assigned identity died with its VM, the user-assigned one did not, and IMDS is silent");
        Ok(())
    }

    /// What an app asks, and the token that it gets.
    async fn imds_token(&self, actor: &Actor) -> anyhow::Result<(String, String)> {
        let path = token_path(&actor.selector);
        let (status, answer) = self.client.metadata(self.imds, &path).await?;
        let token = answer["access_token"].as_str().filter(|_| status == StatusCode::OK);
        Ok((path, token.with_context(|| format!("no token: {answer}"))?.to_owned()))
    }
}

fn token_path(selector: &str) -> String {
    format!(
        "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F{selector}"
    )
}
