//! `kill -9` at any moment: what was acknowledged is there after the restart, nothing is there by half, and the world's
//! addresses are the same.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::program::{Owner, Program, smalt, state_below};

/// How often the server is killed, unless `SMALT_KILLS` says otherwise.
const KILLS: usize = 3;
const WRITERS: usize = 4;

/// What the server said it had done.
#[derive(Clone, Default)]
struct Acknowledged {
    /// Ids that were put and not deleted.
    there: HashSet<String>,
    /// Ids that were deleted.
    gone: HashSet<String>,
    /// Principals of identities that were put.
    principals: HashSet<String>,
}

/// Counts acknowledgements and says when there are enough of them to kill the server.
struct Trigger {
    left: AtomicUsize,
    reached: Notify,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_write_survives() {
    let kills = std::env::var("SMALT_KILLS").ok().map_or(KILLS, |text| text.parse().expect("SMALT_KILLS is no number"));
    let directory = tempfile::tempdir().unwrap();
    let state = state_below(&directory);
    let (mut program, base) = Program::serve_anew(&state, &["--seed", "1"]);
    let group = format!("{}/resourceGroups/rg", program.subscription());
    let owner = program.owner().await;
    owner.arm("PUT", &group, json!({"location": "westeurope"})).await.unwrap().ok();
    for name in ["VM1", "VM2"] {
        owner.make_vm(&group, name, json!({"type": "SystemAssigned"})).await;
    }
    let addresses = addresses(&program, &state);
    let acknowledged = Arc::new(Mutex::new(Acknowledged::default()));
    let mut moment = 0x9e37_79b9_7f4a_7c15_u64;
    for round in 0..kills {
        // Xorshift: another moment in every round, the same ones in every run.
        moment ^= moment << 13;
        moment ^= moment >> 7;
        moment ^= moment << 17;
        let enough = 1 + usize::try_from(moment % 40).unwrap();
        let trigger = Arc::new(Trigger { left: AtomicUsize::new(enough), reached: Notify::new() });
        let owner = program.owner().await;
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let name = format!("r{round}w{writer}");
            writers.spawn(write(owner.clone(), group.clone(), name, acknowledged.clone(), trigger.clone()));
        }
        trigger.reached.notified().await;
        program.kill();
        writers.join_all().await;
        program = Program::serve(&state, base, &[]).expect("the server does not start again on what is left");
        let noted = acknowledged.lock().unwrap().clone();
        check(&program.owner().await, &group, &noted).await;
        assert_eq!(self::addresses(&program, &state), addresses, "round {round}");
    }
}

/// Writes until the server is no more.
async fn write(
    owner: Owner,
    group: String,
    name: String,
    acknowledged: Arc<Mutex<Acknowledged>>,
    trigger: Arc<Trigger>,
) {
    for n in 0.. {
        let Ok(()) = write_once(&owner, &group, &format!("{name}n{n}"), n, &acknowledged).await else { return };
        if trigger.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some(left.saturating_sub(1))) == Ok(1)
        {
            trigger.reached.notify_one();
        }
    }
}

/// A group, an identity, a role assignment, or one that is deleted again; an answer is noted before the next question.
async fn write_once(owner: &Owner, group: &str, name: &str, n: usize, to: &Mutex<Acknowledged>) -> reqwest::Result<()> {
    let subscription = group.split("/resourceGroups").next().unwrap();
    let located = json!({"location": "westeurope", "tags": {"of": name}});
    let (id, body) = match n % 4 {
        0 => (format!("{subscription}/resourceGroups/{name}"), located),
        1 => (format!("{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"), located),
        _ => (
            format!("{group}/providers/Microsoft.Authorization/roleAssignments/{}", guid(name)),
            assignment(subscription, name),
        ),
    };
    let made = owner.arm("PUT", &id, body).await?.ok();
    {
        let mut noted = to.lock().unwrap();
        noted.there.insert(id.to_ascii_lowercase());
        // The answer about an assignment has a principal as well; only an identity has a client id.
        noted.principals.extend(made.body["properties"]["clientId"].as_str().and_then(|_| principal_of(&made.body)));
    }
    if n % 4 == 3 {
        // Whether a deletion without an answer happened is not known.
        to.lock().unwrap().there.remove(&id.to_ascii_lowercase());
        owner.arm("DELETE", &id, None).await?.ok();
        to.lock().unwrap().gone.insert(id.to_ascii_lowercase());
    }
    Ok(())
}

fn principal_of(identity: &Value) -> Option<String> {
    identity["properties"]["principalId"].as_str().map(str::to_owned)
}

/// Of a principal that the directory does not know, which is taken when its type is said.
fn assignment(subscription: &str, name: &str) -> Value {
    let mut body = cloud::assignment(subscription, &guid(name), cloud::READER);
    body["properties"]["principalType"] = json!("ServicePrincipal");
    body
}

fn guid(name: &str) -> String {
    let mut bytes = [0; 16];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    uuid::Uuid::from_bytes(bytes).to_string()
}

async fn check(owner: &Owner, group: &str, acknowledged: &Acknowledged) {
    let subscription = group.split("/resourceGroups").next().unwrap();
    let identities = owner.list(&format!("{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities")).await;
    let mut listed = owner.list(&format!("{subscription}/resourceGroups")).await;
    listed.extend(owner.list(&format!("{group}/providers/Microsoft.Authorization/roleAssignments")).await);
    listed.extend(identities.iter().cloned());
    let ids: HashSet<String> = listed.iter().filter_map(|r| r["id"].as_str()).map(str::to_ascii_lowercase).collect();
    let lost: Vec<_> = acknowledged.there.difference(&ids).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let risen: Vec<_> = acknowledged.gone.intersection(&ids).collect();
    assert!(risen.is_empty(), "deleted and there again: {risen:?}");
    let directory = owner.directory("/servicePrincipals").await;
    let principals: HashSet<String> = directory.iter().filter_map(|p| p["id"].as_str()).map(str::to_owned).collect();
    let lost: Vec<_> = acknowledged.principals.difference(&principals).collect();
    assert!(lost.is_empty(), "principals of acknowledged identities are lost: {lost:?}");
    // One commit makes an identity and its principal, answered or not.
    let half: Vec<_> = identities.iter().filter_map(principal_of).filter(|p| !principals.contains(p)).collect();
    assert!(half.is_empty(), "identities without a principal: {half:?}");
}

/// Where the metadata services are, and whom clients trust.
fn addresses(program: &Program, state: &std::path::Path) -> Vec<String> {
    let imds = ["VM1", "VM2"].map(|vm| {
        let mut env = smalt(&["env", "--vm", vm, "-o", "json"]);
        let output = env.arg("--state").arg(state).output().unwrap();
        let variables: Value = serde_json::from_slice(&output.stdout).unwrap();
        variables["SMALT_IMDS"].as_str().unwrap().to_owned()
    });
    let authority = std::fs::read_to_string(program.variable("SMALT_CA")).unwrap();
    imds.into_iter().chain([authority, program.variable("SMALT_ARM").to_owned()]).collect()
}
