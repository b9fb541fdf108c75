//! What is asked about rights: `checkAccess`, `permissions`, `elevateAccess` (RBAC A5, A11).

use std::fmt::Write;

use cloud::{Answer, CONTRIBUTOR, Caller, Cloud, OWNER, READER, USER_ACCESS_ADMINISTRATOR};
use serde_json::{Value, json};
use uuid::Uuid;

const BLOB_READER: &str = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
const BLOB_READ: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";
const VERSION: &str = "api-version=2018-09-01-preview";

/// Whether a principal may do some things, all in the control plane.
fn question(principal: &str, actions: &[&str]) -> Value {
    let actions: Vec<Value> = actions.iter().map(|id| json!({"Id": id, "IsDataAction": false})).collect();
    json!({"Subject": {"Attributes": {"ObjectId": principal}}, "Actions": actions})
}

async fn check(caller: &Caller<'_>, scope: &str, body: impl Into<Option<Value>>) -> Answer {
    caller.arm("POST", &format!("{scope}/providers/Microsoft.Authorization/checkAccess?{VERSION}"), body).await
}

/// An application with these roles at these scopes; its object id and itself.
async fn application<'a>(cloud: &'a Cloud, name: &str, roles: &[(&str, &str)]) -> (String, Caller<'a>) {
    let application = cloud.make_application(name).await;
    for (role, scope) in roles {
        cloud.assign(&application.principal, role, scope).await;
    }
    (application.principal.clone(), cloud.caller(cloud.token_of(&application).await))
}

/// Text without the ids of this world.
fn plain(cloud: &Cloud, text: &str, principal: &str) -> String {
    let world = cloud.server.cloud.store.read();
    let own = principal.parse().unwrap();
    let names = world.role_assignments_of(own).map(|a| (a.name.simple().to_string(), "{assignment}"));
    let principal = principal.replace('-', "");
    let text = names.fold(text.to_owned(), |text, (name, told)| text.replace(&name, told));
    text.replace(&principal, "{principal}").replace(&cloud.subscription, "{s}")
}

#[tokio::test]
async fn a_decision_names_what_it_rests_on() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let (principal, caller) = application(&cloud, "worker", &[(CONTRIBUTOR, &group)]).await;
    let deny = json!({"properties": {
        "denyAssignmentName": "Freeze", "description": "why", "principals": [{"id": principal}],
        "permissions": [{"actions": ["Microsoft.Compute/*/write"]}],
    }});
    let path = format!("{group}/providers/Microsoft.Authorization/denyAssignments/{}", Uuid::from_u128(1));
    cloud.arm("PUT", &path, deny).await.ok();
    let actions = [
        "Microsoft.Compute/virtualMachines/read",
        "microsoft.compute/virtualMachines/Write",
        "Microsoft.Authorization/roleAssignments/write",
        "Microsoft.Nobody/knows/this/read",
    ];
    let answer = check(&cloud.owner().await, &group, question(&principal, &actions)).await.ok();
    let lines: Vec<String> = answer.body.as_array().unwrap().iter().map(Value::to_string).collect();
    insta::assert_snapshot!(plain(&cloud, &lines.join("\n"), &principal), @r#"
    {"accessDecision":"Allowed","actionId":"Microsoft.Compute/virtualMachines/read","isDataAction":false,"roleAssignment":{"delegatedManagedIdentityResourceId":null,"id":"{assignment}","roleDefinitionId":"b24988ac618042a0ab8820f7382dd24c","principalId":"{principal}","principalType":"ServicePrincipal","scope":"{s}/resourceGroups/rg","condition":null,"conditionVersion":null,"canDelegate":false},"denyAssignment":null,"timeToLiveInMs":300000}
    {"accessDecision":"Denied","actionId":"microsoft.compute/virtualMachines/Write","isDataAction":false,"roleAssignment":null,"denyAssignment":{"id":"00000000000000000000000000000001","name":"Freeze","description":"why","scope":"{s}/resourceGroups/rg","doNotApplyToChildScopes":false,"principals":[{"id":"{principal}","type":"ServicePrincipal"}],"excludePrincipals":[],"condition":null,"conditionVersion":null},"timeToLiveInMs":300000}
    {"accessDecision":"NotAllowed","actionId":"Microsoft.Authorization/roleAssignments/write","isDataAction":false,"roleAssignment":null,"denyAssignment":null,"timeToLiveInMs":300000}
    {"accessDecision":"Allowed","actionId":"Microsoft.Nobody/knows/this/read","isDataAction":false,"roleAssignment":{"delegatedManagedIdentityResourceId":null,"id":"{assignment}","roleDefinitionId":"b24988ac618042a0ab8820f7382dd24c","principalId":"{principal}","principalType":"ServicePrincipal","scope":"{s}/resourceGroups/rg","condition":null,"conditionVersion":null,"canDelegate":false},"denyAssignment":null,"timeToLiveInMs":300000}
    "#);
    let path = format!("{group}/providers/Microsoft.Authorization/checkAccess?api-version=2021-06-01-preview");
    let own = caller.arm("POST", &path, json!({"actions": [{"id": actions[3]}]})).await.ok();
    insta::assert_snapshot!(plain(&cloud, &own.text, &principal), @r#"{"value":[{"accessDecision":"Allowed","actionId":"Microsoft.Nobody/knows/this/read","isDataAction":false,"roleAssignment":{"delegatedManagedIdentityResourceId":null,"id":"{assignment}","roleDefinitionId":"b24988ac618042a0ab8820f7382dd24c","principalId":"{principal}","principalType":"ServicePrincipal","scope":"{s}/resourceGroups/rg","condition":null,"conditionVersion":null,"canDelegate":false},"denyAssignment":null,"timeToLiveInMs":60000}],"nextLink":null}"#);
}

#[tokio::test]
async fn it_decides_as_the_road_does() {
    let cloud = Cloud::start().await;
    let (s, group) = (cloud.subscription.clone(), cloud.make_group("rg").await);
    let account = format!("{group}/providers/Microsoft.Storage/storageAccounts/account");
    cloud.arm("PUT", &account, json!({"location": "westeurope"})).await.ok();
    let (principal, _) = application(&cloud, "worker", &[(CONTRIBUTOR, &group), (BLOB_READER, &account)]).await;
    let condition = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'open'";
    let (conditional, _) = application(&cloud, "conditional", &[]).await;
    let mut body = cloud::assignment(&s, &conditional, BLOB_READER);
    body["properties"]["condition"] = json!(condition);
    body["properties"]["conditionVersion"] = json!("2.0");
    let path = format!("{account}/providers/Microsoft.Authorization/roleAssignments/{}", Uuid::from_u128(1));
    cloud.arm("PUT", &path, body).await.ok();
    let container = |name: &str| json!({"Resource": {"Attributes": {"Microsoft.Storage/storageAccounts/blobServices/containers:name": name}}});
    let holder = cloud
        .graph(
            "POST",
            "/groups",
            json!({
                "displayName": "holders", "mailEnabled": false, "mailNickname": "holders", "securityEnabled": true,
            }),
        )
        .await
        .ok();
    let holder = holder.body["id"].as_str().unwrap().to_owned();
    cloud.assign(&holder, OWNER, &s).await;
    let stranger = Uuid::from_u128(7).to_string();
    let write = "Microsoft.Compute/virtualMachines/write";
    let owner = cloud.owner().await;
    let mut table = String::new();
    for (case, scope, who, action, is_data, more) in [
        ("at the group", &*group, &principal, write, false, json!({})),
        ("below it", &account, &principal, write, false, json!({})),
        ("above it", &s, &principal, write, false, json!({})),
        ("above it, of what is below", &s, &principal, write, false, json!({"Resource": {"Id": account}})),
        ("below it, of what is above", &account, &principal, write, false, json!({"resource": {"ID": s}})),
        ("data", &account, &principal, BLOB_READ, true, json!({})),
        ("data as an action", &account, &principal, BLOB_READ, false, json!({})),
        ("an action as data", &account, &principal, write, true, json!({})),
        ("a condition, unknown", &account, &conditional, BLOB_READ, true, json!({})),
        ("a condition, held", &account, &conditional, BLOB_READ, true, container("open")),
        ("a condition, not held", &account, &conditional, BLOB_READ, true, container("closed")),
        ("nobody", &group, &stranger, write, false, json!({})),
        (
            "in a group, by its word",
            &group,
            &conditional,
            write,
            false,
            json!({"Subject": {"Attributes": {"ObjectId": conditional, "Groups": [holder]}}}),
        ),
    ] {
        let mut body = question(who, &[action]);
        body["Actions"][0]["IsDataAction"] = json!(is_data);
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = check(&owner, scope, body).await.ok();
        writeln!(table, "{case}: {}", answer.body[0]["accessDecision"].as_str().unwrap()).unwrap();
    }
    insta::assert_snapshot!(table, @r"
    at the group: Allowed
    below it: Allowed
    above it: NotAllowed
    above it, of what is below: Allowed
    below it, of what is above: NotAllowed
    data: Allowed
    data as an action: Allowed
    an action as data: NotAllowed
    a condition, unknown: NotAllowed
    a condition, held: Allowed
    a condition, not held: NotAllowed
    nobody: NotAllowed
    in a group, by its word: Allowed
    ");
}

#[tokio::test]
async fn conditions_see_what_the_asker_tells() {
    let cloud = Cloud::start().await;
    let s = cloud.subscription.clone();
    let (principal, _) = application(&cloud, "worker", &[]).await;
    let path = format!("{s}/providers/Microsoft.Authorization/roleAssignments/{}", Uuid::from_u128(1));
    let blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
    let tell = |name: &str, value: Value| json!({"Attributes": {name: value}});
    let mut table = String::new();
    for (condition, more, of_action) in [
        ("SubOperationMatches{'Blob.List'}", json!({}), json!({})),
        ("SubOperationMatches{'Blob.List'}", json!({}), tell("SubOperation", json!("Blob.List"))),
        (
            &format!("@Request[{blobs}:prefix] StringStartsWith 'a'"),
            json!({}),
            tell(&format!("{blobs}:prefix"), json!("abc")),
        ),
        (
            "@Principal[Microsoft.Directory/CustomSecurityAttributes/Id:Team] ForAnyOfAnyValues:StringEquals {'red'}",
            json!({"Subject": {"Attributes": {
                "ObjectId": principal, "Microsoft.Directory/CustomSecurityAttributes/Id:Team": ["blue", "red"],
            }}}),
            json!({}),
        ),
        (
            "@Environment[isPrivateLink] BoolEquals true",
            json!({"Environment": tell("isPrivateLink", json!(true))}),
            json!({}),
        ),
        ("@Environment[UtcNow] DateTimeGreaterThan '2027-01-01T00:00:00Z'", json!({}), json!({})),
        (
            "@Environment[UtcNow] DateTimeGreaterThan '2027-01-01T00:00:00Z'",
            json!({"Environment": tell("UtcNow", json!("2026-01-01T00:00:00Z"))}),
            json!({}),
        ),
    ] {
        let mut body = cloud::assignment(&s, &principal, BLOB_READER);
        body["properties"]["condition"] = json!(condition);
        body["properties"]["conditionVersion"] = json!("2.0");
        cloud.arm("PUT", &path, body).await.ok();
        let mut body = question(&principal, &[BLOB_READ]);
        body["Actions"][0] = json!({"Id": BLOB_READ, "IsDataAction": true, "Attributes": of_action["Attributes"]});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = check(&cloud.owner().await, &s, body).await.ok();
        writeln!(table, "{condition}: {}", answer.body[0]["accessDecision"].as_str().unwrap()).unwrap();
    }
    insta::assert_snapshot!(table, @r"
    SubOperationMatches{'Blob.List'}: NotAllowed
    SubOperationMatches{'Blob.List'}: Allowed
    @Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:prefix] StringStartsWith 'a': Allowed
    @Principal[Microsoft.Directory/CustomSecurityAttributes/Id:Team] ForAnyOfAnyValues:StringEquals {'red'}: Allowed
    @Environment[isPrivateLink] BoolEquals true: Allowed
    @Environment[UtcNow] DateTimeGreaterThan '2027-01-01T00:00:00Z': Allowed
    @Environment[UtcNow] DateTimeGreaterThan '2027-01-01T00:00:00Z': NotAllowed
    ");
}

#[tokio::test]
async fn everybody_may_ask_about_itself() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let (me, caller) = application(&cloud, "me", &[]).await;
    let (reader_id, reader) = application(&cloud, "reader", &[(READER, &group)]).await;
    let read = "Microsoft.Compute/virtualMachines/read";
    let mut in_a_group = question(&me, &[read]);
    in_a_group["Subject"]["Attributes"]["Groups"] = json!([reader_id]);
    let mut elsewhere = question(&me, &[read]);
    elsewhere["Resource"] = json!({"Id": cloud.subscription});
    let mut table = String::new();
    for (case, asker, body) in [
        ("itself", &caller, question(&me, &[read])),
        ("whoever it is", &caller, json!({"Actions": [{"Id": read}]})),
        ("itself, as if in a group", &caller, in_a_group),
        ("another", &caller, question(&reader_id, &[read])),
        ("another, by a reader", &reader, question(&me, &[read])),
        ("another, where it reads nothing", &reader, elsewhere),
    ] {
        let answer = check(asker, &group, body).await;
        let decision = answer.body[0]["accessDecision"].as_str().unwrap_or_default();
        writeln!(table, "{case}: {}", format!("{} {decision}", answer.summary()).trim_end()).unwrap();
    }
    insta::assert_snapshot!(table, @r"
    itself: 200 NotAllowed
    whoever it is: 200 NotAllowed
    itself, as if in a group: 403 AuthorizationFailed
    another: 403 AuthorizationFailed
    another, by a reader: 200 NotAllowed
    another, where it reads nothing: 403 AuthorizationFailed
    ");
    let refused = check(&caller, &group, question(&reader_id, &[read])).await;
    let asked = format!("to perform action 'Microsoft.Authorization/roleAssignments/read' over scope '{group}'");
    assert!(refused.message().contains(&asked), "{}", refused.text);
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused() {
    let cloud = Cloud::start().await;
    let s = cloud.subscription.clone();
    let owner = cloud.owner().await;
    let (me, _) = application(&cloud, "me", &[]).await;
    let read = "Microsoft.Compute/virtualMachines/read";
    let change = |name: &str, value: Value| {
        let mut body = question(&me, &[read]);
        body[name] = value;
        body
    };
    let mut table = String::new();
    for (case, body) in [
        ("no body", Value::Null),
        ("an array", json!([])),
        ("nothing to do", change("Actions", json!([]))),
        ("actions that are no array", change("Actions", json!(read))),
        ("an action that is no object", change("Actions", json!([read]))),
        ("an action without a name", change("Actions", json!([{"IsDataAction": true}]))),
        ("a flag that is none", change("Actions", json!([{"Id": read, "IsDataAction": "yes"}]))),
        ("no GUID", change("Subject", json!({"Attributes": {"ObjectId": "me"}}))),
        ("an id that is no text", change("Subject", json!({"Attributes": {"ObjectId": 7}}))),
        ("groups that are none", change("Subject", json!({"Attributes": {"Groups": [7]}}))),
        ("a place that is no text", change("Resource", json!({"Id": 7}))),
        ("attributes that are none", change("Environment", json!({"Attributes": 7}))),
        ("an attribute that is none", change("Resource", json!({"Attributes": {"a:b": {}}}))),
        ("200 actions", question(&me, &[read; 200])),
        ("201 actions", question(&me, &[read; 201])),
    ] {
        let answer = check(&owner, &s, Some(body).filter(|body| !body.is_null())).await;
        writeln!(table, "{case}: {}", format!("{} {}", answer.summary(), answer.message()).trim_end()).unwrap();
    }
    insta::assert_snapshot!(table, @r"
    no body: 400 InvalidRequestContent The request content was invalid and could not be deserialized: 'The request body must be a JSON object. Path '''.
    an array: 400 InvalidRequestContent The request content was invalid and could not be deserialized: 'The request body must be a JSON object. Path '''.
    nothing to do: 400 InvalidRequestContent The request content was invalid and could not be deserialized: 'Required property 'Actions' not found in JSON. Path ''.'.
    actions that are no array: 400 InvalidRequestContent The request content was invalid and could not be deserialized: 'Error converting value to type 'array'. Path 'Actions''.
    an action that is no object: 400 InvalidRequestContent The request content was invalid and could not be deserialized: 'Required property 'Id' not found in JSON. Path 'Actions'.'.
    an action without a name: 400 InvalidRequestContent The request content was invalid and could not be deserialized: 'Required property 'Id' not found in JSON. Path 'Actions'.'.
    a flag that is none: 400 InvalidRequestContent The request content was invalid and could not be deserialized: 'Error converting value to type 'boolean'. Path 'Actions.IsDataAction''.
    no GUID: 400 InvalidPrincipalId The Principal ID 'me' is not valid. Principal ID must be a GUID.
    an id that is no text: 400 InvalidRequestContent The request content was invalid and could not be deserialized: 'Error converting value to type 'string'. Path 'Subject.Attributes.ObjectId''.
    groups that are none: 400 InvalidPrincipalId The Principal ID '' is not valid. Principal ID must be a GUID.
    a place that is no text: 400 InvalidRequestContent The request content was invalid and could not be deserialized: 'Error converting value to type 'string'. Path 'Resource.Id''.
    attributes that are none: 400 InvalidRequestContent The request content was invalid and could not be deserialized: 'Error converting value to type 'object'. Path 'Environment.Attributes''.
    an attribute that is none: 400 InvalidRequestContent The request content was invalid and could not be deserialized: 'a string, a number, a boolean or an array of these is expected. Path 'Resource.Attributes.a:b''.
    200 actions: 200
    201 actions: 400 TooManyActions A request can check at most 200 actions. It has 201.
    ");
    let none = format!("/subscriptions/{}", Uuid::nil());
    assert_eq!(check(&owner, &none, question(&me, &[read])).await.summary(), "404 SubscriptionNotFound");
    let path = format!("{s}/providers/Microsoft.Authorization/checkAccess");
    assert_eq!(cloud.arm("GET", &path, None).await.summary(), "405 HttpMethodNotAllowed");
}

/// What is locked can be asked about.
#[tokio::test]
async fn a_question_passes_a_lock() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let lock = format!("{group}/providers/Microsoft.Authorization/locks/all");
    cloud.arm("PUT", &lock, json!({"properties": {"level": "ReadOnly"}})).await.ok();
    let body = json!({"Actions": [{"Id": "Microsoft.Compute/virtualMachines/write"}]});
    let answer = check(&cloud.owner().await, &group, body).await.ok();
    assert_eq!(answer.body[0]["accessDecision"], "Allowed", "rights are not what a lock takes");
    let deny = format!("{group}/providers/Microsoft.Authorization/denyAssignments/{}", Uuid::nil());
    assert_eq!(cloud.arm("PUT", &deny, json!({})).await.summary(), "409 ScopeLocked");
}

#[tokio::test]
async fn permissions_are_the_caller_s_blocks() {
    let cloud = Cloud::start().await;
    let (s, group) = (cloud.subscription.clone(), cloud.make_group("rg").await);
    let roles = [(READER, &*s), (READER, &group), (USER_ACCESS_ADMINISTRATOR, &group), (BLOB_READER, &group)];
    let (_, caller) = application(&cloud, "worker", &roles).await;
    let path = |scope: &str, version: &str| {
        format!("{scope}/providers/Microsoft.Authorization/permissions?api-version={version}")
    };
    let old = caller.arm("GET", &path(&group, "2015-07-01"), None).await.ok();
    insta::assert_snapshot!(old.text, @r#"{"value":[{"actions":["*/read","Microsoft.Authorization/*","Microsoft.Support/*"],"notActions":[]},{"actions":["*/read"],"notActions":[]},{"actions":["Microsoft.Storage/storageAccounts/blobServices/containers/read","Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action"],"notActions":[]}]}"#);
    let actions = async |scope: &str| {
        let listed = caller.arm("GET", &path(scope, "2022-04-01"), None).await.ok();
        let blocks = listed.body["value"].as_array().unwrap().clone();
        let told = blocks.iter().map(|b| format!("{}{}", b["actions"][0], b["dataActions"]));
        told.collect::<Vec<_>>().join("; ")
    };
    let vm = format!("{group}/providers/Microsoft.Compute/virtualMachines/vm");
    let root = format!("/providers/Microsoft.Management/managementGroups/{}", cloud.tenant);
    let mut table = String::new();
    for (place, scope) in [("tenant", ""), ("root group", &root), ("subscription", &s), ("group", &group), ("vm", &vm)]
    {
        writeln!(table, "{}", format!("{place}: {}", actions(scope).await).trim_end()).unwrap();
    }
    insta::assert_snapshot!(table, @r#"
    tenant:
    root group:
    subscription: "*/read"[]
    group: "*/read"[]; "*/read"[]; "Microsoft.Storage/storageAccounts/blobServices/containers/read"["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"]
    vm: "*/read"[]; "*/read"[]; "Microsoft.Storage/storageAccounts/blobServices/containers/read"["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"]
    "#);
}

#[tokio::test]
async fn an_administrator_of_the_directory_elevates_itself() {
    const PATH: &str = "/providers/Microsoft.Authorization/elevateAccess?api-version=2016-07-01";
    const ROOT: &str = "/providers/Microsoft.Authorization/roleAssignments?$filter=atScope()";
    let cloud = Cloud::start().await;
    let owners = cloud.arm("GET", ROOT, None).await.ok().body["value"].as_array().unwrap().len();
    for _ in 0..2 {
        let answer = cloud.arm("POST", PATH, None).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    }
    let listed = cloud.arm("GET", ROOT, None).await.ok();
    let assignments = listed.body["value"].as_array().unwrap();
    assert_eq!(assignments.len(), owners + 1, "once, however often");
    let elevated = assignments
        .iter()
        .filter(|a| a["properties"]["roleDefinitionId"].as_str().unwrap().ends_with(USER_ACCESS_ADMINISTRATOR));
    let shown: Vec<_> = elevated.map(|a| (&a["properties"]["scope"], &a["properties"]["principalType"])).collect();
    assert_eq!(shown, [(&json!("/"), &json!("ServicePrincipal"))]);
    let (_, owner) = application(&cloud, "owner", &[(OWNER, "")]).await;
    let refused = owner.arm("POST", PATH, None).await;
    assert_eq!(refused.summary(), "403 AuthorizationFailed", "roles do not count");
    let said =
        "does not have authorization to perform action 'Microsoft.Authorization/elevateAccess/action' over scope '/'";
    assert!(refused.message().contains(said), "{}", refused.text);
    assert_eq!(cloud.arm("GET", PATH, None).await.summary(), "405 HttpMethodNotAllowed");
}
