//! Role files and what is told of them, as snapshots to be read.

use proptest::prelude::*;

use super::lint_role;

/// The findings of each case under its name, against the snapshot of this name.
fn check(snapshot: &str, cases: &[(&str, &str)]) {
    let mut out = String::new();
    for (name, text) in cases {
        out.push_str(&format!("-- {name}\n"));
        for f in lint_role(text) {
            out.push_str(&format!("{}:{} {:?} {}: {}\n", f.line, f.column, f.severity, f.code, f.message));
            out.extend(f.advice.map(|advice| format!("    {advice}\n")));
        }
    }
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(snapshot, out) });
}

/// A role of Resource Manager's form with these members in its only block.
fn block(members: &str) -> String {
    let start = r#"{"properties": {"roleName": "R", "assignableScopes": ["/subscriptions/s"], "permissions": [{"#;
    format!("{start}\n{members}\n}}]}}}}")
}

#[test]
fn good_roles_have_nothing_said_about_them() {
    for text in [
        r#"{"Name": "R", "IsCustom": true, "Description": "d", "Actions": ["Microsoft.Compute/*/read"], "NotActions": [],
            "DataActions": [], "NotDataActions": [], "AssignableScopes": ["/subscriptions/s"]}"#,
        r#"{"roleName": "R", "name": "0a", "type": "Microsoft.Authorization/roleDefinitions", "roleType": "CustomRole",
            "id": null, "description": null, "assignableScopes": ["/subscriptions/s"],
            "permissions": [{"actions": ["*/read"]}]}"#,
        &block(
            r#""actions": ["Microsoft.Storage/*"], "notActions": ["Microsoft.Storage/*/delete"], "dataActions": null"#,
        ),
        &format!("[{0}, {0}]", block(r#""actions": ["Microsoft.Support/*"]"#)),
    ] {
        assert_eq!(lint_role(text), [], "{text}");
    }
}

#[test]
fn forms() {
    let deep = "[".repeat(100_000);
    check(
        "forms",
        &[
            ("nothing", ""),
            ("single quotes", "{'Name': 'R'}"),
            ("a comma too many", "{\"Name\": \"é\",\n \"Actions\": [\"*/read\",]}"),
            ("a comment", "{} // no"),
            ("too deep", &deep),
            ("no roles", "[1, {}]"),
            (
                "wrong types and unknown members",
                r#"{"Nmae": "R", "name": 7, "Actions": "*/read", "AssignableScopes": ["/subscriptions/s", 1], "permission": []}"#,
            ),
            ("no properties", r#"{"properties": [], "Actions": []}"#),
            (
                "both forms at once",
                r#"{"Name": "R", "NAME": "S", "assignableScopes": ["/subscriptions/s"], "Actions": ["*"],
 "permissions": [{"actions": ["*/read"]}, 3]}"#,
            ),
        ],
    );
}

#[test]
fn what_azure_refuses() {
    let strings = block(
        r#""actions": [
  "Microsoft.Compute/virtualMachine/read",
  "Microsoft.Compute/virtualMachines/start",
  "Microsoft.Compte/*",
  "Microsoft.Network/*/subnets/*",
  "Microsoft.KeyVault/vaults/secrets/getSecret/action",
  "nonsense"
],
"dataActions": ["Microsoft.Compute/virtualMachines/read", "ä"]"#,
    );
    let scopes = r#"{"Name": " ", "AssignableScopes": [
  "/", "/subscriptions/*", "rg1",
  "/providers/Microsoft.Management/managementGroups/a",
  "/providers/Microsoft.Management/managementGroups/b"],
  "DataActions": ["Microsoft.KeyVault/vaults/secrets/*"]}"#;
    let (name, description) = ("x".repeat(513), "y".repeat(2049));
    let lengths = format!(r#"{{"Name": "{name}", "Description": "{description}", "AssignableScopes": []}}"#);
    check("refused", &[("strings", &strings), ("scopes", scopes), ("lengths", &lengths)]);
}

#[test]
fn what_people_regret() {
    let everything = block(
        r#""actions": ["*", "Microsoft.Compute/*", "*/READ", " */write"],
"notActions": ["Microsoft.Compute/virtualMachines/*", "Microsoft.Compute/virtualMachines/*/read"]"#,
    );
    let nothing = block(
        r#""actions": ["Microsoft.Compute/virtualMachines/read", "Microsoft.Compute/disks/read", "Microsoft.Compute/DISKS/read"],
"notActions": ["Microsoft.Compute/disks/*", "Microsoft.Storage/*"],
"dataActions": ["Microsoft.KeyVault/vaults/secrets/getSecret/action"],
"notDataActions": ["*"]"#,
    );
    check(
        "regretted",
        &[
            ("everything", &everything),
            ("nothing", &nothing),
            ("escalation", &block(r#""actions": ["*/read", "Microsoft.Authorization/*/write"]"#)),
            ("two blocks", &block(r#""actions": ["*/read"]}, {"actions": ["Microsoft.Compute/*/write"]"#)),
        ],
    );
}

proptest! {
    /// Whatever is written, it is read without breaking, and every place is one in the text.
    #[test]
    fn any_text_is_read(text in r#"[\[\]{}",:a*/é \n\\-]{0,40}"#) {
        for finding in lint_role(&text) {
            let line = text.split('\n').nth(finding.line - 1);
            prop_assert!(line.is_some_and(|line| finding.column <= line.chars().count() + 1), "{finding:?}");
        }
    }
}
