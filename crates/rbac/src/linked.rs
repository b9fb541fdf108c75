//! What a write refers to, and the rights that it takes there (RBAC A9).
//!
//! Azure checks a write twice: its own action at its own scope ([`operation`]), and then, for every resource that its
//! body names, a right on that resource: joining a subnet, assigning an identity. Here are the second ones.
//!
//! Not here: whether anybody holds those rights, and whether what is named exists.
//!
//! How to add the next reference: a line in the table of the right that it takes. The tables are `subnets.rs`,
//! `addresses.rs`, `network.rs` and `wide_area.rs` for networks, `compute.rs` for disks and images, `apps.rs` for what
//! hosts applications, `management.rs` for the rest.

mod addresses;
mod apps;
mod compute;
mod management;
mod network;
mod subnets;
mod wide_area;

use std::collections::HashMap;
use std::sync::LazyLock;

use model::{ArmPath, Scope};
use serde_json::Value;

use crate::mapping::{Mapped, operation};

/// A right, and where in the bodies of which writes stand the ids of the resources that it is needed on.
///
/// A right that begins with `*` is that of the type referred to. A write is named by its operation without the verb;
/// `*` is a write of any type.
type Right = (&'static str, &'static [(&'static str, &'static str)]);

/// In the order in which the checks of a write are named, whatever the order of its body: an interface's subnet, its
/// public address, its security group; identities after all that the properties refer to.
const RIGHTS: [&[Right]; 7] = [
    subnets::RIGHTS,
    addresses::RIGHTS,
    network::RIGHTS,
    wide_area::RIGHTS,
    compute::RIGHTS,
    apps::RIGHTS,
    management::RIGHTS,
];

/// Places in a body, with the right on what stands there.
type Places = Vec<(&'static str, &'static str)>;

/// By the operation of the write, in lower case and without its verb.
static BY_WRITE: LazyLock<HashMap<String, Places>> = LazyLock::new(|| {
    let mut found: HashMap<_, Places> = HashMap::new();
    for (right, writes) in RIGHTS.into_iter().flatten() {
        for (write, place) in *writes {
            found.entry(write.to_ascii_lowercase()).or_default().push((*place, *right));
        }
    }
    found
});

/// The checks that a request triggers beside the one of [`operation`]: one for each resource that its body names and
/// right on it. What cannot be read as an id is left to the type's own validation.
#[must_use]
pub fn linked(method: &str, path: &ArmPath, body: &Value) -> Vec<Mapped> {
    let Some(primary) = operation(method, path) else { return Vec::new() };
    let Some((write, "write" | "action")) = primary.action.rsplit_once('/') else { return Vec::new() };
    let mut found: Vec<Mapped> = Vec::new();
    let own = BY_WRITE.get(&write.to_ascii_lowercase());
    for (place, right) in own.into_iter().chain(BY_WRITE.get("*")).flatten() {
        for id in strings(body, place) {
            let Some(check) = check(right, id) else { continue };
            let is_same = |other: &Mapped| {
                other.action.eq_ignore_ascii_case(&check.action) && Scope::new(&other.scope) == Scope::new(&check.scope)
            };
            if !found.iter().any(is_same) {
                found.push(check);
            }
        }
    }
    found
}

/// The check of `right` on what `id` names; none where it names nothing that a right can be held on.
fn check(right: &str, id: &str) -> Option<Mapped> {
    let path = ArmPath::parse(id).ok()?;
    if path.is_collection() || (path.subscription().is_none() && path.providers.is_empty()) {
        return None;
    }
    let action = match right.strip_prefix('*') {
        Some(verb) => format!("{}{verb}", path.last()?.resource_type()),
        None => right.to_owned(),
    };
    Some(Mapped { action, scope: id.to_owned() })
}

/// The strings that stand at a place, in the body's order. A place is a path of members, whose names ignore case:
/// `a.b[]` goes into each element of a list, `*` into any member, `**` into everything below; `{}` at the end means the
/// members' names themselves, without those whose value is `null`: a PATCH takes these away.
fn strings<'v>(body: &'v Value, place: &str) -> Vec<&'v str> {
    let (path, is_names) = place.strip_suffix("{}").map_or((place, false), |path| (path, true));
    let found = path.split('.').fold(vec![body], |at, step| at.into_iter().flat_map(|v| into(v, step)).collect());
    match is_names {
        true => found.into_iter().flat_map(names).collect(),
        false => found.into_iter().filter_map(Value::as_str).collect(),
    }
}

fn into<'v>(value: &'v Value, step: &str) -> Vec<&'v Value> {
    if step == "**" {
        return everything(value);
    }
    let (name, is_list) = step.strip_suffix("[]").map_or((step, false), |name| (name, true));
    let members = value.as_object().into_iter().flatten();
    let members = members.filter(|(own, _)| name == "*" || own.eq_ignore_ascii_case(name)).map(|(_, member)| member);
    match is_list {
        true => members.filter_map(Value::as_array).flatten().collect(),
        false => members.collect(),
    }
}

/// A value and all that it holds, at any depth.
fn everything(value: &Value) -> Vec<&Value> {
    let members = value.as_object().into_iter().flat_map(|object| object.values());
    let elements = value.as_array().into_iter().flatten();
    std::iter::once(value).chain(members.chain(elements).flat_map(everything)).collect()
}

fn names(value: &Value) -> Vec<&str> {
    let members = value.as_object().into_iter().flatten();
    members.filter(|(_, member)| !member.is_null()).map(|(name, _)| name.as_str()).collect()
}

#[cfg(test)]
mod tests;
