//! The control socket: how the command line talks to the process that owns a state directory. JSON over HTTP over a Unix
//! socket that only the owner may open.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use model::{ArmPath, DirectoryObject, KeyCredential, Resource, Scope, parse_span};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::cloud::Cloud;
use crate::environment::{Way, variables};
use crate::front::{PUBLIC_NAMES, VAULT_DOMAINS};
use crate::imds_fleet::is_running;
use crate::{caretaker, environment};

/// The socket's name in the state directory.
pub const CONTROL_SOCKET: &str = "control.sock";
/// The socket to which namespaces of VMs hand their listeners.
pub const ATTACH_SOCKET: &str = "attach.sock";

/// What the control socket works with.
#[derive(Clone)]
pub struct Control {
    /// The cloud.
    pub cloud: Arc<Cloud>,
    /// The state directory.
    pub directory: PathBuf,
    /// Whether managed identities' certificates are renewed.
    pub renews_certificates: bool,
}

/// A refusal: one sentence for a person.
struct Refusal(StatusCode, String);

impl Refusal {
    fn new(sentence: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, sentence.into())
    }
}

impl<E: Into<anyhow::Error>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, format!("{:#}.", error.into()))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

type Answer = Result<Json<Value>, Refusal>;

/// The socket's routes.
pub fn router(control: Control) -> Router {
    Router::new()
        .route("/environment", get(environment_variables))
        .route("/vms", get(machines))
        .route("/enter", get(enter))
        .route("/clock", get(clock).post(move_clock))
        .route("/certificates", get(certificates))
        .route("/certificates/revoke", post(revoke))
        .route("/explain", post(explain))
        .route("/signature", post(signature))
        .with_state(control)
}

/// Which VM, in which group.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct VmName {
    /// The VM's name.
    pub vm: Option<String>,
    /// Its resource group; needed only where two VMs have one name.
    pub group: Option<String>,
}

/// What `smalt env` asks.
#[derive(Debug, Serialize, Deserialize)]
pub struct EnvironmentQuery {
    /// Whether by interception.
    #[serde(default)]
    pub intercept: bool,
    /// The VM whose IMDS is wanted too.
    pub vm: Option<String>,
    /// Its resource group.
    pub group: Option<String>,
}

async fn environment_variables(State(control): State<Control>, Query(query): Query<EnvironmentQuery>) -> Answer {
    let way = if query.intercept { Way::Interception } else { Way::CustomCloud };
    let port = match &query.vm {
        Some(name) => {
            let machine = control.machine(name, query.group.as_deref())?;
            Some(control.imds_port(&machine)?)
        }
        None => None,
    };
    let set = variables(&control.cloud, way, port);
    Ok(Json(json!({"set": set, "unset": environment::contradicting(way)})))
}

async fn machines(State(control): State<Control>) -> Answer {
    let world = control.cloud.store.read();
    let listed = world.resources_of_type(&Scope::new(Scope::ROOT), VIRTUAL_MACHINES).map(|machine| {
        json!({
            "name": machine.name,
            "resourceGroup": group_of(machine),
            "powerState": machine.runtime.get("powerState"),
            "identity": machine.identity.type_name(),
            "imds": control.imds_port(machine).ok().map(|port| format!("http://127.0.0.1:{port}")),
            "id": machine.id,
        })
    });
    Ok(Json(listed.collect()))
}

/// What `smalt vm exec` needs to know of a VM.
async fn enter(State(control): State<Control>, Query(query): Query<VmName>) -> Answer {
    let name = query.vm.unwrap_or_default();
    let machine = control.machine(&name, query.group.as_deref())?;
    if !is_running(&machine) {
        return Err(Refusal::new(format!("The VM '{name}' is not running: start it first.")));
    }
    let faces = control.cloud.ports.faces();
    Ok(Json(json!({
        "attach_socket": control.directory.join(ATTACH_SOCKET),
        "vm_id": machine.id,
        "ca_bundle_pem": std::fs::read_to_string(control.cloud.authority.bundle())?,
        "public_names": public_names(),
        "face_ports": [faces.arm, faces.login, faces.graph, faces.vault],
        "command": [],
    })))
}

/// Names that a VM's hosts file knows; the domains of vaults are left to its name server.
#[must_use]
pub fn public_names() -> Vec<&'static str> {
    PUBLIC_NAMES.iter().map(|(name, _)| *name).collect()
}

/// Domains whose every name leads to smalt inside a VM.
#[must_use]
pub fn public_domains() -> &'static [&'static str] {
    &VAULT_DOMAINS
}

async fn clock(State(control): State<Control>) -> Answer {
    Ok(Json(control.shown_clock()))
}

/// What `smalt clock` does.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Move {
    /// Forward by a span, such as `46d`.
    Advance(String),
    /// To a moment, RFC 3339.
    Set(String),
    /// Stand still.
    Freeze,
    /// Run on.
    Run,
}

async fn move_clock(State(control): State<Control>, Json(wanted): Json<Move>) -> Answer {
    let cloud = &control.cloud;
    let target = match &wanted {
        Move::Advance(span) => cloud.clock.now() + parse_span(span).map_err(Refusal::new)?,
        Move::Set(text) => model::Time::parse(text, &Rfc3339)
            .map_err(|_| Refusal::new(format!("'{text}' is not a moment: write it like 2027-01-31T12:00:00Z.")))?,
        Move::Freeze | Move::Run => cloud.clock.now(),
    };
    if !(1970..2200).contains(&target.year()) {
        return Err(Refusal::new(format!("The clock cannot be set to the year {}.", target.year())));
    }
    // First what is due by then, then the clock: nobody sees the new time with old certificates.
    caretaker::settle(cloud, control.renews_certificates, target).await?;
    let state = match wanted {
        Move::Advance(_) | Move::Set(_) => cloud.clock.state_at(target),
        Move::Freeze => cloud.clock.state_frozen(),
        Move::Run => cloud.clock.state_running(),
    };
    let mut tx = cloud.store.begin().await;
    tx.put_clock(state)?;
    tx.commit().await?;
    cloud.clock.set_state(state);
    Ok(Json(control.shown_clock()))
}

/// Whose certificate.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct CertificateQuery {
    /// The principal's object id.
    pub principal: Option<String>,
    /// One certificate: its SHA-1 in hex or base64, or its key id.
    pub thumbprint: Option<String>,
}

async fn certificates(State(control): State<Control>, Query(query): Query<CertificateQuery>) -> Answer {
    let world = control.cloud.store.read();
    let wanted = query.principal.as_deref().map(principal).transpose()?;
    let mut listed = Vec::new();
    for object in world.objects().filter(|o| wanted.is_none_or(|id| id == o.id())) {
        let keys = match object.as_ref() {
            DirectoryObject::ServicePrincipal(o) => &o.key_credentials,
            DirectoryObject::Application(o) => &o.key_credentials,
            _ => continue,
        };
        listed.extend(keys.iter().map(|key| shown_certificate(object, key)));
    }
    Ok(Json(Value::Array(listed)))
}

async fn revoke(State(control): State<Control>, Json(query): Json<CertificateQuery>) -> Answer {
    let id = principal(query.principal.as_deref().unwrap_or_default())?;
    let store = &control.cloud.store;
    let Some(object) = store.read().object(id).cloned() else {
        return Err(Refusal::new(format!("The directory has no principal with the object id {id}.")));
    };
    let gone = aad::certificates::revoke(store, id, query.thumbprint.as_deref()).await?;
    if gone.is_empty() {
        return Err(Refusal::new(format!("The principal {id} has no such certificate.")));
    }
    Ok(Json(gone.iter().map(|key| shown_certificate(&object, key)).collect()))
}

/// What `smalt explain` asks of a live world.
#[derive(Debug, Serialize, Deserialize)]
pub struct Question {
    /// An object id, an application id, or a person's sign-in name.
    pub principal: String,
    /// The operation.
    pub action: String,
    /// Where.
    pub scope: String,
    /// Whether in the data plane.
    pub data: bool,
}

async fn explain(State(control): State<Control>, Json(question): Json<Question>) -> Answer {
    let arm = &control.cloud.arm;
    let world = arm.store.read();
    let named = |o: &&Arc<DirectoryObject>| match o.as_ref() {
        DirectoryObject::User(user) => user.user_principal_name.eq_ignore_ascii_case(&question.principal),
        DirectoryObject::ServicePrincipal(sp) => sp.app_id.to_string().eq_ignore_ascii_case(&question.principal),
        _ => false,
    };
    let id = Uuid::parse_str(&question.principal).ok().filter(|id| world.object(*id).is_some());
    let id = id.or_else(|| world.objects().find(named).map(|o| o.id()));
    let Some(id) = id else {
        return Err(Refusal::new(format!("The directory has no principal '{}'.", question.principal)));
    };
    Ok(Json(arm_api::explain(&arm.roles, &world, id, &question.action, &question.scope, question.data)))
}

/// A token whose signature is in question.
#[derive(Debug, Serialize, Deserialize)]
pub struct Signed {
    /// The token.
    pub token: String,
}

async fn signature(State(control): State<Control>, Json(asked): Json<Signed>) -> Answer {
    Ok(Json(json!({"valid": control.cloud.arm.verifier.is_signed(&asked.token)})))
}

const VIRTUAL_MACHINES: &str = "Microsoft.Compute/virtualMachines";

impl Control {
    fn machine(&self, name: &str, group: Option<&str>) -> Result<Arc<Resource>, Refusal> {
        let world = self.cloud.store.read();
        let found: Vec<_> = world
            .resources_of_type(&Scope::new(Scope::ROOT), VIRTUAL_MACHINES)
            .filter(|m| m.name.eq_ignore_ascii_case(name) || m.id.eq_ignore_ascii_case(name))
            .filter(|m| group.is_none_or(|g| group_of(m).eq_ignore_ascii_case(g)))
            .collect();
        match found.as_slice() {
            [one] => Ok((*one).clone()),
            [] => Err(Refusal::new(match group {
                Some(group) => format!("There is no VM '{name}' in the resource group '{group}'."),
                None => format!("There is no VM '{name}': `smalt vm list` shows those that there are."),
            })),
            _ => Err(Refusal::new(format!("There are {} VMs named '{name}': say which with -g GROUP.", found.len()))),
        }
    }

    fn imds_port(&self, machine: &Resource) -> Result<u16, Refusal> {
        let offset = self.cloud.store.read().imds_port(&machine.scope());
        let port = offset.and_then(|offset| self.cloud.ports.imds(offset));
        port.ok_or_else(|| Refusal::new(format!("The VM '{}' has no metadata port.", machine.name)))
    }

    fn shown_clock(&self) -> Value {
        let state = self.cloud.clock.state();
        json!({
            "now": self.cloud.clock.now().format(&Rfc3339).unwrap_or_default(),
            "frozen": state.frozen_at_ns.is_some(),
        })
    }
}

fn principal(text: &str) -> Result<Uuid, Refusal> {
    Uuid::parse_str(text).map_err(|_| Refusal::new(format!("'{text}' is no object id: give the principal's GUID.")))
}

fn group_of(machine: &Resource) -> String {
    ArmPath::parse(&machine.id).ok().and_then(|p| p.resource_group().map(str::to_owned)).unwrap_or_default()
}

fn shown_certificate(object: &DirectoryObject, key: &KeyCredential) -> Value {
    let moment = |at: model::Time| at.format(&Rfc3339).unwrap_or_default();
    json!({
        "principalId": object.id(),
        "displayName": object.display_name(),
        "subject": key.display_name,
        "thumbprint": key.thumbprint,
        "keyId": key.key_id,
        "startDateTime": moment(key.start),
        "endDateTime": moment(key.end),
        "certificate": key.certificate,
    })
}

/// A path to a socket in `directory` that fits into a socket address, which holds 107 characters: where the directory's
/// own path is too long, the way leads through a descriptor of it. The descriptor lives as long as the process.
///
/// # Errors
/// When the directory cannot be opened.
pub fn socket_path(directory: &Path, name: &str) -> std::io::Result<PathBuf> {
    let path = directory.join(name);
    if path.as_os_str().len() <= 107 {
        return Ok(path);
    }
    let handle = std::fs::File::open(directory)?;
    let short = PathBuf::from(format!("/proc/self/fd/{}/{name}", std::os::fd::AsRawFd::as_raw_fd(&handle)));
    std::mem::forget(handle);
    Ok(short)
}
