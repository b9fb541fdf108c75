//! THE ROAD. Every request that reaches Resource Manager goes down it, and so does every resource of a deployment.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::http::Method;
use model::Time;
use rbac::{Attributes, Mapped, Source};
use serde_json::Value;
use store::Snapshot;
use tokens::{AccessToken, ResourceApp, TokenError, resource_app};

use crate::answer::Answer;
use crate::authorize::{Authority, Authorized};
use crate::caller::Caller;
use crate::error::ArmError;
use crate::refusals::Refusal;
use crate::render::moment;
use crate::request::Request;
use crate::resource_types::{Access, Read, Write};
use crate::route::{self, Route, Target};
use crate::{Arm, api_version, linked, locks};

/// Work that goes on once a request's change is durable.
pub(crate) type AfterCommit = Box<dyn FnOnce(Arm, Caller) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// A client's request: who it is, then the road.
pub(crate) async fn answer(arm: &Arm, request: &Request, authorization: Option<&str>) -> Result<Answer, ArmError> {
    let now = arm.clock.now();
    let token = authenticate(arm, request, authorization, now)?;
    let caller = Caller::of(&token);
    let result = run(arm, request, &caller, now).await;
    let refusal = result.as_ref().err().and_then(|error| Refusal::of(error, &token, now, arm.store.read()));
    if let Some(refusal) = refusal {
        arm.refusals.remember(request.id, refusal);
    }
    result
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
    let scope = elsewhere.unwrap_or_else(|| route.operation.scope.clone());
    let attributes = attributes(&tx, &route, &request.method, &body, now);
    let asked = Asked { scope, attributes: &attributes, is_asked: resource_type.access() != Access::Open };
    // Nobody else writes meanwhile: what is published is what the transaction began with.
    let authorized = check(arm, &arm.store.read(), &route, caller, asked)?;
    linked::check(request, &route, &authorized, &body)?;
    locks::check(request, &route, &tx)?;
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

/// What conditions may ask of a request: the time, and what its type tells of it.
pub(crate) fn attributes(world: &Snapshot, route: &Route, method: &Method, body: &Value, now: Time) -> Attributes {
    let mut attributes = route.resource_type.attributes(world, route, method, body);
    attributes.set(Source::Environment, "UtcNow", moment(now));
    attributes
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
    let attributes = attributes(&world, route, &request.method, &Value::Null, now);
    let asked = Asked { scope: route.operation.scope.clone(), attributes: &attributes, is_asked };
    let authorized = check(arm, &world, route, caller, asked)?;
    let version = api_version::of(&request.query)?;
    let read = Read { request, route, authorized: &authorized, api_version: version, now, world: &world };
    match &route.target {
        Target::Item { .. } => route.resource_type.get(&read),
        _ => route.resource_type.list(&read),
    }
}

/// What is checked before anything else: the route's action, where, and what conditions may ask of the request.
struct Asked<'a> {
    scope: String,
    attributes: &'a Attributes,
    is_asked: bool,
}

fn check(
    arm: &Arm,
    world: &Arc<Snapshot>,
    route: &Route,
    caller: &Caller,
    asked: Asked<'_>,
) -> Result<Authorized, ArmError> {
    let operation = Mapped { action: route.operation.action.clone(), scope: asked.scope };
    let authority = Authority { world: world.clone(), rules: &arm.rules, caller };
    let authorized = authority.authorize(&operation, asked.attributes, asked.is_asked)?;
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
) -> Result<Arc<AccessToken>, ArmError> {
    let header = authorization.ok_or(ArmError::MissingToken)?;
    let (scheme, token) = header.trim().split_once(' ').ok_or(ArmError::InvalidToken)?;
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(ArmError::InvalidToken);
    }
    let own_host = request.host.rsplit_once(':').map_or(request.host.as_str(), |(name, _)| name);
    let accepts = |audience: &str| resource_app(audience, own_host, arm.ports) == Some(ResourceApp::Arm);
    let verified = arm.verifier.verify(token.trim(), now, accepts).and_then(|token| {
        match arm.store.read().token_revoked_at(token.object_id, token.family, token.issued) {
            Some(at) => Err(TokenError::Revoked(at)),
            None => Ok(token),
        }
    });
    verified.map_err(|error| match error {
        TokenError::Invalid | TokenError::NotYetValid(_) => ArmError::InvalidToken,
        TokenError::ForgottenKey => ArmError::StaleToken { since: now, is_revoked: false },
        TokenError::Revoked(since) => ArmError::StaleToken { since, is_revoked: true },
        TokenError::Audience(found) => ArmError::WrongAudience { found },
        TokenError::Issuer(found) => {
            ArmError::WrongIssuer { found, tenant: arm.store.read().tenant().map(|t| t.id).unwrap_or_default() }
        }
        TokenError::Expired(expired) => ArmError::ExpiredToken { expired, now },
    })
}
