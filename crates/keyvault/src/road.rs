//! The road of a request: the token, the vault, the operation, the right, the act. Whatever happens, the answer has Key
//! Vault's shape.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::Time;
use serde_json::Value;

use crate::KeyVault;
use crate::answer::Answer;
use crate::api_version::ApiVersion;
use crate::authenticate::{authenticate, challenge};
use crate::call::Call;
use crate::error::VaultError;
use crate::operation;
use crate::query::Query;
use crate::vault::Vault;

/// The largest body that is read; the largest secret has 25 kB.
const LARGEST_BODY: usize = 1024 * 1024;

const REGION: HeaderName = HeaderName::from_static("x-ms-keyvault-region");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-request-id");

pub(crate) async fn handle(State(face): State<KeyVault>, request: Request) -> Response {
    let now = face.clock.now();
    let host = request.headers().get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
    // Names of hosts are compared in any case (RFC 9110, 4.2.3).
    let host = host.to_ascii_lowercase();
    let mut region = None;
    let mut response = match answer(&face, &host, request, now, &mut region).await {
        Ok(Answer { status, body, location }) => {
            let mut response = match body {
                Some(body) => json(status, body),
                None => status.into_response(),
            };
            if let Some(location) = location {
                put(&mut response, header::LOCATION, &location);
            }
            response
        }
        Err(error) => {
            if let Some(failure) = error.failure() {
                tracing::error!(failure, "a request failed");
            }
            let (status, body) = error.parts();
            let mut response = json(status, body);
            if let Some(since) = error.challenge(now) {
                put(&mut response, header::WWW_AUTHENTICATE, &challenge(&face, &host, since));
            }
            response
        }
    };
    put(&mut response, REQUEST_ID, &face.ids.guid().to_string());
    if let Some(region) = region {
        put(&mut response, REGION, &region);
    }
    response
}

fn json(status: StatusCode, body: Value) -> Response {
    let mut response = (status, Json(body)).into_response();
    put(&mut response, header::CONTENT_TYPE, "application/json; charset=utf-8");
    response
}

fn put(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// `region` is told as soon as it is known: refusals say it too.
async fn answer(
    face: &KeyVault,
    host: &str,
    request: Request,
    now: Time,
    region: &mut Option<String>,
) -> Result<Answer, VaultError> {
    let (head, body) = request.into_parts();
    // Before anything is refused: clients that speak HTTP/2 may lose an answer that comes while they still send.
    let body = request_body::read(body, LARGEST_BODY).await?;
    let token = authenticate(face, host, &head.headers, now)?;
    let (name, words) = address(host, head.uri.path());
    let world = face.store.read();
    let Some(vault) = world.vault(&name).cloned().map(Vault) else { return Err(VaultError::NoSuchVault(name)) };
    *region = Some(vault.region().to_owned());
    let operation = operation::find(&head.method, &words)?;
    let query = Query::parse(head.uri.query().unwrap_or_default());
    let call = Call {
        face: face.clone(),
        operation,
        origin: format!("https://{}.{}", vault.name(), face.ports.origins(vaults_host(host)).vault_dns),
        address: format!("https://{host}{}", head.uri.path()),
        vault,
        words,
        api_version: ApiVersion::asked(&query)?,
        query,
        body,
        token,
        now,
        world,
    };
    call.check(&call.world)?;
    (operation.act)(&call).await
}

/// The vault that a request is for, and what follows it in the path. The host names the vault, or where no such name can
/// be resolved the path does, first (CONTRACT 11).
fn address(host: &str, path: &str) -> (String, Vec<String>) {
    let mut words: Vec<String> = path.split('/').filter(|word| !word.is_empty()).map(decode).collect();
    let name = match host.split_once(".vault.") {
        Some((name, _)) => name.to_owned(),
        None if words.is_empty() => String::new(),
        None => words.remove(0),
    };
    (name, words)
}

/// The host that vaults' hosts are named after: `localhost` of `kv1.vault.localhost`.
fn vaults_host(host: &str) -> &str {
    match host.split_once(".vault.") {
        Some((_, rest)) if !rest.starts_with("azure.net") => rest,
        _ => host,
    }
}

fn decode(word: &str) -> String {
    // A plus sign in a path is one.
    let pair = format!("={}", word.replace('+', "%2B"));
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_names_the_vault_or_the_path_does() {
        for (host, path, name, rest) in [
            ("kv1.vault.azure.net", "/secrets/a/", "kv1", "secrets/a"),
            ("kv1.vault.localhost:8446", "//secrets", "kv1", "secrets"),
            ("localhost:8446", "/kv1/secrets/a%20b", "kv1", "secrets/a b"),
            ("localhost:8446", "/", "", ""),
        ] {
            let (found, words) = address(host, path);
            assert_eq!((found.as_str(), words.join("/").as_str()), (name, rest), "{host} {path}");
        }
        assert_eq!(vaults_host("kv1.vault.localhost:8446"), "localhost:8446");
    }
}
