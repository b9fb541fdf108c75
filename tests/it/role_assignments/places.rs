//! Where a role can be assigned, and how often.

use std::collections::BTreeSet;

use cloud::{Answer, CONTRIBUTOR, READER};
use model::{ManagementGroup, PrincipalType, RoleAssignment, Scope, Time};
use serde_json::json;
use store::Tx;
use uuid::Uuid;

use super::{SECRETS, Scene, id};

const KEY_VAULT_SECRETS_USER: &str = "4633458b-17de-408a-b874-0445c86b69e6";

#[tokio::test]
async fn a_role_is_assigned_where_it_can_be() {
    let scene = Scene::set().await;
    let (cloud, s) = (&scene.cloud, &scene.cloud.subscription);
    let corp = ManagementGroup::id_of("corp");
    cloud.arm("PUT", &corp, json!({})).await.ok();
    let roles = [
        (Uuid::from_u128(1), "Of the group", "actions", "*/read", &scene.group),
        (Uuid::from_u128(2), "Of corp", "actions", "*/read", &corp),
        (Uuid::from_u128(3), "Of data", "dataActions", SECRETS, s),
    ];
    for (role, name, member, actions, scope) in roles {
        let path = format!("{scope}/providers/Microsoft.Authorization/roleDefinitions/{role}");
        let permissions = json!([{member: [actions]}]);
        let properties = json!({"roleName": name, "permissions": permissions, "assignableScopes": [scope]});
        cloud.arm("PUT", &path, json!({"properties": properties})).await.ok();
    }
    let vm = cloud.make_silent_vm(&scene.group, "vm").await;
    let places = [("corp", &corp), ("subscription", s), ("group", &scene.group), ("machine", &vm)];
    let head: String = places.iter().map(|(name, _)| format!(" {name:<13}")).collect();
    let (mut table, mut refusals) = (format!("{:<43}{}\n", "", head.trim_end()), BTreeSet::new());
    for tree in ["subscription in the root group", "subscription in corp"] {
        for (role, name, ..) in roles {
            table.push_str(&format!("{tree:<30} {name:<12}"));
            for (_, scope) in places {
                let path = id(scope, 7);
                let answer = scene.put(&path, &json!({"roleDefinitionId": role})).await;
                table.push_str(&format!(" {:<13}", answer.status));
                if answer.status != 201 {
                    refusals.insert(scene.line("", &answer).trim_start().to_owned());
                }
                cloud.arm("DELETE", &path, None).await.ok();
            }
            table.truncate(table.trim_end().len());
            table.push('\n');
        }
        cloud.arm("PUT", &format!("{corp}{s}"), None).await.ok();
    }
    table.extend(refusals);
    // Azure's own roles may have data actions wherever they are assigned.
    scene.put(&id(&corp, 7), &json!({"roleDefinitionId": KEY_VAULT_SECRETS_USER})).await.ok();
    insta::assert_snapshot!(table, @"
                                                corp          subscription  group         machine
    subscription in the root group Of the group 400           400           201           201
    subscription in the root group Of corp      201           400           400           400
    subscription in the root group Of data      400           201           201           201
    subscription in corp           Of the group 400           400           201           201
    subscription in corp           Of corp      201           201           201           201
    subscription in corp           Of data      400           201           201           201
    400 InvalidCreateRoleAssignmentRequest Role assignments to Management Groups can not be made to custom role definitions with DataActions
    400 RoleAssignmentScopeNotAssignableToRoleDefinition The role Of corp is not available for assignment at the requested scope.
    400 RoleAssignmentScopeNotAssignableToRoleDefinition The role Of the group is not available for assignment at the requested scope.
    ");
}

/// Assignments as Resource Manager would keep them, without asking it each time.
fn fill(tx: &mut Tx, scopes: &[&str], count: u128) {
    for number in 0..count {
        let scope = scopes[usize::try_from(number).unwrap() % scopes.len()];
        tx.put_role_assignment(RoleAssignment {
            name: Uuid::from_u128(u128::from(scope.len() as u64) << 64 | number),
            scope: Scope::new(scope),
            scope_as_written: scope.to_owned(),
            role_definition_id: READER.parse().unwrap(),
            principal_id: Uuid::from_u128(number),
            principal_type: PrincipalType::User,
            condition: None,
            condition_version: None,
            description: None,
            delegated_managed_identity_resource_id: None,
            created_on: Time::UNIX_EPOCH,
            updated_on: Time::UNIX_EPOCH,
            created_by: None,
            updated_by: None,
        });
    }
}

#[tokio::test]
async fn a_subscription_and_a_management_group_are_full_at_some_time() {
    let scene = Scene::set().await;
    let (cloud, s) = (&scene.cloud, &scene.cloud.subscription);
    let vm = cloud.make_silent_vm(&scene.group, "vm").await;
    let [corp, other] = ["corp", "other"].map(ManagementGroup::id_of);
    cloud.arm("PUT", &corp, json!({})).await.ok();
    cloud.arm("PUT", &other, json!({})).await.ok();
    let mut tx = cloud.server.cloud.store.begin().await;
    fill(&mut tx, &[s, &scene.group, &vm], 3999);
    // Its creator owns it.
    fill(&mut tx, &[&corp], 499);
    tx.commit().await.unwrap();
    let full = |answer: Answer| (answer.summary(), answer.message().to_owned());
    let said = "Role assignment limit exceeded. No more role assignments can be created.".to_owned();
    let refused = ("400 RoleAssignmentLimitExceeded".to_owned(), said);
    let other_role = format!("/providers/Microsoft.Authorization/roleDefinitions/{CONTRIBUTOR}");
    scene.put(&id(&scene.group, 1), &json!({"roleDefinitionId": other_role})).await.ok();
    for scope in [s, &scene.group, &vm, &corp] {
        assert_eq!(full(scene.put(&id(scope, 2), &json!({})).await), refused, "{scope}");
    }
    let described = json!({"roleDefinitionId": other_role, "description": "what is there is changed"});
    scene.put(&id(&scene.group, 1), &described).await.ok();
    scene.put(&id(&other, 2), &json!({})).await.ok();
    scene.put(&id("", 3), &json!({})).await.ok();
    cloud.arm("DELETE", &id(&scene.group, 1), None).await.ok();
    scene.put(&id(&vm, 4), &json!({})).await.ok();
}
