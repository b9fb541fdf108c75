//! What goes, and what stays although its holder went.

use cloud::{Cloud, OWNER, READER, USER_ACCESS_ADMINISTRATOR};
use model::{DenyAssignment, DenyEffect, ManagementGroup, Scope, Time};
use serde_json::json;

#[tokio::test]
async fn the_last_owner_of_a_subscription_stays() {
    let cloud = Cloud::start().await;
    let (s, group) = (cloud.subscription.clone(), cloud.make_group("rg").await);
    let administrator = cloud.make_application("administrator").await;
    cloud.assign(&administrator.principal, USER_ACCESS_ADMINISTRATOR, &s).await;
    let administrator = cloud.caller(cloud.token_of(&administrator).await);
    let [one, other] = [cloud.make_application("one").await, cloud.make_application("other").await];
    let below = cloud.assign(&one.principal, OWNER, &group).await;
    let root = ManagementGroup::id_of(&cloud.tenant);
    let above = cloud.assign(&one.principal, OWNER, &root).await;
    let last = cloud.assign(&one.principal, OWNER, &s).await;
    let reader = cloud.assign(&one.principal, READER, &s).await;
    let stays = administrator.arm("DELETE", &last, None).await;
    let said = ("412 CannotDeleteLastRbacAdminAssignment".to_owned(), "Cannot delete the last RBAC admin assignment");
    assert_eq!((stays.summary(), stays.message()), said, "Owners above are no Owners of its own");
    administrator.arm("DELETE", &below, None).await.ok();
    administrator.arm("DELETE", &reader, None).await.ok();
    cloud.arm("DELETE", &above, None).await.ok();
    let second = cloud.assign(&other.principal, OWNER, &s).await;
    administrator.arm("DELETE", &last, None).await.ok();
    cloud.graph("DELETE", &format!("/servicePrincipals/{}", other.principal), None).await.ok();
    assert_eq!(administrator.arm("DELETE", &second, None).await.status, 412, "even one who is gone");
    cloud.arm("DELETE", &second, None).await.ok();
}

/// What somebody held stays when they go, and is nobody's: not even of who comes after them under the same name.
#[tokio::test]
async fn assignments_outlive_their_principals() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let gone = cloud.make_application("gone").await;
    let token = cloud.token_of(&gone).await;
    let path = cloud.assign(&gone.principal, READER, &group).await;
    let before = cloud.arm("GET", &path, None).await.ok().body;
    cloud.caller(token.clone()).arm("GET", &group, None).await.ok();
    cloud.graph("DELETE", &format!("/servicePrincipals/{}", gone.principal), None).await.ok();
    assert_eq!(cloud.arm("GET", &path, None).await.ok().body, before);
    assert_eq!(cloud.caller(token).arm("GET", &group, None).await.status, 403);
    let list = format!("{group}/providers/Microsoft.Authorization/roleAssignments");
    for filter in [
        "atScope()".to_owned(),
        format!("principalId eq '{0}'", gone.principal),
        format!("assignedTo('{}')", gone.principal),
    ] {
        let listed = cloud.arm("GET", &format!("{list}?$filter={filter}"), None).await.ok().body;
        assert!(listed["value"].as_array().unwrap().contains(&before), "{filter}");
    }
    let again = cloud.graph("POST", "/servicePrincipals", json!({"appId": gone.client_id})).await.ok().body;
    assert_ne!(again["id"], json!(gone.principal));
    let caller = cloud.caller(cloud.token_of(&gone).await);
    assert_eq!(caller.arm("GET", &group, None).await.status, 403);
    cloud.arm("DELETE", &path, None).await.ok();
    assert_eq!(cloud.arm("GET", &path, None).await.summary(), "404 RoleAssignmentNotFound");
}

/// A group that is made anew under an old name begins without rights and without denials.
#[tokio::test]
async fn what_holds_in_a_group_goes_with_it() {
    let cloud = Cloud::start().await;
    let (group, other) = (cloud.make_group("rg").await, cloud.make_group("rg1").await);
    let identity = cloud.make_identity(&group, "id").await["id"].as_str().unwrap().to_owned();
    let somebody = cloud.make_application("somebody").await.principal;
    let mut tx = cloud.server.cloud.store.begin().await;
    for scope in [&group, &identity, &other, &cloud.subscription] {
        tx.put_deny_assignment(DenyAssignment {
            name: cloud.server.cloud.ids.guid(),
            display_name: "deny".to_owned(),
            description: None,
            permissions: Vec::new(),
            scope: Scope::new(scope),
            scope_as_written: scope.clone(),
            principals: Vec::new(),
            exclude_principals: Vec::new(),
            do_not_apply_to_child_scopes: false,
            is_system_protected: false,
            effect: DenyEffect::Enforced,
            condition: None,
            condition_version: None,
            created_on: Time::UNIX_EPOCH,
            updated_on: Time::UNIX_EPOCH,
            created_by: None,
            updated_by: None,
        });
    }
    tx.commit().await.unwrap();
    for scope in [&group, &identity, &other, &cloud.subscription] {
        cloud.assign(&somebody, READER, scope).await;
    }
    cloud.arm("DELETE", &group, None).await.ok();
    let world = cloud.server.cloud.store.read();
    let mut roles: Vec<_> =
        world.role_assignments_of(somebody.parse().unwrap()).map(|a| a.scope_as_written.as_str()).collect();
    let mut denies: Vec<_> = world.access().deny_assignments.iter().map(|d| d.scope_as_written.as_str()).collect();
    roles.sort_unstable();
    denies.sort_unstable();
    assert_eq!([roles, denies], [[&*cloud.subscription, &other], [&*cloud.subscription, &other]]);
}
