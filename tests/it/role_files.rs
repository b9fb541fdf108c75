//! `smalt roles lint` as a person or a pipeline runs it.

use std::io::Write;
use std::process::{Output, Stdio};

use serde_json::Value;

use crate::program::smalt;

const GOOD: &str = r#"{"Name": "R", "Actions": ["*/read"], "AssignableScopes": ["/subscriptions/s"]}"#;
const REGRETTED: &str = r#"{"Name": "R", "Actions": ["*/read", "*/read"], "AssignableScopes": ["/subscriptions/s"]}"#;
const REFUSED: &str = r#"{"Name": "R", "Actions": ["*/raed"], "AssignableScopes": ["/subscriptions/s"]}"#;

fn told(output: &Output) -> (Option<i32>, String) {
    assert_eq!(output.stderr, b"", "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code(), String::from_utf8(output.stdout.clone()).unwrap())
}

#[test]
fn a_file_is_judged_by_its_worst_finding() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("role.json");
    let lint = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let (code, text) = told(&smalt(&["roles", "lint"]).arg(&file).output().unwrap());
        (code, text.replace(&file.display().to_string(), "role.json"))
    };
    assert_eq!(lint(GOOD), (Some(0), String::new()));
    let (code, text) = lint(REGRETTED);
    assert_eq!(code, Some(0));
    insta::assert_snapshot!(text, @r"
    role.json:1:37: warning[Shadowed]: '*/read' adds nothing: '*/read' covers it.
        Take one of the two away.
    ");
    let (code, text) = lint(REFUSED);
    assert_eq!(code, Some(1));
    insta::assert_snapshot!(text, @"role.json:1:27: error[InvalidActionOrNotAction]: '*/raed' does not match any of the actions supported by the providers.");
}

#[test]
fn standard_input_and_json() {
    let mut child =
        smalt(&["roles", "lint", "-", "-o", "json"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(REFUSED.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let findings: Value = serde_json::from_slice(&output.stdout).unwrap();
    insta::assert_snapshot!(findings, @r#"[{"file":"-","line":1,"column":27,"severity":"error","code":"InvalidActionOrNotAction","message":"'*/raed' does not match any of the actions supported by the providers."}]"#);
}

#[test]
fn misuse_is_told_apart() {
    for arguments in [&["roles", "lint", "/nowhere/role.json"] as &[&str], &["roles", "lint"], &["roles", "lint", "/"]]
    {
        let output = smalt(arguments).output().unwrap();
        assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(2), true), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}
