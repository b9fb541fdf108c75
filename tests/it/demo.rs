//! `smalt demo`, as a newcomer runs it with its output in a pipe.

use crate::program::smalt;

#[test]
fn the_seven_steps_are_told_in_order() {
    let home = tempfile::tempdir().unwrap();
    let output = smalt(&["demo"]).env("HOME", home.path()).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    let number = |line: &str| {
        let rest = line.strip_prefix('[').or_else(|| line.strip_prefix("Step ")).unwrap_or(line);
        let (digits, after) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
        after.starts_with(['.', '/']).then(|| digits.parse::<u32>().ok()).flatten()
    };
    let headings: Vec<u32> = told.lines().filter_map(number).collect();
    assert_eq!(headings, [1, 2, 3, 4, 5, 6, 7], "{told}");
    assert!(!told.contains('\u{1b}'), "escape codes in a pipe");
    assert_in_order(&told, &["403", "AuthorizationFailed", "200", "Reader"]);
    for word in ["system-assigned", "user-assigned", "xms_mirid", "oid", "thumbprint", "169.254.169.254"] {
        assert!(told.contains(word), "nothing is said of {word}");
    }
    assert_eq!(home.path().read_dir().unwrap().count(), 0, "something was written under HOME");
}

#[track_caller]
fn assert_in_order(text: &str, words: &[&str]) {
    let mut rest = text;
    for word in words {
        let at = rest.find(word).unwrap_or_else(|| panic!("{word} does not follow: {rest}"));
        rest = &rest[at + word.len()..];
    }
}
