//! Federation: whose tokens stand for an application or a user-assigned identity, and what becomes of them.

mod credentials;
mod exchange;
mod foreign_issuer;
mod issuers;
