//! Requests: any method, path and body map to what Resource Manager would check, or to nothing.
//!
//! The input is three lines: the method, the path, the body.

#![no_main]

use libfuzzer_sys::fuzz_target;
use model::{ArmPath, Scope};
use rbac::{Mapped, linked, operation};
use serde_json::Value;

fuzz_target!(|input: &str| {
    let mut lines = input.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (method, path, body) = (line(), line(), line());
    let Ok(path) = ArmPath::parse(path) else { return };
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let primary = operation(method, &path);
    let linked = linked(method, &path, &body);
    assert!(primary.is_some() || linked.is_empty(), "linked checks of a request that is not checked");
    for Mapped { action, scope } in &linked {
        assert!(action.contains('/') && ArmPath::parse(scope).is_ok(), "{action} {scope}");
    }
    if let Some(Mapped { action, scope }) = &primary {
        assert!(action.contains('/'), "{action}");
        assert!(Scope::new(scope).contains(&Scope::new(&path.canonical())), "{scope} is not above {path:?}");
    }
});
