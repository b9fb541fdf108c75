//! Resource ids, from a scope, a type and a name.

/// `{scope}/providers/{namespace}/{type}/{name}…`, with types and names in turn: which also gives extensions their
/// ids, whose type says `providers` where their name says the namespace. None where the segments do not pair up.
pub(crate) fn compose(scope: &str, resource_type: &str, name: &str) -> Option<String> {
    let (namespace, types) = resource_type.split_once('/')?;
    let (types, names): (Vec<_>, Vec<_>) = (types.split('/').collect(), name.split('/').collect());
    let blank = |s: &&str| s.is_empty();
    if types.len() != names.len() || namespace.is_empty() || types.iter().any(blank) || names.iter().any(blank) {
        return None;
    }
    // A resource group is the one type whose ids name no provider.
    if resource_type.eq_ignore_ascii_case("Microsoft.Resources/resourceGroups") {
        return Some(format!("{scope}/resourceGroups/{name}"));
    }
    let scope = scope.trim_end_matches('/');
    let mut id = format!("{scope}/providers/{namespace}");
    for segment in types.iter().zip(&names).flat_map(|(t, n)| [t, n]) {
        id.push('/');
        id.push_str(segment);
    }
    Some(id)
}

/// The id that a `scope` member names: a full id as it is, `Microsoft.X/y/name` within the deployment's own scope.
pub(crate) fn of_scope(deployment_scope: &str, scope: &str) -> Option<String> {
    if scope.starts_with('/') {
        return Some(scope.trim_end_matches('/').to_owned());
    }
    let segments: Vec<&str> = scope.split('/').collect();
    let whole = segments.len() % 2 == 1 && segments.len() >= 3 && !segments.iter().any(|s| s.is_empty());
    whole.then(|| format!("{deployment_scope}/providers/{scope}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_names_are_paired() {
        for (kind, name, expected) in [
            ("A.B/c", "x", Some("/s/providers/A.B/c/x")),
            ("A.B/c/d", "x/y", Some("/s/providers/A.B/c/x/d/y")),
            ("K.V/v/providers/roles", "kv/M.A/g", Some("/s/providers/K.V/v/kv/providers/M.A/roles/g")),
            ("microsoft.resources/resourcegroups", "g", Some("/s/resourceGroups/g")),
            ("A.B/c", "x/y", None),
            ("A.B/c/d", "x", None),
            ("A.B", "x", None),
            ("A.B/c", "", None),
            ("/c", "x", None),
        ] {
            assert_eq!(compose("/s", kind, name).as_deref(), expected, "{kind} {name}");
        }
        assert_eq!(compose("", "A.B/c", "x").as_deref(), Some("/providers/A.B/c/x"));
    }

    #[test]
    fn a_scope_is_a_full_id_or_one_in_the_deployments_scope() {
        for (scope, expected) in [
            ("/", Some("")),
            ("/subscriptions/x/", Some("/subscriptions/x")),
            ("A.B/c/x", Some("/s/providers/A.B/c/x")),
            ("A.B/c", None),
            ("x", None),
            ("A.B//x", None),
        ] {
            assert_eq!(of_scope("/s", scope).as_deref(), expected, "{scope}");
        }
    }
}
