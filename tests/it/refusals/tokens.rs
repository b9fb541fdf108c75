//! Bad tokens, at every face that takes tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cloud::{ARM, Answer, Cloud, GRAPH};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tokens::{RsaKey, Signer};

use super::{Shape, Table, stored};

const VAULT: &str = "https://vault.azure.net";

/// One token of the owner for `resource`, and what can be made of it.
async fn bad_tokens(cloud: &Cloud, resource: &str, others: &str) -> Vec<(&'static str, Option<String>)> {
    let good = owner_token(cloud, resource).await;
    let bearer = |token: &str| Some(format!("Bearer {token}"));
    let (head, signature) = good.rsplit_once('.').unwrap();
    let (_, payload) = head.split_once('.').unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    let with = |name: &str, value: Value| {
        let mut changed = claims.as_object().unwrap().clone();
        changed.insert(name.to_owned(), value);
        changed
    };
    let own = own_key(cloud).await;
    let foreign = "11111111-1111-4111-8111-111111111111";
    let elsewhere = with("iss", json!(format!("https://sts.windows.net/{foreign}/")));
    let stranger = Signer::new(RsaKey::generate().unwrap(), &own.kid, &own.certificate).unwrap();
    let signer = Signer::new(RsaKey::from_base64(&own.private_key).unwrap(), &own.kid, &own.certificate).unwrap();
    let not_yet = with("nbf", json!(claims["exp"].as_i64().unwrap() - 1));
    let mut hmac = Header::new(Algorithm::HS256);
    hmac.kid = Some(own.kid.clone());
    let keyed_with = |secret: &[u8]| jsonwebtoken::encode(&hmac, &claims, &EncodingKey::from_secret(secret)).unwrap();
    let der = RsaKey::from_base64(&own.private_key).unwrap().public_der().unwrap();
    vec![
        ("no header", None),
        ("an empty header", Some(String::new())),
        ("another scheme", Some("Basic b3duZXI6c2VjcmV0".to_owned())),
        ("a scheme alone", Some("Bearer".to_owned())),
        ("garbage", bearer("garbage")),
        ("three words of garbage", bearer("a.b.c")),
        ("a bit of the signature flipped", bearer(&format!("{head}.{}", flipped(signature)))),
        ("a bit of the claims flipped", bearer(&good.replacen(payload, &flipped(payload), 1))),
        ("no signature", bearer(&format!("{head}."))),
        ("another audience", bearer(&owner_token(cloud, others).await)),
        ("not valid yet", bearer(&signer.sign(&not_yet).unwrap())),
        ("of another tenant, its own key", bearer(&stranger.sign(&elsewhere).unwrap())),
        ("of another tenant, this one's key", bearer(&signer.sign(&elsewhere).unwrap())),
        ("this tenant, another key", bearer(&stranger.sign(claims.as_object().unwrap()).unwrap())),
        ("alg none", bearer(&format!("{}.{payload}.", header(&own.kid, "none")))),
        ("alg none, signature kept", bearer(&format!("{}.{payload}.{signature}", header(&own.kid, "None")))),
        ("HS256 keyed with the public key, DER", bearer(&keyed_with(&der))),
        ("HS256 keyed with the certificate", bearer(&keyed_with(own.certificate.as_bytes()))),
    ]
}

async fn own_key(cloud: &Cloud) -> store::SigningKey {
    cloud.server.cloud.store.signing_keys().await.unwrap().swap_remove(0)
}

async fn owner_token(cloud: &Cloud, resource: &str) -> String {
    let owner = smalt::world::owner_of(&cloud.server.cloud.store);
    let answer = cloud.token_by_secret(&owner.client_id, &owner.client_secret, resource).await.ok();
    answer.body["access_token"].as_str().unwrap().to_owned()
}

fn header(kid: &str, algorithm: &str) -> String {
    URL_SAFE_NO_PAD.encode(json!({"typ": "JWT", "alg": algorithm, "kid": kid}).to_string())
}

/// One bit of what the text encodes is another, in its middle: the last character holds bits that do not count.
fn flipped(text: &str) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    URL_SAFE_NO_PAD.encode(bytes)
}

#[tokio::test]
async fn bad_tokens_open_nothing() {
    let cloud = Cloud::start().await;
    cloud.make_group("rg").await;
    let before = stored(&cloud).await;
    let mut table = Table::new();
    for (shape, resource, others, method, url) in [
        (
            Shape::Arm,
            ARM,
            GRAPH,
            "PUT",
            format!("{ARM}{}/resourceGroups/new?api-version=2024-11-01", cloud.subscription),
        ),
        (Shape::Graph, GRAPH, ARM, "POST", format!("{GRAPH}/v1.0/applications")),
        (Shape::Plain, VAULT, GRAPH, "PUT", "https://kv1.vault.azure.net/secrets/new?api-version=7.4".to_owned()),
    ] {
        for (case, authorization) in bad_tokens(&cloud, resource, others).await {
            let request = cloud
                .http
                .request(method.parse().unwrap(), &url)
                .json(&json!({"location": "westeurope", "displayName": "new"}));
            let request = match authorization {
                Some(text) => request.header("Authorization", text),
                None => request,
            };
            let answer = Answer::of(request).await;
            assert_eq!(answer.status, 401, "{shape:?}, {case}: {}", answer.text);
            if !matches!(shape, Shape::Graph) {
                assert!(
                    answer.header("www-authenticate").starts_with("Bearer authorization"),
                    "{case}: {:?}",
                    answer.headers
                );
            }
            table.note(shape, &format!("{shape:?}, {case}"), &answer);
        }
        // The clock is past the token's hour.
        let token = owner_token(&cloud, resource).await;
        cloud.advance("61m").await;
        table
            .refused(shape, &format!("{shape:?}, expired"), cloud.caller(token).request(method, &url).json(&json!({})))
            .await;
    }
    assert_eq!(stored(&cloud).await, before, "something was stored");
    insta::assert_snapshot!("tokens", table.text);
}
