//! What the refusals say, in Entra's words (IDENTITY-WIRE 3.10). One match without a rest, so that the compiler asks for the
//! sentences of a new variant.

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
const ISO: StaticFormatDescription =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7]Z");
const AMERICAN: StaticFormatDescription = format_description!("[month]/[day]/[year] [hour]:[minute]:[second]");

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
                "Forbidden token type. Only app-only tokens may be used as Federated Identity Credentials for AAD \
                 issuer."
                    .to_owned()
            }
            Self::MalformedAssertion => "JWT token is invalid or malformed.".to_owned(),
            Self::AssertionType => {
                "Invalid JWT header type specified. Allowed types: 'JWT','http://openid.net/specs/jwt/1.0'.".to_owned()
            }
            Self::Missing(name) | Self::MissingInQuery(name) => {
                format!("The request body must contain the following parameter: '{name}'.")
            }
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
            Self::PublicClientWithProof => {
                "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.".to_owned()
            }
            Self::IdTokenNotEnabled => "response_type 'id_token' is not enabled for the application.".to_owned(),
            Self::TokenNotEnabled => "response_type 'token' is not enabled for the application.".to_owned(),
            Self::LoginRequired => {
                "Session information is not sufficient for single-sign-on. A silent sign-in request was sent but no \
                 user is signed in."
                    .to_owned()
            }
            Self::AdministratorNeeded => "The grant requires admin permission.".to_owned(),
            Self::Declined => "User declined to consent to access the app.".to_owned(),
            Self::WrongPassword => "Error validating credentials due to invalid username or password.".to_owned(),
            Self::UserDisabled => "The user account is disabled.".to_owned(),
            Self::ChallengeSize => "Invalid size of Code_Challenge parameter.".to_owned(),
            Self::ChallengeMethod => {
                "Invalid Code_Challenge_Method parameter: only 'plain' and 'S256' are supported.".to_owned()
            }
            Self::VerifierUnexpected => {
                "The code_verifier does not match the code_challenge supplied in the authorization request for \
                 PKCE."
                    .to_owned()
            }
            Self::VerifierMismatch => {
                "The Code_Verifier does not match the code_challenge supplied in the authorization request.".to_owned()
            }
            Self::CodeRedeemed => {
                "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an \
                 existing refresh token."
                    .to_owned()
            }
            Self::CodeExpired => {
                "The provided authorization code or refresh token has expired due to inactivity. Send a new \
                 interactive authorization request for this user and resource."
                    .to_owned()
            }
            Self::InvalidGrant => "Provided grant is invalid or malformed.".to_owned(),
            Self::RefreshTokenReused => {
                "Provided grant is invalid or malformed. The refresh token was already redeemed; all tokens of its \
                 sign-in are revoked."
                    .to_owned()
            }
            Self::ChallengeRequired => {
                "Proof Key for Code Exchange is required for cross-origin authorization code redemption.".to_owned()
            }
            Self::CrossOriginOnly => {
                "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin \
                 requests."
                    .to_owned()
            }
            Self::CrossOriginRefused => {
                "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type."
                    .to_owned()
            }
            Self::AuthorizationPending => {
                "The provided request has not yet been authorized by the user. The user must input their code."
                    .to_owned()
            }
            Self::SlowDown => "The client polls more often than the interval that it was told.".to_owned(),
            Self::AuthorizationDeclined => "The user declined the authorization request of the device.".to_owned(),
            Self::BadVerificationCode => {
                "The device_code that was sent to the token endpoint is not recognized.".to_owned()
            }
            Self::DeviceCodeExpired => "The provided device code has expired. Please start a new sign-in.".to_owned(),
            Self::UserCodeUnknown => "The code is not valid or has expired. Check the code and try again.".to_owned(),
            Self::InvalidBearer => {
                "The access token is missing, invalid, or not one of a user for Microsoft Graph.".to_owned()
            }
            Self::RedirectUriMismatch { uri, client_id } => format!(
                "The redirect URI '{uri}' specified in the request does not match the redirect URIs configured for \
                 the application '{client_id}'. Make sure the redirect URI sent in the request matches one added to \
                 your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn \
                 more about how to troubleshoot this error."
            ),
            Self::NoReplyAddress { client_id } => {
                format!("No reply address is registered for the application '{client_id}'.")
            }
            Self::ReplyAddressMismatch { asked, sent } => format!(
                "The reply address '{asked}' does not match the reply address '{sent}' provided when requesting \
                 Authorization code."
            ),
            Self::UnsupportedResponseType(kind) => {
                format!("The application requested an unsupported response type '{kind}' when requesting a token.")
            }
            Self::ResponseMode(mode) => {
                format!("'{mode}' is not a supported value of 'response_mode' when requesting a token.")
            }
            Self::UnsupportedPrompt(prompt) => format!("Invalid request: 'prompt' has the unknown value '{prompt}'."),
            Self::InteractionRequired { hint, client_id } => format!(
                "User account '{hint}' is not signed in and cannot access the application '{client_id}' silently. \
                 Use prompt=select_account, or let the user sign in."
            ),
            Self::OrganizationsOnly { client_id, name } => format!(
                "Application '{client_id}'({name}) is configured for use by Azure Active Directory users only. \
                 Please do not use the /consumers endpoint to serve this request."
            ),
            Self::SeveralResources(scope) => format!(
                "Provided value for the input parameter scope is not valid because it contains more than one \
                 resource. Scope {scope} is not valid."
            ),
            Self::DefaultWithOthers(scope) => format!(
                "The provided request must include a 'scope' input parameter. The provided value for the input \
                 parameter 'scope' is not valid. The scope {scope} is not valid. .default scope can't be combined \
                 with resource-specific scopes."
            ),
            Self::NoSuchPermission { name, scope, resource } => format!(
                "The application '{name}' asked for scope '{scope}' that doesn't exist on the resource '{resource}'. \
                 Contact the app vendor."
            ),
            Self::NoConsent { client_id, name } | Self::ConsentRequired { client_id, name } => format!(
                "The user or administrator has not consented to use the application with ID '{client_id}' named \
                 '{name}'. Send an interactive authorization request for this user and resource."
            ),
            Self::ResourceNotListed { client_id, name, asked, resource } => format!(
                "Invalid resource. The client has requested access to a resource which is not listed in the requested \
                 permissions in the client's application registration. Client app ID: {client_id}({name}). Resource \
                 value from request: {asked}. Resource app ID: {resource}."
            ),
            Self::UserNotFound { name, tenant } => format!(
                "The user account {name} does not exist in the {tenant} directory. To sign into this application, \
                 the account must be added to the directory."
            ),
            Self::UserNotAssigned { user, client_id, name } => format!(
                "Your administrator has configured the application {name} ('{client_id}') to block users unless they are \
                 specifically granted ('assigned') access to the application. The signed in user '{user}' is blocked \
                 because they are not a direct member of a group with access, nor had access directly assigned by an \
                 administrator. Please contact your administrator to assign access to this application."
            ),
            Self::AssertionSignature { thumbprint, found: None } => format!(
                "Assertion failed signature validation. [Reason - The key was not found., Thumbprint of key used by \
                 client: '{thumbprint}']"
            ),
            Self::AssertionSignature { thumbprint, found: Some((start, end)) } => format!(
                "Assertion failed signature validation. [Reason - The provided signature value did not match the \
                 expected signature value., Thumbprint of key used by client: '{thumbprint}', Found key 'Start={}, \
                 End={}']",
                written(*start, AMERICAN),
                written(*end, AMERICAN)
            ),
            Self::UnknownRealm(issuer) => {
                format!("The requested federation realm object '{issuer}' does not exist.")
            }
            Self::RefreshTokenExpired { issued } => format!(
                "The refresh token has expired due to inactivity. The token was issued on {} and was inactive for \
                 90.00:00:00.",
                written(*issued, ISO)
            ),
            Self::BrowserRefreshTokenExpired { issued } => format!(
                "The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime \
                 of 1.00:00:00, which cannot be extended. It is now expired and a new sign in request must be sent by \
                 the SPA to the sign in page. The token was issued on {}.",
                written(*issued, ISO)
            ),
            Self::GrantRevoked { issued, valid_from } => format!(
                "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might \
                 have changed or reset their password. The grant was issued on '{}' and the TokensValidFrom date \
                 (before which tokens are not valid) for this user is '{}'.",
                written(*issued, ISO),
                written(*valid_from, ISO)
            ),
            Self::AssertionRevoked { valid_from } => format!(
                "The provided grant has expired due to it being revoked, a fresh auth token is needed. The TokensValidFrom \
                 date (before which tokens are not valid) is '{}'.",
                written(*valid_from, ISO)
            ),
            Self::AssertionForAnother { found, client_id, name } => format!(
                "Assertion audience does not match the Client app presenting the assertion. The audience in the \
                 assertion was '{found}' and the expected audience is '{client_id}' or one of the Application Uris of \
                 this application with App ID '{client_id}'({name}). The downstream client must request a token for \
                 the expected audience (the application that made the OBO call) and this application should use that \
                 token as the assertion."
            ),
            Self::AssertionExpired { now, expires } => format!(
                "Assertion is not within its valid time range. Ensure that the access token is not expired before \
                 using it for user assertion, or request a new token. Current time: {}, expiry time of assertion {}.",
                written(*now, AMERICAN),
                written(*expires, AMERICAN)
            ),
            Self::AssertionOfApplication { client_id } => {
                format!("Application '{client_id}' is not allowed to make application on-behalf-of calls.")
            }
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

fn written(at: Time, format: StaticFormatDescription) -> String {
    at.format(format).unwrap_or_default()
}
