//! What the rest of smalt relies on: a commit is seen by everybody or nobody, and survives.

use model::{
    AppRoleAssignment, DirectoryObject, DirectoryRoleAssignment, Group, Identity, JsonMap, Kept, PermissionGrant,
    Resource, Scope, Time, VAULTS, VaultSecret,
};
use serde_json::json;
use uuid::Uuid;

use crate::{Durability, Owner, Store, StoreError};

fn resource(id: &str) -> Resource {
    Resource {
        id: id.to_owned(),
        resource_type: "A.B/c".to_owned(),
        name: id.rsplit('/').next().unwrap_or_default().to_owned(),
        location: Some("westeurope".to_owned()),
        tags: json!({"z": "1", "a": "2"}).as_object().cloned(),
        identity: Identity::default(),
        envelope: JsonMap::new(),
        spec: json!({"deep": {"list": [1, 2]}}).as_object().cloned().unwrap_or_default(),
        status: JsonMap::new(),
        runtime: JsonMap::new(),
        created_at: Time::UNIX_EPOCH,
        changed_at: Time::UNIX_EPOCH,
        version: 1,
    }
}

fn group(id: u128, members: &[u128]) -> DirectoryObject {
    DirectoryObject::Group(Group {
        id: Uuid::from_u128(id),
        display_name: format!("g{id}"),
        members: members.iter().map(|m| Uuid::from_u128(*m)).collect(),
        owners: Vec::new(),
        created_at: Time::UNIX_EPOCH,
        other: JsonMap::new(),
    })
}

async fn store() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path(), Durability::Ephemeral).await.unwrap();
    (directory, store)
}

#[tokio::test]
async fn a_change_is_seen_by_its_transaction_first_and_by_everybody_after_the_commit() {
    let (_directory, store) = store().await;
    let scope = Scope::new("/subscriptions/s/resourceGroups/G");
    let before = store.read();
    let mut tx = store.begin().await;
    tx.put_resource(resource("/subscriptions/s/resourceGroups/G"));
    assert!(tx.resource(&scope).is_some());
    assert!(store.read().resource(&scope).is_none());
    tx.commit().await.unwrap();
    assert!(store.read().resource(&scope).is_some());
    assert!(before.resource(&scope).is_none(), "a picture that was taken does not change");
}

#[tokio::test]
async fn a_dropped_transaction_leaves_no_trace() {
    let (directory, store) = store().await;
    let mut tx = store.begin().await;
    tx.put_resource(resource("/subscriptions/s"));
    drop(tx);
    assert_eq!(store.read().resources_below(&Scope::new("/")).count(), 0);
    drop(store);
    let store = Store::open(directory.path(), Durability::Full).await.unwrap();
    assert_eq!(store.read().resources_below(&Scope::new("/")).count(), 0);
}

#[tokio::test]
async fn what_was_committed_is_there_after_a_restart() {
    let (directory, store) = store().await;
    let mut tx = store.begin().await;
    let kept = tx.put_resource(resource("/subscriptions/s/resourceGroups/G/providers/A.B/c/Name"));
    tx.put_object(group(1, &[7]));
    tx.put_setting("colour", "blue");
    tx.claim_imds_port(&Scope::new("/vm1"));
    tx.claim_imds_port(&Scope::new("/vm2"));
    tx.commit().await.unwrap();
    drop(store);
    let store = Store::open(directory.path(), Durability::Full).await.unwrap();
    let world = store.read();
    assert_eq!(world.resource(&kept.scope()), Some(&kept), "order of tags and all");
    assert_eq!(world.transitive_groups_of(Uuid::from_u128(7)), [Uuid::from_u128(1)]);
    assert_eq!(world.setting("colour"), Some("blue"));
    assert_eq!((world.imds_port(&Scope::new("/VM1")), world.imds_port(&Scope::new("/vm2"))), (Some(0), Some(1)));
}

#[tokio::test]
async fn a_freed_port_is_given_again() {
    let (_directory, store) = store().await;
    let mut tx = store.begin().await;
    for vm in ["/a", "/b", "/c"] {
        tx.claim_imds_port(&Scope::new(vm));
    }
    tx.release_imds_port(&Scope::new("/b"));
    tx.claim_imds_port(&Scope::new("/c"));
    tx.claim_imds_port(&Scope::new("/d"));
    assert_eq!(tx.imds_port(&Scope::new("/c")), Some(2), "whoever has one keeps it");
    assert_eq!(tx.imds_port(&Scope::new("/d")), Some(1));
}

#[tokio::test]
async fn below_is_by_whole_segments() {
    let (_directory, store) = store().await;
    let mut tx = store.begin().await;
    for id in [
        "/subscriptions/s/resourceGroups/rg1",
        "/subscriptions/s/resourceGroups/rg10",
        "/subscriptions/s/resourceGroups/rg1/x",
    ] {
        tx.put_resource(resource(id));
    }
    let below = |scope: &str| tx.resources_below(&Scope::new(scope)).map(|r| r.id.clone()).collect::<Vec<_>>();
    assert_eq!(below("/subscriptions/S/resourceGroups/RG1"), ["/subscriptions/s/resourceGroups/rg1/x"]);
    assert_eq!(below("/").len(), 3);
}

#[tokio::test]
async fn groups_nest_and_cycles_do_no_harm() {
    let (_directory, store) = store().await;
    let mut tx = store.begin().await;
    tx.put_object(group(1, &[2, 9]));
    tx.put_object(group(2, &[3]));
    tx.put_object(group(3, &[1, 7]));
    let of = |tx: &crate::Tx, id: u128| {
        let mut groups: Vec<u128> = tx.transitive_groups_of(Uuid::from_u128(id)).iter().map(Uuid::as_u128).collect();
        groups.sort_unstable();
        groups
    };
    assert_eq!(of(&tx, 7), [1, 2, 3]);
    assert_eq!(of(&tx, 1), [2, 3]);
    tx.put_object(group(3, &[1]));
    assert!(of(&tx, 7).is_empty(), "who was taken out is out at once");
    tx.delete_object(Uuid::from_u128(9));
    assert_eq!(tx.group(Uuid::from_u128(1)).map(|g| g.members.len()), Some(1), "groups forget who is gone");
}

#[tokio::test]
async fn two_writers_take_turns() {
    let (_directory, store) = store().await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let store = store.clone();
        tasks.spawn(async move {
            let mut tx = store.begin().await;
            let count: u32 = tx.setting("count").and_then(|n| n.parse().ok()).unwrap_or(0);
            tokio::task::yield_now().await;
            tx.put_setting("count", &(count + 1).to_string());
            tx.commit().await.unwrap();
        });
    }
    tasks.join_all().await;
    assert_eq!(store.read().setting("count"), Some("20"));
}

#[test]
fn one_process_owns_a_directory() {
    let directory = tempfile::tempdir().unwrap();
    let first = Owner::of(directory.path()).unwrap();
    let refused = Owner::of(directory.path()).unwrap_err();
    assert!(
        matches!(&refused, StoreError::Owned { owner, .. } if *owner == std::process::id().to_string()),
        "{refused}"
    );
    drop(first);
    Owner::of(directory.path()).unwrap();
}

#[tokio::test]
async fn the_directory_keeps_its_records_over_a_restart() {
    let (directory, store) = store().await;
    let id = Uuid::from_u128;
    let mut tx = store.begin().await;
    for object in [group(1, &[2]), group(2, &[]), group(3, &[])] {
        tx.put_object(object);
    }
    tx.put_app_role_assignment(AppRoleAssignment {
        principal_id: id(1),
        number: id(9),
        resource_id: id(2),
        app_role_id: id(8),
        created_at: Time::UNIX_EPOCH,
    });
    let grant =
        |client_id| PermissionGrant { client_id, resource_id: id(1), principal_id: None, scope: "a b".to_owned() };
    tx.put_permission_grant(grant(id(2)));
    tx.put_permission_grant(grant(id(3)));
    tx.put_directory_role_assignment(DirectoryRoleAssignment { role_id: id(7), principal_id: id(3) });
    tx.soft_delete_object(id(2), Time::UNIX_EPOCH);
    tx.delete_permission_grant(&grant(id(3)));
    tx.commit().await.unwrap();
    drop(store);
    let store = Store::open(directory.path(), Durability::Full).await.unwrap();
    let world = store.read();
    assert_eq!(world.directory_roles_of(id(3)).collect::<Vec<_>>(), [id(7)]);
    assert_eq!((world.app_roles_of(id(1)).count(), world.permission_grants().count()), (0, 0), "one end is away");
    let deleted = world.deleted_object(id(2), Time::UNIX_EPOCH).unwrap().clone();
    // Three came, the first lost a member, the second went.
    assert_eq!((world.last_change(), world.changes_after(3).map(|changes| changes.len())), (5, Some(2)));
    assert_eq!(world.changes_after(6), None);
    let mut tx = store.begin().await;
    tx.restore_object(&deleted);
    assert_eq!(tx.group(id(1)).unwrap().members, [id(2)]);
    assert_eq!((tx.app_roles_on(id(2)).count(), tx.permission_grants_of(id(2)).count()), (1, 1));
    tx.delete_object(id(1));
    assert_eq!((tx.app_roles_on(id(2)).count(), tx.permission_grants().count()), (0, 0));
}

#[tokio::test]
async fn what_a_vault_keeps_survives_and_goes_with_its_value() {
    let (directory, store) = store().await;
    let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/KV1";
    let vault = Scope::new(id);
    let kept = Kept { vault: vault.clone(), name: "Mine".to_owned(), deletion: None };
    let secret = VaultSecret { kept, versions: Vec::new() };
    let mut tx = store.begin().await;
    tx.put_resource(Resource { resource_type: VAULTS.to_owned(), ..resource(id) });
    tx.put_vault_object(secret.clone()).unwrap();
    tx.put_vault_value(&secret, "1", "hidden".to_owned());
    tx.commit().await.unwrap();
    drop(store);
    let store = Store::open(directory.path(), Durability::Ephemeral).await.unwrap();
    let world = store.read();
    assert_eq!(world.vault("kv1").map(|found| found.id.as_str()), Some(id));
    assert_eq!(world.vault_object::<VaultSecret>(&vault, "mine").map(AsRef::as_ref), Some(&secret));
    assert_eq!(store.vault_value(&secret, "1").await.unwrap().as_deref(), Some("hidden"));
    let mut tx = store.begin().await;
    tx.purge_vault(&vault);
    tx.delete_resource(&vault);
    tx.commit().await.unwrap();
    assert!(store.read().vault("kv1").is_none());
    assert_eq!(store.read().vault_objects::<VaultSecret>(&vault).count(), 0);
    assert_eq!(store.vault_value(&secret, "1").await.unwrap(), None);
}
