//! Images of the marketplace. Every image exists, whatever its publisher, offer and sku are called, and in every version
//! that a caller names: no template must fail because a list of images is out of date. The table holds what the names of
//! well-known images do not tell.

use serde_json::{Value, json};

/// Versions that a list shows, newest first; those of every image.
pub(crate) const VERSIONS: [&str; 3] = ["1.0.202601150", "1.0.202510080", "1.0.202507020"];

/// What `latest` means.
pub(crate) const LATEST: &str = VERSIONS[0];

/// Publisher, offer, sku, generation of well-known images, in the spelling that answers have: those for which the Azure
/// CLI has a short name, and a few that templates name.
const WELL_KNOWN: [(&str, &str, &str, &str); 22] = [
    ("almalinux", "almalinux-x86_64", "9-gen2", "V2"),
    ("Canonical", "0001-com-ubuntu-server-focal", "20_04-lts-gen2", "V2"),
    ("Canonical", "0001-com-ubuntu-server-jammy", "22_04-lts", "V1"),
    ("Canonical", "0001-com-ubuntu-server-jammy", "22_04-lts-gen2", "V2"),
    ("Canonical", "ubuntu-24_04-lts", "server", "V2"),
    ("Canonical", "ubuntu-24_04-lts", "ubuntu-pro", "V2"),
    ("Canonical", "UbuntuServer", "18.04-LTS", "V1"),
    ("Debian", "debian-11", "11-backports-gen2", "V2"),
    ("Debian", "debian-12", "12-gen2", "V2"),
    ("kinvolk", "flatcar-container-linux-free", "stable-gen2", "V2"),
    ("MicrosoftWindowsDesktop", "windows-11", "win11-24h2-pro", "V2"),
    ("MicrosoftWindowsServer", "WindowsServer", "2012-R2-Datacenter", "V1"),
    ("MicrosoftWindowsServer", "WindowsServer", "2016-Datacenter", "V1"),
    ("MicrosoftWindowsServer", "WindowsServer", "2019-Datacenter", "V1"),
    ("MicrosoftWindowsServer", "WindowsServer", "2019-datacenter-gensecond", "V2"),
    ("MicrosoftWindowsServer", "WindowsServer", "2022-datacenter-azure-edition", "V2"),
    ("MicrosoftWindowsServer", "WindowsServer", "2022-datacenter-azure-edition-core", "V2"),
    ("MicrosoftWindowsServer", "WindowsServer", "2022-datacenter-g2", "V2"),
    ("OpenLogic", "CentOS", "8_5-gen2", "V2"),
    ("RedHat", "RHEL", "8-lvm-gen2", "V2"),
    ("SUSE", "opensuse-leap-15-4", "gen2", "V2"),
    ("SUSE", "sles-15-sp5", "gen2", "V2"),
];

/// The Azure CLI's short names: alias, publisher, offer, sku. The CLI asks the cloud for them before it falls back on its
/// own (AZ-WIRE 9.1).
const ALIASES: [(&str, &str, &str, &str); 13] = [
    ("Ubuntu2204", "Canonical", "0001-com-ubuntu-server-jammy", "22_04-lts-gen2"),
    ("Ubuntu2404", "Canonical", "ubuntu-24_04-lts", "server"),
    ("Ubuntu2404Pro", "Canonical", "ubuntu-24_04-lts", "ubuntu-pro"),
    ("Debian11", "Debian", "debian-11", "11-backports-gen2"),
    ("CentOS85Gen2", "OpenLogic", "CentOS", "8_5-gen2"),
    ("RHELRaw8LVMGen2", "RedHat", "RHEL", "8-lvm-gen2"),
    ("SuseSles15SP5", "SUSE", "sles-15-sp5", "gen2"),
    ("OpenSuseLeap154Gen2", "SUSE", "opensuse-leap-15-4", "gen2"),
    ("FlatcarLinuxFreeGen2", "kinvolk", "flatcar-container-linux-free", "stable-gen2"),
    ("Win2022Datacenter", "MicrosoftWindowsServer", "WindowsServer", "2022-datacenter-g2"),
    ("Win2022AzureEditionCore", "MicrosoftWindowsServer", "WindowsServer", "2022-datacenter-azure-edition-core"),
    ("Win2019Datacenter", "MicrosoftWindowsServer", "WindowsServer", "2019-datacenter-gensecond"),
    ("Win2016Datacenter", "MicrosoftWindowsServer", "WindowsServer", "2016-Datacenter"),
];

/// The document of short names, in the form of the public one.
pub(crate) fn alias_document() -> Value {
    let mut by_system = json!({"Linux": {}, "Windows": {}});
    for (alias, publisher, offer, sku) in ALIASES {
        by_system[operating_system(publisher, offer, sku)][alias] = json!({
            "publisher": publisher, "offer": offer, "sku": sku, "version": "latest", "architecture": "x64",
        });
    }
    json!({"outputs": {"aliases": {"type": "object", "value": by_system}}})
}

/// Publishers of Windows begin like this.
const WINDOWS_PUBLISHERS: [&str; 6] = [
    "microsoftwindows",
    "microsoftsqlserver",
    "microsoftvisualstudio",
    "microsoftsharepoint",
    "microsoftdynamics",
    "microsoftbiztalkserver",
];

/// An image: names as answers spell them, and what it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Image {
    pub(crate) publisher: String,
    pub(crate) offer: String,
    pub(crate) sku: String,
    /// `V1` or `V2` of Hyper-V.
    pub(crate) generation: &'static str,
    /// `x64` or `Arm64`.
    pub(crate) architecture: &'static str,
    /// `Linux` or `Windows`.
    pub(crate) operating_system: &'static str,
}

/// The image of these names, whatever their case.
pub(crate) fn image(publisher: &str, offer: &str, sku: &str) -> Image {
    let is_it = |(p, o, s, _): &&(&str, &str, &str, &str)| {
        p.eq_ignore_ascii_case(publisher) && o.eq_ignore_ascii_case(offer) && s.eq_ignore_ascii_case(sku)
    };
    let known = WELL_KNOWN.iter().find(is_it);
    let (p, o, s, generation) = known.copied().unwrap_or((publisher, offer, sku, generation(sku)));
    Image {
        publisher: p.to_owned(),
        offer: o.to_owned(),
        sku: s.to_owned(),
        generation,
        architecture: if sku.to_ascii_lowercase().contains("arm64") { "Arm64" } else { "x64" },
        operating_system: operating_system(publisher, offer, sku),
    }
}

/// The system that an image holds: `Linux` or `Windows`. The publisher tells, except for SQL Server, which comes on both
/// and says on which in its other names.
pub(crate) fn operating_system(publisher: &str, offer: &str, sku: &str) -> &'static str {
    let publisher = publisher.to_ascii_lowercase();
    let rest = format!("{offer} {sku}").to_ascii_lowercase();
    let on_linux = ["ubuntu", "rhel", "sles", "linux"].iter().any(|word| rest.contains(word));
    match WINDOWS_PUBLISHERS.iter().any(|known| publisher.starts_with(known)) && !on_linux {
        true => "Windows",
        false => "Linux",
    }
}

/// Skus of the second generation say so.
fn generation(sku: &str) -> &'static str {
    let sku = sku.to_ascii_lowercase();
    match ["gen2", "g2", "gensecond", "arm64", "win11"].iter().any(|word| sku.contains(word)) {
        true => "V2",
        false => "V1",
    }
}

/// Whether `text` is written as versions are: numbers with points between them.
pub(crate) fn is_version(text: &str) -> bool {
    text.contains('.') && text.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_known_by_its_names() {
        for (names, expected) in [
            (("canonical", "UBUNTU-24_04-lts", "Server"), ("Canonical", "V2", "x64", "Linux")),
            (("Canonical", "ubuntu-25_10", "server-arm64"), ("Canonical", "V2", "Arm64", "Linux")),
            (
                ("MicrosoftWindowsServer", "WindowsServer", "2022-datacenter-g2"),
                ("MicrosoftWindowsServer", "V2", "x64", "Windows"),
            ),
            (
                ("MicrosoftWindowsServer", "WindowsServer", "2012-Datacenter"),
                ("MicrosoftWindowsServer", "V1", "x64", "Windows"),
            ),
            (
                ("MicrosoftSQLServer", "sql2022-ws2022", "enterprise-gen2"),
                ("MicrosoftSQLServer", "V2", "x64", "Windows"),
            ),
            (("MicrosoftSQLServer", "sql2022-ubuntu2204", "web"), ("MicrosoftSQLServer", "V1", "x64", "Linux")),
            (("acme", "thing", "one"), ("acme", "V1", "x64", "Linux")),
        ] {
            let found = image(names.0, names.1, names.2);
            assert_eq!(
                (found.publisher.as_str(), found.generation, found.architecture, found.operating_system),
                expected,
                "{names:?}"
            );
        }
    }

    #[test]
    fn versions_are_in_order_and_well_formed() {
        assert!(VERSIONS.iter().all(|v| is_version(v)) && VERSIONS.is_sorted_by(|a, b| a > b));
        for wrong in ["", "latest", "1", "1..2", "1.x", "1.2."] {
            assert!(!is_version(wrong), "{wrong}");
        }
    }
}
