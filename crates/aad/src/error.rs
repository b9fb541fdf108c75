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
    /// 500011: nothing here answers to the resource's name.
    ResourceNotFound { resource: String, tenant: String },
    /// 9001023: a grant that needs to know the tenant.
    TenantNeeded,
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
        !matches!(self.code, 700_211..=700_213 | 7_002_131 | 7_002_138)
    }
}

impl Aadsts {
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
            Self::ResourceNotFound { .. } => (500_011, BAD, "invalid_resource"),
            Self::TenantNeeded => (9_001_023, BAD, "invalid_request"),
            Self::Internal => (90_033, StatusCode::INTERNAL_SERVER_ERROR, "temporarily_unavailable"),
        };
        Refusal { code, status, error }
    }
}
