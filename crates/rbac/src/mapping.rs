//! From an HTTP request to the action that Resource Manager checks, and where (RBAC A8).

use model::{ArmPath, ProviderPart, Scope};

/// What is checked before anything else is done about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// The action, with types in the path's letter case: refusals echo it so.
    pub action: String,
    /// Where: the target's own id, a list's parent, or the resource that a POST acts on.
    pub scope: String,
}

/// Types, in lower case, on which a last segment sent by POST is checked as a read: Azure's operation list has no
/// `action` of that name, or the request map names the read.
const READ_BY_POST: [&str; 8] = [
    "microsoft.apimanagement/checknameavailability",
    "microsoft.appconfiguration/checknameavailability",
    "microsoft.containerregistry/checknameavailability",
    "microsoft.documentdb/databaseaccounts/readonlykeys",
    "microsoft.keyvault/checknameavailability",
    "microsoft.network/networkwatchers/topology",
    "microsoft.storage/checknameavailability",
    "microsoft.web/checknameavailability",
];

/// The action and the scope of a request; none for a method or a path that Azure checks nothing for.
///
/// Namespace and types come from the last `/providers/`, names are dropped; without one the namespace is
/// `Microsoft.Resources`. A POST acts by its last segment on what comes before it.
#[must_use]
pub fn operation(method: &str, path: &ArmPath) -> Option<Mapped> {
    let target = Target::of(path)?;
    let (own, verb) = match method {
        "GET" | "HEAD" => (&*target.segments, "read"),
        "PUT" | "PATCH" => (&*target.segments, "write"),
        "DELETE" => (&*target.segments, "delete"),
        "POST" => {
            let (last, own) = target.segments.split_last()?;
            let verb = post_verb(&target, own, last);
            return Some(Mapped { action: target.action(own, &verb), scope: target.scope(path, own) });
        }
        _ => return None,
    };
    Some(Mapped { action: target.action(own, verb), scope: target.scope(path, own) })
}

/// What follows the types of the thing that a POST acts on.
fn post_verb(target: &Target<'_>, own: &[&str], last: &str) -> String {
    // A POST to a shared access rule, rather than to something under it, writes the rule.
    let writes_rule = own.len() % 2 == 1 && own.last().is_some_and(|t| t.eq_ignore_ascii_case("authorizationRules"));
    if writes_rule {
        return "write".to_owned();
    }
    let as_type = target.action(own, last);
    let reads = READ_BY_POST.iter().any(|known| known.eq_ignore_ascii_case(&as_type));
    format!("{last}/{}", if reads { "read" } else { "action" })
}

/// The part of a path that the action is named after.
struct Target<'a> {
    namespace: &'a str,
    /// Types and names in turn, beginning with a type.
    segments: Vec<&'a str>,
    /// Whether the segments stand behind `/providers/{namespace}`.
    in_provider: bool,
}

impl<'a> Target<'a> {
    fn of(path: &'a ArmPath) -> Option<Self> {
        let target = match path.providers.as_slice() {
            [.., last] if !last.types.is_empty() => {
                Self { namespace: &last.namespace, segments: alternate(last), in_provider: true }
            }
            [] => Self { namespace: "Microsoft.Resources", segments: outside(path), in_provider: false },
            // A resource provider itself is a thing of Resource Manager's.
            [provider] => {
                let mut segments = outside(path);
                segments.extend(["providers", &provider.namespace]);
                Self { namespace: "Microsoft.Resources", segments, in_provider: false }
            }
            _ => return None,
        };
        (!target.segments.is_empty()).then_some(target)
    }

    /// `{namespace}/{types}/{verb}`.
    fn action(&self, own: &[&str], verb: &str) -> String {
        let mut action = self.namespace.to_owned();
        for word in own.iter().step_by(2).chain([&verb]) {
            action.push('/');
            action.push_str(word);
        }
        action
    }

    /// The path up to `own`. A list has no id of its own and is checked at its parent, which for the first type of a
    /// provider is what the provider extends; lists of child resources are checked at their own path.
    fn scope(&self, path: &ArmPath, own: &[&str]) -> String {
        let acted_by = self.segments.len() - own.len();
        let above_own = match (self.in_provider, own.len()) {
            (true, kept @ 0..=1) => kept + 2,
            (true, _) => 0,
            (false, kept) => kept % 2,
        };
        let mut scope = path.canonical();
        for _ in 0..acted_by + above_own {
            scope.truncate(scope.rfind('/').unwrap_or(0));
        }
        if scope.is_empty() { Scope::ROOT.to_owned() } else { scope }
    }
}

/// Types and names as they stand in the path.
fn alternate(part: &ProviderPart) -> Vec<&str> {
    let mut segments = Vec::with_capacity(part.types.len() + part.names.len());
    for (place, kind) in part.types.iter().enumerate() {
        segments.push(kind.as_str());
        segments.extend(part.names.get(place).map(String::as_str));
    }
    segments
}

/// What stands before any providers, with the letter case that Azure's own operations have.
fn outside(path: &ArmPath) -> Vec<&str> {
    let mut segments = Vec::new();
    if let Some(subscription) = path.subscription() {
        segments.extend(["subscriptions", subscription]);
    }
    if let Some(group) = path.resource_group() {
        segments.extend(["resourceGroups", group]);
    }
    for word in &path.rest {
        segments.push(if word.eq_ignore_ascii_case("resourceGroups") { "resourceGroups" } else { word });
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(method: &str, path: &str) -> Option<(String, String)> {
        operation(method, &ArmPath::parse(path).unwrap()).map(|m| (m.action, m.scope))
    }

    const RG: &str = "/subscriptions/s/resourceGroups/g";

    #[test]
    fn a_request_is_checked_as_azure_does() {
        for (method, path, action, scope) in [
            // Outside providers.
            ("GET", "/subscriptions", "Microsoft.Resources/subscriptions/read", "/"),
            ("GET", "/tenants", "Microsoft.Resources/tenants/read", "/"),
            ("GET", "/subscriptions/s", "Microsoft.Resources/subscriptions/read", "/subscriptions/s"),
            (
                "GET",
                "/subscriptions/s/locations",
                "Microsoft.Resources/subscriptions/locations/read",
                "/subscriptions/s",
            ),
            (
                "GET",
                "/subscriptions/s/resourcegroups",
                "Microsoft.Resources/subscriptions/resourceGroups/read",
                "/subscriptions/s",
            ),
            ("HEAD", "/subscriptions/s/resourcegroups/g/", "Microsoft.Resources/subscriptions/resourceGroups/read", RG),
            ("PATCH", RG, "Microsoft.Resources/subscriptions/resourceGroups/write", RG),
            (
                "GET",
                "/subscriptions/s/resourceGroups/g/resources",
                "Microsoft.Resources/subscriptions/resourceGroups/resources/read",
                RG,
            ),
            (
                "POST",
                "/subscriptions/s/resourceGroups/g/moveResources",
                "Microsoft.Resources/subscriptions/resourceGroups/moveResources/action",
                RG,
            ),
            (
                "PUT",
                "/subscriptions/s/tagNames/t/tagValues/v",
                "Microsoft.Resources/subscriptions/tagNames/tagValues/write",
                "/subscriptions/s/tagNames/t/tagValues/v",
            ),
            // Providers themselves.
            (
                "GET",
                "/subscriptions/s/providers",
                "Microsoft.Resources/subscriptions/providers/read",
                "/subscriptions/s",
            ),
            (
                "GET",
                "/subscriptions/s/providers/A.B",
                "Microsoft.Resources/subscriptions/providers/read",
                "/subscriptions/s/providers/A.B",
            ),
            ("POST", "/subscriptions/s/providers/A.B/register", "A.B/register/action", "/subscriptions/s"),
            // Resources, their lists and their actions.
            (
                "DELETE",
                "/subscriptions/s/resourceGroups/g/providers/A.B/cS/n",
                "A.B/cS/delete",
                &format!("{RG}/providers/A.B/cS/n"),
            ),
            ("GET", "/subscriptions/s/providers/A.B/cs", "A.B/cs/read", "/subscriptions/s"),
            (
                "GET",
                "/subscriptions/s/resourceGroups/g/providers/A.B/cs/n/ds",
                "A.B/cs/ds/read",
                &format!("{RG}/providers/A.B/cs/n/ds"),
            ),
            (
                "POST",
                "/subscriptions/s/resourceGroups/g/providers/A.B/cs/n/start",
                "A.B/cs/start/action",
                &format!("{RG}/providers/A.B/cs/n"),
            ),
            (
                "POST",
                "/subscriptions/s/resourceGroups/g/providers/A.B/cs/n/ds/check",
                "A.B/cs/ds/check/action",
                &format!("{RG}/providers/A.B/cs/n/ds"),
            ),
            (
                "POST",
                "/subscriptions/s/providers/A.B/locations/we/purge",
                "A.B/locations/purge/action",
                "/subscriptions/s/providers/A.B/locations/we",
            ),
            // Extensions.
            (
                "PUT",
                "/subscriptions/s/resourceGroups/g/providers/A.B/cs/n/providers/Microsoft.Insights/diagnosticSettings/d",
                "Microsoft.Insights/diagnosticSettings/write",
                &format!("{RG}/providers/A.B/cs/n/providers/Microsoft.Insights/diagnosticSettings/d"),
            ),
            (
                "GET",
                "/subscriptions/s/resourceGroups/g/providers/A.B/cs/n/providers/Microsoft.Authorization/locks",
                "Microsoft.Authorization/locks/read",
                &format!("{RG}/providers/A.B/cs/n"),
            ),
            (
                "PUT",
                "/providers/Microsoft.Management/managementGroups/m/subscriptions/s",
                "Microsoft.Management/managementGroups/subscriptions/write",
                "/providers/Microsoft.Management/managementGroups/m/subscriptions/s",
            ),
            (
                "POST",
                "/providers/Microsoft.Authorization/elevateAccess",
                "Microsoft.Authorization/elevateAccess/action",
                "/",
            ),
            // Exceptions of single providers.
            (
                "POST",
                "/subscriptions/s/providers/Microsoft.Storage/checkNameAvailability",
                "Microsoft.Storage/checkNameAvailability/read",
                "/subscriptions/s",
            ),
            (
                "POST",
                "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkWatchers/w/topology",
                "Microsoft.Network/networkWatchers/topology/read",
                &format!("{RG}/providers/Microsoft.Network/networkWatchers/w"),
            ),
            (
                "POST",
                "/subscriptions/s/resourceGroups/g/providers/A.B/cs/n/authorizationRules/r",
                "A.B/cs/authorizationRules/write",
                &format!("{RG}/providers/A.B/cs/n/authorizationRules"),
            ),
            (
                "POST",
                "/subscriptions/s/resourceGroups/g/providers/A.B/cs/n/authorizationRules/r/listKeys",
                "A.B/cs/authorizationRules/listKeys/action",
                &format!("{RG}/providers/A.B/cs/n/authorizationRules/r"),
            ),
        ] {
            assert_eq!(map(method, path), Some((action.to_owned(), scope.to_owned())), "{method} {path}");
        }
    }

    #[test]
    fn what_is_no_operation_maps_to_nothing() {
        for (method, path) in
            [("GET", "/"), ("POST", "/"), ("OPTIONS", "/subscriptions/s"), ("get", "/subscriptions/s")]
        {
            assert_eq!(map(method, path), None, "{method} {path}");
        }
    }
}
