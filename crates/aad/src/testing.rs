//! A small world for tests: a tenant with one application, one managed identity and a user of neither.

use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::BodyExt;
use model::{
    Application, Clock, DirectoryObject, FacePorts, Ids, JsonMap, KeyCredential, ManagedIdentity, PasswordCredential,
    ServicePrincipal, ServicePrincipalType, Tenant, Time,
};
use rcgen::{CertificateParams, Issuer, KeyPair};
use serde_json::Value;
use store::{Durability, ManagedIdentityKey, ReadyKey, Store};
use time::Duration;
use time::macros::datetime;
use tokens::{Algorithm, Authority, IssuedCertificate, RsaKey, SecretHasher, Signer, Verifier};
use tower::ServiceExt;
use uuid::{Uuid, uuid};

use crate::{Aad, token_service};

pub(crate) const BEGIN: Time = datetime!(2026-08-01 10:11:00 UTC);
pub(crate) const TENANT: Uuid = uuid!("c0ffee00-1111-4222-8333-0123456789ab");
pub(crate) const APP: Uuid = uuid!("aaaaaaaa-0001-4000-8000-000000000001");
pub(crate) const APP_PRINCIPAL: Uuid = uuid!("0b1ec700-0001-4000-8000-000000000001");
/// An application without a service principal.
pub(crate) const ORPHAN: Uuid = uuid!("aaaaaaaa-0003-4000-8000-000000000003");
/// A service principal that is switched off.
pub(crate) const DISABLED: Uuid = uuid!("aaaaaaaa-0004-4000-8000-000000000004");
/// A managed identity's client and object id.
pub(crate) const MACHINE_CLIENT: Uuid = uuid!("aaaaaaaa-0002-4000-8000-000000000002");
pub(crate) const MACHINE: Uuid = uuid!("0b1ec700-0002-4000-8000-000000000002");
pub(crate) const HOST: &str = "localhost:8444";
pub(crate) const SECRET: &str = "abc8Q~the-secret";
pub(crate) const OLD_SECRET: &str = "old8Q~the-secret";
pub(crate) const FUTURE_SECRET: &str = "new8Q~the-secret";
/// On the application, on its principal, and on the principal of the machine.
pub(crate) const KEYS: usize = 3;

/// Keys are slow to make, so all worlds of a run share them; the last signs tokens.
static RSA_KEYS: LazyLock<Vec<String>> =
    LazyLock::new(|| (0..=KEYS).map(|_| RsaKey::generate().unwrap().to_base64().unwrap()).collect());
static CA: LazyLock<String> = LazyLock::new(|| KeyPair::generate().unwrap().serialize_pem());

pub(crate) struct World {
    _directory: tempfile::TempDir,
    pub(crate) aad: Aad,
}

/// What a request was answered with.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub(crate) fn rsa_key(n: usize) -> RsaKey {
    RsaKey::from_base64(&RSA_KEYS[n]).unwrap()
}

pub(crate) fn ca() -> Issuer<'static, KeyPair> {
    Issuer::new(CertificateParams::default(), KeyPair::from_pem(&CA).unwrap())
}

/// The self-signed certificate of the application (0), or the one of its principal (1), which ended a year ago.
pub(crate) fn certificate(n: usize) -> IssuedCertificate {
    tokens::token_signing(&rsa_key(n), [1; 16], BEGIN - Duration::days(if n == 0 { 10 } else { 6 * 365 })).unwrap()
}

fn credential(issued: &IssuedCertificate, key_id: u128) -> KeyCredential {
    KeyCredential {
        key_id: Uuid::from_u128(key_id),
        display_name: Some(issued.subject.clone()),
        thumbprint: issued.thumbprint.clone(),
        certificate: issued.certificate.clone(),
        start: issued.not_before,
        end: issued.not_after,
    }
}

fn application(id: u128, app_id: Uuid) -> Application {
    Application {
        id: Uuid::from_u128(id),
        app_id,
        display_name: "app1".to_owned(),
        identifier_uris: vec![format!("api://{app_id}"), "https://t.example/app1/".to_owned()],
        key_credentials: Vec::new(),
        password_credentials: Vec::new(),
        federated_identity_credentials: Vec::new(),
        owners: Vec::new(),
        created_at: BEGIN,
        other: JsonMap::new(),
    }
}

fn principal(id: Uuid, app_id: Uuid, kind: ServicePrincipalType) -> ServicePrincipal {
    ServicePrincipal {
        id,
        app_id,
        display_name: "app1".to_owned(),
        kind,
        managed_identity: None,
        account_enabled: true,
        service_principal_names: vec![app_id.to_string()],
        key_credentials: Vec::new(),
        password_credentials: Vec::new(),
        owners: Vec::new(),
        created_at: BEGIN,
        other: JsonMap::new(),
    }
}

pub(crate) async fn world() -> World {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path(), Durability::Ephemeral).await.unwrap();
    let hasher = SecretHasher::new(&[7; 32]);
    let password = |secret: &str, from: i64, to: i64| PasswordCredential {
        key_id: Uuid::from_u128(u128::from(from.unsigned_abs())),
        display_name: None,
        hint: secret[..3].to_owned(),
        hash: hasher.hash(secret),
        start: BEGIN + Duration::days(from),
        end: BEGIN + Duration::days(to),
    };
    let mut app = application(1, APP);
    app.key_credentials.push(credential(&certificate(0), 0xc0));
    app.password_credentials.extend([password(SECRET, -1, 30), password(OLD_SECRET, -30, -1)]);
    let mut app_principal = principal(APP_PRINCIPAL, APP, ServicePrincipalType::Application);
    app_principal.key_credentials.push(credential(&certificate(1), 0xc1));
    app_principal.password_credentials.push(password(FUTURE_SECRET, 1, 30));
    let mut disabled = principal(Uuid::from_u128(4), DISABLED, ServicePrincipalType::Application);
    disabled.account_enabled = false;
    let mut machine = principal(MACHINE, MACHINE_CLIENT, ServicePrincipalType::ManagedIdentity);
    let resource_id = "/subscriptions/s/resourcegroups/g/providers/Microsoft.Compute/virtualMachines/vm1".to_owned();
    machine.managed_identity = Some(ManagedIdentity { resource_id, explicit: false });
    let issued = tokens::managed_identity(&ca(), &rsa_key(2), MACHINE_CLIENT, [2; 16], BEGIN).unwrap();
    let key = credential(&issued, 0xc2);
    let mut tx = store.begin().await;
    tx.put_tenant(Tenant {
        id: TENANT,
        display_name: "Test Tenant".to_owned(),
        domain: "t.example".to_owned(),
        created_at: BEGIN - Duration::days(100),
    });
    tx.put_managed_identity_key(ManagedIdentityKey {
        key_id: key.key_id,
        principal_id: MACHINE,
        not_before: issued.not_before,
        renew_after: issued.renew_after,
        not_after: issued.not_after,
        private_key: RSA_KEYS[2].clone(),
        certificate: issued.certificate,
    });
    machine.key_credentials.push(key);
    tx.put_ready_key(ReadyKey { id: Uuid::from_u128(1), private_key: RSA_KEYS[0].clone() });
    tx.put_object(DirectoryObject::Application(app));
    tx.put_object(DirectoryObject::Application(application(3, ORPHAN)));
    for principal in [app_principal, disabled, machine] {
        tx.put_object(DirectoryObject::ServicePrincipal(principal));
    }
    tx.commit().await.unwrap();
    let signing = tokens::token_signing(&rsa_key(KEYS), [3; 16], BEGIN).unwrap();
    let signer = Signer::new(rsa_key(KEYS), &signing.kid, &signing.certificate).unwrap();
    let authority = Authority { tenant: TENANT, domain: "t.example".to_owned() };
    let verifier = Verifier::new(&authority, &signer.published(BEGIN)).unwrap();
    let aad = Aad {
        store,
        clock: Arc::new(Clock::frozen(BEGIN)),
        ids: Arc::new(Ids::seeded(1)),
        signer: Arc::new(signer),
        verifier: Arc::new(verifier),
        hasher: Arc::new(hasher),
        ports: FacePorts { arm: 8443, login: 8444, graph: 8445, vault: 8446 },
        foreign_keys: Arc::default(),
        refusals: Arc::default(),
        sign_in: crate::SignInMode::default(),
        throttle: Arc::default(),
        metadata: crate::KeptMetadata::default(),
    };
    World { _directory: directory, aad }
}

impl World {
    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = token_service(self.aad.clone()).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Reply { status: parts.status, headers: parts.headers, text }
    }

    pub(crate) async fn get(&self, host: &str, path: &str) -> Reply {
        self.send(Request::get(path).header(header::HOST, host).body(Body::empty()).unwrap()).await
    }

    /// Posts a form to the token endpoint of version `v1` or `v2.0` of the tenant.
    pub(crate) async fn post(&self, version: &str, form: &[(&str, &str)]) -> Reply {
        let path = match version {
            "v1" => format!("/{TENANT}/oauth2/token"),
            _ => format!("/{TENANT}/oauth2/v2.0/token"),
        };
        self.post_to(&path, form).await
    }

    pub(crate) async fn post_to(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.post_text(path, body.into_bytes()).await
    }

    pub(crate) async fn post_text(&self, path: &str, body: Vec<u8>) -> Reply {
        let request = Request::post(path)
            .header(header::HOST, HOST)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8");
        self.send(request.body(Body::from(body)).unwrap()).await
    }
}

/// The object with a placeholder for every member that no seed decides.
pub(crate) fn masked(mut object: Value, names: &[&str]) -> Value {
    for name in names {
        assert!(object[name].as_str().is_some_and(|value| !value.is_empty()), "{name} is missing");
        object[name] = format!("[{name}]").into();
    }
    object
}

/// A JWT of any header and claims, signed as its header says. Segments are padded if `padding` is.
pub(crate) fn jwt(header: &Value, claims: &Value, key: &RsaKey, padding: bool) -> String {
    let part = |bytes: &[u8]| match padding {
        true => base64::engine::general_purpose::URL_SAFE.encode(bytes),
        false => URL_SAFE_NO_PAD.encode(bytes),
    };
    let message = format!("{}.{}", part(header.to_string().as_bytes()), part(claims.to_string().as_bytes()));
    let algorithm = if header["alg"] == "PS256" { Algorithm::Ps256 } else { Algorithm::Rs256 };
    let signature = key.sign(algorithm, message.as_bytes()).unwrap();
    format!("{message}.{}", part(&signature))
}
