//! The Instance Metadata Service: one for every running VM.
//!
//! What it is: the service that a real VM finds at `169.254.169.254`. Which VM asks is decided by the socket: every
//! service belongs to one VM. A request goes down one road, [`Road::reply`]: is the VM running, [`route`], [`guard`],
//! [`fault`], [`throttle`], [`query`], api-version, then the category's own file. Tokens come from the token service over
//! its real protocol ([`token_service`]) and are kept for half their lives ([`cache`]), unless they are taken back.
//!
//! [`hosts`] are the other places where programs have managed identities: front doors to the same tokens.
//!
//! What it is not: it listens on nothing, writes nothing but the challenges of Azure Arc, and decides nothing about the
//! VM.
//!
//! How to add the next category: a variant of [`Route`], a file that makes its answer, one line in [`Road::reply`].

mod attested;
mod cache;
mod dress;
mod error;
mod fault;
mod fields;
mod guard;
mod hosts;
mod identity;
mod instance;
mod load_balancer;
mod query;
mod reply;
mod revocation;
mod route;
mod scheduled_events;
#[cfg(test)]
mod testing;
mod throttle;
mod token;
mod token_service;
mod versions;

pub use hosts::{ARC_TOKENS, Endpoint, Host, Place, VARIABLES};

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::body::Body;
use axum::extract::Request;
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::Response;
use model::{Clock, Ids, Resource, Scope};
use serde_json::json;
use store::{Snapshot, Store};
use tokens::Verifier;
use tower::service_fn;
use tower::util::BoxCloneSyncService;

use crate::cache::TokenCache;
use crate::error::Error;
use crate::query::Query;
use crate::reply::Reply;
use crate::route::Route;
use crate::throttle::Throttle;
use crate::token_service::TokenService;
use crate::versions::Category;

pub use attested::Attestor;

/// What answers on one resource: no router, because thousands of them lie in memory and have nothing to route.
pub type Service = BoxCloneSyncService<Request, Response, Infallible>;
pub use fault::{Fault, FaultKind};

/// What every VM's metadata service shares. Cheap to clone; all clones are the same service.
#[derive(Clone)]
pub struct Imds(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Arc<Clock>,
    ids: Arc<Ids>,
    token_service: TokenService,
    verifier: Arc<Verifier>,
    attestor: Arc<Attestor>,
    /// A VM may be reached through several sockets and may be stopped and started: its tokens are the same.
    kept: Mutex<HashMap<Scope, Arc<Kept>>>,
}

/// What is remembered of one VM.
#[derive(Default)]
struct Kept {
    tokens: TokenCache,
    /// Tokens of programs that understand revocation, which others must not get.
    revocable: TokenCache,
    throttle: Throttle,
}

impl Imds {
    /// The service over the world in `store`. `client` must trust the token service's certificate and use no proxy;
    /// `authority` is that service's origin, such as `https://localhost:8444`; `verifier` knows by which keys tokens count.
    #[must_use]
    pub fn new(
        store: Store,
        clock: Arc<Clock>,
        ids: Arc<Ids>,
        client: reqwest::Client,
        authority: &str,
        verifier: Arc<Verifier>,
        attestor: Attestor,
    ) -> Self {
        let token_service = TokenService::new(store.clone(), ids.clone(), client, authority);
        let attestor = Arc::new(attestor);
        Self(Arc::new(Inner { store, clock, ids, token_service, verifier, attestor, kept: Mutex::default() }))
    }

    /// The metadata service of the VM at `vm`. Serve it on that VM's own sockets and on no others: whoever reaches
    /// them gets the VM's tokens.
    pub fn service(&self, vm: Scope) -> Service {
        let road = Arc::new(Road { imds: self.clone(), kept: self.kept_of(&vm), vm });
        Service::new(service_fn(move |request: Request| {
            let road = road.clone();
            async move { Ok(road.answer(request).await) }
        }))
    }

    /// What is remembered of the VM; what was of VMs that are no more is dropped on this occasion.
    fn kept_of(&self, vm: &Scope) -> Arc<Kept> {
        let world = self.0.store.read();
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // Not every time: ten thousand VMs come one after the other.
        if kept.len().is_power_of_two() {
            kept.retain(|vm, _| world.runtime_of(vm).is_some());
        }
        kept.entry(vm.clone()).or_default().clone()
    }
}

/// One VM's way through the service.
struct Road {
    imds: Imds,
    vm: Scope,
    kept: Arc<Kept>,
}

impl Road {
    async fn answer(&self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let route = Route::of(parts.uri.path());
        let reply = match self.reply(&route, &parts, body).await {
            Ok(reply) => reply,
            Err(error) => error.reply(route.is_identity()),
        };
        reply.into_response(self.imds.0.ids.guid(), self.imds.0.clock.now())
    }

    /// The order of the checks is that of every recording: the header before any parameter (IDENTITY-WIRE 1.1).
    async fn reply(&self, route: &Route<'_>, request: &Parts, body: Body) -> Result<Reply, Error> {
        let now = self.imds.0.clock.now();
        let world = self.imds.0.store.read();
        let vm = running(&world, &self.vm).ok_or(Error::Gone)?;
        if let Route::UnknownIdentity = route {
            // Before the guard: a client that gets a 400 without the header here believes that IMDS v2 is present
            // (IDENTITY-WIRE 1.12).
            return Err(Error::NotFound);
        }
        // Before the throttle: any web page can send requests without the header, and would use up the VM's share.
        guard::check(request, route.methods())?;
        Fault::check(vm, now)?;
        let _turn = match world.is_throttling() {
            true => self.kept.throttle.admit(route.is_identity(), Instant::now())?,
            false => None,
        };
        let query = Query::parse(request.uri.query().unwrap_or_default())?;
        match route {
            Route::Versions => Ok(Reply::json(&json!({"apiVersions": versions::ascending()}))),
            Route::Token => {
                versions::of(&query, Category::Identity)?;
                let wanted = token::wanted(&world, vm, &query)?;
                drop(world);
                self.token(wanted, now).await
            }
            Route::IdentityInfo => {
                versions::of(&query, Category::Identity)?;
                let tenant = world.tenant().ok_or(Error::Failure)?;
                Ok(Reply::json(&json!({"tenantId": tenant.id})))
            }
            Route::Instance(path) => {
                let version = versions::of(&query, Category::Instance)?;
                instance::answer(&world, vm, path, version, &query)
            }
            Route::Attested => {
                let version = versions::of(&query, Category::Attested)?;
                let content = attested::content(&world, vm, version, &query, now)?;
                let region = vm.location.clone().unwrap_or_default();
                drop(world);
                attested::answer(self.imds.0.attestor.clone(), region, content).await
            }
            Route::ScheduledEvents => {
                let version = versions::of(&query, Category::ScheduledEvents)?;
                if request.method == Method::GET {
                    let document = scheduled_events::document(&world, vm, version);
                    drop(world);
                    scheduled_events::note_question(&self.imds.0.store, &self.vm, now).await;
                    return Ok(document);
                }
                drop(world);
                scheduled_events::acknowledge(&self.imds.0.store, &self.vm, body, now).await
            }
            Route::LoadBalancer => {
                versions::of(&query, Category::LoadBalancer)?;
                load_balancer::answer(&world, vm)
            }
            Route::UnknownIdentity | Route::Unknown => Err(Error::NotFound),
        }
    }
}

/// The VM, while it runs: a stopped one has no metadata service.
fn running<'w>(world: &'w Snapshot, vm: &Scope) -> Option<&'w Arc<Resource>> {
    world.resource(vm).filter(|vm| vm.is_running())
}

#[cfg(test)]
mod tests;
