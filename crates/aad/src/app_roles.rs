//! App roles: the claim `roles`, which holds those that a principal has on the resource a token is for (IDENTITY-WIRE 4.2),
//! and whether it needs one to get a token at all.

use model::{ServicePrincipal, User};
use serde_json::{Value, json};
use store::Snapshot;
use uuid::Uuid;

use crate::error::Aadsts;
use crate::graph;
use crate::realm::Realm;
use crate::target::Target;

/// The values of the app roles that the principal, or a group that holds it, has on the resource. One without a principal
/// has none to give.
pub(crate) fn granted(world: &Snapshot, principal: Uuid, resource: Option<&ServicePrincipal>) -> Vec<String> {
    let Some(resource) = resource else { return Vec::new() };
    let holders = std::iter::once(principal).chain(world.groups_of(principal));
    let assigned = holders.flat_map(|holder| world.app_roles_of(holder));
    let ids: Vec<Uuid> = assigned.filter(|role| role.resource_id == resource.id).map(|role| role.app_role_id).collect();
    // Most principals have none, and then nobody needs to know what the resource offers.
    if ids.is_empty() {
        return Vec::new();
    }
    let roles = graph::app_roles(world, resource);
    let has = |role: &&Value| ids.iter().any(|id| role["id"] == json!(id)) && role["isEnabled"] != json!(false);
    roles.iter().filter(has).filter_map(|role| role["value"].as_str().map(str::to_owned)).collect()
}

/// Lets an application pass that the resource is open to, or that has one of its roles.
///
/// # Errors
/// [`Aadsts::ApplicationNotAssigned`].
pub(crate) fn check_application(
    realm: &Realm<'_>,
    principal: &ServicePrincipal,
    target: &Target<'_>,
) -> Result<(), Aadsts> {
    let closed = target.principal(realm.world).filter(|resource| !is_open(realm.world, principal.id, resource));
    closed.map_or(Ok(()), |resource| {
        Err(Aadsts::ApplicationNotAssigned {
            client: (principal.app_id, principal.display_name.clone()),
            resource: (resource.app_id, resource.display_name.clone()),
        })
    })
}

/// Lets a person pass whom both the client and the resource are open to.
///
/// # Errors
/// [`Aadsts::UserNotAssigned`].
pub(crate) fn check_person(realm: &Realm<'_>, user: &User, client: Uuid, target: &Target<'_>) -> Result<(), Aadsts> {
    let asked = [realm.world.service_principal_by_app_id(client), target.principal(realm.world)];
    let closed = asked.into_iter().flatten().find(|application| !is_open(realm.world, user.id, application));
    closed.map_or(Ok(()), |application| {
        Err(Aadsts::UserNotAssigned {
            user: user.user_principal_name.clone(),
            client_id: application.app_id,
            name: application.display_name.clone(),
        })
    })
}

/// Whether an application takes everybody, or holds a role for the principal or for a group that holds it directly.
fn is_open(world: &Snapshot, principal: Uuid, application: &ServicePrincipal) -> bool {
    let takes_everybody = application.other.get("appRoleAssignmentRequired") != Some(&Value::Bool(true));
    let has_role = |holder| world.app_roles_of(holder).any(|role| role.resource_id == application.id);
    takes_everybody || std::iter::once(principal).chain(world.groups_of(principal)).any(has_role)
}

#[cfg(test)]
mod tests {
    use model::{AppRoleAssignment, DirectoryObject};
    use serde_json::json;
    use uuid::{Uuid, uuid};

    use crate::testing::{APP, APP_PRINCIPAL, BEGIN, MACHINE, SECRET, World, world};

    const USER_READ_ALL: Uuid = uuid!("df021288-bdef-4463-88db-98f22de89214");
    const OWN_ROLE: Uuid = uuid!("00000000-0000-4000-8000-0000000000aa");

    /// The claim `roles` in a token for `resource`.
    async fn roles(world: &World, resource: &str) -> serde_json::Value {
        let app = APP.to_string();
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", app.as_str()),
            ("client_secret", SECRET),
            ("scope", &format!("{resource}/.default")),
        ];
        let token = world.post("v2.0", &form).await.json()["access_token"].as_str().unwrap().to_owned();
        let payload =
            base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, token.split('.').nth(1).unwrap());
        serde_json::from_slice::<serde_json::Value>(&payload.unwrap()).unwrap()["roles"].clone()
    }

    #[tokio::test]
    async fn a_token_tells_the_roles_on_its_own_resource() {
        let world = world().await;
        crate::ensure_first_party(&world.aad.store, BEGIN).await.unwrap();
        assert_eq!(roles(&world, "https://graph.microsoft.com").await, json!(null));
        let mut tx = world.aad.store.begin().await;
        let graph = tx.service_principal_by_app_id(uuid!("00000003-0000-0000-c000-000000000000")).unwrap().id;
        let mut own = tx.application_by_app_id(APP).unwrap().clone();
        let role = json!([{"id": OWN_ROLE, "value": "Task.Write", "isEnabled": true}]);
        own.other.insert("appRoles".to_owned(), role);
        tx.put_object(DirectoryObject::Application(own));
        for (principal_id, resource_id, app_role_id) in [
            (APP_PRINCIPAL, graph, USER_READ_ALL),
            (APP_PRINCIPAL, APP_PRINCIPAL, OWN_ROLE),
            (MACHINE, graph, Uuid::nil()),
        ] {
            let number = Uuid::from_u128(resource_id.as_u128() ^ 1);
            let assignment = AppRoleAssignment { principal_id, number, resource_id, app_role_id, created_at: BEGIN };
            tx.put_app_role_assignment(assignment);
        }
        tx.commit().await.unwrap();
        assert_eq!(roles(&world, "https://graph.microsoft.com").await, json!(["User.Read.All"]));
        assert_eq!(roles(&world, &format!("api://{APP}")).await, json!(["Task.Write"]));
        assert_eq!(roles(&world, "https://management.azure.com").await, json!(null));
    }
}
