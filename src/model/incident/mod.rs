//! The case file: everything that is known about one suspected leak, and what was done about it.
//!
//! Plain values that are written to `case.json` and read back, so that a later run goes on where this one stopped
//! and a report can be made again. No credential and nothing that stands for one is ever in it.

mod action;
mod case_error;
mod conclusion;
mod copies;
mod identity;
mod minted;
mod reach;
mod timeline;

pub use action::{Action, ActionState, Receipt, Target, TargetKind, Verb};
pub use case_error::CaseError;
pub use conclusion::{Conclusion, Containment, Proven};
pub use copies::{Copies, CopyForm, CopyPlace};
pub use identity::{Condition, Identity, Named, Owner, OwnerKind, Policy, Resource, ResourceKind};
pub use minted::{Minted, MintedKind, Presence};
pub use reach::{Ability, Asset, Basis, Power, Reach, Rotation, Tier};
pub use timeline::{Class, Event, Log, LogRead, SeenFrom, Timeline};

use crate::model::{Asked, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// `schema` of `case.json`.
pub const SCHEMA: &str = "cfleak-case/1";

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Incident {
    pub schema: String,
    /// A name for people and file names: `2026-11-25-ab12cd34`.
    pub id: String,
    pub opened: Timestamp,
    pub updated: Timestamp,
    /// Every run of `cfleak respond` on this case, oldest first.
    pub runs: Vec<Run>,
    pub leak: Leak,
    /// Each time it was asked whether the credential still works, oldest first.
    pub checks: Vec<Check>,
    pub identity: Option<Identity>,
    /// The plan, and what became of each step of it.
    pub actions: Vec<Action>,
    pub minted: Vec<Minted>,
    pub copies: Option<Copies>,
    pub reach: Option<Reach>,
    pub timeline: Option<Timeline>,
    pub replacement: Option<Replacement>,
    /// What could not be looked at; said before anything else.
    pub gaps: Vec<Gap>,
    /// What is left for people.
    pub tasks: Vec<Task>,
    pub evidence: Vec<Evidence>,
}

/// One run of the command: who ran what, when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    pub at: Timestamp,
    /// `user@host`, as the machine says.
    pub by: String,
    pub version: String,
    /// The command line. Credentials never travel on it.
    pub command: String,
    /// Who asked and acted: `user token "break-glass" (id …), from env:CFLEAK_RESPONDER_TOKEN`.
    pub responders: Vec<String>,
    /// `None` while it runs, or when it was killed.
    pub ended: Option<Timestamp>,
}

/// The credential, as far as it can be named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leak {
    /// `cf1:…`; `None` where only the token's id was given.
    pub fingerprint: Option<String>,
    /// CONTRACT section 1, `kind`.
    pub kind: String,
    /// Prefix and last four characters; `None` where only the token's id was given.
    pub redacted: Option<String>,
    /// The checksum in the value: `None` where the format has none.
    pub checksum: Option<bool>,
    pub token_id: Option<String>,
    pub emails: Vec<String>,
    pub accounts: Vec<String>,
    /// The start of the window that is looked at.
    pub since: Timestamp,
    /// How that is known: `--since`, the earliest commit that holds it, the day the token was issued.
    pub since_source: String,
}

/// `since_source` where nobody told anything.
pub const SINCE_GUESSED: &str = "nobody told when it leaked: the last ninety days";

impl Leak {
    pub fn is_since_a_guess(&self) -> bool {
        self.since_source == SINCE_GUESSED
    }
}

/// One answer to "does it still work?".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub at: Timestamp,
    pub state: State,
    pub reason: String,
    /// By using the value, or by what an administrator's record says about it.
    pub by: CheckedBy,
    pub asked: Vec<Asked>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckedBy {
    Value,
    Record,
}

/// A narrower token that would have done the job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Replacement {
    /// The body of `POST …/tokens`, ready to send; never sent by cfleak unasked.
    pub body: serde_json::Value,
    /// The dashboard's form, filled in as far as it can be (CLOUDFLARE.md 8.3).
    pub link: Option<String>,
    /// One line a permission that is kept: what in the log needed it.
    pub kept: Vec<String>,
    /// Permissions that nothing in the log needed.
    pub dropped: Vec<String>,
    /// What the log cannot know, such as reads.
    pub caveats: Vec<String>,
}

/// Something that was asked for, or matters, and could not be looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Gap {
    pub what: String,
    pub why: String,
}

impl Gap {
    pub fn new(what: impl Into<String>, why: impl Into<String>) -> Self {
        Gap { what: what.into(), why: why.into() }
    }
}

/// Something only people can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    pub title: String,
    pub why: String,
    /// Steps, commands or a link.
    pub how: Vec<String>,
}

/// A file below `evidence/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Relative to the case directory.
    pub path: String,
    /// `GET /user/tokens/…`.
    pub what: String,
    pub at: Timestamp,
}

impl Incident {
    /// Reads `case.json`. The schema is looked at first, so that a case of a newer cfleak says so, rather than that
    /// some field is wrong.
    pub fn from_json(text: &str) -> Result<Incident, CaseError> {
        let document: serde_json::Value =
            serde_json::from_str(text).map_err(|error| match error.is_eof() {
                true => CaseError::Torn,
                false => CaseError::NotJson { line: error.line() },
            })?;
        match document.get("schema").and_then(serde_json::Value::as_str) {
            Some(SCHEMA) => {}
            Some(other) if other.starts_with("cfleak-case/") => {
                return Err(CaseError::OtherSchema(other.chars().take(40).collect()));
            }
            Some(_) | None => return Err(CaseError::NotACase),
        }
        // Again from the text: only so does an error know its line.
        serde_json::from_str(text)
            .map_err(|error| CaseError::Field { line: error.line(), column: error.column() })
    }
}
