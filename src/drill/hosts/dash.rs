//! `https://dash.cloudflare.com/oauth2/…` (CLOUDFLARE.md 1.6, 3.7). Logging in is not played: logins come
//! from the builder.

use super::super::reply::Reply;
use super::super::request::Request;
use super::super::world::{Judged, World};
use super::{field, judged};
use crate::model::Secret;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// What users see; Cloudflare documents no number.
const ACCESS_LIFETIME: SignedDuration = SignedDuration::from_hours(1);

impl World {
    pub(super) fn dash(&mut self, request: &Request) -> (Reply, Judged) {
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/oauth2/token") => self.oauth_token(request),
            ("POST", "/oauth2/revoke") => self.oauth_revoke(request),
            ("GET" | "POST", "/oauth2/userinfo") => self.oauth_userinfo(request),
            ("GET", "/.well-known/openid-configuration") => (discovery(request), Judged::NOT_ASKED),
            ("GET", "/.well-known/jwks.json") => (Reply::json(200, &json!({"keys": []})), Judged::NOT_ASKED),
            _ => (failed(404, "not_found", "The drill does not play this endpoint"), Judged::NOT_ASKED),
        }
    }

    /// A refresh token works once: using it makes two new tokens and kills two old ones.
    fn oauth_token(&mut self, request: &Request) -> (Reply, Judged) {
        if field(request, "grant_type").as_deref() != Some("refresh_token") {
            let words = "The drill plays refresh_token only";
            return (failed(400, "unsupported_grant_type", words), Judged::NOT_ASKED);
        }
        let token = Secret::new(field(request, "refresh_token").unwrap_or_default());
        let client = field(request, "client_id").unwrap_or_default();
        let (access, refresh) = (self.chance.oauth("cfoat_"), self.chance.oauth(""));
        let grant = self.grants.iter_mut().find(|grant| grant.refresh.as_ref() == Some(&token));
        let Some(grant) = grant.filter(|grant| grant.client_id == client) else {
            let words = "The provided authorization grant is invalid, expired or revoked";
            return (failed(400, "invalid_grant", words), judged(Some(&token), false));
        };
        grant.access = Some(access.clone());
        grant.refresh = Some(refresh.clone());
        grant.access_expires = request.at.checked_add(ACCESS_LIFETIME).unwrap_or(Timestamp::MAX);
        let body = json!({
            "access_token": access.expose(),
            "refresh_token": refresh.expose(),
            "expires_in": ACCESS_LIFETIME.as_secs(),
            "scope": grant.scopes.join(" "),
            "token_type": "bearer",
        });
        (Reply::json(200, &body), judged(Some(&token), true))
    }

    /// RFC 7009: 200 and nothing else, for tokens that never existed too.
    fn oauth_revoke(&mut self, request: &Request) -> (Reply, Judged) {
        let token = Secret::new(field(request, "token").unwrap_or_default());
        let client = field(request, "client_id").unwrap_or_default();
        let (by_refresh, by_access) =
            (self.choices.refresh_revocation_ends_access, self.choices.access_revocation_ends_refresh);
        let mut known = false;
        for grant in self.grants.iter_mut().filter(|grant| grant.client_id == client) {
            let is = |held: &Option<Secret>| held.as_ref() == Some(&token);
            let (refresh, access) = (is(&grant.refresh), is(&grant.access));
            known |= refresh || access;
            if access || (refresh && by_refresh) {
                grant.access = None;
            }
            if refresh || (access && by_access) {
                grant.refresh = None;
            }
        }
        (Reply::raw(200, "application/json", Vec::new()), judged(Some(&token), known))
    }

    fn oauth_userinfo(&mut self, request: &Request) -> (Reply, Judged) {
        let bearer = request.header("authorization").and_then(|header| header.strip_prefix("Bearer "));
        let Some(token) = bearer.map(Secret::new) else {
            return (failed(401, "request_unauthorized", "No bearer token"), judged(None, false));
        };
        match self.grant_by_access(&token, request.at) {
            Some(grant) => (Reply::json(200, &json!({"sub": grant.user})), judged(Some(&token), true)),
            None => (failed(401, "request_unauthorized", "Token is inactive"), judged(Some(&token), false)),
        }
    }
}

fn failed(status: u16, error: &str, description: &str) -> Reply {
    Reply::json(status, &json!({"error": error, "error_description": description}))
}

fn discovery(request: &Request) -> Reply {
    let origin = format!("http://{}", request.header("host").unwrap_or("127.0.0.1"));
    Reply::json(
        200,
        &json!({
            "issuer": origin,
            "authorization_endpoint": format!("{origin}/oauth2/auth"),
            "token_endpoint": format!("{origin}/oauth2/token"),
            "revocation_endpoint": format!("{origin}/oauth2/revoke"),
            "userinfo_endpoint": format!("{origin}/oauth2/userinfo"),
            "jwks_uri": format!("{origin}/.well-known/jwks.json"),
        }),
    )
}
