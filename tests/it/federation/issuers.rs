//! Whom smalt asks for keys, and what it makes of the answers: the attacks of other issuers, and through them.

use cloud::{Answer, Application, Cloud, LOGIN};
use serde_json::json;

use super::foreign_issuer::{EXCHANGE, ForeignIssuer, SUBJECT};

/// A cloud, an issuer beside it, and an application.
struct Scene {
    cloud: Cloud,
    issuer: ForeignIssuer,
    application: Application,
}

impl Scene {
    async fn set() -> Self {
        let cloud = Cloud::start().await;
        let issuer = ForeignIssuer::serve(&cloud).await;
        let application = cloud.make_application("federated").await;
        Self { cloud, issuer, application }
    }

    /// The application trusts the issuer at `url`.
    async fn trust(&self, url: &str) {
        let path = format!("/applications/{}/federatedIdentityCredentials", self.application.object_id);
        let name = url.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let body = json!({"name": name, "issuer": url, "subject": SUBJECT, "audiences": [EXCHANGE]});
        self.cloud.graph("POST", &path, body).await.ok();
    }

    /// A token of the issuer at `url` is presented.
    async fn present(&self, url: &str, kid: &str) -> Answer {
        let token = self.issuer.token(&self.cloud, url, kid);
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.application.client_id),
            ("scope", "https://management.azure.com/.default"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &token),
        ];
        let url = format!("{LOGIN}/{}/oauth2/v2.0/token", self.cloud.tenant);
        Answer::of(self.cloud.http.post(url).form(&form)).await
    }
}

/// `200`, or the AADSTS code.
fn code(answer: &Answer) -> String {
    match answer.status {
        200 => "200".to_owned(),
        _ => answer.message().split(':').next().unwrap_or_default().to_owned(),
    }
}

#[tokio::test]
async fn an_issuer_is_asked_once() {
    let scene = Scene::set().await;
    let url = scene.issuer.url("localhost", "good");
    assert_eq!((code(&scene.present(&url, "key").await), scene.issuer.asked()), ("AADSTS70025".to_owned(), 0));
    scene.trust(&url).await;
    let both = tokio::join!(scene.present(&url, "key"), scene.present(&url, "key"));
    assert_eq!([code(&both.0), code(&both.1)], ["200", "200"]);
    assert_eq!(scene.issuer.asked(), 2, "the metadata, and the keys");
    assert_eq!(code(&scene.present(&url, "key").await), "200");
    assert_eq!(code(&scene.present(&url, "unknown").await), "AADSTS7000272");
    assert_eq!(scene.issuer.asked(), 2, "a key that is not there is not looked for again so soon");
}

/// Nobody is asked unless a credential of the very client fits the assertion.
#[tokio::test]
async fn strangers_cannot_make_smalt_ask() {
    let scene = Scene::set().await;
    let url = scene.issuer.url("localhost", "good");
    scene.trust(&scene.issuer.url("localhost", "other")).await;
    assert_eq!(code(&scene.present(&url, "key").await), "AADSTS700211");
    assert_eq!(code(&scene.present(&format!("{url}/"), "key").await), "AADSTS700211");
    assert_eq!(scene.issuer.asked(), 0);
}

#[tokio::test]
async fn an_address_of_this_machine_is_not_asked_unless_smalt_is_told_to() {
    let scene = Scene::set().await;
    for host in ["127.0.0.1", "[::1]", "127.1", "LOCALHOST."] {
        let url = scene.issuer.url(host, "good");
        scene.trust(&url).await;
        assert_eq!(code(&scene.present(&url, "key").await), "AADSTS90061", "{host}");
    }
    assert_eq!(scene.issuer.asked(), 0);
}

#[tokio::test]
async fn an_issuer_that_misbehaves_proves_nothing() {
    let scene = Scene::set().await;
    for name in [
        "huge",
        "nested",
        "garbage",
        "silent",
        "another",
        "plain-keys",
        "link-local-keys",
        "loopback-keys",
        "file-keys",
        "redirects",
        "fails",
        "no-keys",
        "huge-keys",
    ] {
        let url = scene.issuer.url("localhost", name);
        scene.trust(&url).await;
        let before = scene.issuer.asked();
        assert_eq!(code(&scene.present(&url, "key").await), "AADSTS90061", "{name}");
        // Only these two have metadata that leads back to them.
        let asked = if ["no-keys", "huge-keys"].contains(&name) { 2 } else { 1 };
        assert_eq!(scene.issuer.asked() - before, asked, "{name}");
        assert_eq!(code(&scene.present(&url, "key").await), "AADSTS90061", "{name}, again");
        assert_eq!(scene.issuer.asked() - before, asked, "{name} is left in peace for a while");
    }
}

/// Whoever waits for an issuer holds up nobody: neither other tokens nor writes.
#[tokio::test]
async fn an_issuer_that_never_answers_stalls_nobody() {
    let scene = Scene::set().await;
    let (slow, good) = (scene.issuer.url("localhost", "slow"), scene.issuer.url("localhost", "good"));
    scene.trust(&slow).await;
    scene.trust(&good).await;
    let mut waiting = std::pin::pin!(scene.present(&slow, "key"));
    let others = async {
        while scene.issuer.asked() == 0 {
            tokio::task::yield_now().await;
        }
        scene.cloud.make_group("meanwhile").await;
        code(&scene.present(&good, "key").await)
    };
    tokio::select! {
        done = others => assert_eq!(done, "200"),
        early = &mut waiting => panic!("the slow issuer answered: {}", early.text),
    }
    assert_eq!(code(&waiting.await), "AADSTS90061");
}
