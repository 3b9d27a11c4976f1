use super::super::audit::Note;
use super::super::clock::rfc3339;
use super::super::gate::Level;
use super::super::refusal::Refusal;
use super::super::reply::{Answer, Reply};
use super::super::things::policy::Target;
use super::super::world::World;
use super::{Call, Needs, Route};
use axum::http::Method;
use serde_json::{Value, json};

/// The settings a responder compares, with what a new zone has.
const DEFAULTS: [(&str, &str); 10] = [
    ("always_use_https", "on"),
    ("automatic_https_rewrites", "on"),
    ("browser_check", "on"),
    ("development_mode", "off"),
    ("email_obfuscation", "on"),
    ("min_tls_version", "1.2"),
    ("opportunistic_encryption", "on"),
    ("security_level", "medium"),
    ("ssl", "strict"),
    ("tls_1_3", "on"),
];

pub(super) fn routes() -> Vec<Route> {
    const STEMS: &[&str] = &["Zone Settings"];
    const ONE: &str = "/zones/{zone}/settings/{setting}";
    let settings = vec![
        Route::get("/zones/{zone}/settings", Needs::Read(STEMS), list),
        Route::get(ONE, Needs::Read(STEMS), get),
        Route::new(Method::PATCH, ONE, Needs::Write(STEMS), change),
    ];
    let certificates = Route::get("/certificates", Needs::AnyCredential, certificates);
    let settings =
        settings.into_iter().map(|route| route.about("zones/subresources/settings", "zone_setting"));
    settings.chain([certificates.about("origin_ca_certificates", "certificate")]).collect()
}

fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let zone = call.param("zone");
    Ok(Reply::result(DEFAULTS.iter().map(|(name, default)| setting(world, zone, name, default)).collect()))
}

fn get(world: &mut World, call: &Call<'_>) -> Answer {
    let (name, default) = known(call)?;
    Ok(Reply::result(setting(world, call.param("zone"), name, default)))
}

fn change(world: &mut World, call: &Call<'_>) -> Answer {
    let (name, default) = known(call)?;
    let zone = call.param("zone");
    let before = setting(world, zone, name, default);
    let value = call.request.json()["value"].clone();
    let now = rfc3339(call.request.at);
    world.documents.insert(path(zone, name), json!({"value": value, "modified_on": now}));
    let note =
        Note::new("change_setting", "zone_setting", name).metadata(json!({"name": name, "value": value}));
    world.note = Some(note.values(json!({"value": before["value"]}), json!({ "value": value })));
    Ok(Reply::result(setting(world, zone, name, default)))
}

fn known(call: &Call<'_>) -> Result<(&'static str, &'static str), Refusal> {
    let found = DEFAULTS.iter().find(|(name, _)| *name == call.param("setting"));
    found.copied().ok_or_else(|| Refusal::new(400, 1004, "Unknown setting"))
}

fn path(zone: &str, name: &str) -> String {
    format!("/zones/{zone}/settings/{name}")
}

fn setting(world: &World, zone: &str, name: &str, default: &str) -> Value {
    let changed = world.documents.get(&path(zone, name));
    json!({
        "id": name,
        "value": changed.map_or(json!(default), |setting| setting["value"].clone()),
        "editable": true,
        "modified_on": changed.map_or(Value::Null, |setting| setting["modified_on"].clone()),
    })
}

/// Certificates of Origin CA, of the zone that the query names.
fn certificates(world: &mut World, call: &Call<'_>) -> Answer {
    let zone = call
        .request
        .query("zone_id")
        .and_then(|id| world.zone(id))
        .ok_or_else(Refusal::authentication_error)?;
    let target = Target::Zone { zone: &zone.id, account: &zone.account };
    let forbidden = || Refusal::forbidden(call.route.style, world.choices.forbidden, call.route.product);
    if !world.may(call.caller()?, Level::Read, &["SSL and Certificates"], target) {
        return Err(forbidden());
    }
    let listed = world.shelves.get(&format!("/zones/{}/certificates", zone.id)).cloned();
    Ok(Reply::result(Value::Array(listed.unwrap_or_default())))
}
