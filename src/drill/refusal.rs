//! The error catalogue (CLOUDFLARE.md 2.4): one constructor a row, so that every refusal has its HTTP status,
//! code and words from one place.

use serde_json::{Value, json};
use std::net::IpAddr;

/// How an endpoint says no. The same invalid token gives different codes on different endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// `…/tokens/verify`
    Verify,
    /// Accounts, zones, user, tokens.
    Gateway,
    /// Everything that belongs to a product.
    Product,
    /// `/memberships`: all trouble is 9106.
    Legacy,
}

/// What "live, but no permission" looks like at a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forbidden {
    /// 403 "Forbidden" with `documentation_url`, since 2026-08-21.
    Enriched,
    /// 403 "Authentication error".
    Plain403,
    /// 401 "Authentication error": the same words as for an invalid token.
    Plain401,
}

#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub status: u16,
    pub code: i64,
    /// As they stand in the envelope.
    errors: Vec<Value>,
    pub retry_after: Option<i64>,
    /// Counts towards "Max auth failures reached".
    pub failed_authentication: bool,
}

impl Refusal {
    pub fn new(status: u16, code: i64, message: impl Into<String>) -> Refusal {
        let errors = vec![json!({"code": code, "message": message.into()})];
        Refusal { status, code, errors, retry_after: None, failed_authentication: false }
    }

    pub fn with_status(mut self, status: u16) -> Refusal {
        self.status = status;
        self
    }

    fn failing(mut self) -> Refusal {
        self.failed_authentication = true;
        self
    }

    /// The real reason is in `error_chain`, which no schema mentions (CLOUDFLARE.md 6).
    fn headers(code: i64, message: &str) -> Refusal {
        let mut refusal = Refusal::new(400, 6003, "Invalid request headers");
        refusal.errors[0]["error_chain"] = json!([{"code": code, "message": message}]);
        refusal
    }

    pub fn malformed_authorization() -> Refusal {
        Refusal::headers(6111, "Invalid format for Authorization header")
    }

    pub fn malformed_key() -> Refusal {
        Refusal::headers(6103, "Invalid format for X-Auth-Key header")
    }

    pub fn malformed_email() -> Refusal {
        Refusal::headers(6102, "Invalid format for X-Auth-Email header")
    }

    pub fn no_credential(style: Style) -> Refusal {
        match style {
            Style::Verify => Refusal::new(401, 1001, "Missing \"Authorization\" header"),
            Style::Gateway | Style::Product | Style::Legacy => {
                Refusal::new(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers")
            }
        }
    }

    pub fn half_a_key(missing: &str) -> Refusal {
        Refusal::new(400, 9107, format!("Missing {missing} header"))
    }

    pub fn unknown_key(status: u16) -> Refusal {
        Refusal::new(status, 9103, "Unknown X-Auth-Key or X-Auth-Email").failing()
    }

    /// The credential is not one this endpoint knows.
    pub fn invalid(style: Style) -> Refusal {
        match style {
            Style::Verify => Refusal::new(401, 1000, "Invalid API Token"),
            Style::Gateway => Refusal::new(403, 9109, "Invalid access token"),
            Style::Product => Refusal::new(401, 10000, "Authentication error"),
            Style::Legacy => Refusal::new(400, 9106, "Authentication failed (status: 400)"),
        }
        .failing()
    }

    /// An account-owned token where only a user makes sense.
    pub fn needs_a_user(style: Style) -> Refusal {
        match style {
            Style::Verify | Style::Gateway | Style::Product => {
                Refusal::new(403, 9109, "Valid user-level authentication not found")
            }
            Style::Legacy => Refusal::new(400, 9106, "Authentication failed (status: 400)"),
        }
    }

    pub fn unauthorized() -> Refusal {
        Refusal::new(403, 9109, "Unauthorized to access requested resource")
    }

    pub fn authentication_error() -> Refusal {
        Refusal::new(403, 10000, "Authentication error")
    }

    /// Live, but without the permission.
    pub fn forbidden(style: Style, how: Forbidden, product: &str) -> Refusal {
        match (style, how) {
            (Style::Verify | Style::Gateway | Style::Legacy, _) => Refusal::unauthorized(),
            (Style::Product, Forbidden::Enriched) => {
                let url = format!("https://developers.cloudflare.com/api/resources/{product}/");
                let mut refusal = Refusal::new(403, 10000, "Forbidden");
                refusal.errors[0]["documentation_url"] = json!(url);
                refusal
            }
            (Style::Product, Forbidden::Plain403) => Refusal::authentication_error(),
            (Style::Product, Forbidden::Plain401) => Refusal::new(401, 10000, "Authentication error"),
        }
    }

    pub fn location(client: IpAddr) -> Refusal {
        Refusal::new(403, 9109, format!("Cannot use the access token from location: {client}"))
    }

    pub fn locked_out(status: u16) -> Refusal {
        Refusal::new(status, 9109, "Max auth failures reached")
    }

    pub fn wrong_token_class() -> Refusal {
        Refusal::new(403, 10001, "Method not allowed for token")
    }

    pub fn rate_limited(code: i64, retry_after: i64) -> Refusal {
        let words = match code {
            971 => "Please wait and consider throttling your request speed",
            _ => "More than 1200 requests per 300 seconds reached",
        };
        Refusal { retry_after: Some(retry_after), ..Refusal::new(429, code, words) }
    }

    /// A path that names nothing, or an identifier that cannot be one.
    pub fn no_route(status: u16, path: &str) -> Refusal {
        let words = format!("Could not route to {path}, perhaps your object identifier is invalid?");
        let mut refusal = Refusal::new(status, 7003, words);
        refusal.errors.push(json!({"code": 7000, "message": "No route for that URI"}));
        refusal
    }

    pub fn method_not_allowed(style: Style) -> Refusal {
        match style {
            Style::Product => Refusal::new(405, 10405, "Method not allowed for this authentication scheme"),
            Style::Verify | Style::Gateway | Style::Legacy => {
                Refusal::new(405, 7001, "Method not available for that URI")
            }
        }
    }

    pub fn invalid_request(message: impl Into<String>) -> Refusal {
        Refusal::new(400, 400, message)
    }

    pub fn not_found(code: i64, message: impl Into<String>) -> Refusal {
        Refusal::new(404, code, message)
    }

    pub fn to_json(&self) -> Value {
        json!({"success": false, "errors": self.errors, "messages": [], "result": null})
    }
}
