//! Other hosts of managed identities than VMs: their endpoints over real sockets, from the resource to the token that
//! Resource Manager takes. Each door's refusals in every detail stand in `imds`.

use cloud::{Answer, Cloud, READER, assignment};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// One of each: what holds it, its id below the group, its properties.
const HOSTS: [(&str, &str, &str); 6] = [
    ("", "Microsoft.Web/sites/host", "{}"),
    ("", "Microsoft.App/containerApps/host", "{}"),
    ("", "Microsoft.ContainerInstance/containerGroups/host", r#"{"containers": [{"name": "one"}]}"#),
    ("", "Microsoft.HybridCompute/machines/host", "{}"),
    ("Microsoft.ServiceFabric/clusters/c", "Microsoft.ServiceFabric/clusters/c/applications/host", "{}"),
    (
        "Microsoft.MachineLearningServices/workspaces/w",
        "Microsoft.MachineLearningServices/workspaces/w/computes/host",
        r#"{"computeType": "ComputeInstance"}"#,
    ),
];

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

    /// A host with a system-assigned identity; answers it once its endpoint listens.
    async fn make(&self, (holder, name, properties): (&str, &str, &str)) -> Value {
        let below = format!("{}/providers", self.group);
        if !holder.is_empty() {
            self.cloud.arm("PUT", &format!("{below}/{holder}"), json!({"location": "westeurope"})).await.ok();
        }
        let properties: Value = serde_json::from_str(properties).unwrap();
        let body = json!({"location": "westeurope", "properties": properties, "identity": {"type": "SystemAssigned"}});
        let made = self.cloud.arm("PUT", &format!("{below}/{name}"), body).await.ok().body;
        self.cloud.wait_for(self.cloud.imds_address(made["id"].as_str().unwrap())).await;
        made
    }

    /// What `smalt env --resource` tells.
    async fn told(&self, id: &str) -> Value {
        let query = format!("/environment?resource={}", id.replace('/', "%2F"));
        self.cloud.control(Method::GET, &query, &Value::Null).await.ok().body
    }

    /// Asks for a token as a program does that was told `variables`.
    async fn token(&self, told: &Value) -> Answer {
        let variables = told["set"].as_object().unwrap();
        let text = |name: &str| variables.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let resource = "resource=https%3A%2F%2Fmanagement.azure.com%2F";
        let is = |name: &str| variables.contains_key(name);
        let http = &self.cloud.http;
        let request = if is("IDENTITY_SERVER_THUMBPRINT") && is("IDENTITY_ENDPOINT") {
            let url = format!("{}?api-version=2019-07-01-preview&{resource}", text("IDENTITY_ENDPOINT"));
            http.get(url).header("secret", text("IDENTITY_HEADER"))
        } else if is("IMDS_ENDPOINT") {
            let url = format!("{}?api-version=2020-06-01&{resource}", text("IDENTITY_ENDPOINT"));
            let challenged = Answer::of(http.get(&url).header("Metadata", "true")).await;
            let realm = challenged.header("www-authenticate").to_owned();
            let file = realm.rsplit('/').next().unwrap();
            let path = std::path::Path::new(told["challenges"].as_str().unwrap()).join(file);
            let key = std::fs::read_to_string(path).unwrap();
            http.get(url).header("Metadata", "true").header("Authorization", format!("Basic {key}"))
        } else if is("IDENTITY_ENDPOINT") {
            let url = format!("{}?api-version=2019-08-01&{resource}", text("IDENTITY_ENDPOINT"));
            http.get(url).header("x-identity-header", text("IDENTITY_HEADER"))
        } else if is("MSI_SECRET") {
            let client = text("DEFAULT_IDENTITY_CLIENT_ID");
            let url = format!("{}?api-version=2017-09-01&{resource}&clientid={client}", text("MSI_ENDPOINT"));
            http.get(url).header("secret", text("MSI_SECRET"))
        } else if is("MSI_ENDPOINT") {
            http.post(text("MSI_ENDPOINT"))
                .header("Metadata", "true")
                .form(&[("resource", "https://management.azure.com/")])
        } else {
            let imds = text("AZURE_POD_IDENTITY_AUTHORITY_HOST");
            let url = format!("{imds}/metadata/identity/oauth2/token?api-version=2018-02-01&{resource}");
            http.get(url).header("Metadata", "true")
        };
        Answer::of(request).await
    }
}

fn is_of_a_host(name: &str) -> bool {
    imds::VARIABLES.contains(&name)
}

#[tokio::test]
async fn a_token_of_every_host_is_good_for_what_its_principal_may() {
    let scene = Scene::set().await;
    for (n, host) in HOSTS.into_iter().enumerate() {
        let made = scene.make(host).await;
        let id = made["id"].as_str().unwrap();
        let principal = made["identity"]["principalId"].as_str().unwrap();
        let told = scene.told(id).await;
        let token = scene.token(&told).await.ok().body["access_token"].as_str().unwrap().to_owned();
        let program = scene.cloud.caller(token);
        assert_eq!(program.arm("GET", id, None).await.status, 403, "{id}");
        let name = format!(
            "{}/providers/Microsoft.Authorization/roleAssignments/{}",
            scene.group,
            Uuid::from_u128(n as u128 + 1)
        );
        scene.cloud.arm("PUT", &name, assignment(&scene.cloud.subscription, principal, READER)).await.ok();
        assert_eq!(program.arm("GET", id, None).await.status, 200, "{id}");
    }
}

/// A client tells hosts apart by what is set and what is not.
#[tokio::test]
async fn every_host_has_its_own_variables() {
    let scene = Scene::set().await;
    let mut names = String::new();
    for host in HOSTS {
        let made = scene.make(host).await;
        let told = scene.told(made["id"].as_str().unwrap()).await;
        let set: Vec<&String> = told["set"].as_object().unwrap().keys().filter(|name| is_of_a_host(name)).collect();
        let unset = told["unset"].as_array().unwrap();
        for name in imds::VARIABLES {
            assert_ne!(set.iter().any(|known| *known == name), unset.contains(&json!(name)), "{name}");
        }
        names += &format!(
            "{}: {}\n",
            made["type"].as_str().unwrap(),
            set.iter().map(|n| n.as_str()).collect::<Vec<_>>().join(" ")
        );
    }
    insta::assert_snapshot!(names, @"
    Microsoft.Web/sites: IDENTITY_ENDPOINT IDENTITY_HEADER MSI_ENDPOINT MSI_SECRET
    Microsoft.App/containerApps: IDENTITY_ENDPOINT IDENTITY_HEADER MSI_ENDPOINT
    Microsoft.ContainerInstance/containerGroups: IDENTITY_API_VERSION IDENTITY_HEADER IDENTITY_SERVER_THUMBPRINT AZURE_POD_IDENTITY_AUTHORITY_HOST
    Microsoft.HybridCompute/machines: IDENTITY_ENDPOINT IMDS_ENDPOINT
    Microsoft.ServiceFabric/clusters/applications: IDENTITY_ENDPOINT IDENTITY_HEADER IDENTITY_SERVER_THUMBPRINT IDENTITY_API_VERSION
    Microsoft.MachineLearningServices/workspaces/computes: MSI_ENDPOINT MSI_SECRET DEFAULT_IDENTITY_CLIENT_ID
    ");
}

#[tokio::test]
async fn an_endpoint_lives_and_runs_with_its_resource() {
    let scene = Scene::set().await;
    let site = scene.make(HOSTS[0]).await;
    let id = site["id"].as_str().unwrap();
    let told = scene.told(id).await;
    let address = scene.cloud.imds_address(id);
    scene.token(&told).await.ok();

    scene.cloud.arm("POST", &format!("{id}/stop"), None).await.ok();
    assert_eq!(scene.cloud.arm("GET", id, None).await.ok().body["properties"]["state"], "Stopped");
    let ended = async {
        while tokio::net::TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), ended).await.expect("a stopped site has an endpoint");
    scene.cloud.arm("POST", &format!("{id}/start"), None).await.ok();
    scene.cloud.wait_for(address).await;
    scene.token(&told).await.ok();

    let principal = site["identity"]["principalId"].as_str().unwrap();
    scene.cloud.arm("DELETE", id, None).await.ok();
    assert_eq!(scene.cloud.graph("GET", &format!("/servicePrincipals/{principal}"), None).await.status, 404);
    let query = format!("/environment?resource={}", id.replace('/', "%2F"));
    let gone = scene.cloud.control(Method::GET, &query, &Value::Null).await;
    assert!(gone.body["error"].as_str().unwrap().contains(id), "{}", gone.body);
}

/// The secret is in no answer of Resource Manager, survives a PUT, and is another's for a resource made anew.
#[tokio::test]
async fn a_secret_belongs_to_one_resource() {
    let scene = Scene::set().await;
    let site = scene.make(HOSTS[0]).await;
    let id = site["id"].as_str().unwrap();
    let header = async || scene.told(id).await["set"]["IDENTITY_HEADER"].as_str().unwrap().to_owned();
    let first = header().await;
    assert!(!scene.cloud.arm("GET", id, None).await.ok().body.to_string().contains(&first));
    scene.make(HOSTS[0]).await;
    assert_eq!(header().await, first);
    scene.cloud.arm("DELETE", id, None).await.ok();
    scene.make(HOSTS[0]).await;
    assert_ne!(header().await, first);
    let other = scene.make(("", "Microsoft.Web/sites/other", "{}")).await;
    let mut told = scene.told(other["id"].as_str().unwrap()).await;
    told["set"]["IDENTITY_HEADER"] = json!(first);
    assert_eq!(scene.token(&told).await.status, 403);
}

/// Resource Manager refuses a token that was taken back; a program that shows its host which one gets another, and one that
/// does not would get the same for hours.
#[tokio::test]
async fn a_program_heals_from_a_revoked_token() {
    let scene = Scene::set().await;
    let site = scene.make(HOSTS[0]).await;
    let id = site["id"].as_str().unwrap();
    let principal = site["identity"]["principalId"].as_str().unwrap();
    scene.cloud.assign(principal, READER, &scene.group).await;
    let told = scene.told(id).await["set"].clone();
    let token = async |more: &str| {
        let url = format!(
            "{}?api-version=2025-03-30&resource=https://management.azure.com/&xms_cc=cp1{more}",
            told["IDENTITY_ENDPOINT"].as_str().unwrap()
        );
        let request = scene.cloud.http.get(url).header("x-identity-header", told["IDENTITY_HEADER"].as_str().unwrap());
        Answer::of(request).await.ok().body["access_token"].as_str().unwrap().to_owned()
    };
    let first = token("").await;
    assert_eq!(claims_of(&first)["xms_cc"], json!(["CP1"]));
    assert_eq!(scene.cloud.caller(&*first).arm("GET", id, None).await.status, 200);
    scene.cloud.control(Method::POST, "/tokens/revoke", &json!({"principal": principal})).await.ok();
    let refused = scene.cloud.caller(&*first).arm("GET", id, None).await;
    assert_eq!(refused.status, 401);
    assert!(refused.header("www-authenticate").contains("insufficient_claims"));
    assert_eq!(token("").await, first, "the host knows nothing of it");
    let hash: String = tokens::sha256(first.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let second = token(&format!("&token_sha256_to_refresh={hash}")).await;
    assert_eq!(scene.cloud.caller(&*second).arm("GET", id, None).await.status, 200);
    assert_eq!(token("").await, second, "it is kept in the other's place");
}

#[tokio::test]
async fn cloud_shell_gives_tokens_of_its_principal() {
    let scene = Scene::set().await;
    let path = "/providers/Microsoft.Portal/consoles/default";
    let console = scene.cloud.arm("PUT", path, json!({"properties": {"osType": "Linux"}})).await.ok().body;
    scene.cloud.wait_for(scene.cloud.imds_address(path)).await;
    let told = scene.told(path).await;
    let set = told["set"].as_object().unwrap().keys();
    assert_eq!(set.filter(|name| is_of_a_host(name)).collect::<Vec<_>>(), ["MSI_ENDPOINT"]);
    let token = scene.token(&told).await.ok().body["access_token"].as_str().unwrap().to_owned();
    let claims = claims_of(&token);
    assert_eq!(claims["oid"], console["identity"]["principalId"]);
}

fn claims_of(token: &str) -> Value {
    use base64::Engine;
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&claims).unwrap()
}

/// A cluster's issuer, a service account, an identity that trusts it; and what is said where one of them is missing.
#[tokio::test]
async fn a_pod_is_the_identity_that_trusts_its_service_account() {
    let scene = Scene::set().await;
    let cluster = format!("{}/providers/Microsoft.ContainerService/managedClusters/aks", scene.group);
    let body =
        |enabled: bool| json!({"location": "westeurope", "properties": {"oidcIssuerProfile": {"enabled": enabled}}});
    let ask = async |account: &str| {
        let query = format!("/environment?resource={}&service_account={account}", cluster.replace('/', "%2F"));
        scene.cloud.control(Method::GET, &query, &Value::Null).await
    };
    let refused = async |account: &str, said: &str| {
        let answer = ask(account).await;
        assert!(answer.status == 400 && answer.text.contains(said), "{account}: {}", answer.text);
    };
    scene.cloud.arm("PUT", &cluster, body(false)).await.ok();
    refused("", "say --service-account").await;
    refused("ns/web", "has no issuer").await;
    let made = scene.cloud.arm("PUT", &cluster, body(true)).await.ok().body;
    let issuer = made["properties"]["oidcIssuerProfile"]["issuerURL"].as_str().unwrap();
    refused("ns/web", "No identity trusts this service account").await;

    let identity = scene.cloud.make_identity(&scene.group, "pod").await;
    let trust = json!({"properties": {
        "issuer": issuer, "subject": "system:serviceaccount:ns:web", "audiences": ["api://AzureADTokenExchange"],
    }});
    let credential = format!("{}/federatedIdentityCredentials/web", identity["id"].as_str().unwrap());
    scene.cloud.arm("PUT", &credential, trust).await.ok();
    refused("ns/other", "No identity trusts").await;
    refused("ns/../web", "No identity trusts").await;

    let told = ask("ns/web").await.ok().body;
    let text = |name: &str| told["set"][name].as_str().unwrap().to_owned();
    assert!(told["unset"].as_array().unwrap().contains(&json!("AZURE_CLIENT_SECRET")));
    assert_eq!(text("AZURE_CLIENT_ID"), identity["properties"]["clientId"].as_str().unwrap());
    let assertion = std::fs::read_to_string(text("AZURE_FEDERATED_TOKEN_FILE")).unwrap();
    let url = format!("{}{}/oauth2/v2.0/token", text("AZURE_AUTHORITY_HOST"), text("AZURE_TENANT_ID"));
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &text("AZURE_CLIENT_ID")),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", &assertion),
        ("scope", "https://management.azure.com/.default"),
    ];
    let token = Answer::of(scene.cloud.http.post(url).form(&form)).await.ok();
    let claims = claims_of(token.body["access_token"].as_str().unwrap());
    assert_eq!(claims["oid"], identity["properties"]["principalId"]);
}

/// Properties without which Azure makes no such resource.
#[tokio::test]
async fn what_a_host_must_say() {
    let scene = Scene::set().await;
    let below = format!("{}/providers", scene.group);
    let learning = format!("{below}/Microsoft.MachineLearningServices/workspaces/w");
    scene.cloud.arm("PUT", &learning, json!({"location": "westeurope"})).await.ok();
    for (path, code) in [
        (format!("{below}/Microsoft.ContainerInstance/containerGroups/g"), "ContainerGroupMissingContainers"),
        (format!("{learning}/computes/c"), "UserError"),
        (format!("{below}/Microsoft.ServiceFabric/clusters/none/applications/a"), "ParentResourceNotFound"),
    ] {
        let answer = scene.cloud.arm("PUT", &path, json!({"location": "westeurope"})).await;
        assert_eq!(answer.code(), code, "{path}: {}", answer.body);
    }
}
