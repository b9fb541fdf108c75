//! What validation answers with.

use insta::assert_json_snapshot;
use serde_json::{Value, json};

use super::{message, plan, resource, resources};

#[test]
fn parameters_are_checked_defaulted_and_echoed() {
    let parts = || {
        json!({"parameters": {
            "size": {"type": "int", "minValue": 1, "maxValue": 9},
            "sku": {"type": "string", "allowedValues": ["S1", "S2"], "defaultValue": "[concat('S', parameters('one'))]"},
            "one": {"type": "string", "defaultValue": "1"},
            "key": {"type": "SecureString", "minLength": 3, "defaultValue": "hidden"},
            "when": {"type": "string", "defaultValue": "[utcNow()]"},
        }})
    };
    let ok = plan(parts(), json!({"SIZE": {"value": 5}})).unwrap();
    assert_json_snapshot!(ok.parameters_echo, @r#"
    {
      "size": {
        "type": "Int",
        "value": 5
      },
      "sku": {
        "type": "String",
        "value": "S1"
      },
      "one": {
        "type": "String",
        "value": "1"
      },
      "key": {
        "type": "SecureString"
      },
      "when": {
        "type": "String",
        "value": "20260203T040506Z"
      }
    }
    "#);
    for (given, expected) in [
        (json!({}), "The value for the template parameter 'size' at line '0' and column '0' is not provided."),
        (
            json!({"size": {"value": 1}, "x": {"value": 1}}),
            "The template parameters 'x' in the parameters file are not valid; they are not present in the original template and can therefore not be provided at deployment time. The only supported parameters for this template are 'size, sku, one, key, when'.",
        ),
        (
            json!({"size": {"value": "1"}}),
            "Template parameter JToken type is not valid. Expected 'Integer'. Actual 'String'.",
        ),
        (json!({"size": {"value": 0}}), "The value should be greater than or equal to '1'."),
        (json!({"size": {"value": 10}}), "The value should be less than or equal to '9'."),
        (
            json!({"size": {"value": 1}, "sku": {"value": "S3"}}),
            "The provided value 'S3' for the template parameter 'sku' at line '0' and column '0' is not valid. The parameter value is not part of the allowed value(s): 'S1,S2'.",
        ),
        (
            json!({"size": {"value": 1}, "key": {"value": "ab"}}),
            "Length of the value should be greater than or equal to '3'.",
        ),
        (
            json!({"size": {"reference": {"secretName": "s"}}}),
            "The Key Vault reference of the template parameter 'size' is not supported",
        ),
    ] {
        let message = message(plan(parts(), given.clone()));
        assert!(message.starts_with("InvalidTemplate: Deployment template validation failed: '"), "{message}");
        assert!(message.contains(expected), "{given}: {message}");
    }
}

#[test]
fn what_a_template_may_not_say_is_refused_by_name() {
    let one = |more: Value| json!({"resources": [resource("a", more)]});
    for (parts, expected) in [
        (
            json!({"resources": [resource("a", json!({"dependsOn": ["b"]})), resource("b", json!({"dependsOn": ["a"]}))]}),
            "Circular dependency detected on resource: '/subscriptions/",
        ),
        (one(json!({"properties": "[reference('a')]"})), "Circular dependency detected on resource"),
        (one(json!({"dependsOn": ["A.B/cs/none"]})), "The resource 'A.B/cs/none' is not defined in the template."),
        (
            json!({"resources": [resource("a", json!({})), resource("A", json!({"condition": false}))]}),
            "The resource 'A.B/cs/A' at line '0' and column '0' is defined multiple times in a template.",
        ),
        (one(json!({"name": "a/b"})), "has incorrect segment lengths"),
        (
            one(json!({"name": "[reference('x').name]"})),
            "The template function 'reference' is not expected at this location.",
        ),
        (one(json!({"condition": "yes"})), "The condition must be a boolean"),
        (one(json!({"apiVersion": null})), "The property 'apiVersion' must be a string."),
        (one(json!({"copy": {"name": "l", "count": 801}})), "'count' must be an integer from 0 to 800"),
        (one(json!({"copy": {"name": "l", "count": 2}})), "is defined multiple times in a template"),
        (
            one(json!({"properties": {"copy": [{"name": "p", "count": 2, "input": 1}]}})),
            "A copy loop on properties or variables is not supported",
        ),
        (
            json!({"variables": {"copy": [{"name": "p", "count": 2, "input": 1}]}}),
            "A copy loop on properties or variables is not supported",
        ),
        (
            one(json!({"properties": "[listKeys('a', '1')]"})),
            "The template resource 'a' at line '0' and column '0' is not valid: The template function 'listKeys' is not supported by this simulator yet.",
        ),
        (one(json!({"properties": "[nonsense()]"})), "The template function 'nonsense' is not valid."),
        (
            json!({"outputs": {"o": {"type": "string", "value": "[listKeys('a', '1').k]"}}}),
            "The template function 'listKeys' is not supported",
        ),
        (one(json!({"type": "Microsoft.Resources/deployments"})), "A nested deployment is not supported"),
        (one(json!({"existing": true})), "The resource's member 'existing' is not supported"),
        (json!({"resources": {"sym": {}}}), "A template with symbolic resource names is not supported"),
        (json!({"languageVersion": "2.0"}), "The template's member 'languageVersion' is not supported"),
        (
            json!({"parameters": {"p": {"type": "text"}}}),
            "The template parameter 'p' at line '0' and column '0' is not valid. The type 'text' is not supported.",
        ),
        (
            json!({"parameters": {"p": {"type": "string", "defaultValue": "[variables('v')]"}}}),
            "The template function 'variables' is not expected at this location.",
        ),
    ] {
        let message = message(plan(parts.clone(), Value::Null));
        assert!(message.starts_with("InvalidTemplate: Deployment template validation failed: '"), "{parts}: {message}");
        assert!(message.contains(expected), "{parts}: {message}");
    }
    for (parts, expected) in [
        (json!({"resources": null}), "Required property 'resources' not found in JSON."),
        (json!({"resource": []}), "Could not find member 'resource' on object of type 'Template'."),
        (json!({"outputs": []}), "'outputs' must be an object."),
    ] {
        let message = message(plan(parts, Value::Null));
        assert!(message.starts_with("InvalidRequestContent: ") && message.contains(expected), "{message}");
    }
}

#[test]
fn a_large_body_in_a_large_loop_is_refused() {
    let more = json!({"copy": {"name": "l", "count": 800}, "properties": {"text": "x".repeat(100_000)}});
    let message = message(resources(json!([resource("[concat('r', copyIndex())]", more)])));
    assert!(message.contains("once its copy loops are unfolded"), "{message}");
}
