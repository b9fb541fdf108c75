//! The published OpenAPI of the metadata service, operation by operation and parameter by parameter. The document is
//! not part of smalt: SMALT_IMDS_OPENAPI tells where it is; without it nothing is tested.

use std::collections::BTreeSet;
use std::io::Write as _;

use cloud::{Answer, Cloud};
use reqwest::Method;
use serde_json::{Value, json};

/// A service, asked as the document says.
struct Conformance<'c> {
    cloud: &'c Cloud,
    vm: String,
    document: Value,
    /// A user-assigned identity of the VM.
    identity: Value,
    /// Members of answers that the document does not know.
    unknown: BTreeSet<String>,
    asked: usize,
}

/// A parameter of an operation, with a good value.
#[derive(Clone)]
struct Parameter {
    name: String,
    is_header: bool,
    is_required: bool,
    value: String,
}

impl Conformance<'_> {
    fn resolve<'d>(&'d self, schema: &'d Value) -> &'d Value {
        match schema["$ref"].as_str() {
            Some(reference) => self.document.pointer(&reference[1..]).unwrap_or_else(|| panic!("{reference}")),
            None => schema,
        }
    }

    /// The operation's parameters, or those of a list of them.
    fn parameters(&self, operation: &Value) -> Vec<Parameter> {
        let listed = operation["parameters"].as_array().into_iter().flatten();
        let parameters = listed.map(|parameter| {
            let parameter = self.resolve(parameter);
            let name = parameter["name"].as_str().unwrap().to_owned();
            let value = self.good_value(&name);
            let is_required = parameter["required"] == true;
            Parameter { name, is_header: parameter["in"] == "header", is_required, value }
        });
        parameters.collect()
    }

    fn good_value(&self, name: &str) -> String {
        let of_identity = |member: &str| self.identity["properties"][member].as_str().unwrap().to_owned();
        match name {
            "api-version" => self.document["info"]["version"].as_str().unwrap().to_owned(),
            "Metadata" | "bypass_cache" => "true".to_owned(),
            "resource" => "https://management.azure.com/".to_owned(),
            "client_id" => of_identity("clientId"),
            "object_id" => of_identity("principalId"),
            "msi_res_id" => self.identity["id"].as_str().unwrap().to_owned(),
            "authority" => "https://login.microsoftonline.com/".to_owned(),
            "nonce" => "1234567890".to_owned(),
            other => panic!("the document has a parameter that this test does not know: {other}"),
        }
    }

    async fn ask(&mut self, method: Method, path: &str, parameters: &[Parameter]) -> Answer {
        self.asked += 1;
        let url = format!("http://{}/metadata{path}", self.cloud.imds_address(&self.vm));
        let mut request = self.cloud.http.request(method, url);
        for parameter in parameters {
            request = match parameter.is_header {
                true => request.header(&parameter.name, &parameter.value),
                false => request.query(&[(&parameter.name, &parameter.value)]),
            };
        }
        Answer::of(request).await
    }

    /// Asks, and compares the answer with the schema of its status.
    async fn check(&mut self, operation: &Value, path: &str, parameters: &[Parameter], is_good: bool) {
        let answer = self.ask(Method::GET, path, parameters).await;
        let shown: Vec<_> = parameters.iter().map(|p| format!("{}={}", p.name, p.value)).collect();
        let case = format!("{path} {}: {} {}", shown.join("&"), answer.status, answer.text);
        assert_eq!(answer.status == 200, is_good, "{case}");
        assert!(answer.status < 500, "{case}");
        let schema = &operation["responses"][if is_good { "200" } else { "default" }]["schema"];
        let mut unknown = BTreeSet::new();
        self.compare(schema, &answer.body, "", &mut unknown, &case);
        self.unknown.extend(unknown.into_iter().map(|member| format!("{path}{member}")));
    }

    fn compare(&self, schema: &Value, value: &Value, at: &str, unknown: &mut BTreeSet<String>, case: &str) {
        let schema = self.resolve(schema);
        let fits = match schema["type"].as_str() {
            Some("object") => value.is_object(),
            Some("array") => value.is_array(),
            Some("string") => value.is_string(),
            other => panic!("the document has a type that this test does not know: {other:?}"),
        };
        assert!(fits, "{at} is no {}: {case}", schema["type"]);
        assert!(schema["enum"].as_array().is_none_or(|values| values.contains(value)), "{at}: {case}");
        for (name, member) in value.as_object().into_iter().flatten() {
            let at = format!("{at}/{name}");
            match schema["properties"].get(name) {
                Some(known) => self.compare(known, member, &at, unknown, case),
                None => drop(unknown.insert(at)),
            }
        }
        for element in value.as_array().into_iter().flatten() {
            self.compare(&schema["items"], element, at, unknown, case);
        }
    }

    async fn operation(&mut self, path: &str, operation: &Value) {
        let all = self.parameters(operation);
        let mut required: Vec<Parameter> = all.iter().filter(|p| p.is_required).cloned().collect();
        // The document declares no header for the list of versions; the service's own documentation sends it.
        if !required.iter().any(|p| p.is_header) {
            let value = "true".to_owned();
            required.push(Parameter { name: "Metadata".to_owned(), is_header: true, is_required: true, value });
        }
        self.check(operation, path, &required, true).await;
        for (n, parameter) in required.iter().enumerate() {
            let mut fewer = required.clone();
            fewer.remove(n);
            self.check(operation, path, &fewer, false).await;
            let mut empty = required.clone();
            empty[n].value.clear();
            self.check(operation, path, &empty, false).await;
            if parameter.name != "resource" {
                let mut wrong = required.clone();
                "!".clone_into(&mut wrong[n].value);
                self.check(operation, path, &wrong, false).await;
            }
        }
        for parameter in all.iter().filter(|p| !p.is_required) {
            let with = |value: &str| {
                let value = value.to_owned();
                [required.as_slice(), &[Parameter { value, ..parameter.clone() }]].concat()
            };
            self.check(operation, path, &with(&parameter.value), true).await;
            // What the service does not follow it does not judge either.
            self.check(operation, path, &with("!"), parameter.name == "authority").await;
        }
        for parameter in all.iter().filter(|p| !p.is_header) {
            let twice = [required.as_slice(), &[parameter.clone(), parameter.clone()]].concat();
            self.check(operation, path, &twice, false).await;
        }
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS, Method::HEAD] {
            let answer = self.ask(method.clone(), path, &required).await;
            assert_eq!((answer.status, answer.header("allow")), (405, "GET"), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn every_operation_and_parameter_of_the_document() {
    let Some(place) = std::env::var_os("SMALT_IMDS_OPENAPI") else {
        return drop(writeln!(std::io::stderr().lock(), "skipped: SMALT_IMDS_OPENAPI is not set"));
    };
    let document: Value = serde_json::from_slice(&std::fs::read(place).unwrap()).unwrap();
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let vm = cloud.make_vm(&group, "vm1").await;
    let identity = cloud.make_identity(&group, "user1").await;
    let attached = json!({"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {identity["id"].as_str().unwrap(): {}}});
    cloud.patch_identity(&vm, attached).await.ok();
    let unknown = BTreeSet::new();
    let mut conformance = Conformance { cloud: &cloud, vm, document: document.clone(), identity, unknown, asked: 0 };
    for (path, operations) in document["paths"].as_object().unwrap() {
        assert_eq!(operations.as_object().unwrap().keys().collect::<Vec<_>>(), ["get"], "{path}");
        conformance.operation(path, &operations["get"]).await;
    }
    let versions = cloud.imds(&conformance.vm, "/metadata/versions").await.ok().body;
    for version in versions["apiVersions"].as_array().unwrap() {
        let operation = &document["paths"]["/instance"]["get"];
        let mut parameters = conformance.parameters(operation);
        version.as_str().unwrap().clone_into(&mut parameters.iter_mut().find(|p| !p.is_header).unwrap().value);
        conformance.check(operation, "/instance", &parameters, version != "2017-03-01").await;
    }
    // Newer than the document, or told by the service's own documentation.
    let unknown: Vec<_> = conformance.unknown.iter().map(String::as_str).collect();
    insta::assert_snapshot!(unknown.join("\n"), @"
    /attested/document/newest-versions
    /identity/info/newest-versions
    /identity/oauth2/token/newest-versions
    /instance/compute/customData
    /instance/compute/physicalZone
    /instance/newest-versions
    ");
    assert!(conformance.asked > 100, "{} requests are too few", conformance.asked);
}
