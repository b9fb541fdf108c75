//! The other hosts of managed identities, each with the endpoint that programs on it really find (IDENTITY-WIRE 2.5).
//!
//! What it is: front doors. Behind each is the [`Road`](crate::Road) of one resource, with the same selection, the same
//! kept tokens and the same token service as behind a VM's metadata service. A door knows its path, the proof it wants,
//! the names of parameters, the form of its answers and of its refusals.
//!
//! What it is not: it does not decide which identities a resource has, and binds no port.
//!
//! How to add the next host: a variant of [`Host`] with its line in [`Host::of`], [`Host::endpoint`] and [`Door::reply`],
//! a file with `answer` and `refuse`, and its variables in [`variables`].

mod app_service;
mod arc;
mod call;
mod challenge;
mod cloud_shell;
mod container_instances;
mod machine_learning;
mod refusal;
mod reply;
mod service_fabric;
mod variables;

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use model::Scope;
use request_body::Unread;
use tower::service_fn;
use uuid::Uuid;

use crate::guard::names_own_host;
use crate::{Imds, Road, Service, running};
use call::Call;
use challenge::Challenges;

pub use variables::{Place, VARIABLES};

/// A sort of place where programs run with managed identities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// App Service and Functions: `Microsoft.Web/sites`.
    AppService,
    /// Container Apps: `Microsoft.App/containerApps`.
    ContainerApps,
    /// Container Instances: `Microsoft.ContainerInstance/containerGroups`.
    ContainerInstances,
    /// A machine that Azure Arc has connected: `Microsoft.HybridCompute/machines`.
    Arc,
    /// An application on a cluster: `Microsoft.ServiceFabric/clusters/applications`.
    ServiceFabric,
    /// A person's shell in the portal: `Microsoft.Portal/consoles`.
    CloudShell,
    /// A compute of a workspace: `Microsoft.MachineLearningServices/workspaces/computes`.
    MachineLearning,
}

/// Where programs on a real host find its endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint {
    /// Whether it speaks TLS.
    pub is_tls: bool,
    /// The host's name for itself in URLs.
    pub name: &'static str,
    /// What it listens on.
    pub address: Ipv4Addr,
    /// And where.
    pub port: u16,
    /// The path of the token endpoint.
    pub path: &'static str,
}

impl Host {
    /// The host that a resource of this type is; none for a VM, whose service is [`Imds::service`], and all else.
    #[must_use]
    pub fn of(resource_type: &str) -> Option<Self> {
        Some(match resource_type.to_ascii_lowercase().as_str() {
            "microsoft.web/sites" => Self::AppService,
            "microsoft.app/containerapps" => Self::ContainerApps,
            "microsoft.containerinstance/containergroups" => Self::ContainerInstances,
            "microsoft.hybridcompute/machines" => Self::Arc,
            "microsoft.servicefabric/clusters/applications" => Self::ServiceFabric,
            "microsoft.portal/consoles" => Self::CloudShell,
            "microsoft.machinelearningservices/workspaces/computes" => Self::MachineLearning,
            _ => return None,
        })
    }

    /// Where its endpoint is on a real host. Ports of App Service and Machine Learning differ from machine to machine;
    /// these are ones that were seen.
    #[must_use]
    pub fn endpoint(self) -> Endpoint {
        let (name, port, path) = match self {
            Self::AppService => ("127.0.0.1", 41741, app_service::PATH),
            Self::ContainerApps => ("localhost", 42356, app_service::PATH),
            Self::ContainerInstances => ("169.254.169.254", 80, container_instances::PATH),
            Self::Arc => ("localhost", 40342, arc::PATH),
            Self::ServiceFabric => ("localhost", 2377, service_fabric::PATH),
            Self::CloudShell => ("localhost", 50342, cloud_shell::PATH),
            Self::MachineLearning => ("127.0.0.1", 46808, machine_learning::PATH),
        };
        let address = name.parse().unwrap_or(Ipv4Addr::LOCALHOST);
        Endpoint { is_tls: self == Self::ServiceFabric, name, address, port, path }
    }
}

impl Imds {
    /// The endpoint of the resource at `scope`, which is a `host`. Serve it on that resource's own sockets and on no
    /// others. `challenges` is the directory that programs on an Arc machine know by [`ARC_TOKENS`].
    pub fn endpoint(&self, host: Host, scope: Scope, challenges: PathBuf) -> Service {
        let road = Road { imds: self.clone(), kept: self.kept_of(&scope), vm: scope };
        let door = Arc::new(Door { host, road, challenges: Challenges::new(challenges) });
        Service::new(service_fn(move |request: Request| {
            let door = door.clone();
            async move { Ok(door.answer(request).await) }
        }))
    }
}

/// Where programs on a Linux machine with Arc look for the files of challenges.
pub const ARC_TOKENS: &str = "/var/opt/azcmagent/tokens";

/// A token request has a few short parameters.
const MOST_BODY_BYTES: usize = 64 * 1024;

/// One resource's way in.
struct Door {
    host: Host,
    road: Road,
    challenges: Challenges,
}

impl Door {
    async fn answer(&self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let imds = &self.road.imds.0;
        let request_id = imds.ids.guid();
        let response = self.reply_to_own(&parts, body, request_id).await.unwrap_or_else(reply::empty);
        reply::dressed(response, self.host, request_id, imds.clock.now())
    }

    /// The answer to a request, if it is one to this host; else a status.
    async fn reply_to_own(&self, parts: &Parts, body: Body, request_id: Uuid) -> Result<Response, StatusCode> {
        // A page of a rebound public name could else read tokens where no secret is asked for.
        if !names_own_host(parts) {
            return Err(StatusCode::BAD_REQUEST);
        }
        let body = request_body::read(body, MOST_BODY_BYTES).await.map_err(Unread::status)?;
        // Read only now: waiting for the body must not make a token out of what has changed meanwhile.
        let imds = &self.road.imds.0;
        let resource = running(&imds.store.read(), &self.road.vm).cloned().ok_or(StatusCode::SERVICE_UNAVAILABLE)?;
        let call = Call { road: &self.road, parts, body: &body, resource, request_id, now: imds.clock.now() };
        Ok(self.reply(&call).await)
    }

    async fn reply(&self, call: &Call<'_>) -> Response {
        match self.host {
            Host::AppService | Host::ContainerApps => {
                app_service::answer(call, self.host).await.unwrap_or_else(|refusal| app_service::refuse(call, &refusal))
            }
            Host::ContainerInstances => {
                container_instances::answer(call).await.unwrap_or_else(container_instances::refuse)
            }
            Host::Arc => arc::answer(call, &self.challenges).await.unwrap_or_else(|refusal| arc::refuse(call, refusal)),
            Host::ServiceFabric => {
                service_fabric::answer(call).await.unwrap_or_else(|refusal| service_fabric::refuse(call, &refusal))
            }
            Host::CloudShell => cloud_shell::answer(call).await.unwrap_or_else(cloud_shell::refuse),
            Host::MachineLearning => machine_learning::answer(call).await.unwrap_or_else(machine_learning::refuse),
        }
    }
}

#[cfg(test)]
mod tests;
