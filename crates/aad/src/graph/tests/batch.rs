//! Many requests in one.

use serde_json::{Value, json};

use crate::graph::in_process::{Cloud, MACHINE, PERSON};

fn statuses(answer: &Value) -> Vec<u64> {
    answer["responses"].as_array().unwrap().iter().map(|part| part["status"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_url_may_be_a_whole_one() {
    let cloud = Cloud::new().await;
    let get = |id: &str, url: &str| json!({"id": id, "method": "GET", "url": url});
    let requests = json!({"requests": [
        get("1", "https://graph.microsoft.com/v1.0//users?$select=displayName"),
        get("2", "/users?$filter=displayName eq 'https://a/b'"),
        get("3", "https://graph.microsoft.com"),
    ]});
    let answers = cloud.post("/v1.0/$batch", requests).await.body["responses"].clone();
    assert_eq!(answers[0]["body"]["value"], json!([{"displayName": "Ada"}]));
    let statuses: Vec<_> =
        answers.as_array().unwrap().iter().map(|answer| answer["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [200, 200, 400]);
}

#[tokio::test]
async fn each_request_is_answered_as_if_it_had_come_alone() {
    let cloud = Cloud::new().await;
    let group = json!({"displayName": "g", "mailNickname": "g", "mailEnabled": false, "securityEnabled": true});
    let requests = json!({"requests": [
        {"id": "1", "method": "GET", "url": "/users?$filter=displayName eq 'Ada'&$select=displayName"},
        {"id": "2", "method": "POST", "url": "groups", "headers": {"Content-Type": "application/json"}, "body": group},
        {"id": "3", "method": "get", "url": "/groups/$count", "headers": {"ConsistencyLevel": "eventual"}},
        {"id": "4", "method": "GET", "url": "/users/nobody@smalt.example"},
        {"id": "5", "method": "GET", "url": "/organization", "dependsOn": ["4"]},
        {"id": "6", "method": "GET", "url": "/organization", "dependsOn": ["2", "5"]},
    ]});
    let answer = cloud.post("/v1.0/$batch", requests.clone()).await;
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!(statuses(&answer.body), [200, 201, 200, 404, 424, 424]);
    let parts = answer.body["responses"].as_array().unwrap();
    assert_eq!(parts[0]["body"]["value"], json!([{"displayName": "Ada"}]));
    assert!(parts[0]["headers"]["Content-Type"].as_str().unwrap().starts_with("application/json"));
    assert!(parts[1]["headers"]["Location"].as_str().unwrap().contains("/directoryObjects/"));
    assert_eq!(parts[2]["body"], 1);
    assert_eq!(parts[3]["body"]["error"]["code"], "Request_ResourceNotFound");
    let refused = cloud.ask_as(MACHINE, "POST", "/v1.0/$batch", Some(requests)).await;
    assert_eq!(statuses(&refused.body), [403, 403, 403, 403, 424, 424]);
}

#[tokio::test]
async fn what_is_no_batch_is_refused() {
    let cloud = Cloud::new().await;
    let get = |id: &str| json!({"id": id, "method": "GET", "url": "/users"});
    for (body, message) in [
        (json!({}), "Invalid batch payload format."),
        (json!({"requests": [{"id": 1}]}), "Invalid batch payload format."),
        (json!({"requests": []}), "Number of batch request steps should be between 1 and 20."),
        (
            json!({"requests": (0..21).map(|n| get(&n.to_string())).collect::<Vec<_>>()}),
            "Number of batch request steps should be between 1 and 20.",
        ),
        (json!({"requests": [get("1"), get("1")]}), "Request Id values should be unique."),
        (
            json!({"requests": [{"id": "1", "method": "GET", "url": "/users", "dependsOn": ["1"]}]}),
            "Request Dependency is either self or does not exist.",
        ),
        (
            json!({"requests": [{"id": "1", "method": "POST", "url": "/$batch"}]}),
            "A batch request cannot be in a batch request.",
        ),
        (
            json!({"requests": [{"id": "1", "method": "POST", "url": "/groups", "body": {"displayName": "g"}}]}),
            "Write request id : 1 does not contain Content-Type header or body.",
        ),
        (json!({"requests": [{"id": "1", "method": "G T", "url": "/users"}]}), "The batch request '1' cannot be read."),
    ] {
        let reply = cloud.post("/v1.0/$batch", body.clone()).await;
        assert_eq!((reply.status.as_u16(), reply.body["error"]["message"].as_str()), (400, Some(message)), "{body}");
    }
    assert_eq!(cloud.get("/v1.0/$batch").await.status.as_u16(), 405);
    for url in [
        "/$batch?x=1",
        "$Batch/#x",
        "/%24batch",
        "//%24B%61tch?a b",
        "https://graph.microsoft.com/beta/$batch?x",
        "https://graph.microsoft.com/beta/%24BATCH",
    ] {
        let inner = json!({"id": "1", "method": "POST", "url": url, "body": {},
            "headers": {"Content-Type": "application/json"}});
        let reply = cloud.post("/v1.0/$batch", json!({"requests": [inner]})).await;
        assert_eq!(reply.body["error"]["message"], "A batch request cannot be in a batch request.", "{url}");
    }
    // A header inside does not change who asks.
    let inner =
        json!({"requests": [{"id": "1", "method": "GET", "url": "/me", "headers": {"authorization": "Bearer x"}}]});
    let reply = cloud.ask_as(PERSON, "POST", "/v1.0/$batch", Some(inner)).await;
    assert_eq!(reply.body["responses"][0]["body"]["displayName"], "Ada");
}
