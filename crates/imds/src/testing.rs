//! A world with one VM, and a token service that grants what it is asked for: for tests and benches alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::routing::post;
use axum::{Form, Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::BodyExt;
use model::{
    Clock, DirectoryObject, Identity, Ids, JsonMap, ManagedIdentity, Resource, Scope, ServicePrincipal,
    ServicePrincipalType, Tenant, Time, UserAssigned,
};
use serde_json::{Value, json};
use store::{Durability, ManagedIdentityKey, Store};
use tempfile::TempDir;
use time::Duration;
use tokens::{Authority, RsaKey, Verifier};
use tower::ServiceExt;
use uuid::Uuid;

use super::{Attestor, Imds};

pub(crate) const VM: &str = "/subscriptions/5ab00000-0000-4000-8000-000000000001/resourceGroups/rg-sim/providers/Microsoft.Compute/virtualMachines/vm-web-0";
pub(crate) const TENANT: Uuid = Uuid::from_u128(0xc0ff_ee00_1111_4222_8333_0123_4567_89ab);
/// Principal of the system-assigned identity; client ids are 100 above their principals.
pub(crate) const SYSTEM: u128 = 1;

/// Everything that one test needs.
pub(crate) struct World {
    pub(crate) imds: Imds,
    pub(crate) store: Store,
    pub(crate) clock: Arc<Clock>,
    pub(crate) service: Arc<ToyService>,
    pub(crate) verifier: Arc<Verifier>,
    /// The certificate authority, PEM.
    pub(crate) authority: String,
    _directory: TempDir,
}

/// What came to the token service and what it refuses with.
#[derive(Default)]
pub(crate) struct ToyService {
    pub(crate) forms: Mutex<Vec<HashMap<String, String>>>,
    pub(crate) refusal: Mutex<Option<(StatusCode, &'static str)>>,
    /// Makes tokens JWTs that name the key.
    pub(crate) kid: Mutex<Option<&'static str>>,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }
}

pub(crate) fn start() -> Time {
    Time::from_unix_timestamp(1_785_579_072).unwrap()
}

pub(crate) fn resource(id: &str, resource_type: &str, spec: Value) -> Resource {
    Resource {
        id: id.to_owned(),
        resource_type: resource_type.to_owned(),
        name: id.rsplit('/').next().unwrap().to_owned(),
        location: Some("westeurope".to_owned()),
        tags: None,
        identity: Identity::default(),
        envelope: JsonMap::new(),
        spec: object(spec),
        status: JsonMap::new(),
        runtime: JsonMap::new(),
        created_at: start(),
        changed_at: start(),
        version: 1,
    }
}

pub(crate) fn object(value: Value) -> JsonMap {
    match value {
        Value::Object(members) => members,
        other => panic!("no object: {other}"),
    }
}

pub(crate) fn user_assigned(n: u128) -> UserAssigned {
    let id =
        VM.replace("Microsoft.Compute/virtualMachines/vm-web-0", "Microsoft.ManagedIdentity/userAssignedIdentities/u");
    UserAssigned { id: format!("{id}{n}"), principal_id: Uuid::from_u128(n), client_id: Uuid::from_u128(n + 100) }
}

impl World {
    /// A running VM with these identities; the token service listens on loopback.
    pub(crate) async fn new(system: bool, users: &[u128]) -> Self {
        let clock = Arc::new(Clock::frozen(start()));
        let service = Arc::new(ToyService::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, service.clone().router(clock.clone())).into_future());

        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), Durability::Ephemeral).await.unwrap();
        let identity = Identity {
            system: system.then_some(Uuid::from_u128(SYSTEM)),
            user: users.iter().copied().map(user_assigned).collect(),
        };
        let mut tx = store.begin().await;
        tx.put_tenant(Tenant {
            id: TENANT,
            display_name: "Sim".to_owned(),
            domain: "sim.onmicrosoft.com".to_owned(),
            created_at: start(),
        });
        for principal in identity.system.into_iter().chain(identity.user.iter().map(|u| u.principal_id)) {
            tx.put_object(service_principal(principal.as_u128()));
            tx.put_managed_identity_key(key_of(principal));
        }
        let mut vm = resource(VM, "Microsoft.Compute/virtualMachines", json!({}));
        vm.identity = identity;
        vm.runtime = object(json!({"powerState": "running"}));
        tx.put_resource(vm);
        tx.commit().await.unwrap();

        // Whichever test comes first installs it; all install the same.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let ids = Arc::new(Ids::seeded(7));
        let key = rcgen::KeyPair::generate().unwrap();
        let authority_pem = authority_parameters().self_signed(&key).unwrap().pem();
        let ca = Arc::new(rcgen::Issuer::new(authority_parameters(), key));
        let attestor = Attestor::new(ca, ids.clone(), "https://localhost:8443/pki/ca.cer".to_owned());
        let issuer = Authority { tenant: TENANT, domain: "sim.onmicrosoft.com".to_owned() };
        let verifier = Arc::new(Verifier::new(&issuer, &[]).unwrap());
        let imds = Imds::new(store.clone(), clock.clone(), ids, client, &authority, verifier.clone(), attestor);
        Self { imds, store, clock, service, verifier, authority: authority_pem, _directory: directory }
    }

    /// A GET as clients send it.
    pub(crate) async fn get(&self, target: &str) -> Answer {
        self.send(Request::get(target).header("Metadata", "true").body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.imds.service(Scope::new(VM)).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = String::from_utf8(body.collect().await.unwrap().to_bytes().into()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Changes the VM.
    pub(crate) async fn change_vm(&self, change: impl FnOnce(&mut Resource)) {
        let mut tx = self.store.begin().await;
        let mut vm = tx.resource(&Scope::new(VM)).unwrap().as_ref().clone();
        change(&mut vm);
        tx.put_resource(vm);
        tx.commit().await.unwrap();
    }

    pub(crate) fn advance(&self, span: Duration) {
        self.clock.set_state(self.clock.state_at(self.clock.now() + span));
    }
}

/// An authority that openssl takes for one.
fn authority_parameters() -> rcgen::CertificateParams {
    let mut params = rcgen::CertificateParams::default();
    params.distinguished_name.push(rcgen::DnType::CommonName, "test authority");
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params
}

pub(crate) fn service_principal(principal: u128) -> DirectoryObject {
    DirectoryObject::ServicePrincipal(ServicePrincipal {
        id: Uuid::from_u128(principal),
        app_id: Uuid::from_u128(principal + 100),
        display_name: "vm-web-0".to_owned(),
        kind: ServicePrincipalType::ManagedIdentity,
        managed_identity: Some(ManagedIdentity { resource_id: VM.to_owned(), explicit: principal != SYSTEM }),
        account_enabled: true,
        service_principal_names: Vec::new(),
        key_credentials: Vec::new(),
        password_credentials: Vec::new(),
        owners: Vec::new(),
        created_at: start(),
        other: JsonMap::new(),
    })
}

/// One key for all: making one takes long.
pub(crate) fn key_of(principal: Uuid) -> ManagedIdentityKey {
    static KEY: OnceLock<(String, String)> = OnceLock::new();
    let (private_key, certificate) = KEY.get_or_init(|| {
        let key = RsaKey::generate().unwrap();
        (key.to_base64().unwrap(), tokens::token_signing(&key, [1; 16], start()).unwrap().certificate)
    });
    ManagedIdentityKey {
        key_id: principal,
        principal_id: principal,
        not_before: start(),
        renew_after: start(),
        not_after: start() + Duration::days(90),
        private_key: private_key.clone(),
        certificate: certificate.clone(),
    }
}

impl ToyService {
    fn router(self: Arc<Self>, clock: Arc<Clock>) -> Router {
        let grant = async move |Form(form): Form<HashMap<String, String>>| self.grant(form, clock.now());
        Router::new().route(&format!("/{TENANT}/oauth2/token"), post(grant))
    }

    fn grant(&self, form: HashMap<String, String>, now: Time) -> (StatusCode, Json<Value>) {
        let mut forms = self.forms.lock().unwrap();
        forms.push(form);
        if let Some((status, body)) = *self.refusal.lock().unwrap() {
            return (status, Json(serde_json::from_str(body).unwrap_or(Value::Null)));
        }
        let grant = json!({
            "token_type": "Bearer",
            "expires_in": "86399",
            "ext_expires_in": "86399",
            "expires_on": (now.unix_timestamp() + 86_400).to_string(),
            "not_before": (now.unix_timestamp() - 300).to_string(),
            "resource": forms[forms.len() - 1]["resource"],
            "access_token": self.token(forms.len()),
        });
        (StatusCode::OK, Json(grant))
    }

    fn token(&self, number: usize) -> String {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        match *self.kid.lock().unwrap() {
            Some(kid) => {
                [json!({"kid": kid}).to_string(), "{}".to_owned(), number.to_string()].map(|text| part(&text)).join(".")
            }
            None => format!("token-{number}"),
        }
    }

    /// How many tokens were asked for.
    pub(crate) fn asked(&self) -> usize {
        self.forms.lock().unwrap().len()
    }
}
