//! Role files: the linter has something to say about any text, and points into it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rbac::lint_role;

fuzz_target!(|text: &str| {
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').split('\n').collect();
    let findings = lint_role(text);
    assert!(findings.is_sorted_by_key(|finding| (finding.line, finding.column)));
    for finding in findings {
        let line = finding.line.checked_sub(1).and_then(|number| lines.get(number)).expect("a line of the text");
        assert!((1..=line.chars().count() + 1).contains(&finding.column), "{finding:?}");
        assert!(!finding.message.is_empty() && !finding.code.is_empty());
    }
});
