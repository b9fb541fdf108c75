//! Following what changes.

use serde_json::{Value, json};

use crate::graph::in_process::{Cloud, PERSON, TENANT};

/// Reads a round to its end: its objects and the path of the next round.
async fn round(cloud: &Cloud, path: &str) -> (Vec<Value>, String) {
    let mut found = Vec::new();
    let mut path = path.to_owned();
    loop {
        let page = cloud.get(&path).await;
        assert_eq!(page.status.as_u16(), 200, "{}", page.body);
        found.extend(page.body["value"].as_array().unwrap().clone());
        let link = |name: &str| {
            let link = page.body[name].as_str()?;
            Some(link.strip_prefix("https://localhost:8445").unwrap().to_owned())
        };
        match (link("@odata.nextLink"), link("@odata.deltaLink")) {
            (Some(next), None) => path = next,
            (None, Some(delta)) => return (found, delta),
            _ => panic!("{}", page.body),
        }
    }
}

#[tokio::test]
async fn groups_tell_who_came_and_who_went() {
    let cloud = Cloud::new().await;
    let (one, two) = (cloud.group("one").await, cloud.group("two").await);
    let members = format!("/v1.0/groups/{one}/members");
    let person = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/users/{PERSON}")});
    cloud.post(&format!("{members}/$ref"), person.clone()).await;
    let (all, next) = round(&cloud, "/v1.0/groups/delta?$top=1&$select=displayName,members").await;
    assert_eq!(all.len(), 2, "a page each");
    let shown = all.iter().find(|group| group["id"] == json!(one)).unwrap();
    let ada = json!({"@odata.type": "#microsoft.graph.user", "id": PERSON});
    assert_eq!(*shown, json!({"displayName": "one", "id": one, "members@delta": [ada]}));
    let (nothing, next) = round(&cloud, &next).await;
    assert_eq!(nothing, Vec::<Value>::new());
    cloud.delete(&format!("{members}/{PERSON}/$ref")).await;
    cloud.delete(&format!("/v1.0/groups/{two}")).await;
    let (mut changes, next) = round(&cloud, &next).await;
    changes.sort_by_key(|change| change["@removed"].is_object());
    let gone = json!({"@odata.type": "#microsoft.graph.user", "id": PERSON, "@removed": {"reason": "deleted"}});
    let expected = [
        json!({"displayName": "one", "id": one, "members@delta": [gone]}),
        json!({"id": two, "@removed": {"reason": "deleted"}}),
    ];
    assert_eq!(changes, expected);
    assert_eq!(round(&cloud, &next).await.0, Vec::<Value>::new());
}

#[tokio::test]
async fn people_come_change_and_go() {
    let cloud = Cloud::new().await;
    let (nobody, next) = round(&cloud, "/v1.0/users/delta?$deltatoken=latest").await;
    assert_eq!(nobody, Vec::<Value>::new());
    let path = format!("/v1.0/users/{PERSON}");
    cloud.patch(&path, json!({"jobTitle": "Countess"})).await;
    cloud.group("groups are another matter").await;
    let (changed, next) = round(&cloud, &next).await;
    assert_eq!(changed.iter().map(|person| &person["jobTitle"]).collect::<Vec<_>>(), ["Countess"]);
    cloud.delete(&path).await;
    let (changed, _) = round(&cloud, &next).await;
    assert_eq!(changed, [json!({"id": PERSON, "@removed": {"reason": "changed"}})]);
}

#[tokio::test]
async fn a_round_may_be_about_chosen_people() {
    let cloud = Cloud::new().await;
    let path = format!("/v1.0/users/delta?$filter=id eq '{PERSON}' or id eq '{TENANT}'");
    let (found, next) = round(&cloud, &path).await;
    assert_eq!(found.iter().map(|person| person["displayName"].clone()).collect::<Vec<_>>(), ["Ada"]);
    cloud.delete(&format!("/v1.0/users/{PERSON}")).await;
    assert_eq!(round(&cloud, &next).await.0, [json!({"id": PERSON, "@removed": {"reason": "changed"}})]);
    let (found, _) = round(&cloud, &format!("/v1.0/users/delta?$filter=id eq '{TENANT}'")).await;
    assert!(found.is_empty());
    for query in ["$filter=displayName eq 'Ada'", "$orderby=displayName", "$search=\"displayName:Ada\""] {
        let refused = cloud.get(&format!("/v1.0/users/delta?{query}")).await;
        assert_eq!(refused.code(), "Request_UnsupportedQuery", "{query}");
    }
}

#[tokio::test]
async fn a_token_of_somebody_else_is_refused() {
    let cloud = Cloud::new().await;
    for (token, code) in [
        ("x", "BadRequest"),
        // {"since":null,"until":1,"after":null} with `since` from the future: {"since":99999,…}.
        ("eyJzaW5jZSI6OTk5OTksInVudGlsIjo5OTk5OSwiYWZ0ZXIiOm51bGx9", "syncStateNotFound"),
    ] {
        let reply = cloud.get(&format!("/v1.0/users/delta?$deltatoken={token}")).await;
        assert_eq!(reply.code(), code, "{}", reply.body);
    }
}
