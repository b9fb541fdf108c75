//! Whole templates: `dependencies` and their order, `refusals` by validation, and here plans, bodies and outputs.

#![expect(clippy::needless_pass_by_value, reason = "templates are written where they are used")]

mod dependencies;
mod refusals;

use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::{Context, Lookup, Plan, ResourceGroup, Template, TemplateError, lenient};

const SUBSCRIPTION: &str = "11111111-1111-4111-8111-111111111111";

fn context() -> Context {
    let group = ResourceGroup {
        id: format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/shop-rg"),
        name: "shop-rg".into(),
        location: "westeurope".into(),
        tags: None,
    };
    Context {
        subscription_id: SUBSCRIPTION.into(),
        subscription_name: "Lab".into(),
        tenant_id: "22222222-2222-4222-8222-222222222222".into(),
        resource_group: Some(group),
        deployment_name: "d".into(),
        now: time::macros::datetime!(2026-02-03 04:05:06 UTC),
    }
}

/// Answers with what it was asked, so that a body shows which question an expression became.
struct Echo;

impl Lookup for Echo {
    fn reference(&self, id: &str, api_version: Option<&str>, full: bool) -> Result<Value, TemplateError> {
        if id.ends_with("/gone") {
            return Err(TemplateError::new("ResourceNotFound", "gone"));
        }
        let asked =
            format!("{} {} {full}", id.rsplit("/providers/").next().unwrap_or_default(), api_version.unwrap_or("-"));
        Ok(json!({"asked": asked, "identity": {"principalId": "p"}}))
    }
}

fn template(parts: Value) -> Value {
    let mut whole = json!({"$schema": "s", "contentVersion": "1.0.0.0", "resources": []});
    whole.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
    whole
}

fn plan(parts: Value, parameters: Value) -> Result<Plan, TemplateError> {
    Plan::new(&Template::parse(&template(parts))?, &parameters, &context())
}

fn resource(name: &str, more: Value) -> Value {
    let mut whole = json!({"type": "A.B/cs", "name": name, "apiVersion": "1"});
    whole.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    whole
}

fn resources(list: Value) -> Result<Plan, TemplateError> {
    plan(json!({"resources": list}), Value::Null)
}

fn message(result: Result<Plan, TemplateError>) -> String {
    result.err().map(|e| format!("{}: {}", e.code, e.message)).unwrap_or_default()
}

#[test]
fn a_machine_is_planned_as_the_azure_cli_asks_for_it() {
    let bytes = include_bytes!("../../../../../fixtures/templates/vm-create.json");
    let template = Template::parse(&lenient::parse(bytes).unwrap()).unwrap();
    let plan = Plan::new(&template, &json!({"adminPassword": {"value": "[secret]"}}), &context()).unwrap();
    let short = |at: usize| plan.resources[at].id.replace(&context().scope(), "…");
    let order: Vec<Value> =
        plan.order().into_iter().map(|at| json!([short(at), plan.resources[at].dependencies])).collect();
    assert_json_snapshot!(order, @r#"
    [
      [
        "…/providers/Microsoft.Network/virtualNetworks/shopVNET",
        []
      ],
      [
        "…/providers/Microsoft.Network/publicIPAddresses/shopPublicIP",
        []
      ],
      [
        "…/providers/Microsoft.Network/networkInterfaces/shopVMNic",
        [
          0,
          1
        ]
      ],
      [
        "…/providers/Microsoft.Compute/virtualMachines/shop",
        [
          2
        ]
      ],
      [
        "…/providers/Microsoft.Authorization/roleAssignments/0b0f5a3c-6f0e-4f5e-9d58-3b1de0b6a001",
        [
          4
        ]
      ]
    ]
    "#);
    assert_json_snapshot!(plan.parameters_echo, @r#"
    {
      "adminPassword": {
        "type": "SecureString"
      }
    }
    "#);
    assert_eq!(plan.secrets(), ["[secret]"]);
    assert_json_snapshot!(plan.resources[3].body(&Echo).unwrap()["properties"]["principalId"], @r#""p""#);
    assert_json_snapshot!(plan.resources[4].body(&Echo).unwrap(), @r#"
    {
      "location": "westeurope",
      "tags": {},
      "properties": {
        "hardwareProfile": {
          "vmSize": "Standard_D2s_v5"
        },
        "networkProfile": {
          "networkInterfaces": [
            {
              "id": "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/shop-rg/providers/Microsoft.Network/networkInterfaces/shopVMNic",
              "properties": {}
            }
          ]
        },
        "storageProfile": {
          "osDisk": {
            "createOption": "fromImage",
            "caching": "ReadWrite",
            "managedDisk": {}
          },
          "imageReference": {
            "publisher": "Canonical",
            "offer": "0001-com-ubuntu-server-jammy",
            "sku": "22_04-lts-gen2",
            "version": "latest"
          }
        },
        "osProfile": {
          "computerName": "shop",
          "adminUsername": "keeper",
          "adminPassword": "[secret]"
        }
      },
      "identity": {
        "type": "SystemAssigned"
      }
    }
    "#);
    assert_eq!(plan.outputs(&Echo), Ok(model::JsonMap::new()));
    assert!(template.hash().parse::<u64>().is_ok());
}

#[test]
fn ids_follow_types_names_and_scopes() {
    let plan = resources(json!([
        resource("a", json!({"resources": [{"type": "ds", "name": "b", "apiVersion": "2"}]})),
        {"type": "Microsoft.KeyVault/vaults/providers/roleAssignments", "name": "kv1/Microsoft.Authorization/g", "apiVersion": "1"},
        {"type": "Microsoft.Authorization/locks", "name": "l", "apiVersion": "1", "scope": "[concat('A.B/cs/', 'a')]"},
        {"type": "Microsoft.Authorization/locks", "name": "l", "apiVersion": "1", "scope": "/subscriptions/x"},
    ]));
    let ids: Vec<String> = plan.unwrap().resources.iter().map(|r| r.id.replace(&context().scope(), "…")).collect();
    assert_eq!(
        ids,
        [
            "…/providers/A.B/cs/a",
            "…/providers/A.B/cs/a/ds/b",
            "…/providers/Microsoft.KeyVault/vaults/kv1/providers/Microsoft.Authorization/roleAssignments/g",
            "…/providers/A.B/cs/a/providers/Microsoft.Authorization/locks/l",
            "/subscriptions/x/providers/Microsoft.Authorization/locks/l",
        ]
    );
}

#[test]
fn a_group_is_deployed_at_the_subscription() {
    let subscription = Context { resource_group: None, ..context() };
    let body = template(
        json!({"resources": [{"type": "Microsoft.Resources/resourceGroups", "name": "n", "apiVersion": "1"}]}),
    );
    let plan = Plan::new(&Template::parse(&body).unwrap(), &Value::Null, &subscription).unwrap();
    assert_eq!(plan.resources[0].id, format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/n"));
}

#[test]
fn bodies_ask_the_cloud_and_drop_nulls() {
    let plan = resources(json!([
        resource("a", json!({})),
        resource(
            "b",
            json!({
                "location": "[resourceGroup().location]",
                "plan": null,
                "comments": "for readers",
                "properties": {
                    "own": "[reference('a').asked]",
                    "given": "[reference('A.B/cs/a', '7', 'full').asked]",
                    "elsewhere": "[reference('/x/providers/C.D/e/f', '9').asked]",
                    "[toUpper('key')]": [null, {"gone": null}, "[[kept]"],
                    "computed": "[null()]",
                },
            })
        ),
        resource("c", json!({"properties": "[reference('/x/gone', '1')]"})),
        resource("d", json!({"properties": "[reference('/x/y')]"})),
        resource("e", json!({"properties": "[reference('nowhere')]"})),
    ]))
    .unwrap();
    assert_json_snapshot!(plan.resources[1].body(&Echo).unwrap(), @r#"
    {
      "location": "westeurope",
      "properties": {
        "own": "A.B/cs/a 1 false",
        "given": "A.B/cs/a 7 true",
        "elsewhere": "C.D/e/f 9 false",
        "KEY": [
          null,
          {},
          "[kept]"
        ]
      }
    }
    "#);
    assert_eq!(plan.resources[2].body(&Echo), Err(TemplateError::new("ResourceNotFound", "gone")));
    let message = |at: usize| plan.resources[at].body(&Echo).unwrap_err().message;
    assert!(message(3).contains("an api-version is required"), "{}", message(3));
    assert!(message(4).contains("The resource 'nowhere' is not defined in the template."), "{}", message(4));
    assert!(message(4).starts_with("Unable to process template language expressions for resource '/subscriptions/"));
}

#[test]
fn outputs_are_typed_and_named_as_azure_does() {
    let parts = json!({"resources": [resource("a", json!({}))], "outputs": {
        "WEBSITE_URL": {"type": "string", "value": "[reference('a').asked]"},
        "Count": {"type": "int", "value": 3},
        "secret": {"type": "secureString", "value": "s"},
        "off": {"type": "bool", "value": true, "condition": false},
    }});
    assert_json_snapshot!(plan(parts, Value::Null).unwrap().outputs(&Echo).unwrap(), @r#"
    {
      "websitE_URL": {
        "type": "String",
        "value": "A.B/cs/a 1 false"
      },
      "count": {
        "type": "Int",
        "value": 3
      }
    }
    "#);
    let wrong = json!({"outputs": {"o": {"type": "int", "value": "text"}}});
    let error = plan(wrong, Value::Null).unwrap().outputs(&Echo).unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.details[0].target.as_deref()),
        ("DeploymentOutputEvaluationFailed", Some("o"))
    );
    assert!(error.details[0].message.contains("Expected 'Integer'. Actual 'String'."), "{error:?}");
}

/// Request bodies recorded elsewhere: `SMALT_AZ_TEMPLATES` names a directory of `{"body": {"properties": …}}` files.
#[test]
fn recorded_bodies_are_planned() {
    let Some(directory) = std::env::var_os("SMALT_AZ_TEMPLATES") else { return };
    let mut planned = 0;
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let recorded = lenient::parse(&std::fs::read(&path).unwrap()).unwrap();
        let properties = &recorded["body"]["properties"];
        let template = Template::parse(&properties["template"]).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let plan = Plan::new(&template, &properties["parameters"], &context())
            .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for resource in &plan.resources {
            // The recordings' own subscription differs from the context's, so references go out of the template.
            resource.body(&Echo).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        }
        assert_eq!(plan.order().len(), plan.resources.len());
        planned += 1;
    }
    assert!(planned > 0, "the directory has no bodies");
}

/// Plans wait in asynchronous tasks.
#[test]
fn plans_cross_threads() {
    fn crosses<T: Send + Sync>() {}
    crosses::<Plan>();
}
