//! Turnstile widgets (CLOUDFLARE.md 1.13, 3.7). Whether a secret works is asked elsewhere:
//! `hosts/siteverify`.

use super::super::clock::rfc3339;
use super::super::refusal::Refusal;
use super::super::reply::{Answer, Reply};
use super::super::things::holders::Widget;
use super::super::world::World;
use super::paging::numbered;
use super::{Call, Needs, Route};
use axum::http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// How long the old secret works after a rotation that did not invalidate it.
const OVERLAP: SignedDuration = SignedDuration::from_hours(2);

pub(super) fn routes() -> Vec<Route> {
    // Account Settings Read is enough to read them, secrets included (CLOUDFLARE.md 7, 9.15).
    const READ: Needs = Needs::Read(&["Turnstile Sites", "Account Settings"]);
    const WRITE: Needs = Needs::Write(&["Turnstile Sites", "Account Settings"]);
    const ALL: &str = "/accounts/{account}/challenges/widgets";
    const ONE: &str = "/accounts/{account}/challenges/widgets/{sitekey}";
    let routes = vec![
        Route::get(ALL, READ, list),
        Route::new(Method::POST, ALL, WRITE, create),
        Route::get(ONE, READ, get),
        Route::new(Method::PUT, ONE, WRITE, update),
        Route::new(Method::DELETE, ONE, WRITE, delete),
        Route::new(Method::POST, &format!("{ONE}/rotate_secret"), WRITE, rotate),
    ];
    routes.into_iter().map(|route| route.about("turnstile", "widget")).collect()
}

fn position(world: &World, call: &Call<'_>) -> Result<usize, Refusal> {
    let (account, sitekey) = (call.account(), call.param("sitekey"));
    let found = world.widgets.iter().position(|w| w.account == account && w.sitekey == sitekey);
    found.ok_or_else(|| Refusal::not_found(10_404, "Widget not found"))
}

fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let own = world.widgets.iter().filter(|widget| widget.account == call.account());
    Ok(numbered(own.map(json_of).collect(), call.request, 25, 1000))
}

fn get(world: &mut World, call: &Call<'_>) -> Answer {
    Ok(Reply::result(with_secret(&world.widgets[position(world, call)?])))
}

fn create(world: &mut World, call: &Call<'_>) -> Answer {
    let body = call.request.json();
    let name = body["name"].as_str().ok_or_else(|| Refusal::invalid_request("name: required"))?;
    let widget = world.new_widget(call.account(), name, texts(&body["domains"]), call.request.at);
    let shown = with_secret(&widget);
    world.widgets.push(widget);
    Ok(Reply::result(shown))
}

fn update(world: &mut World, call: &Call<'_>) -> Answer {
    let at = position(world, call)?;
    let body = call.request.json();
    let widget = &mut world.widgets[at];
    if let Some(name) = body["name"].as_str() {
        name.clone_into(&mut widget.name);
    }
    widget.domains = texts(&body["domains"]);
    widget.modified_on = call.request.at;
    Ok(Reply::result(with_secret(widget)))
}

fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    let at = position(world, call)?;
    Ok(Reply::result(with_secret(&world.widgets.remove(at))))
}

fn rotate(world: &mut World, call: &Call<'_>) -> Answer {
    let at = position(world, call)?;
    let at_once = call.request.json()["invalidate_immediately"] == true;
    let secret = world.chance.turnstile_secret();
    let widget = &mut world.widgets[at];
    let old = std::mem::replace(&mut widget.secret, secret);
    let until = call.request.at.checked_add(OVERLAP).unwrap_or(Timestamp::MAX);
    widget.former = (!at_once).then_some((old, until));
    widget.modified_on = call.request.at;
    Ok(Reply::result(with_secret(widget)))
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

fn with_secret(widget: &Widget) -> Value {
    let mut shown = json_of(widget);
    shown["secret"] = json!(widget.secret.expose());
    shown
}

fn json_of(widget: &Widget) -> Value {
    json!({
        "sitekey": widget.sitekey,
        "name": widget.name,
        "domains": widget.domains,
        "mode": "managed",
        "region": "world",
        "bot_fight_mode": false,
        "clearance_level": "no_clearance",
        "ephemeral_id": false,
        "offlabel": false,
        "created_on": rfc3339(widget.created_on),
        "modified_on": rfc3339(widget.modified_on),
    })
}
