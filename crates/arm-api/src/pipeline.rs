//! THE ROAD. Every request that reaches Resource Manager goes down it, and so does every resource of a deployment.

use std::future::Future;
use std::pin::Pin;

use axum::http::Method;
use model::Time;
use tokens::{AccessToken, ResourceApp, TokenError, resource_app};

use crate::answer::Answer;
use crate::authorize::{Authorized, authorize};
use crate::caller::Caller;
use crate::error::ArmError;
use crate::request::Request;
use crate::resource_types::{Access, Read, Write};
use crate::route::{self, Route, Target};
use crate::{Arm, api_version};

/// Work that goes on once a request's change is durable.
pub(crate) type AfterCommit = Box<dyn FnOnce(Arm, Caller) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// A client's request: who it is, then the road.
pub(crate) async fn answer(arm: &Arm, request: &Request, authorization: Option<&str>) -> Result<Answer, ArmError> {
    let now = arm.clock.now();
    let token = authenticate(arm, request, authorization, now)?;
    run(arm, request, &Caller::of(&token), now).await
}

/// The road behind the gate: check the api-version, find the type, authorize, let the type act, commit.
pub(crate) async fn run(arm: &Arm, request: &Request, caller: &Caller, now: Time) -> Result<Answer, ArmError> {
    let version = api_version::of(&request.query)?;
    let route = route::find(request, version)?;
    check_verb(request, &route, version)?;
    if request.method == Method::GET || request.method == Method::HEAD {
        return read(arm, request, &route, caller, now);
    }
    let body = route.resource_type.read_body(&request.body)?;
    let tx = arm.store.begin().await;
    let resource_type = route.resource_type;
    let elsewhere = resource_type.checked_at(&tx, &route, &request.method, &body);
    let scope = elsewhere.as_deref().unwrap_or(&route.operation.scope);
    let authorized = check(arm, &tx, &route, caller, scope, resource_type.access() != Access::Open)?;
    let mut write = Write::new(arm, request, &route, authorized, version, body, now, tx);
    let mut answer = match &route.target {
        Target::Item { .. } if request.method == Method::PUT => route.resource_type.put(&mut write),
        Target::Item { .. } if request.method == Method::PATCH => route.resource_type.patch(&mut write),
        Target::Item { .. } if request.method == Method::DELETE => route.resource_type.delete(&mut write),
        Target::Action { action, .. } => route.resource_type.act(&mut write, action),
        Target::Item { .. } | Target::Collection { .. } => Err(ArmError::MethodNotAllowed(request.method.to_string())),
    }?;
    write.tx.commit().await?;
    if let Some(after) = answer.after_commit.take() {
        // A task of its own: it goes on when the client hangs up.
        let _ = tokio::spawn(after(arm.clone(), caller.clone())).await;
    }
    Ok(answer)
}

/// Whether the type knows the verb, or the action.
fn check_verb(request: &Request, route: &Route, version: &str) -> Result<(), ArmError> {
    let verb = match &route.target {
        Target::Action { action, .. } => action.as_str(),
        Target::Collection { .. } => "LIST",
        Target::Item { .. } if request.method == Method::HEAD => "GET",
        Target::Item { .. } => request.method.as_str(),
    };
    let is_known = route.resource_type.verbs().iter().any(|known| known.eq_ignore_ascii_case(verb));
    match &route.target {
        _ if is_known => Ok(()),
        Target::Action { .. } => Err(route.no_such_type(version)),
        _ => Err(ArmError::MethodNotAllowed(request.method.to_string())),
    }
}

fn read(arm: &Arm, request: &Request, route: &Route, caller: &Caller, now: Time) -> Result<Answer, ArmError> {
    let world = arm.store.read();
    let is_list = matches!(route.target, Target::Collection { .. });
    let is_asked = match route.resource_type.access() {
        Access::Checked => true,
        Access::ListFiltered => !is_list,
        Access::Open => false,
    };
    let authorized = check(arm, &world, route, caller, &route.operation.scope, is_asked)?;
    let version = api_version::of(&request.query)?;
    let read = Read { request, route, authorized: &authorized, api_version: version, now, world: &world };
    match &route.target {
        Target::Item { .. } => route.resource_type.get(&read),
        _ => route.resource_type.list(&read),
    }
}

fn check(
    arm: &Arm,
    world: &store::Snapshot,
    route: &Route,
    caller: &Caller,
    scope: &str,
    is_asked: bool,
) -> Result<Authorized, ArmError> {
    let authorized = authorize(&arm.roles, world, caller, &route.operation.action, scope, is_asked)?;
    // Said only to those who may know: a stranger is refused either way.
    match (route.path.subscription(), route.path.management_group()) {
        (Some(id), _) if world.subscription(id).is_none() => Err(ArmError::SubscriptionNotFound(id.to_owned())),
        // What extends a group; the group itself and its children are its provider's to miss.
        (_, Some(name)) if route.path.providers.len() > 1 && world.management_group(name).is_none() => {
            Err(ArmError::ManagementGroupNotFound(name.to_owned()))
        }
        _ => Ok(authorized),
    }
}

fn authenticate(
    arm: &Arm,
    request: &Request,
    authorization: Option<&str>,
    now: Time,
) -> Result<std::sync::Arc<AccessToken>, ArmError> {
    let header = authorization.ok_or(ArmError::MissingToken)?;
    let (scheme, token) = header.trim().split_once(' ').ok_or(ArmError::InvalidToken)?;
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(ArmError::InvalidToken);
    }
    let own_host = request.host.rsplit_once(':').map_or(request.host.as_str(), |(name, _)| name);
    let accepts = |audience: &str| resource_app(audience, own_host, arm.ports) == Some(ResourceApp::Arm);
    arm.verifier.verify(token.trim(), now, accepts).map_err(|error| match error {
        TokenError::Invalid | TokenError::NotYetValid(_) => ArmError::InvalidToken,
        TokenError::Audience(found) => ArmError::WrongAudience { found },
        TokenError::Issuer(found) => {
            ArmError::WrongIssuer { found, tenant: arm.store.read().tenant().map(|t| t.id).unwrap_or_default() }
        }
        TokenError::Expired(expired) => ArmError::ExpiredToken { expired, now },
    })
}
