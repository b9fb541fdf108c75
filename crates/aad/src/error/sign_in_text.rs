//! What the refusals of people's sign-ins and grants say, in Entra's words (IDENTITY-WIRE 3.10).

use super::Aadsts;
use super::text::{AMERICAN, ISO, written};

impl Aadsts {
    /// The sentences after the code.
    pub(super) fn text_of_sign_in(&self) -> String {
        let fixed = match self {
            Self::PublicClientWithProof => {
                "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."
            }
            Self::IdTokenNotEnabled => "response_type 'id_token' is not enabled for the application.",
            Self::TokenNotEnabled => "response_type 'token' is not enabled for the application.",
            Self::LoginRequired => {
                "Session information is not sufficient for single-sign-on. A silent sign-in request was sent but no \
                 user is signed in."
            }
            Self::AdministratorNeeded => "The grant requires admin permission.",
            Self::Declined => "User declined to consent to access the app.",
            Self::WrongPassword => "Error validating credentials due to invalid username or password.",
            Self::UserDisabled => "The user account is disabled.",
            Self::ChallengeSize => "Invalid size of Code_Challenge parameter.",
            Self::ChallengeMethod => "Invalid Code_Challenge_Method parameter: only 'plain' and 'S256' are supported.",
            Self::VerifierUnexpected => {
                "The code_verifier does not match the code_challenge supplied in the authorization request for PKCE."
            }
            Self::VerifierMismatch => {
                "The Code_Verifier does not match the code_challenge supplied in the authorization request."
            }
            Self::CodeRedeemed => {
                "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an \
                 existing refresh token."
            }
            Self::CodeExpired => {
                "The provided authorization code or refresh token has expired due to inactivity. Send a new \
                 interactive authorization request for this user and resource."
            }
            Self::InvalidGrant => "Provided grant is invalid or malformed.",
            Self::RefreshTokenReused => {
                "Provided grant is invalid or malformed. The refresh token was already redeemed; all tokens of its \
                 sign-in are revoked."
            }
            Self::ChallengeRequired => {
                "Proof Key for Code Exchange is required for cross-origin authorization code redemption."
            }
            Self::CrossOriginOnly => {
                "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin \
                 requests."
            }
            Self::CrossOriginRefused => {
                "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type."
            }
            Self::AuthorizationPending => {
                "The provided request has not yet been authorized by the user. The user must input their code."
            }
            Self::SlowDown => "The client polls more often than the interval that it was told.",
            Self::AuthorizationDeclined => "The user declined the authorization request of the device.",
            Self::BadVerificationCode => "The device_code that was sent to the token endpoint is not recognized.",
            Self::DeviceCodeExpired => "The provided device code has expired. Please start a new sign-in.",
            Self::UserCodeUnknown => "The code is not valid or has expired. Check the code and try again.",
            Self::InvalidBearer => "The access token is missing, invalid, or not one of a user for Microsoft Graph.",
            of_something => return of_something.text_with_names(),
        };
        fixed.to_owned()
    }

    /// The sentences that name what was asked.
    fn text_with_names(&self) -> String {
        match self {
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
            Self::MissingInQuery(name) => format!("The request body must contain the following parameter: '{name}'."),
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
            _ => String::new(),
        }
    }
}
