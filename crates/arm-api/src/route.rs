//! From a path to the resource type it names, and what of it.

use axum::http::Method;
use model::{ArmPath, Base, ProviderPart};
use rbac::Mapped;

use crate::error::ArmError;
use crate::request::Request;
use crate::resource_types::{self, Level, ResourceType};

/// What a request is about.
pub(crate) struct Route {
    pub(crate) resource_type: &'static dyn ResourceType,
    /// The type's name as Azure spells it.
    pub(crate) type_name: &'static str,
    pub(crate) target: Target,
    pub(crate) path: ArmPath,
    /// What is checked, and where.
    pub(crate) operation: Mapped,
}

/// What of the type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// One resource, by its id in canonical form.
    Item { id: String, name: String },
    /// All of them below a scope.
    Collection { below: String },
    /// Something to do with one.
    Action { id: String, name: String, action: String },
}

/// Finds the type that a request names, and what it wants of it.
pub(crate) fn find(request: &Request, api_version: &str) -> Result<Route, ArmError> {
    let path = ArmPath::parse(&request.path).map_err(|_| ArmError::InvalidPath(request.path.clone()))?;
    let mut run = Run::of(&path);
    // A POST on something that no name follows is an action: the last word is what to do. What is done to nothing but the
    // provider is a type of its own, as in the provider's list of types.
    let action = match request.method == Method::POST && run.part.types.len() > run.part.names.len() {
        true if run.part.types.len() == 1 => run.part.types.last().cloned(),
        true => run.part.types.pop(),
        false => None,
    };
    let found = resource_types::find(&run.part.resource_type())
        .filter(|(found, _)| found.level() != Level::Tenant || is_of_the_tenant(&path));
    let Some((resource_type, type_name)) = found else {
        let namespace = run.part.namespace;
        return Err(match resource_types::is_namespace(&namespace) {
            true => ArmError::InvalidResourceType { namespace, api_version: api_version.to_owned() },
            false => ArmError::InvalidNamespace(namespace),
        });
    };
    let operation = rbac::operation(request.method.as_str(), &path)
        .ok_or_else(|| ArmError::MethodNotAllowed(request.method.to_string()))?;
    let id = run.id(type_name);
    let name = run.part.names.last().cloned().unwrap_or_default();
    let target = match action {
        Some(action) => Target::Action { id, name, action },
        None if run.part.types.len() > run.part.names.len() => Target::Collection { below: id },
        None => Target::Item { id, name },
    };
    Ok(Route { resource_type, type_name, target, path, operation })
}

/// The types and names that a path ends in.
struct Run {
    /// What stands before `/providers/{namespace}`; none where the path has no such run and the whole of it belongs to
    /// `Microsoft.Resources`, its types in the order of the path: `/subscriptions/{s}/resourceGroups/{g}` is an item of
    /// `Microsoft.Resources/subscriptions/resourceGroups`.
    extended: Option<String>,
    part: ProviderPart,
}

impl Run {
    fn of(path: &ArmPath) -> Self {
        let mut words = match &path.base {
            Base::Tenant => Vec::new(),
            Base::Subscription { id } => vec!["subscriptions".to_owned(), id.clone()],
            Base::ResourceGroup { subscription, name } => {
                vec!["subscriptions".to_owned(), subscription.clone(), "resourceGroups".to_owned(), name.clone()]
            }
        };
        words.extend(path.rest.iter().cloned());
        match path.last() {
            None => {}
            // `/subscriptions/{s}/providers/{namespace}[/register]` is about the provider itself.
            Some(part) if part.names.is_empty() && part.types.iter().all(|t| is_done_to_a_provider(t)) => {
                words.extend(["providers".to_owned(), part.namespace.clone()]);
                words.extend(part.types.iter().cloned());
            }
            // So is `/providers/{namespace}/operations`, whatever the namespace.
            Some(part) if is_of_the_tenant(path) && part.names.is_empty() && is_list_of_operations(&part.types) => {
                words.extend(["providers".to_owned(), part.namespace.clone(), "operations".to_owned()]);
            }
            Some(part) => return Self { extended: Some(path.extended()), part: part.clone() },
        }
        let mut part =
            ProviderPart { namespace: "Microsoft.Resources".to_owned(), types: Vec::new(), names: Vec::new() };
        for (i, word) in words.into_iter().enumerate() {
            if i % 2 == 0 { part.types.push(word) } else { part.names.push(word) }
        }
        Self { extended: None, part }
    }

    /// The id of the last thing that has a name, with types spelt as Azure spells them and names as written.
    fn id(&self, type_name: &str) -> String {
        let mut id = String::new();
        let mut types = type_name.split('/');
        let namespace = types.next().unwrap_or_default();
        if let Some(extended) = &self.extended {
            if self.part.names.is_empty() {
                return extended.clone();
            }
            id.push_str(extended.trim_end_matches('/'));
            id.push_str("/providers/");
            id.push_str(namespace);
        }
        for (name, spelt) in self.part.names.iter().zip(types) {
            id.push('/');
            id.push_str(spelt);
            id.push('/');
            id.push_str(name);
        }
        if id.is_empty() { "/".to_owned() } else { id }
    }
}

/// Whether a path is about a provider of the tenant and extends nothing.
fn is_of_the_tenant(path: &ArmPath) -> bool {
    path.base == Base::Tenant && path.rest.is_empty() && path.providers.len() == 1
}

fn is_list_of_operations(types: &[String]) -> bool {
    matches!(types, [only] if only.eq_ignore_ascii_case("operations"))
}

fn is_done_to_a_provider(word: &str) -> bool {
    ["register", "unregister"].iter().any(|known| known.eq_ignore_ascii_case(word))
}
