//! What the refusals say, in Entra's words (IDENTITY-WIRE 3.10).

use model::Time;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;
use tokens::Thumbprint;

use super::{Aadsts, FederatedClaim};

/// Where refusals of an assertion's claims send their reader.
const ASSERTION_GUIDE: &str = "https://learn.microsoft.com/entra/identity-platform/certificate-credentials";
/// Where refusals of a federated assertion send their reader.
const FEDERATION_GUIDE: &str = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation";
/// Where refusals of a subject in another case send their reader.
const CASE_GUIDE: &str =
    "https://learn.microsoft.com/en-us/entra/identity-platform/reference-breaking-changes#august-2024";
pub(super) const ISO: StaticFormatDescription =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7]Z");
pub(super) const AMERICAN: StaticFormatDescription =
    format_description!("[month]/[day]/[year] [hour]:[minute]:[second]");

impl Aadsts {
    /// The sentences after the code.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::TenantNotFound { tenant, .. } => format!(
                "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing \
                 into the correct cloud. Check with your subscription administrator, this may happen if there are \
                 no active subscriptions for the tenant."
            ),
            Self::TenantNotAName { tenant } => format!(
                "Specified tenant identifier '{tenant}' is neither a valid DNS name, nor a valid external domain."
            ),
            Self::UnknownInstance => "Unknown or invalid instance.".to_owned(),
            Self::ApplicationNotFound { client_id, directory } => format!(
                "Application with identifier '{client_id}' was not found in the directory '{directory}'. This can \
                 happen if the application has not been installed by the administrator of the tenant or consented \
                 to by any user in the tenant. You may have sent your authentication request to the wrong tenant."
            ),
            Self::NoServicePrincipal { client_id, tenant } => format!(
                "The client application {client_id} is missing service principal in the tenant {tenant}. See \
                 instructions here: https://go.microsoft.com/fwlink/?linkid=2225119"
            ),
            Self::ApplicationDisabled { client_id, name } => format!("Application '{client_id}'({name}) is disabled."),
            Self::WrongSecret { client_id } => format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret \
                 value, not the client secret ID, for a secret added to app '{client_id}'."
            ),
            Self::ExpiredSecret { client_id } => format!(
                "The provided client secret keys for app '{client_id}' are expired. Visit the Azure portal to \
                 create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate \
                 credentials for added security: https://aka.ms/certCreds."
            ),
            Self::NoCredential => {
                "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
                    .to_owned()
            }
            Self::KeyNotFound { client_id, thumbprint } => {
                let thumbprint = thumbprint.as_ref().map_or(String::new(), Thumbprint::hex);
                format!(
                    "The certificate with identifier used to sign the client assertion is not registered on \
                     application. [Reason - The key was not found., Thumbprint of key used by client: \
                     '{thumbprint}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to \
                     see configured keys for app Id '{client_id}'.]"
                )
            }
            Self::KeyExpired { thumbprint, start, end } => {
                invalid_signature("The key used is expired.", thumbprint, *start, *end)
            }
            Self::WrongSignature { thumbprint, start, end } => {
                let reason = "The provided signature value did not match the expected signature value.";
                invalid_signature(reason, thumbprint, *start, *end)
            }
            Self::AssertionOfAnother => format!(
                "Client assertion application identifier doesn't match 'client_id' parameter. Review the \
                 documentation at {ASSERTION_GUIDE} ."
            ),
            Self::AssertionAudience => format!(
                "Client assertion audience claim does not match Realm issuer. Review the documentation at \
                 {ASSERTION_GUIDE} ."
            ),
            Self::AssertionTime { now, not_before, expires } => {
                // An assertion that names no beginning began, to .NET, with the calendar.
                let from = not_before.map_or("0001-01-01T00:00:00.0000000Z".to_owned(), |at| written(at, ISO));
                let (now, expires) = (written(*now, ISO), written(*expires, ISO));
                format!(
                    "Client assertion is not within its valid time range. Current time: {now}, assertion valid \
                     from {from}, expiry time of assertion {expires}. Review the documentation at \
                     {ASSERTION_GUIDE} ."
                )
            }
            Self::NoFederatedCredentials { client_id, name } => {
                format!("The client '{client_id}'({name}) has no configured federated identity credentials.")
            }
            Self::FederatedMismatch { claim: FederatedClaim::SubjectOrExpression, value } => format!(
                "No matching federated identity record found for presented assertion subject '{value}' or no federated \
                 identity credential expression matched. Please check your federated identity credential Subject, \
                 Expression, Audience and Issuer against the presented assertion. {FEDERATION_GUIDE}"
            ),
            Self::FederatedMismatch { claim: FederatedClaim::SubjectCase, value } => format!(
                "No matching federated identity record found for presented assertion subject '{value}'. The subject \
                 matches with case-insensitive comparison, but not with case-sensitive comparison. Check your federated \
                 identity credential Subject, Audience and Issuer against the presented assertion. See documentation \
                 at: {FEDERATION_GUIDE}. See breaking change notification and remediation at: {CASE_GUIDE}."
            ),
            Self::FederatedMismatch { claim, value } => {
                let claim = match claim {
                    FederatedClaim::Issuer => "issuer",
                    FederatedClaim::Audience => "audience",
                    FederatedClaim::Subject | FederatedClaim::SubjectCase | FederatedClaim::SubjectOrExpression => {
                        "subject"
                    }
                };
                format!(
                    "No matching federated identity record found for presented assertion {claim} '{value}'. Check \
                     your federated identity credential Subject, Audience and Issuer against the presented assertion. \
                     {FEDERATION_GUIDE}"
                )
            }
            Self::IssuerOutOfReach => "Request to External OIDC endpoint failed.".to_owned(),
            Self::FederatedKeyNotFound { key, issuer } => format!(
                "The certificate with identifier {key} used to sign the federated credential could not be found in the \
                 metadata of identity provider {issuer}. Please validate that your Identity Provider's metadata \
                 exposes the key used to sign the incoming token."
            ),
            Self::FederatedSignature { key } => format!(
                "Client assertion contains an invalid signature. [Reason - The provided signature value did not match \
                 the expected signature value., Thumbprint of key used by client: '{key}']"
            ),
            Self::EntraIssuer => "AAD-issued tokens may not be used for federated identity flows.".to_owned(),
            Self::NotAppOnly => {
                "Forbidden token type. Only app-only tokens may be used as Federated Identity Credentials for AAD issuer."
                    .to_owned()
            }
            Self::MalformedAssertion => "JWT token is invalid or malformed.".to_owned(),
            Self::AssertionType => {
                "Invalid JWT header type specified. Allowed types: 'JWT','http://openid.net/specs/jwt/1.0'.".to_owned()
            }
            Self::Missing(name) => format!("The request body must contain the following parameter: '{name}'."),
            Self::Duplicated(name) => {
                format!("The request is not properly formatted. The parameter '{name}' is duplicated.")
            }
            Self::UnsupportedGrant(grant) => format!("The app requested an unsupported grant type '{grant}'."),
            Self::OnlyPost(method) => format!("The endpoint only accepts POST requests. Received a {method} request."),
            Self::Malformed(_) => "Invalid request. Request is malformed or invalid.".to_owned(),
            Self::ResourceAtVersion2 => "The 'resource' request parameter is not supported.".to_owned(),
            Self::InvalidScope(scope) => format!(
                "The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."
            ),
            Self::ScopeNotDefault(scope) => format!(
                "The provided value for scope {scope} is not valid. Client credential flows must have a scope \
                 value with /.default suffixed to the resource identifier (application ID URI)."
            ),
            Self::ApplicationNotAssigned { client, resource } => format!(
                "Application '{}'({}) is not assigned to a role for the application '{}'({}).",
                client.0, client.1, resource.0, resource.1
            ),
            Self::ResourceNotFound { resource, tenant } => format!(
                "The resource principal named {resource} was not found in the tenant named {tenant}. This can \
                 happen if the application has not been installed by the administrator of the tenant or consented \
                 to by any user in the tenant. You might have sent your authentication request to the wrong \
                 tenant."
            ),
            Self::TenantNeeded => {
                "The grant type is not supported over the /common or /consumers endpoints. Please use the \
                 /organizations or tenant-specific endpoint."
                    .to_owned()
            }
            Self::Internal => "A transient error has occurred. Please try again.".to_owned(),
            Self::TooManyRequests { .. } => {
                "The server received too many requests and is throttling this client. Please wait and try again."
                    .to_owned()
            }
            of_people => of_people.text_of_sign_in(),
        }
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

pub(super) fn written(at: Time, format: StaticFormatDescription) -> String {
    at.format(format).unwrap_or_default()
}
