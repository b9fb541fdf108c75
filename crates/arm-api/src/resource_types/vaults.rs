//! Vaults, as Resource Manager sees them: what a vault is and who may use it. What it keeps is the data plane's
//! (`keyvault`). Shapes and words: RECORDED-FACTS 8, AZ-WIRE 13.

use axum::http::StatusCode;
use model::{JsonMap, Resource, Scope, VAULTS, VaultCertificate, VaultSecret};
use serde_json::{Value, json};
use store::{Snapshot, Tx};
use uuid::Uuid;

use super::{ResourceType, Style, Write, network};
use crate::error::ArmError;
use crate::request::Request;

/// From this api-version on roles decide who may use a new vault, if nothing is said; before, access policies.
const ROLES_BY_DEFAULT: &str = "2026-02-01";

pub(crate) struct Vaults;

impl ResourceType for Vaults {
    fn name(&self) -> &'static str {
        VAULTS
    }

    fn api_versions(&self) -> &'static [&'static str] {
        &[ROLES_BY_DEFAULT, "2024-11-01", "2023-07-01", "2023-02-01", "2022-07-01", "2021-10-01", "2019-09-01"]
    }

    /// Always 200 (RECORDED-FACTS 3). Azure says `RegisteringDns` first; names are known at once here.
    fn style(&self) -> Style {
        Style { polling: None, created: 200, deleted: 200 }
    }

    fn read_only(&self) -> &'static [&'static str] {
        &["vaultUri", "provisioningState", "privateEndpointConnections", "hsmPoolResourceId"]
    }

    fn complete(&self, write: &mut Write<'_>, draft: &mut Resource, before: Option<&Resource>) -> Result<(), ArmError> {
        if before.is_none() {
            check_name(&write.tx, &draft.name)?;
        }
        let roles = write.api_version >= ROLES_BY_DEFAULT;
        network::fill(
            &mut draft.spec,
            json!({
                "accessPolicies": [], "enabledForDeployment": false, "enableSoftDelete": true,
                "softDeleteRetentionInDays": 90, "enableRbacAuthorization": roles, "publicNetworkAccess": "Enabled",
            }),
        );
        check_properties(&draft.spec)?;
        draft.tags.get_or_insert_default();
        draft.status.insert("provisioningState".into(), json!("Succeeded"));
        Ok(())
    }

    fn release(&self, tx: &mut Tx, vault: &Resource) -> Result<(), ArmError> {
        tx.purge_vault(&vault.scope());
        Ok(())
    }

    fn finish(&self, _world: &Snapshot, vault: &Resource, request: &Request, shown: &mut JsonMap) {
        if let Some(properties) = shown.get_mut("properties") {
            // Below the address by which the client came, as every URL in an answer.
            properties["vaultUri"] = json!(format!("https://{}.{}/", vault.name, request.vault_dns));
        }
    }
}

/// Whether a scope is a secret or a certificate that is there: roles are assigned on one as on any resource (RBAC A2),
/// though only the data plane makes it.
pub(crate) fn keeps(world: &Snapshot, scope: &Scope) -> bool {
    let mut words = scope.as_str().rsplitn(3, '/');
    let (Some(name), Some(collection), Some(vault)) = (words.next(), words.next(), words.next()) else { return false };
    let vault = Scope::new(vault);
    world.resource_type_of(&vault) == Some(VAULTS)
        && match collection {
            "secrets" => world.vault_object::<VaultSecret>(&vault, name).is_some(),
            "certificates" => world.vault_object::<VaultCertificate>(&vault, name).is_some(),
            _ => false,
        }
}

/// A vault's name is a host's, and nobody else's.
fn check_name(world: &Snapshot, name: &str) -> Result<(), ArmError> {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    let is_valid = (3..=24).contains(&name.len())
        && is_letter(name.chars().next())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !name.ends_with('-')
        && !name.contains("--");
    if !is_valid {
        return Err(ArmError::bad(
            "VaultNameNotValid",
            format!(
                "The vault name '{name}' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name must begin \
                 with a letter, end with a letter or digit, and not contain consecutive hyphens. Follow this link for more \
                 information: https://go.microsoft.com/fwlink/?linkid=2147742"
            ),
        ));
    }
    match world.vault(name) {
        None => Ok(()),
        Some(_) => Err(ArmError::Provider {
            status: StatusCode::CONFLICT,
            code: "VaultAlreadyExists",
            message: format!(
                "The vault name '{name}' is already in use. Vault names are globally unique so it is possible that the name is already \
                 taken. If you are sure that the vault name was not taken then it is possible that a vault with the same name was \
                 recently deleted but not purged after being placed in a recoverable state. If the vault is in a recoverable state \
                 then the vault will need to be purged before reusing the name. For more information on soft delete and purging a \
                 vault follow this link https://go.microsoft.com/fwlink/?linkid=2147740."
            ),
        }),
    }
}

fn check_properties(spec: &JsonMap) -> Result<(), ArmError> {
    let of = |name: &str| spec.get(name).unwrap_or(&Value::Null);
    let is_guid = |value: &Value| value.as_str().is_some_and(|text| Uuid::parse_str(text).is_ok());
    let sku = of("sku");
    let is_sku = ["standard", "premium"].iter().any(|known| sku["name"].as_str() == Some(known));
    let is_policy = |policy: &Value| {
        is_guid(&policy["tenantId"]) && is_guid(&policy["objectId"]) && policy["permissions"].is_object()
    };
    for (name, holds) in [
        ("tenantId", is_guid(of("tenantId"))),
        ("sku", sku["family"] == "A" && is_sku),
        ("accessPolicies", of("accessPolicies").as_array().is_some_and(|all| all.iter().all(is_policy))),
        ("enableRbacAuthorization", of("enableRbacAuthorization").is_boolean()),
        ("softDeleteRetentionInDays", of("softDeleteRetentionInDays").as_i64().is_some_and(|d| (7..=90).contains(&d))),
    ] {
        if !holds {
            return Err(ArmError::bad("BadRequest", format!("An invalid value was provided for '{name}'.")));
        }
    }
    Ok(())
}
