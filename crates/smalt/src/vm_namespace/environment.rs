//! The command's environment: the caller's, but for what would lead around the VM or distrust it.

use std::ffi::{OsStr, OsString};

use super::private_files::Trust;

/// In either case: proxies are outside, where the namespace cannot reach; so are the caller's own ports, to which
/// `smalt env` points clients (a VM finds Azure by its public names); and so is what would answer instead of the host's
/// own endpoint: [`imds::VARIABLES`], and one of Terraform.
const DROPPED: [&str; 10] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "FTP_PROXY",
    "ARM_CLOUD_METADATA_URL",
    "ARM_METADATA_HOSTNAME",
    "AZURE_AUTHORITY_HOST",
    "ARM_MSI_ENDPOINT",
    // A directory of single roots would be searched beside the bundle, and knows nothing of smalt.
    "SSL_CERT_DIR",
];

/// Whose credentials `smalt env` prints, and where it puts them: an application that finds them proves itself with them, and
/// not as the VM that it runs on. Others that the caller has are the caller's affair.
const OF_OWNER: [(&str, &str); 4] = [
    ("AZURE_CLIENT_ID", "SMALT_CLIENT_ID"),
    ("AZURE_CLIENT_SECRET", "SMALT_CLIENT_SECRET"),
    ("ARM_CLIENT_ID", "SMALT_CLIENT_ID"),
    ("ARM_CLIENT_SECRET", "SMALT_CLIENT_SECRET"),
];

/// Who reads which: curl; OpenSSL, Go, Rust and httpx; Python requests and the Azure CLI; Node.
const BUNDLES: [&str; 4] = ["CURL_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"];

/// Java reads no variable for its trust, only options; a caller's own options stay.
const JAVA: &str = "JAVA_TOOL_OPTIONS";

/// What the command gets, from what the caller has and what the host sets.
pub(super) fn environment(
    inherited: impl IntoIterator<Item = (OsString, OsString)>,
    trust: &Trust,
    of_host: &[(String, String)],
) -> Vec<(OsString, OsString)> {
    let inherited: Vec<(OsString, OsString)> = inherited.into_iter().collect();
    let is_owners = |name: &OsStr, value: &OsStr| {
        let origin = OF_OWNER.iter().find(|(copy, _)| name == *copy).map(|(_, origin)| *origin);
        origin.is_some_and(|origin| inherited.iter().any(|(known, own)| known == origin && own == value))
    };
    let mut java = OsString::new();
    let mut variables = Vec::new();
    for (name, value) in inherited.iter().cloned() {
        if name == JAVA {
            java = value;
            java.push(" ");
        } else if !is(&name, &DROPPED)
            && !is(&name, &imds::VARIABLES)
            && !is_owners(&name, &value)
            && !BUNDLES.iter().any(|bundle| name == *bundle)
        {
            variables.push((name, value));
        }
    }
    variables.extend(BUNDLES.map(|name| (name.into(), trust.bundle.clone().into())));
    java.push("-Djavax.net.ssl.trustStoreType=PKCS12 -Djavax.net.ssl.trustStore=");
    java.push(&trust.trust_store);
    variables.push((JAVA.into(), java));
    variables.retain(|(name, _)| !of_host.iter().any(|(own, _)| name == own.as_str()));
    variables.extend(of_host.iter().map(|(name, value)| (name.into(), value.into())));
    variables
}

fn is(name: &OsStr, names: &[&str]) -> bool {
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(inherited: &[(&str, &str)]) -> Vec<String> {
        let inherited = inherited.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let trust = Trust { bundle: "/srv/ca.pem".into(), trust_store: "/srv/ca.p12".into() };
        let variables = environment(inherited, &trust, &[]);
        variables.iter().map(|(name, value)| format!("{}={}", name.display(), value.display())).collect()
    }

    const ADDED: [&str; 5] = [
        "CURL_CA_BUNDLE=/srv/ca.pem",
        "SSL_CERT_FILE=/srv/ca.pem",
        "REQUESTS_CA_BUNDLE=/srv/ca.pem",
        "NODE_EXTRA_CA_CERTS=/srv/ca.pem",
        "JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStoreType=PKCS12 -Djavax.net.ssl.trustStore=/srv/ca.p12",
    ];

    #[test]
    fn what_is_not_named_here_passes_through_in_order() {
        let mut expected = vec!["HOME=/root", "AZURE_TENANT_ID=t", "home=x"];
        expected.extend(ADDED);
        assert_eq!(inside(&[("HOME", "/root"), ("AZURE_TENANT_ID", "t"), ("home", "x")]), expected);
    }

    #[test]
    fn ways_round_the_vm_are_dropped_in_either_case() {
        for name in DROPPED.into_iter().chain(imds::VARIABLES) {
            assert_eq!(inside(&[(name, "x"), (&name.to_lowercase(), "x")]), ADDED, "{name}");
        }
    }

    #[test]
    fn the_owner_stays_outside_and_others_come_along() {
        let smalt_s = [("SMALT_CLIENT_ID", "owner"), ("SMALT_CLIENT_SECRET", "word")];
        for (name, value) in
            [("AZURE_CLIENT_ID", "owner"), ("AZURE_CLIENT_SECRET", "word"), ("ARM_CLIENT_SECRET", "word")]
        {
            let others = format!("{name}=other");
            let mut kept = vec!["SMALT_CLIENT_ID=owner", "SMALT_CLIENT_SECRET=word"];
            kept.extend(ADDED);
            assert_eq!(inside(&[smalt_s[0], smalt_s[1], (name, value)]), kept, "{name}");
            kept.insert(2, &others);
            assert_eq!(inside(&[smalt_s[0], smalt_s[1], (name, "other")]), kept, "{name}");
        }
    }

    #[test]
    fn what_the_host_sets_is_set_whatever_the_caller_has() {
        let inherited = [("MSI_ENDPOINT", "x"), ("WEBSITE_SITE_NAME", "x")].map(|(n, v)| (n.into(), v.into()));
        let trust = Trust { bundle: "/srv/ca.pem".into(), trust_store: "/srv/ca.p12".into() };
        let own = ["MSI_ENDPOINT", "WEBSITE_SITE_NAME"].map(|name| (name.to_owned(), "own".to_owned()));
        let variables = environment(inherited, &trust, &own);
        let shown: Vec<_> =
            variables.iter().filter(|(name, _)| own.iter().any(|(own, _)| name == own.as_str())).collect();
        assert_eq!(shown.len(), 2);
        assert!(shown.iter().all(|(_, value)| value == "own"), "{shown:?}");
    }

    #[test]
    fn other_trust_is_replaced_and_java_options_are_kept() {
        assert_eq!(inside(&[("SSL_CERT_FILE", "/other"), ("NODE_EXTRA_CA_CERTS", "/other")]), ADDED);
        let java = inside(&[("JAVA_TOOL_OPTIONS", "-Xmx1g")]).pop().unwrap();
        assert!(java.starts_with("JAVA_TOOL_OPTIONS=-Xmx1g -Djavax.net.ssl.trustStoreType=PKCS12 "), "{java}");
    }
}
