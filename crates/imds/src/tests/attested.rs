//! Attested documents: what they say, and that openssl believes them.

use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::testing::{World, object};

/// The documents' path in this version.
fn path(version: &str, more: &str) -> String {
    format!("/metadata/attested/document?api-version={version}{more}")
}

async fn described() -> World {
    let world = World::new(false, &[]).await;
    let spec = json!({
        "licenseType": "RHEL_BYOS",
        "storageProfile": {"imageReference": {"publisher": "simco", "offer": "sim-linux", "sku": "24_04"}},
    });
    world
        .change_vm(|vm| {
            vm.envelope = object(json!({"plan": {"name": "p", "publisher": "simco", "product": "q"}}));
            vm.spec = object(spec);
            vm.status = object(json!({"vmId": "0c1d2e3f-0000-4000-8000-00000000abcd"}));
        })
        .await;
    world
}

/// Runs openssl in `directory`; none where there is no openssl.
fn openssl(directory: &Path, arguments: &str) -> Option<std::process::Output> {
    Command::new("openssl").args(arguments.split(' ')).current_dir(directory).output().ok()
}

/// The signed message, and the authority, as files; the content that openssl takes out of it once it believes it.
async fn verified(world: &World, target: &str, directory: &Path) -> Option<Value> {
    let answer = world.get(target).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json()["encoding"], "pkcs7");
    std::fs::write(directory.join("signed"), STANDARD.decode(answer.json()["signature"].as_str().unwrap()).unwrap())
        .unwrap();
    std::fs::write(directory.join("ca.pem"), &world.authority).unwrap();
    for verify in ["smime", "cms"] {
        let done =
            openssl(directory, &format!("{verify} -verify -inform DER -in signed -CAfile ca.pem -out {verify}"))?;
        assert!(done.status.success(), "{verify}: {}", String::from_utf8_lossy(&done.stderr));
    }
    let (smime, cms) = (std::fs::read(directory.join("smime")).unwrap(), std::fs::read(directory.join("cms")).unwrap());
    assert_eq!(smime, cms);
    Some(serde_json::from_slice(&cms).unwrap())
}

#[tokio::test]
async fn openssl_believes_a_document_and_nothing_else() {
    let world = described().await;
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let Some(content) = verified(&world, &path("2025-04-07", "&nonce=1234567890"), directory).await else {
        return eprintln!("skipped: there is no openssl");
    };
    insta::assert_snapshot!(content, @r#"{"licenseType":"RHEL_BYOS","nonce":"1234567890","plan":{"name":"p","product":"q","publisher":"simco"},"sku":"24_04","subscriptionId":"5ab00000-0000-4000-8000-000000000001","timeStamp":{"createdOn":"08/01/26 10:11:12 -0000","expiresOn":"08/01/26 16:11:12 -0000"},"vmId":"0c1d2e3f-0000-4000-8000-00000000abcd"}"#);

    let signer = openssl(directory, "pkcs7 -inform DER -in signed -print_certs -out signer.pem").unwrap();
    assert!(signer.status.success());
    let told = openssl(
        directory,
        "x509 -in signer.pem -noout -subject -nameopt RFC2253 -ext subjectAltName,authorityInfoAccess",
    )
    .unwrap();
    // Versions of openssl differ in the blanks at the ends of lines.
    let told = String::from_utf8_lossy(&told.stdout).replace(" \n", "\n");
    insta::assert_snapshot!(told, @"
    subject=CN=westeurope.metadata.azure.com
    X509v3 Subject Alternative Name:
        DNS:westeurope.metadata.azure.com, DNS:metadata.azure.com
    Authority Information Access:
        CA Issuers - URI:https://localhost:8443/pki/ca.cer
    ");

    let mut forged = std::fs::read(directory.join("signed")).unwrap();
    let at = forged.windows(10).position(|bytes| bytes == b"1234567890").unwrap();
    forged[at] = b'2';
    std::fs::write(directory.join("signed"), forged).unwrap();
    let done = openssl(directory, "cms -verify -inform DER -in signed -CAfile ca.pem -out forged").unwrap();
    assert!(!done.status.success());
}

#[tokio::test]
async fn a_version_signs_what_it_knew() {
    let world = described().await;
    let directory = tempfile::tempdir().unwrap();
    let mut told = Vec::new();
    for version in ["2018-10-01", "2019-04-30", "2019-11-01", "2020-09-01"] {
        let Some(content) = verified(&world, &path(version, ""), directory.path()).await else {
            return eprintln!("skipped: there is no openssl");
        };
        assert_eq!(content["nonce"], "20260801-101112", "without a nonce it is the time");
        let members: Vec<&str> = content.as_object().unwrap().keys().map(String::as_str).collect();
        told.push(format!("{version} {}", members.join(" ")));
    }
    insta::assert_snapshot!(told.join("\n"), @"
    2018-10-01 nonce plan timeStamp vmId
    2019-04-30 nonce plan subscriptionId timeStamp vmId
    2019-11-01 nonce plan sku subscriptionId timeStamp vmId
    2020-09-01 licenseType nonce plan sku subscriptionId timeStamp vmId
    ");
}

#[tokio::test]
async fn a_nonce_has_up_to_32_letters_and_digits() {
    let world = described().await;
    for (nonce, status) in [
        ("a".repeat(32), 200),
        ("a".repeat(33), 400),
        ("%C3%BC".to_owned(), 400),
        ("a%00".to_owned(), 400),
        ("a%20b".to_owned(), 400),
        (String::new(), 200),
    ] {
        assert_eq!(world.get(&path("2021-02-01", &format!("&nonce={nonce}"))).await.status, status, "{nonce}");
    }
}
