//! Bodies that are not JSON: the code of a Worker, values of KV.

use super::super::chance::sha256_hex;
use super::super::clock::rfc3339;
use super::super::refusal::Refusal;
use super::super::reply::{Answer, Reply};
use super::super::world::World;
use super::{Call, Needs, PREFIX, Route};
use axum::http::Method;
use serde_json::{Value, json};

pub(super) fn routes() -> Vec<Route> {
    const SCRIPTS: &[&str] = &["Workers Scripts"];
    const KV: &[&str] = &["Workers KV Storage"];
    const SCRIPT: &str = "/accounts/{account}/workers/scripts/{script}";
    const VALUE: &str = "/accounts/{account}/storage/kv/namespaces/{namespace}/values/{key}";
    let content = format!("{SCRIPT}/content");
    let scripts = vec![
        Route::get(SCRIPT, Needs::Read(SCRIPTS), code),
        Route::get(&format!("{content}/v2"), Needs::Read(SCRIPTS), code),
        Route::new(Method::PUT, SCRIPT, Needs::Write(SCRIPTS), upload),
        Route::new(Method::PUT, &content, Needs::Write(SCRIPTS), upload),
        Route::new(Method::PATCH, &format!("{SCRIPT}/secrets-bulk"), Needs::Write(SCRIPTS), put_secrets),
    ];
    let values = vec![
        Route::get(VALUE, Needs::Read(KV), value),
        Route::new(Method::PUT, VALUE, Needs::Write(KV), put_value),
        Route::new(Method::DELETE, VALUE, Needs::Write(KV), delete_value),
    ];
    let scripts = scripts.into_iter().map(|route| route.about("workers", "script"));
    scripts.chain(values.into_iter().map(|route| route.about("kv", "value"))).collect()
}

fn scripts_of(call: &Call<'_>) -> String {
    format!("/accounts/{}/workers/scripts", call.account())
}

fn script_path(call: &Call<'_>) -> String {
    format!("{}/{}", scripts_of(call), call.param("script"))
}

fn code(world: &mut World, call: &Call<'_>) -> Answer {
    let code = world.blobs.get(&script_path(call));
    let missing = || Refusal::not_found(10007, "This Worker does not exist on your account.");
    let code = code.ok_or_else(missing)?.clone();
    Ok(Reply::raw(200, "application/javascript", code))
}

/// Keeps the code, and leaves a version and a deployment behind as the real upload does.
fn upload(world: &mut World, call: &Call<'_>) -> Answer {
    let (path, name, now) = (script_path(call), call.param("script"), rfc3339(call.request.at));
    let etag = sha256_hex(&String::from_utf8_lossy(&call.request.body));
    world.blobs.insert(path.clone(), call.request.body.clone());
    let version = world.chance.uuid();
    let author = call.caller()?.user().and_then(|id| world.user(id)).map(|user| user.email.clone());
    let about = json!({"created_on": now, "author_email": author, "source": "api"});
    push(world, &format!("{path}/versions"), json!({"id": version, "number": 1, "metadata": about}));
    let deployment = json!({
        "id": world.chance.uuid(),
        "source": "api",
        "strategy": "percentage",
        "created_on": now,
        "author_email": author,
        "versions": [{"version_id": version, "percentage": 100}],
    });
    push(world, &format!("{path}/deployments"), deployment);
    let scripts = world.shelves.entry(scripts_of(call)).or_default();
    let known = scripts.iter().position(|script| script["id"] == name);
    let created = known.map_or(json!(now), |at| scripts.remove(at)["created_on"].clone());
    let script = json!({
        "id": name,
        "etag": etag,
        "created_on": created,
        "modified_on": now,
        "handlers": ["fetch"],
        "usage_model": "standard",
        "has_assets": false,
        "logpush": false,
    });
    scripts.push(script.clone());
    Ok(Reply::result(script))
}

/// Names with a secret are set, names with `null` are deleted; values are never kept.
fn put_secrets(world: &mut World, call: &Call<'_>) -> Answer {
    let secrets = world.shelves.entry(format!("{}/secrets", script_path(call))).or_default();
    let body = call.request.json();
    for (name, wish) in body["secrets"].as_object().into_iter().flatten() {
        secrets.retain(|secret| secret["name"] != *name);
        if !wish.is_null() {
            secrets.push(json!({"name": name, "type": "secret_text"}));
        }
    }
    Ok(Reply::result(json!(secrets)))
}

fn push(world: &mut World, shelf: &str, member: Value) {
    world.shelves.entry(shelf.to_owned()).or_default().insert(0, member);
}

fn path<'c>(call: &'c Call<'_>) -> &'c str {
    call.request.path.strip_prefix(PREFIX).unwrap_or(&call.request.path)
}

fn value(world: &mut World, call: &Call<'_>) -> Answer {
    let stored =
        world.blobs.get(path(call)).ok_or_else(|| Refusal::not_found(10009, "get: 'key not found'"))?;
    Ok(Reply::raw(200, "application/octet-stream", stored.clone()))
}

fn keys_of(call: &Call<'_>) -> String {
    format!("/accounts/{}/storage/kv/namespaces/{}/keys", call.account(), call.param("namespace"))
}

fn put_value(world: &mut World, call: &Call<'_>) -> Answer {
    world.blobs.insert(path(call).to_owned(), call.request.body.clone());
    let key = json!({"name": call.param("key")});
    let keys = world.shelves.entry(keys_of(call)).or_default();
    if !keys.contains(&key) {
        keys.push(key);
    }
    Ok(Reply::result(json!({})))
}

fn delete_value(world: &mut World, call: &Call<'_>) -> Answer {
    world.blobs.remove(path(call));
    let keys = world.shelves.entry(keys_of(call)).or_default();
    keys.retain(|key| key["name"] != call.param("key"));
    Ok(Reply::result(json!({})))
}
