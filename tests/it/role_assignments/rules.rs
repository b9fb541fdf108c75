//! What is written is kept or refused.

use cloud::{CONTRIBUTOR, READER};
use serde_json::{Value, json};

use super::{NOBODY, Scene, condition, id};

#[tokio::test]
async fn a_name_stands_for_one_assignment_in_the_tenant() {
    let scene = Scene::set().await;
    let (s, group) = (&scene.cloud.subscription, &scene.group);
    let role =
        |id: &str| json!({"roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{id}")});
    let mut table = String::new();
    for (case, path, change) in [
        ("no GUID", format!("{s}/providers/Microsoft.Authorization/roleAssignments/mine"), json!({})),
        ("a new one", id(s, 1), json!({})),
        ("the same again", id(s, 1), json!({})),
        ("the same, described", id(s, 1), json!({"description": "why"})),
        ("the same, under a condition", id(s, 1), json!({"condition": condition()})),
        ("the same to another role", id(s, 1), role(CONTRIBUTOR)),
        ("the same to another principal", id(s, 1), json!({"principalId": NOBODY, "principalType": "User"})),
        ("the same at another scope", id(group, 1), json!({})),
        ("another of the same tuple", id(s, 2), json!({})),
        ("another of the same tuple, under a condition", id(s, 2), json!({"condition": condition()})),
        ("another, at another scope", id(group, 2), json!({})),
        ("another, to another role", id(s, 3), role(CONTRIBUTOR)),
    ] {
        table.push_str(&scene.line(case, &scene.put(&path, &change).await));
    }
    insta::assert_snapshot!(table, @"
    no GUID                                                    400 InvalidRoleAssignmentId The role assignment ID 'mine' is not valid. The role assignment ID must be a GUID.
    a new one                                                  201
    the same again                                             201
    the same, described                                        201
    the same, under a condition                                201
    the same to another role                                   400 RoleAssignmentUpdateNotPermitted Tenant ID, application ID, principal ID, and scope are not allowed to be updated.
    the same to another principal                              400 RoleAssignmentUpdateNotPermitted Tenant ID, application ID, principal ID, and scope are not allowed to be updated.
    the same at another scope                                  400 RoleAssignmentUpdateNotPermitted Tenant ID, application ID, principal ID, and scope are not allowed to be updated.
    another of the same tuple                                  409 RoleAssignmentExists The role assignment already exists. The ID of the existing role assignment is 00000000000000000000000000000001.
    another of the same tuple, under a condition               409 RoleAssignmentExists The role assignment already exists. The ID of the existing role assignment is 00000000000000000000000000000001.
    another, at another scope                                  201
    another, to another role                                   201
    ");
}

#[tokio::test]
async fn who_is_assigned_to_is_known_or_vouched_for() {
    let scene = Scene::set().await;
    let group = scene.cloud.make_directory_group("team", &[]).await;
    let mut table = String::new();
    for (number, (case, version, principal, kind)) in [
        ("known", "2015-07-01", &*scene.principal, None),
        ("known, as what it is", "2022-04-01", &group, Some("group")),
        ("known, as something else", "2022-04-01", &group, Some("User")),
        ("known, as something else", "2015-07-01", &group, Some("User")),
        ("no GUID", "2022-04-01", "wow", None),
        ("nothing", "2022-04-01", "", None),
        ("no principal type", "2022-04-01", NOBODY, Some("Application")),
        ("an application", "2022-04-01", &scene.application, None),
        ("unknown", "2022-04-01", NOBODY, None),
        ("unknown user", "2022-04-01", NOBODY, Some("User")),
        ("unknown user", "2020-03-01-preview", NOBODY, Some("User")),
        ("unknown user", "2018-09-01-preview", NOBODY, Some("User")),
        ("unknown service principal", "2018-09-01-preview", NOBODY, Some("ServicePrincipal")),
        ("unknown service principal", "2018-01-01-preview", NOBODY, Some("ServicePrincipal")),
    ]
    .into_iter()
    .enumerate()
    {
        let path = format!("{}?api-version={version}", id(&scene.cloud.subscription, number as u128));
        let answer = scene.put(&path, &json!({"principalId": principal, "principalType": kind})).await;
        let line = scene.line(&format!("{version:<18} {case}"), &answer);
        let (first_sentence, _) = line.split_once(". ").unwrap_or((line.trim_end(), ""));
        table.push_str(&format!("{first_sentence}\n"));
        scene.cloud.arm("DELETE", &path, None).await.ok();
    }
    insta::assert_snapshot!(table, @"
    2015-07-01         known                                   201
    2022-04-01         known, as what it is                    201
    2022-04-01         known, as something else                400 UnmatchedPrincipalType The PrincipalId 'bcf3626a67b54a05ba43f7b1876d7abe' has type 'Group' , which is different from specified PrinciaplType 'User'.
    2015-07-01         known, as something else                400 UnmatchedPrincipalType The PrincipalId 'bcf3626a67b54a05ba43f7b1876d7abe' has type 'Group' , which is different from specified PrinciaplType 'User'.
    2022-04-01         no GUID                                 400 InvalidPrincipalId The Principal ID 'wow' is not valid
    2022-04-01         nothing                                 400 InvalidRequestContent The request content was invalid and could not be deserialized: 'Required property 'principalId' not found in JSON
    2022-04-01         no principal type                       400 InvalidPrincipalType The principal type 'Application' is not valid
    2022-04-01         an application                          400 PrincipalNotFound Principal 82e51d61250442dd9da1c36f1dfdaed9 does not exist in the directory {tenant}
    2022-04-01         unknown                                 400 PrincipalNotFound Principal 11111111111141118111111111111111 does not exist in the directory {tenant}
    2022-04-01         unknown user                            201
    2020-03-01-preview unknown user                            201
    2018-09-01-preview unknown user                            400 PrincipalNotFound Principal 11111111111141118111111111111111 does not exist in the directory {tenant}
    2018-09-01-preview unknown service principal               201
    2018-01-01-preview unknown service principal               400 PrincipalNotFound Principal 11111111111141118111111111111111 does not exist in the directory {tenant}
    ");
}

#[tokio::test]
async fn conditions_and_descriptions_are_checked() {
    let scene = Scene::set().await;
    let blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";
    let long = format!("{}{}", condition(), " ".repeat(8193 - condition().len()));
    let of = |condition: &str| json!({"condition": condition, "conditionVersion": "2.0"});
    let mut table = String::new();
    for (case, version, change) in [
        ("2.0", "2022-04-01", of(&condition())),
        ("no version", "2022-04-01", json!({"condition": condition()})),
        ("version 1.0", "2022-04-01", json!({"condition": condition(), "conditionVersion": "1.0"})),
        ("a version alone", "2022-04-01", json!({"conditionVersion": "2.0"})),
        ("blank", "2022-04-01", of(" ")),
        ("8,192 characters", "2022-04-01", of(&long[..8192])),
        ("8,193 characters", "2022-04-01", of(&long)),
        ("no condition", "2022-04-01", of("...")),
        ("one parenthesis too many", "2022-04-01", of(&format!("{})", condition()))),
        ("an action without support", "2022-04-01", of("ActionMatches{'Microsoft.Compute/virtualMachines/read'}")),
        (
            "an attribute of nothing",
            "2022-04-01",
            of("@Resource[Microsoft.ServiceBus/namespaces/queues:Name] StringEquals 'foo'"),
        ),
        (
            "GUIDs with storage",
            "2022-04-01",
            of(&format!("!(ActionMatches{{'{blobs}'}}) OR @Principal[a] GuidEquals {READER}")),
        ),
        ("no text", "2022-04-01", json!({"condition": {}})),
        ("an old api-version", "2018-09-01-preview", of(&condition())),
        ("description of 2,048 characters", "2022-04-01", json!({"description": "ä".repeat(2048)})),
        ("description of 2,049 characters", "2022-04-01", json!({"description": "ä".repeat(2049)})),
    ] {
        let path = format!("{}?api-version={version}", id(&scene.cloud.subscription, 1));
        table.push_str(&scene.line(case, &scene.put(&path, &change).await));
    }
    insta::assert_snapshot!(table, @"
    2.0                                                        201
    no version                                                 201
    version 1.0                                                400 InvalidRoleAssignmentCondition The given role assignment condition is invalid. The condition version must be '2.0', not '1.0'.
    a version alone                                            201
    blank                                                      201
    8,192 characters                                           201
    8,193 characters                                           400 InvalidRoleAssignmentCondition The given role assignment condition is invalid. It must not be longer than 8192 characters.
    no condition                                               400 InvalidRoleAssignmentCondition The given role assignment condition is invalid. It does not parse: unexpected character `.` at character 1.
    one parenthesis too many                                   400 InvalidRoleAssignmentCondition The given role assignment condition is invalid. It does not parse: expected AND, OR or the end, found `)` at character 143.
    an action without support                                  400 InvalidRoleAssignmentCondition The given role assignment condition is invalid. The action 'Microsoft.Compute/virtualMachines/read' does not support conditions.
    an attribute of nothing                                    400 InvalidRoleAssignmentCondition The given role assignment condition is invalid. Resource attribute Microsoft.ServiceBus/namespaces/queues:Name is not valid.
    GUIDs with storage                                         400 InvalidRoleAssignmentCondition The given role assignment condition is invalid. GUID operators cannot be used in a condition that targets data actions of storage.
    no text                                                    400 InvalidRequestContent The request content was invalid and could not be deserialized: 'Error converting value to type 'string'. Path 'properties.condition''.
    an old api-version                                         400 UnsupportedApiVersionForRoleAssignmentHasCondition Condition is not supported on API version '2018-09-01-preview'. The minimum required API version for this operation is '2020-03-01-preview'.
    description of 2,048 characters                            201
    description of 2,049 characters                            400 InvalidRoleAssignmentDescription The role assignment description must not be longer than 2048 characters.
    ");
}

/// An api-version shows what it knows; what it does not know, it leaves as it is.
#[tokio::test]
async fn an_api_version_has_its_members() {
    let scene = Scene::set().await;
    let path = |version: &str| format!("{}?api-version={version}", id(&scene.cloud.subscription, 1));
    let described = json!({
        "condition": condition(), "description": "why", "delegatedManagedIdentityResourceId": format!("{}/x", scene.group),
    });
    scene.put(&path("2022-04-01"), &described).await.ok();
    let before = scene.cloud.arm("GET", &path("2022-04-01"), None).await.ok().body;
    let mut table = String::new();
    for version in ["2015-07-01", "2018-09-01-preview", "2019-04-01-preview", "2020-03-01-preview", "2022-04-01"] {
        let shown = scene.cloud.arm("GET", &path(version), None).await.ok().body;
        let names: Vec<_> = shown["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        table.push_str(&format!("{version}: {}\n", names.join(" ")));
    }
    insta::assert_snapshot!(table, @"
    2015-07-01: roleDefinitionId principalId scope createdOn updatedOn createdBy updatedBy
    2018-09-01-preview: roleDefinitionId principalId principalType scope createdOn updatedOn createdBy updatedBy
    2019-04-01-preview: roleDefinitionId principalId principalType scope createdOn updatedOn createdBy updatedBy delegatedManagedIdentityResourceId
    2020-03-01-preview: roleDefinitionId principalId principalType scope condition conditionVersion createdOn updatedOn createdBy updatedBy delegatedManagedIdentityResourceId
    2022-04-01: roleDefinitionId principalId principalType scope condition conditionVersion createdOn updatedOn createdBy updatedBy delegatedManagedIdentityResourceId description
    ");
    assert_eq!(before["properties"]["conditionVersion"], "2.0");
    scene.put(&path("2015-07-01"), &json!({"description": "ignored"})).await.ok();
    let mut after = scene.cloud.arm("GET", &path("2022-04-01"), None).await.ok().body;
    after["properties"]["updatedOn"] = before["properties"]["updatedOn"].clone();
    assert_eq!(after, before);
    scene.put(&path("2022-04-01"), &json!({})).await.ok();
    let bare = scene.cloud.arm("GET", &path("2022-04-01"), None).await.ok().body;
    assert_eq!(bare["properties"]["condition"], Value::Null, "a PUT that could say it and does not takes it away");
}
