//! Principals as bodies name them: who holds a role, who is denied.

use model::PrincipalType;
use uuid::Uuid;

use super::Write;
use crate::error::ArmError;

/// Whom the text names.
pub(super) fn id(text: &str) -> Result<Uuid, ArmError> {
    Uuid::parse_str(text).map_err(|_| {
        ArmError::bad(
            "InvalidPrincipalId",
            format!("The Principal ID '{text}' is not valid. Principal ID must be a GUID."),
        )
    })
}

/// What the principal is: as the directory has it. Where the directory does not have it, the caller's word counts, as it
/// does in Azure, where the directory may be behind; but not by an api-version from before Azure took it.
pub(super) fn kind(write: &Write<'_>, id: Uuid, claimed: Option<&str>) -> Result<PrincipalType, ArmError> {
    let claimed = claimed.map(|text| {
        PrincipalType::parse(text).ok_or_else(|| {
            ArmError::bad(
                "InvalidPrincipalType",
                format!("The principal type '{text}' is not valid. It must be User, Group or ServicePrincipal."),
            )
        })
    });
    let claimed = claimed.transpose()?;
    let since = |claimed: &PrincipalType| match claimed {
        PrincipalType::ServicePrincipal => "2018-09-01-preview",
        PrincipalType::User | PrincipalType::Group => "2020-03-01-preview",
    };
    let known = write.tx.object(id).and_then(|o| o.principal_type());
    match (known, claimed) {
        (Some(known), Some(claimed)) if known != claimed => Err(ArmError::bad(
            "UnmatchedPrincipalType",
            format!(
                "The PrincipalId '{}' has type '{}' , which is different from specified PrinciaplType '{}'.",
                id.simple(),
                known.as_str(),
                claimed.as_str()
            ),
        )),
        (Some(known), _) => Ok(known),
        (None, Some(claimed)) if write.api_version >= since(&claimed) => Ok(claimed),
        (None, _) => Err(ArmError::bad(
            "PrincipalNotFound",
            format!(
                "Principal {} does not exist in the directory {}. Check that you have the correct principal ID. If you are creating this principal \
                 and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment \
                 principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
                id.simple(),
                write.tenant()
            ),
        )),
    }
}
