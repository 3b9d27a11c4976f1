//! Temporary credentials of R2 (CLOUDFLARE.md 1.8). Buckets are a plain list; objects are at `hosts/s3`.

use super::super::refusal::Refusal;
use super::super::reply::{Answer, Reply};
use super::super::things::holders::TemporaryCredentials;
use super::super::world::World;
use super::{Call, Needs, Route};
use crate::model::Secret;
use axum::http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

const LONGEST_SECONDS: i64 = 604_800;

pub(super) fn routes() -> Vec<Route> {
    const PATH: &str = "/accounts/{account}/r2/temp-access-credentials";
    let route = Route::new(Method::POST, PATH, Needs::Write(&["Workers R2 Storage"]), create);
    vec![route.about("r2/subresources/temporary_credentials", "temporary_credential")]
}

fn create(world: &mut World, call: &Call<'_>) -> Answer {
    let body = call.request.json();
    let text = |field: &str| {
        let missing = || Refusal::invalid_request(format!("{field}: required"));
        body[field].as_str().map(str::to_owned).ok_or_else(missing)
    };
    let (bucket, parent) = (text("bucket")?, text("parentAccessKeyId")?);
    let seconds = body["ttlSeconds"].as_i64().filter(|ttl| (1..=LONGEST_SECONDS).contains(ttl));
    let seconds = seconds.ok_or_else(|| Refusal::invalid_request("ttlSeconds: must be 1 to 604800"))?;
    if !world.tokens.iter().any(|token| token.id == parent) {
        return Err(Refusal::invalid_request("parentAccessKeyId: not a token"));
    }
    let credentials = TemporaryCredentials {
        id: world.chance.id(),
        secret: Secret::new(world.chance.hex(64)),
        session: Secret::new(data_encoding::BASE64URL_NOPAD.encode(&world.chance.bytes(96))),
        parent,
        account: call.account().to_owned(),
        bucket,
        expires: call.request.at.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX),
    };
    let shown = json!({
        "accessKeyId": credentials.id,
        "secretAccessKey": credentials.secret.expose(),
        "sessionToken": credentials.session.expose(),
    });
    world.temporary.push(credentials);
    Ok(Reply::result(shown))
}
