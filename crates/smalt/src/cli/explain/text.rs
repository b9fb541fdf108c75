//! Explanations in sentences.

use std::fmt::Write as _;

use serde_json::Value;

/// A decision and its reasons.
pub(crate) fn explanation(told: &Value) -> String {
    let mut out = String::new();
    let may = if told["decision"] == "Allowed" { "may" } else { "may not" };
    let plane = if told["isDataAction"] == true { " (data plane)" } else { "" };
    line(&mut out, 0, &format!("{}: {} {may} do", word(&told["decision"]), person(told)));
    line(&mut out, 1, &format!("{}{plane}", word(&told["action"])));
    line(&mut out, 1, &format!("at {}", word(&told["scope"])));
    section(&mut out, "Deny assignments that reach there", &told["denyAssignments"], deny);
    if list(&told["roleAssignments"]).is_empty() {
        line(&mut out, 0, "It holds no role, and neither does a group that holds it.");
    }
    section(&mut out, "Roles that it holds", &told["roleAssignments"], assignment);
    if let Some(more @ 1..) = told["heldElsewhere"].as_u64() {
        line(&mut out, 1, &format!("and {more} more at other places"));
    }
    section(&mut out, "What is likely wrong", &told["hints"], |out, hint| line(out, 1, word(hint)));
    if told["decision"] == "NotAllowed" {
        section(&mut out, "Least built-in roles that would allow it", &told["leastRoles"], |out, role| {
            line(out, 1, &format!("{} ({} operations in all)", word(&role["roleName"]), role["operations"]));
        });
    }
    out
}

/// A refused request and its reasons.
pub(super) fn refusal(told: &Value) -> String {
    let mut out = format!("Refused at {}", word(&told["at"]));
    match told["tokenIssuedAt"].as_str() {
        Some(issued) => out.push_str(&format!(", with a token issued at {issued}.\n")),
        None => out.push_str(".\n"),
    }
    if let Some(reason) = told["reason"].as_str() {
        line(&mut out, 0, &format!("{} asked Microsoft Graph for {}.", person(told), word(&told["request"])));
        line(&mut out, 1, reason);
    }
    for check in list(&told["checks"]) {
        out.push('\n');
        out.push_str(&explanation(check));
        match (check["now"].as_str(), check["decision"].as_str()) {
            (Some(now), Some(then)) if now != then => line(&mut out, 0, &format!("As things are now: {now}.")),
            _ => {}
        }
    }
    section(&mut out, "About the request, and since", &told["hints"], |out, hint| line(out, 1, word(hint)));
    out
}

fn deny(out: &mut String, deny: &Value) {
    let what = match word(&deny["finding"]) {
        "denies" => format!("DENIES it by '{}'", word(&deny["action"])),
        "auditOnly" => "would deny it, but only audits".to_owned(),
        "excepted" => "excepts the caller, or a group that holds it".to_owned(),
        "conditionFalse" => "has a condition that does not hold".to_owned(),
        "otherAction" => "says nothing about the action".to_owned(),
        _ => "names somebody else".to_owned(),
    };
    line(out, 1, &format!("'{}' at {}: {what}", word(&deny["name"]), word(&deny["scope"])));
}

fn assignment(out: &mut String, held: &Value) {
    let what = match word(&held["finding"]) {
        "granted" => format!("GRANTS it by '{}'", word(&held["action"])),
        "conditionNotSatisfied" => {
            format!("lists it by '{}', but its condition is not satisfied", word(&held["action"]))
        }
        "takenOut" => {
            format!("lists it by '{}' and takes it out by '{}'", word(&held["action"]), word(&held["notAction"]))
        }
        "wrongPlane" => format!("lists it in the other plane only, by '{}'", word(&held["action"])),
        "scopeDoesNotCover" if held["roleAllows"] == true => "would grant it, but not from there".to_owned(),
        "scopeDoesNotCover" => "is assigned elsewhere, and does not list it".to_owned(),
        "actionNotInRole" => "does not list it".to_owned(),
        _ => "names a role that does not exist".to_owned(),
    };
    let role = held["roleName"].as_str().unwrap_or(word(&held["roleDefinitionId"]));
    let groups: Vec<&str> = list(&held["through"]).iter().map(word).collect();
    let through = if groups.is_empty() { String::new() } else { format!(", through {}", groups.join(" > ")) };
    line(out, 1, &format!("{role} at {}{through}: {what}", word(&held["scope"])));
    for condition in list(&held["conditions"]) {
        let of = if condition["of"] == "role" { "condition of the role" } else { "condition of the assignment" };
        match condition["error"].as_str() {
            Some(error) => line(out, 2, &format!("{of}: cannot be read, {error}")),
            None => {
                line(out, 2, &format!("{of}:"));
                trace(out, 3, &condition["trace"]);
            }
        }
    }
}

/// A condition part by part: what came of each, and what it met.
fn trace(out: &mut String, depth: usize, part: &Value) {
    let values = |side: &str| list(&part[side]).iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let missing: Vec<&str> = list(&part["missing"]).iter().map(word).collect();
    let is_leaf = list(&part["children"]).is_empty();
    let met = match (missing.is_empty(), is_leaf) {
        (false, _) => format!("   [missing: {}]", missing.join(", ")),
        (true, true) => format!("   [met: {}]", values("left")),
        (true, false) => String::new(),
    };
    let shown = match (is_leaf, word(&part["kind"])) {
        (true, _) => word(&part["text"]).to_owned(),
        (false, kind) => kind.to_uppercase(),
    };
    line(out, depth, &format!("{:<8}{shown}{met}", word(&part["result"])));
    for child in list(&part["children"]) {
        trace(out, depth + 1, child);
    }
}

fn person(told: &Value) -> String {
    match told["principalName"].as_str() {
        Some(name) => format!("{name} ({})", word(&told["principalId"])),
        None => word(&told["principalId"]).to_owned(),
    }
}

/// A heading and what stands below it; nothing where nothing does.
fn section(out: &mut String, heading: &str, of: &Value, each: impl Fn(&mut String, &Value)) {
    let entries = list(of);
    if !entries.is_empty() {
        line(out, 0, &format!("{heading}:"));
        entries.iter().for_each(|entry| each(out, entry));
    }
}

fn line(out: &mut String, depth: usize, text: &str) {
    // Writing to a text never fails.
    let _ = writeln!(out, "{:width$}{text}", "", width = depth * 2);
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}
