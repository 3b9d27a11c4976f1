//! The other hosts that judge a credential: R2, Turnstile's siteverify, the dashboard's OAuth.
//!
//! They speak XML or plain JSON, never the envelope of the API.

mod dash;
mod s3;
mod s3_errors;
mod sigv4;
mod siteverify;

use super::reply::Reply;
use super::request::{Request, pairs};
use super::seen::Access;
use super::world::{Judged, World};
use crate::model::{Fingerprint, Secret};

impl World {
    /// One server plays four hosts; their paths do not overlap.
    pub(super) fn served(&mut self, request: &Request) -> (Reply, Judged) {
        let path = request.path.as_str();
        if path.starts_with(super::api::PREFIX) {
            self.api(request)
        } else if path == "/turnstile/v0/siteverify" {
            self.siteverify(request)
        } else if path.starts_with("/oauth2/") || path.starts_with("/.well-known/") {
            self.dash(request)
        } else {
            self.s3(request)
        }
    }
}

fn judged(credential: Option<&Secret>, valid: bool) -> Judged {
    let access = match (credential, valid) {
        (None, _) => Access::NotJudged,
        (Some(_), true) => Access::Valid,
        (Some(_), false) => Access::Invalid,
    };
    Judged { credential: credential.map(Fingerprint::of), access }
}

/// A field of a form body, or of a JSON one where the sender says so.
fn field(request: &Request, name: &str) -> Option<String> {
    if request.header("content-type").is_some_and(|kind| kind.starts_with("application/json")) {
        return request.json()[name].as_str().map(str::to_owned);
    }
    let body = String::from_utf8_lossy(&request.body);
    pairs(&body).into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}
