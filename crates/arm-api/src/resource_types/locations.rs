//! `/subscriptions/{s}/locations`: Azure's regions.

use serde_json::{Value, json};

use super::{Access, Read, ResourceType};
use crate::answer::Answer;
use crate::error::ArmError;

/// Name, display name, geography, paired region. Facts of the public cloud.
const REGIONS: [(&str, &str, &str, &str, &str); 60] = [
    ("australiacentral", "Australia Central", "Australia", "Asia Pacific", "australiacentral2"),
    ("australiacentral2", "Australia Central 2", "Australia", "Asia Pacific", "australiacentral"),
    ("australiaeast", "Australia East", "Australia", "Asia Pacific", "australiasoutheast"),
    ("australiasoutheast", "Australia Southeast", "Australia", "Asia Pacific", "australiaeast"),
    ("austriaeast", "Austria East", "Austria", "Europe", ""),
    ("belgiumcentral", "Belgium Central", "Belgium", "Europe", ""),
    ("brazilsouth", "Brazil South", "Brazil", "South America", "southcentralus"),
    ("brazilsoutheast", "Brazil Southeast", "Brazil", "South America", "brazilsouth"),
    ("canadacentral", "Canada Central", "Canada", "Canada", "canadaeast"),
    ("canadaeast", "Canada East", "Canada", "Canada", "canadacentral"),
    ("centralindia", "Central India", "India", "Asia Pacific", "southindia"),
    ("centralus", "Central US", "United States", "US", "eastus2"),
    ("centraluseuap", "Central US EUAP", "United States", "US", "eastus2euap"),
    ("chilecentral", "Chile Central", "Chile", "South America", ""),
    ("eastasia", "East Asia", "Asia Pacific", "Asia Pacific", "southeastasia"),
    ("eastus", "East US", "United States", "US", "westus"),
    ("eastus2", "East US 2", "United States", "US", "centralus"),
    ("eastus2euap", "East US 2 EUAP", "United States", "US", "centraluseuap"),
    ("francecentral", "France Central", "France", "Europe", "francesouth"),
    ("francesouth", "France South", "France", "Europe", "francecentral"),
    ("germanynorth", "Germany North", "Germany", "Europe", "germanywestcentral"),
    ("germanywestcentral", "Germany West Central", "Germany", "Europe", "germanynorth"),
    ("indonesiacentral", "Indonesia Central", "Indonesia", "Asia Pacific", ""),
    ("israelcentral", "Israel Central", "Israel", "Middle East", ""),
    ("italynorth", "Italy North", "Italy", "Europe", ""),
    ("japaneast", "Japan East", "Japan", "Asia Pacific", "japanwest"),
    ("japanwest", "Japan West", "Japan", "Asia Pacific", "japaneast"),
    ("jioindiacentral", "Jio India Central", "India", "Asia Pacific", "jioindiawest"),
    ("jioindiawest", "Jio India West", "India", "Asia Pacific", "jioindiacentral"),
    ("koreacentral", "Korea Central", "Korea", "Asia Pacific", "koreasouth"),
    ("koreasouth", "Korea South", "Korea", "Asia Pacific", "koreacentral"),
    ("malaysiawest", "Malaysia West", "Malaysia", "Asia Pacific", ""),
    ("mexicocentral", "Mexico Central", "Mexico", "Mexico", ""),
    ("newzealandnorth", "New Zealand North", "New Zealand", "Asia Pacific", ""),
    ("northcentralus", "North Central US", "United States", "US", "southcentralus"),
    ("northeurope", "North Europe", "Europe", "Europe", "westeurope"),
    ("norwayeast", "Norway East", "Norway", "Europe", "norwaywest"),
    ("norwaywest", "Norway West", "Norway", "Europe", "norwayeast"),
    ("polandcentral", "Poland Central", "Poland", "Europe", ""),
    ("qatarcentral", "Qatar Central", "Qatar", "Middle East", ""),
    ("southafricanorth", "South Africa North", "South Africa", "Africa", "southafricawest"),
    ("southafricawest", "South Africa West", "South Africa", "Africa", "southafricanorth"),
    ("southcentralus", "South Central US", "United States", "US", "northcentralus"),
    ("southeastasia", "Southeast Asia", "Asia Pacific", "Asia Pacific", "eastasia"),
    ("southindia", "South India", "India", "Asia Pacific", "centralindia"),
    ("spaincentral", "Spain Central", "Spain", "Europe", ""),
    ("swedencentral", "Sweden Central", "Sweden", "Europe", "swedensouth"),
    ("swedensouth", "Sweden South", "Sweden", "Europe", "swedencentral"),
    ("switzerlandnorth", "Switzerland North", "Switzerland", "Europe", "switzerlandwest"),
    ("switzerlandwest", "Switzerland West", "Switzerland", "Europe", "switzerlandnorth"),
    ("uaecentral", "UAE Central", "UAE", "Middle East", "uaenorth"),
    ("uaenorth", "UAE North", "UAE", "Middle East", "uaecentral"),
    ("uksouth", "UK South", "United Kingdom", "Europe", "ukwest"),
    ("ukwest", "UK West", "United Kingdom", "Europe", "uksouth"),
    ("westcentralus", "West Central US", "United States", "US", "westus2"),
    ("westeurope", "West Europe", "Europe", "Europe", "northeurope"),
    ("westindia", "West India", "India", "Asia Pacific", "southindia"),
    ("westus", "West US", "United States", "US", "eastus"),
    ("westus2", "West US 2", "United States", "US", "westcentralus"),
    ("westus3", "West US 3", "United States", "US", "eastus"),
];

/// The names of all regions.
pub(crate) fn region_names() -> impl Iterator<Item = &'static str> {
    REGIONS.iter().map(|(name, ..)| *name)
}

/// The names of all regions as people read them.
pub(super) fn display_names() -> impl Iterator<Item = &'static str> {
    REGIONS.iter().map(|(_, name, ..)| *name)
}

/// `West Europe` and `westeurope` are one region; answers say `westeurope`.
pub(crate) fn canonical_region(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

pub(crate) struct Locations;

impl ResourceType for Locations {
    fn name(&self) -> &'static str {
        "Microsoft.Resources/subscriptions/locations"
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &["2022-12-01"]
    }

    fn access(&self) -> Access {
        Access::Checked
    }

    fn verbs(&self) -> &'static [&'static str] {
        &["LIST"]
    }

    fn list(&self, read: &Read<'_>) -> Result<Answer, ArmError> {
        let below = read.id();
        let shown: Vec<Value> = REGIONS.iter().map(|region| location(below, *region)).collect();
        Ok(Answer::ok(json!({"value": shown})))
    }
}

fn location(subscription: &str, region: (&str, &str, &str, &str, &str)) -> Value {
    let (name, display_name, geography, group, pair) = region;
    let id = |name: &str| format!("{subscription}/locations/{name}");
    let pairs: Vec<Value> = [pair].iter().filter(|p| !p.is_empty()).map(|p| json!({"name": p, "id": id(p)})).collect();
    json!({
        "id": id(name),
        "name": name,
        "type": "Region",
        "displayName": display_name,
        "regionalDisplayName": format!("({group}) {display_name}"),
        "metadata": {
            "regionType": "Physical",
            "regionCategory": "Recommended",
            "geography": geography,
            "geographyGroup": group,
            "pairedRegion": pairs,
        },
    })
}
