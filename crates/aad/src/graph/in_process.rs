//! A directory in the test's own process: one administrator, one person, one managed identity; a clock that stands.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use model::{
    Clock, DirectoryObject, DirectoryRoleAssignment, FacePorts, GLOBAL_ADMINISTRATOR, Ids, JsonMap, KeyCredential,
    ManagedIdentity, ServicePrincipal, ServicePrincipalType, Tenant, Time, User,
};
use serde_json::{Value, json};
use store::{Durability, Store};
use time::Duration;
use time::macros::datetime;
use tokens::{Authority, RsaKey, SecretHasher, Signer, Verifier};
use tower::ServiceExt;
use uuid::{Uuid, uuid};

use crate::{Aad, graph};

pub(super) const NOW: Time = datetime!(2026-05-01 13:34:30 UTC);
pub(super) const TENANT: Uuid = uuid!("7e4a4700-0000-4000-8000-000000000001");
pub(super) const ADMINISTRATOR: Uuid = uuid!("0b1ec700-0000-4000-8000-00000000000a");
pub(super) const PERSON: Uuid = uuid!("0b1ec700-0000-4000-8000-00000000000b");
pub(super) const MACHINE: Uuid = uuid!("0b1ec700-0000-4000-8000-00000000cafe");
pub(super) const MACHINE_CLIENT: Uuid = uuid!("aaaaaaaa-0002-4000-8000-000000000002");
pub(super) const AUDIENCE: &str = "https://graph.microsoft.com";

/// Making a key is slow; all tests sign with one.
static KEY: LazyLock<String> = LazyLock::new(|| RsaKey::generate().unwrap().to_base64().unwrap());

/// A running Graph.
pub(super) struct Cloud {
    _directory: tempfile::TempDir,
    router: Router,
    pub(super) aad: Aad,
}

/// An answer.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

impl Reply {
    pub(super) fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or("")
    }

    pub(super) fn text(&self, name: &str) -> String {
        self.body[name].as_str().unwrap().to_owned()
    }

    /// One property of every object of a collection, sorted.
    pub(super) fn values(&self, name: &str) -> Vec<String> {
        let items = self.body["value"].as_array().unwrap();
        let mut found: Vec<String> = items.iter().map(|item| item[name].as_str().unwrap().to_owned()).collect();
        found.sort();
        found
    }
}

fn principal(id: Uuid, name: &str, kind: ServicePrincipalType) -> ServicePrincipal {
    ServicePrincipal {
        id,
        app_id: Uuid::from_u128(id.as_u128() ^ 1),
        display_name: name.to_owned(),
        kind,
        managed_identity: None,
        account_enabled: true,
        service_principal_names: Vec::new(),
        key_credentials: Vec::new(),
        password_credentials: Vec::new(),
        owners: Vec::new(),
        created_at: NOW,
        other: JsonMap::new(),
    }
}

fn machine() -> ServicePrincipal {
    let start = NOW - Duration::seconds(330);
    ServicePrincipal {
        app_id: MACHINE_CLIENT,
        managed_identity: Some(ManagedIdentity {
            resource_id: "/subscriptions/5ab/resourcegroups/rg1/providers/Microsoft.Compute/virtualMachines/vm1".into(),
            explicit: false,
        }),
        service_principal_names: vec![MACHINE_CLIENT.to_string()],
        key_credentials: vec![KeyCredential {
            key_id: uuid!("5e1f0000-0000-4000-8000-000000000009"),
            display_name: Some(format!("CN={MACHINE_CLIENT}")),
            thumbprint: "2B042AB9FB1EF63BC59EBED071A865B8AB809371".into(),
            certificate: "MIIB".into(),
            start,
            end: start + Duration::days(90),
        }],
        ..principal(MACHINE, "vm1", ServicePrincipalType::ManagedIdentity)
    }
}

fn request(token: &str, verb: &str, path: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(verb)
        .uri(path.replace(' ', "%20").replace('"', "%22"))
        .header(header::HOST, "localhost:8445")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
}

impl Cloud {
    pub(super) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), Durability::Ephemeral).await.unwrap();
        let domain = "smalt.example".to_owned();
        let mut tx = store.begin().await;
        tx.put_tenant(Tenant { id: TENANT, display_name: "Smalt".into(), domain: domain.clone(), created_at: NOW });
        let administrator = principal(ADMINISTRATOR, "administrator", ServicePrincipalType::Application);
        tx.put_object(DirectoryObject::ServicePrincipal(administrator));
        tx.put_object(DirectoryObject::ServicePrincipal(machine()));
        tx.put_object(DirectoryObject::User(User {
            id: PERSON,
            user_principal_name: "ada@smalt.example".into(),
            display_name: "Ada".into(),
            password_hash: None,
            manager: None,
            account_enabled: true,
            created_at: NOW,
            other: JsonMap::new(),
        }));
        tx.put_directory_role_assignment(DirectoryRoleAssignment {
            role_id: GLOBAL_ADMINISTRATOR,
            principal_id: ADMINISTRATOR,
        });
        tx.commit().await.unwrap();
        let signer = Signer::new(RsaKey::from_base64(&KEY).unwrap(), "kid", "").unwrap();
        let verifier =
            Verifier::new(&Authority { tenant: TENANT, domain }, &signer.published(Time::UNIX_EPOCH)).unwrap();
        let aad = Aad {
            store,
            clock: Arc::new(Clock::frozen(NOW)),
            ids: Arc::new(Ids::seeded(7)),
            signer: Arc::new(signer),
            verifier: Arc::new(verifier),
            hasher: Arc::new(SecretHasher::new(&[7; 32])),
            ports: FacePorts { arm: 8443, login: 8444, graph: 8445, vault: 8446 },
            foreign_keys: Arc::default(),
            refusals: Arc::default(),
            sign_in: crate::SignInMode::default(),
            throttle: Arc::default(),
            metadata: crate::KeptMetadata::default(),
        };
        Self { _directory: directory, router: graph(aad.clone()), aad }
    }

    /// A token of `caller` for `audience`.
    pub(super) fn token(&self, caller: Uuid, audience: &str) -> String {
        self.token_that_says(caller, audience, &json!({}))
    }

    /// A token of `caller` with more claims.
    pub(super) fn token_that_says(&self, caller: Uuid, audience: &str, more: &Value) -> String {
        let mut claims = json!({
            "aud": audience,
            "iss": format!("https://sts.windows.net/{TENANT}/"),
            "oid": caller,
            "appid": caller,
            "iat": NOW.unix_timestamp(),
            "nbf": NOW.unix_timestamp(),
            "exp": (NOW + Duration::hours(1)).unix_timestamp(),
        });
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.aad.signer.sign(claims.as_object().unwrap()).unwrap()
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(&bytes)));
        Reply { status: head.status, headers: head.headers, body }
    }

    /// Asks with a token.
    pub(super) async fn ask_with(&self, token: &str, verb: &str, path: &str, body: Option<Value>) -> Reply {
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(request(token, verb, path).body(body).unwrap()).await
    }

    /// Asks as `caller`.
    pub(super) async fn ask_as(&self, caller: Uuid, verb: &str, path: &str, body: Option<Value>) -> Reply {
        self.ask_with(&self.token(caller, AUDIENCE), verb, path, body).await
    }

    /// Asks as the administrator, with the header for advanced queries.
    pub(super) async fn get_eventually(&self, path: &str) -> Reply {
        let token = self.token(ADMINISTRATOR, AUDIENCE);
        let request = request(&token, "GET", path).header("consistencylevel", "eventual");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Asks as the administrator.
    pub(super) async fn get(&self, path: &str) -> Reply {
        self.ask_as(ADMINISTRATOR, "GET", path, None).await
    }

    /// Posts as the administrator.
    pub(super) async fn post(&self, path: &str, body: Value) -> Reply {
        self.ask_as(ADMINISTRATOR, "POST", path, Some(body)).await
    }

    /// Patches as the administrator.
    pub(super) async fn patch(&self, path: &str, body: Value) -> Reply {
        self.ask_as(ADMINISTRATOR, "PATCH", path, Some(body)).await
    }

    /// Deletes as the administrator.
    pub(super) async fn delete(&self, path: &str) -> Reply {
        self.ask_as(ADMINISTRATOR, "DELETE", path, None).await
    }

    /// Makes an application and gives its object id and its client id.
    pub(super) async fn application(&self, name: &str) -> (String, String) {
        let made = self.post("/v1.0/applications", json!({"displayName": name, "keyCredentials": []})).await;
        assert_eq!(made.status, StatusCode::CREATED);
        (made.text("id"), made.text("appId"))
    }

    /// Makes a group and gives its id.
    pub(super) async fn group(&self, name: &str) -> String {
        let nickname = name.replace(' ', "-");
        let group =
            json!({"displayName": name, "mailNickname": nickname, "mailEnabled": false, "securityEnabled": true});
        self.post("/v1.0/groups", group).await.text("id")
    }
}
