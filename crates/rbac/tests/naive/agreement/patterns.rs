//! Actions and the strings of roles that stand for them (RBAC A3).

use super::draw::Draw;

const NAMESPACES: [&str; 3] = ["A.B", "A.BC", "Microsoft.Authorization"];
const TYPES: [&str; 3] = ["c", "cd", "d"];
const VERBS: [&str; 4] = ["read", "write", "delete", "start/action"];

/// Operations that built-in roles make a difference about.
const REAL: [&str; 7] = [
    "Microsoft.Compute/virtualMachines/read",
    "Microsoft.Compute/virtualMachines/write",
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
    "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.KeyVault/vaults/read",
    "Microsoft.KeyVault/vaults/secrets/getSecret/action",
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
];

/// An operation that somebody may ask for.
pub(crate) fn action(draw: &mut Draw<'_>) -> String {
    let text = match draw.below(4) {
        3 => draw.one_of(&REAL).to_owned(),
        _ => format!("{}/{}", types(draw), draw.one_of(&VERBS)),
    };
    draw.spelt(&text)
}

fn types(draw: &mut Draw<'_>) -> String {
    let mut text = draw.one_of(&NAMESPACES).to_owned();
    for kind in draw.several(0, 2, |draw| draw.one_of(&TYPES)) {
        text = format!("{text}/{kind}");
    }
    text
}

/// A string that a role may list, and some that it had better not.
pub(crate) fn pattern(draw: &mut Draw<'_>) -> String {
    let text = match draw.below(12) {
        0 => "*".to_owned(),
        1 | 2 => format!("*/{}", draw.one_of(&VERBS)),
        3 | 4 => format!("{}/*", types(draw)),
        5 | 6 => format!("{}/*/{}", types(draw), draw.one_of(&VERBS)),
        7 => format!("{}/*/{}/*/{}", types(draw), draw.one_of(&TYPES), draw.one_of(&VERBS)),
        8 => cut(&action(draw), draw),
        9 => cut(&cut(&action(draw), draw), draw),
        10 => format!("{}{}", action(draw), draw.one_of(&["/", " ", "s", "{x}"])),
        _ => action(draw),
    };
    draw.spelt(&text)
}

/// The text with a star for some stretch of it, also for an empty one and across segments.
fn cut(text: &str, draw: &mut Draw<'_>) -> String {
    let (one, other) = (draw.below(text.len() + 1), draw.below(text.len() + 1));
    format!("{}*{}", &text[..one.min(other)], &text[one.max(other)..])
}

/// An action that the pattern is likely to stand for, or that just misses it.
pub(crate) fn filled(pattern: &str, draw: &mut Draw<'_>) -> String {
    let mut text = pattern.to_owned();
    while let Some(star) = text.find('*') {
        text.replace_range(star..=star, draw.one_of(&["c", "", "c/d", "/", "A.B/c"]));
    }
    if draw.once_in(2) {
        text = text.replace("//", "/");
    }
    draw.spelt(&text)
}

/// Whether the pattern stands for the action. Letter case does not count; `*` is any run of characters, slashes too; and
/// `/*/` may also be a single slash.
pub(crate) fn matches(pattern: &str, action: &str) -> bool {
    by_letter(pattern.to_lowercase().as_bytes(), action.to_lowercase().as_bytes())
}

fn by_letter(pattern: &[u8], text: &[u8]) -> bool {
    if let [b'/', b'*', b'/', rest @ ..] = pattern
        && by_letter(&[b"/", rest].concat(), text)
    {
        return true;
    }
    match pattern {
        [] => text.is_empty(),
        [b'*', rest @ ..] => (0..=text.len()).any(|skipped| by_letter(rest, &text[skipped..])),
        [letter, rest @ ..] => text.first() == Some(letter) && by_letter(rest, &text[1..]),
    }
}
