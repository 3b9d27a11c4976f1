//! Self-managed OAuth applications (CLOUDFLARE.md 1.14).

use super::super::clock::rfc3339;
use super::super::refusal::Refusal;
use super::super::reply::{Answer, Reply};
use super::super::things::holders::OauthClient;
use super::super::world::World;
use super::{Call, Needs, Route};
use crate::model::Secret;
use axum::http::Method;
use serde_json::{Value, json};

pub(super) fn routes() -> Vec<Route> {
    const READ: Needs = Needs::Read(&["OAuth Client"]);
    const WRITE: Needs = Needs::Write(&["OAuth Client"]);
    const ALL: &str = "/accounts/{account}/oauth_clients";
    const ONE: &str = "/accounts/{account}/oauth_clients/{client}";
    const ROTATE: &str = "/accounts/{account}/oauth_clients/{client}/rotate_secret";
    let routes = vec![
        Route::get(ALL, READ, list),
        Route::new(Method::POST, ALL, WRITE, create),
        Route::get(ONE, READ, get),
        Route::new(Method::PATCH, ONE, WRITE, update),
        Route::new(Method::PUT, ONE, WRITE, update),
        Route::new(Method::DELETE, ONE, WRITE, delete),
        Route::new(Method::POST, ROTATE, WRITE, rotate),
        Route::new(Method::DELETE, ROTATE, WRITE, drop_former),
        Route::get("/oauth/scopes", Needs::AnyCredential, scopes),
    ];
    routes.into_iter().map(|route| route.about("iam/subresources/oauth_clients", "oauth_client")).collect()
}

fn position(world: &World, call: &Call<'_>) -> Result<usize, Refusal> {
    let (account, id) = (call.account(), call.param("client"));
    let found = world.oauth_clients.iter().position(|c| c.account == account && c.id == id);
    found.ok_or_else(|| Refusal::not_found(1003, "OAuth client not found"))
}

fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let own = world.oauth_clients.iter().filter(|client| client.account == call.account());
    Ok(Reply::result(own.map(json_of).collect()))
}

fn get(world: &mut World, call: &Call<'_>) -> Answer {
    Ok(Reply::result(json_of(&world.oauth_clients[position(world, call)?])))
}

fn create(world: &mut World, call: &Call<'_>) -> Answer {
    let body = call.request.json();
    let name =
        body["client_name"].as_str().ok_or_else(|| Refusal::invalid_request("client_name: required"))?;
    let client = OauthClient {
        id: world.chance.id(),
        account: call.account().to_owned(),
        name: name.to_owned(),
        secret: new_secret(world),
        former: None,
        redirect_uris: texts(&body["redirect_uris"]),
        scopes: texts(&body["scopes"]),
        created_at: call.request.at,
    };
    let mut shown = json_of(&client);
    shown["client_secret"] = json!(client.secret.expose());
    world.oauth_clients.push(client);
    Ok(Reply::result(shown))
}

/// The real format is not documented (CLOUDFLARE.md 1.14).
fn new_secret(world: &mut World) -> Secret {
    Secret::new(world.chance.hex(64))
}

fn update(world: &mut World, call: &Call<'_>) -> Answer {
    let at = position(world, call)?;
    let body = call.request.json();
    let client = &mut world.oauth_clients[at];
    if body["redirect_uris"].is_array() {
        client.redirect_uris = texts(&body["redirect_uris"]);
    }
    if body["scopes"].is_array() {
        client.scopes = texts(&body["scopes"]);
    }
    Ok(Reply::result(json_of(client)))
}

fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    let at = position(world, call)?;
    let gone = world.oauth_clients.remove(at);
    // Every grant of the application goes with it.
    world.grants.retain(|grant| grant.client_id != gone.id);
    Ok(Reply::result(json!({ "client_id": gone.id })))
}

/// Two secrets may work side by side until the former is dropped.
fn rotate(world: &mut World, call: &Call<'_>) -> Answer {
    let at = position(world, call)?;
    let secret = new_secret(world);
    let client = &mut world.oauth_clients[at];
    client.former = Some(std::mem::replace(&mut client.secret, secret));
    Ok(Reply::result(json!({"client_secret": client.secret.expose()})))
}

fn drop_former(world: &mut World, call: &Call<'_>) -> Answer {
    let at = position(world, call)?;
    world.oauth_clients[at].former = None;
    Ok(Reply::result(json!({})))
}

fn scopes(_: &mut World, _: &Call<'_>) -> Answer {
    let known =
        [("workers-platform.read", "Workers Platform Read"), ("user-details.read", "User Details Read")];
    let listed = known.map(|(id, name)| json!({"id": id, "name": name, "category": "other", "scopes": []}));
    Ok(Reply::result(json!(listed)))
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

fn json_of(client: &OauthClient) -> Value {
    json!({
        "client_id": client.id,
        "client_name": client.name,
        "visibility": "private",
        "redirect_uris": client.redirect_uris,
        "scopes": client.scopes,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_basic",
        "has_rotated_secret": client.former.is_some(),
        "created_at": rfc3339(client.created_at),
        "updated_at": rfc3339(client.created_at),
    })
}
