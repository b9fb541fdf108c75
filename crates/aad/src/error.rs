//! The token service's refusals: a variant is an AADSTS code with what its text names (IDENTITY-WIRE 3.10).
//!
//! How to add the next: a variant here with its code, status and OAuth error, and its sentences in `error/text.rs`.

mod text;

use axum::http::{Method, StatusCode};
use model::Time;
use tokens::Thumbprint;
use uuid::Uuid;

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
    /// 70025: another issuer vouches for a client that trusts none.
    NoFederatedCredentials { client_id: Uuid, name: String },
    /// 700211, 700212, 700213, 7002131, 7002138: no federated credential fits what the assertion says.
    FederatedMismatch { claim: FederatedClaim, value: String },
    /// 90061: the issuer's keys cannot be had.
    IssuerOutOfReach,
    /// 7000272: the issuer does not publish the key that the assertion names.
    FederatedKeyNotFound { key: String, issuer: String },
    /// 700027: somebody else than the issuer signed.
    FederatedSignature { key: String },
    /// 700222: a token of Entra that vouches for nobody.
    EntraIssuer,
    /// 700229: a person's token does not vouch for an application.
    NotAppOnly,
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
    /// 501051: the resource gives tokens to those alone who have one of its roles. Each is an application id with its name.
    ApplicationNotAssigned { client: (Uuid, String), resource: (Uuid, String) },
    /// 500011: nothing here answers to the resource's name.
    ResourceNotFound { resource: String, tenant: String },
    /// 9001023: a grant that needs to know the tenant.
    TenantNeeded,
    /// 429: more requests than anybody needs.
    TooManyRequests { retry_after: u64 },
    /// 700025: a program on people's machines cannot keep a secret.
    PublicClientWithProof,
    /// 50011: an address that the client never registered. Nothing is ever sent there.
    RedirectUriMismatch { uri: String, client_id: Uuid },
    /// 500113: the client has no address, or several to choose from.
    NoReplyAddress { client_id: Uuid },
    /// 500112: another address than the code was sent to.
    ReplyAddressMismatch { asked: String, sent: String },
    /// 900144: a parameter of the authorization request is missing.
    MissingInQuery(&'static str),
    /// 70005: `response_type` is none that is known.
    UnsupportedResponseType(String),
    /// 700054: the registration does not allow id tokens from the authorization endpoint.
    IdTokenNotEnabled,
    /// 700051: the registration does not allow access tokens from the authorization endpoint.
    TokenNotEnabled,
    /// 70007: tokens in a query would stand in logs.
    ResponseMode(String),
    /// 90023: `prompt` is none that is known.
    UnsupportedPrompt(String),
    /// 50058: nobody is signed in, and nobody may be asked.
    LoginRequired,
    /// 16000: somebody else is signed in, and nobody may be asked.
    InteractionRequired { hint: String, client_id: Uuid },
    /// 65004: the person said no.
    Declined,
    /// 9002332: the client is for organizations alone.
    OrganizationsOnly { client_id: Uuid, name: String },
    /// 28000: scopes of more than one resource.
    SeveralResources(String),
    /// 70011: all permissions, and some.
    DefaultWithOthers(String),
    /// 650053: the resource has no such permission.
    NoSuchPermission { name: String, scope: String, resource: String },
    /// 65001: nobody agreed that the client may.
    NoConsent { client_id: Uuid, name: String },
    /// 65001: nobody agreed that the client may, and nobody may be asked.
    ConsentRequired { client_id: Uuid, name: String },
    /// 90094: the person cannot agree to it.
    AdministratorNeeded,
    /// 650057: the client's registration wants nothing of the resource.
    ResourceNotListed { client_id: Uuid, name: String, asked: String, resource: Uuid },
    /// 50034: no such person.
    UserNotFound { name: String, tenant: String },
    /// 50105: the application is for those alone who have one of its roles.
    UserNotAssigned { user: String, client_id: Uuid, name: String },
    /// 50126: not their password.
    WrongPassword,
    /// 50057: the account is switched off.
    UserDisabled,
    /// 501491: a challenge of a length that no verifier has.
    ChallengeSize,
    /// 50149: a challenge made in a way that nobody knows.
    ChallengeMethod,
    /// 50148: a verifier where none was announced, or none where one was.
    VerifierUnexpected,
    /// 501481: not the verifier of the challenge.
    VerifierMismatch,
    /// 54005: the code was redeemed.
    CodeRedeemed,
    /// 70008: the code's time is over.
    CodeExpired,
    /// 70000: nothing that was ever given to this client.
    InvalidGrant,
    /// 70000: the refresh token has a successor.
    RefreshTokenReused,
    /// 700082: nobody used the refresh token for too long.
    RefreshTokenExpired { issued: Time },
    /// 700084: a browser's refresh token does not outlive the day.
    BrowserRefreshTokenExpired { issued: Time },
    /// 50173: all that was given before a moment was taken back.
    GrantRevoked { issued: Time, valid_from: Time },
    /// 9002325: a browser's code without a verifier.
    ChallengeRequired,
    /// 9002327: a browser's code redeemed by something else.
    CrossOriginOnly,
    /// 9002326: a code of something else redeemed in a browser.
    CrossOriginRefused,
    /// 70016: nobody decided yet.
    AuthorizationPending,
    /// 70016 with `slow_down`: nobody decided yet, and asking more often does not help.
    SlowDown,
    /// 70018: the person said no to the device.
    AuthorizationDeclined,
    /// 70019: no such device code.
    BadVerificationCode,
    /// 70020: the device code's time is over.
    DeviceCodeExpired,
    /// 90114: the short code that somebody typed is none, or not any more.
    UserCodeUnknown,
    /// 50013: nobody here signed the assertion; `found` is the span of the key that it names, if that is known.
    AssertionSignature { thumbprint: String, found: Option<(Time, Time)> },
    /// 50107: the assertion is of an issuer that nobody here trusts.
    UnknownRealm(String),
    /// 500131: the assertion was not given for the client.
    AssertionForAnother { found: String, client_id: Uuid, name: String },
    /// 500133: the assertion's time is over.
    AssertionExpired { now: Time, expires: Time },
    /// 50173: the assertion was taken back.
    AssertionRevoked { valid_from: Time },
    /// 7000114: an application speaks for itself alone.
    AssertionOfApplication { client_id: Uuid },
    /// 50000: no token that tells who somebody is.
    InvalidBearer,
    /// 90033: smalt itself failed; the reason is in its log.
    Internal,
}

/// What of an assertion no federated credential fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FederatedClaim {
    /// Nobody trusts the issuer.
    Issuer,
    /// It is meant for somebody else.
    Audience,
    /// It speaks of somebody else.
    Subject,
    /// It speaks of somebody who is spelled otherwise.
    SubjectCase,
    /// It speaks of somebody else, and says nothing that an expression wants.
    SubjectOrExpression,
}

impl FederatedClaim {
    fn code(self) -> u32 {
        match self {
            Self::Issuer => 700_211,
            Self::Audience => 700_212,
            Self::Subject => 700_213,
            Self::SubjectCase => 7_002_138,
            Self::SubjectOrExpression => 7_002_131,
        }
    }
}

/// What a client is told, beside the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The number after `AADSTS`.
    pub(crate) code: u32,
    /// The HTTP status.
    pub(crate) status: StatusCode,
    /// The OAuth error.
    pub(crate) error: &'static str,
}

impl Refusal {
    /// Whether Microsoft's page explains the code; refusals of others carry no link (IDENTITY-WIRE 3.10).
    pub(crate) fn has_page(self) -> bool {
        !matches!(self.code, 54_005 | 700_211..=700_213 | 7_002_131 | 7_002_138)
    }

    /// Microsoft's page about the code.
    pub(crate) fn page(self) -> String {
        format!("https://login.microsoftonline.com/error?code={}", self.code)
    }
}

impl Aadsts {
    /// A request that cannot be read.
    pub(crate) const MALFORMED: Self = Self::Malformed(StatusCode::BAD_REQUEST);

    /// Code, status and OAuth error.
    pub(crate) fn refusal(&self) -> Refusal {
        const BAD: StatusCode = StatusCode::BAD_REQUEST;
        const UNPROVEN: StatusCode = StatusCode::UNAUTHORIZED;
        let (code, status, error) = match self {
            Self::TenantNotFound { for_document: true, .. } => (90_002, BAD, "invalid_tenant"),
            Self::TenantNotFound { for_document: false, .. } => (90_002, BAD, "invalid_request"),
            Self::TenantNotAName { .. } => (900_023, BAD, "invalid_request"),
            Self::UnknownInstance => (50_049, BAD, "invalid_instance"),
            Self::ApplicationNotFound { .. } => (700_016, BAD, "unauthorized_client"),
            Self::NoServicePrincipal { .. } => (7_000_229, BAD, "unauthorized_client"),
            Self::ApplicationDisabled { .. } => (7_000_112, BAD, "unauthorized_client"),
            Self::WrongSecret { .. } => (7_000_215, UNPROVEN, "invalid_client"),
            Self::ExpiredSecret { .. } => (7_000_222, UNPROVEN, "invalid_client"),
            Self::NoCredential => (7_000_218, UNPROVEN, "invalid_client"),
            Self::KeyNotFound { .. } | Self::KeyExpired { .. } | Self::WrongSignature { .. } => {
                (700_027, UNPROVEN, "invalid_client")
            }
            Self::AssertionOfAnother => (700_021, UNPROVEN, "invalid_client"),
            Self::AssertionAudience => (700_023, UNPROVEN, "invalid_client"),
            Self::AssertionTime { .. } => (700_024, UNPROVEN, "invalid_client"),
            Self::NoFederatedCredentials { .. } => (70_025, UNPROVEN, "invalid_client"),
            Self::FederatedMismatch { claim, .. } => (claim.code(), UNPROVEN, "invalid_client"),
            Self::IssuerOutOfReach => (90_061, BAD, "invalid_request"),
            Self::FederatedKeyNotFound { .. } => (7_000_272, UNPROVEN, "invalid_client"),
            Self::FederatedSignature { .. } => (700_027, UNPROVEN, "invalid_client"),
            Self::EntraIssuer => (700_222, UNPROVEN, "invalid_client"),
            Self::NotAppOnly => (700_229, UNPROVEN, "invalid_client"),
            Self::MalformedAssertion => (50_027, BAD, "invalid_request"),
            Self::AssertionType => (5_002_727, BAD, "invalid_request"),
            Self::Missing(_) => (900_144, BAD, "invalid_request"),
            Self::Duplicated(_) => (9_000_411, BAD, "invalid_request"),
            Self::UnsupportedGrant(_) => (70_003, BAD, "unsupported_grant_type"),
            Self::OnlyPost(_) => (900_561, BAD, "invalid_request"),
            Self::Malformed(status) => (9_002_313, *status, "invalid_request"),
            Self::ResourceAtVersion2 => (901_002, BAD, "invalid_request"),
            Self::InvalidScope(_) => (70_011, BAD, "invalid_scope"),
            Self::ScopeNotDefault(_) => (1_002_012, BAD, "invalid_scope"),
            Self::ApplicationNotAssigned { .. } => (501_051, BAD, "invalid_grant"),
            Self::ResourceNotFound { .. } => (500_011, BAD, "invalid_resource"),
            Self::TenantNeeded => (9_001_023, BAD, "invalid_request"),
            Self::TooManyRequests { .. } => (90_055, StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable"),
            Self::PublicClientWithProof => (700_025, UNPROVEN, "invalid_client"),
            Self::RedirectUriMismatch { .. } => (50_011, BAD, "invalid_client"),
            Self::NoReplyAddress { .. } => (500_113, BAD, "invalid_request"),
            Self::ReplyAddressMismatch { .. } => (500_112, BAD, "invalid_grant"),
            Self::MissingInQuery(_) => (900_144, BAD, "invalid_request"),
            Self::UnsupportedResponseType(_) => (70_005, BAD, "unsupported_response_type"),
            Self::IdTokenNotEnabled => (700_054, BAD, "unsupported_response_type"),
            Self::TokenNotEnabled => (700_051, BAD, "unsupported_response_type"),
            Self::ResponseMode(_) => (70_007, BAD, "unsupported_response_mode"),
            Self::UnsupportedPrompt(_) => (90_023, BAD, "invalid_request"),
            Self::LoginRequired => (50_058, BAD, "login_required"),
            Self::InteractionRequired { .. } => (16_000, BAD, "interaction_required"),
            Self::Declined => (65_004, BAD, "access_denied"),
            Self::OrganizationsOnly { .. } => (9_002_332, BAD, "invalid_request"),
            Self::SeveralResources(_) => (28_000, BAD, "invalid_scope"),
            Self::DefaultWithOthers(_) => (70_011, BAD, "invalid_scope"),
            Self::NoSuchPermission { .. } => (650_053, BAD, "invalid_client"),
            Self::NoConsent { .. } => (65_001, BAD, "invalid_grant"),
            Self::ConsentRequired { .. } => (65_001, BAD, "interaction_required"),
            Self::AdministratorNeeded => (90_094, BAD, "access_denied"),
            Self::ResourceNotListed { .. } => (650_057, BAD, "invalid_resource"),
            Self::UserNotFound { .. } => (50_034, BAD, "invalid_grant"),
            Self::UserNotAssigned { .. } => (50_105, BAD, "invalid_grant"),
            Self::WrongPassword => (50_126, BAD, "invalid_grant"),
            Self::UserDisabled => (50_057, BAD, "invalid_grant"),
            Self::ChallengeSize => (501_491, BAD, "invalid_request"),
            Self::ChallengeMethod => (50_149, BAD, "invalid_request"),
            Self::VerifierUnexpected => (50_148, BAD, "invalid_grant"),
            Self::VerifierMismatch => (501_481, BAD, "invalid_grant"),
            Self::CodeRedeemed => (54_005, BAD, "invalid_grant"),
            Self::CodeExpired => (70_008, BAD, "invalid_grant"),
            Self::InvalidGrant | Self::RefreshTokenReused => (70_000, BAD, "invalid_grant"),
            Self::RefreshTokenExpired { .. } => (700_082, BAD, "invalid_grant"),
            Self::BrowserRefreshTokenExpired { .. } => (700_084, BAD, "invalid_grant"),
            Self::GrantRevoked { .. } | Self::AssertionRevoked { .. } => (50_173, BAD, "invalid_grant"),
            Self::ChallengeRequired => (9_002_325, BAD, "invalid_request"),
            Self::CrossOriginOnly => (9_002_327, BAD, "invalid_request"),
            Self::CrossOriginRefused => (9_002_326, BAD, "invalid_request"),
            Self::AuthorizationPending => (70_016, BAD, "authorization_pending"),
            Self::SlowDown => (70_016, BAD, "slow_down"),
            Self::AuthorizationDeclined => (70_018, BAD, "authorization_declined"),
            Self::BadVerificationCode => (70_019, BAD, "bad_verification_code"),
            Self::DeviceCodeExpired => (70_020, BAD, "expired_token"),
            Self::UserCodeUnknown => (90_114, BAD, "invalid_request"),
            Self::AssertionSignature { .. } => (50_013, BAD, "invalid_grant"),
            Self::UnknownRealm(_) => (50_107, BAD, "invalid_request"),
            Self::AssertionForAnother { .. } => (500_131, BAD, "invalid_grant"),
            Self::AssertionExpired { .. } => (500_133, BAD, "invalid_grant"),
            Self::AssertionOfApplication { .. } => (7_000_114, BAD, "invalid_grant"),
            Self::InvalidBearer => (50_000, UNPROVEN, "invalid_token"),
            Self::Internal => (90_033, StatusCode::INTERNAL_SERVER_ERROR, "temporarily_unavailable"),
        };
        Refusal { code, status, error }
    }
}
