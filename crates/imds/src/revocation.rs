//! What a program says about tokens that are taken back before their end: whether it could bear that, and which one was.
//! App Service and Service Fabric listen to it, a VM's service does not (IDENTITY-WIRE 1.10, 2.5). Pure.

use crate::query::Query;

/// What a request says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Revocation<'q> {
    /// The program has the capability `cp1`: a resource may refuse its token and have it ask for another.
    pub(crate) is_understood: bool,
    /// The SHA-256 of the token that was refused, in hexadecimal digits: that one must not be given again.
    refused: Option<&'q str>,
}

impl<'q> Revocation<'q> {
    /// Reads `xms_cc` and `token_sha256_to_refresh`.
    pub(crate) fn of(query: &'q Query<'_>) -> Self {
        let capabilities = query.get("xms_cc").unwrap_or_default();
        Self {
            is_understood: capabilities.split(',').any(|capability| capability.trim().eq_ignore_ascii_case("cp1")),
            refused: query.get("token_sha256_to_refresh"),
        }
    }

    /// Whether the token with this hash was refused.
    pub(crate) fn refuses(self, sha256: [u8; 32]) -> bool {
        let hex = || sha256.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        self.refused.is_some_and(|refused| refused.eq_ignore_ascii_case(&hex()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_are_a_list_and_a_hash_has_no_case() {
        for (query, is_understood, refuses) in [
            ("", false, false),
            ("xms_cc=cp1", true, false),
            ("xms_cc=cp2,CP1", true, false),
            ("xms_cc=cp11&token_sha256_to_refresh=", false, false),
            ("token_sha256_to_refresh=0A", false, false),
            (&format!("token_sha256_to_refresh={}", "0A".repeat(32)), false, true),
        ] {
            let query = Query::parse(query).unwrap();
            let said = Revocation::of(&query);
            assert_eq!((said.is_understood, said.refuses([10; 32])), (is_understood, refuses), "{said:?}");
        }
    }
}
