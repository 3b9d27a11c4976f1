//! Everything that can come back from one request, each with a name.
//!
//! Says what arrived, not what it means: that is `verify`'s table.

use crate::cloudflare::envelope::{Envelope, Notice};
use serde_json::Value;
use std::time::Duration;

/// How one question ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Answered(Answer),
    Failed(Failure),
}

/// A whole answer, of whatever kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub http: u16,
    pub body: Body,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    Envelope {
        envelope: Envelope,
        value: Value,
    },
    /// JSON of another shape: OAuth, GraphQL, or somebody who is not Cloudflare.
    Json(Value),
    /// R2's errors; the text of its `<Code>`, and whether it is a list of buckets.
    Xml(Xml),
    Html,
    Text,
    Empty,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Xml {
    /// The outermost element.
    pub root: String,
    pub code: Option<String>,
    pub message: Option<String>,
}

/// No usable answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A header cannot hold the value: it has bytes that no credential of ours has.
    Malformed,
    Timeout,
    Connect,
    Tls,
    /// The connection broke before the end of the answer.
    CutShort,
    /// The answer said how long it is, or is JSON, and ends before that.
    Truncated(u16),
    TooLarge(u16),
    Redirect(u16),
    RateLimited {
        http: u16,
        retry_after: Option<Duration>,
    },
    /// "Max auth failures reached".
    LockedOut,
    /// The requests or the waits that one credential may take are used up.
    OutOfPatience,
}

impl Answer {
    pub fn envelope(&self) -> Option<&Envelope> {
        match &self.body {
            Body::Envelope { envelope, .. } => Some(envelope),
            Body::Json(_) | Body::Xml(_) | Body::Html | Body::Text | Body::Empty => None,
        }
    }

    /// The `result` of an envelope that reports success.
    pub fn result(&self) -> Option<&Value> {
        match &self.body {
            Body::Envelope { envelope, value } if envelope.success => value.get("result"),
            Body::Envelope { .. } | Body::Json(_) | Body::Xml(_) | Body::Html | Body::Text | Body::Empty => {
                None
            }
        }
    }

    /// Would the server count this as a failed authentication? Doubt counts: the price is a second.
    pub fn is_failed_authentication(&self) -> bool {
        matches!(self.http, 400 | 401 | 403)
            || matches!(&self.body, Body::Envelope { envelope, .. } if !envelope.success && self.http < 404)
    }

    pub fn is_server_error(&self) -> bool {
        self.http >= 500
    }

    /// Code 1000 is reused for "Request timeout" with status 400 (CLOUDFLARE.md 2.4).
    pub fn is_timeout(&self) -> bool {
        let says_so = |notice: &Notice| notice.code == 1000 && mentions(&notice.message, "timeout");
        self.http == 408
            || self
                .envelope()
                .is_some_and(|envelope| !envelope.success && envelope.errors.iter().any(says_so))
    }
}

impl Body {
    /// Reads a body by what it is, not by what its header claims.
    pub(super) fn read(bytes: &[u8]) -> Result<Body, EndsEarly> {
        let trimmed = bytes.trim_ascii();
        let Some(first) = trimmed.first() else { return Ok(Body::Empty) };
        if *first == b'<' {
            return Ok(markup(trimmed));
        }
        match serde_json::from_slice::<Value>(trimmed) {
            Ok(value) => Ok(match Envelope::read(&value) {
                Some(envelope) => Body::Envelope { envelope, value },
                None => Body::Json(value),
            }),
            Err(error) if error.is_eof() => Err(EndsEarly),
            Err(_) => Ok(Body::Text),
        }
    }
}

/// JSON that stops in the middle.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct EndsEarly;

fn markup(bytes: &[u8]) -> Body {
    let text = String::from_utf8_lossy(bytes);
    let mut rest = text.as_ref();
    if rest.starts_with("<?xml") {
        rest = rest.find("?>").map_or("", |end| rest[end + 2..].trim_start());
    }
    let root: String = rest.chars().skip(1).take_while(|c| c.is_ascii_alphanumeric()).collect();
    if root.is_empty() || root.eq_ignore_ascii_case("html") {
        return Body::Html;
    }
    Body::Xml(Xml { code: element(rest, "Code"), message: element(rest, "Message"), root })
}

/// The text of the first `<name>`: enough for S3 errors, which are flat.
fn element(xml: &str, name: &str) -> Option<String> {
    let start = xml.find(&format!("<{name}>"))? + name.len() + 2;
    let length = xml[start..].find("</")?;
    Some(xml[start..start + length].to_owned())
}

/// "Max auth failures reached": the code is shared with other meanings, so the words decide.
pub(super) fn says_locked_out(bytes: &[u8], envelope: Option<&Envelope>) -> bool {
    const WORDS: &str = "max auth failures";
    match envelope {
        Some(envelope) if envelope.success => false,
        Some(envelope) => any_notice(envelope, |notice| mentions(&notice.message, WORDS)),
        // An answer from in front of the API: no envelope, the same words.
        None => mentions(&String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]), WORDS),
    }
}

/// 429, or code 971 in any other status (CLOUDFLARE.md 2.4).
pub(super) fn says_rate_limited(http: u16, body: &Body) -> bool {
    if http == 429 {
        return true;
    }
    match body {
        Body::Envelope { envelope, .. } if envelope.success => {
            envelope.all_errors().iter().any(|notice| notice.code == 971)
        }
        Body::Envelope { envelope, .. } => any_notice(envelope, |notice| {
            notice.code == 971 || mentions(&notice.message, "consider throttling")
        }),
        Body::Xml(xml) => matches!(xml.code.as_deref(), Some("TooManyRequests" | "SlowDown")),
        Body::Json(_) | Body::Html | Body::Text | Body::Empty => false,
    }
}

fn any_notice(envelope: &Envelope, test: impl Fn(&Notice) -> bool) -> bool {
    envelope.all_errors().into_iter().chain(&envelope.messages).any(test)
}

fn mentions(text: &str, words: &str) -> bool {
    text.to_ascii_lowercase().contains(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_named_by_what_they_are() {
        let xml = |root: &str, code: Option<&str>| {
            Ok(Body::Xml(Xml { root: root.into(), code: code.map(str::to_owned), message: None }))
        };
        for (bytes, body) in [
            ("", Ok(Body::Empty)),
            (" \n", Ok(Body::Empty)),
            ("<!DOCTYPE html><html><body>no</body></html>", Ok(Body::Html)),
            ("<HTML>", Ok(Body::Html)),
            (
                "<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code></Error>",
                xml("Error", Some("AccessDenied")),
            ),
            ("<ListAllMyBucketsResult xmlns=\"x\"><Buckets/></ListAllMyBucketsResult>", {
                xml("ListAllMyBucketsResult", None)
            }),
            ("<?xml never closed", Ok(Body::Html)),
            ("{\"success\":tr", Err(EndsEarly)),
            ("{\"success\":true,\"errors\":[", Err(EndsEarly)),
            ("Forbidden", Ok(Body::Text)),
            ("{\"a\":1}", Ok(Body::Json(serde_json::json!({"a": 1})))),
        ] {
            assert_eq!(Body::read(bytes.as_bytes()), body, "{bytes}");
        }
    }

    #[test]
    fn hostile_nesting_is_text_and_no_crash() {
        let deep = "[".repeat(100_000);
        assert_eq!(Body::read(deep.as_bytes()), Ok(Body::Text));
    }

    fn read(http: u16, json: &str) -> (u16, Body, Vec<u8>) {
        (http, Body::read(json.as_bytes()).unwrap(), json.as_bytes().to_vec())
    }

    #[test]
    fn rate_limits_are_seen_in_every_status() {
        for (http, json, limited) in [
            (429, "{}", true),
            (429, "<html>", true),
            (200, r#"{"success":false,"errors":[{"code":971,"message":"Please wait"}]}"#, true),
            (400, r#"{"success":false,"errors":[{"code":1,"error_chain":[{"code":971}]}]}"#, true),
            (
                403,
                r#"{"success":false,"errors":[{"code":10000,"message":"Please wait and consider throttling your request speed"}]}"#,
                true,
            ),
            (503, "<Error><Code>SlowDown</Code></Error>", true),
            (403, r#"{"success":false,"errors":[{"code":9109,"message":"Invalid access token"}]}"#, false),
            (200, r#"{"success":true,"errors":[],"messages":[{"code":10000}],"result":{}}"#, false),
        ] {
            let (http, body, _) = read(http, json);
            assert_eq!(says_rate_limited(http, &body), limited, "{http} {json}");
        }
    }

    #[test]
    fn lock_out_is_seen_by_its_words_alone() {
        for (json, locked) in [
            (
                r#"{"success":false,"errors":[{"code":9109,"message":"Max auth failures reached, please wait"}]}"#,
                true,
            ),
            (
                r#"{"success":false,"errors":[{"code":10000}],"messages":[{"message":"Max auth failures reached"}]}"#,
                true,
            ),
            (
                r#"{"success":false,"errors":[{"code":1,"error_chain":[{"code":9109,"message":"max auth failures reached"}]}]}"#,
                true,
            ),
            ("<html><h1>Max auth failures reached</h1></html>", true),
            (r#"{"success":false,"errors":[{"code":9109,"message":"Invalid access token"}]}"#, false),
            (r#"{"success":true,"result":{"name":"Max auth failures club"}}"#, false),
        ] {
            let (_, body, bytes) = read(403, json);
            let answer = Answer { http: 403, body };
            assert_eq!(says_locked_out(&bytes, answer.envelope()), locked, "{json}");
        }
    }

    #[test]
    fn code_1000_with_the_words_of_a_timeout_is_one() {
        let (http, body, _) =
            read(400, r#"{"success":false,"errors":[{"code":1000,"message":"Request timeout"}]}"#);
        assert!(Answer { http, body }.is_timeout());
        let (http, body, _) =
            read(401, r#"{"success":false,"errors":[{"code":1000,"message":"Invalid API Token"}]}"#);
        assert!(!Answer { http, body }.is_timeout());
    }
}
