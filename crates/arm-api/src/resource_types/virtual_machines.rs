//! Virtual machines. A machine that runs has an IMDS; its power state is what the fleet of them follows.
//! Answers: RECORDED-FACTS 5, AZ-WIRE 9.

use axum::http::StatusCode;
use model::{JsonMap, Resource, Scope};
use serde_json::{Value, json};
use store::{Snapshot, Tx};
use time::format_description::well_known::Rfc3339;

use super::image_catalogue::operating_system;
use super::{Polling, ResourceType, Style, Write};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::operation::{self, Finish};
use crate::request::Request;
use crate::{render, tracked};

/// Where a machine's power state stands in [`Resource::runtime`]; the IMDS of a machine answers while it is `running`.
const POWER: &str = "powerState";

pub(crate) struct VirtualMachines;

impl ResourceType for VirtualMachines {
    fn name(&self) -> &'static str {
        "Microsoft.Compute/virtualMachines"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2024-11-01", "2024-07-01", "2024-03-01", "2023-09-01"]
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "LIST", "PUT", "PATCH", "DELETE", "start", "powerOff", "deallocate", "restart"]
    }

    fn style(&self) -> Style {
        Style { polling: Some(Polling::Compute), created: 201, deleted: 202 }
    }

    fn read_only(&self) -> &'static [&'static str] {
        &["provisioningState", "vmId", "timeCreated", "instanceView", "resources"]
    }

    fn complete(&self, write: &mut Write<'_>, draft: &mut Resource, before: Option<&Resource>) -> Result<(), ArmError> {
        forget_secrets(&mut draft.spec);
        drop_empty(&mut draft.spec);
        join_network(write, draft, before)?;
        let os = operating_system_of(draft);
        complete_disks(write, draft, os);
        complete_profile(draft, os);
        draft.status.insert("provisioningState".into(), json!("Succeeded"));
        if before.is_none() {
            draft.status.insert("vmId".into(), json!(write.arm.ids.guid()));
            draft.status.insert("timeCreated".into(), json!(write.now.format(&Rfc3339).unwrap_or_default()));
            draft.runtime.insert(POWER.into(), json!("running"));
            write.tx.claim_imds_port(&draft.scope());
        }
        Ok(())
    }

    /// The machine's interfaces and disks are free again; those with `deleteOption: Delete` go with it.
    fn release(&self, tx: &mut Tx, machine: &Resource) -> Result<(), ArmError> {
        tx.release_imds_port(&machine.scope());
        for (id, option) in attached(machine) {
            let scope = Scope::new(&id);
            let Some(part) = tx.resource(&scope).cloned() else { continue };
            if option.as_deref() == Some("Delete") {
                tracked::remove(tx, &scope)?;
                continue;
            }
            let mut part = Resource::clone(&part);
            part.status.shift_remove("virtualMachine");
            part.envelope.shift_remove("managedBy");
            if part.resource_type.ends_with("/disks") {
                part.status.insert("diskState".into(), json!("Unattached"));
            }
            tx.put_resource(part);
        }
        Ok(())
    }

    fn finish(&self, _world: &Snapshot, machine: &Resource, request: &Request, shown: &mut JsonMap) {
        // Azure writes a machine's name before its id.
        for name in ["id", "type", "location", "tags", "identity"].iter().chain(machine.envelope.keys().map(String::as_str).collect::<Vec<_>>().iter()) {
            if let Some(value) = shown.shift_remove(*name) {
                shown.insert((*name).to_owned(), value);
            }
        }
        if let Some(Value::Object(mut properties)) = shown.shift_remove("properties") {
            let expand = request.query.get("$expand").unwrap_or_default().to_ascii_lowercase();
            if expand.contains("instanceview") {
                properties.insert("instanceView".into(), Value::Object(instance_view(machine)));
            }
            if !expand.contains("userdata") {
                properties.shift_remove("userData");
            }
            shown.insert("properties".into(), Value::Object(properties));
        }
        shown.insert("etag".into(), json!(format!("\"{}\"", machine.version)));
    }

    fn act(&self, write: &mut Write<'_>, action: &str) -> Result<Answer, ArmError> {
        let scope = write.scope();
        let Some(machine) = write.tx.resource(&scope).cloned() else {
            return Err(tracked::missing(&write.tx, write.route, "write"));
        };
        let mut machine = Resource::clone(&machine);
        let state = match action.to_ascii_lowercase().as_str() {
            "start" | "restart" => "running",
            "poweroff" => "stopped",
            _ => "deallocated",
        };
        machine.runtime.insert(POWER.into(), json!(state));
        machine.changed_at = write.now;
        let location = machine.location.clone();
        write.tx.put_resource(machine);
        let answer = Answer::empty(StatusCode::ACCEPTED);
        Ok(operation::with_polling(write, answer, Polling::Compute, location.as_deref(), Finish::Location))
    }
}

/// How the machine is: provisioned, running or not, what its disks and its agent say.
pub(super) fn instance_view(machine: &Resource) -> JsonMap {
    let properties = Value::Object(machine.properties());
    let state = machine.runtime.get(POWER).and_then(Value::as_str).unwrap_or("running");
    let moment = machine.changed_at.format(&Rfc3339).unwrap_or_default();
    let succeeded = |level: &str, code: &str, text: &str| json!({"code": code, "level": level, "displayStatus": text, "time": moment});
    let is_windows = properties["storageProfile"]["osDisk"]["osType"] == "Windows";
    let mut view = JsonMap::new();
    if state == "running" {
        view.insert("computerName".into(), properties["osProfile"]["computerName"].clone());
        view.insert("osName".into(), json!(if is_windows { "Windows Server" } else { "ubuntu" }));
        view.insert("osVersion".into(), json!(if is_windows { "10.0" } else { "22.04" }));
        view.insert("vmAgent".into(), json!({
            "vmAgentVersion": if is_windows { "2.7.41491.1172" } else { "2.14.0.1" },
            "statuses": [{"code": "ProvisioningState/succeeded", "level": "Info", "displayStatus": "Ready",
                          "message": "Guest Agent is running", "time": moment}],
            "extensionHandlers": [],
        }));
    }
    view.insert("disks".into(), json!([{
        "name": properties["storageProfile"]["osDisk"]["name"],
        "statuses": [succeeded("Info", "ProvisioningState/succeeded", "Provisioning succeeded")],
    }]));
    view.insert("hyperVGeneration".into(), json!("V2"));
    view.insert("statuses".into(), json!([
        succeeded("Info", "ProvisioningState/succeeded", "Provisioning succeeded"),
        {"code": format!("PowerState/{state}"), "level": "Info", "displayStatus": format!("VM {state}")},
    ]));
    view
}

/// Passwords and custom data are taken and never shown, so they are not kept.
fn forget_secrets(spec: &mut JsonMap) {
    if let Some(Value::Object(profile)) = spec.get_mut("osProfile") {
        profile.shift_remove("adminPassword");
        profile.shift_remove("customData");
    }
}

/// Empty objects are not echoed: one client takes them for a difference (IAC-WIRE 3.7).
fn drop_empty(spec: &mut JsonMap) {
    spec.retain(|_, value| !value.as_object().is_some_and(JsonMap::is_empty));
}

fn operating_system_of(machine: &Resource) -> &'static str {
    let storage = machine.spec.get("storageProfile").cloned().unwrap_or_default();
    if let Some(os) = storage["osDisk"]["osType"].as_str() {
        return if os.eq_ignore_ascii_case("Windows") { "Windows" } else { "Linux" };
    }
    let image = |part: &str| storage["imageReference"][part].as_str().unwrap_or_default().to_owned();
    operating_system(&image("publisher"), &image("offer"), &image("sku"))
}

/// Every interface must exist and may be joined; each remembers its machine.
fn join_network(write: &mut Write<'_>, draft: &Resource, before: Option<&Resource>) -> Result<(), ArmError> {
    let nics = references(draft, "networkProfile", "networkInterfaces");
    write.authorized.require("Microsoft.Network/networkInterfaces/join/action", &nics)?;
    for id in &nics {
        let Some(nic) = write.tx.resource(&Scope::new(id)).cloned() else {
            return Err(ArmError::bad("InvalidResourceReference", format!(
                "Resource {id} referenced by resource {} was not found. Please make sure that the referenced resource exists, and that both \
                 resources are in the same region.", draft.id
            )));
        };
        let user = nic.status.get("virtualMachine").and_then(|v| v["id"].as_str());
        if let Some(other) = user.filter(|other| Scope::new(other) != draft.scope()) {
            return Err(ArmError::bad("NicInUse", format!("Network Interface {id} is used by existing resource {other}.")));
        }
        let mut nic = Resource::clone(&nic);
        nic.status.insert("virtualMachine".into(), json!({"id": draft.id}));
        nic.status.insert("primary".into(), json!(true));
        write.tx.put_resource(nic);
    }
    // An interface that the machine no longer names is free.
    for id in before.map(|b| references(b, "networkProfile", "networkInterfaces")).unwrap_or_default() {
        let scope = Scope::new(&id);
        if let Some(nic) = write.tx.resource(&scope).filter(|_| !nics.iter().any(|n| Scope::new(n) == scope)) {
            let mut nic = Resource::clone(nic);
            nic.status.shift_remove("virtualMachine");
            write.tx.put_resource(nic);
        }
    }
    Ok(())
}

fn references(machine: &Resource, profile: &str, list: &str) -> Vec<String> {
    let listed = machine.spec.get(profile).and_then(|p| p[list].as_array());
    listed.into_iter().flatten().filter_map(|entry| entry["id"].as_str().map(str::to_owned)).collect()
}

/// What hangs on the machine, with what is to become of it.
fn attached(machine: &Resource) -> Vec<(String, Option<String>)> {
    let properties = Value::Object(machine.properties());
    let storage = &properties["storageProfile"];
    let disks = std::iter::once(&storage["osDisk"]).chain(storage["dataDisks"].as_array().into_iter().flatten());
    let disks = disks.filter_map(|d| Some((d["managedDisk"]["id"].as_str()?.to_owned(), d["deleteOption"].as_str().map(str::to_owned))));
    let nics = properties["networkProfile"]["networkInterfaces"].as_array().into_iter().flatten();
    let nics = nics.filter_map(|n| {
        Some((n["id"].as_str()?.to_owned(), n["properties"]["deleteOption"].as_str().map(str::to_owned)))
    });
    disks.chain(nics).collect()
}

/// Names and sizes what the caller left open, and makes the managed disks that the machine brings along.
fn complete_disks(write: &mut Write<'_>, draft: &mut Resource, os: &str) {
    let Some(Value::Object(storage)) = draft.spec.get_mut("storageProfile") else { return };
    if let Some(Value::Object(image)) = storage.get_mut("imageReference") {
        let version = image.get("version").and_then(Value::as_str).unwrap_or("latest");
        let exact = if version == "latest" { super::image_catalogue::LATEST.to_owned() } else { version.to_owned() };
        image.insert("exactVersion".into(), json!(exact));
    }
    let data_disks = storage.entry("dataDisks").or_insert_with(|| json!([])).take();
    let mut disks = vec![storage.entry("osDisk").or_insert_with(|| json!({"createOption": "FromImage"})).take()];
    disks.extend(data_disks.as_array().into_iter().flatten().cloned());
    for (i, disk) in disks.iter_mut().enumerate() {
        let Value::Object(disk) = disk else { continue };
        if i == 0 {
            disk.entry("osType").or_insert_with(|| json!(os));
            disk.entry("diskSizeGB").or_insert_with(|| json!(if os == "Windows" { 127 } else { 30 }));
            disk.entry("caching").or_insert_with(|| json!("ReadWrite"));
        }
        disk.entry("deleteOption").or_insert_with(|| json!("Detach"));
        let suffix = write.arm.ids.guid().simple().to_string();
        let kind = if i == 0 && os == "Windows" { "OsDisk" } else { "disk" };
        let name = disk.entry("name").or_insert_with(|| json!(format!("{}_{kind}{}_{suffix}", draft.name, i + 1))).clone();
        let name = name.as_str().unwrap_or_default().to_owned();
        let managed = disk.entry("managedDisk").or_insert_with(|| json!({}));
        let Value::Object(managed) = managed else { continue };
        managed.entry("storageAccountType").or_insert_with(|| json!("Premium_LRS"));
        let group = write.route.path.base_id();
        let id = managed.entry("id").or_insert_with(|| json!(format!("{group}/providers/Microsoft.Compute/disks/{name}"))).clone();
        let disk = Value::Object(disk.clone());
        keep_disk(write, &draft.id, draft.location.clone(), id.as_str().unwrap_or_default(), &name, &disk);
    }
    let data_disks: Vec<Value> = disks.split_off(1);
    storage.insert("osDisk".into(), disks.pop().unwrap_or_default());
    storage.insert("dataDisks".into(), json!(data_disks));
}

/// The managed disk as a resource of its own, attached to the machine.
fn keep_disk(write: &mut Write<'_>, machine: &str, location: Option<String>, id: &str, name: &str, disk: &Value) {
    let scope = Scope::new(id);
    let mut kept = match write.tx.resource(&scope) {
        Some(existing) => Resource::clone(existing),
        None => {
            let spec = json!({
                "osType": disk["osType"],
                "creationData": {"createOption": disk["createOption"]},
                "diskSizeGB": disk["diskSizeGB"],
                "hyperVGeneration": "V2",
            });
            let status = json!({
                "timeCreated": write.now.format(&Rfc3339).unwrap_or_default(),
                "provisioningState": "Succeeded",
                "uniqueId": write.arm.ids.guid(),
                "diskSizeBytes": disk["diskSizeGB"].as_i64().unwrap_or(0) << 30,
            });
            Resource {
                id: id.to_owned(),
                resource_type: "Microsoft.Compute/disks".to_owned(),
                name: name.to_owned(),
                location,
                tags: None,
                identity: model::Identity::default(),
                envelope: [("sku".to_owned(), json!({"name": disk["managedDisk"]["storageAccountType"], "tier": "Premium"}))].into_iter().collect(),
                spec: spec.as_object().map(|o| render::plain(o, &[])).unwrap_or_default(),
                status: status.as_object().cloned().unwrap_or_default(),
                runtime: JsonMap::new(),
                created_at: write.now,
                changed_at: write.now,
                version: 1,
            }
        }
    };
    kept.envelope.insert("managedBy".into(), json!(machine));
    kept.status.insert("diskState".into(), json!("Attached"));
    write.tx.put_resource(kept);
}

fn complete_profile(draft: &mut Resource, os: &str) {
    let name = draft.name.clone();
    let Some(Value::Object(profile)) = draft.spec.get_mut("osProfile") else { return };
    profile.entry("computerName").or_insert_with(|| json!(name));
    let configuration = if os == "Windows" { "windowsConfiguration" } else { "linuxConfiguration" };
    if let Value::Object(configuration) = profile.entry(configuration).or_insert_with(|| json!({})) {
        configuration.entry("provisionVMAgent").or_insert_with(|| json!(true));
        match os {
            "Windows" => drop(configuration.entry("enableAutomaticUpdates").or_insert_with(|| json!(true))),
            _ => drop(configuration.entry("disablePasswordAuthentication").or_insert_with(|| json!(false))),
        }
    }
    profile.entry("secrets").or_insert_with(|| json!([]));
    profile.entry("allowExtensionOperations").or_insert_with(|| json!(true));
    profile.entry("requireGuestProvisionSignal").or_insert_with(|| json!(true));
}
