//! `…/publishers/{p}/artifacttypes/vmimage/offers/{o}/skus/{s}/versions`: what there is of an image of the marketplace.
//! Which images there are, [`image_catalogue`] knows.

use serde_json::{Value, json};

use super::image_catalogue::{self, Image};
use super::{Read, ResourceType, canonical_region};
use crate::answer::Answer;
use crate::error::ArmError;

pub(crate) struct ImageVersions;

impl ResourceType for ImageVersions {
    fn name(&self) -> &'static str {
        "Microsoft.Compute/locations/publishers/artifacttypes/offers/skus/versions"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2024-11-01", "2024-07-01", "2024-03-01"]
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["GET", "LIST"]
    }

    fn is_listed_as_resource(&self) -> bool {
        false
    }

    /// A bare array (AZ-WIRE 9.1), newest first unless the caller orders otherwise.
    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let place = Place::of(read)?;
        let query = |name: &str| read.request.query.get(name).unwrap_or_default().to_ascii_lowercase();
        let mut versions = image_catalogue::VERSIONS.to_vec();
        if query("$orderby").trim() == "name asc" {
            versions.reverse();
        }
        if let Ok(top) = query("$top").parse() {
            versions.truncate(top);
        }
        let with_properties = query("$expand").contains("properties");
        let shown: Vec<Value> = versions.into_iter().map(|version| place.shown(version, with_properties)).collect();
        Ok(Answer::ok(Value::Array(shown)))
    }

    fn get(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let version = read.route.name();
        match image_catalogue::is_version(version) {
            true => Ok(Answer::ok(Place::of(read)?.shown(version, true))),
            false => Err(ArmError::NotFound("Artifact: VMImage was not found.".to_owned())),
        }
    }
}

/// An image as a region has it.
struct Place<'a> {
    subscription: &'a str,
    region: String,
    image: Image,
}

impl<'a> Place<'a> {
    fn of(read: &Read<'a>) -> Result<Self, ArmError> {
        let subscription = read.route.path.subscription();
        let names = read.route.path.last().map(|part| part.names.as_slice());
        match (subscription, names) {
            (Some(subscription), Some([region, publisher, kind, offer, sku, ..]))
                if kind.eq_ignore_ascii_case("vmimage") =>
            {
                Ok(Self {
                    subscription,
                    region: canonical_region(region),
                    image: image_catalogue::image(publisher, offer, sku),
                })
            }
            _ => Err(read.route.no_such_type(read.api_version)),
        }
    }

    /// Ids of images have capitals everywhere (RECORDED-FACTS 5).
    fn shown(&self, version: &str, with_properties: bool) -> Value {
        let Self { subscription, region, image } = self;
        let mut shown = json!({
            "location": region,
            "name": version,
            "id": format!(
                "/Subscriptions/{subscription}/Providers/Microsoft.Compute/Locations/{region}/Publishers/{}/ArtifactTypes/VMImage/Offers/{}/\
                 Skus/{}/Versions/{version}",
                image.publisher, image.offer, image.sku
            ),
        });
        if with_properties {
            shown["properties"] = properties(image);
        }
        shown
    }
}

fn properties(image: &Image) -> Value {
    let is_second = image.generation == "V2";
    let mut features = vec![
        json!({"name": "IsAcceleratedNetworkSupported", "value": "True"}),
        json!({"name": "DiskControllerTypes", "value": "SCSI, NVMe"}),
        json!({"name": "IsHibernateSupported", "value": "True"}),
    ];
    if is_second && image.architecture == "x64" {
        features.insert(0, json!({"name": "SecurityType", "value": "TrustedLaunchSupported"}));
    }
    let gibibytes: u64 = if image.operating_system == "Windows" { 127 } else { 30 };
    json!({
        "hyperVGeneration": image.generation,
        "architecture": image.architecture,
        "replicaType": if is_second { "Managed" } else { "Unmanaged" },
        "disallowed": {"vmDiskType": if is_second { "Unmanaged" } else { "None" }},
        "automaticOSUpgradeProperties": {"automaticOSUpgradeSupported": false},
        "imageDeprecationStatus": {"imageState": "Active"},
        "features": features,
        "osDiskImage": {"operatingSystem": image.operating_system, "sizeInBytes": gibibytes << 30},
        "dataDiskImages": [],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_shown_as_recorded() {
        let image = image_catalogue::image("canonical", "ubuntuserver", "18.04-lts");
        let place = Place { subscription: "s", region: "westus".into(), image };
        let id = "/Subscriptions/s/Providers/Microsoft.Compute/Locations/westus/Publishers/Canonical/ArtifactTypes/VMImage/Offers/UbuntuServer/\
                  Skus/18.04-LTS/Versions/18.04.202401161";
        assert_eq!(
            place.shown("18.04.202401161", false),
            json!({"location": "westus", "name": "18.04.202401161", "id": id})
        );
        insta::assert_snapshot!(place.shown("18.04.202401161", true)["properties"].to_string(), @r#"{"hyperVGeneration":"V1","architecture":"x64","replicaType":"Unmanaged","disallowed":{"vmDiskType":"None"},"automaticOSUpgradeProperties":{"automaticOSUpgradeSupported":false},"imageDeprecationStatus":{"imageState":"Active"},"features":[{"name":"IsAcceleratedNetworkSupported","value":"True"},{"name":"DiskControllerTypes","value":"SCSI, NVMe"},{"name":"IsHibernateSupported","value":"True"}],"osDiskImage":{"operatingSystem":"Linux","sizeInBytes":32212254720},"dataDiskImages":[]}"#);
    }

    #[test]
    fn generations_differ() {
        let shown = |sku: &str| properties(&image_catalogue::image("Canonical", "0001-com-ubuntu-server-jammy", sku));
        let (first, second) = (shown("22_04-lts"), shown("22_04-lts-gen2"));
        assert_eq!(
            (&first["disallowed"]["vmDiskType"], &first["features"][0]["name"]),
            (&json!("None"), &json!("IsAcceleratedNetworkSupported"))
        );
        assert_eq!(
            (&second["disallowed"]["vmDiskType"], &second["features"][0]["name"]),
            (&json!("Unmanaged"), &json!("SecurityType"))
        );
    }
}
