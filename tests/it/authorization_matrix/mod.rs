//! Who may do what: every resource type, every verb it knows, every kind of caller. The table is a snapshot; a change of
//! it is a change of the product's promise and wants to be read.
//!
//! How to add the next type: a line in `rows.rs`. A type without one fails the test.

mod rows;

use arm_api::Inventory;
use cloud::{Answer, CONTRIBUTOR, Caller, Cloud, MANAGED_IDENTITY_OPERATOR, OWNER, READER, USER_ACCESS_ADMINISTRATOR};
use rows::{Row, Stage};
use serde_json::json;

/// Callers in the order of the columns; their roles are assigned at the subscription, and for what is the tenant's also
/// at the tenant's root.
const CALLERS: [&str; 8] =
    ["no token", "stranger", "Reader", "Contributor", "Owner", "UAA", "MI Operator", "MI: Reader"];

/// What no role gives: the directory's administrators may, whom no column has.
const OF_THE_DIRECTORY: &str = "Microsoft.Authorization/elevateAccess";

/// Who asks in a column, and the role that it holds, with its object id.
struct Column<'a> {
    caller: Caller<'a>,
    role: Option<(String, &'static str)>,
}

#[tokio::test]
async fn every_type_verb_and_caller() {
    let cloud = Cloud::start().await;
    let stage = Stage::set(&cloud).await;
    let columns = columns(&cloud, &stage).await;
    let rows = rows::rows(&stage);
    let mut types: Vec<_> = arm_api::inventory().collect();
    types.sort_by_key(|t| t.name);
    for row in &rows {
        assert!(types.iter().any(|t| t.name == row.type_name), "no type is called {}", row.type_name);
    }
    let row_of = |t: &Inventory| {
        rows.iter().find(|row| row.type_name == t.name).unwrap_or_else(|| {
            panic!("{} has no row in the authorization matrix: add one to rows.rs, for {:?}", t.name, t.verbs)
        })
    };
    let (of_the_tenant, others): (Vec<_>, Vec<_>) = types.into_iter().partition(|t| row_of(t).is_of_the_tenant());
    let mut lines = Vec::new();
    for t in &others {
        lines.extend(lines_of(&cloud, t, row_of(t), &columns).await);
    }
    for (principal, role) in columns.iter().filter_map(|column| column.role.as_ref()) {
        cloud.assign(principal, role, "").await;
    }
    for t in &of_the_tenant {
        lines.extend(lines_of(&cloud, t, row_of(t), &columns).await);
    }
    // By type; the verbs stay in the type's order.
    lines.sort_by_key(|(name, _)| *name);
    let lines = lines.into_iter().map(|(_, line)| line);
    let table: String = std::iter::once(line("type", "verb", &CALLERS)).chain(lines).collect();
    insta::with_settings!({ description => LEGEND, omit_expression => true }, { insta::assert_snapshot!("table", table) });
}

/// A line for each verb of a type, behind the type's name.
async fn lines_of(cloud: &Cloud, t: &Inventory, row: &Row, columns: &[Column<'_>]) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    for verb in t.verbs {
        let mut cells = Vec::new();
        for (place, (who, column)) in CALLERS.iter().zip(columns).enumerate() {
            let answer = row.ask(cloud, &column.caller, verb, place).await;
            let open = t.is_open || (*verb == "LIST" && t.list_is_filtered);
            match *who {
                "no token" => assert_eq!(answer.status, 401, "{} {verb} without a token", t.name),
                "stranger" if !open => assert_eq!(answer.summary(), "403 AuthorizationFailed", "{} {verb}", t.name),
                "Owner" if t.name != OF_THE_DIRECTORY => {
                    assert!(![401, 403].contains(&answer.status), "{} {verb}: {}", t.name, answer.text);
                }
                _ => {}
            }
            cells.push(cell(&answer));
        }
        lines.push((t.name, line(t.name, verb, &cells)));
    }
    lines
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

async fn columns<'a>(cloud: &'a Cloud, stage: &Stage) -> Vec<Column<'a>> {
    let mut columns = vec![Column { caller: cloud.stranger(), role: None }];
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
        let caller = cloud.caller(cloud.token_of(&application).await);
        columns.push(Column { caller, role: role.map(|role| (application.principal, role)) });
    }
    let patched = cloud.patch_identity(&stage.machine, json!({"type": "SystemAssigned"})).await.ok();
    let principal = patched.body["identity"]["principalId"].as_str().unwrap().to_owned();
    cloud.assign(&principal, READER, &cloud.subscription).await;
    let token = cloud.imds_token(&stage.machine, "").await.ok().body["access_token"].as_str().unwrap().to_owned();
    columns.push(Column { caller: cloud.caller(token), role: Some((principal, READER)) });
    columns
}

impl Row {
    /// Whether what it is about lies in no subscription.
    fn is_of_the_tenant(&self) -> bool {
        [&self.collection, &(self.item)("kept")].into_iter().any(|path| path.starts_with("/providers/"))
    }

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
