//! Ways to write a path, and what the end of one asks for.

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use crate::graph::in_process::{ADMINISTRATOR, AUDIENCE, Cloud, MACHINE, PERSON, TENANT};

async fn group_of_two(cloud: &Cloud) -> String {
    let group = cloud.group("g").await;
    for member in [PERSON, MACHINE] {
        let member = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{member}")});
        assert_eq!(cloud.post(&format!("/v1.0/groups/{group}/members/$ref"), member).await.status, 204);
    }
    group
}

#[tokio::test]
async fn a_relation_is_narrowed_to_a_type() {
    let cloud = Cloud::new().await;
    let group = group_of_two(&cloud).await;
    for (cast, context, expected) in [
        ("microsoft.graph.user", "users", vec![PERSON.to_string()]),
        // The SDKs for Python and Go write the namespace so.
        ("graph.user", "users", vec![PERSON.to_string()]),
        ("Microsoft.Graph.servicePrincipal", "servicePrincipals", vec![MACHINE.to_string()]),
        ("microsoft.graph.device", "directoryObjects", vec![]),
    ] {
        let found = cloud.get(&format!("/v1.0/groups/{group}/members/{cast}")).await;
        assert_eq!(found.values("id"), expected, "{cast}");
        assert_eq!(found.body["@odata.context"], format!("https://localhost:8445/v1.0/$metadata#{context}"));
        assert!(found.body["value"].as_array().unwrap().iter().all(|item| item["@odata.type"].is_null()), "{cast}");
    }
}

#[tokio::test]
async fn a_set_is_of_its_own_type() {
    let cloud = Cloud::new().await;
    assert_eq!(cloud.get("/v1.0/users/microsoft.graph.user").await.values("displayName"), ["Ada"]);
    assert!(cloud.get("/v1.0/users/microsoft.graph.group").await.values("id").is_empty());
}

#[tokio::test]
async fn an_action_may_be_called_by_its_whole_name() {
    let cloud = Cloud::new().await;
    let group = group_of_two(&cloud).await;
    let asked = json!({"groupIds": [group]});
    let answer = cloud.post(&format!("/v1.0/users/{PERSON}/microsoft.graph.checkMemberGroups"), asked).await;
    assert_eq!(answer.body["value"], json!([group]));
    let delta = cloud.get("/v1.0/users/microsoft.graph.delta()").await;
    assert_eq!(delta.values("displayName"), ["Ada"]);
}

/// As the provider of Terraform asks for members and owners.
#[tokio::test]
async fn references_stand_for_their_objects() {
    let cloud = Cloud::new().await;
    let group = group_of_two(&cloud).await;
    let found = cloud.get(&format!("/v1.0/groups/{group}/members/$ref")).await;
    assert_eq!(found.body["@odata.context"], "https://localhost:8445/v1.0/$metadata#Collection($ref)");
    let v2 = format!("https://localhost:8445/v2/{TENANT}/directoryObjects");
    let person = format!("{v2}/{PERSON}/Microsoft.DirectoryServices.User");
    let machine = format!("{v2}/{MACHINE}/Microsoft.DirectoryServices.ServicePrincipal");
    assert_eq!(found.values("@odata.id"), [person, machine]);
    let page = cloud.get(&format!("/v1.0/groups/{group}/members/$ref?$top=1")).await;
    assert_eq!(page.values("@odata.id").len(), 1);
    assert!(page.text("@odata.nextLink").contains("/members/$ref?"));
    let one = cloud.get(&format!("/v1.0/groups/{group}/members/{PERSON}/$ref")).await;
    assert_eq!(one.text("@odata.id"), format!("{v2}/{PERSON}/Microsoft.DirectoryServices.User"));
    let role = "/v1.0/directoryRoles/62e90394-69f5-4237-9190-012177145e10/members";
    assert!(cloud.get(&format!("{role}/{ADMINISTRATOR}/$ref")).await.text("@odata.id").contains("ServicePrincipal"));
    for path in [format!("/v1.0/groups/{group}/members/{ADMINISTRATOR}/$ref"), format!("{role}/{PERSON}/$ref")] {
        assert_eq!(cloud.get(&path).await.code(), "Request_ResourceNotFound", "{path}");
    }
    for path in ["/v1.0/domains/$ref".to_owned(), format!("/v1.0/users/{PERSON}/$ref")] {
        assert_eq!(cloud.get(&path).await.code(), "BadRequest", "{path}");
    }
}

#[tokio::test]
async fn a_link_has_no_doubled_slashes() {
    let cloud = Cloud::new().await;
    group_of_two(&cloud).await;
    cloud.group("h").await;
    let page = cloud.get("/v1.0//groups?$top=1").await;
    assert!(page.text("@odata.nextLink").starts_with("https://localhost:8445/v1.0/groups?"), "{}", page.body);
    let changes = cloud.get("/v1.0//groups/delta()").await;
    assert!(changes.text("@odata.deltaLink").starts_with("https://localhost:8445/v1.0/groups/delta()?"));
}

#[tokio::test]
async fn a_client_may_do_without_odatas_members() {
    let cloud = Cloud::new().await;
    let group = group_of_two(&cloud).await;
    let request = Request::get(format!("/v1.0/groups/{group}/members?$top=1&$select=id"))
        .header("host", "localhost:8445")
        .header("authorization", format!("Bearer {}", cloud.token(ADMINISTRATOR, AUDIENCE)))
        .header("accept", "application/json;odata.metadata=none");
    let answer = cloud.send(request.body(Body::empty()).unwrap()).await;
    let content_type = answer.headers["content-type"].to_str().unwrap();
    assert!(content_type.starts_with("application/json;odata.metadata=none;"), "{content_type}");
    assert_eq!(answer.body["value"], json!([{"id": PERSON}]));
    assert!(answer.body["@odata.nextLink"].is_string(), "pages lead on all the same");
    assert_eq!(answer.body.as_object().unwrap().len(), 2, "{}", answer.body);
}
