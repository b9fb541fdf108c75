//! People's tokens at the resources that they are for: who is let in, and what takes a token back before its end.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cloud::{ARM, Answer, Caller, Cloud, GRAPH, LOGIN, READER};
use serde_json::{Value, json};

const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const PASSWORD: &str = "correct horse battery";
const VAULT: &str = "https://vault.azure.net";

/// A person with a password; answers their object id and sign-in name.
async fn make_person(cloud: &Cloud, name: &str) -> (String, String) {
    let upn = format!("{name}@smalt.onmicrosoft.com");
    let body = json!({
        "displayName": name, "mailNickname": name, "userPrincipalName": upn, "accountEnabled": true,
        "passwordProfile": {"password": PASSWORD},
    });
    let made = cloud.graph("POST", "/users", body).await.ok().body;
    (made["id"].as_str().unwrap().to_owned(), upn)
}

/// What the token service gives for a person's password; `claims` is what a challenge asked for.
async fn sign_in(cloud: &Cloud, upn: &str, resource: &str, claims: Option<&str>) -> Answer {
    let scope = format!("{resource}/.default openid offline_access");
    let mut form = vec![
        ("grant_type", "password"),
        ("client_id", CLI),
        ("username", upn),
        ("password", PASSWORD),
        ("scope", &scope),
    ];
    form.extend(claims.map(|claims| ("claims", claims)));
    Answer::of(cloud.http.post(format!("{LOGIN}/{}/oauth2/v2.0/token", cloud.tenant)).form(&form)).await
}

fn access(answer: &Answer) -> String {
    answer.body["access_token"].as_str().unwrap_or_default().to_owned()
}

/// What the challenge of a 401 asks for, as the client is to send it on.
fn asked_for(answer: &Answer) -> String {
    let challenge = answer.header("www-authenticate");
    let claims = challenge.split("claims=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    String::from_utf8(STANDARD.decode(claims).unwrap()).unwrap()
}

async fn ask(caller: &Caller<'_>, cloud: &Cloud, resource: &str) -> Answer {
    match resource {
        ARM => caller.arm("GET", &format!("{}/resourceGroups/rg", cloud.subscription), None).await,
        GRAPH => caller.graph("GET", "/me", None).await,
        _ => Answer::of(caller.request("GET", "https://kv1.vault.azure.net/secrets/s?api-version=7.4")).await,
    }
}

#[tokio::test]
async fn a_person_may_what_their_roles_and_groups_allow() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let (id, upn) = make_person(&cloud, "ada").await;
    let token = access(&sign_in(&cloud, &upn, ARM, None).await.ok());
    let ada = cloud.caller(token);
    let refused = ask(&ada, &cloud, ARM).await;
    assert_eq!(refused.summary(), "403 AuthorizationFailed");
    assert!(refused.message().contains(&format!("The client '{upn}' with object id '{id}'")), "{}", refused.text);
    let readers = cloud.make_directory_group("readers", &[&id]).await;
    cloud.assign(&readers, READER, &group).await;
    // The directory is asked, not the token: no new sign-in is needed.
    assert_eq!(ask(&ada, &cloud, ARM).await.status, 200);
    let graph = cloud.caller(access(&sign_in(&cloud, &upn, GRAPH, None).await.ok()));
    assert_eq!(ask(&graph, &cloud, GRAPH).await.body["userPrincipalName"], json!(upn));
    let told = Answer::of(graph.request("GET", &format!("{GRAPH}/oidc/userinfo"))).await.ok();
    assert_eq!(told.body["name"], "ada");
}

#[tokio::test]
async fn a_revoked_token_heals_by_the_challenge() {
    let cloud = Cloud::start().await;
    cloud.make_group("rg").await;
    let (id, upn) = make_person(&cloud, "ada").await;
    for resource in [ARM, GRAPH, VAULT] {
        let old = cloud.caller(access(&sign_in(&cloud, &upn, resource, None).await.ok()));
        cloud.advance("1m").await;
        let store = &cloud.server.cloud.store;
        let mut tx = store.begin().await;
        tx.revoke_tokens(id.parse().unwrap(), cloud.server.cloud.clock.now());
        tx.commit().await.unwrap();
        let refused = ask(&old, &cloud, resource).await;
        assert_eq!(refused.status, 401, "{resource}: {}", refused.text);
        let claims = asked_for(&refused);
        let wanted: Value = serde_json::from_str(&claims).unwrap();
        let since = cloud.server.cloud.clock.now().unix_timestamp().to_string();
        assert_eq!(wanted, json!({"access_token": {"nbf": {"essential": true, "value": since}}}), "{resource}");
        let new = cloud.caller(access(&sign_in(&cloud, &upn, resource, Some(&claims)).await.ok()));
        assert_ne!(ask(&new, &cloud, resource).await.status, 401, "{resource}");
    }
}

#[tokio::test]
async fn keys_roll_with_grace_and_without() {
    let cloud = Cloud::start().await;
    cloud.make_group("rg").await;
    let server = &cloud.server.cloud;
    let keys = async || {
        let url = format!("{LOGIN}/common/discovery/v2.0/keys");
        let listed = Answer::of(cloud.http.get(url)).await.ok().body;
        let listed = listed["keys"].as_array().unwrap().clone();
        listed.into_iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let first = keys().await;
    let old = cloud.owner().await;
    let kid = smalt::token_keys::rotate(server, false).await.unwrap();
    assert_eq!(keys().await, [kid.clone(), first[0].clone()]);
    assert_eq!(ask(&old, &cloud, ARM).await.status, 200);
    cloud.advance("2d").await;
    assert_eq!(keys().await, [kid]);
    let old = cloud.owner().await;
    let kid = smalt::token_keys::rotate(server, true).await.unwrap();
    assert_eq!(keys().await, [kid]);
    let refused = ask(&old, &cloud, ARM).await;
    assert_eq!(refused.status, 401, "{}", refused.text);
    assert!(asked_for(&refused).contains("nbf"), "{:?}", refused.headers);
    cloud.advance("1m").await;
    assert_eq!(ask(&cloud.owner().await, &cloud, ARM).await.status, 200);
}
