//! The serializer's way with the names of outputs (RECORDED-FACTS 4).

/// Lowers the leading run of capitals, except the last one before something that is no capital: `WEBSITE_URL` is
/// answered as `websitE_URL`.
pub(crate) fn camel(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let capital = |i: usize| chars.get(i).is_some_and(|c| c.is_uppercase());
    let lowered = |i: usize| capital(i) && (i == 0 || i + 1 == chars.len() || capital(i + 1));
    let run = (0..chars.len()).take_while(|i| lowered(*i)).count();
    let head = chars[..run].iter().flat_map(|c| c.to_lowercase());
    head.chain(chars[run..].iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lowered_as_recorded() {
        for (name, expected) in [
            ("WEBSITE_URL", "websitE_URL"),
            ("AZURE_STORAGE_ACCOUNT_ID", "azurE_STORAGE_ACCOUNT_ID"),
            ("STRING", "string"),
            ("OBJECT_PARAM", "objecT_PARAM"),
            ("Name", "name"),
            ("already", "already"),
            ("IPAddress", "ipAddress"),
            ("A1", "a1"),
            ("", ""),
        ] {
            assert_eq!(camel(name), expected);
        }
    }
}
