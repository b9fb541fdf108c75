//! Workload identity: what a pod of a service account is given on a cluster, a projected token and the variables that name
//! it (IDENTITY-WIRE 2.1).

use std::io;
use std::path::Path;

use aad::issuers::{self, Job};
use imds::Place;
use model::{DirectoryObject, FederatedIdentityCredential, Resource, Scope};
use serde_json::Value;
use store::Snapshot;
use uuid::Uuid;

use super::{Control, Refusal};
use crate::token_endpoints::file_name;

/// Where pods run.
pub(super) const CLUSTERS: &str = "Microsoft.ContainerService/managedClusters";
const CREDENTIALS: &str = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials";

/// The longest that the webhook of workload identity lets a projected token count.
const LIFETIME: time::Duration = time::Duration::days(1);

/// Whether pods run on it.
pub(super) fn is_cluster(resource: &Resource) -> bool {
    resource.resource_type.eq_ignore_ascii_case(CLUSTERS)
}

impl Control {
    /// The variables of a pod of `account` (`NAMESPACE/NAME`) on `cluster`, its token being written anew.
    pub(super) async fn workload(
        &self,
        cluster: &Resource,
        account: Option<&str>,
        place: Place,
    ) -> Result<Vec<(&'static str, String)>, Refusal> {
        let (namespace, name) = account.and_then(|account| account.split_once('/')).ok_or_else(|| {
            Refusal::new("On a cluster, pods run for a service account: say --service-account NAMESPACE/NAME.")
        })?;
        let url = cluster.status.get("oidcIssuerProfile").and_then(|profile| profile["issuerURL"].as_str());
        let url = url.ok_or_else(|| {
            let cluster = &cluster.name;
            Refusal::new(format!("The cluster '{cluster}' has no issuer: set properties.oidcIssuerProfile.enabled."))
        })?;
        let subject = format!("system:serviceaccount:{namespace}:{name}");
        let cloud = &self.cloud;
        let client = trusting(&cloud.store.read(), url, &subject)?;
        let now = cloud.clock.now();
        let issuer_name = url.rsplit('/').next().unwrap_or_default();
        let issuer = issuers::ensure(&cloud.store, &cloud.ids, issuer_name, Some(url), "", now).await?;
        let job = Job { subject: &subject, audience: "api://AzureADTokenExchange", lifetime: LIFETIME };
        let token = issuers::issue(&cloud.store, &cloud.ids, &issuer, job, now).await?;
        let directory = self.directory.join("service-accounts").join(file_name(cluster));
        let file = directory.join(format!("{namespace}.{name}"));
        write(&directory, &file, &token)?;
        let authority = match place {
            Place::Host => "https://login.microsoftonline.com/".to_owned(),
            Place::Loopback(port) => format!("https://localhost:{port}/"),
        };
        let tenant = cloud.store.read().tenant().map(|tenant| tenant.id.to_string()).unwrap_or_default();
        Ok(vec![
            ("AZURE_CLIENT_ID", client.to_string()),
            ("AZURE_TENANT_ID", tenant),
            ("AZURE_FEDERATED_TOKEN_FILE", file.display().to_string()),
            ("AZURE_AUTHORITY_HOST", authority),
        ])
    }
}

/// The client id of whom a federated credential lets be `subject`: a real pod is told by an annotation of its service
/// account, which says no more than the credential.
fn trusting(world: &Snapshot, issuer: &str, subject: &str) -> Result<Uuid, Refusal> {
    let text = |resource: &Resource, name: &str| resource.spec.get(name).and_then(Value::as_str).map(str::to_owned);
    let identities = world
        .resources_of_type(&Scope::new(Scope::ROOT), CREDENTIALS)
        .filter(|c| text(c, "issuer").as_deref() == Some(issuer) && text(c, "subject").as_deref() == Some(subject))
        .filter_map(|credential| {
            let (identity, _) = credential.id.split_once("/federatedIdentityCredentials/")?;
            let client = world.resource(&Scope::new(identity))?.status.get("clientId")?.as_str()?;
            Uuid::parse_str(client).ok()
        });
    let applications = world.objects().filter_map(|object| match &**object {
        DirectoryObject::Application(application) => Some(application),
        _ => None,
    });
    let is_trusted = |c: &FederatedIdentityCredential| c.issuer == issuer && c.subject.as_deref() == Some(subject);
    let applications =
        applications.filter(|a| a.federated_identity_credentials.iter().any(is_trusted)).map(|a| a.app_id);
    let found: Vec<Uuid> = identities.chain(applications).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(Refusal::new(format!(
            "No identity trusts this service account: give one a federated credential with the issuer {issuer} and the \
             subject {subject}."
        ))),
        _ => Err(Refusal::new(format!(
            "{} identities trust the subject {subject}: take the credential from all but one.",
            found.len()
        ))),
    }
}

/// Names of namespaces and service accounts are DNS labels; anything else must not become a path.
fn write(directory: &Path, file: &Path, token: &str) -> Result<(), Refusal> {
    if file.parent() != Some(directory) {
        return Err(Refusal::new("A namespace and a service account have names of small letters, digits and dashes."));
    }
    let written = || -> io::Result<()> {
        std::fs::create_dir_all(directory)?;
        crate::certificate_authority::write_private(file, token)
    };
    Ok(written()?)
}
