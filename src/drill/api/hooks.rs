//! Deploy hooks (CLOUDFLARE.md 1.16): no credential but the address itself, and asking is building.

use super::super::refusal::Refusal;
use super::super::reply::{Answer, Reply};
use super::super::things::holders::HookKind;
use super::super::world::World;
use super::{Call, Needs, Route};
use axum::http::Method;
use serde_json::json;

pub(super) fn routes() -> Vec<Route> {
    let hook =
        |path, run| Route::new(Method::POST, path, Needs::Nothing, run).about("workers", "deploy_hook");
    vec![
        hook("/workers/builds/deploy_hooks/{hook}", workers),
        hook("/pages/webhooks/deploy_hooks/{hook}", pages),
    ]
}

fn workers(world: &mut World, call: &Call<'_>) -> Answer {
    build(world, call, HookKind::WorkersBuilds)
}

fn pages(world: &mut World, call: &Call<'_>) -> Answer {
    build(world, call, HookKind::Pages)
}

fn build(world: &mut World, call: &Call<'_>, kind: HookKind) -> Answer {
    let uuid = call.param("hook");
    let hook = world.hooks.iter_mut().find(|hook| hook.kind == kind && hook.uuid.expose() == uuid);
    let hook = hook.ok_or_else(|| Refusal::not_found(12_000, "Deploy hook not found"))?;
    hook.builds += 1;
    let id = world.chance.uuid();
    Ok(Reply::result(json!({ "build_uuid": id })))
}
