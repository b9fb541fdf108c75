//! Who may do what: every resource type, every verb it knows, every kind of caller. The table is a snapshot; a change of
//! it is a change of the product's promise and wants to be read.
//!
//! How to add the next type: a line in `rows.rs`. A type without one fails the test.

mod rows;

use cloud::{Answer, CONTRIBUTOR, Caller, Cloud, MANAGED_IDENTITY_OPERATOR, OWNER, READER, USER_ACCESS_ADMINISTRATOR};
use rows::{Row, Stage};
use serde_json::json;

/// Callers in the order of the columns; all roles are assigned at the subscription.
const CALLERS: [&str; 8] =
    ["no token", "stranger", "Reader", "Contributor", "Owner", "UAA", "MI Operator", "MI: Reader"];

#[tokio::test]
async fn every_type_verb_and_caller() {
    let cloud = Cloud::start().await;
    let stage = Stage::set(&cloud).await;
    let callers = callers(&cloud, &stage).await;
    let rows = rows::rows(&stage);
    let mut types: Vec<_> = arm_api::inventory().collect();
    types.sort_by_key(|t| t.name);
    for row in &rows {
        assert!(types.iter().any(|t| t.name == row.type_name), "no type is called {}", row.type_name);
    }
    let mut table = line("type", "verb", &CALLERS);
    for t in types {
        let Some(row) = rows.iter().find(|row| row.type_name == t.name) else {
            panic!("{} has no row in the authorization matrix: add one to rows.rs, for {:?}", t.name, t.verbs);
        };
        for verb in t.verbs {
            let mut cells = Vec::new();
            for (column, (who, caller)) in CALLERS.iter().zip(&callers).enumerate() {
                let answer = row.ask(&cloud, caller, verb, column).await;
                let open = t.is_open || (*verb == "LIST" && t.list_is_filtered);
                match *who {
                    "no token" => assert_eq!(answer.status, 401, "{} {verb} without a token", t.name),
                    "stranger" if !open => assert_eq!(answer.summary(), "403 AuthorizationFailed", "{} {verb}", t.name),
                    "Owner" => assert!(![401, 403].contains(&answer.status), "{} {verb}: {}", t.name, answer.text),
                    _ => {}
                }
                cells.push(cell(&answer));
            }
            table.push_str(&line(t.name, verb, &cells));
        }
    }
    insta::with_settings!({ description => LEGEND, omit_expression => true }, { insta::assert_snapshot!("table", table) });
}

const LEGEND: &str = "✔ the road let the caller pass, ✘ it did not; behind it the status, and ∅ for a list that shows \
                      nothing. UAA: User Access Administrator. MI Operator: Managed Identity Operator. MI: Reader: a \
                      managed identity that holds Reader.";

fn line(type_name: &str, verb: &str, cells: &[impl AsRef<str>]) -> String {
    let cells: String = cells.iter().map(|cell| format!(" {:<11}", cell.as_ref())).collect();
    format!("{type_name:<73} {verb:<23}{}\n", cells.trim_end())
}

fn cell(answer: &Answer) -> String {
    let mark = if [401, 403].contains(&answer.status) { '✘' } else { '✔' };
    let empty = answer.body["value"].as_array().is_some_and(Vec::is_empty);
    format!("{mark} {}{}", answer.status, if empty { " ∅" } else { "" })
}

async fn callers<'a>(cloud: &'a Cloud, stage: &Stage) -> Vec<Caller<'a>> {
    let mut callers = vec![cloud.stranger()];
    for (name, role) in [
        ("stranger", None),
        ("reader", Some(READER)),
        ("contributor", Some(CONTRIBUTOR)),
        ("owner", Some(OWNER)),
        ("access", Some(USER_ACCESS_ADMINISTRATOR)),
        ("operator", Some(MANAGED_IDENTITY_OPERATOR)),
    ] {
        let application = cloud.make_application(name).await;
        if let Some(role) = role {
            cloud.assign(&application.principal, role, &cloud.subscription).await;
        }
        callers.push(cloud.caller(cloud.token_of(&application).await));
    }
    let patched = cloud.patch_identity(&stage.machine, json!({"type": "SystemAssigned"})).await.ok();
    cloud.assign(patched.body["identity"]["principalId"].as_str().unwrap(), READER, &cloud.subscription).await;
    let token = cloud.imds_token(&stage.machine, "").await.ok().body["access_token"].as_str().unwrap().to_owned();
    callers.push(cloud.caller(token));
    callers
}

impl Row {
    /// One question. What a PUT makes is new for every caller; what a DELETE takes away is put there first.
    async fn ask(&self, cloud: &Cloud, caller: &Caller<'_>, verb: &str, column: usize) -> Answer {
        let item = |name: &str| (self.item)(name);
        match verb {
            "LIST" => caller.arm("GET", &self.collection, None).await,
            "GET" => caller.arm("GET", &item("kept"), None).await,
            "PUT" => {
                let name = format!("made{column}");
                caller.arm("PUT", &item(&name), (self.body)(&name)).await
            }
            "PATCH" => caller.arm("PATCH", &item("kept"), json!({"tags": {"of": "patch"}})).await,
            "DELETE" => {
                cloud.arm("PUT", &item("victim"), (self.body)("victim")).await.ok();
                caller.arm("DELETE", &item("victim"), None).await
            }
            action => caller.arm("POST", &format!("{}/{action}", item("kept")), (self.body)("kept")).await,
        }
    }
}
