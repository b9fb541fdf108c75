//! What goes, and what stays although its holder went.

use cloud::{Cloud, OWNER, READER, USER_ACCESS_ADMINISTRATOR};
use model::ManagementGroup;
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
