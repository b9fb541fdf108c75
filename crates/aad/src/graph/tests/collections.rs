//! Query options over HTTP.

use serde_json::json;

use crate::graph::in_process::Cloud;

async fn with_groups(names: &[&str]) -> Cloud {
    let cloud = Cloud::new().await;
    for name in names {
        cloud.group(name).await;
    }
    cloud
}

#[tokio::test]
async fn pages_hold_every_object_once() {
    let cloud = with_groups(&["a", "b", "c", "d", "e"]).await;
    for order in ["", "&$orderby=displayName desc", "&$orderby=securityEnabled,displayName"] {
        let mut found = Vec::new();
        let mut next = Some(format!("/v1.0/groups?%24top=2&$count=true&$select=displayName{order}"));
        while let Some(path) = next {
            let page = cloud.get(&path).await;
            assert_eq!(page.body["@odata.count"], 5, "{}", page.body);
            found.extend(page.values("displayName"));
            let link = page.body["@odata.nextLink"].as_str();
            next = link.map(|link| link.strip_prefix("https://localhost:8445").unwrap().to_owned());
        }
        found.sort();
        assert_eq!(found, ["a", "b", "c", "d", "e"], "{order}");
    }
}

#[tokio::test]
async fn objects_come_in_the_order_asked_for() {
    let cloud = with_groups(&["b", "C", "a"]).await;
    let page = cloud.get("/v1.0/groups?$orderby=displayName desc&$select=displayName").await;
    assert_eq!(
        page.body,
        json!({
            "@odata.context": "https://localhost:8445/v1.0/$metadata#groups(displayName)",
            "value": [{"displayName": "C"}, {"displayName": "b"}, {"displayName": "a"}],
        })
    );
}

#[tokio::test]
async fn filters_and_searches_choose() {
    let cloud = with_groups(&["web readers", "web writers", "o'hara"]).await;
    for (query, expected) in [
        ("$filter=startsWith(displayName,'WEB')", vec!["web readers", "web writers"]),
        ("%24filter=displayName eq 'o''hara'", vec!["o'hara"]),
        ("filter=not startswith(displayName,'web')", vec!["o'hara"]),
        ("$search=\"displayName:writ\"", vec!["web writers"]),
        ("$search=\"displayName:writ\" OR \"displayName:o\"", vec!["o'hara", "web writers"]),
        ("$search=\"displayName:web\" AND \"displayName:read\"", vec!["web readers"]),
        ("$filter=createdDateTime ge 2027-01-01T00:00:00Z", vec![]),
    ] {
        assert_eq!(cloud.get(&format!("/v1.0/groups?{query}")).await.values("displayName"), expected, "{query}");
    }
    let unknown = cloud.get("/v1.0/groups?$filter=colour eq 'blue'").await;
    assert_eq!(
        unknown.body["error"]["message"],
        "Invalid filter clause: Could not find a property named 'colour' on type 'microsoft.graph.group'."
    );
}
