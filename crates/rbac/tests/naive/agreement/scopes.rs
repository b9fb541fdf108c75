//! Scopes and the tree of management groups (RBAC A2).

use super::draw::Draw;
use super::world::World;

const GROUP: &str = "/providers/Microsoft.Management/managementGroups/";

/// What has a place in the tree: subscriptions and management groups.
const NODES: [&str; 8] = ["s1", "s2", "s10", "s1x", "m0", "m1", "m2", "m3"];

/// Segments whose names begin alike are not the same; names may have letters that are not ASCII.
const RESOURCE_GROUPS: [&str; 4] = ["rg1", "rg10", "RG1", "rgÉ"];
const RESOURCES: [&str; 4] =
    ["/providers/A.B/c/n", "/providers/A.B/c/n1", "/providers/A.B/cd/n", "/providers/A.BC/c/n"];
const CHILDREN: [&str; 3] = ["/d/m", "/d/m1", "/d/m/e/f/e/f/e/f/e/f/e/f/e/f/e/f/e/f/e/f"];
const EXTENSION: &str = "/providers/X.Y/locks/l";

/// A place: `least` to 5 levels deep, from the root to an extension of a child resource.
pub(crate) fn scope(draw: &mut Draw<'_>, least: usize) -> String {
    let levels = least + draw.below(6 - least);
    let mut scope = if levels > 0 { node(draw) } else { String::new() };
    let is_subscription = scope.starts_with("/subscriptions");
    if levels > 1 && is_subscription && !draw.once_in(8) {
        scope = format!("{scope}/resourceGroups/{}", draw.one_of(&RESOURCE_GROUPS));
    }
    for level in 2..levels {
        scope.push_str(match level {
            2 => draw.one_of(&RESOURCES),
            3 => draw.one_of(&CHILDREN),
            _ => EXTENSION,
        });
    }
    spelt(&scope, draw)
}

/// A place below or beside another one.
pub(crate) fn nearby(scope: &str, draw: &mut Draw<'_>) -> String {
    let scope = scope.trim_end_matches('/');
    let on = draw.one_of(&["", "", "/resourceGroups/rg1", "/providers/A.B/c/n", "/d/m", "/", "0", "/resourceGroups"]);
    spelt(&format!("{scope}{on}"), draw)
}

/// Slashes may be doubled, stand at the end or lack at the start; letter case does not count.
fn spelt(scope: &str, draw: &mut Draw<'_>) -> String {
    let scope = draw.spelt(scope);
    match draw.below(16) {
        13 => format!("{scope}/"),
        14 => scope.replace('/', "//"),
        15 => scope.trim_start_matches('/').to_owned(),
        _ if scope.is_empty() => "/".to_owned(),
        _ => scope,
    }
}

/// Who stands above whom: each at most once, also in a circle.
pub(crate) fn parents(draw: &mut Draw<'_>) -> Vec<(String, String)> {
    let mut parents = Vec::new();
    for child in NODES {
        if !draw.once_in(4) {
            let parent = if draw.once_in(16) { "/".to_owned() } else { path(draw.one_of(&NODES[4..])) };
            parents.push((spelt(&path(child), draw), spelt(&parent, draw)));
        }
    }
    parents
}

fn node(draw: &mut Draw<'_>) -> String {
    path(draw.one_of(&NODES))
}

fn path(node: &str) -> String {
    match node.starts_with('s') {
        true => format!("/subscriptions/{node}"),
        false => format!("{GROUP}{node}"),
    }
}

/// A path in lower case, cut at its slashes.
fn segments(scope: &str) -> Vec<String> {
    let lower = |segment: &str| segment.chars().flat_map(char::to_lowercase).collect();
    scope.split('/').filter(|segment| !segment.is_empty()).map(lower).collect()
}

pub(crate) fn is_same(one: &str, other: &str) -> bool {
    segments(one) == segments(other)
}

fn is_at_or_below(place: &str, scope: &str) -> bool {
    segments(place).starts_with(&segments(scope))
}

/// The management groups above a place, each once.
pub(crate) fn above(world: &World, place: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut next = world.parents.iter().find(|(child, _)| is_at_or_below(place, child));
    while let Some((_, parent)) = next {
        if found.iter().any(|group| is_same(group, parent)) {
            break;
        }
        found.push(parent.clone());
        next = world.parents.iter().find(|(child, _)| is_same(child, parent));
    }
    found
}

/// Whether what holds at `scope` holds at `place`, above which stand these management groups.
pub(crate) fn reaches(scope: &str, place: &str, above: &[String]) -> bool {
    is_at_or_below(place, scope) || above.iter().any(|group| is_same(group, scope))
}
