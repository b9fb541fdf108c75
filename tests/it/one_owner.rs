//! One process owns a world, and what it takes away is gone: on the very next request, on every face, under load.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cloud::{ARM, Answer, Cloud, GRAPH, READER};
use serde_json::json;
use tokio::task::JoinSet;

use crate::program::{Program, smalt, state_below};

#[test]
fn a_second_owner_is_refused_in_one_sentence() {
    let directory = tempfile::tempdir().unwrap();
    let state = state_below(&directory);
    let (program, _) = Program::serve_anew(&state, &[]);
    let base = cloud::next_free_block().to_string();
    let second = smalt(&["serve", "--base-port", &base]).arg("--state").arg(&state).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    assert!(second.stdout.is_empty(), "it announced itself");
    let said = String::from_utf8(second.stderr).unwrap();
    let path = state.display();
    let process = program.child.id();
    let expected = format!(
        "smalt: another smalt is serving the state directory {path} (process {process}): stop it, or name another directory \
         with --state\n"
    );
    assert_eq!(said, expected);
}

#[tokio::test]
async fn sigterm_ends_it_within_a_second() {
    let directory = tempfile::tempdir().unwrap();
    let state = state_below(&directory);
    let (mut program, base) = Program::serve_anew(&state, &[]);
    // A client that keeps its connection open does not hold it up.
    let owner = program.owner().await;
    let group = format!("{}/resourceGroups/rg", program.subscription());
    owner.arm("PUT", &group, json!({"location": "westeurope"})).await.unwrap().ok();
    let asked = Instant::now();
    let kill = std::process::Command::new("kill").arg(program.child.id().to_string()).stdout(Stdio::null()).status();
    assert!(kill.unwrap().success());
    let status = tokio::task::spawn_blocking(move || (program.child.wait().unwrap(), asked.elapsed())).await.unwrap();
    assert_eq!(status.0.code(), Some(0));
    assert!(status.1 < Duration::from_secs(1), "it took {:?}", status.1);
    let program = Program::serve(&state, base, &[]).expect("the next one does not start");
    program.owner().await.arm("GET", &group, None).await.unwrap().ok();
}

/// Eight readers that never rest, until this is dropped.
struct Load {
    readers: JoinSet<()>,
    answered: Arc<AtomicU64>,
    stopping: Arc<AtomicBool>,
}

impl Load {
    async fn on(cloud: &Cloud, path: &str) -> Self {
        let application = cloud.make_application("load").await;
        cloud.assign(&application.principal, READER, &cloud.subscription).await;
        let token = cloud.token_of(&application).await;
        let (answered, stopping) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let mut readers = JoinSet::new();
        for _ in 0..8 {
            let (http, url, token) = (cloud.http.clone(), format!("{ARM}{path}?api-version=2024-11-01"), token.clone());
            let (answered, stopping) = (answered.clone(), stopping.clone());
            readers.spawn(async move {
                while !stopping.load(Ordering::Relaxed) {
                    Answer::of(http.get(&url).bearer_auth(&token)).await.ok();
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        Self { readers, answered, stopping }
    }

    /// Ends the readers, all of whose requests were answered with what they may read.
    async fn stop(self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.readers.join_all().await;
        assert!(self.answered.load(Ordering::Relaxed) > 0, "there was no load");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_right_is_gone_at_once() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    cloud.make_identity(&group, "something").await;
    let load = Load::on(&cloud, &format!("{group}/resources")).await;
    let application = cloud.make_application("app").await;
    let caller = cloud.caller(cloud.token_of(&application).await);
    let members = cloud
        .graph(
            "POST",
            "/groups",
            json!({
                "displayName": "readers", "mailNickname": "readers", "mailEnabled": false, "securityEnabled": true,
            }),
        )
        .await
        .ok()
        .body["id"]
        .as_str()
        .unwrap()
        .to_owned();
    cloud.assign(&members, READER, &group).await;
    let resources = format!("{group}/resources");
    for round in 0..25 {
        assert_eq!(caller.arm("GET", &resources, None).await.summary(), "403 AuthorizationFailed", "{round}: before");
        let assignment = cloud.assign(&application.principal, READER, &group).await;
        assert_eq!(caller.arm("GET", &resources, None).await.summary(), "200", "{round}: assigned");
        cloud.arm("DELETE", &assignment, None).await.ok();
        assert_eq!(caller.arm("GET", &resources, None).await.summary(), "403 AuthorizationFailed", "{round}: deleted");
        let member = json!({"@odata.id": format!("{GRAPH}/v1.0/directoryObjects/{}", application.principal)});
        cloud.graph("POST", &format!("/groups/{members}/members/$ref"), member).await.ok();
        assert_eq!(caller.arm("GET", &resources, None).await.summary(), "200", "{round}: a member");
        cloud.graph("DELETE", &format!("/groups/{members}/members/{}/$ref", application.principal), None).await.ok();
        assert_eq!(
            caller.arm("GET", &resources, None).await.summary(),
            "403 AuthorizationFailed",
            "{round}: no member"
        );
    }
    load.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_detached_identity_and_a_deleted_machine_are_gone_at_once() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let resources = format!("{group}/resources");
    let load = Load::on(&cloud, &resources).await;
    let identity = cloud.make_identity(&group, "id1").await;
    let (id, client) = (identity["id"].as_str().unwrap(), identity["properties"]["clientId"].as_str().unwrap());
    let by_client = format!("&client_id={client}");
    for round in 0..5 {
        let vm = cloud.make_vm(&group, &format!("vm{round}")).await;
        let both = json!({"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {id: {}}});
        let patched = cloud.patch_identity(&vm, both).await.ok();
        cloud.assign(patched.body["identity"]["principalId"].as_str().unwrap(), READER, &group).await;
        cloud.imds_token(&vm, &by_client).await.ok();
        let token = cloud.imds_token(&vm, "").await.ok().body["access_token"].as_str().unwrap().to_owned();
        let caller = cloud.caller(token);
        assert_eq!(caller.arm("GET", &resources, None).await.summary(), "200", "{round}");
        // The cached token of the identity does not outlive its being attached.
        cloud.patch_identity(&vm, json!({"type": "SystemAssigned"})).await.ok();
        let refused = cloud.imds_token(&vm, &by_client).await;
        assert_eq!((refused.status, refused.message()), (400, "Identity not found"), "{round}");
        // The machine goes: its service is silent, its principal may nothing, whatever tokens are left.
        let service = cloud.imds_address(&vm);
        cloud.arm("DELETE", &vm, None).await.ok();
        let path = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/";
        let asked =
            Answer::of_attempt(cloud.http.get(format!("http://{service}{path}")).header("Metadata", "true")).await;
        assert!(asked.as_ref().map_or(true, |answer| answer.status == 410), "{round}: {asked:?}");
        assert_eq!(caller.arm("GET", &resources, None).await.summary(), "403 AuthorizationFailed", "{round}");
    }
    load.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_credential_that_is_removed_is_gone_at_once() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let resources = format!("{group}/resources");
    let load = Load::on(&cloud, &resources).await;
    let application = cloud.make_application("app").await;
    cloud.assign(&application.principal, READER, &group).await;
    let held = cloud.caller(cloud.token_of(&application).await);
    let path = format!("/applications/{}", application.object_id);
    let key = cloud.graph("GET", &path, None).await.ok().body["passwordCredentials"][0]["keyId"].clone();
    cloud.graph("POST", &format!("{path}/removePassword"), json!({"keyId": key})).await.ok();
    let refused = cloud.token_by_secret(&application.client_id, &application.secret, ARM).await;
    assert_eq!((refused.status, refused.body["error_codes"][0].as_u64()), (401, Some(7_000_215)));
    // A token lives on after its secret, and dies with its principal, on every face.
    assert_eq!(held.arm("GET", &resources, None).await.summary(), "200");
    cloud.graph("DELETE", &format!("/servicePrincipals/{}", application.principal), None).await.ok();
    assert_eq!(held.arm("GET", &resources, None).await.summary(), "403 AuthorizationFailed");
    let refused = cloud.token_by_secret(&application.client_id, &application.secret, ARM).await;
    assert_eq!(refused.body["error_codes"][0].as_u64(), Some(7_000_229));
    // Graph: who administers the directory through a group-less right of its own loses it with its principal too.
    let owner = smalt::world::owner_of(&cloud.server.cloud.store);
    let token = cloud.token_by_secret(&owner.client_id, &owner.client_secret, GRAPH).await.ok();
    let administrator = cloud.caller(token.body["access_token"].as_str().unwrap());
    let me = administrator.graph("GET", &format!("/servicePrincipals(appId='{}')", owner.client_id), None).await.ok();
    let path = format!("/servicePrincipals/{}", me.body["id"].as_str().unwrap());
    load.stop().await;
    administrator.graph("DELETE", &path, None).await.ok();
    assert_eq!(administrator.graph("GET", "/users", None).await.summary(), "403 Authorization_RequestDenied");
    assert_eq!(cloud.arm("GET", &resources, None).await.summary(), "403 AuthorizationFailed");
}
