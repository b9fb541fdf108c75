//! Filters over one object.

use model::JsonMap;
use serde_json::{Value, json};

use super::super::error::GraphError;
use super::parser::parse;

fn object() -> JsonMap {
    let object = json!({
        "displayName": "Web Shop",
        "mail": null,
        "accountEnabled": true,
        "size": 7,
        "createdDateTime": "2026-05-01T13:34:30Z",
        "tags": ["Red", "green"],
        "none": [],
        "web": {"homePageUrl": "https://a"},
        "keys": [{"name": "k1", "usage": "Sign", "uses": [{"at": ["home"]}]}, {"name": "k2", "usage": "Verify"}],
    });
    match object {
        Value::Object(members) => members,
        _ => JsonMap::new(),
    }
}

#[test]
fn a_filter_holds_or_not() {
    for (filter, expected) in [
        ("displayName eq 'web shop'", true),
        ("displayname EQ 'Web Shop'", true),
        ("displayName ne 'x'", true),
        ("mail eq null", true),
        ("missing eq null", true),
        ("mail ne null", false),
        ("mail eq ''", false),
        ("size gt 6 and size le 7", true),
        ("size lt 7 or size ge 8", false),
        ("size eq '7'", false),
        ("accountEnabled eq true", true),
        ("accountEnabled", true),
        ("not accountEnabled", false),
        ("not (not accountEnabled)", true),
        ("createdDateTime gt 2026-05-01T13:34:29Z", true),
        ("createdDateTime lt 2026-05-01T15:34:30.5+02:00", true),
        ("startswith(displayName,'WEB')", true),
        ("startswith(displayName, 'web') eq true", true),
        ("startswith(displayName,'web') eq false", false),
        ("endswith(displayName,'shop')", true),
        ("contains(displayName,'b s')", true),
        ("contains(mail,'a')", false),
        ("tags/any(t:t eq 'red')", true),
        ("tags/any(t: startswith(t,'gr'))", true),
        ("tags/all(t:t eq 'red')", false),
        ("tags/$count eq 2", true),
        ("none/$count eq 0", true),
        ("keys/$count gt 2", false),
        ("tags/any()", true),
        ("none/any()", false),
        ("none/all(n:n eq 'x')", true),
        ("keys/any(k:k/name eq 'k2' and k/usage eq 'verify')", true),
        ("keys/any(k:k/name eq 'k1' and k/usage eq 'verify')", false),
        ("keys/any(k:k/uses/any(u:u/at/all(a:a eq 'home')))", true),
        ("keys/any(k:k/uses/any(u:u/at/any(a:a eq 'sea')))", false),
        ("web/homePageUrl eq 'https://a'", true),
        ("web/nothing/here eq null", true),
        ("displayName in ('a', 'web shop')", true),
        ("size in (1,7)", true),
        ("size in (1)", false),
        ("size eq 1 or size eq 7 and mail eq null", true),
        ("(size eq 1 or size eq 7) and mail ne null", false),
    ] {
        let parsed = parse(filter).unwrap_or_else(|error| panic!("{filter}: {error:?}"));
        assert_eq!(parsed.holds(&object()), expected, "{filter}");
    }
}

#[test]
fn what_is_no_filter_is_refused() {
    for filter in [
        "",
        "'x'",
        "displayName eq",
        "displayName eq x",
        "displayName eq 'x",
        "displayName eq 'x' and",
        "displayName eq 'x' 'y'",
        "displayName = 'x'",
        "(displayName eq 'x'",
        "displayName eq 'x')",
        "concat(displayName,'x')",
        "startswith(displayName)",
        "startswith(displayName,7)",
        "tags/some(t:t eq 'x')",
        "tags/any(t eq 'x')",
        "displayName in ()",
        "displayName in 'x'",
        "size eq NaN",
        "a/ eq 'x'",
        "&",
    ] {
        assert!(parse(filter).is_err(), "{filter}");
    }
}

#[test]
fn a_lambda_inside_another_looks_at_the_items_of_that_one_alone() {
    for filter in [
        "keys/any(k:k/name eq 'k1' and tags/any(t:t eq 'green'))",
        "keys/any(k:keys/all(j:j/name eq 'k1'))",
        "keys/any(k:tags/any())",
        "keys/any(k:k/uses/any(u:k/uses/any(v:v/at eq null)))",
    ] {
        assert!(matches!(parse(filter), Err(GraphError::UnsupportedQuery(_))), "{filter}");
    }
    let beside = "keys/any(k:k/name eq 'k1') and tags/any(t:t eq 'green')";
    assert!(parse(beside).is_ok_and(|parsed| parsed.holds(&object())));
}

#[test]
fn a_filter_names_the_properties_it_looks_at() {
    let parsed = parse("a eq 1 and (b/x eq 2 or c/any(d:d/e eq f))");
    assert!(parsed.is_err(), "a property cannot stand on the right");
    let parsed = parse("a eq 1 and (b/x eq 2 or c/any(d:d/e eq 3 and g))").unwrap();
    assert_eq!(parsed.properties(), ["a", "b", "c", "g"]);
}
