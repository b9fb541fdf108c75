//! A machine's disks: what the caller left open, and the managed disks that the machine brings along.

use model::{JsonMap, Resource, Scope};
use serde_json::{Value, json};

use super::super::disks::describe;
use super::super::image_catalogue::LATEST;
use super::super::{ResourceType, Write};
use crate::render;

/// Names and sizes what the caller left open. A disk that the machine already has stays the same disk: putting a machine
/// again from its template makes no second one.
pub(super) fn complete(write: &mut Write<'_>, draft: &mut Resource, before: Option<&Resource>, os: &str) {
    let Some(Value::Object(mut storage)) = draft.spec.get("storageProfile").cloned() else { return };
    if let Some(Value::Object(image)) = storage.get_mut("imageReference") {
        let version = image.get("version").and_then(Value::as_str).unwrap_or("latest");
        let exact = if version == "latest" { LATEST.to_owned() } else { version.to_owned() };
        image.insert("exactVersion".into(), json!(exact));
    }
    let had = before.and_then(|b| b.spec.get("storageProfile")).cloned().unwrap_or_default();
    let mut os_disk = object(storage.get("osDisk"));
    inherit(&mut os_disk, &had["osDisk"]);
    for (name, value) in [
        ("createOption", json!("FromImage")),
        ("osType", json!(os)),
        ("diskSizeGB", json!(if os == "Windows" { 127 } else { 30 })),
        ("caching", json!("ReadWrite")),
    ] {
        os_disk.entry(name).or_insert(value);
    }
    attach(write, draft, &mut os_disk, if os == "Windows" { "OsDisk_1" } else { "disk1" });
    let mut data_disks = Vec::new();
    for (i, disk) in storage.get("dataDisks").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let mut disk = object(Some(disk));
        let same = had["dataDisks"].as_array().into_iter().flatten().find(|other| other["lun"] == disk["lun"]);
        inherit(&mut disk, same.unwrap_or(&Value::Null));
        attach(write, draft, &mut disk, &format!("disk{}", i + 2));
        data_disks.push(Value::Object(disk));
    }
    storage.insert("osDisk".into(), Value::Object(os_disk));
    // Present even when empty: one client fails without it (IAC-WIRE 6).
    storage.insert("dataDisks".into(), json!(data_disks));
    draft.spec.insert("storageProfile".into(), Value::Object(storage));
}

fn object(value: Option<&Value>) -> JsonMap {
    value.and_then(Value::as_object).cloned().unwrap_or_default()
}

/// Takes name and managed disk over from the disk that was there, where the caller names no other.
fn inherit(disk: &mut JsonMap, had: &Value) {
    let names_another = disk.get("name").is_some_and(|name| *name != had["name"]);
    let named_id = disk.get("managedDisk").and_then(|m| m["id"].as_str());
    if had.is_null() || names_another || named_id.is_some() {
        return;
    }
    disk.insert("name".into(), had["name"].clone());
    if let Value::Object(managed) = disk.entry("managedDisk").or_insert_with(|| json!({})) {
        managed.insert("id".into(), had["managedDisk"]["id"].clone());
    }
}

/// Gives the disk a name and a managed disk, and marks that as the machine's.
fn attach(write: &mut Write<'_>, machine: &Resource, disk: &mut JsonMap, kind: &str) {
    disk.entry("deleteOption").or_insert_with(|| json!("Detach"));
    let named = disk.get("managedDisk").and_then(|managed| managed["id"].as_str()).map(Scope::new);
    if let Some(existing) = named.and_then(|scope| write.tx.resource(&scope).cloned()) {
        describe_existing(disk, &existing);
    }
    let unique = write.arm.ids.guid().simple().to_string();
    let name = disk.entry("name").or_insert_with(|| json!(format!("{}_{kind}_{unique}", machine.name))).clone();
    // Kept in a storage account, it is no resource.
    if disk.contains_key("vhd") {
        return;
    }
    let group = write.route.path.base_id();
    let id = format!("{group}/providers/Microsoft.Compute/disks/{}", name.as_str().unwrap_or_default());
    if let Value::Object(managed) = disk.entry("managedDisk").or_insert_with(|| json!({})) {
        managed.entry("storageAccountType").or_insert_with(|| json!("Premium_LRS"));
        managed.entry("id").or_insert_with(|| json!(id));
    }
    let wanted_size = size_of(disk);
    let disk = Value::Object(disk.clone());
    let id = disk["managedDisk"]["id"].as_str().unwrap_or_default();
    let mut kept = match write.tx.resource(&Scope::new(id)) {
        Some(existing) => Resource::clone(existing),
        None => managed_disk(write, machine, id, &disk),
    };
    kept.envelope.insert("managedBy".into(), json!(machine.id));
    kept.status.insert("diskState".into(), json!("Attached"));
    if wanted_size > size_of(&kept.spec) {
        kept.spec.insert("diskSizeGB".into(), json!(wanted_size));
        describe(&mut kept, &write.arm.ids, write.now);
    }
    write.tx.put_resource(kept);
}

/// Of a disk that is there already, the machine shows what that is.
fn describe_existing(disk: &mut JsonMap, existing: &Resource) {
    disk.entry("name").or_insert_with(|| json!(existing.name));
    // A disk grows with what the machine asks of it, and never shrinks.
    if let Some(size) = existing.spec.get("diskSizeGB").filter(|size| size.as_i64() > size_of(disk)) {
        disk.insert("diskSizeGB".into(), size.clone());
    }
    let account = existing.envelope.get("sku").map(|sku| sku["name"].clone()).filter(Value::is_string);
    if let (Some(account), Some(Value::Object(managed))) = (account, disk.get_mut("managedDisk")) {
        managed.insert("storageAccountType".into(), account);
    }
}

fn size_of(disk: &JsonMap) -> Option<i64> {
    disk.get("diskSizeGB").and_then(Value::as_i64)
}

/// The managed disk as a resource of its own.
fn managed_disk(write: &Write<'_>, machine: &Resource, id: &str, disk: &Value) -> Resource {
    let image = machine.spec.get("storageProfile").map(|s| s["imageReference"].clone()).unwrap_or_default();
    let spec = json!({
        "osType": disk["osType"],
        "hyperVGeneration": if disk["osType"].is_null() { Value::Null } else { json!("V2") },
        "creationData": render::plain(&object(Some(&json!({"createOption": disk["createOption"], "imageReference": image}))), &[]),
        "diskSizeGB": disk["diskSizeGB"],
    });
    let mut made = Resource {
        id: id.to_owned(),
        resource_type: super::super::disks::Disks.name().to_owned(),
        name: disk["name"].as_str().unwrap_or_default().to_owned(),
        location: machine.location.clone(),
        tags: None,
        identity: model::Identity::default(),
        envelope: object(Some(&json!({"sku": {"name": disk["managedDisk"]["storageAccountType"]}}))),
        spec: render::plain(&object(Some(&spec)), &[]),
        status: JsonMap::new(),
        runtime: JsonMap::new(),
        created_at: write.now,
        changed_at: write.now,
        version: 1,
    };
    describe(&mut made, &write.arm.ids, write.now);
    made
}
