//! API tokens of users and of accounts (CLOUDFLARE.md 3): one set of endpoints in two places.

use super::super::audit::Note;
use super::super::chance::sha256_hex;
use super::super::gate::{Caller, Level};
use super::super::refusal::{Refusal, Style};
use super::super::reply::{Answer, Reply};
use super::super::things::permission_groups::{self, PermissionGroup};
use super::super::things::policy::{self, Target};
use super::super::things::token::{Condition, Echo, Owner, Status, Token};
use super::super::world::World;
use super::paging::numbered;
use super::{Call, Needs, Route};
use crate::model::Secret;
use axum::http::Method;
use jiff::Timestamp;
use serde_json::{Value, json};

pub(super) fn routes() -> Vec<Route> {
    ["/user/tokens", "/accounts/{account}/tokens"].into_iter().flat_map(routes_under).collect()
}

/// Permissions are asked for by the endpoints themselves, since an OAuth token is turned away with words of
/// its own.
fn routes_under(base: &str) -> Vec<Route> {
    let any = Needs::AnyCredential;
    let one = format!("{base}/{{token}}");
    let routes = vec![
        Route::get(base, any, list),
        Route::new(Method::POST, base, any, create),
        Route::get(&one, any, get),
        Route::new(Method::PUT, &one, any, update),
        Route::new(Method::DELETE, &one, any, delete),
        Route::new(Method::PUT, &format!("{one}/value"), any, roll),
        Route::get(&format!("{base}/permission_groups"), any, groups),
    ];
    routes.into_iter().map(|route| route.style(Style::Gateway).about("api_tokens", "token")).collect()
}

/// Whose tokens the request is about, when the caller may touch them.
fn owner(world: &World, call: &Call<'_>, level: Level) -> Result<Owner, Refusal> {
    let caller = call.caller()?;
    let (target, stem, owner) = match call.account() {
        "" if matches!(caller, Caller::Oauth(_)) => return Err(Refusal::wrong_token_class()),
        "" => (Target::User(call.user()?), "API Tokens", Owner::User(call.user()?.to_owned())),
        account => (Target::Account(account), "Account API Tokens", Owner::Account(account.to_owned())),
    };
    if world.may(caller, level, &[stem], target) { Ok(owner) } else { Err(Refusal::unauthorized()) }
}

fn position(world: &World, call: &Call<'_>, owner: &Owner) -> Result<usize, Refusal> {
    let found = world.tokens.iter().position(|t| t.owner == *owner && t.id == call.param("token"));
    found.ok_or_else(|| Refusal::not_found(1001, "Token not found"))
}

fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let owner = owner(world, call, Level::Read)?;
    let now = call.request.at;
    let expired_too = call.request.query("include_expired") == Some("true");
    let wanted = |token: &&Token| {
        let named = call.request.query("name").is_none_or(|name| token.name == name);
        token.owner == owner && named && (expired_too || token.status_at(now) != "expired")
    };
    let mut listed: Vec<Value> = world.tokens.iter().filter(wanted).map(|token| token.to_json(now)).collect();
    if call.request.query("direction") == Some("desc") {
        listed.reverse();
    }
    Ok(numbered(listed, call.request, 20, 50))
}

fn get(world: &mut World, call: &Call<'_>) -> Answer {
    let owner = owner(world, call, Level::Read)?;
    let token = position(world, call, &owner)?;
    Ok(Reply::result(world.tokens[token].to_json(call.request.at)))
}

/// What a create or an update says about a token.
struct Wish {
    name: String,
    policies: Vec<policy::Policy>,
    condition: Condition,
    not_before: Option<Timestamp>,
    expires_on: Option<Timestamp>,
    status: Option<Status>,
}

fn wish(world: &mut World, body: &Value) -> Result<Wish, Refusal> {
    let invalid = |words: String| Refusal::invalid_request(words);
    let name = body["name"].as_str().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| invalid("name: required".to_owned()))?.to_owned();
    let policies = policy::parse_all(&body["policies"], || world.chance.id()).map_err(invalid)?;
    let status = match body["status"].as_str() {
        None => None,
        Some(word) => {
            Some(Status::settable(word).ok_or_else(|| invalid(format!("status: {word} is not a status")))?)
        }
    };
    Ok(Wish {
        name,
        policies,
        condition: Condition::from_json(&body["condition"]),
        not_before: time(body, "not_before")?,
        expires_on: time(body, "expires_on")?,
        status,
    })
}

fn time(body: &Value, field: &str) -> Result<Option<Timestamp>, Refusal> {
    let Some(text) = body[field].as_str() else {
        return Ok(None);
    };
    let parsed =
        text.parse().map_err(|_| Refusal::invalid_request(format!("{field}: {text} is not a time")))?;
    Ok(Some(parsed))
}

fn create(world: &mut World, call: &Call<'_>) -> Answer {
    let owner = owner(world, call, Level::Write)?;
    let wish = wish(world, &call.request.json())?;
    let now = call.request.at;
    let (prefix, creator_email) = match &owner {
        Owner::User(_) => ("cfut_", None),
        Owner::Account(_) => ("cfat_", creator(world, call)),
    };
    let token = Token {
        id: world.chance.id(),
        owner,
        name: wish.name,
        value: world.chance.checksummed(prefix),
        status: wish.status.unwrap_or(Status::Active),
        issued_on: now,
        modified_on: now,
        last_used_on: None,
        not_before: wish.not_before,
        expires_on: wish.expires_on,
        condition: wish.condition,
        policies: wish.policies,
        creator_email,
    };
    world.note = Some(about(&token, "token_create", json!({})));
    let mut shown = token.to_json(now);
    shown["value"] = json!(token.value.expose());
    world.tokens.push(token);
    Ok(Reply::result(shown))
}

fn creator(world: &World, call: &Call<'_>) -> Option<String> {
    let user = call.caller.as_ref().and_then(Caller::user)?;
    world.user(user).map(|user| user.email.clone())
}

/// Replaces everything: what is left out is gone, except the status (CLOUDFLARE.md 3.3).
fn update(world: &mut World, call: &Call<'_>) -> Answer {
    let owner = owner(world, call, Level::Write)?;
    let at = position(world, call, &owner)?;
    let wish = wish(world, &call.request.json())?;
    let before = world.tokens[at].clone();
    let token = &mut world.tokens[at];
    token.name = wish.name;
    token.policies = wish.policies;
    token.condition = wish.condition;
    token.not_before = wish.not_before;
    token.expires_on = wish.expires_on;
    token.status = wish.status.unwrap_or(before.status.clone());
    token.modified_on = call.request.at;
    let shown = token.to_json(call.request.at);
    let statuses =
        json!({"old_token_status": before.status.as_str(), "new_token_status": token.status.as_str()});
    let changed = token.status != before.status;
    world.note = Some(if changed {
        about(token, "token_revoke", statuses)
    } else {
        about(token, "token_update", json!({}))
    });
    if changed {
        leave_echo(world, before, call.request.at);
    }
    Ok(Reply::result(shown))
}

fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    let owner = owner(world, call, Level::Write)?;
    let at = position(world, call, &owner)?;
    let removed = world.tokens.remove(at);
    let id = removed.id.clone();
    let statuses = json!({"old_token_status": removed.status.as_str(), "new_token_status": "deleted"});
    world.note = Some(about(&removed, "token_revoke", statuses));
    leave_echo(world, removed, call.request.at);
    Ok(Reply::result(json!({ "id": id })))
}

/// The same id and policies, another value; the answer is the new secret.
fn roll(world: &mut World, call: &Call<'_>) -> Answer {
    let owner = owner(world, call, Level::Write)?;
    let at = position(world, call, &owner)?;
    let prefix = match owner {
        Owner::User(_) => "cfut_",
        Owner::Account(_) => "cfat_",
    };
    let value = world.chance.checksummed(prefix);
    let before = world.tokens[at].clone();
    let token = &mut world.tokens[at];
    token.value = value.clone();
    token.modified_on = call.request.at;
    let hashes = json!({
        "old_token_hash": value_hash(world, &before.value),
        "new_token_hash": value_hash(world, &value),
    });
    world.note = Some(about(&before, "token_roll", hashes));
    leave_echo(world, before, call.request.at);
    Ok(Reply::result(json!(value.expose())))
}

/// Lifecycle entries are the only ones of version 1 that name a token (CLOUDFLARE.md 4.1).
fn about(token: &Token, action: &'static str, mut metadata: Value) -> Note {
    metadata["token_name"] = json!(token.name);
    metadata["token_tag"] = json!(token.id);
    let (Owner::User(owner) | Owner::Account(owner)) = &token.owner;
    Note::new(action, "account", owner).metadata(metadata)
}

fn value_hash(world: &World, value: &Secret) -> String {
    let salt = if world.choices.token_hash_is_sha256 { "" } else { "another digest " };
    sha256_hex(&format!("{salt}{}", value.expose()))
}

fn leave_echo(world: &mut World, was: Token, now: Timestamp) {
    world.echoes.extend(Echo::of(was, world.choices.propagation, now));
}

fn groups(world: &mut World, call: &Call<'_>) -> Answer {
    owner(world, call, Level::Read)?;
    let wanted = |group: &&PermissionGroup| {
        let matches = |field: &str, text: &str| call.request.query(field).is_none_or(|wanted| text == wanted);
        matches("name", &group.name) && matches("scope", group.scope.wire_name())
    };
    let listed: Vec<Value> = permission_groups::all().filter(wanted).map(PermissionGroup::to_json).collect();
    Ok(Reply::result(Value::Array(listed)))
}
