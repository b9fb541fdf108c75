//! The token service's refusals: a variant is an AADSTS code with what its text names (IDENTITY-WIRE 3.10).

use axum::http::{Method, StatusCode};
use model::Time;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;
use tokens::Thumbprint;
use uuid::Uuid;

/// Where refusals of a federated assertion send their reader.
const FEDERATION_GUIDE: &str = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation";
/// Where refusals of an assertion's claims send their reader.
const ASSERTION_GUIDE: &str =
    "https://learn.microsoft.com/entra/identity-platform/certificate-credentials";
const ISO: StaticFormatDescription =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7]Z");
const AMERICAN: StaticFormatDescription = format_description!("[month]/[day]/[year] [hour]:[minute]:[second]");

/// Why no token, or no document, is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Aadsts {
    /// 90002: no such tenant. Documents and tokens name the refusal differently.
    TenantNotFound { tenant: String, for_document: bool },
    /// 900023: neither a GUID nor a domain.
    TenantNotAName { tenant: String },
    /// 50049: an authority that nobody knows.
    UnknownInstance,
    /// 700016: no such application here.
    ApplicationNotFound { client_id: String, directory: String },
    /// 7000229: an application without a service principal.
    NoServicePrincipal { client_id: Uuid, tenant: Uuid },
    /// 7000112: the service principal's account is switched off.
    ApplicationDisabled { client_id: Uuid, name: String },
    /// 7000215: the secret is none of the application's.
    WrongSecret { client_id: Uuid },
    /// 7000222: the secret was one of the application's.
    ExpiredSecret { client_id: Uuid },
    /// 7000218: neither secret nor assertion.
    NoCredential,
    /// 700027: the assertion's certificate is not in the directory.
    KeyNotFound { client_id: Uuid, thumbprint: Option<Thumbprint> },
    /// 700027: the certificate in the directory does not count now.
    KeyExpired { thumbprint: String, start: Time, end: Time },
    /// 700027: somebody else signed.
    WrongSignature { thumbprint: String, start: Time, end: Time },
    /// 700021: the assertion speaks of another client.
    AssertionOfAnother,
    /// 700023: the assertion is meant for another token service.
    AssertionAudience,
    /// 700024: the assertion's time is over or has not come.
    AssertionTime { now: Time, not_before: Option<Time>, expires: Time },
    /// 700211: no federated credential names the assertion's issuer.
    FederatedIssuer { issuer: String },
    /// 50027: the assertion is no JWT that clients may send.
    MalformedAssertion,
    /// 5002727: the assertion's `typ` is not allowed.
    AssertionType,
    /// 900144: a parameter is missing.
    Missing(&'static str),
    /// 9000411: a parameter stands twice.
    Duplicated(String),
    /// 70003: nobody knows the grant.
    UnsupportedGrant(String),
    /// 900561: the token endpoint takes POST alone.
    OnlyPost(Method),
    /// 9002313: refused before it is read; the status says why.
    Malformed(StatusCode),
    /// 901002: `resource` at the endpoint that has scopes.
    ResourceAtVersion2,
    /// 70011: more than one resource, or none.
    InvalidScope(String),
    /// 1002012: a client's own token is for a whole resource.
    ScopeNotDefault(String),
    /// 500011: nothing here answers to the resource's name.
    ResourceNotFound { resource: String, tenant: String },
    /// 9001023: a grant that needs to know the tenant.
    TenantNeeded,
    /// 90033: smalt itself failed; the reason is in its log.
    Internal,
}

/// What a client is told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The number after `AADSTS`.
    pub(crate) code: u32,
    /// The HTTP status.
    pub(crate) status: StatusCode,
    /// The OAuth error.
    pub(crate) error: &'static str,
    /// The sentences after the code.
    pub(crate) text: String,
}

impl Refusal {
    /// Whether Microsoft's page explains the code; refusals of others carry no link (IDENTITY-WIRE 3.10).
    pub(crate) fn has_page(&self) -> bool {
        self.code != 700_211
    }
}

impl Aadsts {
    /// Code, status, OAuth error and text.
    pub(crate) fn refusal(&self) -> Refusal {
        const BAD: StatusCode = StatusCode::BAD_REQUEST;
        const UNPROVEN: StatusCode = StatusCode::UNAUTHORIZED;
        let (code, status, error, text) = match self {
            Self::TenantNotFound { tenant, for_document } => {
                let error = if *for_document { "invalid_tenant" } else { "invalid_request" };
                (90_002, BAD, error, format!(
                    "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into \
                     the correct cloud. Check with your subscription administrator, this may happen if there are no active \
                     subscriptions for the tenant."
                ))
            }
            Self::TenantNotAName { tenant } => (900_023, BAD, "invalid_request", format!(
                "Specified tenant identifier '{tenant}' is neither a valid DNS name, nor a valid external domain."
            )),
            Self::UnknownInstance => (50_049, BAD, "invalid_instance", "Unknown or invalid instance.".to_owned()),
            Self::ApplicationNotFound { client_id, directory } => (700_016, BAD, "unauthorized_client", format!(
                "Application with identifier '{client_id}' was not found in the directory '{directory}'. This can happen \
                 if the application has not been installed by the administrator of the tenant or consented to by any user \
                 in the tenant. You may have sent your authentication request to the wrong tenant."
            )),
            Self::NoServicePrincipal { client_id, tenant } => (7_000_229, BAD, "unauthorized_client", format!(
                "The client application {client_id} is missing service principal in the tenant {tenant}. See instructions \
                 here: https://go.microsoft.com/fwlink/?linkid=2225119"
            )),
            Self::ApplicationDisabled { client_id, name } => {
                (7_000_112, BAD, "unauthorized_client", format!("Application '{client_id}'({name}) is disabled."))
            }
            Self::WrongSecret { client_id } => (7_000_215, UNPROVEN, "invalid_client", format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, \
                 not the client secret ID, for a secret added to app '{client_id}'."
            )),
            Self::ExpiredSecret { client_id } => (7_000_222, UNPROVEN, "invalid_client", format!(
                "The provided client secret keys for app '{client_id}' are expired. Visit the Azure portal to create new \
                 keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added \
                 security: https://aka.ms/certCreds."
            )),
            Self::NoCredential => (7_000_218, UNPROVEN, "invalid_client",
                "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.".to_owned()
            ),
            Self::KeyNotFound { client_id, thumbprint } => {
                let thumbprint = thumbprint.as_ref().map_or(String::new(), Thumbprint::hex);
                (700_027, UNPROVEN, "invalid_client", format!(
                    "The certificate with identifier used to sign the client assertion is not registered on application. \
                     [Reason - The key was not found., Thumbprint of key used by client: '{thumbprint}', Please visit the \
                     Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '{client_id}'.]"
                ))
            }
            Self::KeyExpired { thumbprint, start, end } => (700_027, UNPROVEN, "invalid_client",
                invalid_signature("The key used is expired.", thumbprint, *start, *end)
            ),
            Self::WrongSignature { thumbprint, start, end } => (700_027, UNPROVEN, "invalid_client", invalid_signature(
                "The provided signature value did not match the expected signature value.", thumbprint, *start, *end
            )),
            Self::AssertionOfAnother => (700_021, UNPROVEN, "invalid_client", format!(
                "Client assertion application identifier doesn't match 'client_id' parameter. Review the documentation at \
                 {ASSERTION_GUIDE} ."
            )),
            Self::AssertionAudience => (700_023, UNPROVEN, "invalid_client", format!(
                "Client assertion audience claim does not match Realm issuer. Review the documentation at \
                 {ASSERTION_GUIDE} ."
            )),
            Self::AssertionTime { now, not_before, expires } => {
                // An assertion that names no beginning began, to .NET, with the calendar.
                let from = not_before.map_or("0001-01-01T00:00:00.0000000Z".to_owned(), |at| written(at, ISO));
                (700_024, UNPROVEN, "invalid_client", format!(
                    "Client assertion is not within its valid time range. Current time: {}, assertion valid from {from}, \
                     expiry time of assertion {}. Review the documentation at {ASSERTION_GUIDE} .",
                    written(*now, ISO), written(*expires, ISO)
                ))
            }
            Self::FederatedIssuer { issuer } => (700_211, UNPROVEN, "invalid_client", format!(
                "No matching federated identity record found for presented assertion issuer '{issuer}'. Check your \
                 federated identity credential Subject, Audience and Issuer against the presented assertion. \
                 {FEDERATION_GUIDE}"
            )),
            Self::MalformedAssertion => {
                (50_027, BAD, "invalid_request", "JWT token is invalid or malformed.".to_owned())
            }
            Self::AssertionType => (5_002_727, BAD, "invalid_request",
                "Invalid JWT header type specified. Allowed types: 'JWT','http://openid.net/specs/jwt/1.0'.".to_owned()
            ),
            Self::Missing(name) => (900_144, BAD, "invalid_request",
                format!("The request body must contain the following parameter: '{name}'.")
            ),
            Self::Duplicated(name) => (9_000_411, BAD, "invalid_request",
                format!("The request is not properly formatted. The parameter '{name}' is duplicated.")
            ),
            Self::UnsupportedGrant(grant) => (70_003, BAD, "unsupported_grant_type",
                format!("The app requested an unsupported grant type '{grant}'.")
            ),
            Self::OnlyPost(method) => (900_561, BAD, "invalid_request",
                format!("The endpoint only accepts POST requests. Received a {method} request.")
            ),
            Self::Malformed(status) => {
                (9_002_313, *status, "invalid_request", "Invalid request. Request is malformed or invalid.".to_owned())
            }
            Self::ResourceAtVersion2 => (901_002, BAD, "invalid_request",
                "The 'resource' request parameter is not supported.".to_owned()
            ),
            Self::InvalidScope(scope) => (70_011, BAD, "invalid_scope", format!(
                "The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."
            )),
            Self::ScopeNotDefault(scope) => (1_002_012, BAD, "invalid_scope", format!(
                "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with \
                 /.default suffixed to the resource identifier (application ID URI)."
            )),
            Self::ResourceNotFound { resource, tenant } => (500_011, BAD, "invalid_resource", format!(
                "The resource principal named {resource} was not found in the tenant named {tenant}. This can happen if \
                 the application has not been installed by the administrator of the tenant or consented to by any user in \
                 the tenant. You might have sent your authentication request to the wrong tenant."
            )),
            Self::TenantNeeded => (9_001_023, BAD, "invalid_request",
                "The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations \
                 or tenant-specific endpoint.".to_owned()
            ),
            Self::Internal => (90_033, StatusCode::INTERNAL_SERVER_ERROR, "temporarily_unavailable",
                "A transient error has occurred. Please try again.".to_owned()
            ),
        };
        Refusal { code, status, error, text }
    }
}

/// The sentence around a reason that names the key in the directory.
fn invalid_signature(reason: &str, thumbprint: &str, start: Time, end: Time) -> String {
    format!(
        "Client assertion contains an invalid signature. [Reason - {reason}, Thumbprint of key used by client: \
         '{thumbprint}', Found key 'Start={}, End={}']",
        written(start, AMERICAN),
        written(end, AMERICAN)
    )
}

fn written(at: Time, format: StaticFormatDescription) -> String {
    at.format(format).unwrap_or_default()
}
