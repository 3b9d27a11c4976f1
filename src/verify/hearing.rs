//! From what came back to what was learnt.

use crate::cloudflare::{Answer, Body, Failure, Outcome};
use crate::model::{Secret, UnknownReason};
use crate::verify::question::{Endpoint, Question};
use crate::verify::table::{Means, meaning};
use serde_json::Value;

/// One question and what it taught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub question: Question,
    pub learnt: Learnt,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Learnt {
    Said(Means, Facts),
    /// There was no answer to learn from.
    Silence(UnknownReason),
}

/// What an answer tells besides its meaning. Texts are the server's, with the credential cut out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    pub token_id: Option<String>,
    pub status: Option<String>,
    pub not_before: Option<String>,
    pub expires_on: Option<String>,
    pub email: Option<String>,
    pub accounts: Vec<(String, String)>,
    pub zones: Vec<(String, String)>,
    pub zones_total: Option<u64>,
    /// `403, code 9109`: for a verdict that has to say what it could not make sense of.
    pub answer: String,
}

pub(super) fn hear(question: Question, outcome: &Outcome, secret: &Secret) -> Heard {
    let learnt = match outcome {
        Outcome::Failed(failure) => Learnt::Silence(silence(failure)),
        Outcome::Answered(answer) => learn(question.endpoint(), answer, secret),
    };
    Heard { question, learnt }
}

fn learn(endpoint: Endpoint, answer: &Answer, secret: &Secret) -> Learnt {
    if answer.is_timeout() {
        return Learnt::Silence(UnknownReason::Timeout);
    }
    if answer.is_server_error() {
        return Learnt::Silence(UnknownReason::ServerError(answer.http));
    }
    let expected = match &answer.body {
        Body::Envelope { .. } => endpoint != Endpoint::Buckets,
        Body::Xml(_) => endpoint == Endpoint::Buckets,
        Body::Json(_) | Body::Html | Body::Text | Body::Empty => false,
    };
    if !expected {
        return Learnt::Silence(UnknownReason::NotJson(answer.http));
    }
    let reader = Reader { secret };
    Learnt::Said(meaning(endpoint, answer), reader.facts(endpoint, answer))
}

fn silence(failure: &Failure) -> UnknownReason {
    match failure {
        Failure::Malformed => UnknownReason::Malformed,
        Failure::Timeout => UnknownReason::Timeout,
        Failure::Connect => UnknownReason::Connect,
        Failure::Tls => UnknownReason::Tls,
        Failure::CutShort | Failure::Truncated(_) => UnknownReason::CutShort,
        Failure::TooLarge(_) => UnknownReason::TooLarge,
        Failure::Redirect(http) => UnknownReason::Redirect(*http),
        Failure::RateLimited { .. } => UnknownReason::RateLimited,
        Failure::LockedOut => UnknownReason::LockedOut,
        Failure::OutOfPatience => UnknownReason::Inconclusive("six requests gave no answer".to_owned()),
    }
}

/// Takes texts out of answers. A server that repeats a credential must not get it printed.
struct Reader<'a> {
    secret: &'a Secret,
}

impl Reader<'_> {
    fn facts(&self, endpoint: Endpoint, answer: &Answer) -> Facts {
        let mut facts = Facts { answer: describe(answer), ..Facts::default() };
        let Some(result) = answer.result() else { return facts };
        match endpoint {
            Endpoint::UserVerify | Endpoint::AccountVerify => {
                facts.token_id = self.text(result, "id");
                facts.status = self.text(result, "status").map(|word| status_word(&word));
                facts.not_before = self.time(result, "not_before");
                facts.expires_on = self.time(result, "expires_on");
            }
            Endpoint::User | Endpoint::KeyOwner => facts.email = self.text(result, "email"),
            Endpoint::Accounts => facts.accounts = self.list(result, None),
            Endpoint::Zones => {
                facts.zones = self.list(result, None);
                facts.accounts = self.list(result, Some("account"));
                facts.zones_total = answer.envelope().and_then(|envelope| envelope.page.total_count);
            }
            Endpoint::Buckets | Endpoint::Siteverify => {}
        }
        facts
    }

    /// (id, name) of every entry, or of the object `inside` it; each id once.
    fn list(&self, result: &Value, inside: Option<&str>) -> Vec<(String, String)> {
        let mut list: Vec<(String, String)> = Vec::new();
        for entry in result.as_array().into_iter().flatten() {
            let Some(object) = inside.map_or(Some(entry), |name| entry.get(name)) else { continue };
            let Some(id) = self.text(object, "id") else { continue };
            if list.iter().all(|(known, _)| *known != id) {
                list.push((id, self.text(object, "name").unwrap_or_default()));
            }
        }
        list
    }

    fn text(&self, value: &Value, name: &str) -> Option<String> {
        const LONGEST: usize = 200;
        let text = value.get(name)?.as_str()?;
        let repeats = self.secret.expose().split(':').any(|part| part.len() >= 8 && text.contains(part));
        match repeats {
            true => Some("(repeats the credential)".to_owned()),
            false => Some(text.chars().take(LONGEST).collect()),
        }
    }

    fn time(&self, value: &Value, name: &str) -> Option<String> {
        self.text(value, name).filter(|text| text.parse::<jiff::Timestamp>().is_ok())
    }
}

/// A status is a word; what is none is not repeated.
fn status_word(text: &str) -> String {
    let is_word = (1..=32).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b' '));
    if is_word { text.to_owned() } else { "(not a word)".to_owned() }
}

fn describe(answer: &Answer) -> String {
    let http = answer.http;
    match &answer.body {
        Body::Envelope { envelope, .. } => match envelope.code() {
            Some(code) => format!("{http}, code {code}"),
            None => http.to_string(),
        },
        // S3 error codes are words without spaces; anything else is not worth repeating.
        Body::Xml(xml) => match &xml.code {
            Some(code) if code.len() <= 40 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                format!("{http}, {code}")
            }
            Some(_) | None => http.to_string(),
        },
        Body::Json(_) | Body::Html | Body::Text | Body::Empty => http.to_string(),
    }
}
