//! Tokens and certificates: what they say, how they are signed, how they are verified.
//!
//! What it is: pure functions and small caches over keys that others keep — claims as Entra writes them, RS256 signing
//! with a key parsed once, verification against smalt's own key set, client assertions in every spelling real clients
//! use, the certificates of managed identities, those that sign themselves, and the files they come in.
//!
//! What it is not: it reads no clock, keeps no state of the world and knows no HTTP error.
//!
//! How to add the next: one file per kind of thing; a new token kind is a file under `claims/`.

mod assertion;
mod authority;
mod certificate;
mod claims;
mod ec_key;
mod issuer_token;
mod jwt;
mod key_bundle;
mod key_set;
mod password;
mod resource_app;
mod rsa_key;
mod secret;
mod self_signed;
mod signed_data;
mod signer;
mod verifier;

pub use assertion::{Assertion, AssertionClaims, AssertionError, Thumbprint, client_assertion};
pub use authority::Authority;
pub use certificate::{
    CertificateError, IssuedCertificate, ParsedCertificate, managed_identity, metadata_attestation, token_signing,
};
pub use claims::{
    AppSubject, Entitlements, IdTokenFacts, Lifetime, Person, Proof, Recipient, application, id_token, user,
};
pub use issuer_token::{IssuerClaims, issuer_token};
pub use jwt::{Decoded, decode};
pub use key_bundle::{BundleError, KeyBundle};
pub use key_set::{KeySet, Unverified};
pub use password::{fingerprint, is_password, password_hash, sha256};
pub use resource_app::{ResourceApp, resource_app};
pub use rsa_key::{Algorithm, KeyError, RsaKey};
pub use secret::SecretHasher;
pub use self_signed::{CertificateWish, KeyKind, SelfSigned, generate_key, self_signed};
pub use signed_data::signed_data;
pub use signer::{PublicJwk, Signer, SignerKey};
pub use verifier::{AccessToken, TokenError, Verifier, claims_challenge};
