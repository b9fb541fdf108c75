//! The Instance Metadata Service: one for every running VM.
//!
//! What it is: the service that a real VM finds at `169.254.169.254`. Which VM asks is decided by the socket: every
//! router belongs to one VM. A request goes down one road, [`Imds::reply`]: is the VM running, [`route`], [`guard`],
//! [`query`], api-version, then the category's own file. Tokens come from the token service over its real protocol
//! ([`token_service`]) and are kept for half their lives ([`cache`]).
//!
//! [`hosts`] are the other places where programs have managed identities: front doors to the same tokens.
//!
//! What it is not: it listens on nothing, writes nothing but the challenges of Azure Arc, and signs nothing but assertions.
//!
//! How to add the next category: a variant of [`Route`], a file that makes its answer, one line in [`Imds::reply`].

mod cache;
mod error;
mod guard;
mod hosts;
mod identity;
mod instance;
mod query;
mod reply;
mod route;
#[cfg(test)]
mod testing;
mod token;
mod token_service;
mod versions;

pub use hosts::{ARC_TOKENS, Endpoint, Host, Place, VARIABLES};

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::response::Response;
use model::{Clock, Ids, Resource, Scope};
use serde_json::{Value, json};
use store::{Snapshot, Store};

use crate::cache::TokenCache;
use crate::error::Error;
use crate::query::Query;
use crate::reply::Reply;
use crate::route::Route;
use crate::token_service::TokenService;

/// What every VM's metadata service shares. Cheap to clone; all clones are the same service.
#[derive(Clone)]
pub struct Imds(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Arc<Clock>,
    ids: Arc<Ids>,
    token_service: TokenService,
    /// A VM may be reached through several sockets and may be stopped and started: its tokens are the same.
    caches: Mutex<HashMap<Scope, Arc<TokenCache>>>,
}

impl Imds {
    /// The service over the world in `store`. `client` must trust the token service's certificate and use no proxy;
    /// `authority` is that service's origin, such as `https://localhost:8444`.
    #[must_use]
    pub fn new(store: Store, clock: Arc<Clock>, ids: Arc<Ids>, client: reqwest::Client, authority: &str) -> Self {
        let token_service = TokenService::new(store.clone(), ids.clone(), client, authority);
        Self(Arc::new(Inner { store, clock, ids, token_service, caches: Mutex::default() }))
    }

    /// The metadata service of the VM at `vm`. Serve it on that VM's own sockets and on no others: whoever reaches
    /// them gets the VM's tokens.
    pub fn router(&self, vm: Scope) -> Router {
        let road = Arc::new(Road { imds: self.clone(), tokens: self.cache_of(&vm), vm });
        Router::new().fallback(move |request: Request| {
            let road = road.clone();
            async move { road.answer(&request.into_parts().0).await }
        })
    }

    /// The VM's tokens; those of VMs that are no more are dropped on this occasion.
    fn cache_of(&self, vm: &Scope) -> Arc<TokenCache> {
        let world = self.0.store.read();
        let mut caches = self.0.caches.lock().unwrap_or_else(PoisonError::into_inner);
        caches.retain(|vm, _| world.resource(vm).is_some());
        caches.entry(vm.clone()).or_default().clone()
    }
}

/// One VM's way through the service.
struct Road {
    imds: Imds,
    vm: Scope,
    tokens: Arc<TokenCache>,
}

impl Road {
    async fn answer(&self, request: &Parts) -> Response {
        let route = Route::of(request.uri.path());
        let reply = match self.reply(&route, request).await {
            Ok(reply) => reply,
            Err(error) => error.reply(route.is_identity()),
        };
        reply.into_response(self.imds.0.ids.guid(), self.imds.0.clock.now())
    }

    /// The order of the checks is that of every recording: the header before any parameter (IDENTITY-WIRE 1.1).
    async fn reply(&self, route: &Route<'_>, request: &Parts) -> Result<Reply, Error> {
        let now = self.imds.0.clock.now();
        let world = self.imds.0.store.read();
        let vm = running(&world, &self.vm).ok_or(Error::Gone)?;
        if let Route::UnknownIdentity = route {
            // Before the guard: a client that gets a 400 without the header here believes that IMDS v2 is present
            // (IDENTITY-WIRE 1.12).
            return Err(Error::NotFound);
        }
        guard::check(request)?;
        let query = Query::parse(request.uri.query().unwrap_or_default())?;
        match route {
            Route::Versions => Ok(Reply::json(&json!({"apiVersions": versions::ascending()}))),
            Route::Token => {
                versions::check(&query, versions::IDENTITY)?;
                let wanted = token::wanted(&world, vm, &query)?;
                drop(world);
                self.token(wanted, now).await
            }
            Route::IdentityInfo => {
                versions::check(&query, versions::IDENTITY)?;
                let tenant = world.tenant().ok_or(Error::Failure)?;
                Ok(Reply::json(&json!({"tenantId": tenant.id})))
            }
            Route::Instance(path) => {
                versions::check(&query, versions::INSTANCE)?;
                instance::answer(&world, vm, path, &query)
            }
            Route::UnknownIdentity | Route::Unknown => Err(Error::NotFound),
        }
    }
}

/// The VM, while it runs: a stopped one has no metadata service.
fn running<'w>(world: &'w Snapshot, vm: &Scope) -> Option<&'w Arc<Resource>> {
    let vm = world.resource(vm)?;
    (vm.runtime.get("powerState").and_then(Value::as_str) == Some("running")).then_some(vm)
}

#[cfg(test)]
mod tests;
