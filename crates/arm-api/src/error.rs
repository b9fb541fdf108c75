//! What Resource Manager refuses, in Azure's words. A variant is an Azure error; [`ArmError::parts`] is the one place
//! that gives it code, status and text. Sources: RECORDED-FACTS 2 and the sections named there.

use std::sync::Arc;

use axum::http::StatusCode;
use model::{DenyAssignment, Time};
use rbac::{Attributes, Mapped};
use serde_json::{Value, json};
use store::StoreError;
use tokens::claims_challenge;
use uuid::Uuid;

use crate::deployment::american;
use crate::locks::Deed;

/// The actions on which conditions of the control plane bear: giving a role to somebody, and taking it away (RBAC A7).
const CONDITIONAL: [&str; 2] =
    ["Microsoft.Authorization/roleAssignments/write", "Microsoft.Authorization/roleAssignments/delete"];

/// A refusal.
#[derive(Debug)]
pub(crate) enum ArmError {
    /// No `Authorization` header.
    MissingToken,
    /// A token that is none, or is not ours.
    InvalidToken,
    /// A token that was taken back, or whose key is forgotten: one from that moment on would do.
    StaleToken { since: Time, is_revoked: bool },
    /// A token of another tenant.
    WrongIssuer { found: String, tenant: Uuid },
    /// A token for something else.
    WrongAudience { found: String },
    /// A token whose time is over.
    ExpiredToken { expired: Time, now: Time },
    /// The caller may not.
    AuthorizationFailed { client: String, object_id: Uuid, action: String, scope: String, attributes: Box<Attributes> },
    /// Roles allow it, and a deny assignment does not.
    DenyAssignmentAuthorizationFailed {
        client: String,
        object_id: Uuid,
        action: String,
        scope: String,
        deny: Arc<DenyAssignment>,
    },
    /// The caller may not write all that a template means; with what it may not.
    TemplateNotAuthorized { message: String, refused: Vec<Mapped> },
    /// The caller may, but not what the request brings along.
    LinkedAuthorizationFailed { client: String, object_id: Uuid, action: String, scope: String, linked: Vec<Mapped> },
    /// A lock forbids it.
    ScopeLocked { scope: String, deed: Deed, locked: Vec<String> },
    /// The query has no api-version.
    MissingApiVersion,
    /// The api-version is no date.
    InvalidApiVersion { found: String },
    /// The path cannot be read.
    InvalidPath(String),
    /// The namespace is none of Azure's.
    InvalidNamespace(String),
    /// The namespace has no such type.
    InvalidResourceType { namespace: String, api_version: String },
    /// The type has no such verb or action.
    MethodNotAllowed(String),
    /// The body is not what it should be.
    InvalidRequestContent(String),
    /// A member of the body has a value that cannot be.
    InvalidParameter { code: &'static str, message: String, target: Option<String> },
    /// The subscription does not exist.
    SubscriptionNotFound(String),
    /// The group does not exist.
    ResourceGroupNotFound(String),
    /// What was to be extended does not exist.
    ManagementGroupNotFound(String),
    /// The group's name cannot be.
    InvalidResourceGroup { name: String, characters: String },
    /// The group's region cannot be.
    LocationNotAvailableForResourceGroup(String),
    /// The resource's region cannot be.
    LocationNotAvailableForResourceType { location: String, resource_type: String },
    /// The group exists elsewhere.
    InvalidResourceGroupLocation { wanted: String, existing: String },
    /// The resource does not exist.
    ResourceNotFound { resource_type: String, name: String, group: Option<String> },
    /// The provider knows the parent and not the child.
    NotFound(String),
    /// A write below something that does not exist.
    ParentNotFound { verb: &'static str, child_type: String, parent: String },
    /// An identity that does not exist was to be attached.
    IdentityNotFound { resource: String, identity: String },
    /// The provider refuses, in its own words.
    Provider { status: StatusCode, code: &'static str, message: String },
    /// Management Groups refuses: a provider that always says `details`, mostly null.
    ManagementGroups { status: StatusCode, code: &'static str, message: String, details: Option<String> },
    /// A deployment template that does not hold together.
    Template { code: String, message: String },
    /// An operation that nobody knows.
    OperationNotFound(Uuid),
    /// The state failed; the text stays here.
    Store(StoreError),
    /// Smalt failed; the text stays here.
    Internal(String),
}

impl From<StoreError> for ArmError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl ArmError {
    /// 409 in the provider's words.
    pub(crate) fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::Provider { status: StatusCode::CONFLICT, code, message: message.into() }
    }

    /// 400 in the provider's words.
    pub(crate) fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::Provider { status: StatusCode::BAD_REQUEST, code, message: message.into() }
    }

    /// What the caller lacks the right to, and what conditions could ask of it; none for other errors.
    pub(crate) fn refused(&self) -> Option<(Vec<Mapped>, Attributes)> {
        let one = |action: &String, scope: &String| vec![Mapped { action: action.clone(), scope: scope.clone() }];
        match self {
            Self::AuthorizationFailed { action, scope, attributes, .. } => {
                Some((one(action, scope), Attributes::clone(attributes)))
            }
            Self::DenyAssignmentAuthorizationFailed { action, scope, .. } => {
                Some((one(action, scope), Attributes::default()))
            }
            Self::LinkedAuthorizationFailed { linked: refused, .. } | Self::TemplateNotAuthorized { refused, .. } => {
                Some((refused.clone(), Attributes::default()))
            }
            _ => None,
        }
    }

    /// Whether Resource Manager itself refuses, before any provider is asked: `x-ms-failure-cause: gateway`.
    pub(crate) fn is_gateway(&self) -> bool {
        !matches!(
            self,
            Self::Provider { .. }
                | Self::ManagementGroups { .. }
                | Self::NotFound(_)
                | Self::Store(_)
                | Self::Internal(_)
                | Self::InvalidParameter { .. }
        )
    }

    /// What failed inside, for the log; no caller reads it.
    pub(crate) fn failure(&self) -> Option<String> {
        match self {
            Self::Store(error) => Some(error.to_string()),
            Self::Internal(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// The challenge of a 401.
    pub(crate) fn challenge(&self, authorization_uri: &str) -> Option<String> {
        let error = match self {
            Self::MissingToken => return Some(format!("Bearer authorization_uri=\"{authorization_uri}\"")),
            Self::InvalidToken | Self::WrongIssuer { .. } | Self::WrongAudience { .. } | Self::ExpiredToken { .. } => {
                "invalid_token"
            }
            // Clients answer a challenge for claims under this name alone (AZ-WIRE 6.3).
            Self::StaleToken { .. } => "insufficient_claims",
            _ => return None,
        };
        let (_, _, message) = self.parts();
        let claims = match self {
            Self::StaleToken { since, .. } => format!(", claims=\"{}\"", claims_challenge(*since)),
            _ => String::new(),
        };
        Some(format!(
            "Bearer authorization_uri=\"{authorization_uri}\", error=\"{error}\", error_description=\"{message}\"{claims}"
        ))
    }

    /// `{"error": …}` as Azure writes it.
    pub(crate) fn body(&self) -> Value {
        let (_, code, message) = self.parts();
        let mut error = json!({"code": code, "message": message});
        if let Self::InvalidParameter { target: Some(target), .. } = self {
            error["target"] = json!(target);
        }
        if let Self::ManagementGroups { details, .. } = self {
            error["details"] = json!(details);
        }
        json!({"error": error})
    }

    /// Status, code and text.
    pub(crate) fn parts(&self) -> (StatusCode, &str, String) {
        use StatusCode as S;
        match self {
            Self::MissingToken => (
                S::UNAUTHORIZED,
                "AuthenticationFailed",
                "Authentication failed. The 'Authorization' header is missing.".into(),
            ),
            Self::InvalidToken | Self::StaleToken { is_revoked: false, .. } => {
                (S::UNAUTHORIZED, "InvalidAuthenticationToken", "The access token is invalid.".into())
            }
            Self::StaleToken { is_revoked: true, .. } => {
                (S::UNAUTHORIZED, "InvalidAuthenticationToken", "User session has been revoked".into())
            }
            Self::WrongIssuer { found, tenant } => {
                (S::UNAUTHORIZED, "InvalidAuthenticationTokenTenant", wrong_issuer(found, *tenant))
            }
            Self::WrongAudience { found } => {
                (S::UNAUTHORIZED, "InvalidAuthenticationTokenAudience", wrong_audience(found))
            }
            Self::ExpiredToken { expired, now } => (
                S::UNAUTHORIZED,
                "ExpiredAuthenticationToken",
                format!(
                    "The access token expiry UTC time '{}' is earlier than current UTC time '{}'.",
                    american(*expired),
                    american(*now)
                ),
            ),
            Self::AuthorizationFailed { client, object_id, action, scope, .. } => (
                S::FORBIDDEN,
                "AuthorizationFailed",
                format!(
                    "The client '{client}' with object id '{object_id}' does not have authorization{} to perform action '{action}' over scope \
                 '{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.",
                    // Azure does not tell whether it was the condition.
                    match CONDITIONAL.iter().any(|conditional| action.eq_ignore_ascii_case(conditional)) {
                        true => " or an ABAC condition not fulfilled",
                        false => "",
                    }
                ),
            ),
            Self::DenyAssignmentAuthorizationFailed { client, object_id, action, scope, deny } => (
                S::FORBIDDEN,
                "DenyAssignmentAuthorizationFailed",
                format!(
                    "The client '{client}' with object id '{object_id}' has permission to perform action '{action}' on scope '{scope}'; however, \
                 the access is denied because of the deny assignment with name '{}' and Id '{}' at scope '{}'.",
                    deny.display_name,
                    deny.name.simple(),
                    deny.scope_as_written
                ),
            ),
            Self::TemplateNotAuthorized { message, .. } => (S::FORBIDDEN, "InvalidTemplateDeployment", message.clone()),
            Self::LinkedAuthorizationFailed { client, object_id, action, scope, linked } => (
                S::FORBIDDEN,
                "LinkedAuthorizationFailed",
                format!(
                    "The client '{client}' with object id '{object_id}' has permission to perform action '{action}' on scope '{scope}'; however, \
                 it does not have permission to perform action(s) '{}' on the linked scope(s) '{}' (respectively) or the linked scope(s) are \
                 invalid.",
                    linked_actions(linked),
                    linked.iter().map(|check| check.scope.as_str()).collect::<Vec<_>>().join(",")
                ),
            ),
            Self::ScopeLocked { scope, deed, locked } => (
                S::CONFLICT,
                "ScopeLocked",
                format!(
                    "The scope '{scope}' cannot perform {} operation because following scope(s) are locked: '{}'. Please remove the lock \
                 and try again.",
                    deed.name(),
                    locked.join(",")
                ),
            ),
            Self::MissingApiVersion => (
                S::BAD_REQUEST,
                "MissingApiVersionParameter",
                "The api-version query parameter (?api-version=) is required for all requests.".into(),
            ),
            Self::InvalidApiVersion { found } => (
                S::BAD_REQUEST,
                "InvalidApiVersionParameter",
                format!(
                    "The api-version '{found}' is invalid. An api-version is a date, such as '2024-11-01' or '2024-11-01-preview'."
                ),
            ),
            Self::InvalidPath(path) => {
                (S::BAD_REQUEST, "InvalidRequestUri", format!("The request URI '{path}' is invalid."))
            }
            Self::InvalidNamespace(namespace) => {
                (S::NOT_FOUND, "InvalidResourceNamespace", format!("The resource namespace '{namespace}' is invalid."))
            }
            Self::InvalidResourceType { namespace, api_version } => (
                S::NOT_FOUND,
                "InvalidResourceType",
                format!(
                    "The resource type could not be found in the namespace '{namespace}' for api version '{api_version}'."
                ),
            ),
            Self::MethodNotAllowed(method) => (
                S::METHOD_NOT_ALLOWED,
                "HttpMethodNotAllowed",
                format!("The http method '{method}' is not supported for this resource."),
            ),
            Self::InvalidRequestContent(why) => (
                S::BAD_REQUEST,
                "InvalidRequestContent",
                format!("The request content was invalid and could not be deserialized: '{why}'."),
            ),
            Self::InvalidParameter { code, message, .. } => (S::BAD_REQUEST, code, message.clone()),
            Self::SubscriptionNotFound(id) => {
                (S::NOT_FOUND, "SubscriptionNotFound", format!("The subscription '{id}' could not be found."))
            }
            Self::ResourceGroupNotFound(name) => {
                (S::NOT_FOUND, "ResourceGroupNotFound", format!("Resource group '{name}' could not be found."))
            }
            Self::ManagementGroupNotFound(name) => {
                (S::NOT_FOUND, "ManagementGroupNotFound", format!("The management group '{name}' cannot be found."))
            }
            Self::InvalidResourceGroup { name, characters } => (
                S::BAD_REQUEST,
                "InvalidResourceGroup",
                format!(
                    "The provided resource group name '{name}' has these invalid characters: '{characters}'. The name can only be a letter, digit, '-', '.', '(', ')' or '_'."
                ),
            ),
            Self::LocationNotAvailableForResourceGroup(location) => (
                S::BAD_REQUEST,
                "LocationNotAvailableForResourceGroup",
                format!(
                    "The provided location '{location}' is not available for resource group. List of available regions is '{}'.",
                    crate::resource_types::region_names().collect::<Vec<_>>().join(",")
                ),
            ),
            Self::LocationNotAvailableForResourceType { location, resource_type } => (
                S::BAD_REQUEST,
                "LocationNotAvailableForResourceType",
                format!(
                    "The provided location '{location}' is not available for resource type '{resource_type}'. List of available regions for \
                     the resource type is '{}'.",
                    crate::resource_types::region_names().collect::<Vec<_>>().join(",")
                ),
            ),
            Self::InvalidResourceGroupLocation { wanted, existing } => (
                S::CONFLICT,
                "InvalidResourceGroupLocation",
                format!(
                    "Invalid resource group location '{wanted}'. The Resource group already exists in location '{existing}'."
                ),
            ),
            Self::ResourceNotFound { resource_type, name, group } => (
                S::NOT_FOUND,
                "ResourceNotFound",
                match group {
                    Some(group) => format!(
                        "The Resource '{resource_type}/{name}' under resource group '{group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix"
                    ),
                    None => format!(
                        "The resource '{name}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix"
                    ),
                },
            ),
            Self::NotFound(message) => (S::NOT_FOUND, "NotFound", message.clone()),
            Self::ParentNotFound { verb, child_type, parent } => (
                S::NOT_FOUND,
                "ParentResourceNotFound",
                format!(
                    "Failed to perform '{verb}' on resource(s) of type '{child_type}', because the parent resource '{parent}' could not be found."
                ),
            ),
            Self::IdentityNotFound { resource, identity } => (
                S::BAD_REQUEST,
                "FailedIdentityOperation",
                format!(
                    "Identity operation for resource '{resource}' failed with error 'Failed to perform resource identity operation. Status: 'BadRequest'. \
                 Response: '{{\"error\":{{\"code\":\"BadRequest\",\"message\":\"Resource '{identity}' was not found.\"}}}}'.'."
                ),
            ),
            Self::Provider { status, code, message } | Self::ManagementGroups { status, code, message, .. } => {
                (*status, code, message.clone())
            }
            Self::Template { code, message } => (S::BAD_REQUEST, code, message.clone()),
            Self::OperationNotFound(id) => {
                (S::NOT_FOUND, "OperationNotFound", format!("The operation '{id}' was not found."))
            }
            Self::Store(_) | Self::Internal(_) => {
                (S::INTERNAL_SERVER_ERROR, "InternalServerError", "Encountered internal server error.".into())
            }
        }
    }
}

/// The actions of refused checks: one for each scope, or the one of them all (RECORDED-FACTS 2).
fn linked_actions(linked: &[Mapped]) -> String {
    let mut actions: Vec<&str> = linked.iter().map(|check| check.action.as_str()).collect();
    if linked.iter().all(|check| check.action == actions[0]) {
        actions.truncate(1);
    }
    actions.join(",")
}

fn wrong_issuer(found: &str, tenant: Uuid) -> String {
    format!(
        "The access token is from the wrong issuer '{found}'. It must match the tenant 'https://sts.windows.net/{tenant}/' associated with this \
         subscription. Please use the authority (URL) 'https://login.windows.net/{tenant}' to get the token. Note, if the subscription is \
         transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate \
         (up to an hour). If you just transferred your subscription and see this error message, please try back later."
    )
}

fn wrong_audience(found: &str) -> String {
    format!(
        "The access token has been obtained for wrong audience or resource '{found}'. It should exactly match with one of the allowed audiences \
         'https://management.core.windows.net/','https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'."
    )
}
