//! `addKey` and `removeKey`: an application changes its own certificates, proving itself by one that it has. It needs no
//! permission for that.

use model::{DirectoryObject, JsonMap, KeyCredential};
use serde_json::Value;
use store::Tx;
use time::Duration;
use tokens::{Assertion, ParsedCertificate};

use super::access::Area;
use super::answer::Answer;
use super::call::Call;
use super::error::GraphError;
use super::key_credentials::{draw, given_key};
use super::properties::{guid, required_text};
use super::route::Route;
use super::service_principals::refuse_managed;

/// To whom a proof speaks, as Graph's documentation has it: the directory under its old name.
const AUDIENCE: &str = "00000002-0000-0000-c000-000000000000";
/// How long a proof may count.
const LONGEST: Duration = Duration::minutes(10);

/// What can be done below an application or a service principal.
pub(super) const ROUTES: &[Route] =
    &[Route::post("{}/addKey", add).about(Area::ByBody), Route::post("{}/removeKey", remove).about(Area::ByBody)];

fn add(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let wrong = || GraphError::invalid_value("keyCredential", call.noun.class());
    let given = call.body.get("keyCredential").and_then(Value::as_object).ok_or_else(wrong)?;
    let key = given_key(call, given)?;
    let drawn: JsonMap = draw(&key);
    change(call, tx, |keys| {
        if keys.iter().any(|known| known.key_id == key.key_id) {
            return Err(wrong());
        }
        keys.push(key);
        Ok(())
    })?;
    Ok(Answer::Action("microsoft.graph.keyCredential", drawn))
}

fn remove(call: &Call<'_>, tx: &mut Tx) -> Result<Answer, GraphError> {
    let key_id = guid(&call.body, "keyId", call.noun)?;
    let key_id = key_id.ok_or_else(|| GraphError::required("keyId", call.noun.class()))?;
    change(call, tx, |keys| {
        let place = keys.iter().position(|key| key.key_id == key_id);
        let place =
            place.ok_or_else(|| GraphError::Invalid(format!("No key credential found with keyId '{key_id}'.")))?;
        keys.remove(place);
        Ok(())
    })?;
    Ok(Answer::Done)
}

/// Changes the certificates of the object that the path names, if the caller proves to have the key of one.
fn change(
    call: &Call<'_>,
    tx: &mut Tx,
    change: impl FnOnce(&mut Vec<KeyCredential>) -> Result<(), GraphError>,
) -> Result<(), GraphError> {
    let mut object = call.object(tx)?.as_ref().clone();
    let id = object.id().to_string();
    let keys = match &mut object {
        DirectoryObject::Application(application) => &mut application.key_credentials,
        DirectoryObject::ServicePrincipal(principal) => {
            refuse_managed(principal)?;
            &mut principal.key_credentials
        }
        DirectoryObject::User(_) | DirectoryObject::Group(_) => return Err(GraphError::MethodNotAllowed),
    };
    if !proves(call, required_text(&call.body, "proof", call.noun)?, &id, keys) {
        return Err(GraphError::WrongProof);
    }
    change(keys)?;
    tx.put_object(object);
    Ok(())
}

/// Whether `proof` is the object's own, counts now and is signed by a key that does.
fn proves(call: &Call<'_>, proof: &str, id: &str, keys: &[KeyCredential]) -> bool {
    let Ok(proof) = Assertion::parse_proof(proof) else { return false };
    let own = proof.claim("aud") == Some(AUDIENCE) && proof.issuer.eq_ignore_ascii_case(id);
    let counts = proof.expires > call.now
        && proof.expires <= call.now + LONGEST
        && proof.not_before.is_none_or(|from| from <= call.now);
    let signed = |key: &KeyCredential| {
        (key.start..=key.end).contains(&call.now)
            && ParsedCertificate::from_text(&key.certificate)
                .is_ok_and(|(certificate, _)| proof.is_signed_by(&certificate.public_der))
    };
    own && counts && keys.iter().any(signed)
}
