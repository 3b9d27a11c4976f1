//! The one table that says what an answer means.
//!
//! A code means nothing without its endpoint, its HTTP status and often its words: 9109 has four meanings,
//! one of which proves that a token lives (CLOUDFLARE.md 2.4). The first row that fits decides, and proof of
//! life stands before rejection. An answer that no row knows says nothing. What a kind makes of the meanings
//! is in its own file; `docs/verification.md` is written from here.

use crate::cloudflare::{Answer, Body, Envelope, Notice};
use crate::verify::question::Endpoint::{self, *};
use serde_json::Value;

/// What an answer says about the credential that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Means {
    Active,
    Disabled,
    Expired,
    /// The endpoint knows the credential, and describes it by a word that is documented nowhere.
    OtherStatus,
    /// Let in.
    Accepted,
    /// Known, but without permission for this.
    Denied,
    /// Known, but not allowed from this address.
    Elsewhere,
    /// This endpoint does not know the value.
    Rejected,
    /// Not in the shape that the endpoint reads.
    Malformed,
    /// Speaks of the pair, the account, the class of credential or the route; not of the value.
    Nothing,
}

impl Means {
    #[cfg(test)]
    pub const ALL: [Means; 10] = [
        Means::Active,
        Means::Disabled,
        Means::Expired,
        Means::OtherStatus,
        Means::Accepted,
        Means::Denied,
        Means::Elsewhere,
        Means::Rejected,
        Means::Malformed,
        Means::Nothing,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Means::Active => "active",
            Means::Disabled => "disabled",
            Means::Expired => "expired",
            Means::OtherStatus => "known, status unclear",
            Means::Accepted => "let in",
            Means::Denied => "known, permission denied",
            Means::Elsewhere => "known, not from this address",
            Means::Rejected => "rejected",
            Means::Malformed => "malformed",
            Means::Nothing => "no verdict",
        }
    }
}

pub(super) struct Row {
    pub at: &'static [Endpoint],
    pub when: When,
    pub means: Means,
    pub source: &'static str,
}

/// The shape of an answer.
pub(super) enum When {
    /// 200, success, and `result.status` is this word (`*`: any).
    Status(&'static str),
    /// 200, success, and a `result` with an `id`.
    Object,
    /// 200, success, and a `result` that is a list, perhaps an empty one.
    List,
    /// No success, and one of the errors (or of the chain behind it) fits.
    AnyError(ErrorLike),
    /// The same, and `messages` count too: they explain where `errors` are generic (CLOUDFLARE.md 6).
    AnyNotice(ErrorLike),
    /// No success, and every error fits: a rejection must not be watered down by anything else.
    OnlyError(ErrorLike),
    /// An XML answer with this outermost element.
    XmlRoot(u16, &'static str),
    /// An XML error with this code.
    XmlCode(u16, &'static str),
    /// One of siteverify's `error-codes`, and nothing else.
    Siteverify(&'static [&'static str]),
}

pub(super) struct ErrorLike {
    pub http: &'static [u16],
    /// `None`: any.
    pub code: Option<i64>,
    /// One of these stands in the message, in any case; empty: any message.
    pub words: &'static [&'static str],
}

const fn error(http: &'static [u16], code: i64, words: &'static [&'static str]) -> ErrorLike {
    ErrorLike { http, code: Some(code), words }
}

const fn worded(http: &'static [u16], words: &'static [&'static str]) -> ErrorLike {
    ErrorLike { http, code: None, words }
}

const VERIFY: &[Endpoint] = &[UserVerify, AccountVerify];
const API: &[Endpoint] = &[UserVerify, AccountVerify, User, KeyOwner, Accounts, Zones];
const AS_TOKEN: &[Endpoint] = &[UserVerify, User, Accounts, Zones];
const NEEDS_PERMISSION: &[Endpoint] = &[User, Accounts, Zones];
const REFUSED: &[u16] = &[400, 401, 403];

pub(super) const TABLE: &[Row] = &[
    Row { at: VERIFY, when: When::Status("active"), means: Means::Active, source: "2.2" },
    Row { at: VERIFY, when: When::Status("disabled"), means: Means::Disabled, source: "2.2" },
    Row { at: VERIFY, when: When::Status("expired"), means: Means::Expired, source: "2.2" },
    Row { at: VERIFY, when: When::Status("*"), means: Means::OtherStatus, source: "2.2, 8.1" },
    Row { at: &[User, KeyOwner], when: When::Object, means: Means::Accepted, source: "2.1" },
    Row { at: &[Accounts, Zones], when: When::List, means: Means::Accepted, source: "2.6" },
    Row {
        at: API,
        when: When::AnyNotice(worded(REFUSED, &[" location"])),
        means: Means::Elsewhere,
        source: "2.4; ddns-go#1341",
    },
    Row {
        at: NEEDS_PERMISSION,
        when: When::AnyError(error(&[403], 9109, &["unauthorized to access", "user-level authentication"])),
        means: Means::Denied,
        source: "2.4",
    },
    Row {
        at: NEEDS_PERMISSION,
        when: When::AnyError(error(&[403], 10000, &[])),
        means: Means::Denied,
        source: "2.4; changelog 2026-08-21",
    },
    Row {
        at: &[UserVerify],
        when: When::OnlyError(error(REFUSED, 1000, &["invalid api token"])),
        means: Means::Rejected,
        source: "2.3; only a `cfut_` token is known there for sure",
    },
    Row {
        at: AS_TOKEN,
        when: When::OnlyError(error(REFUSED, 9109, &["invalid access token"])),
        means: Means::Rejected,
        source: "2.4",
    },
    Row {
        at: &[AccountVerify],
        when: When::AnyError(worded(REFUSED, &["invalid api token", "invalid access token"])),
        means: Means::Nothing,
        source: "2.3: perhaps the wrong account",
    },
    Row {
        at: &[KeyOwner],
        when: When::AnyError(error(REFUSED, 9103, &[])),
        means: Means::Nothing,
        source: "2.4: refutes the pair, not the key",
    },
    Row {
        at: &[KeyOwner],
        when: When::AnyError(error(&[400], 6102, &[])),
        means: Means::Nothing,
        source: "2.4: the e-mail is malformed",
    },
    Row {
        at: API,
        when: When::AnyError(error(&[400], 6003, &[])),
        means: Means::Malformed,
        source: "2.4; cloudflare-dyndns#40",
    },
    Row {
        at: &[Accounts],
        when: When::AnyError(error(&[400], 1001, &["account owned tokens"])),
        means: Means::Nothing,
        source: "2.3: the endpoint, not the token",
    },
    Row {
        at: API,
        when: When::AnyError(error(&[400], 9106, &[])),
        means: Means::Nothing,
        source: "2.4: malformed, or the wrong class",
    },
    Row {
        at: API,
        when: When::AnyError(error(&[401], 10000, &[])),
        means: Means::Nothing,
        source: "2.4: dead, wrong account or no permission",
    },
    Row {
        at: API,
        when: When::AnyError(error(&[400, 404], 7003, &[])),
        means: Means::Nothing,
        source: "2.3: no such account",
    },
    Row {
        at: &[Buckets],
        when: When::XmlRoot(200, "ListAllMyBucketsResult"),
        means: Means::Accepted,
        source: "2.7",
    },
    Row { at: &[Buckets], when: When::XmlCode(403, "AccessDenied"), means: Means::Denied, source: "2.7" },
    Row {
        at: &[Buckets],
        when: When::XmlCode(401, "Unauthorized"),
        means: Means::Rejected,
        source: "2.7; a verdict only where the account is evidence",
    },
    Row {
        at: &[Buckets],
        when: When::XmlCode(400, "InvalidArgument"),
        means: Means::Malformed,
        source: "2.7: not an R2 key id",
    },
    Row {
        at: &[Buckets],
        when: When::XmlCode(403, "SignatureDoesNotMatch"),
        means: Means::Nothing,
        source: "2.7: the id is known, the secret another (rolled, or cut)",
    },
    Row {
        at: &[Buckets],
        when: When::XmlCode(403, "NotEntitled"),
        means: Means::Nothing,
        source: "2.7: the account has no R2",
    },
    Row {
        at: &[Buckets],
        when: When::XmlCode(400, "ExpiredRequest"),
        means: Means::Nothing,
        source: "2.7: this clock is wrong",
    },
    Row {
        at: &[Siteverify],
        when: When::Siteverify(&["invalid-input-response", "timeout-or-duplicate", "missing-input-response"]),
        means: Means::Accepted,
        source: "2.1: the secret was taken, the made-up response was not",
    },
    Row {
        at: &[Siteverify],
        when: When::Siteverify(&["invalid-input-secret"]),
        means: Means::Rejected,
        source: "2.1",
    },
];

/// What `answer` says. Server errors and answers that are none of the API's never get here.
pub(super) fn meaning(endpoint: Endpoint, answer: &Answer) -> Means {
    TABLE
        .iter()
        .find(|row| row.at.contains(&endpoint) && row.when.fits(answer))
        .map_or(Means::Nothing, |row| row.means)
}

/// The table for people: `docs/verification.md` holds it, and a test holds the two together.
pub fn as_markdown() -> String {
    let mut text = String::from("| asked | answer | says | source |\n| --- | --- | --- | --- |\n");
    for row in TABLE {
        let at: Vec<String> = row.at.iter().map(|endpoint| format!("`{}`", endpoint.as_str())).collect();
        let (at, when, says) = (at.join(" "), row.when.describe(), row.means.as_str());
        text.push_str(&format!("| {at} | {when} | {says} | {} |\n", row.source));
    }
    text.push_str("| any | anything else | no verdict | codes are per product (6) |\n");
    text
}

impl When {
    fn fits(&self, answer: &Answer) -> bool {
        match self {
            When::Status(word) => match success(answer).and_then(|result| result.get("status")?.as_str()) {
                Some(status) => *word == "*" || status.eq_ignore_ascii_case(word),
                None => false,
            },
            When::Object => success(answer)
                .and_then(|result| result.get("id")?.as_str())
                .is_some_and(|id| !id.trim().is_empty()),
            When::List => success(answer).is_some_and(Value::is_array),
            When::AnyError(like) => refusal(answer)
                .is_some_and(|no| no.all_errors().iter().any(|error| like.fits(answer.http, error))),
            When::AnyNotice(like) => refusal(answer).is_some_and(|no| {
                no.all_errors().into_iter().chain(&no.messages).any(|notice| like.fits(answer.http, notice))
            }),
            When::OnlyError(like) => refusal(answer).is_some_and(|no| {
                let errors = no.all_errors();
                !errors.is_empty() && errors.iter().all(|error| like.fits(answer.http, error))
            }),
            When::XmlRoot(http, name) => {
                answer.http == *http && xml(answer).is_some_and(|(root, _)| root == *name)
            }
            When::XmlCode(http, name) => {
                answer.http == *http && xml(answer).is_some_and(|(_, code)| code == Some(*name))
            }
            When::Siteverify(codes) => siteverify_codes(answer)
                .is_some_and(|found| !found.is_empty() && found.iter().all(|code| codes.contains(code))),
        }
    }
}

impl When {
    fn describe(&self) -> String {
        match self {
            When::Status("*") => "200, any other status".to_owned(),
            When::Status(word) => format!("200, status `{word}`"),
            When::Object => "200, an object with an id".to_owned(),
            When::List => "200, a list, perhaps empty".to_owned(),
            When::AnyError(like) => like.describe(),
            When::AnyNotice(like) => format!("{} (in `messages` too)", like.describe()),
            When::OnlyError(like) => format!("{}, and no other error", like.describe()),
            When::XmlRoot(http, name) => format!("{http}, `{name}`"),
            When::XmlCode(http, code) => format!("{http}, `{code}`"),
            When::Siteverify(codes) => format!("`{}`, and no other code", codes.join("` or `")),
        }
    }
}

impl ErrorLike {
    fn describe(&self) -> String {
        let http: Vec<String> = self.http.iter().map(u16::to_string).collect();
        let mut parts = vec![http.join("/")];
        parts.extend(self.code.map(|code| format!("code {code}")));
        if !self.words.is_empty() {
            parts.push(format!("\"…{}…\"", self.words.join("…\" or \"…")));
        }
        parts.join(", ")
    }

    fn fits(&self, http: u16, error: &Notice) -> bool {
        // With a space in front, so that words can start with one: " location" is not in "allocation".
        let message = format!(" {}", error.message.to_ascii_lowercase());
        self.http.contains(&http)
            && self.code.is_none_or(|code| code == error.code)
            && (self.words.is_empty() || self.words.iter().any(|words| message.contains(words)))
    }
}

/// The `result` of a real success: status 200, `success`, and no error beside it.
fn success(answer: &Answer) -> Option<&Value> {
    let clean = answer.http == 200 && answer.envelope().is_some_and(|envelope| envelope.errors.is_empty());
    answer.result().filter(|_| clean)
}

fn refusal(answer: &Answer) -> Option<&Envelope> {
    answer.envelope().filter(|envelope| !envelope.success)
}

fn xml(answer: &Answer) -> Option<(&str, Option<&str>)> {
    match &answer.body {
        Body::Xml(xml) => Some((&xml.root, xml.code.as_deref())),
        Body::Envelope { .. } | Body::Json(_) | Body::Html | Body::Text | Body::Empty => None,
    }
}

/// `error-codes` of an answer that does not claim success; a made-up response is never right.
fn siteverify_codes(answer: &Answer) -> Option<Vec<&str>> {
    match &answer.body {
        Body::Envelope { envelope, value } if !envelope.success && answer.http < 500 => {
            Some(value.get("error-codes")?.as_array()?.iter().filter_map(Value::as_str).collect())
        }
        Body::Envelope { .. } | Body::Json(_) | Body::Xml(_) | Body::Html | Body::Text | Body::Empty => None,
    }
}

#[cfg(test)]
mod tests;
