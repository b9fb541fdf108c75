//! Virtual machines. A machine that runs has an IMDS; its power state is what the fleet of them follows.
//! Answers: RECORDED-FACTS 5, AZ-WIRE 9.

use axum::http::StatusCode;
use model::{EventSource, EventType, JsonMap, POWER_STATE, RUNNING, Resource, Scope};
use serde_json::{Value, json};
use store::{Snapshot, Tx};
use time::format_description::well_known::Rfc3339;

use super::image_catalogue::operating_system;
use super::instance_views::instance_view;
use super::virtual_machine_sizes::temporary_disk;
use super::{Polling, Read, ResourceType, Style, Write};
use crate::answer::Answer;
use crate::error::ArmError;
use crate::locks::{self, Deed};
use crate::operation::{self, Finish};
use crate::request::Request;
use crate::tracked;

mod disks;
mod events;
mod interfaces;

pub use events::{Schedule, schedule_event, settle_scheduled_events};

pub(crate) struct VirtualMachines;

impl ResourceType for VirtualMachines {
    fn name(&self) -> &'static str {
        "Microsoft.Compute/virtualMachines"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2024-11-01", "2024-07-01", "2024-03-01", "2023-09-01"]
    }

    fn verbs(&self) -> &'static [&'static str] {
        &[
            "GET",
            "LIST",
            "PUT",
            "PATCH",
            "DELETE",
            "start",
            "powerOff",
            "deallocate",
            "restart",
            "redeploy",
            "simulateEviction",
        ]
    }

    fn style(&self) -> Style {
        Style { polling: Some(Polling::Compute), created: 201, deleted: 202 }
    }

    fn read_only(&self) -> &'static [&'static str] {
        &["provisioningState", "vmId", "timeCreated", "instanceView", "resources"]
    }

    /// The list of a whole subscription shows the group in capitals in every machine's id (RECORDED-FACTS 5).
    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let mut answer = tracked::list(self, read)?;
        if read.route.path.resource_group().is_none() {
            let machines = answer.body.as_mut().and_then(|body| body["value"].as_array_mut());
            for id in machines.into_iter().flatten().filter_map(|machine| machine.get_mut("id")) {
                *id = json!(id.as_str().map(with_group_in_capitals));
            }
        }
        Ok(answer)
    }

    fn complete(&self, write: &mut Write<'_>, draft: &mut Resource, before: Option<&Resource>) -> Result<(), ArmError> {
        forget_secrets(&mut draft.spec);
        drop_empty(&mut draft.spec);
        interfaces::join(write, draft, before)?;
        let os = operating_system_of(draft);
        disks::complete(write, draft, before, os);
        complete_profile(draft, os);
        if events::is_spot(draft) {
            draft.spec.entry("evictionPolicy").or_insert_with(|| json!("Deallocate"));
        }
        let size = draft.spec.get("hardwareProfile").and_then(|profile| profile["vmSize"].as_str());
        // For the metadata service, which does not know the sizes.
        draft.runtime.insert("temporaryDiskMB".into(), json!(size.and_then(temporary_disk)));
        draft.status.insert("provisioningState".into(), json!("Succeeded"));
        if before.is_none() {
            draft.status.insert("vmId".into(), json!(write.arm.ids.guid()));
            draft.status.insert("timeCreated".into(), json!(write.now.format(&Rfc3339).unwrap_or_default()));
            draft.runtime.insert(POWER_STATE.into(), json!(RUNNING));
            write.tx.claim_imds_port(&draft.scope());
        }
        Ok(())
    }

    /// The machine's interfaces and disks are free again; those with `deleteOption: Delete` go with it, unless locked.
    fn release(&self, tx: &mut Tx, machine: &Resource) -> Result<(), ArmError> {
        tx.release_imds_port(&machine.scope());
        tx.delete_scheduled_events(&machine.scope());
        for (id, option) in attached(machine) {
            let scope = Scope::new(&id);
            let Some(part) = tx.resource(&scope).cloned() else { continue };
            if option.as_deref() == Some("Delete") && locks::protect(tx, &id, Deed::Delete).is_ok() {
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
        if let Some(name) = shown.shift_remove("name") {
            shown.shift_insert(0, "name".to_owned(), name);
        }
        if let Some(Value::Object(properties)) = shown.get_mut("properties") {
            let expand = request.query.get("$expand").unwrap_or_default().to_ascii_lowercase();
            if expand.contains("instanceview") {
                properties.insert("instanceView".into(), Value::Object(instance_view(machine)));
            }
            if !expand.contains("userdata") {
                properties.shift_remove("userData");
            }
        }
        // In the body since api-version 2024-07-01.
        if request.query.get("api-version").is_some_and(|version| version >= "2024-07-01") {
            shown.insert("etag".into(), json!(format!("\"{}\"", machine.version)));
        }
    }

    /// A machine that wants to be told is deleted when it agrees, or its time comes.
    fn delete(&self, write: &mut Write<'_>) -> Result<Answer, ArmError> {
        let Some(location) = events::announce_end(write) else { return tracked::delete(self, write) };
        let answer = Answer::empty(StatusCode::ACCEPTED);
        Ok(operation::with_polling(write, answer, Polling::Compute, location.as_deref(), Finish::Location))
    }

    fn act(&self, write: &mut Write<'_>, action: &str) -> Result<Answer, ArmError> {
        let scope = write.scope();
        let Some(machine) = write.tx.resource(&scope).cloned() else {
            return Err(tracked::missing(&write.tx, write.route, "write"));
        };
        if action.eq_ignore_ascii_case("simulateEviction") {
            return evict(write, &scope, &machine);
        }
        let location = machine.location.clone();
        if !events::announce(write, &scope, &machine, action) {
            switch(write, &machine, action);
        }
        let answer = Answer::empty(StatusCode::ACCEPTED);
        Ok(operation::with_polling(write, answer, Polling::Compute, location.as_deref(), Finish::Location))
    }
}

/// Does to the machine what `action` says, at once.
fn switch(write: &mut Write<'_>, machine: &Resource, action: &str) {
    let mut machine = Resource::clone(machine);
    let state = match action.to_ascii_lowercase().as_str() {
        "start" | "restart" => Some(RUNNING),
        "poweroff" => Some("stopped"),
        "deallocate" => Some("deallocated"),
        // On another host the machine is what it was.
        _ => None,
    };
    if let Some(state) = state {
        machine.runtime.insert(POWER_STATE.into(), json!(state));
    }
    machine.changed_at = write.now;
    write.tx.put_resource(machine);
}

/// Half a minute later the machine is taken away, as Azure takes Spot machines. Recorded: 204 without a body.
fn evict(write: &mut Write<'_>, scope: &Scope, machine: &Resource) -> Result<Answer, ArmError> {
    let description = "Virtual machine is being evicted by a simulated eviction.".to_owned();
    let (event_type, source) = (EventType::Preempt, EventSource::Platform);
    let wanted = Schedule { event_type, source, notice: None, duration: None, description };
    match schedule_event(&mut write.tx, &write.arm.ids, scope, wanted, write.now) {
        Ok(_) => Ok(Answer::empty(StatusCode::NO_CONTENT)),
        Err(_) if !events::is_spot(machine) => Err(ArmError::conflict(
            "OperationNotAllowed",
            format!("Operation 'simulateEviction' is not allowed on VM '{}' since it is not a Spot VM.", machine.name),
        )),
        Err(_) => Err(ArmError::conflict(
            "OperationNotAllowed",
            format!(
                "Operation 'simulateEviction' is not allowed on VM '{}' since the VM is not running.",
                machine.name
            ),
        )),
    }
}

fn with_group_in_capitals(id: &str) -> String {
    let mut words: Vec<String> = id.split('/').map(str::to_owned).collect();
    if let Some(group) = words.get_mut(4) {
        *group = group.to_uppercase();
    }
    words.join("/")
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

/// What hangs on the machine, with what is to become of it.
fn attached(machine: &Resource) -> Vec<(String, Option<String>)> {
    let properties = Value::Object(machine.properties());
    let storage = &properties["storageProfile"];
    let disks = std::iter::once(&storage["osDisk"]).chain(storage["dataDisks"].as_array().into_iter().flatten());
    let disks = disks.filter_map(|d| {
        Some((d["managedDisk"]["id"].as_str()?.to_owned(), d["deleteOption"].as_str().map(str::to_owned)))
    });
    let nics = properties["networkProfile"]["networkInterfaces"].as_array().into_iter().flatten();
    let nics = nics.filter_map(|n| {
        Some((n["id"].as_str()?.to_owned(), n["properties"]["deleteOption"].as_str().map(str::to_owned)))
    });
    disks.chain(nics).collect()
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
