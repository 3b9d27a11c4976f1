//! `https://challenges.cloudflare.com/turnstile/v0/siteverify` (CLOUDFLARE.md 2.1).

use super::super::reply::Reply;
use super::super::request::Request;
use super::super::world::{Judged, World};
use super::{field, judged};
use crate::model::Secret;
use axum::http::Method;
use serde_json::json;

impl World {
    pub(super) fn siteverify(&self, request: &Request) -> (Reply, Judged) {
        if request.method != Method::POST {
            return (Reply::raw(405, "text/plain", Vec::new()), Judged::NOT_ASKED);
        }
        let secret = field(request, "secret").filter(|text| !text.is_empty()).map(Secret::new);
        let response = field(request, "response").filter(|text| !text.is_empty());
        let Some(secret) = secret else {
            return (refused("missing-input-secret"), judged(None, false));
        };
        let (reply, valid) = match self.widget_answer(&secret, request) {
            WidgetAnswer::Unknown => (refused("invalid-input-secret"), false),
            WidgetAnswer::Known | WidgetAnswer::AlwaysFails if response.is_none() => {
                (refused("missing-input-response"), true)
            }
            // No visitor ever solved a challenge here, so no response is right.
            WidgetAnswer::Known | WidgetAnswer::AlwaysFails => (refused("invalid-input-response"), true),
            WidgetAnswer::AlwaysPasses => (passed(request), true),
        };
        (reply, judged(Some(&secret), valid))
    }

    fn widget_answer(&self, secret: &Secret, request: &Request) -> WidgetAnswer {
        // Documented test secrets: 1x… accepts everything, 2x… nothing (CLOUDFLARE.md 1.13).
        let test = |digit: &str| secret.expose() == format!("{digit}x{}AA", "0".repeat(31));
        if test("1") {
            return WidgetAnswer::AlwaysPasses;
        }
        if test("2") || test("3") {
            return WidgetAnswer::AlwaysFails;
        }
        let known = self.widgets.iter().any(|widget| {
            let former =
                widget.former.as_ref().is_some_and(|(old, until)| old == secret && request.at < *until);
            widget.secret == *secret || former
        });
        if known { WidgetAnswer::Known } else { WidgetAnswer::Unknown }
    }
}

enum WidgetAnswer {
    Unknown,
    Known,
    AlwaysPasses,
    AlwaysFails,
}

fn refused(code: &str) -> Reply {
    Reply::json(200, &json!({"success": false, "error-codes": [code], "messages": []}))
}

fn passed(request: &Request) -> Reply {
    let time = super::super::clock::rfc3339(request.at);
    Reply::json(
        200,
        &json!({"success": true, "error-codes": [], "challenge_ts": time, "hostname": "example.com"}),
    )
}
