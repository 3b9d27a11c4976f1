//! Access service tokens (CLOUDFLARE.md 1.12, 3.7).

use super::super::clock::rfc3339;
use super::super::refusal::Refusal;
use super::super::reply::{Answer, Reply};
use super::super::things::holders::ServiceToken;
use super::super::world::World;
use super::paging::numbered;
use super::{Call, Needs, Route};
use axum::http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

pub(super) fn routes() -> Vec<Route> {
    const READ: Needs = Needs::Read(&["Access: Service Tokens"]);
    const WRITE: Needs = Needs::Write(&["Access: Service Tokens"]);
    const ALL: &str = "/accounts/{account}/access/service_tokens";
    const ONE: &str = "/accounts/{account}/access/service_tokens/{service_token}";
    let routes = vec![
        Route::get(ALL, READ, list),
        Route::new(Method::POST, ALL, WRITE, create),
        Route::get(ONE, READ, get),
        Route::new(Method::PUT, ONE, WRITE, update),
        Route::new(Method::DELETE, ONE, WRITE, delete),
        Route::new(Method::POST, &format!("{ONE}/rotate"), WRITE, rotate),
        Route::new(Method::POST, &format!("{ONE}/refresh"), WRITE, refresh),
    ];
    routes.into_iter().map(|route| route.about("zero_trust/subresources/access", "service_token")).collect()
}

fn position(world: &World, call: &Call<'_>) -> Result<usize, Refusal> {
    let (account, id) = (call.account(), call.param("service_token"));
    let found = world.service_tokens.iter().position(|t| t.account == account && t.id == id);
    found.ok_or_else(|| Refusal::not_found(12_130, "access.api.error.not_found"))
}

fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let own = world.service_tokens.iter().filter(|token| token.account == call.account());
    Ok(numbered(own.map(json_of).collect(), call.request, 20, 1000))
}

fn get(world: &mut World, call: &Call<'_>) -> Answer {
    Ok(Reply::result(json_of(&world.service_tokens[position(world, call)?])))
}

fn create(world: &mut World, call: &Call<'_>) -> Answer {
    let body = call.request.json();
    let name = body["name"].as_str().ok_or_else(|| Refusal::invalid_request("name: required"))?;
    let duration = body["duration"].as_str().unwrap_or("8760h");
    let token = world.new_service_token(call.account(), name, duration, call.request.at);
    let shown = with_secret(&token);
    world.service_tokens.push(token);
    Ok(Reply::result(shown))
}

fn update(world: &mut World, call: &Call<'_>) -> Answer {
    let at = position(world, call)?;
    let body = call.request.json();
    let token = &mut world.service_tokens[at];
    if let Some(name) = body["name"].as_str() {
        name.clone_into(&mut token.name);
    }
    if let Some(duration) = body["duration"].as_str() {
        duration.clone_into(&mut token.duration);
    }
    token.enabled = body["enabled"].as_bool().unwrap_or(token.enabled);
    token.updated_at = call.request.at;
    Ok(Reply::result(json_of(token)))
}

fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    let at = position(world, call)?;
    Ok(Reply::result(json_of(&world.service_tokens.remove(at))))
}

/// Without `previous_client_secret_expires_at` the old secret is dead at once.
fn rotate(world: &mut World, call: &Call<'_>) -> Answer {
    let at = position(world, call)?;
    let until =
        call.request.json()["previous_client_secret_expires_at"].as_str().and_then(|time| time.parse().ok());
    let secret = world.chance.checksummed("cfast_");
    let token = &mut world.service_tokens[at];
    let old = std::mem::replace(&mut token.secret, secret);
    token.former = until.map(|until: Timestamp| (old, until));
    token.updated_at = call.request.at;
    Ok(Reply::result(with_secret(token)))
}

/// Only a later end: the wrong tool for a leak.
fn refresh(world: &mut World, call: &Call<'_>) -> Answer {
    let at = position(world, call)?;
    let token = &mut world.service_tokens[at];
    token.expires_at = expiry(&token.duration, call.request.at);
    Ok(Reply::result(json_of(token)))
}

fn with_secret(token: &ServiceToken) -> Value {
    let mut shown = json_of(token);
    shown["client_secret"] = json!(token.secret.expose());
    shown
}

fn json_of(token: &ServiceToken) -> Value {
    json!({
        "id": token.id,
        "client_id": token.client_id,
        "name": token.name,
        "duration": token.duration,
        "enabled": token.enabled,
        "created_at": rfc3339(token.created_at),
        "updated_at": rfc3339(token.updated_at),
        "expires_at": rfc3339(token.expires_at),
        "last_seen_at": null,
        "client_secret_version": 1,
    })
}

/// Whole hours are all that is understood; `forever` is a year that has no end in practice.
pub(crate) fn expiry(duration: &str, from: Timestamp) -> Timestamp {
    let hours = duration.strip_suffix('h').and_then(|hours| hours.parse().ok()).unwrap_or(9999 * 24);
    from.checked_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX)
}
