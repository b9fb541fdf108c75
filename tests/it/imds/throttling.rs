//! A client that floods: 429 with `Retry-After` at the documented rates where throttling is switched on, never otherwise
//! (IDENTITY-WIRE 1.1, 1.3, 1.10).

use std::time::Instant;

use cloud::{Answer, Cloud};
use reqwest::Method;
use serde_json::json;

const TOKEN: &str = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/";
const INSTANCE: &str = "/metadata/instance?api-version=2021-02-01";

/// What a flood brought.
struct Flood {
    answers: Vec<Answer>,
    /// As many seconds as it lasted, the one that had begun included.
    seconds: usize,
}

/// `rounds` times, `together` requests at the same time.
async fn flood(cloud: &Cloud, vm: &str, target: &str, together: usize, rounds: usize) -> Flood {
    let url = format!("http://{}{target}", cloud.imds_address(vm));
    let begun = Instant::now();
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..together {
        let request = cloud.http.get(&url).header("Metadata", "true");
        callers.spawn(async move {
            let mut answers = Vec::new();
            for _ in 0..rounds {
                answers.push(Answer::of(request.try_clone().unwrap()).await);
            }
            answers
        });
    }
    let answers = callers.join_all().await.into_iter().flatten().collect();
    Flood { answers, seconds: usize::try_from(begun.elapsed().as_secs()).unwrap() + 1 }
}

impl Flood {
    /// How many had what they asked for; all others were told to wait, in these words.
    fn admitted(&self, refusal: &str) -> usize {
        let (granted, refused): (Vec<_>, Vec<_>) = self.answers.iter().partition(|answer| answer.status == 200);
        for answer in refused {
            assert_eq!((answer.status, answer.header("retry-after"), &*answer.text), (429, "1", refusal));
        }
        granted.len()
    }
}

const TOKEN_REFUSAL: &str =
    r#"{"error":"invalid_request","error_description":"Temporarily throttled, too many requests"}"#;
const REFUSAL: &str = r#"{"error":"Too many requests"}"#;

#[tokio::test]
async fn a_flood_is_throttled_where_that_is_switched_on() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let (vm, other) = (cloud.make_vm(&group, "vm1").await, cloud.make_vm(&group, "vm2").await);
    for vm in [&vm, &other] {
        cloud.patch_identity(vm, json!({"type": "SystemAssigned"})).await.ok();
    }
    let switch = async |on: bool| cloud.control(Method::POST, "/throttling", &json!({"on": on})).await.ok();
    for target in [TOKEN, INSTANCE] {
        assert_eq!(flood(&cloud, &vm, target, 8, 25).await.admitted(""), 200, "nobody is refused");
    }
    switch(true).await;
    for (target, rate, refusal) in [(TOKEN, 20, TOKEN_REFUSAL), (INSTANCE, 5, REFUSAL)] {
        let flood = flood(&cloud, &vm, target, 4, 100).await;
        let admitted = flood.admitted(refusal);
        assert!((rate..=rate * flood.seconds).contains(&admitted), "{admitted} in {} s", flood.seconds);
        assert!(admitted < 400, "the flood was too slow to be one");
    }
    // Each VM has its own count, and no more than five ask for tokens at the same time.
    let new_tokens = format!("{TOKEN}&bypass_cache=true");
    let admitted = flood(&cloud, &other, &new_tokens, 20, 1).await.admitted(TOKEN_REFUSAL);
    assert!((5..20).contains(&admitted), "{admitted}");
    switch(false).await;
    assert_eq!(flood(&cloud, &vm, TOKEN, 8, 25).await.admitted(""), 200);
}
