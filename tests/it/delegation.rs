//! Constrained delegation: the right to assign roles, handed on with a condition over what is assigned to whom (RBAC A7).
//! Conditions are those of Azure's own page, "Examples to delegate Azure role assignment management with conditions".

use cloud::{Answer, CONTRIBUTOR, Caller, Cloud, OWNER, READER, USER_ACCESS_ADMINISTRATOR, assignment};
use serde_json::{Value, json};

const RBAC_ADMINISTRATOR: &str = "f58310d9-a9f6-439a-9e8d-f62e7b41a168";
/// Its own definition has a condition: it gives roles of Key Vault's data plane and no others.
const KEY_VAULT_DATA_ACCESS_ADMINISTRATOR: &str = "8b54135c-b56d-4d72-a534-26097cfdc8d8";
const KEY_VAULT_SECRETS_USER: &str = "4633458b-17de-408a-b874-0445c86b69e6";

/// A condition that asks the same of what is assigned and of what is taken away.
fn both(test: &str) -> String {
    let clause = |verb: &str, source: &str| {
        let test = test.replace("@[", &format!("{source}[Microsoft.Authorization/roleAssignments:"));
        format!("((!(ActionMatches{{'Microsoft.Authorization/roleAssignments/{verb}'}})) OR ({test}))")
    };
    format!("{} AND {}", clause("write", "@Request"), clause("delete", "@Resource"))
}

/// An application that holds a role in the subscription, under a condition or none.
async fn delegate<'a>(cloud: &'a Cloud, name: &str, role: &str, condition: Option<String>) -> Caller<'a> {
    let application = cloud.make_application(name).await;
    let mut body = assignment(&cloud.subscription, &application.principal, role);
    body["properties"]["condition"] = json!(condition);
    cloud.arm("PUT", &fresh(cloud), body).await.ok();
    cloud.caller(cloud.token_of(&application).await)
}

/// The id of an assignment that is yet to be made in the subscription.
fn fresh(cloud: &Cloud) -> String {
    format!(
        "{}/providers/Microsoft.Authorization/roleAssignments/{}",
        cloud.subscription,
        cloud.server.cloud.ids.guid()
    )
}

/// Whether the road let the caller pass; a refusal says what Azure says.
fn passed(answer: &Answer, verb: &str) -> bool {
    let said = format!(
        "does not have authorization or an ABAC condition not fulfilled to perform action 'Microsoft.Authorization/roleAssignments/{verb}'"
    );
    assert!(answer.status != 403 || answer.message().contains(&said), "{}", answer.text);
    answer.status != 403
}

#[tokio::test]
async fn a_condition_says_which_assignments_may_be_made_and_taken_away() {
    let cloud = Cloud::start().await;
    let person = cloud.make_application("somebody").await.principal;
    let team = cloud.make_directory_group("team", &[]).await;
    let role = "@[RoleDefinitionId]";
    let only_reader = both(&format!("{role} ForAnyOfAnyValues:GuidEquals {{{READER}}}"));
    let to_groups = both("@[PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'Group'}");
    let to_one = both(&format!("@[PrincipalId] ForAnyOfAnyValues:GuidEquals {{{team}}}"));
    let privileged = format!("{OWNER}, {RBAC_ADMINISTRATOR}, {USER_ACCESS_ADMINISTRATOR}");
    let unprivileged = both(&format!("{role} ForAnyOfAllValues:GuidNotEquals {{{privileged}}}"));
    let delegates = [
        ("anything", delegate(&cloud, "d0", USER_ACCESS_ADMINISTRATOR, None).await),
        ("only Reader", delegate(&cloud, "d1", USER_ACCESS_ADMINISTRATOR, Some(only_reader)).await),
        ("to groups", delegate(&cloud, "d2", RBAC_ADMINISTRATOR, Some(to_groups)).await),
        ("to one team", delegate(&cloud, "d3", RBAC_ADMINISTRATOR, Some(to_one)).await),
        ("unprivileged", delegate(&cloud, "d4", OWNER, Some(unprivileged)).await),
        ("Key Vault", delegate(&cloud, "d5", KEY_VAULT_DATA_ACCESS_ADMINISTRATOR, None).await),
        ("nothing", delegate(&cloud, "d6", CONTRIBUTOR, None).await),
    ];
    let head: String = delegates.iter().map(|(name, _)| format!(" {name:<12}")).collect();
    let mut table = format!("{:<40}{}\n", "", head.trim_end());
    for (what, principal, role, kind) in [
        ("Reader to a group", &team, READER, Some("Group")),
        ("Reader to a group, its type not said", &team, READER, None),
        ("Reader to an application", &person, READER, Some("serviceprincipal")),
        ("Contributor to a group", &team, CONTRIBUTOR, Some("Group")),
        ("Contributor to an application", &person, CONTRIBUTOR, None),
        ("Owner to a group", &team, OWNER, Some("Group")),
        ("Key Vault Secrets User to an application", &person, KEY_VAULT_SECRETS_USER, None),
    ] {
        let mut cells = String::new();
        for (_, delegate) in &delegates {
            let id = fresh(&cloud);
            let mut body = assignment(&cloud.subscription, principal, role);
            body["properties"]["principalType"] = json!(kind);
            let made = delegate.arm("PUT", &id, body.clone()).await;
            if !passed(&made, "write") {
                cloud.arm("PUT", &id, body).await.ok();
            }
            let gone = delegate.arm("DELETE", &id, None).await;
            if !passed(&gone, "delete") {
                cloud.arm("DELETE", &id, None).await.ok();
            }
            cells.push_str(&format!(" {:<12}", format!("{} {}", made.status, gone.status)));
        }
        table.push_str(&format!("{what:<40}{}\n", cells.trim_end()));
    }
    insta::assert_snapshot!(table, @"
                                             anything     only Reader  to groups    to one team  unprivileged Key Vault    nothing
    Reader to a group                        201 200      201 200      201 200      201 200      201 200      403 403      403 403
    Reader to a group, its type not said     201 200      201 200      201 200      201 200      201 200      403 403      403 403
    Reader to an application                 201 200      201 200      403 403      403 403      201 200      403 403      403 403
    Contributor to a group                   201 200      403 403      201 200      201 200      201 200      403 403      403 403
    Contributor to an application            201 200      403 403      403 403      403 403      201 200      403 403      403 403
    Owner to a group                         201 200      403 403      201 200      201 200      403 403      403 403      403 403
    Key Vault Secrets User to an application 201 200      403 403      403 403      403 403      201 200      201 200      403 403
    ");
}

/// Whoever is constrained learns nothing from what cannot be read; whoever is not is told what is wrong.
#[tokio::test]
async fn what_cannot_be_read_meets_no_condition() {
    let cloud = Cloud::start().await;
    let only_reader = both(&format!("@[RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{READER}}}"));
    let delegate = delegate(&cloud, "delegate", USER_ACCESS_ADMINISTRATOR, Some(only_reader)).await;
    let somebody = cloud.make_application("somebody").await.principal;
    let good = assignment(&cloud.subscription, &somebody, READER);
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body["properties"][name] = value;
        body
    };
    for (body, refused, wrong) in [
        (Value::Null, 403, 400),
        (json!([]), 403, 400),
        (json!({"properties": null}), 403, 400),
        (json!({"properties": [good["properties"]]}), 403, 400),
        (with("roleDefinitionId", Value::Null), 403, 400),
        (with("roleDefinitionId", json!([READER])), 403, 400),
        (with("roleDefinitionId", json!("Reader")), 403, 404),
        // Of the rest nothing is asked.
        (with("principalId", json!(7)), 400, 400),
        (with("principalType", json!({})), 400, 400),
        (with("principalType", json!("Robot")), 400, 400),
    ] {
        for version in ["2022-04-01", "2015-07-01"] {
            let path = format!("{}?api-version={version}", fresh(&cloud));
            let answer = delegate.arm("PUT", &path, body.clone()).await;
            assert_eq!(answer.status, refused, "{body} {}", answer.text);
            passed(&answer, "write");
            assert_eq!(cloud.arm("PUT", &path, body.clone()).await.status, wrong, "{body}");
        }
    }
    // What there is none of cannot be what may be taken away.
    assert_eq!(delegate.arm("DELETE", &fresh(&cloud), None).await.status, 403);
    delegate.arm("PUT", &format!("{}?api-version=2015-07-01", fresh(&cloud)), good).await.ok();
}

/// A template is no way round a condition, and a condition that it meets is none in its way.
#[tokio::test]
async fn a_template_meets_conditions_as_a_request_does() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let only_reader = both(&format!("@[RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{READER}}}"));
    let application = cloud.make_application("delegate").await;
    let mut body = assignment(&cloud.subscription, &application.principal, OWNER);
    body["properties"]["condition"] = json!(only_reader);
    cloud.arm("PUT", &fresh(&cloud), body).await.ok();
    let delegate = cloud.caller(cloud.token_of(&application).await);
    let somebody = cloud.make_application("somebody").await.principal;
    let new =
        "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'id'), '2023-01-31').principalId]";
    for (name, principal, role, expected) in [
        ("known", &*somebody, READER, "201 Succeeded"),
        ("refused", &somebody, CONTRIBUTOR, "403 InvalidTemplateDeployment"),
        ("made", new, READER, "201 Succeeded"),
        ("made-refused", new, CONTRIBUTOR, "201 Failed AuthorizationFailed"),
    ] {
        let mut properties = assignment(&cloud.subscription, principal, role)["properties"].take();
        properties["principalType"] = json!("ServicePrincipal");
        let resources = json!([
            {
                "type": "Microsoft.ManagedIdentity/userAssignedIdentities", "apiVersion": "2023-01-31", "name": "id",
                "location": "westeurope",
            },
            {
                "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": cloud.server.cloud.ids.guid(),
                "properties": properties, "dependsOn": ["id"],
            },
        ]);
        let body = json!({"properties": {"mode": "Incremental", "template": {
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            "contentVersion": "1.0.0.0", "resources": resources,
        }}});
        let path = format!("{group}/providers/Microsoft.Resources/deployments/{name}");
        let answer = delegate.arm("PUT", &path, body).await;
        let shown = cloud.arm("GET", &path, None).await.body["properties"].clone();
        let state = shown["provisioningState"].as_str().unwrap_or_default();
        let cause = shown["error"]["details"][0]["code"].as_str().unwrap_or_default();
        assert_eq!(
            format!("{} {state} {cause}", answer.summary()).trim_end().replace("  ", " "),
            expected,
            "{name} {}",
            answer.text
        );
        // An identity that is there already would be known in time.
        cloud
            .arm("DELETE", &format!("{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id"), None)
            .await
            .ok();
    }
}
