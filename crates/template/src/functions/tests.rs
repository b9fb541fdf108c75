use serde_json::{Value, json};

use crate::copy::CopyIndex;
use crate::evaluator::{Context, Evaluator, Names, Place, ResourceGroup, Settings};

fn settings() -> Settings {
    let object = |value: Value| value.as_object().cloned().unwrap();
    let group = ResourceGroup {
        id: "/subscriptions/s/resourceGroups/g".into(),
        name: "g".into(),
        location: "westeurope".into(),
        tags: Some(object(json!({"k": "v"}))),
    };
    let context = Context {
        subscription_id: "s".into(),
        subscription_name: "Lab".into(),
        tenant_id: "t".into(),
        resource_group: Some(group),
        deployment_name: "d".into(),
        now: time::OffsetDateTime::UNIX_EPOCH,
    };
    let parameters = object(json!({"Name": "x", "list": [1, "two"], "tree": {"Leaf": {"n": 5}}}));
    let variables = object(json!({
        "joined": "[concat(parameters('name'), '-', variables('plain'))]",
        "plain": "[[not an expression]",
        "self": "[variables('SELF')]",
        "asks": "[reference('x')]",
        "missing": "[substring('abc', 0, 1)]",
    }));
    Settings {
        context,
        parameters: Names { known: parameters, ..Names::default() },
        variables: Names { raw: variables, ..Names::default() },
    }
}

fn evaluate(text: &str) -> Result<Value, String> {
    let copy = CopyIndex { name: "loop".into(), index: 3 };
    let settings = settings();
    Evaluator::new(&settings, Place::Plan, Some(&copy)).text(text).map_err(|e| e.message)
}

#[test]
fn functions_give_their_values() {
    let table = [
        ("[CONCAT('a', 1, true(), 'it''s')]", json!("a1Trueit's")),
        ("[concat(parameters('list'), parameters('LIST'))]", json!([1, "two", 1, "two"])),
        ("[format('{0}-{1}{{}}{0}', 'a', false())]", json!("a-False{}a")),
        ("[string(parameters('tree'))]", json!("{\"Leaf\":{\"n\":5}}")),
        ("[string(-12)]", json!("-12")),
        ("[int('42')]", json!(42)),
        ("[int(-7)]", json!(-7)),
        ("[toLower('ÄB')]", json!("äb")),
        ("[toUpper('äb')]", json!("ÄB")),
        ("[uniqueString('hello', 'world')]", json!("a7wkljktk6wne")),
        ("[length(guid('a'))]", json!(36)),
        ("[if(equals('a', 'a'), 'yes', reference('x'))]", json!("yes")),
        ("[if(false(), variables('missing'), null())]", json!(null)),
        ("[equals('a', 'A')]", json!(false)),
        ("[equals(1, 1)]", json!(true)),
        ("[equals(parameters('tree'), parameters('TREE'))]", json!(true)),
        ("[not(true())]", json!(false)),
        ("[and(true(), false(), reference('x'))]", json!(false)),
        ("[or(false(), true(), reference('x'))]", json!(true)),
        ("[and(true(), true())]", json!(true)),
        ("[or(false(), false())]", json!(false)),
        ("[empty('')]", json!(true)),
        ("[empty(null())]", json!(true)),
        ("[empty(parameters('list'))]", json!(false)),
        ("[length(parameters('list'))]", json!(2)),
        ("[length(parameters('tree'))]", json!(1)),
        ("[coalesce(null(), 'a', reference('x'))]", json!("a")),
        ("[coalesce(null())]", json!(null)),
        ("[copyIndex()]", json!(3)),
        ("[copyIndex(10)]", json!(13)),
        ("[copyIndex('LOOP')]", json!(3)),
        ("[copyIndex('loop', 1)]", json!(4)),
        ("[parameters('tree').leaf['N']]", json!(5)),
        ("[parameters('list')[1]]", json!("two")),
        ("[variables('Joined')]", json!("x-[not an expression]")),
        ("[resourceGroup().location]", json!("westeurope")),
        ("[resourceGroup().tags.k]", json!("v")),
        ("[subscription().displayName]", json!("Lab")),
        ("[tenant().tenantId]", json!("t")),
        ("[deployment().name]", json!("d")),
        ("[resourceId('A.B/c', 'x')]", json!("/subscriptions/s/resourceGroups/g/providers/A.B/c/x")),
        ("[resourceId('h', 'A.B/c/d', 'x', 'y')]", json!("/subscriptions/s/resourceGroups/h/providers/A.B/c/x/d/y")),
        ("[resourceId('u', 'h', 'A.B/c', 'x')]", json!("/subscriptions/u/resourceGroups/h/providers/A.B/c/x")),
        ("[resourceId('A.B/c/', 'x')]", json!("/subscriptions/s/resourceGroups/g/providers/A.B/c/x")),
        ("[subscriptionResourceId('A.B/c', 'x')]", json!("/subscriptions/s/providers/A.B/c/x")),
        ("[subscriptionResourceId('u', 'A.B/c', 'x')]", json!("/subscriptions/u/providers/A.B/c/x")),
        ("[tenantResourceId('A.B/c', 'x')]", json!("/providers/A.B/c/x")),
        (
            "[extensionResourceId(resourceGroup().id, 'A.B/c', 'x')]",
            json!("/subscriptions/s/resourceGroups/g/providers/A.B/c/x"),
        ),
    ];
    for (text, expected) in table {
        assert_eq!(evaluate(text), Ok(expected), "{text}");
    }
}

#[test]
fn what_cannot_be_evaluated_says_why() {
    for (text, expected) in [
        ("[nonsense()]", "The template function 'nonsense' is not valid."),
        ("[substring('a', 0)]", "The template function 'substring' is not supported by this simulator yet."),
        ("[listKeys('a', 'b')]", "The template function 'listKeys' is not supported by this simulator yet."),
        ("[contoso.unique('a')]", "The user function 'contoso.unique' is not supported by this simulator yet."),
        ("[reference('x')]", "The template function 'reference' is not expected at this location."),
        ("[variables('asks')]", "The template function 'reference' is not expected at this location."),
        ("[utcNow()]", "The template function 'utcNow' is not expected at this location."),
        ("[variables('self')]", "refers to itself"),
        ("[variables('none')]", "The template variable 'none' is not found."),
        ("[parameters('none')]", "The template parameter 'none' is not found."),
        ("[parameters('tree').none]", "property 'none' doesn't exist, available properties are 'Leaf'."),
        ("[parameters('name').none]", "property selection is only supported on objects"),
        ("[parameters('list')[2]]", "index '2' is out of bounds"),
        ("[parameters('list')[-1]]", "index '-1' is out of bounds"),
        ("[parameters('list')['a']]", "property selection is only supported on objects"),
        ("[deployment().properties.templateLink.uri]", "property 'templateLink' doesn't exist"),
        ("[copyIndex('other')]", "there is no copy loop 'other'"),
        ("[concat('a', parameters('list'))]", "either all or none of the parameters must be an array"),
        ("[concat(null())]", "The provided value is of type 'Null'"),
        ("[format('{1}', 'a')]", "the format string '{1}' is not valid"),
        ("[format('{0', 'a')]", "is not valid"),
        ("[format('{0:N}', 1)]", "The format item '{0:N}' of the function 'format' is not supported"),
        ("[toLower(1)]", "The provided value is of type 'Integer'"),
        ("[not()]", "function requires 1 argument(s) while 0 were provided."),
        ("[equals(1)]", "function requires 2 argument(s) while 1 were provided."),
        ("[reference('a', 'b', 'Full', 'c')]", "function requires between 1 and 3 argument(s) while 4 were provided."),
        ("[int('x')]", "cannot be converted to an integer"),
        ("[resourceId('A.B/c', 'x', 'y')]", "the type 'A.B/c' requires '1' resource name argument(s)."),
        ("[resourceId('a', 'b')]", "no argument is a fully qualified resource type"),
        ("[concat('a']", "Unable to parse language expression"),
    ] {
        let message = evaluate(text).expect_err(text);
        assert!(message.contains(expected), "{text}: {message}");
    }
}

#[test]
fn a_deployment_at_the_subscription_has_no_group() {
    let mut settings = settings();
    settings.context.resource_group = None;
    let evaluator = Evaluator::new(&settings, Place::Plan, None);
    let evaluate = |text: &str| evaluator.text(text).map_err(|e| e.message);
    assert_eq!(evaluate("[resourceId('A.B/c', 'x')]"), Ok(json!("/subscriptions/s/providers/A.B/c/x")));
    assert_eq!(
        evaluate("[resourceId('h', 'A.B/c', 'x')]"),
        Ok(json!("/subscriptions/s/resourceGroups/h/providers/A.B/c/x"))
    );
    let other = "22222222-2222-4222-8222-222222222222";
    let expected = format!("/subscriptions/{other}/providers/A.B/c/x");
    assert_eq!(evaluate(&format!("[resourceId('{other}', 'A.B/c', 'x')]")), Ok(json!(expected)));
    assert!(evaluate("[resourceGroup().id]").is_err_and(|m| m.contains("not expected at this location")));
    assert!(evaluate("[copyIndex()]").is_err_and(|m| m.contains("not expected at this location")));
}

#[test]
fn values_that_grow_without_end_are_refused() {
    let mut settings = settings();
    let grow = |n: usize| format!("[concat(variables('v{n}'), variables('v{n}'))]");
    settings.variables.raw = (1..40).map(|n| (format!("v{n}"), json!(grow(n - 1)))).collect();
    settings.variables.raw.insert("v0".into(), json!("0123456789"));
    let error = Evaluator::new(&settings, Place::Plan, None).text("[variables('v39')]").unwrap_err();
    assert!(error.message.contains("too large"), "{error}");
}

#[test]
fn a_chain_of_variables_is_bounded() {
    for (open, close) in [
        ("concat(", ")"),
        ("coalesce(", ")"),
        ("if(true(),", ",1)"),
        ("and(true(),", ")"),
        ("parameters('list')[", "]"),
    ] {
        let mut settings = settings();
        let deep = |n: usize| format!("[{}variables('v{n}'){}]", open.repeat(60), close.repeat(60));
        settings.variables.raw = (1..100).map(|n| (format!("v{n}"), json!({"a": [deep(n - 1)]}))).collect();
        let error = Evaluator::new(&settings, Place::Plan, None).text("[variables('v99')]").unwrap_err();
        assert!(error.message.contains("nested deeper"), "{open}: {error}");
    }
}

#[test]
fn the_deepest_value_that_can_be_read_is_evaluated() {
    let settings = settings();
    let text = format!("{}\"[toLower('A')]\"{}", "[{\"k\":".repeat(50), "}]".repeat(50));
    let value = crate::lenient::parse(text.as_bytes()).unwrap();
    let evaluated = Evaluator::new(&settings, Place::Plan, None).value(&value).map(|v| v.to_string());
    assert_eq!(evaluated, Ok(text.replace("[toLower('A')]", "a")));
}
