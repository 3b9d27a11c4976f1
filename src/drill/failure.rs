//! Trouble on demand: what a test or a rehearsal wants to go wrong, where and how often.

use super::reply::Reply;
use axum::http::Method;
use serde_json::json;
use std::time::Duration;

/// One kind of trouble at one place.
#[derive(Clone, Debug)]
pub struct FailureRule {
    method: Option<Method>,
    path: String,
    turn: Turn,
    when: When,
    kind: FailureKind,
    matched: u32,
}

/// Which of the matching requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Every,
    Only(u32),
    First(u32),
    From(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Instead,
    AfterDoing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// An error in the envelope: 971 inside a 200 or 400, 1000 "Request timeout", 500.
    Error { status: u16, code: i64, message: String },
    /// 429 with `Retry-After`, the code of [`super::Choices::rate_limit_code`].
    RateLimited { retry_after: i64 },
    /// A page of a firewall or of a data centre in trouble, not of the API.
    Html(u16),
    /// Any body: XML, broken JSON, nothing.
    Body { status: u16, content_type: &'static str, body: String },
    /// 302 to there. The request log shows whether anybody followed.
    Redirect(String),
    /// No byte is ever answered.
    Timeout,
    /// The connection closes without an answer.
    Reset,
    /// Half of the promised body, then the connection closes.
    Truncated,
    /// Half of the promised body, then silence.
    Stalled,
    /// The right answer, later.
    Slow(Duration),
    /// An answer of this many bytes.
    Huge(usize),
}

impl FailureRule {
    /// `path` is matched without the query; `*` stands for any text.
    pub fn new(path: impl Into<String>, kind: FailureKind) -> Self {
        FailureRule {
            method: None,
            path: path.into(),
            turn: Turn::Every,
            when: When::Instead,
            kind,
            matched: 0,
        }
    }

    /// 500 with the envelope that products send.
    pub fn status(path: impl Into<String>, status: u16) -> Self {
        let message = "internal error".to_owned();
        FailureRule::new(path, FailureKind::Error { status, code: 10001, message })
    }

    pub fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    /// Only the nth matching request, counted from 1.
    pub fn nth(mut self, nth: u32) -> Self {
        self.turn = Turn::Only(nth);
        self
    }

    pub fn first(mut self, count: u32) -> Self {
        self.turn = Turn::First(count);
        self
    }

    pub fn from_nth(mut self, nth: u32) -> Self {
        self.turn = Turn::From(nth);
        self
    }

    /// The request is carried out; only its answer goes wrong. What happens when a network dies at the wrong
    /// moment.
    pub fn after_doing(mut self) -> Self {
        self.when = When::AfterDoing;
        self
    }

    fn strikes(&mut self, method: &Method, path: &str) -> bool {
        let meant = self.method.as_ref().is_none_or(|m| m == method) && glob(&self.path, path);
        if !meant {
            return false;
        }
        self.matched += 1;
        match self.turn {
            Turn::Every => true,
            Turn::Only(nth) => self.matched == nth,
            Turn::First(count) => self.matched <= count,
            Turn::From(nth) => self.matched >= nth,
        }
    }
}

/// What happens on the wire beside, or in place of, a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    None,
    Delay(Duration),
    Silence,
    CloseAtOnce,
    CloseHalfway,
    StallHalfway,
}

/// A failure that struck, ready to be applied.
#[derive(Clone, Debug)]
pub(crate) struct Struck {
    kind: FailureKind,
    when: When,
}

/// The first rule that strikes; all matching rules count the request.
pub(crate) fn strike(rules: &mut [FailureRule], method: &Method, path: &str) -> Option<Struck> {
    let mut struck = None;
    for rule in rules {
        if rule.strikes(method, path) && struck.is_none() {
            struck = Some(Struck { kind: rule.kind.clone(), when: rule.when });
        }
    }
    struck
}

impl Struck {
    /// Whether the request reaches the fake at all.
    pub fn lets_through(&self) -> bool {
        self.when == When::AfterDoing
            || matches!(self.kind, FailureKind::Slow(_) | FailureKind::Truncated | FailureKind::Stalled)
    }

    /// The reply to send instead of `right`, and what the wire does.
    pub fn apply(self, right: Option<Reply>, rate_limit_code: i64) -> (Reply, Trouble) {
        let right = right.unwrap_or_else(|| Reply::raw(200, "application/json", Vec::new()));
        match self.kind {
            FailureKind::Error { status, code, message } => (envelope(status, code, &message), Trouble::None),
            FailureKind::RateLimited { retry_after } => {
                (super::refusal::Refusal::rate_limited(rate_limit_code, retry_after).into(), Trouble::None)
            }
            FailureKind::Html(status) => (Reply::raw(status, "text/html", HTML.into()), Trouble::None),
            FailureKind::Body { status, content_type, body } => {
                (Reply::raw(status, content_type, body.into_bytes()), Trouble::None)
            }
            FailureKind::Redirect(target) => {
                (Reply::raw(302, "text/plain", Vec::new()).header("Location", target), Trouble::None)
            }
            FailureKind::Timeout => (right, Trouble::Silence),
            FailureKind::Reset => (right, Trouble::CloseAtOnce),
            FailureKind::Truncated => (right, Trouble::CloseHalfway),
            FailureKind::Stalled => (right, Trouble::StallHalfway),
            FailureKind::Slow(time) => (right, Trouble::Delay(time)),
            FailureKind::Huge(bytes) => {
                let filler = " ".repeat(bytes.saturating_sub(2));
                (Reply::raw(200, "application/json", format!("{{{filler}}}").into_bytes()), Trouble::None)
            }
        }
    }
}

const HTML: &str = "<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head>\
                    <body><h1>Sorry, you have been blocked</h1></body></html>";

fn envelope(status: u16, code: i64, message: &str) -> Reply {
    let errors = json!([{"code": code, "message": message}]);
    let body = json!({"success": false, "errors": errors, "messages": [], "result": null});
    Reply { code: Some(code), ..Reply::json(status, &body) }
}

fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(rest) = text.strip_prefix(head) else {
        return false;
    };
    (0..=rest.len()).filter(|at| rest.is_char_boundary(*at)).any(|at| glob(tail, &rest[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_paths() {
        for (pattern, path, expected) in [
            ("/a/b", "/a/b", true),
            ("/a/b", "/a/b/c", false),
            ("*/verify", "/client/v4/user/tokens/verify", true),
            ("*/tokens/*/value", "/client/v4/user/tokens/1/value", true),
            ("*/tokens/*/value", "/client/v4/user/tokens/1", false),
            ("*", "/anything", true),
        ] {
            assert_eq!(glob(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn turns_are_counted_from_one() {
        let struck = |rule: FailureRule| {
            let mut rules = [rule];
            (0..4).map(|_| strike(&mut rules, &Method::GET, "/x").is_some()).collect::<Vec<_>>()
        };
        let rule = FailureRule::new("/x", FailureKind::Timeout);
        assert_eq!(struck(rule.clone()), [true, true, true, true]);
        assert_eq!(struck(rule.clone().nth(2)), [false, true, false, false]);
        assert_eq!(struck(rule.clone().first(2)), [true, true, false, false]);
        assert_eq!(struck(rule.clone().from_nth(3)), [false, false, true, true]);
        assert_eq!(struck(rule.method(Method::PUT)), [false; 4]);
    }
}
